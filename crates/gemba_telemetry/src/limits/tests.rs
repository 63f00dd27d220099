//! Tables for each rule, and a slow judge that counts seconds for all of them at once.

use proptest::prelude::*;

use super::*;
use PassedLimit::{High, HighHigh, Low, LowLow};
use Quality::{Bad, Good, Stale, Uncertain};

fn secs(secs: i64) -> UnixNanos {
    UnixNanos(secs * 1_000_000_000)
}

fn rule(deadband: f64, on_secs: u64, off_secs: u64) -> LimitRule {
    LimitRule {
        low_low: Some(5.0),
        low: Some(10.0),
        high: Some(80.0),
        high_high: Some(95.0),
        deadband,
        on_delay: Duration::from_secs(on_secs),
        off_delay: Duration::from_secs(off_secs),
    }
}

/// A second, the number from then on (`None`: no number), and what must be said then.
type Step = (i64, Option<f64>, Quality, Option<PassedLimit>);

/// One point with `rule` goes through `steps`; time passes in each of them.
fn check(rule: LimitRule, steps: &[Step]) {
    let mut judge = LimitJudge::new([Some(rule)]);
    for (at, number, quality, passed) in steps {
        judge.judge(0, *number, *quality, secs(*at));
        judge.elapse(secs(*at));
        let judged = judge.get(0).unwrap();
        assert_eq!(judged.passed, *passed, "{number:?} {quality} at {at} s");
    }
}

#[test]
fn the_outermost_limit_counts_and_a_value_at_it_has_passed_it() {
    check(
        rule(0.0, 0, 0),
        &[
            (0, Some(50.0), Good, None),
            (1, Some(80.0), Good, Some(High)),
            (2, Some(95.0), Good, Some(HighHigh)),
            (3, Some(94.9), Good, Some(High)),
            (4, Some(79.9), Good, None),
            (5, Some(10.0), Good, Some(Low)),
            (6, Some(5.0), Good, Some(LowLow)),
            (7, Some(99.0), Uncertain, Some(HighHigh)),
            (8, Some(50.0), Good, None),
        ],
    );
}

#[test]
fn another_judge_goes_on_from_what_was_said() {
    let said = Judged {
        passed: Some(HighHigh),
        since: Some(secs(3)),
    };
    let mut judge = LimitJudge::new([Some(rule(2.0, 10, 0)), Some(LimitRule::default())]);
    assert_eq!(judge.go_on(0, said), Some(said));
    assert_eq!((judge.beyond(), judge.changed()), (&[0][..], &[0][..]));
    judge.forget_changes();
    // Nothing is known yet, then it is still there, then no longer beyond the outer limit: no delay begins anew.
    let mut judged = |at: i64, number: Option<f64>, quality: Quality| {
        judge.judge(0, number, quality, secs(at));
        judge.elapse(secs(at));
        judge.get(0)
    };
    assert_eq!(judged(20, None, Stale), Some(said));
    assert_eq!(judged(21, Some(96.0), Good), Some(said));
    let back_at = |at: i64, passed: Option<PassedLimit>| {
        let since = Some(secs(at));
        Some(Judged { passed, since })
    };
    assert_eq!(judged(22, Some(90.0), Good), back_at(22, Some(High)));
    assert_eq!(judged(23, Some(70.0), Good), back_at(23, None));
    // A point that has this limit no more has not passed it, and one that has none at all is not spoken of.
    let mut judge = LimitJudge::new([
        Some(LimitRule {
            low: Some(1.0),
            ..LimitRule::default()
        }),
        None,
    ]);
    assert_eq!(judge.go_on(0, said).and_then(|says| says.passed), None);
    assert_eq!(judge.go_on(1, said), None);
    assert!(judge.changed().is_empty());
}

#[test]
fn a_limit_is_clear_when_the_value_came_back_by_the_deadband() {
    check(
        rule(2.0, 0, 0),
        &[
            (0, Some(80.0), Good, Some(High)),
            (1, Some(78.1), Good, Some(High)),
            (2, Some(78.0), Good, None),
            (3, Some(79.9), Good, None),
            (4, Some(96.0), Good, Some(HighHigh)),
            (5, Some(93.5), Good, Some(HighHigh)),
            (6, Some(93.0), Good, Some(High)),
            (7, Some(50.0), Good, None),
            (8, Some(10.0), Good, Some(Low)),
            (9, Some(11.9), Good, Some(Low)),
            (10, Some(12.0), Good, None),
        ],
    );
}

