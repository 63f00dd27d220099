//! MQTT topic names and filters: MQTT 3.1.1 §4.7.

use std::fmt;

use thiserror::Error;

/// A valid topic filter: a topic name, or one with the wildcards `+` (one level) and `#` (this level and all below).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TopicFilter(Box<str>);

/// Why a text is no topic filter that can be subscribed to.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum FilterError {
    /// A topic has at least one character (MQTT 4.7.3-1).
    #[error("the topic is empty")]
    Empty,
    /// A topic has at most 65 535 bytes (MQTT 4.7.3-3).
    #[error("the topic has {0} bytes, more than 65 535")]
    TooLong(usize),
    /// A topic holds no U+0000 (MQTT 4.7.3-2).
    #[error("the topic holds the character U+0000")]
    Nul,
    /// `+` stands alone in its level (MQTT 4.7.1-3).
    #[error("a `+` does not stand alone between slashes")]
    Plus,
    /// `#` stands alone in the last level (MQTT 4.7.1-2).
    #[error("a `#` is not alone at the end after a slash")]
    Hash,
    /// A shared subscription would take values away from other subscribers.
    #[error("a shared subscription (`$share/…`) takes values away from its other subscribers")]
    Shared,
}

impl TopicFilter {
    /// Checks `text`.
    ///
    /// # Errors
    /// [`FilterError`] when it breaks a rule of MQTT or is a shared subscription.
    pub fn new(text: &str) -> Result<Self, FilterError> {
        if text.is_empty() {
            return Err(FilterError::Empty);
        }
        if text.len() > usize::from(u16::MAX) {
            return Err(FilterError::TooLong(text.len()));
        }
        if text.contains('\0') {
            return Err(FilterError::Nul);
        }
        if text.starts_with("$share/") {
            return Err(FilterError::Shared);
        }
        let mut levels = text.split('/').peekable();
        while let Some(level) = levels.next() {
            if level.contains('#') && (level != "#" || levels.peek().is_some()) {
                return Err(FilterError::Hash);
            }
            if level.contains('+') && level != "+" {
                return Err(FilterError::Plus);
            }
        }
        Ok(Self(text.into()))
    }

    /// The filter as it is subscribed to.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it holds a wildcard.
    #[must_use]
    pub fn has_wildcards(&self) -> bool {
        self.0.contains(['+', '#'])
    }

    /// Whether a message on `topic` comes to a subscriber of this filter.
    #[must_use]
    pub fn matches(&self, topic: &str) -> bool {
        // MQTT 4.7.2-1: a leading wildcard does not match topics of the broker itself.
        if topic.starts_with('$') && self.0.starts_with(['+', '#']) {
            return false;
        }
        let mut levels = topic.split('/');
        for wanted in self.0.split('/') {
            match (wanted, levels.next()) {
                // `a/#` matches `a` too, so no level is needed here.
                ("#", _) => return true,
                ("+", Some(_)) => {}
                (wanted, Some(level)) if wanted == level => {}
                _ => return false,
            }
        }
        levels.next().is_none()
    }

    /// Whether every topic that `other` matches is matched by this filter too.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        if other.0.starts_with('$') && self.0.starts_with(['+', '#']) {
            return false;
        }
        let mut theirs = other.0.split('/');
        for ours in self.0.split('/') {
            match (ours, theirs.next()) {
                ("#", _) => return true,
                ("+", Some(level)) if level != "#" => {}
                (ours, Some(level)) if ours == level => {}
                _ => return false,
            }
        }
        theirs.next().is_none()
    }
}

