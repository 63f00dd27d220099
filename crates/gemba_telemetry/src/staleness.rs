//! How good a value is *now*: what its source said, until nothing newer came for too long.

use std::time::Duration;

use gemba_model::{Quality, Sample, UnixNanos};

use crate::LinkState;

/// The quality to show for a tag at `now`.
///
/// - No sample yet: stale; there is nothing to trust.
/// - Nothing arrived for `stale_after`: stale, whatever it was before. Age counts from `recv_time`, this machine's own
///   clock, so a source with a wrong clock neither hides an outage nor invents one. While a link is down nothing
///   arrives, so its values turn stale within their `stale_after`.
/// - `stale_after` of zero means that the source only reports changes, and age says nothing. Such a value is stale
///   while its link is not live.
/// - Else what the source said.
#[must_use]
pub fn effective_quality(
    sample: Option<&Sample>,
    stale_after: Duration,
    link: Option<&LinkState>,
    now: UnixNanos,
) -> Quality {
    let Some(sample) = sample else {
        return Quality::Stale;
    };
    let is_stale = if stale_after.is_zero() {
        link.is_some_and(|link| !link.is_live())
    } else {
        now.since(sample.recv_time) >= stale_after
    };
    if is_stale { Quality::Stale } else { sample.quality }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LinkReason;

    #[test]
    fn a_value_is_stale_after_its_time_and_not_before() {
        let secs = |secs: i64| UnixNanos(secs * 1_000_000_000);
        let ten = Duration::from_secs(10);
        let sample = |quality| Sample {
            value: None,
            quality,
            source_time: Some(secs(-900)),
            recv_time: secs(100),
        };
        let live = LinkState::Live { since: secs(0) };
        let waiting = LinkState::Waiting {
            attempt: 1,
            retry_at: secs(120),
            reason: LinkReason::Closed,
        };
        use Quality::{Bad, Good, Stale, Uncertain};
        for (quality, stale_after, link, now, shown) in [
            (Good, ten, Some(&live), secs(100), Good),
            (Good, ten, Some(&live), UnixNanos(secs(110).0 - 1), Good),
            (Good, ten, Some(&live), secs(110), Stale),
            (Bad, ten, Some(&live), secs(105), Bad),
            (Bad, ten, Some(&live), secs(115), Stale),
            (Uncertain, ten, Some(&waiting), secs(105), Uncertain),
            (Uncertain, ten, Some(&waiting), secs(110), Stale),
            (Good, Duration::ZERO, Some(&live), secs(99_999), Good),
            (Good, Duration::ZERO, Some(&waiting), secs(101), Stale),
            (Good, Duration::ZERO, None, secs(101), Good),
            // A clock set back makes no value stale.
            (Good, ten, Some(&live), secs(50), Good),
        ] {
            assert_eq!(
                effective_quality(Some(&sample(quality)), stale_after, link, now),
                shown,
                "{quality} at {now:?}"
            );
        }
        assert_eq!(effective_quality(None, ten, Some(&live), secs(0)), Stale);
    }
}