#[test]
fn a_limit_counts_after_it_was_passed_for_the_on_delay_without_a_break() {
    check(
        rule(2.0, 5, 0),
        &[
            (0, Some(81.0), Good, None),
            (4, Some(82.0), Good, None),
            // Inside of the limit, though not by the deadband: the run is broken.
            (5, Some(79.0), Good, Some(High)),
            (6, Some(50.0), Good, None),
            (7, Some(81.0), Good, None),
            (11, Some(79.0), Good, None),
            (12, Some(81.0), Good, None),
            (16, Some(81.0), Good, None),
            (17, Some(81.0), Good, Some(High)),
            (18, Some(96.0), Good, Some(High)),
            (23, Some(96.0), Good, Some(HighHigh)),
        ],
    );
}

#[test]
fn a_limit_is_clear_after_the_off_delay_without_a_break() {
    check(
        rule(2.0, 0, 5),
        &[
            (0, Some(81.0), Good, Some(High)),
            (1, Some(50.0), Good, Some(High)),
            (5, Some(79.0), Good, Some(High)),
            (6, Some(50.0), Good, Some(High)),
            (10, Some(50.0), Good, Some(High)),
            (11, Some(50.0), Good, None),
        ],
    );
}

#[test]
fn what_is_bad_or_stale_or_no_number_is_not_judged() {
    for (number, quality) in [
        (Some(50.0), Bad),
        (Some(50.0), Stale),
        (None, Good),
        (Some(f64::NAN), Good),
    ] {
        check(
            rule(0.0, 5, 5),
            &[
                (0, number, quality, None),
                (1, Some(81.0), Good, None),
                // The on-delay begins anew.
                (3, number, quality, None),
                (4, Some(81.0), Good, None),
                (6, Some(81.0), Good, None),
                (9, Some(81.0), Good, Some(High)),
                // What counts stays, and the off-delay begins anew.
                (10, number, quality, Some(High)),
                (99, number, quality, Some(High)),
                (100, Some(50.0), Good, Some(High)),
                (103, number, quality, Some(High)),
                (104, Some(50.0), Good, Some(High)),
                (108, Some(50.0), Good, Some(High)),
                (109, Some(50.0), Good, None),
            ],
        );
    }
}

#[test]
fn time_alone_ends_delays_and_says_when_they_ended() {
    let mut judge = LimitJudge::new([None, Some(rule(0.0, 5, 3))]);
    assert_eq!(judge.get(1).unwrap().since, None);
    judge.judge(1, Some(81.0), Good, secs(10));
    assert_eq!(judge.get(1).unwrap().since, Some(secs(10)));
    judge.elapse(UnixNanos(secs(15).0 - 1));
    assert!(judge.changed().is_empty() && judge.beyond().is_empty());
    // A late frame does not move the time.
    judge.elapse(secs(40));
    let high = Judged {
        passed: Some(High),
        since: Some(secs(15)),
    };
    assert_eq!(
        (judge.get(1), judge.changed(), judge.beyond()),
        (Some(high), &[1][..], &[1][..])
    );
    judge.forget_changes();
    judge.judge(1, Some(50.0), Good, secs(50));
    // Nor does a value that comes after the delay was over and no frame saw it.
    judge.judge(1, Some(81.0), Good, secs(54));
    assert_eq!(judge.get(1).unwrap().since, Some(secs(53)));
    assert_eq!((judge.changed(), judge.beyond()), (&[1][..], &[][..]));
}

#[test]
fn points_without_limits_cost_nothing_and_unknown_ones_are_none() {
    let only_deadband = LimitRule {
        deadband: 3.0,
        ..LimitRule::default()
    };
    let mut judge = LimitJudge::new([None, Some(only_deadband), Some(rule(0.0, 0, 0))]);
    assert_eq!((judge.len(), judge.is_empty()), (1, false));
    for point in [0, 1, 3, u32::MAX] {
        judge.judge(point, Some(1e9), Good, secs(1));
        assert_eq!(judge.get(point), None);
    }
    assert!(judge.changed().is_empty() && judge.beyond().is_empty() && judge.waiting.is_empty());
}

/// A judge of one limit that counts seconds, one by one.
struct Slow {
    is_passed: fn(f64) -> bool,
    is_clear: fn(f64) -> bool,
    counts: bool,
    run_secs: Option<u64>,
}

impl Slow {
    /// A second begins: what ran until now ends first, then the value of this second counts.
    fn second(&mut self, number: Option<f64>, on_secs: u64, off_secs: u64) {
        self.run_secs = self.run_secs.map(|secs| secs + 1);
        self.end(on_secs, off_secs);
        let goes_over = number.is_some_and(|number| match self.counts {
            false => (self.is_passed)(number),
            true => (self.is_clear)(number),
        });
        self.run_secs = goes_over.then(|| self.run_secs.unwrap_or(0));
        self.end(on_secs, off_secs);
    }

