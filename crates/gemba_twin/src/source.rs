//! The grammar of a source: `connection:address[#selector]`.
//!
//! The connection is what stands before the first `:`. The selector starts at the first `#` before a `/`, or at a `#`
//! that ends the text (the whole payload as JSON). A topic filter that ends in `/#` keeps its wildcard; to select from it,
//! write `plant:works1/##/value`. In an OPC UA node id (`ns=2;s=Tank#1`) a `#` before anything else belongs to the id.

use std::{fmt, str::FromStr};

use thiserror::Error;

use crate::{
    plan::Source,
    template::{TemplateError, expand},
};

/// Why a text is no source.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum SourceError {
    /// Nothing stands before a `:`.
    #[error("the source `{text}` names no connection")]
    NoConnection {
        /// What was given.
        text: String,
    },
    /// The connection's name has a character that names in `gemba.toml` do not have.
    #[error("`{name}` is no name of a connection")]
    BadConnectionName {
        /// What stands before the first `:`.
        name: String,
    },
    /// A URL of a broker in place of the name that `gemba.toml` gives it.
    #[error("the source `{text}` is a URL")]
    Url {
        /// What was given.
        text: String,
    },
    /// Nothing stands after the `:`.
    #[error("the source `{text}` has no address")]
    NoAddress {
        /// What was given.
        text: String,
    },
    /// The selector does not start with `/`.
    #[error("the selector `{selector}` is no JSON Pointer")]
    NotAPointer {
        /// What stands after the `#`.
        selector: String,
    },
    /// A `~` that is neither `~0` nor `~1`.
    #[error("the selector `{selector}` has a `~` that is neither `~0` nor `~1`")]
    BadEscape {
        /// What stands after the `#`.
        selector: String,
    },
    /// A placeholder cannot be filled in.
    #[error(transparent)]
    Template(#[from] TemplateError),
}

impl SourceError {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            Self::NoConnection { .. } | Self::NoAddress { .. } => {
                "write `connection:address#selector`, such as `plant:acme/works1/P-101/telemetry#/speed_rpm`".into()
            }
            Self::BadConnectionName { .. } => {
                "start the source with a name from `gemba.toml` and a `:`; names have letters, digits, `-` and `_`".into()
            }
            Self::Url { .. } => {
                "put the URL into a `[connection.NAME]` of `gemba.toml` and start the source with `NAME:`".into()
            }
            Self::NotAPointer { selector } => format!("write `#/{selector}` (RFC 6901)"),
            Self::BadEscape { .. } => "write `~0` for `~` and `~1` for `/` (RFC 6901)".into(),
            Self::Template(TemplateError::LoneBrace { .. }) => "write `{{` or `}}` for a brace".into(),
            Self::Template(TemplateError::Unknown { name }) => {
                crate::nearest::suggest(name, &["id", "class", "name", "path"], "")
            }
            Self::Template(TemplateError::NoValue { name }) => format!("give the twin a `gemba:twin:{name}`"),
            Self::Template(TemplateError::Wildcard { character, .. }) => {
                format!("leave `{character}` out of it, or write the topic without the placeholder")
            }
        }
    }
}

/// What the placeholders `{id}`, `{class}`, `{name}` and `{path}` of a source stand for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placeholders<'a> {
    /// The twin's id.
    pub(crate) id: &'a str,
    /// The twin's class.
    pub(crate) class: Option<&'a str>,
    /// The twin's name.
    pub(crate) name: &'a str,
    /// The prim path, used without its leading `/`: in a topic that would be an empty level.
    pub(crate) path: &'a str,
}

impl Placeholders<'_> {
    fn get(&self, name: &str) -> Result<&str, TemplateError> {
        match name {
            "id" => Ok(self.id),
            "class" => self.class.ok_or_else(|| TemplateError::NoValue {
                name: name.to_owned(),
            }),
            "name" => Ok(self.name),
            "path" => Ok(self.path.trim_start_matches('/')),
            _ => Err(TemplateError::Unknown {
                name: name.to_owned(),
            }),
        }
    }

    /// A value must not widen the subscription: a twin would show what others send.
    fn for_address(&self, name: &str, is_node_id: bool) -> Result<String, TemplateError> {
        let value = self.get(name)?;
        match value.chars().find(|c| matches!(c, '+' | '#')) {
            Some(character) if !is_node_id => Err(TemplateError::Wildcard {
                name: name.to_owned(),
                value: value.to_owned(),
                character,
            }),
            _ => Ok(value.to_owned()),
        }
    }

    fn for_selector(&self, name: &str) -> Result<String, TemplateError> {
        Ok(self.get(name)?.replace('~', "~0").replace('/', "~1"))
    }
}

