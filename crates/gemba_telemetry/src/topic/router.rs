//! From a message to the tags it feeds.
//!
//! Built once at binding time. A topic without wildcards is found by one hash look-up; filters with wildcards live in a
//! trie of levels, so a message costs the same whatever the number of tags. Tags that share a filter are read in one
//! pass over the payload.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use gemba_model::{Issue, TagId, UnixNanos};

use super::{TopicFilter, minimal_cover};
use crate::{
    TagTable,
    decode::{Decoder, Pointer, Selection},
};

/// Which tags each topic feeds, and with which selector.
#[derive(Debug, Default)]
pub struct TopicRouter {
    groups: Vec<Group>,
    /// Its keys are of the plant, not of whoever sends, so nobody can choose them to collide.
    exact: HashMap<Box<str>, usize, RandomState>,
    trie: Vec<Level>,
    subscriptions: Vec<TopicFilter>,
}

/// What keeps a [`TopicRouter`] from using a binding, without its place; `None` when it can be used.
///
/// For whoever knows the place: what checks a plant before it is opened says the same as what opens it.
#[must_use]
pub fn binding_issue(address: &str, selector: Option<&str>) -> Option<Issue> {
    usable(address, selector).err().map(|issue| *issue)
}

fn usable(address: &str, selector: Option<&str>) -> Result<(TopicFilter, Option<Pointer>), Box<Issue>> {
    let filter = TopicFilter::new(address).map_err(|error| {
        Box::new(Issue::error(
            "telemetry.bad-topic",
            error.to_string(),
            "Write an MQTT topic such as `plant/line1/temp`, with `+` for one level or `/#` at the end",
        ))
    })?;
    let pointer = selector.map(Pointer::new).transpose().map_err(|error| {
        Box::new(Issue::error(
            "telemetry.bad-selector",
            error.to_string(),
            "Write a JSON Pointer such as `#/value` or `#/motor/0/speed`",
        ))
    })?;
    Ok((filter, pointer))
}

/// Tags with the same filter.
#[derive(Debug)]
struct Group {
    tags: Vec<TagId>,
    selection: Selection,
}

/// One level of the filters with wildcards.
#[derive(Debug, Default)]
struct Level {
    named: HashMap<Box<str>, usize>,
    /// Below a `+`.
    any: Option<usize>,
    /// The group of the filter that ends here.
    ends: Option<usize>,
    /// The group of the filter that goes on with `#`.
    rest: Option<usize>,
}

/// What became of one message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// Tags that got a value.
    pub values: u32,
    /// Tags that got a fault instead.
    pub faults: u32,
    /// No tag reads this topic.
    pub is_unrouted: bool,
    /// A tag whose fault is worth a line in the log now; see [`TagTable::last_fault`].
    pub warning_due: Option<TagId>,
}