    fn end(&mut self, on_secs: u64, off_secs: u64) {
        let delay_secs = if self.counts { off_secs } else { on_secs };
        if self.run_secs.is_some_and(|secs| secs >= delay_secs) {
            self.counts = !self.counts;
            self.run_secs = None;
        }
    }
}

/// The limits of [`rule`] with a deadband of 2, in the order of [`PassedLimit::ALL`].
fn slow() -> [Slow; 4] {
    let of = |is_passed, is_clear| Slow {
        is_passed,
        is_clear,
        counts: false,
        run_secs: None,
    };
    [
        of(|number| number >= 95.0, |number| number <= 93.0),
        of(|number| number <= 5.0, |number| number >= 7.0),
        of(|number| number >= 80.0, |number| number <= 78.0),
        of(|number| number <= 10.0, |number| number >= 12.0),
    ]
}

/// What a second brings: a value for one of three points, or only time.
fn seconds() -> impl Strategy<Value = Vec<(Option<(u32, Option<f64>)>, bool)>> {
    let number = prop_oneof![
        4 => prop::sample::select(vec![4.0, 6.0, 9.0, 11.0, 50.0, 77.0, 79.0, 81.0, 94.0, 96.0]).prop_map(Some),
        1 => Just(None),
    ];
    let value = prop::option::weighted(0.6, (0_u32..3, number));
    prop::collection::vec((value, any::<bool>()), 1..60)
}

proptest! {
    #[test]
    fn agrees_with_a_judge_that_counts_seconds(seconds in seconds(), on_secs in 0_u64..5, off_secs in 0_u64..5) {
        let mut judge = LimitJudge::new((0..3).map(|_| Some(rule(2.0, on_secs, off_secs))));
        let mut slow = [slow(), slow(), slow()];
        let mut held = [None; 3];
        for (at, (value, has_frame)) in (0_i64..).zip(seconds) {
            // The slow judge looks every second, the other when a value comes and when there is a frame.
            if let Some((point, number)) = value {
                held[point as usize] = number;
                judge.judge(point, number.or(Some(50.0)), if number.is_some() { Good } else { Stale }, secs(at));
            }
            for (limits, number) in slow.iter_mut().zip(held) {
                limits.iter_mut().for_each(|limit| limit.second(number, on_secs, off_secs));
            }
            prop_assert!(judge.waiting.len() <= judge.len(), "each row waits once");
            if !has_frame {
                continue;
            }
            judge.elapse(secs(at));
            let mut beyond = Vec::new();
            for (point, limits) in (0_u32..).zip(&slow) {
                let expected = limits.iter().position(|limit| limit.counts).map(|at| PassedLimit::ALL[at]);
                prop_assert_eq!(judge.get(point).unwrap().passed, expected, "point {} at {} s", point, at);
                beyond.extend(expected.map(|_| point));
            }
            let mut seen = judge.beyond().to_vec();
            seen.sort_unstable();
            prop_assert_eq!(seen, beyond);
        }
    }

    #[test]
    fn what_is_said_does_not_hang_on_how_often_one_looks(seconds in seconds(), on_secs in 0_u64..5, off_secs in 0_u64..5) {
        let make = || LimitJudge::new((0..3).map(|_| Some(rule(2.0, on_secs, off_secs))));
        let (mut often, mut seldom) = (make(), make());
        let mut end = secs(0);
        for (at, (value, _)) in (0_i64..).zip(seconds) {
            end = secs(at);
            often.elapse(end);
            if let Some((point, number)) = value {
                often.judge(point, number, Good, end);
                seldom.judge(point, number, Good, end);
            }
        }
        often.elapse(end);
        seldom.elapse(end);
        for point in 0..3 {
            prop_assert_eq!(often.get(point), seldom.get(point));
        }
    }

    #[test]
    fn each_change_is_noted_once(seconds in seconds()) {
        let mut judge = LimitJudge::new((0..3).map(|_| Some(rule(0.0, 0, 0))));
        let mut before: Vec<_> = (0..3).map(|point| judge.get(point).unwrap().passed).collect();
        for (at, (value, has_frame)) in (0_i64..).zip(seconds) {
            let Some((point, number)) = value else { continue };
            judge.judge(point, number, Good, secs(at));
            if has_frame {
                let mut changed = judge.changed().to_vec();
                changed.sort_unstable();
                let noted = changed.len();
                changed.dedup();
                prop_assert_eq!(changed.len(), noted);
                for point in 0..3_u32 {
                    let passed = judge.get(point).unwrap().passed;
                    if passed != before[point as usize] {
                        prop_assert!(changed.contains(&point));
                    }
                    before[point as usize] = passed;
                }
                judge.forget_changes();
                prop_assert!(judge.changed().is_empty());
            }
        }
    }
}
