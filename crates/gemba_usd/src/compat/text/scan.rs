//! Follows statements and brackets of a text layer and lists the edits it needs.
//!
//! No grammar check: what it does not recognise it leaves alone, and the reader that parses the layer reports.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use super::lexer::{Kind, Lexer, Token};
use super::rebuild::{list_op_placeholder, name_placeholder};
use super::{DEPTH_MAX, Edit, Mend};

/// What the pass over the tokens found.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub(super) edits: Vec<Edit>,
    /// Each mend and the offset of its place.
    pub(super) places: Vec<(Mend, usize)>,
    pub(super) placeholders: bool,
    /// Offset, code, message, remedy.
    pub(super) refusal: Option<(usize, &'static str, String, &'static str)>,
}

/// What a bracket holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// Statements: the layer, a prim or a variant.
    Body,
    /// `( … )` after the header, a prim or a property.
    Meta,
    /// `{ … }` with typed entries.
    Dict,
    /// `{ time : value, … }`
    Samples,
    /// `{ "variant" { … } … }`
    Variants,
    /// A list, a tuple or anything else inside a value.
    Value,
}

/// How the values of a type are spelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Spelling {
    Integer,
    Bool,
    Asset,
    #[default]
    Other,
}

impl Spelling {
    fn of(type_name: &str) -> Self {
        match type_name {
            "int" | "uint" | "int64" | "uint64" | "uchar" | "int2" | "int3" | "int4" => Self::Integer,
            "bool" => Self::Bool,
            "asset" => Self::Asset,
            _ => Self::Other,
        }
    }
}

/// Where in its statement a token stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Step {
    /// Nothing read, or only modifiers.
    #[default]
    Start,
    /// After `def`, `over`, `class` or `variantSet`.
    Prim,
    /// After the type.
    Typed,
    /// After the name (or, in metadata, the key).
    Named,
    /// After the point that begins a suffix.
    Suffix,
    /// After `=`.
    Assigned,
    /// After the value.
    Done,
}

/// The statement being read in one bracket.
#[derive(Clone, Debug, Default)]
struct Statement {
    step: Step,
    spelling: Spelling,
    is_rel: bool,
    is_variant_set: bool,
    has_samples: bool,
    name: Range<usize>,
}

/// One open bracket.
#[derive(Debug)]
struct Frame {
    role: Role,
    statement: Statement,
    /// Spelling of the values in it.
    spelling: Spelling,
    /// In samples: whether the time was read.
    after_colon: bool,
    /// In a body: the relationships that were given targets, and how often.
    rels: HashMap<String, u32>,
    is_layer_meta: bool,
}

impl Frame {
    fn new(role: Role, spelling: Spelling) -> Self {
        Self {
            role,
            statement: Statement::default(),
            spelling,
            after_colon: false,
            rels: HashMap::new(),
            is_layer_meta: false,
        }
    }
}

struct Scanner<'a> {
    text: &'a str,
    frames: Vec<Frame>,
    seen_prim: bool,
    out: Scan,
}

/// Scans `text` from its header to its end.
pub(super) fn scan(text: &str) -> Scan {
    let mut scanner = Scanner {
        text,
        frames: vec![Frame::new(Role::Body, Spelling::Other)],
        seen_prim: false,
        out: Scan::default(),
    };
    let body = scanner.header();
    let mut lexer = Lexer::new(text.as_bytes(), body);
    for token in lexer.by_ref() {
        scanner.token(&token);
        if scanner.out.refusal.is_some() {
            break;
        }
    }
    for at in lexer.slash_comments {
        scanner.edit(Mend::Comment, at..at + 2, "# ");
    }
    for at in lexer.header_comments {
        scanner.edit(Mend::Header, at..at + 1, "# ");
    }
    scanner.out
}

impl<'a> Scanner<'a> {
    fn edit(&mut self, mend: Mend, range: Range<usize>, with: impl Into<Cow<'static, str>>) {
        self.out.places.push((mend, range.start));
        self.out.edits.push(Edit {
            range,
            with: with.into(),
        });
    }

