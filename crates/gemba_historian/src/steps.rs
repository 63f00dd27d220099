//! What holds from one instant until the next: the state of a link, a limit that counts as passed.

use std::collections::VecDeque;

use gemba_model::UnixNanos;

/// A value over time, remembered at its changes; the oldest change goes when there are too many.
#[derive(Clone, Debug)]
pub struct Steps<T> {
    steps: VecDeque<(UnixNanos, T)>,
    most: usize,
}

impl<T: PartialEq> Steps<T> {
    /// Nothing yet; remembers `most` changes, at least one.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self {
            steps: VecDeque::new(),
            most: most.max(1),
        }
    }

    /// It is `value` from `at` on. What comes before the last change is taken for as new as that.
    pub fn push(&mut self, at: UnixNanos, value: T) {
        let at = match self.steps.back() {
            Some((_, last)) if *last == value => return,
            Some((time, _)) => at.max(*time),
            None => at,
        };
        if self.steps.len() == self.most {
            self.steps.pop_front();
        }
        self.steps.push_back((at, value));
    }

    /// What it was at `at`; `None` before the first change that is remembered.
    #[must_use]
    pub fn at(&self, at: UnixNanos) -> Option<&T> {
        let next = self.steps.partition_point(|(time, _)| *time <= at);
        next.checked_sub(1)
            .and_then(|last| self.steps.get(last))
            .map(|(_, value)| value)
    }

    /// What it is since the last change.
    #[must_use]
    pub fn last(&self) -> Option<&T> {
        self.steps.back().map(|(_, value)| value)
    }

    /// The changes, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = (UnixNanos, &T)> {
        self.steps.iter().map(|(at, value)| (*at, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_until_the_next_change_and_the_oldest_go() {
        let mut steps = Steps::new(2);
        for (at, value) in [(10, 'a'), (20, 'a'), (30, 'b'), (25, 'c')] {
            steps.push(UnixNanos(at), value);
        }
        let at = |at| steps.at(UnixNanos(at)).copied();
        assert_eq!(
            [at(10), at(29), at(30), at(99)],
            [None, None, Some('c'), Some('c')]
        );
        let kept: Vec<_> = steps.iter().map(|(at, value)| (at.0, *value)).collect();
        assert_eq!(kept, [(30, 'b'), (30, 'c')]);
    }
}
