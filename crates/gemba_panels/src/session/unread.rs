//! Which messages came since the chat was last in sight.
//!
//! A room keeps only its newest messages, so their count alone does not tell: the last few that were seen are found
//! again in the list.

use std::sync::Arc;

use super::ChatRow;

/// How many messages are compared. Only when so many say the same in the same order can new ones be taken for old.
const COMPARED: usize = 8;

/// The newest messages that were seen.
#[derive(Clone, Debug, Default)]
pub(super) struct SeenChat {
    /// How many there were.
    count: usize,
    /// The newest of them, oldest first: by whom, and what.
    newest: Vec<(Arc<str>, Arc<str>)>,
}

impl SeenChat {
    /// Everything in `chat` is seen now.
    pub(super) fn mark(&mut self, chat: &[ChatRow]) {
        self.count = chat.len();
        self.newest.clear();
        let from = chat.len().saturating_sub(COMPARED);
        let newest = chat[from..].iter();
        self.newest
            .extend(newest.map(|row| (row.by.clone(), row.text.clone())));
    }

    /// How many messages of `chat` were not seen.
    pub(super) fn unread(&self, chat: &[ChatRow]) -> usize {
        let fewest = chat.len().saturating_sub(self.count);
        (fewest..chat.len())
            .find(|unread| self.ends(&chat[..chat.len() - unread]))
            .unwrap_or(chat.len())
    }

    /// Whether `seen` ends with the messages that were seen last.
    fn ends(&self, seen: &[ChatRow]) -> bool {
        let compared = self.newest.len().min(seen.len());
        compared > 0
            && seen
                .iter()
                .rev()
                .zip(self.newest.iter().rev())
                .all(|(row, (by, text))| row.by == *by && row.text == *text)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn said(text: &str) -> ChatRow {
        ChatRow {
            by: "Ana".into(),
            colour: 0,
            age: Duration::ZERO,
            text: text.into(),
            prims: Vec::new(),
        }
    }

    #[test]
    fn messages_are_unread_until_seen_however_many_the_room_keeps() {
        let mut chat: Vec<ChatRow> = (0..20).map(|at| said(&format!("message {at}"))).collect();
        let mut seen = SeenChat::default();
        assert_eq!(seen.unread(&chat), 20);
        seen.mark(&chat);
        assert_eq!(seen.unread(&chat), 0);
        chat.push(said("one"));
        assert_eq!(seen.unread(&chat), 1);
        // The room lets go of its oldest: as many as before, one more unread.
        chat.remove(0);
        assert_eq!(seen.unread(&chat), 1);
        chat.remove(0);
        chat.push(said("two"));
        assert_eq!(seen.unread(&chat), 2);
    }

    #[test]
    fn the_same_words_again_are_another_message() {
        let mut chat = vec![said("ok"), said("ok")];
        let mut seen = SeenChat::default();
        seen.mark(&chat);
        chat.push(said("ok"));
        assert_eq!(seen.unread(&chat), 1);
    }

    #[test]
    fn another_chat_is_unread_from_its_start() {
        let mut seen = SeenChat::default();
        seen.mark(&[said("before"), said("the end")]);
        assert_eq!(seen.unread(&[said("new"), said("room")]), 2);
        assert_eq!(seen.unread(&[]), 0);
    }
}
