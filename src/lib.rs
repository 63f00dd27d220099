//! Gemba.
