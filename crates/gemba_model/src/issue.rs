//! An issue: something wrong in the input that a person can mend. Never a panic, never the end of a plant.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::PrimPath;

/// How much an issue matters to the person who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; what is shown is still right.
    Note,
    /// Something is missing or was mended; the rest is right.
    Warning,
    /// Something the author asked for cannot be shown. `gemba check` exits non-zero.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// A stable, greppable name for a kind of issue, such as `usd.missing-reference` or `twin.unknown-unit`.
///
/// Lower-case, `area.what-happened`. Tests and scripts match on it, never on the message.
pub type IssueCode = std::borrow::Cow<'static, str>;

/// One thing that is wrong, where it is, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// How much it matters.
    pub severity: Severity,
    /// What kind it is.
    pub code: IssueCode,
    /// The file it was found in, as the person would name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line in that file, counted from 1, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The prim it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prim: Option<PrimPath>,
    /// What happened, in one sentence without a full stop.
    pub message: String,
    /// What to do about it, in one imperative sentence without a full stop.
    pub remedy: String,
}

impl Issue {
    /// An issue of `severity` and kind `code`; add where it is with the `in_file`, `at_line` and `on_prim` methods.
    pub fn new(
        severity: Severity,
        code: impl Into<IssueCode>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            severity,
            code: code.into(),
            file: None,
            line: None,
            prim: None,
            message: message.into(),
            remedy: remedy.into(),
        }
    }

    /// [`Issue::new`] with [`Severity::Error`].
    pub fn error(code: impl Into<IssueCode>, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message, remedy)
    }

    /// [`Issue::new`] with [`Severity::Warning`].
    pub fn warning(
        code: impl Into<IssueCode>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::new(Severity::Warning, code, message, remedy)
    }

    /// [`Issue::new`] with [`Severity::Note`].
    pub fn note(code: impl Into<IssueCode>, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(Severity::Note, code, message, remedy)
    }

    /// Names the file.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// Names the line, counted from 1.
    #[must_use]
    pub fn at_line(mut self, line: u32) -> Self {
        self.line = Some(line);
        self
    }

    /// Names the prim.
    #[must_use]
    pub fn on_prim(mut self, prim: PrimPath) -> Self {
        self.prim = Some(prim);
        self
    }
}

/// `error[twin.unknown-unit] plant.usda:12 </Plant/P_101>: message. Remedy.`
impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]", self.severity, self.code)?;
        if let Some(file) = &self.file {
            write!(f, " {file}")?;
            if let Some(line) = self.line {
                write!(f, ":{line}")?;
            }
        }
        if let Some(prim) = &self.prim {
            write!(f, " <{prim}>")?;
        }
        write!(f, ": {}. {}.", self.message, self.remedy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_says_what_where_and_what_to_do() {
        let issue = Issue::error(
            "twin.unknown-unit",
            "the unit `degC` is not a UCUM code",
            "write `Cel`",
        )
        .in_file("plant.usda")
        .at_line(12)
        .on_prim(PrimPath::new("/Plant/P_101").expect("a prim path"));
        assert_eq!(
            issue.to_string(),
            "error[twin.unknown-unit] plant.usda:12 </Plant/P_101>: the unit `degC` is not a UCUM code. write `Cel`."
        );
    }
}
