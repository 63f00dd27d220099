//! The IO shell around gemba_telemetry: MQTT, the embedded broker, the plant simulator.
