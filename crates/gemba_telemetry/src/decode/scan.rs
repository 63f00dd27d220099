//! One pass over a JSON text (RFC 8259) that keeps only what a [`Selection`] selects.
//!
//! Recursive descent with [`MAX_DEPTH`]; values that nobody selected are checked and passed over. `NaN`, `Infinity` and
//! `-Infinity` are let through where a value may stand. Nothing is allocated unless a selected text, or a key that is
//! compared, holds escapes.

use std::{borrow::Cow, sync::Arc};

use gemba_model::{Quality, Value};

use super::{DecodeError, Decoded, Limits, MAX_DEPTH, Selection, bounded, envelope::Stamp};

/// What was found for one selector.
#[derive(Clone, Debug, Default)]
pub(super) struct Finding {
    value: Option<Found>,
    stamp: Stamp,
}

#[derive(Clone, Debug)]
enum Found {
    Value(Value),
    Refused(DecodeError),
}

impl Finding {
    /// Moves the result out; `root` is the stamp of the payload's root object.
    pub(super) fn take(&mut self, root: Stamp, limits: &Limits) -> Result<Decoded, DecodeError> {
        let value = match self.value.take() {
            None => return Err(DecodeError::NotFound),
            Some(Found::Refused(error)) => return Err(error),
            Some(Found::Value(value)) => bounded(value, limits)?,
        };
        let stamp = self.stamp.or(root);
        Ok(Decoded {
            value,
            quality: stamp.quality.unwrap_or(Quality::Good),
            source_time: stamp.time,
        })
    }
}

/// Fills one finding for each selector; returns the stamp of the root object.
pub(super) fn scan(
    selection: &Selection,
    text: &str,
    findings: &mut Vec<Finding>,
) -> Result<Stamp, DecodeError> {
    findings.resize_with(selection.len(), Finding::default);
    findings
        .iter_mut()
        .for_each(|finding| *finding = Finding::default());
    let mut scanner = Scanner {
        text,
        at: 0,
        depth: 0,
        selection,
        findings,
        root: Stamp::default(),
    };
    scanner.white_space();
    if scanner.peek().is_none() {
        return Err(DecodeError::Empty);
    }
    scanner.value(Some(0))?;
    scanner.white_space();
    if scanner.peek().is_some() {
        return Err(scanner.expected("the end of the payload"));
    }
    Ok(scanner.root)
}

/// The content of `json` when it is exactly one JSON string.
pub(super) fn json_string(json: &str) -> Option<Cow<'_, str>> {
    let bytes = json.as_bytes();
    let (end, escaped) = string_end(bytes, 0).ok()?;
    if end != bytes.len() {
        return None;
    }
    unescape(&json[1..end - 1], escaped)
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    selection: &'a Selection,
    findings: &'a mut Vec<Finding>,
    root: Stamp,
}

