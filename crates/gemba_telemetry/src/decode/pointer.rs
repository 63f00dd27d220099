//! JSON Pointer (RFC 6901): `/a/0/b~1c`.

use std::fmt;

use thiserror::Error;

/// A parsed JSON Pointer. The empty pointer is the whole document.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pointer {
    tokens: Vec<Box<str>>,
}

/// Why a text is no JSON Pointer.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PointerError {
    /// A pointer that is not empty starts with `/`.
    #[error("the selector `{0}` does not start with `/`")]
    NoSlash(String),
    /// `~` is only allowed as `~0` (for `~`) and `~1` (for `/`).
    #[error("the selector `{0}` holds a `~` that is neither `~0` nor `~1`")]
    BadEscape(String),
}

impl Pointer {
    /// Parses RFC 6901 text.
    ///
    /// # Errors
    /// [`PointerError`] when `text` is no pointer.
    pub fn new(text: &str) -> Result<Self, PointerError> {
        if text.is_empty() {
            return Ok(Self { tokens: Vec::new() });
        }
        let Some(rest) = text.strip_prefix('/') else {
            return Err(PointerError::NoSlash(text.to_owned()));
        };
        let tokens = rest
            .split('/')
            .map(|token| unescape(token).ok_or_else(|| PointerError::BadEscape(text.to_owned())))
            .collect::<Result<_, _>>()?;
        Ok(Self { tokens })
    }

    /// The reference tokens, unescaped.
    #[must_use]
    pub fn tokens(&self) -> &[Box<str>] {
        &self.tokens
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for token in &self.tokens {
            write!(f, "/{}", token.replace('~', "~0").replace('/', "~1"))?;
        }
        Ok(())
    }
}

/// RFC 6901 §4: `~1` first, then `~0`, so that `~01` is `~1`.
fn unescape(token: &str) -> Option<Box<str>> {
    if !token.contains('~') {
        return Some(token.into());
    }
    let mut out = String::with_capacity(token.len());
    let mut rest = token;
    while let Some(at) = rest.find('~') {
        out.push_str(&rest[..at]);
        out.push(match rest.as_bytes().get(at + 1) {
            Some(b'0') => '~',
            Some(b'1') => '/',
            _ => return None,
        });
        rest = &rest[at + 2..];
    }
    out.push_str(rest);
    Some(out.into())
}

/// RFC 6901 §4: an array index is digits without a leading zero.
pub(super) fn array_index(token: &str) -> Option<usize> {
    let digits = token.bytes().all(|b| b.is_ascii_digit());
    let plain = token.len() == 1 || !token.starts_with('0');
    if digits && plain { token.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_of_rfc_6901() {
        for (text, tokens) in [
            ("", &[][..]),
            ("/", &[""]),
            ("/foo/0", &["foo", "0"]),
            ("/a~1b", &["a/b"]),
            ("/m~0n", &["m~n"]),
            ("/~01", &["~1"]),
            ("/ ", &[" "]),
        ] {
            let pointer = Pointer::new(text).unwrap();
            assert!(
                pointer.tokens().iter().map(|t| &**t).eq(tokens.iter().copied()),
                "{text}"
            );
            assert_eq!(pointer.to_string(), text);
        }
        assert_eq!(Pointer::new("value"), Err(PointerError::NoSlash("value".into())));
        assert_eq!(Pointer::new("/a~2"), Err(PointerError::BadEscape("/a~2".into())));
        assert_eq!(Pointer::new("/a~"), Err(PointerError::BadEscape("/a~".into())));
    }

    #[test]
    fn array_indices_have_no_leading_zero() {
        assert_eq!(array_index("0"), Some(0));
        assert_eq!(array_index("12"), Some(12));
        for bad in ["", "-", "01", "+1", "1a", "99999999999999999999999"] {
            assert_eq!(array_index(bad), None, "{bad}");
        }
    }
}
