//! Text (`.usda`) layers: spellings that the reference reader accepts and `openusd` 0.8 does not, rewritten.
//!
//! One pass over the tokens ([`lexer`]) follows statements and brackets ([`scan`]) and lists edits. A layer without
//! edits is passed on as it came. Edits never add or remove a line, so the reader's messages name the right one. What no
//! spelling can say (`openusd` keeps only the last of several list-edit statements on one relationship, and its lexer
//! has no letters beyond ASCII in property names) goes through a placeholder name and is put right in the parsed layer
//! ([`rebuild`]), which then travels as a binary layer.

mod lexer;
mod literal;
mod rebuild;
mod scan;

use std::borrow::Cow;
use std::ops::Range;

use gemba_model::Issue;

use super::bound::{Arc, LayerArcs, PrimArcs};
use super::encoding;

pub(super) use rebuild::rebuild;

/// Brackets deeper than this are refused: the reader recurses, and composing is cubic in the depth.
pub(super) const DEPTH_MAX: usize = 200;

/// What was mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Mend {
    Encoding,
    ByteOrderMark,
    Header,
    Comment,
    Number,
    IntegerFromFloat,
    Bool,
    AssetFromString,
    ConfigVariability,
    TripleQuote,
    UnicodeName,
    ListOps,
}

impl Mend {
    /// The code of the note about it.
    fn code(self) -> &'static str {
        match self {
            Self::Encoding => "usd.mended-encoding",
            Self::ByteOrderMark => "usd.mended-byte-order-mark",
            Self::Header => "usd.mended-header",
            Self::Comment => "usd.mended-comment",
            Self::Number => "usd.mended-number",
            Self::IntegerFromFloat => "usd.mended-integer",
            Self::Bool => "usd.mended-bool",
            Self::AssetFromString => "usd.mended-asset",
            Self::ConfigVariability => "usd.mended-config",
            Self::TripleQuote => "usd.mended-quote",
            Self::UnicodeName => "usd.mended-name",
            Self::ListOps => "usd.mended-list-ops",
        }
    }

    fn text(self) -> (&'static str, &'static str) {
        match self {
            Self::Encoding => (
                "bytes that are not UTF-8 were read as Windows-1252",
                "save the file as UTF-8",
            ),
            Self::ByteOrderMark => (
                "the byte order mark at the start was skipped",
                "save the file without it",
            ),
            Self::Header => (
                "the header was read as `#usda 1.0`",
                "write `#usda 1.0` alone on the first line",
            ),
            Self::Comment => (
                "comments were read as comments that begin with `#`",
                "write `#` instead of `//`",
            ),
            Self::Number => (
                "numbers without a digit on one side of the point were completed",
                "write `0.5` and `7.0`",
            ),
            Self::IntegerFromFloat => (
                "fractions of integer values were dropped",
                "write whole numbers for integers",
            ),
            Self::Bool => (
                "truth values were read as `true` or `false`",
                "write `true` or `false`",
            ),
            Self::AssetFromString => (
                "strings were read as asset paths",
                "write asset paths as `@path@`",
            ),
            Self::ConfigVariability => (
                "`config` was read as `uniform`",
                "write `uniform` instead of `config`",
            ),
            Self::TripleQuote => (
                "escaped quotes in triple-quoted strings were rewritten",
                "use the other quote inside",
            ),
            Self::UnicodeName => (
                "property names with letters beyond ASCII were kept",
                "nothing needs to be done",
            ),
            Self::ListOps => (
                "several list-edit statements on one relationship were joined",
                "nothing needs to be done",
            ),
        }
    }
}

/// Why a text layer is refused before it is parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) line: u32,
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) remedy: &'static str,
}

/// One replacement in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Edit {
    range: Range<usize>,
    with: Cow<'static, str>,
}

/// How often something was mended, and where first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mended {
    pub(super) mend: Mend,
    pub(super) line: u32,
    pub(super) count: usize,
}

impl Mended {
    /// The note for the person who opened `file`.
    pub(super) fn issue(&self, file: &str) -> Issue {
        let (message, remedy) = self.mend.text();
        let message = match self.count {
            1 => message.to_owned(),
            count => format!("{message} ({count} places, this is the first)"),
        };
        Issue::note(self.mend.code(), message, remedy)
            .in_file(file)
            .at_line(self.line)
    }
}

