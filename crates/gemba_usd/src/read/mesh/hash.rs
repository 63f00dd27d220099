//! A 128-bit hash of a mesh's source. Not for security: two parts that only collide would look alike, nothing more.

use super::{MeshSource, Primvar};

/// The hash of everything that [`super::build`] reads.
pub(crate) fn content_hash(source: &MeshSource) -> u128 {
    let mut hash = ContentHash::new();
    hash.floats(source.points.as_flattened());
    hash.ints(&source.face_counts);
    hash.ints(&source.corner_points);
    hash.ints(&source.hole_faces);
    hash.primvar(source.normals.as_ref(), |values, hash| {
        hash.floats(values.as_flattened());
    });
    hash.primvar(source.uvs.as_ref(), |values, hash| {
        hash.floats(values.as_flattened());
    });
    hash.primvar(source.colors.as_ref(), |values, hash| {
        hash.floats(values.as_flattened());
    });
    hash.primvar(source.opacities.as_ref(), |values, hash| hash.floats(values));
    let flags = [
        source.is_left_handed,
        source.is_double_sided,
        source.is_smooth,
        source.is_time_varying,
    ];
    flags.iter().for_each(|flag| hash.word(u64::from(*flag)));
    hash.word(source.subsets.len() as u64);
    for subset in &source.subsets {
        hash.ints(&subset.faces);
        hash.word(subset.material.map_or(u64::MAX, |material| u64::from(material.0)));
    }
    hash.finish()
}

/// Two lanes of multiply and rotate, with different odd constants.
struct ContentHash([u64; 2]);

impl ContentHash {
    fn new() -> Self {
        Self([0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344])
    }

    fn word(&mut self, word: u64) {
        let [a, b] = &mut self.0;
        *a = (a.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
        *b = (b.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn words(&mut self, words: impl ExactSizeIterator<Item = u32>) {
        self.word(words.len() as u64);
        words.for_each(|word| self.word(u64::from(word)));
    }

    fn floats(&mut self, floats: &[f32]) {
        self.words(floats.iter().map(|float| float.to_bits()));
    }

    fn ints(&mut self, ints: &[i32]) {
        self.words(ints.iter().map(|int| int.cast_unsigned()));
    }

    fn primvar<T>(&mut self, primvar: Option<&Primvar<T>>, values: impl Fn(&[T], &mut Self)) {
        match primvar {
            Some(primvar) => {
                self.word(1 + primvar.interpolation as u64);
                values(&primvar.values, self);
            }
            None => self.word(0),
        }
    }

    fn finish(mut self) -> u128 {
        // Spread the last words over all bits.
        (0..4).for_each(|round| self.word(round));
        let [a, b] = self.0.map(|lane| lane ^ (lane >> 32));
        (u128::from(a) << 64) | u128::from(b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_difference_changes_the_hash() {
        let plain = || MeshSource {
            points: vec![[0.0; 3], [1.0, 0.0, 0.0]],
            face_counts: vec![3],
            ..Default::default()
        };
        let same = content_hash(&plain());
        assert_eq!(same, content_hash(&plain()));
        let mut others = vec![plain(), plain(), plain()];
        others[0].points[1][2] = 1.0;
        others[1].is_left_handed = true;
        // The same numbers, cut differently.
        others[2].face_counts.clear();
        others[2].corner_points = vec![3];
        for other in &others {
            assert_ne!(same, content_hash(other));
        }
    }
}
