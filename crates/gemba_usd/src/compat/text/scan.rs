//! Follows statements and brackets of a text layer and lists the edits it needs.
//!
//! No grammar check: what it does not recognise it leaves alone, and the reader that parses the layer reports.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use super::lexer::{Kind, Lexer, Token};
use super::literal::{
    asset_literal, completed_number, is_plain_header, is_triple_quoted, unquoted, whole_number,
};
use super::rebuild::{list_op_placeholder, name_placeholder};
use super::{DEPTH_MAX, Edit, Mend};

/// What the pass over the tokens found.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub(super) edits: Vec<Edit>,
    /// Each mend and the offset of its place.
    pub(super) places: Vec<(Mend, usize)>,
    pub(super) placeholders: bool,
    /// The prims in the order they begin, parents before children.
    pub(super) prims: Vec<PrimSite>,
    /// What a reference to the layer without a prim path means.
    pub(super) default_prim: Option<String>,
    /// Offset, code, message, remedy.
    pub(super) refusal: Option<(usize, &'static str, String, &'static str)>,
}

/// A prim and its composition arcs, as ranges of the text.
#[derive(Debug)]
pub(super) struct PrimSite {
    pub(super) parent: Option<usize>,
    /// The quoted name.
    pub(super) name: Range<usize>,
    pub(super) arcs: Vec<ArcSite>,
    pub(super) is_instanceable: bool,
}

/// One target of a reference, payload, inherit or specialise.
#[derive(Debug)]
pub(super) struct ArcSite {
    pub(super) asset: Option<Range<usize>>,
    pub(super) path: Option<Range<usize>>,
    /// In a variant: only one of these takes part.
    pub(super) is_variant: bool,
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
    /// In metadata: the values are targets of composition arcs.
    has_arcs: bool,
    is_delete: bool,
    name: Range<usize>,
    /// The prim that the statement begins.
    prim: Option<usize>,
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
    /// The prim that the statements in it are about.
    prim: Option<usize>,
    in_variant: bool,
    has_arcs: bool,
    /// The token before was an asset path, to which a prim path may belong.
    after_asset: bool,
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
            prim: None,
            in_variant: false,
            has_arcs: false,
            after_asset: false,
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
    loop {
        let frame = scanner.top();
        if frame.role == Role::Value && matches!(frame.spelling, Spelling::Other | Spelling::Integer) {
            lexer.skip_plain_values(frame.spelling == Spelling::Integer);
        }
        let Some(token) = lexer.next() else { break };
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
            Kind::Asset | Kind::Path => {
                self.arc(token);
                self.scalar_done();
            }
            Kind::Mark(mark) => self.mark(mark, token.range.start),
        }
        self.top().after_asset = token.kind == Kind::Asset;
    }

    /// Notes an asset or prim path that is the target of a composition arc.
    fn arc(&mut self, token: &Token) {
        let frame = self.top();
        let has_arcs = frame.has_arcs || frame.statement.has_arcs;
        let (Some(prim), true) = (frame.prim, has_arcs) else {
            return;
        };
        let (after_asset, is_variant) = (frame.after_asset, frame.in_variant);
        let Some(site) = self.out.prims.get_mut(prim) else {
            return;
        };
        let range = Some(token.range.clone());
        match site.arcs.last_mut() {
            Some(last) if token.kind == Kind::Path && after_asset => last.path = range,
            _ if token.kind == Kind::Path => site.arcs.push(ArcSite {
                asset: None,
                path: range,
                is_variant,
            }),
            _ => site.arcs.push(ArcSite {
                asset: range,
                path: None,
                is_variant,
            }),
        }
    }

    /// Notes a prim by its quoted name.
    fn prim_name(&mut self, token: &Token) {
        let parent = self.top().prim;
        self.top().statement.prim = Some(self.out.prims.len());
        let name = token.range.clone();
        self.out.prims.push(PrimSite {
            parent,
            name,
            arcs: Vec::new(),
            is_instanceable: false,
        });
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
                self.instanceable_flag(token);
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

    fn instanceable_flag(&mut self, token: &Token) {
        let frame = self.top();
        let (Role::Meta, Some(prim)) = (frame.role, frame.prim) else {
            return;
        };
        let name = frame.statement.name.clone();
        let value = self.slice(&token.range).to_ascii_lowercase();
        let is_set = !matches!(value.as_str(), "0" | "false" | "no");
        if self.slice(&name) == "instanceable"
            && let Some(site) = self.out.prims.get_mut(prim)
        {
            site.is_instanceable = is_set;
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
        let word = self.slice(&token.range);
        let spelling = match word {
            "active" | "instanceable" | "hidden" => Spelling::Bool,
            _ => Spelling::Other,
        };
        let is_arcs = matches!(word, "references" | "payload" | "inherits" | "specializes");
        let was_delete = self.top().statement.is_delete;
        self.top().statement = Statement {
            step: Step::Named,
            spelling,
            name: token.range.clone(),
            has_arcs: is_arcs && !was_delete,
            is_delete: word == "delete",
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
        if spelling == Spelling::Bool {
            self.instanceable_flag(token);
        }
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
        self.default_prim(token);
        let frame = self.top();
        match (frame.role, frame.statement.step) {
            (Role::Body, Step::Prim) if !frame.statement.is_variant_set => self.prim_name(token),
            (Role::Dict, Step::Start | Step::Typed | Step::Done) => frame.statement.step = Step::Named,
            (Role::Samples | Role::Value, _) | (_, Step::Assigned) => self.scalar_done(),
            _ => {}
        }
    }

    fn default_prim(&mut self, token: &Token) {
        let frame = self.top();
        if frame.is_layer_meta && frame.statement.step == Step::Assigned {
            let key = frame.statement.name.clone();
            if self.slice(&key) == "defaultPrim" {
                self.out.default_prim = Some(unquoted(self.slice(&token.range)).to_owned());
            }
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
        let is_variant = frame.role == Role::Variants;
        inner.prim = match role {
            Role::Body | Role::Meta if !is_variant => statement.prim.or(frame.prim),
            _ => frame.prim,
        };
        inner.in_variant = is_variant || (frame.in_variant && statement.prim.is_none());
        inner.has_arcs = role == Role::Value && (frame.has_arcs || statement.has_arcs);
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
