//! Texts with placeholders, such as `acme/{id}/telemetry`. `{{` and `}}` are braces.

use thiserror::Error;

/// Why a text with placeholders cannot be filled in.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum TemplateError {
    /// A placeholder that means nothing here.
    #[error("`{{{name}}}` is no placeholder")]
    Unknown {
        /// The name between the braces.
        name: String,
    },
    /// A placeholder whose value the twin lacks.
    #[error("`{{{name}}}` has no value: the twin has no {name}")]
    NoValue {
        /// The name between the braces.
        name: String,
    },
    /// A value that would turn one topic into many.
    #[error("`{{{name}}}` is `{value}`, and `{character}` is a wildcard of topics")]
    Wildcard {
        /// The name between the braces.
        name: String,
        /// Its value.
        value: String,
        /// What it must not contain.
        character: char,
    },
    /// `{` without `}`, or the reverse.
    #[error("`{brace}` stands alone")]
    LoneBrace {
        /// Which one.
        brace: char,
    },
}

/// `text` with each `{name}` replaced by what `value` gives for it.
///
/// # Errors
/// [`TemplateError`] for a lone brace, and whatever `value` returns.
pub(crate) fn expand<'a>(
    text: &'a str,
    mut value: impl FnMut(&'a str) -> Result<String, TemplateError>,
) -> Result<String, TemplateError> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        let (brace, after) = (&rest[at..=at], &rest[at + 1..]);
        if let Some(after) = after.strip_prefix(brace) {
            out.push_str(brace);
            rest = after;
            continue;
        }
        let end = match brace {
            "{" => after
                .find(['{', '}'])
                .filter(|end| after[*end..].starts_with('}')),
            _ => None,
        };
        let Some(end) = end else {
            return Err(TemplateError::LoneBrace {
                brace: if brace == "{" { '{' } else { '}' },
            });
        };
        out.push_str(&value(&after[..end])?);
        rest = &after[end + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&str, TemplateError>) {
        let got = expand(text, |name| match name {
            "id" => Ok("P-101".to_owned()),
            _ => Err(TemplateError::Unknown {
                name: name.to_owned(),
            }),
        });
        assert_eq!(got, expected.map(str::to_owned), "{text}");
    }

    #[test]
    fn placeholders_and_braces() {
        check("a/{id}/b/{id}", Ok("a/P-101/b/P-101"));
        check("no placeholder", Ok("no placeholder"));
        check("{{id}} {id}", Ok("{id} P-101"));
        check("ü{id}ü", Ok("üP-101ü"));
        check("{ident}", Err(TemplateError::Unknown { name: "ident".into() }));
        check("{}", Err(TemplateError::Unknown { name: String::new() }));
        check("a{id", Err(TemplateError::LoneBrace { brace: '{' }));
        check("{a{id}", Err(TemplateError::LoneBrace { brace: '{' }));
        check("id}", Err(TemplateError::LoneBrace { brace: '}' }));
    }
}