impl Source {
    /// The source that a template means for one twin. The template is split before it is filled in, so a value can not
    /// change which part is which.
    pub(crate) fn from_template(text: &str, twin: Placeholders<'_>) -> Result<Self, SourceError> {
        let (connection, address, selector) = split(text)?;
        let is_node_id = is_node_id(address);
        let address = expand(address, |name| twin.for_address(name, is_node_id))?;
        let selector = selector
            .map(|selector| expand(selector, |name| twin.for_selector(name)))
            .transpose()?;
        Ok(Self {
            connection: connection.into(),
            address: address.into(),
            selector: selector.map(Into::into),
        })
    }
}

/// A source without placeholders: braces are taken as they are.
impl FromStr for Source {
    type Err = SourceError;
    fn from_str(text: &str) -> Result<Self, SourceError> {
        let (connection, address, selector) = split(text)?;
        Ok(Self {
            connection: connection.into(),
            address: address.into(),
            selector: selector.map(Into::into),
        })
    }
}

/// As [`FromStr`] reads it.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.connection, self.address)?;
        match &self.selector {
            Some(selector) => write!(f, "#{selector}"),
            None => Ok(()),
        }
    }
}

/// Connection, address and selector of `text`.
fn split(text: &str) -> Result<(&str, &str, Option<&str>), SourceError> {
    let Some((connection, rest)) = text
        .split_once(':')
        .filter(|(connection, _)| !connection.is_empty())
    else {
        return Err(SourceError::NoConnection {
            text: text.to_owned(),
        });
    };
    if rest.starts_with("//") {
        return Err(SourceError::Url {
            text: text.to_owned(),
        });
    }
    if !connection
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    {
        return Err(SourceError::BadConnectionName {
            name: connection.to_owned(),
        });
    }
    let (address, selector) = split_selector(rest)?;
    if address.is_empty() {
        return Err(SourceError::NoAddress {
            text: text.to_owned(),
        });
    }
    Ok((connection, address, selector))
}

fn split_selector(rest: &str) -> Result<(&str, Option<&str>), SourceError> {
    if let Some(at) = rest.find("#/") {
        let selector = &rest[at + 1..];
        return match selector
            .split('~')
            .skip(1)
            .all(|after| after.starts_with(['0', '1']))
        {
            true => Ok((&rest[..at], Some(selector))),
            false => Err(SourceError::BadEscape {
                selector: selector.to_owned(),
            }),
        };
    }
    let Some((address, selector)) = rest.rsplit_once('#') else {
        return Ok((rest, None));
    };
    let is_wildcard = selector.is_empty() && (address.is_empty() || address.ends_with('/'));
    match selector {
        _ if is_wildcard => Ok((rest, None)),
        "" => Ok((address, Some(selector))),
        _ if is_node_id(rest) => Ok((rest, None)),
        _ => Err(SourceError::NotAPointer {
            selector: selector.to_owned(),
        }),
    }
}

