//! What the USD reader says about text that it cannot parse, taken apart: it draws the place as a picture of several
//! lines, and a person needs one sentence with a file and a line that an editor can jump to.
//!
//! ```text
//! error: Expected a number, identifier, or string, got Punctuation('=')
//!  --> plant.usda:9:23
//!   |
//! 9 |         double size = = 3
//!   |                       ^
//! ```

/// Longest piece of the line that is quoted, in characters.
const MAX_QUOTE: usize = 60;

/// One place in a text layer that does not parse.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TextMistake {
    /// The layer as the reader names it; nothing where it read from memory.
    pub(crate) layer: Option<String>,
    /// Counted from 1.
    pub(crate) line: u32,
    /// What is wrong, with the line quoted.
    pub(crate) message: String,
}

impl TextMistake {
    /// The mistake that `said` draws; `None` when it draws none.
    pub(crate) fn of(said: &str) -> Option<Self> {
        let mut lines = said.lines();
        let cause = lines.next()?.trim().strip_prefix("error: ")?;
        let place = lines.next()?.trim().strip_prefix("--> ")?;
        let (place, _column) = place.rsplit_once(':')?;
        let (layer, line) = match place.rsplit_once(':') {
            Some((layer, line)) => (Some(layer.to_owned()), line),
            None => (None, place),
        };
        let quoted = lines
            .filter_map(|drawn| drawn.split_once(" | "))
            .find(|(gutter, _)| gutter.trim() == line)
            .map(|(_, text)| shortened(text.trim()));
        let mut message = in_plain_words(cause);
        if let Some(quoted) = quoted.filter(|quoted| !quoted.is_empty()) {
            message.push_str(&format!(": `{quoted}`"));
        }
        Some(Self {
            layer,
            line: line.parse().ok()?,
            message,
        })
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The reader names tokens as its source does.
fn in_plain_words(cause: &str) -> String {
    let mut words = cause.replace(", got ", ", found ");
    for (name, close) in [
        ("Punctuation('", "')"),
        ("Identifier(\"", "\")"),
        ("String(\"", "\")"),
        ("Number(\"", "\")"),
    ] {
        while let Some(start) = words.find(name) {
            let inner = start + name.len();
            let Some(len) = words[inner..].find(close) else {
                break;
            };
            let token = words[inner..inner + len].to_owned();
            words.replace_range(start..inner + len + close.len(), &format!("`{token}`"));
        }
    }
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect::<String>()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        match openusd::usda::parse(text) {
            Ok(_) => panic!("it parses: {text}"),
            Err(error) => error.with_source_name("a/plant.usda").to_string(),
        }
    }

    #[test]
    fn what_the_reader_draws_is_a_sentence_with_a_place() {
        let mistake = TextMistake::of(&said("#usda 1.0\ndef \"A\"\n{\n    double size = = 3\n}\n"));
        assert_eq!(
            mistake,
            Some(TextMistake {
                layer: Some("a/plant.usda".into()),
                line: 4,
                message: "expected a number, identifier, or string, found `=`: `double size = = 3`".into(),
            })
        );
        let mistake = TextMistake::of(&said("#usda 1.0\ndef \"A\" {\n")).expect("a mistake");
        assert_eq!(mistake.line, 2);
        let without_a_name = "error: Unexpected end\n --> 7:1\n  |\n7 | }\n  | ^";
        let mistake = TextMistake::of(without_a_name).expect("a mistake");
        assert_eq!((mistake.layer, mistake.line), (None, 7));
    }

    #[test]
    fn other_words_and_long_lines() {
        assert_eq!(TextMistake::of("the file has no magic number"), None);
        assert_eq!(TextMistake::of(""), None);
        assert_eq!(TextMistake::of("error: \n --> :"), None);
        let long = format!("#usda 1.0\ndef \"A\" {{ float {} = = 1 }}\n", "ä".repeat(300));
        assert!(
            TextMistake::of(&said(&long))
                .expect("a mistake")
                .message
                .chars()
                .count()
                < 200
        );
    }
}