    fn slice(&self, range: &Range<usize>) -> &'a str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    fn top(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(Frame::new(Role::Body, Spelling::Other));
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    /// Reads the header line and says where what follows begins.
    fn header(&mut self) -> usize {
        let mut start = 0;
        if self.text.starts_with('\u{feff}') {
            start = '\u{feff}'.len_utf8();
            self.edit(Mend::ByteOrderMark, 0..start, "");
        }
        let rest = &self.text[start..];
        let at = start + (rest.len() - rest.trim_start().len());
        let end = self.text[at..]
            .find(['\r', '\n'])
            .map_or(self.text.len(), |len| at + len);
        let line = &self.text[at..end];
        if !(line.starts_with("#usda ") || line.starts_with("#sdf ")) {
            return start;
        }
        if !is_plain_header(line) {
            self.edit(Mend::Header, at..end, "#usda 1.0");
        }
        end
    }

    fn token(&mut self, token: &Token) {
        match token.kind {
            Kind::Word => self.word(token),
            Kind::Number => self.number(token),
            Kind::Str => self.string(token),
            Kind::Asset | Kind::Path => self.scalar_done(),
            Kind::Mark(mark) => self.mark(mark, token.range.start),
        }
    }

    /// After a whole scalar value.
    fn scalar_done(&mut self) {
        let frame = self.top();
        if frame.statement.step == Step::Assigned {
            frame.statement.step = Step::Done;
        }
        frame.after_colon = false;
    }

    /// The spelling of the value that a scalar here is, or is part of.
    fn value_spelling(&mut self) -> Spelling {
        let frame = self.top();
        match frame.role {
            Role::Value => frame.spelling,
            Role::Samples if frame.after_colon => frame.spelling,
            Role::Body | Role::Meta | Role::Dict if frame.statement.step == Step::Assigned => {
                frame.statement.spelling
            }
            _ => Spelling::Other,
        }
    }

    fn word(&mut self, token: &Token) {
        let (role, step) = {
            let frame = self.top();
            (frame.role, frame.statement.step)
        };
        if matches!(role, Role::Value | Role::Samples) || step == Step::Assigned {
            if self.value_spelling() == Spelling::Bool {
                self.bool_word(token);
            }
            self.scalar_done();
            return;
        }
        match role {
            Role::Body => self.body_word(token, step),
            Role::Dict => self.dict_word(token, step),
            Role::Meta => self.meta_word(token),
            Role::Variants | Role::Samples | Role::Value => {}
        }
    }

    fn bool_word(&mut self, token: &Token) {
        let word = self.slice(&token.range);
        let right = match word.to_ascii_lowercase().as_str() {
            "true" | "yes" => "true",
            "false" | "no" => "false",
            _ => return,
        };
        if word != right {
            self.edit(Mend::Bool, token.range.clone(), right);
        }
    }

    fn body_word(&mut self, token: &Token, step: Step) {
        match step {
            Step::Prim => {}
            Step::Typed => self.property_name(token),
            Step::Suffix => {
                let has_samples = self.slice(&token.range) == "timeSamples";
                let statement = &mut self.top().statement;
                statement.has_samples = has_samples;
                statement.step = Step::Named;
            }
            _ => self.statement_start(token, step),
        }
    }

    fn statement_start(&mut self, token: &Token, step: Step) {
        let word = self.slice(&token.range);
        let next = match word {
            "add" | "append" | "prepend" | "delete" | "reorder" | "custom" | "uniform" | "varying" => {
                Step::Start
            }
            "config" => {
                self.edit(Mend::ConfigVariability, token.range.clone(), "uniform");
                Step::Start
            }
            "def" | "over" | "class" | "variantSet" => Step::Prim,
            _ => Step::Typed,
        };
        let word = self.slice(&token.range);
        let spelling = Spelling::of(word);
        let (is_rel, is_variant_set) = (word == "rel", word == "variantSet");
        let is_prim = next == Step::Prim;
        let statement = &mut self.top().statement;
        if step != Step::Start {
            *statement = Statement::default();
        }
        statement.step = next;
        statement.spelling = spelling;
        statement.is_rel = is_rel;
        statement.is_variant_set = is_variant_set;
        self.seen_prim |= is_prim;
    }