impl TopicRouter {
    /// A router for `(address, selector, tag)` of one connection; an address is a topic name or a filter.
    ///
    /// A binding that cannot be used is left out with an issue that names its address.
    pub fn new<'a>(
        bindings: impl IntoIterator<Item = (&'a str, Option<&'a str>, TagId)>,
    ) -> (Self, Vec<Issue>) {
        let mut issues = Vec::new();
        let mut by_filter: HashMap<TopicFilter, usize> = HashMap::new();
        let mut grouped: Vec<(TopicFilter, Vec<(TagId, Option<Pointer>)>)> = Vec::new();
        for (address, selector, tag) in bindings {
            let (filter, pointer) = match usable(address, selector) {
                Ok(usable) => usable,
                Err(mut issue) => {
                    issue.message = format!(
                        "the source with the topic `{address}` cannot be used: {}",
                        issue.message
                    );
                    issues.push(*issue);
                    continue;
                }
            };
            let group = *by_filter.entry(filter.clone()).or_insert_with(|| {
                grouped.push((filter, Vec::new()));
                grouped.len() - 1
            });
            grouped[group].1.push((tag, pointer));
        }
        (Self::of_groups(grouped), issues)
    }

    fn of_groups(grouped: Vec<(TopicFilter, Vec<(TagId, Option<Pointer>)>)>) -> Self {
        let filters: Vec<TopicFilter> = grouped.iter().map(|(filter, _)| filter.clone()).collect();
        let mut router = Self {
            trie: vec![Level::default()],
            ..Self::default()
        };
        for (filter, readers) in grouped {
            let group = router.groups.len();
            let (tags, pointers): (Vec<_>, Vec<_>) = readers.into_iter().unzip();
            router.groups.push(Group {
                tags,
                selection: Selection::new(pointers),
            });
            if filter.has_wildcards() {
                router.insert_wild(&filter, group);
            } else {
                router.exact.insert(filter.as_str().into(), group);
            }
        }
        router.subscriptions = minimal_cover(&filters);
        router
    }

    fn insert_wild(&mut self, filter: &TopicFilter, group: usize) {
        let mut at = 0;
        for level in filter.as_str().split('/') {
            let fresh = self.trie.len();
            let here = &mut self.trie[at];
            at = match level {
                "#" => {
                    here.rest = Some(group);
                    return;
                }
                "+" => *here.any.get_or_insert(fresh),
                name => *here.named.entry(name.into()).or_insert(fresh),
            };
            if at == fresh {
                self.trie.push(Level::default());
            }
        }
        self.trie[at].ends = Some(group);
    }

    /// What to subscribe to so that every binding is served.
    #[must_use]
    pub fn subscriptions(&self) -> &[TopicFilter] {
        &self.subscriptions
    }

    /// Calls `visit` with the index of each group that `topic` feeds.
    fn visit(&self, topic: &str, visit: &mut impl FnMut(usize)) {
        if let Some(group) = self.exact.get(topic) {
            visit(*group);
        }
        if self.trie.len() > 1 || self.trie.first().is_some_and(|root| root.rest.is_some()) {
            self.descend(0, Some(topic), !topic.starts_with('$'), visit);
        }
    }

    /// `rest` is what of the topic is left at this level: `None` after its last level.
    fn descend(&self, at: usize, rest: Option<&str>, wild_allowed: bool, visit: &mut impl FnMut(usize)) {
        let level = &self.trie[at];
        if let Some(group) = level.rest.filter(|_| wild_allowed) {
            visit(group);
        }
        let Some(rest) = rest else {
            if let Some(group) = level.ends {
                visit(group);
            }
            return;
        };
        let (name, rest) = match rest.split_once('/') {
            Some((name, rest)) => (name, Some(rest)),
            None => (rest, None),
        };
        if let Some(next) = level.named.get(name) {
            self.descend(*next, rest, true, visit);
        }
        if let Some(next) = level.any.filter(|_| wild_allowed) {
            self.descend(next, rest, true, visit);
        }
    }

    /// The tags that a message on `topic` feeds.
    #[must_use]
    pub fn route(&self, topic: &str) -> Vec<TagId> {
        let mut tags = Vec::new();
        self.visit(topic, &mut |group| {
            tags.extend_from_slice(&self.groups[group].tags);
        });
        tags
    }

    /// Reads `payload` for every tag that `topic` feeds and publishes what it gives into `table`.
    pub fn deliver(
        &self,
        topic: &str,
        payload: &[u8],
        recv_time: UnixNanos,
        decoder: &mut Decoder,
        table: &TagTable,
    ) -> Delivery {
        let mut delivery = Delivery {
            is_unrouted: true,
            ..Delivery::default()
        };
        self.visit(topic, &mut |group| {
            let group = &self.groups[group];
            delivery.is_unrouted = false;
            for (tag, result) in group.tags.iter().zip(decoder.decode(&group.selection, payload)) {
                match result {
                    Ok(decoded) => {
                        delivery.values += 1;
                        table.publish_decoded(*tag, decoded, recv_time);
                    }
                    Err(error) => {
                        delivery.faults += 1;
                        if table.publish_fault(*tag, error, topic, recv_time) {
                            delivery.warning_due = Some(*tag);
                        }
                    }
                }
            }
        });
        delivery
    }
}

