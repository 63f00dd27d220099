//! One prim while it is read: its authored properties by name, at the earliest time unless another is asked for.

use std::cell::RefCell;

use gemba_model::Issue;
use openusd::{
    sdf::{self, Value},
    tf::Token,
    usd::{Attribute, Prim, Stage, TimeCode},
};

use super::{
    issues::{IssueLog, prim_path},
    values,
};

/// A prim with the names of what layers author on it, so that absent properties cost nothing.
pub(crate) struct PrimView<'a> {
    pub(crate) prim: Prim,
    names: Vec<Token>,
    /// Where what cannot be read is told; `None` for a reader that asks again what was told already.
    issues: Option<&'a RefCell<IssueLog>>,
    time: TimeCode,
}

impl<'a> PrimView<'a> {
    /// The prim at `path` of `stage`.
    pub(crate) fn new(stage: &Stage, path: &sdf::Path, issues: &'a RefCell<IssueLog>) -> Option<Self> {
        let prim = stage.prim(path.clone()).ok()?;
        Self::with(prim, Some(issues))
    }

    /// The prim at `path`, for a reader that tells no issues.
    pub(crate) fn quiet(stage: &Stage, path: &str) -> Option<Self> {
        Self::with(stage.prim(path).ok()?, None)
    }

    fn with(prim: Prim, issues: Option<&'a RefCell<IssueLog>>) -> Option<Self> {
        let view = Self {
            prim,
            names: Vec::new(),
            issues,
            time: TimeCode::EARLIEST,
        };
        let names = view
            .reported(view.prim.authored_property_names())
            .unwrap_or_default();
        Some(Self { names, ..view })
    }

    /// This prim at another time.
    pub(crate) fn at(self, time: TimeCode) -> Self {
        Self { time, ..self }
    }

    /// The value of `result`; an error becomes an issue.
    pub(crate) fn reported<T>(&self, result: openusd::Result<T>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.report_about(
                    error.to_string(),
                    Issue::warning(
                        "usd.unreadable-value",
                        format!("a value could not be read: {}", crate::stage::chain(&error)),
                        "export the file again, or remove the value",
                    ),
                );
                None
            }
        }
    }

    /// Adds an issue about this prim.
    pub(crate) fn report(&self, issue: Issue) {
        if let Some(issues) = self.issues {
            issues
                .borrow_mut()
                .add(issue.on_prim(prim_path(self.prim.path())));
        }
    }

    /// Adds an issue about `subject`, met on this prim.
    pub(crate) fn report_about(&self, subject: impl Into<String>, issue: Issue) {
        if let Some(issues) = self.issues {
            issues
                .borrow_mut()
                .add_about(subject, issue.on_prim(prim_path(self.prim.path())));
        }
    }

    /// Authored property names in composed order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(Token::as_str)
    }

    /// Some layer authors `name`.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|own| own.as_str() == name)
    }

    /// The attribute `name`, authored or not.
    pub(crate) fn attribute(&self, name: &str) -> Attribute {
        self.prim.attribute(name)
    }

    /// The authored value of `name`, at its first time sample, else its default.
    pub(crate) fn value(&self, name: &str) -> Option<Value> {
        if !self.has(name) {
            return None;
        }
        self.reported(self.attribute(name).get_at::<Value>(self.time))
            .flatten()
    }

    /// `value` as a number.
    pub(crate) fn number(&self, name: &str) -> Option<f64> {
        self.value(name).as_ref().and_then(values::number)
    }

    /// `value` as a switch.
    pub(crate) fn boolean(&self, name: &str) -> Option<bool> {
        match self.value(name)? {
            Value::Bool(on) => Some(on),
            other => values::number(&other).map(|number| number != 0.0),
        }
    }

    /// `value` as text.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.value(name).as_ref().and_then(values::text)
    }

    /// `value` as a vector of `N` components.
    pub(crate) fn vector<const N: usize>(&self, name: &str) -> Option<[f64; N]> {
        self.value(name).as_ref().and_then(values::vector)
    }

    /// More than one time sample.
    pub(crate) fn is_time_varying(&self, name: &str) -> bool {
        self.has(name)
            && self
                .reported(self.attribute(name).value_might_be_time_varying())
                .unwrap_or(false)
    }

    /// Targets of the relationship `name`, composed.
    pub(crate) fn targets(&self, name: &str) -> Vec<sdf::Path> {
        if !self.has(name) {
            return Vec::new();
        }
        self.reported(self.prim.relationship(name).targets())
            .unwrap_or_default()
    }

    /// Authored metadata of the prim as text.
    pub(crate) fn metadata_text(&self, key: &str) -> Option<String> {
        self.authored_text(self.prim.path(), key)
    }

    /// Authored metadata of the property `name` as text.
    pub(crate) fn property_metadata_text(&self, name: &str, key: &str) -> Option<String> {
        let path = self.prim.path().append_property(name).ok()?;
        self.authored_text(&path, key)
    }

    /// What layers say, without the fallback of a schema: none of the schemas has one for what is asked here, and to look
    /// it up costs more than the opinion.
    fn authored_text(&self, path: &sdf::Path, key: &str) -> Option<String> {
        let field = self.prim.stage().field::<Value>(path.clone(), key);
        let value = self.reported(field.map_err(Into::into)).flatten()?;
        values::text(&value).filter(|text| !text.is_empty())
    }
}
