//! Tokens of text USD, as loosely as any writer spells them.
//!
//! Strings, asset paths and comments end where `openusd`'s own lexer ends them, so that nothing inside one is taken for
//! a statement. Works on bytes: what it finds are ranges of the text.

use std::ops::Range;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word: keyword, type, name, perhaps with namespaces.
    Word,
    Number,
    /// A quoted string, quotes included.
    Str,
    /// `@…@`
    Asset,
    /// `<…>`
    Path,
    /// Any other single byte.
    Mark(u8),
}

/// One token and where it is.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) range: Range<usize>,
}

/// Walks the tokens of a text; comments are skipped, those `openusd` does not know are reported.
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Where `//` comments began.
    pub(super) slash_comments: Vec<usize>,
    /// Where comments began that `openusd` would take for a file header.
    pub(super) header_comments: Vec<usize>,
}

/// What a byte means inside a list of plain numbers and words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Plain {
    Separator,
    Word,
    Point,
    Open,
    Close,
    Other,
}

const PLAIN: [Plain; 256] = {
    let mut table = [Plain::Other; 256];
    let mut byte = 0;
    while byte < 128 {
        // The index is below 128.
        let letter = byte as u8;
        table[byte] = match letter {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => Plain::Separator,
            b'(' | b'[' => Plain::Open,
            b')' | b']' => Plain::Close,
            b'.' => Plain::Point,
            b'-' | b'+' | b'_' => Plain::Word,
            _ if letter.is_ascii_alphanumeric() => Plain::Word,
            _ => Plain::Other,
        };
        byte += 1;
    }
    table
};

/// Brackets that [`Lexer::skip_plain_values`] follows: enough for matrices in a list.
const PLAIN_DEPTH_MAX: u32 = 3;

/// What may continue a word. Any byte above ASCII counts: the writer meant a letter.
fn continues_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':') || byte >= 0x80
}

