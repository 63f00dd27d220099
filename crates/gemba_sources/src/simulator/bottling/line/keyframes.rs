//! Motion between keyframes: how heads and axes go from place to place within a cycle.

/// Positions at `phase`, smooth between the keyframes, which ascend in their phase; before the first and after the last it
/// stands.
pub(super) fn position<const N: usize>(frames: &[(f64, [f64; N])], phase: f64) -> [f64; N] {
    let above = frames.partition_point(|(at, _)| *at <= phase);
    let (Some(last), Some(first)) = (frames.last(), frames.first()) else {
        return [0.0; N];
    };
    let (Some(from), Some(to)) = (
        above.checked_sub(1).and_then(|at| frames.get(at)),
        frames.get(above),
    ) else {
        return if above == 0 { first.1 } else { last.1 };
    };
    let t = (phase - from.0) / (to.0 - from.0);
    let smooth = t * t * (3.0 - 2.0 * t);
    std::array::from_fn(|k| from.1[k] + (to.1[k] - from.1[k]) * smooth)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_starts_and_ends_gently_at_each_keyframe_and_stands_beyond_them() {
        let frames = [(0.2, [1.0]), (0.4, [3.0]), (0.6, [3.0])];
        for (phase, expected) in [
            (0.0, 1.0),
            (0.2, 1.0),
            (0.3, 2.0),
            (0.4, 3.0),
            (0.5, 3.0),
            (0.9, 3.0),
        ] {
            let [position] = position(&frames, phase);
            assert!((position - expected).abs() < 1e-12, "{position} at {phase}");
        }
        let gentle = position(&frames, 0.201)[0] - 1.0;
        assert!(gentle < 1e-3, "{gentle}");
    }
}