impl<'a> Scanner<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn expected(&self, expected: &'static str) -> DecodeError {
        DecodeError::NotJson {
            at: self.at,
            expected,
        }
    }

    fn white_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Reads one value; `node` is its place in the selection, when it has one.
    fn value(&mut self, node: Option<usize>) -> Result<(), DecodeError> {
        match self.peek() {
            Some(b'{') => {
                self.found(node, || {
                    Found::Refused(DecodeError::NotScalar { kind: "an object" })
                });
                self.nested(|scanner| scanner.object(node))
            }
            Some(b'[') => {
                self.found(node, || {
                    Found::Refused(DecodeError::NotScalar { kind: "an array" })
                });
                self.nested(|scanner| scanner.array(node))
            }
            Some(b'"') => self.text_value(node),
            Some(b't') => self.word(node, "true", || Found::Value(Value::Bool(true))),
            Some(b'f') => self.word(node, "false", || Found::Value(Value::Bool(false))),
            Some(b'n') => self.word(node, "null", || Found::Refused(DecodeError::Null)),
            Some(b'N') => self.word(node, "NaN", || Found::Refused(DecodeError::NotFinite)),
            Some(b'I') => self.word(node, "Infinity", || Found::Refused(DecodeError::NotFinite)),
            Some(b'-') if self.text.as_bytes().get(self.at + 1) == Some(&b'I') => {
                self.word(node, "-Infinity", || Found::Refused(DecodeError::NotFinite))
            }
            Some(b'-' | b'0'..=b'9') => self.number(node),
            _ => Err(self.expected("a value")),
        }
    }

    fn found(&mut self, node: Option<usize>, found: impl Fn() -> Found) {
        if let Some(node) = node {
            for target in &self.selection.node(node).targets {
                self.findings[*target].value = Some(found());
            }
        }
    }

    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Result<(), DecodeError>) -> Result<(), DecodeError> {
        if self.depth == MAX_DEPTH {
            return Err(DecodeError::TooDeep { at: self.at });
        }
        self.depth += 1;
        self.at += 1;
        read(self)?;
        self.depth -= 1;
        Ok(())
    }

    fn object(&mut self, node: Option<usize>) -> Result<(), DecodeError> {
        // Only an object on the way to a selected value can stamp it; the root stamps them all.
        let stamps = self.depth == 1 || node.is_some_and(|node| self.selection.node(node).has_children());
        let mut stamp = Stamp::default();
        self.white_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            let key = self.key(node.is_some() || stamps)?;
            let child = node.and_then(|node| self.selection.node(node).child(&key));
            self.forget_below(child);
            let start = self.at;
            self.value(child)?;
            if stamps && Stamp::wants(&key) {
                stamp.note(&key, &self.text[start..self.at]);
            }
            self.white_space();
            match self.peek() {
                Some(b',') => {
                    self.at += 1;
                    self.white_space();
                }
                Some(b'}') => break,
                _ => return Err(self.expected("`,` or `}`")),
            }
        }
        self.at += 1;
        if self.depth == 1 {
            self.root = stamp;
        }
        if let Some(node) = node.filter(|_| stamp != Stamp::default()) {
            for child in self.selection.node(node).children() {
                for target in &self.selection.node(child).targets {
                    self.findings[*target].stamp = stamp;
                }
            }
        }
        Ok(())
    }

    /// Reads `"key" :` up to the value. The content is only worked out when it is `compared`.
    fn key(&mut self, compared: bool) -> Result<Cow<'a, str>, DecodeError> {
        if self.peek() != Some(b'"') {
            return Err(self.expected("a key in quotes"));
        }
        let (inner, escaped) = self.string()?;
        let key = if compared {
            unescape(inner, escaped)
        } else {
            Some(Cow::Borrowed(""))
        };
        let key = key.ok_or_else(|| self.expected("a pair of surrogate escapes"))?;
        self.white_space();
        if self.peek() != Some(b':') {
            return Err(self.expected("`:`"));
        }
        self.at += 1;
        self.white_space();
        Ok(key)
    }

    fn array(&mut self, node: Option<usize>) -> Result<(), DecodeError> {
        self.white_space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        let mut wanted = node.map_or(&[][..], |node| &self.selection.node(node).elements);
        for index in 0_usize.. {
            let child = match wanted {
                [(first, child), rest @ ..] if *first == index => {
                    wanted = rest;
                    Some(*child)
                }
                _ => None,
            };
            self.value(child)?;
            self.white_space();
            match self.peek() {
                Some(b',') => {
                    self.at += 1;
                    self.white_space();
                }
                Some(b']') => break,
                _ => return Err(self.expected("`,` or `]`")),
            }
        }
        self.at += 1;
        Ok(())
    }

    /// Of a repeated key the last counts, with all that was below the first.
    fn forget_below(&mut self, child: Option<usize>) {
        if let Some(child) = child {
            for target in &self.selection.node(child).below {
                self.findings[*target] = Finding::default();
            }
        }
    }

    fn word(
        &mut self,
        node: Option<usize>,
        word: &'static str,
        found: impl Fn() -> Found,
    ) -> Result<(), DecodeError> {
        if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            return Err(self.expected("a value"));
        }
        self.at += word.len();
        self.found(node, found);
        Ok(())
    }

    fn text_value(&mut self, node: Option<usize>) -> Result<(), DecodeError> {
        let (inner, escaped) = self.string()?;
        if node.is_some_and(|node| !self.selection.node(node).targets.is_empty()) {
            let text =
                unescape(inner, escaped).ok_or_else(|| self.expected("a pair of surrogate escapes"))?;
            let text: Arc<str> = text.into();
            self.found(node, || Found::Value(Value::Text(Arc::clone(&text))));
        }
        Ok(())
    }

    /// Reads a string in quotes; returns what is between them, still escaped, and whether it holds escapes.
    fn string(&mut self) -> Result<(&'a str, bool), DecodeError> {
        let start = self.at;
        match string_end(self.text.as_bytes(), start) {
            Ok((end, escaped)) => {
                self.at = end;
                Ok((&self.text[start + 1..end - 1], escaped))
            }
            Err((at, expected)) => Err(DecodeError::NotJson { at, expected }),
        }
    }

    fn number(&mut self, node: Option<usize>) -> Result<(), DecodeError> {
        let start = self.at;
        self.at += usize::from(self.peek() == Some(b'-'));
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.digits()?;
        }
        if node.is_some_and(|node| !self.selection.node(node).targets.is_empty()) {
            let number = self.text[start..self.at].parse::<f64>();
            match number.ok().filter(|number| number.is_finite()) {
                Some(number) => self.found(node, || Found::Value(Value::Number(number))),
                None => self.found(node, || Found::Refused(DecodeError::NotFinite)),
            }
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), DecodeError> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            return Err(self.expected("a digit"));
        }
        self.at += digits;
        Ok(())
    }
}

