//! Sans-IO telemetry: payload codecs, topic filters, the tag table, staleness, link back-off.
