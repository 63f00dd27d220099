//! Which quality the frames that a person sees ask for: coarser as soon as they are slow, finer again only when it will last.

use super::RenderQuality;

/// Frames are looked at together for at least this long, and at least this many: one that compiles a pipeline says nothing.
const WINDOW_SECS: f32 = 2.0;
const WINDOW_FRAMES: usize = 8;
/// Longer than this is not smooth: below 28 frames a second.
const SLOW_SECS: f32 = 0.036;
/// Shorter than this leaves room: 60 frames a second, a little late.
const FAST_SECS: f32 = 0.0175;
/// How long frames must be fast before finer drawing is tried; twice as long after each time that it was too much.
const FIRST_PATIENCE_SECS: f32 = 15.0;
const MOST_PATIENCE_SECS: f32 = 480.0;

/// Watches frames.
#[derive(Clone, Debug)]
pub(super) struct Holder {
    /// What fits the adapter: never finer than that.
    finest: RenderQuality,
    window: Vec<f32>,
    fast_secs: f32,
    patience_secs: f32,
}

impl Holder {
    pub(super) fn new(finest: RenderQuality) -> Self {
        Self {
            finest,
            window: Vec::new(),
            fast_secs: 0.0,
            patience_secs: FIRST_PATIENCE_SECS,
        }
    }

    /// Forgets the frames so far: what is drawn is about to be something else.
    pub(super) fn restart(&mut self) {
        self.window.clear();
        self.fast_secs = 0.0;
    }

    /// Takes in a frame that took `secs` from the one before; another quality when it is time for one.
    pub(super) fn frame(&mut self, secs: f32, quality: RenderQuality) -> Option<RenderQuality> {
        self.window.push(secs);
        let window_secs: f32 = self.window.iter().sum();
        if window_secs < WINDOW_SECS || self.window.len() < WINDOW_FRAMES {
            return None;
        }
        let usual_secs = median(&mut self.window);
        self.window.clear();
        if usual_secs > SLOW_SECS {
            self.fast_secs = 0.0;
            let coarser = quality.coarser()?;
            self.patience_secs = (self.patience_secs * 2.0).min(MOST_PATIENCE_SECS);
            return Some(coarser);
        }
        if usual_secs > FAST_SECS {
            self.fast_secs = 0.0;
            return None;
        }
        self.fast_secs += window_secs;
        if self.fast_secs < self.patience_secs {
            return None;
        }
        self.fast_secs = 0.0;
        quality.finer().filter(|finer| *finer <= self.finest)
    }
}

fn median(secs: &mut [f32]) -> f32 {
    secs.sort_by(f32::total_cmp);
    secs.get(secs.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The qualities that `secs_of` leads to within `for_secs`, with when they came.
    fn run(
        holder: &mut Holder,
        quality: &mut RenderQuality,
        for_secs: f32,
        secs_of: impl Fn(RenderQuality) -> f32,
    ) -> Vec<(f32, RenderQuality)> {
        let (mut now, mut changes) = (0.0, Vec::new());
        while now < for_secs {
            let secs = secs_of(*quality);
            now += secs;
            if let Some(next) = holder.frame(secs, *quality) {
                *quality = next;
                changes.push((now, next));
            }
        }
        changes
    }

    #[test]
    fn slow_frames_are_drawn_more_coarsely_until_they_are_smooth() {
        let mut quality = RenderQuality::High;
        let mut holder = Holder::new(quality);
        let secs_of = |quality| match quality {
            RenderQuality::High => 0.070,
            RenderQuality::Medium => 0.045,
            _ => 0.020,
        };
        let changes = run(&mut holder, &mut quality, 60.0, secs_of);
        assert_eq!(quality, RenderQuality::Low, "{changes:?}");
        assert_eq!(changes.len(), 2);
        assert!(changes[1].0 < 5.0, "{changes:?}");
    }

    #[test]
    fn what_was_too_much_is_tried_ever_more_rarely() {
        let mut quality = RenderQuality::High;
        let mut holder = Holder::new(quality);
        let secs_of = |quality| {
            if quality == RenderQuality::High {
                0.050
            } else {
                0.0166
            }
        };
        let changes = run(&mut holder, &mut quality, 3_600.0, secs_of);
        // Each try is a visible change: an hour has few.
        assert!((4..=22).contains(&changes.len()), "{}", changes.len());
        let gaps: Vec<f32> = changes.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
        assert!(gaps.iter().rev().take(2).any(|gap| *gap > 400.0), "{gaps:?}");
    }

    #[test]
    fn never_finer_than_fits_nor_coarser_than_there_is() {
        let mut quality = RenderQuality::Low;
        let mut holder = Holder::new(quality);
        assert!(run(&mut holder, &mut quality, 120.0, |_| 0.005).is_empty());
        let changes = run(&mut holder, &mut quality, 120.0, |_| 3.0);
        assert_eq!(changes.len(), 1);
        assert_eq!(quality, RenderQuality::Lowest);
    }

    #[test]
    fn a_pause_for_a_pipeline_changes_nothing() {
        let mut holder = Holder::new(RenderQuality::High);
        for at in 0..2_000 {
            let secs = if at % 100 == 0 { 1.5 } else { 0.0166 };
            assert_eq!(holder.frame(secs, RenderQuality::High), None);
        }
    }
}
