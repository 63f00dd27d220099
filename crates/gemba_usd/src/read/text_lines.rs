//! Lines of prims and properties in text layers, so that an issue can say where to look.
//!
//! A light scan, not a parser: it follows braces, strings and comments, which is all that nesting needs. What it cannot
//! follow has no line.

use std::collections::HashMap;

/// Larger layers are exports that nobody edits by hand.
const MAX_BYTES: u64 = 64 << 20;

/// Lines by prim path and by property path.
type Lines = HashMap<String, u32>;

/// The scanned layers.
#[derive(Default)]
pub(crate) struct LineTable {
    layers: HashMap<String, Option<Lines>>,
}

impl LineTable {
    /// The line, counted from 1, where `prim` begins in `layer`; `None` for binary layers and unknown prims.
    pub(crate) fn prim_line(&mut self, layer: &str, prim: &str) -> Option<u32> {
        self.lines(layer)?.get(prim).copied()
    }

    /// The line where `prim`'s property `name` is written in `layer`.
    pub(crate) fn property_line(&mut self, layer: &str, prim: &str, name: &str) -> Option<u32> {
        self.lines(layer)?.get(&format!("{prim}.{name}")).copied()
    }

    fn lines(&mut self, layer: &str) -> Option<&Lines> {
        if !self.layers.contains_key(layer) {
            self.layers
                .insert(layer.to_owned(), read_text(layer).map(|text| scan(&text)));
        }
        self.layers.get(layer)?.as_ref()
    }
}

fn read_text(layer: &str) -> Option<String> {
    let layer = super::issues::written_file(layer);
    if std::fs::metadata(layer).ok()?.len() > MAX_BYTES {
        return None;
    }
    let bytes = std::fs::read(layer).ok()?;
    bytes
        .starts_with(b"#usda")
        .then(|| String::from_utf8_lossy(&bytes).into_owned())
}

