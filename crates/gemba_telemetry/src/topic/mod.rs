//! Topics of MQTT: names, filters with wildcards, and the way from a message to the tags it feeds.

mod filter;
mod router;

pub use filter::{FilterError, TopicFilter, minimal_cover};
pub use router::{Delivery, TopicRouter, binding_issue};