/// What a look at a text layer found.
#[derive(Debug, Default)]
pub(super) struct Look {
    /// The text to read instead, where it differs.
    pub(super) text: Option<String>,
    /// Whether the text holds placeholders that [`rebuild`] puts right.
    pub(super) placeholders: bool,
    /// What was mended.
    pub(super) mended: Vec<Mended>,
    /// Its prims and arcs, for the check that composing them ends.
    pub(super) arcs: LayerArcs,
    /// Why it is refused.
    pub(super) refusal: Option<Refusal>,
}

/// Looks through `bytes` and mends what needs it.
pub(super) fn look(bytes: &[u8]) -> Look {
    let decoded = encoding::to_utf8(bytes);
    let scan = scan::scan(&decoded);
    let mut tally = Tally::new(&decoded);
    if let Cow::Owned(_) = &decoded {
        let (first, count) = stray_bytes(bytes);
        tally.lines_of = bytes;
        tally.add(Mend::Encoding, first, count);
        tally.lines_of = decoded.as_bytes();
    }
    let mut places = scan.places;
    places.sort_unstable_by_key(|(_, at)| *at);
    for (mend, at) in places {
        tally.add(mend, at, 1);
    }
    let refusal = scan.refusal.map(|(at, code, message, remedy)| Refusal {
        line: tally.line(at),
        code,
        message,
        remedy,
    });
    let text = match (&decoded, scan.edits.is_empty()) {
        (_, false) => Some(apply(&decoded, scan.edits)),
        (Cow::Owned(text), true) => Some(text.clone()),
        (Cow::Borrowed(_), true) => None,
    };
    let arcs = layer_arcs(&decoded, scan.prims, scan.default_prim);
    Look {
        text,
        placeholders: scan.placeholders,
        mended: tally.mended,
        arcs,
        refusal,
    }
}

/// The prims and arcs of a layer.
fn layer_arcs(text: &str, prims: Vec<scan::PrimSite>, default_prim: Option<String>) -> LayerArcs {
    let slice = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
    let mut sites = Vec::with_capacity(prims.len());
    // Prims come in text order, so each line break is counted once.
    let (mut at, mut line) = (0, 1_u32);
    for prim in prims {
        let between = text.as_bytes().get(at..prim.name.start).unwrap_or_default();
        line = line.saturating_add(
            u32::try_from(between.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(0),
        );
        at = at.max(prim.name.start);
        let arcs = prim.arcs.into_iter().map(|arc| Arc {
            asset: arc.asset.map(|range| literal::unquoted(slice(&range)).to_owned()),
            path: arc
                .path
                .map(|range| literal::unquoted(slice(&range)).to_owned())
                .filter(|path| !path.is_empty()),
            is_variant: arc.is_variant,
        });
        sites.push(PrimArcs {
            parent: prim.parent,
            name: literal::unquoted(slice(&prim.name)).into(),
            line,
            arcs: arcs.collect(),
            is_instanceable: prim.is_instanceable,
        });
    }
    LayerArcs {
        prims: sites,
        default_prim,
    }
}

/// Where the first byte that is not UTF-8 is, and how many there are.
fn stray_bytes(bytes: &[u8]) -> (usize, usize) {
    let first = std::str::from_utf8(bytes)
        .err()
        .map_or(0, |error| error.valid_up_to());
    (
        first,
        bytes.utf8_chunks().map(|chunk| chunk.invalid().len()).sum(),
    )
}

fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| edit.range.start);
    let mut out = String::with_capacity(text.len() + edits.len() * 8);
    let mut at = 0;
    for edit in &edits {
        // Edits come from distinct tokens, and tokens begin and end at ASCII bytes or at the ends of whole words.
        let Some(kept) = text.get(at..edit.range.start) else {
            continue;
        };
        out.push_str(kept);
        out.push_str(&edit.with);
        at = edit.range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// Counts mends by kind, in the order they were met.
struct Tally<'a> {
    lines_of: &'a [u8],
    mended: Vec<Mended>,
}

impl<'a> Tally<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            lines_of: text.as_bytes(),
            mended: Vec::new(),
        }
    }

    fn line(&self, at: usize) -> u32 {
        let before = self.lines_of.get(..at).unwrap_or(self.lines_of);
        let breaks = before.iter().filter(|byte| **byte == b'\n').count();
        u32::try_from(breaks + 1).unwrap_or(u32::MAX)
    }

    fn add(&mut self, mend: Mend, at: usize, count: usize) {
        match self.mended.iter_mut().find(|it| it.mend == mend) {
            Some(known) => known.count += count,
            None => self.mended.push(Mended {
                mend,
                line: self.line(at),
                count,
            }),
        }
    }
}