impl fmt::Display for TopicFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The fewest of `filters` that together match what all of them match: those that another one covers are left out.
///
/// Filters that overlap without one covering the other stay; a broker may then deliver a message twice, which does no
/// harm where the newest value wins.
#[must_use]
pub fn minimal_cover(filters: &[TopicFilter]) -> Vec<TopicFilter> {
    let mut unique: Vec<&TopicFilter> = filters.iter().collect();
    unique.sort();
    unique.dedup();
    // Without wildcards a filter covers only itself.
    let wild: Vec<&TopicFilter> = unique
        .iter()
        .copied()
        .filter(|filter| filter.has_wildcards())
        .collect();
    unique
        .into_iter()
        .filter(|filter| {
            // Two different filters that cover each other (`+/#` and `#` without `$`) do not exist but for `a/#` forms
            // with equal meaning; the tie goes to the one that sorts first.
            !wild.iter().any(|other| {
                other != filter && other.covers(filter) && (!filter.covers(other) || other < filter)
            })
        })
        .cloned()
        .collect()
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    fn filter(text: &str) -> TopicFilter {
        TopicFilter::new(text).unwrap()
    }

    #[test]
    fn filters_that_mqtt_allows() {
        for text in [
            "a", "/", "a//b", "+", "#", "+/a/#", "a/+/b", "/#", "$SYS/#", "ä/ ", "a/+", "+/+",
        ] {
            assert!(TopicFilter::new(text).is_ok(), "{text}");
        }
        for (text, error) in [
            ("", FilterError::Empty),
            ("a\0b", FilterError::Nul),
            ("a+", FilterError::Plus),
            ("a/+b/c", FilterError::Plus),
            ("++", FilterError::Plus),
            ("#/a", FilterError::Hash),
            ("a#", FilterError::Hash),
            ("a/#b", FilterError::Hash),
            ("$share/g/a", FilterError::Shared),
        ] {
            assert_eq!(TopicFilter::new(text), Err(error), "{text}");
        }
        assert_eq!(
            TopicFilter::new(&"x".repeat(65_536)),
            Err(FilterError::TooLong(65_536))
        );
    }

    #[test]
    fn examples_of_mqtt_section_4_7() {
        for (text, topic, matches) in [
            ("sport/tennis/player1/#", "sport/tennis/player1", true),
            ("sport/tennis/player1/#", "sport/tennis/player1/ranking", true),
            (
                "sport/tennis/player1/#",
                "sport/tennis/player1/score/wimbledon",
                true,
            ),
            ("sport/#", "sport", true),
            ("sport/tennis/+", "sport/tennis/player1", true),
            ("sport/tennis/+", "sport/tennis/player1/ranking", false),
            ("sport/+", "sport", false),
            ("sport/+", "sport/", true),
            ("+/+", "/finance", true),
            ("/+", "/finance", true),
            ("+", "/finance", false),
            ("#", "$SYS/uptime", false),
            ("+/monitor/Clients", "$SYS/monitor/Clients", false),
            ("$SYS/#", "$SYS/uptime", true),
            ("$SYS/monitor/+", "$SYS/monitor/Clients", true),
            ("a", "A", false),
        ] {
            assert_eq!(filter(text).matches(topic), matches, "{text} {topic}");
        }
    }

    #[test]
    fn a_cover_leaves_out_what_another_filter_brings() {
        let filters: Vec<_> = [
            "a/b", "a/+", "a/b/c", "x/y", "a/b", "$SYS/z", "q/#", "q", "+/n/+", "m/n/o",
        ]
        .map(filter)
        .into();
        let cover: Vec<_> = minimal_cover(&filters).iter().map(ToString::to_string).collect();
        assert_eq!(cover, ["$SYS/z", "+/n/+", "a/+", "a/b/c", "q/#", "x/y"]);
        let everything: Vec<_> = ["#", "a/b", "$SYS/z", "+/+", "+/#"].map(filter).into();
        let cover: Vec<_> = minimal_cover(&everything)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(cover, ["#", "$SYS/z"]);
    }

    /// The rules again, over all ways to spend the levels, as slow and plain as can be.
    fn naive(filter: &[&str], topic: &[&str]) -> bool {
        match (filter, topic) {
            (["#"], _) | ([], []) => true,
            (["+", filter @ ..], [_, topic @ ..]) => naive(filter, topic),
            ([wanted, filter @ ..], [level, topic @ ..]) => wanted == level && naive(filter, topic),
            _ => false,
        }
    }

    fn naive_matches(filter: &str, topic: &str) -> bool {
        let wild_start = filter.starts_with('+') || filter.starts_with('#');
        if topic.starts_with('$') && wild_start {
            return false;
        }
        naive(
            &filter.split('/').collect::<Vec<_>>(),
            &topic.split('/').collect::<Vec<_>>(),
        )
    }

    pub(in crate::topic) fn topics() -> impl Strategy<Value = String> {
        proptest::collection::vec(prop_oneof!["", "a", "b", "\\$s"], 1..5)
            .prop_map(|levels| levels.join("/"))
            .prop_filter("a topic is not empty", |topic| !topic.is_empty())
    }

    pub(in crate::topic) fn filters() -> impl Strategy<Value = String> {
        (
            proptest::collection::vec(prop_oneof!["", "a", "b", "\\$s", "\\+"], 1..5),
            any::<bool>(),
        )
            .prop_map(|(levels, hash)| {
                if hash {
                    format!("{}/#", levels.join("/"))
                } else {
                    levels.join("/")
                }
            })
            .prop_filter("a filter is not empty", |filter| !filter.is_empty())
    }

    proptest! {
        #[test]
        fn matching_agrees_with_the_plain_rules(text in filters(), topic in topics()) {
            prop_assert_eq!(filter(&text).matches(&topic), naive_matches(&text, &topic));
        }

        #[test]
        fn what_a_filter_covers_it_matches(a in filters(), b in filters(), topic in topics()) {
            let (a, b) = (filter(&a), filter(&b));
            if a.covers(&b) && b.matches(&topic) {
                prop_assert!(a.matches(&topic));
            }
        }

        #[test]
        fn a_cover_matches_what_its_filters_match(
            texts in proptest::collection::vec(filters(), 0..8),
            topic in topics(),
        ) {
            let all: Vec<_> = texts.iter().map(|text| filter(text)).collect();
            let cover = minimal_cover(&all);
            let any = |filters: &[TopicFilter]| filters.iter().any(|filter| filter.matches(&topic));
            prop_assert_eq!(any(&all), any(&cover));
        }
    }
}
