//! Random numbers that are the same on every machine: SplitMix64 (Steele, Lea and Flood, 2014).

/// The golden ratio's fraction in 64 bits.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

fn mixed(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// About normal with deviation 1, the same for the same `seed`, `slot` and `tick` whatever else was drawn.
pub(super) fn hashed(seed: u64, slot: u64, tick: u64) -> f64 {
    Noise(mixed(seed ^ slot.wrapping_mul(STEP)) ^ mixed(tick.wrapping_add(STEP))).around_zero(1.0)
}

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub(super) struct Noise(u64);

impl Noise {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A stream of its own for each `name`, so that what one thing draws changes nothing for another.
    pub(super) fn named(seed: u64, name: &str) -> Self {
        Self(
            name.bytes()
                .fold(seed, |hash, byte| mixed(hash ^ u64::from(byte))),
        )
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mixed(self.0)
    }

    /// Evenly in 0–1.
    pub(super) fn ratio(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// About normal with this standard deviation, never farther than 3.5 of it: the sum of four even numbers.
    pub(super) fn around_zero(&mut self, deviation: f64) -> f64 {
        let sum: f64 = (0..4).map(|_| self.ratio()).sum();
        (sum - 2.0) * 1.732 * deviation
    }
}