/// Whether an address is an OPC UA node id (OPC 10000-6, 5.3.1.10) and not a topic.
fn is_node_id(address: &str) -> bool {
    ["ns=", "nsu=", "i=", "s=", "g=", "b="]
        .iter()
        .any(|start| address.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: (&str, &str, Option<&str>)) {
        let source: Source = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(
            (&*source.connection, &*source.address, source.selector.as_deref()),
            expected,
            "{text}"
        );
        assert_eq!(source.to_string(), text);
    }

    #[test]
    fn sources_of_every_protocol() {
        check(
            "plant:acme/P-101/telemetry#/speed_rpm",
            ("plant", "acme/P-101/telemetry", Some("/speed_rpm")),
        );
        check("plant:acme/P-101/speed", ("plant", "acme/P-101/speed", None));
        check("plant:acme/P-101/speed#", ("plant", "acme/P-101/speed", Some("")));
        check("plant:a#/b/0/c~1d", ("plant", "a", Some("/b/0/c~1d")));
        check("plant:a#/b#c", ("plant", "a", Some("/b#c")));
        check("plant:works1/#", ("plant", "works1/#", None));
        check("plant:works1/##/value", ("plant", "works1/#", Some("/value")));
        check("plant:+/P-101/speed#/v", ("plant", "+/P-101/speed", Some("/v")));
        check(
            "line-2:Works/Edge1/Filler/Temp:in",
            ("line-2", "Works/Edge1/Filler/Temp:in", None),
        );
        check("ua:ns=2;s=Tank#1", ("ua", "ns=2;s=Tank#1", None));
        check("ua:ns=2;s=Tank#1#/level", ("ua", "ns=2;s=Tank#1", Some("/level")));
    }

    #[test]
    fn what_is_no_source_says_what_to_write() {
        let cases = [
            ("", "names no connection", "connection:address#selector"),
            (":a/b", "names no connection", "connection:address#selector"),
            (
                "acme/works1/speed",
                "names no connection",
                "connection:address#selector",
            ),
            ("mqtt://broker:1883/acme", "is a URL", "[connection.NAME]"),
            ("acme/works1:speed", "no name of a connection", "gemba.toml"),
            ("{id}:speed", "no name of a connection", "gemba.toml"),
            ("plant:", "has no address", "connection:address#selector"),
            ("plant:#/speed", "has no address", "connection:address#selector"),
            ("plant:acme#speed", "no JSON Pointer", "write `#/speed`"),
            ("plant:acme#/a~2", "neither `~0` nor `~1`", "RFC 6901"),
        ];
        for (text, message, remedy) in cases {
            let error = text.parse::<Source>().expect_err(text);
            assert!(error.to_string().contains(message), "{text}: {error}");
            assert!(error.remedy().contains(remedy), "{text}: {}", error.remedy());
        }
    }

    const PUMP: Placeholders<'_> = Placeholders {
        id: "P-101",
        class: Some("Pump"),
        name: "Feed pump",
        path: "/Plant/P_101",
    };

    fn fill(text: &str, twin: Placeholders<'_>) -> Result<String, SourceError> {
        Source::from_template(text, twin).map(|source| source.to_string())
    }

    #[test]
    fn placeholders_are_the_twins_own() {
        assert_eq!(
            fill("plant:{class}/{id}#/{name}", PUMP).as_deref(),
            Ok("plant:Pump/P-101#/Feed pump")
        );
        assert_eq!(
            fill("plant:{path}/speed", PUMP).as_deref(),
            Ok("plant:Plant/P_101/speed")
        );
        let error = fill("plant:{ident}/speed", PUMP).expect_err("no such placeholder");
        assert_eq!(error.to_string(), "`{ident}` is no placeholder");
        assert!(
            error.remedy().contains("`id`, `class`, `name`, `path`"),
            "{}",
            error.remedy()
        );
        let error = fill("plant:{class}/x", Placeholders { class: None, ..PUMP }).expect_err("no class");
        assert_eq!(error.remedy(), "give the twin a `gemba:twin:class`");
    }

    #[test]
    fn values_cannot_change_the_structure_of_a_source() {
        let slashed = Placeholders { id: "A/B~C", ..PUMP };
        assert_eq!(
            fill("plant:x#/{id}/v", slashed).as_deref(),
            Ok("plant:x#/A~1B~0C/v")
        );
        let hashed = Placeholders { id: "P#/1", ..PUMP };
        assert!(matches!(
            fill("plant:{id}/speed", hashed),
            Err(SourceError::Template(TemplateError::Wildcard {
                character: '#',
                ..
            }))
        ));
        assert_eq!(
            Source::from_template("ua:ns=2;s={id}", hashed)
                .map(|source| source.address.to_string())
                .as_deref(),
            Ok("ns=2;s=P#/1")
        );
    }
}