/// The offset after the string that starts at `start`, and whether it holds escapes; or where and what is wrong.
fn string_end(bytes: &[u8], start: usize) -> Result<(usize, bool), (usize, &'static str)> {
    if bytes.get(start) != Some(&b'"') {
        return Err((start, "a text in quotes"));
    }
    let mut at = start + 1;
    let mut escaped = false;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        at += rest
            .iter()
            .position(|byte| !IS_PLAIN[usize::from(*byte)])
            .unwrap_or(rest.len());
        match bytes.get(at) {
            None => return Err((at, "the closing quote of a text")),
            Some(b'"') => return Ok((at + 1, escaped)),
            Some(0..0x20) => return Err((at, "an escape for a control character")),
            Some(b'\\') => {
                escaped = true;
                at += match bytes.get(at + 1) {
                    Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
                    Some(b'u') if is_hex(bytes.get(at + 2..at + 6)) => 6,
                    _ => return Err((at, "an escape sequence")),
                };
            }
            // Not met: it is plain.
            Some(_) => at += 1,
        }
    }
}

/// Whether a byte of a string means itself: all but the quote, the backslash and control characters.
const IS_PLAIN: [bool; 256] = {
    let mut is_plain = [true; 256];
    let mut byte = 0;
    while byte < 0x20 {
        is_plain[byte] = false;
        byte += 1;
    }
    is_plain[b'"' as usize] = false;
    is_plain[b'\\' as usize] = false;
    is_plain
};

fn is_hex(digits: Option<&[u8]>) -> bool {
    digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}

/// Resolves the escapes of a string that [`string_end`] passed; `None` when a surrogate stands alone.
#[inline]
fn unescape(inner: &str, escaped: bool) -> Option<Cow<'_, str>> {
    if escaped {
        resolve(inner).map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(inner))
    }
}

fn resolve(inner: &str) -> Option<String> {
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let (c, used) = match rest.as_bytes().get(at + 1)? {
            b'b' => ('\u{8}', 2),
            b'f' => ('\u{c}', 2),
            b'n' => ('\n', 2),
            b'r' => ('\r', 2),
            b't' => ('\t', 2),
            b'u' => code_point(&rest[at..])?,
            other => (char::from(*other), 2),
        };
        out.push(c);
        rest = &rest[at + used..];
    }
    out.push_str(rest);
    Some(out)
}

/// The character of `\uXXXX` or of a surrogate pair of them, and how many bytes they take.
fn code_point(text: &str) -> Option<(char, usize)> {
    let unit = |at: usize| u32::from_str_radix(text.get(at..at + 4)?, 16).ok();
    let first = unit(2)?;
    if !(0xD800..0xDC00).contains(&first) {
        return char::from_u32(first).map(|c| (c, 6));
    }
    if text.get(6..8) != Some("\\u") {
        return None;
    }
    let second = unit(8).filter(|unit| (0xDC00..0xE000).contains(unit))?;
    char::from_u32(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)).map(|c| (c, 12))
}
