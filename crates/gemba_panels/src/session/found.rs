//! Which notes a person looks for, and which those are.
//!
//! A text is looked for in all notes only when it, or one of them, changes: for ten thousand notes the look takes longer
//! than a frame may, and finding that nothing changed does not.

use std::sync::Arc;

use super::{AnnotationKey, AnnotationRow, AnnotationStatus};

/// Whom a note that is looked for is assigned to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Assigned {
    /// Anyone, or no one.
    #[default]
    ToAnyone,
    /// No one.
    ToNoOne,
    /// The one with this number.
    To(u32),
}

impl Assigned {
    fn includes(self, row: &AnnotationRow) -> bool {
        match self {
            Self::ToAnyone => true,
            Self::ToNoOne => row.assignee.is_none(),
            Self::To(person) => number_of_assignee(row) == Some(person),
        }
    }
}

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question<'a> {
    /// Words that the note, its people or its prim hold, all of them.
    pub(super) text: &'a str,
    /// Settled notes too.
    pub(super) settled_shown: bool,
    /// Whom it is assigned to.
    pub(super) assigned: Assigned,
}

/// What was found last, and for what.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    text: String,
    settled_shown: bool,
    assigned: Assigned,
    /// What of each note can change what is found.
    among: Vec<(AnnotationKey, AnnotationStatus, Option<u32>, Arc<str>)>,
    /// Which notes, in the order of the list.
    pub(super) rows: Vec<usize>,
}

impl Found {
    /// Looks again if the question or what is asked about is another one.
    pub(super) fn update(&mut self, rows: &[AnnotationRow], question: Question<'_>) {
        let is_as_before = self.text == question.text
            && self.settled_shown == question.settled_shown
            && self.assigned == question.assigned
            && self.among.len() == rows.len()
            && self
                .among
                .iter()
                .zip(rows)
                .all(|((key, status, whose, text), row)| {
                    (*key, *status, *whose) == (row.key, row.status, number_of_assignee(row))
                        && *text == row.text
                });
        if is_as_before {
            return;
        }
        self.text.clear();
        self.text.push_str(question.text);
        self.settled_shown = question.settled_shown;
        self.assigned = question.assigned;
        self.among.clear();
        self.among.extend(
            rows.iter()
                .map(|row| (row.key, row.status, number_of_assignee(row), row.text.clone())),
        );
        self.rows = matching(rows, question);
    }
}

fn number_of_assignee(row: &AnnotationRow) -> Option<u32> {
    row.assignee.as_ref().map(|(person, _)| *person)
}

/// Which notes a person wants to see, in the order of the list.
fn matching(rows: &[AnnotationRow], question: Question<'_>) -> Vec<usize> {
    let words: Vec<String> = question.text.split_whitespace().map(str::to_lowercase).collect();
    let is_wanted = |row: &AnnotationRow| {
        if row.status == AnnotationStatus::Resolved && !question.settled_shown {
            return false;
        }
        if !question.assigned.includes(row) {
            return false;
        }
        if words.is_empty() {
            return true;
        }
        let assignee = row.assignee.as_ref().map_or("", |(_, name)| name);
        let text = format!("#{} {} {} {assignee} {}", row.number, row.text, row.by, row.prim);
        let text = text.to_lowercase();
        words.iter().all(|word| text.contains(word.as_str()))
    };
    (0..rows.len()).filter(|&at| is_wanted(&rows[at])).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use gemba_model::PrimPath;

    use super::*;
    use crate::session::MarkupRow;

    fn note(number: usize, text: &str, status: AnnotationStatus) -> AnnotationRow {
        AnnotationRow {
            key: AnnotationKey {
                by: 1,
                number: number as u64,
            },
            number,
            by: "Ana".into(),
            colour: 0,
            age: Duration::ZERO,
            text: text.into(),
            prim: PrimPath::new("/Plant/P_101").expect("a prim path"),
            markup: MarkupRow::Text,
            status,
            assignee: Some((2, "Ben".into())),
            replies: Vec::new(),
            is_ours_to_change: true,
        }
    }

    fn asking(text: &str, settled_shown: bool) -> Question<'_> {
        Question {
            text,
            settled_shown,
            assigned: Assigned::ToAnyone,
        }
    }

    #[test]
    fn notes_are_found_by_whom_they_are_assigned_to() {
        let mut rows = [
            note(1, "Seal leaks", AnnotationStatus::Open),
            note(2, "Bearing hums", AnnotationStatus::Resolved),
            note(3, "Seal weeps", AnnotationStatus::Open),
        ];
        rows[2].assignee = None;
        let assigned = |assigned, settled_shown| Question {
            text: "",
            settled_shown,
            assigned,
        };
        assert_eq!(matching(&rows, assigned(Assigned::ToAnyone, true)), [0, 1, 2]);
        assert_eq!(matching(&rows, assigned(Assigned::ToNoOne, true)), [2]);
        assert_eq!(matching(&rows, assigned(Assigned::To(2), true)), [0, 1]);
        assert_eq!(matching(&rows, assigned(Assigned::To(2), false)), [0]);
        assert!(matching(&rows, assigned(Assigned::To(3), true)).is_empty());
        let mut found = Found::default();
        found.update(&rows, assigned(Assigned::ToAnyone, true));
        found.update(&rows, assigned(Assigned::ToNoOne, true));
        assert_eq!(found.rows, [2], "another assignee is another question");
    }

    #[test]
    fn notes_are_found_by_what_they_say_who_and_where() {
        let rows = [
            note(1, "Seal leaks", AnnotationStatus::Open),
            note(2, "Änderung am Lager", AnnotationStatus::InProgress),
            note(3, "Seal was changed", AnnotationStatus::Resolved),
        ];
        assert_eq!(matching(&rows, asking("", false)), [0, 1]);
        assert_eq!(matching(&rows, asking("", true)), [0, 1, 2]);
        assert_eq!(matching(&rows, asking("SEAL", true)), [0, 2]);
        assert_eq!(matching(&rows, asking("seal leaks", true)), [0]);
        assert_eq!(matching(&rows, asking("änderung", false)), [1]);
        assert_eq!(matching(&rows, asking("p_101 ben ana", false)), [0, 1]);
        assert_eq!(matching(&rows, asking("#2", true)), [1]);
        assert!(matching(&rows, asking("valve", true)).is_empty());
    }

    #[test]
    fn what_was_found_follows_the_notes_and_the_question() {
        let mut rows = vec![
            note(1, "Seal leaks", AnnotationStatus::Open),
            note(2, "Bearing hums", AnnotationStatus::Open),
        ];
        let mut found = Found::default();
        found.update(&rows, asking("seal", false));
        assert_eq!(found.rows, [0]);
        rows[1].text = "Seal weeps..".into();
        found.update(&rows, asking("seal", false));
        assert_eq!(found.rows, [0, 1], "a text of the same length is another text");
        rows[0].status = AnnotationStatus::Resolved;
        found.update(&rows, asking("seal", false));
        assert_eq!(found.rows, [1]);
        rows.insert(0, note(3, "Seal is new", AnnotationStatus::Open));
        found.update(&rows, asking("seal", false));
        assert_eq!(found.rows, [0, 2]);
        found.update(&rows, asking("seal", true));
        assert_eq!(found.rows, [0, 1, 2]);
        rows[2].assignee = Some((3, "Carla".into()));
        found.update(&rows, asking("carla", true));
        assert_eq!(found.rows, [2]);
    }
}