    fn property_name(&mut self, token: &Token) {
        if !self.slice(&token.range).is_ascii() {
            let placeholder = name_placeholder(self.slice(&token.range));
            self.edit(Mend::UnicodeName, token.range.clone(), placeholder);
            self.out.placeholders = true;
        }
        let statement = &mut self.top().statement;
        statement.name = token.range.clone();
        statement.step = Step::Named;
    }

    /// A type or a key of a dictionary; a key beyond ASCII is quoted.
    fn dict_word(&mut self, token: &Token, step: Step) {
        if step == Step::Typed {
            if !self.slice(&token.range).is_ascii() {
                let quoted = format!("\"{}\"", self.slice(&token.range));
                self.edit(Mend::UnicodeName, token.range.clone(), quoted);
            }
            self.top().statement.step = Step::Named;
            return;
        }
        let spelling = Spelling::of(self.slice(&token.range));
        self.top().statement = Statement {
            step: Step::Typed,
            spelling,
            ..Statement::default()
        };
    }

    fn meta_word(&mut self, token: &Token) {
        let spelling = match self.slice(&token.range) {
            "active" | "instanceable" | "hidden" => Spelling::Bool,
            _ => Spelling::Other,
        };
        self.top().statement = Statement {
            step: Step::Named,
            spelling,
            name: token.range.clone(),
            ..Statement::default()
        };
    }

    fn number(&mut self, token: &Token) {
        let spelling = self.value_spelling();
        let word = self.slice(&token.range);
        let edit = match spelling {
            Spelling::Integer if word.contains(['.', 'e', 'E']) => {
                whole_number(word).map(|whole| (Mend::IntegerFromFloat, whole))
            }
            Spelling::Bool if word != "0" && word != "1" => word
                .parse()
                .ok()
                .map(|value: f64| (Mend::Bool, if value == 0.0 { "false" } else { "true" }.to_owned())),
            Spelling::Bool if self.is_active_flag() => {
                Some((Mend::Bool, if word == "0" { "false" } else { "true" }.to_owned()))
            }
            _ => completed_number(word).map(|whole| (Mend::Number, whole)),
        };
        if let Some((mend, with)) = edit {
            self.edit(mend, token.range.clone(), with);
        }
        self.check_rate(token);
        self.scalar_done();
    }

    /// `openusd` wants a word for `active` and takes numbers for every other truth value.
    fn is_active_flag(&mut self) -> bool {
        let name = self.top().statement.name.clone();
        self.top().role == Role::Meta && self.slice(&name) == "active"
    }

    /// The reference reader refuses a layer whose rate is not positive.
    fn check_rate(&mut self, token: &Token) {
        let frame = self.top();
        if !frame.is_layer_meta || frame.statement.step != Step::Assigned {
            return;
        }
        let name = frame.statement.name.clone();
        let key = self.slice(&name);
        if key == "framesPerSecond"
            && self
                .slice(&token.range)
                .parse::<f64>()
                .is_ok_and(|rate| rate <= 0.0)
        {
            let message = format!(
                "`{key}` is {}, and time cannot be told without a rate",
                self.slice(&token.range)
            );
            self.out.refusal = Some((
                token.range.start,
                "usd.rejected-layer",
                message,
                "write a rate above 0, such as 24",
            ));
        }
    }

    fn string(&mut self, token: &Token) {
        let literal = self.slice(&token.range);
        if self.value_spelling() == Spelling::Asset {
            if let Some(asset) = asset_literal(self.slice(&token.range)) {
                self.edit(Mend::AssetFromString, token.range.clone(), asset);
            }
        } else if is_triple_quoted(literal) {
            self.triple_quoted(token);
        }
        let frame = self.top();
        match (frame.role, frame.statement.step) {
            (Role::Dict, Step::Start | Step::Typed | Step::Done) => frame.statement.step = Step::Named,
            (Role::Samples | Role::Value, _) | (_, Step::Assigned) => self.scalar_done(),
            _ => {}
        }
    }

