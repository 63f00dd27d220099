//! The session: who is here, what was said, which notes hang in the plant.

mod command;
mod model;

pub use command::{AnnotationKey, SessionCommand};
pub use model::{
    AnnotationRow, AnnotationStatus, ChatRow, PersonRow, SessionModel, SessionPhase, SessionRights,
};
