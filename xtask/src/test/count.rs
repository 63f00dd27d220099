//! How many checks passed, failed and were skipped, and which.

use std::{fmt, ops::AddAssign, path::Path};

use anyhow::{Context, Result};

/// A tally of checks.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Count {
    /// How many passed.
    pub(crate) passed: u64,
    /// How many failed.
    pub(crate) failed: u64,
    /// Why each skipped check was skipped.
    pub(crate) skips: Vec<String>,
    /// What failed, for the end of the report.
    pub(crate) failures: Vec<String>,
}

impl Count {
    /// One check that passed.
    pub(crate) fn passed() -> Self {
        Self {
            passed: 1,
            ..Self::default()
        }
    }

    /// One check that failed.
    pub(crate) fn failed(what: String) -> Self {
        Self {
            failed: 1,
            failures: vec![what],
            ..Self::default()
        }
    }

    /// One check that could not run.
    pub(crate) fn skipped(why: String) -> Self {
        Self {
            skips: vec![why],
            ..Self::default()
        }
    }

    /// Nothing failed, and something ran.
    pub(crate) fn is_good(&self) -> bool {
        self.failed == 0 && self.passed > 0
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skips.extend(other.skips);
        self.failures.extend(other.failures);
    }
}

/// The one line that the report ends with.
impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} passed, {} failed, {} skipped",
            self.passed,
            self.failed,
            self.skips.len()
        )
    }
}

/// Adds up the lines in which libtest counts, one a test binary, and names the tests that failed.
///
/// `test result: ok. 12 passed; 0 failed; 0 ignored; …`
pub(crate) fn libtest(output: &str) -> Count {
    let mut count = Count::default();
    for line in output.lines() {
        if let Some(counts) = line.strip_prefix("test result: ") {
            let number = |word: &str| {
                let mut words = counts
                    .split([' ', ';'])
                    .filter(|word| !word.is_empty())
                    .peekable();
                let mut found = 0;
                while let Some(current) = words.next() {
                    if words.peek() == Some(&word) {
                        found = current.parse().unwrap_or(0);
                    }
                }
                found
            };
            count.passed += number("passed");
            count.failed += number("failed");
            count
                .skips
                .extend((0..number("ignored")).map(|_| "an ignored test".to_owned()));
        } else if let Some(name) = line
            .strip_prefix("test ")
            .and_then(|rest| rest.strip_suffix(" ... FAILED"))
        {
            count.failures.push(name.to_owned());
        }
    }
    count
}

/// What tests wrote down as skipped.
pub(crate) fn skips_in(file: &Path) -> Result<Count> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(Count {
        skips: text.lines().map(str::to_owned).collect(),
        ..Count::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libtest_lines_add_up() {
        let count = libtest(
            "test a ... ok\ntest b::c ... FAILED\n\
             test result: FAILED. 12 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
             test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n",
        );
        assert_eq!((count.passed, count.failed, count.skips.len()), (15, 1, 1));
        assert_eq!(count.failures, ["b::c"]);
        assert_eq!(count.to_string(), "15 passed, 1 failed, 1 skipped");
    }

    #[test]
    fn nothing_that_ran_is_not_good() {
        assert!(!Count::default().is_good());
        assert!(!Count::skipped("no broker".into()).is_good());
        assert!(Count::passed().is_good());
    }
}