impl<'a> Lexer<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self {
            bytes,
            at,
            slash_comments: Vec::new(),
            header_comments: Vec::new(),
        }
    }

    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    /// The offset of the first byte from `from` that `stop` accepts, or the end.
    fn offset_of(&self, from: usize, stop: impl Fn(u8) -> bool) -> usize {
        let rest = self.bytes.get(from..).unwrap_or_default();
        rest.iter()
            .position(|byte| stop(*byte))
            .map_or(self.bytes.len(), |at| from + at)
    }

    fn skip_blanks_and_comments(&mut self) {
        loop {
            match self.byte(self.at) {
                b' ' | b'\t' | b'\r' | b'\n' | 0x0c if self.at < self.bytes.len() => self.at += 1,
                b'#' => {
                    if self.bytes[self.at..].starts_with(b"#usda ") {
                        self.header_comments.push(self.at);
                    }
                    self.at = self.offset_of(self.at, |byte| matches!(byte, b'\n' | b'\r'));
                }
                b'/' if self.byte(self.at + 1) == b'/' => {
                    self.slash_comments.push(self.at);
                    self.at = self.offset_of(self.at, |byte| matches!(byte, b'\n' | b'\r'));
                }
                b'/' if self.byte(self.at + 1) == b'*' => {
                    let rest = &self.bytes[self.at + 2..];
                    let end = rest.windows(2).position(|pair| pair == b"*/");
                    self.at = end.map_or(self.bytes.len(), |end| self.at + 2 + end + 2);
                }
                _ => return,
            }
        }
    }

    /// Skips well-formed numbers, words and whole tuples up to whatever else comes. Nearly all bytes of a large layer are
    /// lists of numbers, and this passes them many times faster than token by token. With `only_whole`, anything but
    /// digits and signs stops it.
    pub(super) fn skip_plain_values(&mut self, only_whole: bool) {
        let mut depth = 0;
        let mut at = self.at;
        // The last place outside the brackets met here where a token may begin.
        let mut safe = at;
        while let Some(byte) = self.bytes.get(at) {
            match PLAIN[usize::from(*byte)] {
                Plain::Separator => {
                    at += 1;
                    if depth == 0 {
                        safe = at;
                    }
                }
                Plain::Word if only_whole && byte.is_ascii_alphabetic() => break,
                Plain::Word => at += 1,
                Plain::Point
                    if !only_whole
                        && at > 0
                        && self.bytes[at - 1].is_ascii_digit()
                        && self.byte(at + 1).is_ascii_digit() =>
                {
                    at += 1;
                }
                Plain::Open if depth < PLAIN_DEPTH_MAX => {
                    if depth == 0 {
                        safe = at;
                    }
                    depth += 1;
                    at += 1;
                }
                Plain::Close if depth > 0 => {
                    depth -= 1;
                    at += 1;
                    if depth == 0 {
                        safe = at;
                    }
                }
                Plain::Close => {
                    safe = at;
                    break;
                }
                Plain::Open | Plain::Point | Plain::Other => break,
            }
        }
        self.at = safe;
    }

    /// The end of the quoted string that begins at `at`.
    fn string_end(&self, at: usize) -> usize {
        let quote = self.byte(at);
        if self.byte(at + 1) == quote && self.byte(at + 2) == quote {
            let mut end = at + 3;
            while end < self.bytes.len() {
                end = self.offset_of(end, |byte| byte == quote || byte == b'\\');
                if self.byte(end) == b'\\' {
                    end += 2;
                } else if self.byte(end + 1) == quote && self.byte(end + 2) == quote {
                    return end + 3;
                } else {
                    end += 1;
                }
            }
            return self.bytes.len();
        }
        let mut end = at + 1;
        loop {
            end = self.offset_of(end, |byte| byte == quote || byte == b'\\');
            if end >= self.bytes.len() {
                return self.bytes.len();
            }
            if self.byte(end) == quote {
                return end + 1;
            }
            end += 2;
        }
    }

    fn asset_end(&self, at: usize) -> usize {
        if self.bytes[at..].starts_with(b"@@@") {
            let rest = &self.bytes[at + 3..];
            return rest
                .windows(3)
                .position(|it| it == b"@@@")
                .map_or(self.bytes.len(), |end| at + 3 + end + 3);
        }
        (self.offset_of(at + 1, |byte| byte == b'@') + 1).min(self.bytes.len())
    }

    /// The end of the number at `at`, or nothing where none begins there.
    fn number_end(&self, at: usize) -> Option<usize> {
        let mut end = at;
        if matches!(self.byte(end), b'-' | b'+') {
            end += 1;
        }
        let whole = end;
        while self.byte(end).is_ascii_digit() {
            end += 1;
        }
        let mut digits = end > whole;
        if self.byte(end) == b'.' && (digits || self.byte(end + 1).is_ascii_digit()) {
            end += 1;
            while self.byte(end).is_ascii_digit() {
                end += 1;
                digits = true;
            }
        }
        if !digits {
            return None;
        }
        if matches!(self.byte(end), b'e' | b'E') {
            let sign = usize::from(matches!(self.byte(end + 1), b'-' | b'+'));
            if self.byte(end + 1 + sign).is_ascii_digit() {
                end += 1 + sign;
                while self.byte(end).is_ascii_digit() {
                    end += 1;
                }
            }
        }
        Some(end)
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        self.skip_blanks_and_comments();
        let start = self.at;
        let first = *self.bytes.get(start)?;
        let (kind, end) = match first {
            b'"' | b'\'' => (Kind::Str, self.string_end(start)),
            b'@' => (Kind::Asset, self.asset_end(start)),
            b'<' => (
                Kind::Path,
                (self.offset_of(start, |byte| byte == b'>') + 1).min(self.bytes.len()),
            ),
            b'0'..=b'9' | b'.' | b'-' | b'+' => match self.number_end(start) {
                Some(end) => (Kind::Number, end),
                None => (Kind::Mark(first), start + 1),
            },
            _ if first.is_ascii_alphabetic() || first == b'_' || first >= 0x80 => {
                (Kind::Word, self.offset_of(start, |byte| !continues_word(byte)))
            }
            _ => (Kind::Mark(first), start + 1),
        };
        self.at = end.min(self.bytes.len());
        Some(Token {
            kind,
            range: start..self.at,
        })
    }
}
