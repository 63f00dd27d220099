//! "Did you mean": the known name that is nearest to a mistyped one.

/// The candidate that `wrong` was probably meant to be; `None` when nothing is near.
///
/// Near is an optimal-string-alignment distance, case ignored, of at most a third of the name's length.
#[must_use]
pub fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wrong: Vec<char> = wrong.to_lowercase().chars().collect();
    let limit = (wrong.len() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| {
            (
                distance(&wrong, &candidate.to_lowercase().chars().collect::<Vec<_>>()),
                candidate,
            )
        })
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// A remedy that names the nearest candidate, else all of them, else `otherwise`.
#[must_use]
pub fn suggest(wrong: &str, candidates: &[&str], otherwise: &str) -> String {
    match (nearest(wrong, candidates.iter().copied()), candidates) {
        (Some(near), _) => format!("did you mean `{near}`? Write one of {}", list(candidates)),
        (None, []) => otherwise.to_owned(),
        (None, _) => format!("write one of {}", list(candidates)),
    }
}

/// Names for a sentence, in back-ticks; long lists end in a count.
#[must_use]
pub fn list(names: &[&str]) -> String {
    const SHOWN: usize = 12;
    let mut text = names
        .iter()
        .take(SHOWN)
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    text
}

/// Edits to turn `a` into `b`: insert, delete, replace, or swap two neighbours.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, to) in b.iter().enumerate() {
            let mut best = (last[j] + usize::from(from != to))
                .min(last[j + 1] + 1)
                .min(row[j] + 1);
            if i > 0 && j > 0 && *from == b[j - 1] && a[i - 1] == *to {
                best = best.min(before_last[j - 1] + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_finger_are_near_and_other_words_are_not() {
        let names = ["speed", "bearingTemp", "flow"];
        for (wrong, meant) in [
            ("spede", Some("speed")),
            ("bearing_temp", Some("bearingTemp")),
            ("FLOW", Some("flow")),
            ("pressure", None),
        ] {
            assert_eq!(nearest(wrong, names), meant, "{wrong}");
        }
    }

    #[test]
    fn long_lists_are_cut() {
        let names: Vec<String> = (0..20).map(|i| format!("n{i}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert!(list(&names).ends_with("`n11` and 8 more"));
    }
}