/// What the scan meets.
#[derive(Debug, PartialEq)]
enum Token<'a> {
    Word(&'a str),
    Text(&'a str),
    Mark(char),
}

/// A block that is open: how much path it added.
enum Block {
    /// A prim or a variant, with the length of the path before it.
    Named(usize),
    /// A dictionary, a variant set.
    Other,
}

/// Prims as `/A/B`, variants as `/A{set=variant}`, properties as `/A/B.name`.
fn scan(text: &str) -> Lines {
    let mut lines = Lines::new();
    let mut path = String::new();
    let mut blocks: Vec<Block> = Vec::new();
    let mut variant_sets: Vec<String> = Vec::new();
    // The words of the statement at hand, and what it will open.
    let mut words: Vec<(&str, u32)> = Vec::new();
    let mut opens: Option<String> = None;
    let mut depth = 0usize;
    let mut last_line = 0;
    for (token, line) in Tokens::new(text) {
        if line != last_line && depth == 0 {
            // A new line starts a new statement, except before the brace of a prim.
            words.clear();
        }
        last_line = line;
        match token {
            Token::Mark('(' | '[') => depth += 1,
            Token::Mark(')' | ']') => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            Token::Mark('{') => {
                blocks.push(match opens.take() {
                    Some(element) => {
                        let before = path.len();
                        path.push_str(&element);
                        Block::Named(before)
                    }
                    None => Block::Other,
                });
                words.clear();
            }
            Token::Mark('}') => {
                if let Some(Block::Named(before)) = blocks.pop() {
                    path.truncate(before);
                } else {
                    variant_sets.pop();
                }
                words.clear();
                opens = None;
            }
            Token::Text(name) => match words.first().map(|(word, _)| *word) {
                Some("def" | "over" | "class") => {
                    lines.entry(format!("{path}/{name}")).or_insert(line);
                    opens = Some(format!("/{name}"));
                }
                Some("variantSet") => variant_sets.push(name.to_owned()),
                None => {
                    // A string alone opens a variant.
                    if let Some(set) = variant_sets.last() {
                        opens = Some(format!("{{{set}={name}}}"));
                    }
                }
                Some(_) => {}
            },
            Token::Mark('=') => {
                if let Some((name, at)) = words.last() {
                    lines.entry(format!("{path}.{name}")).or_insert(*at);
                }
                words.clear();
                // The value may be a word: keep it from looking like a statement.
                words.push(("=", line));
            }
            Token::Word(word) => {
                words.push((word, line));
                if !matches!(words.first(), Some(("=", _))) && words.len() > 1 {
                    // A declaration without a value: `rel x`, `double y`.
                    lines.entry(format!("{path}.{word}")).or_insert(line);
                }
            }
            Token::Mark(_) => {}
        }
    }
    lines
}

/// Words, strings and marks with their lines; comments left out.
struct Tokens<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl<'a> Tokens<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, at: 0, line: 1 }
    }

    /// Skips to `end` and counts its lines.
    fn advance(&mut self, end: usize) -> &'a str {
        let end = end.min(self.text.len());
        let skipped = &self.text[self.at..end];
        self.line += u32::try_from(skipped.bytes().filter(|byte| *byte == b'\n').count()).unwrap_or(0);
        self.at = end;
        skipped
    }

    fn quoted(&mut self, quote: &str) -> &'a str {
        self.advance(self.at + quote.len());
        let rest = &self.text[self.at..];
        let mut end = rest.len();
        let mut from = 0;
        while let Some(found) = rest[from..].find(quote) {
            let at = from + found;
            let backslashes = rest[..at].bytes().rev().take_while(|byte| *byte == b'\\').count();
            if backslashes % 2 == 0 {
                end = at;
                break;
            }
            from = at + 1;
        }
        let inner = self.advance(self.at + end);
        self.advance(self.at + quote.len());
        inner
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = (Token<'a>, u32);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let rest = &self.text[self.at..];
            let first = rest.chars().next()?;
            let line = self.line;
            match first {
                '#' => {
                    self.advance(self.at + rest.find('\n').unwrap_or(rest.len()));
                }
                c if c.is_whitespace() => {
                    self.advance(self.at + c.len_utf8());
                }
                '"' | '\'' => {
                    let triple = if first == '"' { "\"\"\"" } else { "'''" };
                    let quote = if rest.starts_with(triple) {
                        triple
                    } else {
                        &triple[..1]
                    };
                    return Some((Token::Text(self.quoted(quote)), line));
                }
                '@' => {
                    let quote = if rest.starts_with("@@@") { "@@@" } else { "@" };
                    self.quoted(quote);
                    return Some((Token::Mark('@'), line));
                }
                '<' => {
                    let end = rest.find('>').map_or(rest.len(), |at| at + 1);
                    self.advance(self.at + end);
                    return Some((Token::Mark('<'), line));
                }
                c if is_word(c) => {
                    // `double[]` is one word.
                    let mut end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                    if rest[end..].starts_with("[]") {
                        end += 2;
                    }
                    return Some((Token::Word(self.advance(self.at + end)), line));
                }
                c => {
                    self.advance(self.at + c.len_utf8());
                    return Some((Token::Mark(c), line));
                }
            }
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | ':' | '.' | '-' | '+')
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYER: &str = r#"#usda 1.0
(
    doc = """a { brace
    in a string"""
)
# def "Commented" {
class "_Pump" (
    prepend apiSchemas = ["GembaTwinAPI"]
    customData = { string a = "x" }
)
{
    uniform token gemba:twin:class = "Pump"
    rel gemba:effect:spin:target = <Impeller>
    double[] gemba:limits = [1,
        2]
    string
        gemba:late = "}"
    def Xform "Impeller" { double x = 1 }
}
over "Plant" { over "P_1" (inherits = </_Pump>) { token gemba:twin:id = "P-1" } }
def "V" (variants = { string size = "big" })
{
    variantSet "size" = {
        "big" {
            double gemba:a = 1
        }
        "small" { def "Inner" {} }
    }
    custom rel gemba:bare
}
"#;

    #[test]
    fn lines_of_prims_and_properties() {
        let lines = scan(LAYER);
        let cases = [
            ("/_Pump", Some(7)),
            ("/_Pump.gemba:twin:class", Some(12)),
            ("/_Pump.gemba:effect:spin:target", Some(13)),
            ("/_Pump.gemba:limits", Some(14)),
            ("/_Pump.gemba:late", Some(17)),
            ("/_Pump/Impeller", Some(18)),
            ("/_Pump/Impeller.x", Some(18)),
            ("/Plant/P_1", Some(20)),
            ("/Plant/P_1.gemba:twin:id", Some(20)),
            ("/V{size=big}.gemba:a", Some(25)),
            ("/V{size=small}/Inner", Some(27)),
            ("/V.gemba:bare", Some(29)),
            ("/Commented", None),
        ];
        for (path, line) in cases {
            assert_eq!(lines.get(path).copied(), line, "{path}");
        }
    }

    #[test]
    fn broken_text_ends() {
        for text in [
            "def \"A",
            "{{{{",
            "}}}}",
            "@",
            "<",
            "\"\"\"",
            "def \"é\" { ü = 'x' }",
        ] {
            scan(text);
        }
    }
}