#[cfg(test)]
mod tests {
    use gemba_model::{Quality, Value};
    use proptest::prelude::*;

    use super::*;
    use crate::topic::filter::tests::{filters, topics};

    fn router(bindings: &[(&str, Option<&str>)]) -> TopicRouter {
        let (router, issues) = TopicRouter::new(
            bindings
                .iter()
                .zip(0..)
                .map(|((address, selector), tag)| (*address, *selector, TagId(tag))),
        );
        assert_eq!(issues, []);
        router
    }

    #[test]
    fn one_message_feeds_every_tag_that_reads_it() {
        let router = router(&[
            ("p/1", Some("/speed")),
            ("p/1", Some("/temp")),
            ("p/+", Some("/temp")),
            ("#", None),
            ("q", None),
        ]);
        let table = TagTable::new(5);
        let payload = br#"{"speed":1450,"temp":"hot","ts":1795314717}"#;
        let delivery = router.deliver("p/1", payload, UnixNanos(7), &mut Decoder::default(), &table);
        assert_eq!(
            delivery,
            Delivery {
                values: 3,
                faults: 1,
                is_unrouted: false,
                warning_due: Some(TagId(3)),
            }
        );
        let value = |tag| table.get(TagId(tag)).and_then(|sample| sample.value);
        assert_eq!(value(0), Some(Value::Number(1450.0)));
        assert_eq!(value(1), Some(Value::Text("hot".into())));
        assert_eq!(value(2), Some(Value::Text("hot".into())));
        assert_eq!(
            table.get(TagId(3)).map(|sample| sample.quality),
            Some(Quality::Bad)
        );
        assert_eq!(table.get(TagId(4)), None);
        let subscriptions: Vec<_> = router.subscriptions().iter().map(ToString::to_string).collect();
        assert_eq!(subscriptions, ["#"]);
    }

    #[test]
    fn a_topic_that_no_tag_reads_is_unrouted() {
        let router = router(&[("p/1", None), ("q/+", None)]);
        let table = TagTable::new(2);
        for topic in ["p", "p/2", "p/1/x", "q", "$SYS/q", "q/a/b"] {
            let delivery = router.deliver(topic, b"1", UnixNanos(0), &mut Decoder::default(), &table);
            assert!(delivery.is_unrouted, "{topic}");
        }
        let nothing = TopicRouter::new([]).0;
        assert!(nothing.route("a").is_empty());
        assert!(nothing.subscriptions().is_empty());
    }

    #[test]
    fn bad_bindings_are_issues_and_the_rest_works() {
        let bindings = [
            ("a/b#", None, TagId(0)),
            ("a/b", Some("value"), TagId(1)),
            ("a/b", Some("/value"), TagId(2)),
        ];
        let (router, issues) = TopicRouter::new(bindings);
        let codes: Vec<_> = issues.iter().map(|issue| &*issue.code).collect();
        assert_eq!(codes, ["telemetry.bad-topic", "telemetry.bad-selector"]);
        assert_eq!(router.route("a/b"), [TagId(2)]);
        assert!(issues[0].message.contains("`a/b#`"), "{}", issues[0]);
        for ((address, selector, _), said) in bindings.into_iter().zip([Some(0), Some(1), None]) {
            let code = binding_issue(address, selector).map(|issue| issue.code);
            assert_eq!(code, said.map(|row: usize| issues[row].code.clone()), "{address}");
        }
    }

    proptest! {
        #[test]
        fn routing_agrees_with_matching_one_by_one(texts in proptest::collection::vec(filters(), 0..10), topic in topics()) {
            let bindings: Vec<_> = texts.iter().map(|text| (text.as_str(), None)).collect();
            let mut routed = router(&bindings).route(&topic);
            routed.sort();
            let expected: Vec<_> = texts
                .iter()
                .zip(0..)
                .filter(|(text, _)| TopicFilter::new(text).unwrap().matches(&topic))
                .map(|(_, tag)| TagId(tag))
                .collect();
            prop_assert_eq!(routed, expected);
        }
    }
}
