//! What people call notes by: a number, the same wherever the note is shown and whoever writes the next one.

use gemba_panels::session::AnnotationKey;
use gemba_session::{
    AnnotationId, OperationId, OperationNumber, ParticipantId, RoomState, state::Annotation,
};

/// The notes of the room that are not deleted, newest first, each with its number in the order of making. Deleted ones
/// count, so that the others keep theirs.
pub(crate) fn numbered(state: &RoomState) -> Vec<(usize, AnnotationId, &Annotation)> {
    let mut made: Vec<(AnnotationId, &Annotation)> = state
        .annotations
        .iter()
        .map(|(id, note)| (*id, &**note))
        .collect();
    made.sort_by_key(|(id, note)| (note.created, *id));
    made.into_iter()
        .enumerate()
        .rev()
        .filter(|(_, (_, note))| !note.is_deleted.value)
        .map(|(at, (id, note))| (at + 1, id, note))
        .collect()
}

/// The note that the panels name so.
pub(crate) fn id_of(key: AnnotationKey) -> AnnotationId {
    AnnotationId(OperationId {
        by: ParticipantId(key.by),
        number: OperationNumber(key.number),
    })
}

/// What the panels name a note by.
pub(crate) fn key_of(id: AnnotationId) -> AnnotationKey {
    AnnotationKey {
        by: id.0.by.0,
        number: id.0.number.0,
    }
}

#[cfg(test)]
mod tests {
    use gemba_model::{PrimPath, UnixNanos};
    use gemba_session::{
        Seq,
        operation::{Anchor, Markup, Note, Status},
        state::Field,
    };

    use super::*;

    fn field<T>(value: T) -> Field<T> {
        Field {
            value,
            by: None,
            seq: Seq(1),
        }
    }

    fn note(at: i64, is_deleted: bool) -> Annotation {
        Annotation {
            author: ParticipantId(1),
            created: UnixNanos(at),
            text: field(Note::default()),
            anchor: field(Anchor {
                prim: PrimPath::root(),
                point_in_prim: [0.0; 3],
                normal_in_prim: [0.0, 1.0, 0.0],
            }),
            markup: field(Markup::Text),
            status: field(Status::Open),
            assignee: field(None),
            is_deleted: field(is_deleted),
            replies: Vec::new(),
        }
    }

    #[test]
    fn a_note_keeps_its_number_whoever_writes_the_next_and_whatever_is_deleted() {
        let key = |by, number| id_of(AnnotationKey { by, number });
        let mut state = RoomState::default();
        let put = |state: &mut RoomState, id, made| state.annotations.insert(id, made);
        put(&mut state, key(2, 1), note(10, false).into());
        assert_eq!(numbered(&state)[0].0, 1);
        put(&mut state, key(1, 1), note(20, true).into());
        put(&mut state, key(1, 2), note(30, false).into());
        let numbers: Vec<_> = numbered(&state)
            .into_iter()
            .map(|(number, id, _)| (number, id))
            .collect();
        assert_eq!(numbers, [(3, key(1, 2)), (1, key(2, 1))]);
    }
}
