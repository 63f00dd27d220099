//! Typed reading of one prim's opinions: a value of the right type, or none and an issue that says where.

use std::{collections::HashMap, time::Duration};

use gemba_model::{Issue, PrimPath};
use gemba_usd::doc::{TwinOpinions, TwinRelationship, TwinValue};

/// Issues in the order they were met. What one line of a template does wrong on many prims is one issue.
#[derive(Debug, Default)]
pub(crate) struct IssueList {
    issues: Vec<Issue>,
    /// Row and number of further prims, for issues with a line.
    repeats: Vec<u32>,
    row_by_origin: HashMap<(String, u32, String, String), usize>,
}

impl IssueList {
    pub(crate) fn push(&mut self, issue: Issue) {
        let origin = match (&issue.file, issue.line) {
            (Some(file), Some(line)) => {
                Some((file.clone(), line, issue.code.to_string(), issue.message.clone()))
            }
            _ => None,
        };
        if let Some(origin) = origin {
            if let Some(row) = self.row_by_origin.get(&origin) {
                self.repeats[*row] += 1;
                return;
            }
            self.row_by_origin.insert(origin, self.issues.len());
        }
        self.issues.push(issue);
        self.repeats.push(0);
    }

    /// The issues, each with the number of further prims it was met on.
    pub(crate) fn finish(self) -> Vec<Issue> {
        let repeated = |(mut issue, repeats): (Issue, u32)| {
            match repeats {
                0 => {}
                1 => issue.message.push_str(" (and so on 1 more prim)"),
                _ => issue
                    .message
                    .push_str(&format!(" (and so on {repeats} more prims)")),
            }
            issue
        };
        self.issues.into_iter().zip(self.repeats).map(repeated).collect()
    }
}

/// One prim's opinions, with where to report what is wrong in them.
#[derive(Debug)]
pub(crate) struct Opinions<'a> {
    raw: &'a TwinOpinions,
    path: &'a PrimPath,
    issues: IssueList,
}

impl<'a> Opinions<'a> {
    pub(crate) fn new(raw: &'a TwinOpinions, path: &'a PrimPath, issues: IssueList) -> Self {
        Self { raw, path, issues }
    }

    /// The list that was given to [`Opinions::new`], with what was reported since.
    pub(crate) fn into_issues(self) -> IssueList {
        self.issues
    }

    pub(crate) fn raw(&self) -> &'a TwinOpinions {
        self.raw
    }

    pub(crate) fn path(&self) -> &'a PrimPath {
        self.path
    }

    /// Reports `issue` at the prim, where its strongest opinion stands.
    pub(crate) fn report(&mut self, issue: Issue) {
        self.report_at(None, issue);
    }

    /// Reports `issue` where the property was written, else where the prim was.
    pub(crate) fn report_at(&mut self, property: Option<&str>, issue: Issue) {
        let issue = self.located(property, issue);
        self.issues.push(issue);
    }

    /// `issue` with the place where the property was written, else where the prim was.
    pub(crate) fn located(&self, property: Option<&str>, issue: Issue) -> Issue {
        let place = property.and_then(|name| {
            let attribute = self.raw.attributes.get(name).map(|it| (&it.file, it.line));
            attribute.or_else(|| self.raw.relationships.get(name).map(|it| (&it.file, it.line)))
        });
        let (file, line) = place
            .filter(|(file, _)| file.is_some())
            .unwrap_or((&self.raw.file, self.raw.line));
        let mut issue = issue.on_prim(self.path.clone());
        issue.file.clone_from(file);
        issue.line = line;
        issue
    }

    /// Whether the attribute has a value.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.raw.attributes.contains_key(name)
    }

    /// A text that is not empty.
    pub(crate) fn text(&mut self, name: &str) -> Option<&'a str> {
        match &self.raw.attributes.get(name)?.value {
            TwinValue::Text(text) => Some(text.as_str()).filter(|text| !text.is_empty()),
            other => self.wrong_type(name, "a text", other),
        }
    }

    /// A finite number.
    pub(crate) fn number(&mut self, name: &str) -> Option<f64> {
        match &self.raw.attributes.get(name)?.value {
            TwinValue::Number(number) if number.is_finite() => Some(*number),
            other => self.wrong_type(name, "a finite number", other),
        }
    }

    /// A list of finite numbers, of a vector or an array.
    pub(crate) fn numbers(&mut self, name: &str) -> Option<&'a [f64]> {
        match &self.raw.attributes.get(name)?.value {
            TwinValue::Numbers(numbers) if numbers.iter().all(|number| number.is_finite()) => Some(numbers),
            other => self.wrong_type(name, "a list of finite numbers", other),
        }
    }

    /// `N` finite numbers.
    pub(crate) fn vector<const N: usize>(&mut self, name: &str) -> Option<[f64; N]> {
        match &self.raw.attributes.get(name)?.value {
            TwinValue::Numbers(numbers)
                if numbers.len() == N && numbers.iter().all(|number| number.is_finite()) =>
            {
                <[f64; N]>::try_from(numbers.as_slice()).ok()
            }
            other => self.wrong_type(name, &format!("{N} finite numbers"), other),
        }
    }

    /// A number of seconds, 0 or more; otherwise reports what is used instead.
    pub(crate) fn seconds(&mut self, name: &str, fallback: Duration) -> Duration {
        let Some(secs) = self.number(name) else {
            return fallback;
        };
        match Duration::try_from_secs_f64(secs) {
            Ok(duration) => duration,
            Err(_) => {
                let leaf = name.rsplit(':').next().unwrap_or(name);
                let issue = Issue::warning(
                    "twin.bad-duration",
                    format!("`{leaf}` is {secs} s, so {} s is used", fallback.as_secs_f64()),
                    "write 0 or more seconds",
                );
                self.report_at(Some(name), issue);
                fallback
            }
        }
    }

    /// A relationship.
    pub(crate) fn relationship(&self, name: &str) -> Option<&'a TwinRelationship> {
        self.raw.relationships.get(name)
    }

    fn wrong_type<T>(&mut self, name: &str, expected: &str, got: &TwinValue) -> Option<T> {
        let leaf = name.rsplit(':').next().unwrap_or(name);
        let issue = Issue::warning(
            "twin.wrong-type",
            format!(
                "`{leaf}` is {} where {expected} is expected, so it is left out",
                describe(got)
            ),
            format!("declare and write `{name}` as in `assets/usd/gemba/schema.usda`"),
        );
        self.report_at(Some(name), issue);
        None
    }
}

fn describe(value: &TwinValue) -> String {
    match value {
        TwinValue::Bool(on) => format!("the switch `{on}`"),
        TwinValue::Number(number) => format!("the number {number}"),
        TwinValue::Text(text) => format!("the text `{text}`"),
        TwinValue::Numbers(numbers) if numbers.iter().all(|number| number.is_finite()) => {
            format!("a list of {} numbers", numbers.len())
        }
        TwinValue::Numbers(numbers) => format!("a list of {} numbers that are not all finite", numbers.len()),
        TwinValue::Texts(texts) => format!("a list of {} texts", texts.len()),
    }
}