    /// `openusd` ends a triple-quoted string at the first three quotes, escaped or not.
    fn triple_quoted(&mut self, token: &Token) {
        let literal = self.slice(&token.range);
        let quote = &literal[..1];
        let escaped = format!("\\{quote}");
        let hex = if quote == "\"" { "\\x22" } else { "\\x27" };
        let inside = token.range.start + 3..token.range.end.saturating_sub(3).max(token.range.start + 3);
        let inside = self.slice(&inside);
        if !inside.contains(&escaped) {
            return;
        }
        let mut with = String::with_capacity(literal.len() + 8);
        with.push_str(&literal[..3]);
        let mut bytes = inside.chars();
        while let Some(letter) = bytes.next() {
            if letter != '\\' {
                with.push(letter);
                continue;
            }
            match bytes.next() {
                Some(next) if next.to_string() == quote => with.push_str(hex),
                Some(next) => with.extend(['\\', next]),
                None => with.push('\\'),
            }
        }
        with.push_str(&literal[..3]);
        self.edit(Mend::TripleQuote, token.range.clone(), with);
    }

    fn mark(&mut self, mark: u8, at: usize) {
        match mark {
            b'{' | b'(' | b'[' => self.open(mark, at),
            b'}' | b')' | b']' => self.close(),
            b'=' => self.assign(),
            b'.' => {
                let frame = self.top();
                if frame.role == Role::Body && frame.statement.step == Step::Named {
                    frame.statement.step = Step::Suffix;
                }
            }
            b':' => {
                let frame = self.top();
                frame.after_colon = frame.role == Role::Samples;
            }
            b';' | b',' => {
                let frame = self.top();
                frame.after_colon = false;
                if !matches!(frame.role, Role::Value | Role::Samples) {
                    frame.statement = Statement::default();
                }
            }
            _ => {}
        }
    }

    fn assign(&mut self) {
        let frame = self.top();
        if matches!(frame.role, Role::Value | Role::Samples) {
            return;
        }
        frame.statement.step = Step::Assigned;
        let is_rel = frame.role == Role::Body && frame.statement.is_rel && !frame.statement.name.is_empty();
        if is_rel {
            self.rel_targets();
        }
    }

    /// The second and later statements that give one relationship targets get placeholder names.
    fn rel_targets(&mut self) {
        let range = self.top().statement.name.clone();
        let name = self.slice(&range).to_owned();
        let times = self.top().rels.entry(name.clone()).or_insert(0);
        *times += 1;
        let times = *times;
        if times == 1 {
            return;
        }
        // A name beyond ASCII was already replaced: the two placeholders combine.
        let plain = if name.is_ascii() {
            name
        } else {
            name_placeholder(&name)
        };
        let with = list_op_placeholder(&plain, times);
        self.out.edits.retain(|edit| edit.range != range);
        self.edit(Mend::ListOps, range, with);
        self.out.placeholders = true;
    }

    fn open(&mut self, mark: u8, at: usize) {
        if self.frames.len() > DEPTH_MAX {
            self.out.refusal = Some((
                at,
                "usd.too-deep",
                format!("the layer nests deeper than {DEPTH_MAX} levels"),
                "flatten the hierarchy, or move parts of it into referenced layers",
            ));
            return;
        }
        let seen_prim = self.seen_prim;
        let is_root = self.frames.len() == 1;
        let frame = self.top();
        let statement = &frame.statement;
        let assigned = statement.step == Step::Assigned;
        let (role, spelling) = match (frame.role, mark) {
            (Role::Value | Role::Samples, b'{') => (Role::Dict, Spelling::Other),
            (Role::Value, _) => (Role::Value, frame.spelling),
            (Role::Samples, _) => (
                Role::Value,
                if frame.after_colon {
                    frame.spelling
                } else {
                    Spelling::Other
                },
            ),
            (Role::Variants, b'(') => (Role::Meta, Spelling::Other),
            (Role::Variants, _) => (Role::Body, Spelling::Other),
            (_, b'{') if assigned && statement.is_variant_set => (Role::Variants, Spelling::Other),
            (Role::Body, b'{') if assigned && statement.has_samples => (Role::Samples, statement.spelling),
            (_, b'{') if assigned => (Role::Dict, Spelling::Other),
            (Role::Body, b'{') => (Role::Body, Spelling::Other),
            (_, b'{') => (Role::Dict, Spelling::Other),
            (_, b'(') if !assigned => (Role::Meta, Spelling::Other),
            // The brackets of an array type, which hold nothing.
            (_, b'[') if !assigned => (Role::Value, Spelling::Other),
            _ => (Role::Value, statement.spelling),
        };
        let mut inner = Frame::new(role, spelling);
        inner.is_layer_meta = role == Role::Meta && is_root && !seen_prim;
        self.frames.push(inner);
    }

    fn close(&mut self) {
        if self.frames.len() > 1 {
            let closed = self.frames.pop().map(|frame| frame.role);
            let frame = self.top();
            frame.after_colon = false;
            let statement = &mut frame.statement;
            match statement.step {
                Step::Assigned => statement.step = Step::Done,
                // The body of a prim ends its statement.
                Step::Prim if closed == Some(Role::Body) => *statement = Statement::default(),
                _ => {}
            }
        }
    }
}

/// Whether `openusd` reads this header line as it is.
fn is_plain_header(line: &str) -> bool {
    let Some(version) = line.strip_prefix("#usda ") else {
        return false;
    };
    let version = version.trim_start_matches(' ').trim_end_matches([' ', '\t']);
    let mut parts = version.split('.');
    let digits = |part: Option<&str>| {
        part.is_some_and(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()))
    };
    let (major, minor, patch) = (parts.next(), parts.next(), parts.next());
    version.starts_with("1.0")
        && digits(major)
        && digits(minor)
        && (patch.is_none() || digits(patch))
        && parts.next().is_none()
}

/// `7.` as `7.0`, `.5` as `0.5`; nothing where both sides of the point have digits.
fn completed_number(word: &str) -> Option<String> {
    let point = word.find('.')?;
    let (before, after) = (&word[..point], &word[point + 1..]);
    let whole_missing = before.is_empty();
    let fraction_missing = !after.starts_with(|it: char| it.is_ascii_digit());
    if !whole_missing && !fraction_missing {
        return None;
    }
    let zero = |missing| if missing { "0" } else { "" };
    Some(format!(
        "{}{before}.{}{after}",
        zero(whole_missing),
        zero(fraction_missing)
    ))
}

/// A float literal for an integer, its fraction dropped as the reference reader does.
fn whole_number(word: &str) -> Option<String> {
    let value: f64 = word.parse().ok()?;
    // Beyond this, f64 no longer holds every integer and no integer type does.
    (value.abs() < 1.9e19).then(|| format!("{:.0}", value.trunc() + 0.0))
}

fn is_triple_quoted(literal: &str) -> bool {
    literal.len() >= 6 && (literal.starts_with("\"\"\"") || literal.starts_with("'''"))
}

/// A quoted string as an asset path; nothing where it holds what no asset path can.
fn asset_literal(literal: &str) -> Option<String> {
    let quotes = if is_triple_quoted(literal) { 3 } else { 1 };
    let inside = literal.get(quotes..literal.len().checked_sub(quotes)?)?;
    let plain = inside.replace("\\\\", "\\").replace("\\\"", "\"");
    if plain.contains("@@@") || plain.contains('\n') || plain.ends_with('@') {
        return None;
    }
    Some(if plain.contains('@') {
        format!("@@@{plain}@@@")
    } else {
        format!("@{plain}@")
    })
}
