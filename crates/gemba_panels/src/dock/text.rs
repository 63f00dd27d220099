//! An arrangement as a line of text, to be kept in a settings file and read by whoever opens it.
//!
//! ```text
//! 1 row(260 tabs(tree*), view, 340 column(1.6 tabs(selection* section -people), 1 tabs(limits* log)))
//! ```
//!
//! The version first. A number before a part is its share of the row or column: points beside the view, else any measure.
//! A star marks the tab in front, a minus a panel that is closed.

use std::{collections::BTreeSet, fmt::Write as _};

use egui_tiles::{Container, Linear, LinearDir, Tabs, Tile, TileId, Tiles, Tree};
use thiserror::Error;

use super::PanelKind;

const VERSION: &str = "1";
/// A hundred times what all panels need.
pub const MAX_TEXT_BYTES: usize = 8_192;
const MAX_DEPTH: usize = 12;

/// Why a text is no arrangement.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ArrangementError {
    /// It was written by a version that arranges differently.
    #[error("it is of version {0:?}, and this viewer knows version 1")]
    Version(String),
    /// It is longer than any arrangement.
    #[error("it is longer than {MAX_TEXT_BYTES} bytes")]
    TooLong,
    /// Parts lie in parts in parts.
    #[error("its parts are nested more than {MAX_DEPTH} deep")]
    TooDeep,
    /// Something else stands where a part should be.
    #[error("{found:?} stands where {expected} should be")]
    Unexpected {
        /// What was found; empty at the end.
        found: String,
        /// What would have been right.
        expected: &'static str,
    },
    /// The plant would have no place.
    #[error("it has no place for the view")]
    NoView,
}

/// The tiles that `text` says, and what of it is not known here.
pub(super) fn read(text: &str) -> Result<(Tree<PanelKind>, Vec<String>), ArrangementError> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(ArrangementError::TooLong);
    }
    let mut reader = Reader {
        words: words(text),
        tiles: Tiles::default(),
        seen: BTreeSet::new(),
        notes: Vec::new(),
    };
    let version = reader.next().unwrap_or_default();
    if version != VERSION {
        return Err(ArrangementError::Version(version));
    }
    let root = reader.part(0)?;
    if let Some(found) = reader.next() {
        return Err(ArrangementError::Unexpected {
            found,
            expected: "the end",
        });
    }
    let root = root
        .filter(|_| reader.seen.contains(PanelKind::View.key()))
        .ok_or(ArrangementError::NoView)?
        .tile;
    let root = reader.add_missing(root);
    Ok((Tree::new("gemba-dock", root, reader.tiles), reader.notes))
}

/// Words, brackets and marks, the last first.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut is_open = false;
    for letter in text.chars() {
        match letter {
            '(' | ')' | '*' | '-' => {
                words.push(letter.to_string());
                is_open = false;
            }
            ',' | ' ' | '\t' | '\n' | '\r' => is_open = false,
            _ => {
                match words.last_mut().filter(|_| is_open) {
                    Some(word) => word.push(letter),
                    None => words.push(letter.to_string()),
                }
                is_open = true;
            }
        }
    }
    words.reverse();
    words
}

struct Reader {
    words: Vec<String>,
    tiles: Tiles<PanelKind>,
    seen: BTreeSet<&'static str>,
    notes: Vec<String>,
}

/// A part that was read.
struct Part {
    tile: TileId,
    share: f32,
    is_in_front: bool,
}

impl Reader {
    fn next(&mut self) -> Option<String> {
        self.words.pop()
    }

    fn take(&mut self, mark: &str) -> bool {
        let is_next = self.words.last().is_some_and(|word| word == mark);
        if is_next {
            self.words.pop();
        }
        is_next
    }

    /// A part; `None` where nothing of it is known here.
    fn part(&mut self, depth: usize) -> Result<Option<Part>, ArrangementError> {
        if depth > MAX_DEPTH {
            return Err(ArrangementError::TooDeep);
        }
        let share = self.words.last().and_then(|word| word.parse::<f32>().ok());
        if share.is_some() {
            self.words.pop();
        }
        let is_closed = self.take("-");
        let word = self.next().unwrap_or_default();
        let tile = match word.as_str() {
            "row" => self.linear(LinearDir::Horizontal, depth)?,
            "column" => self.linear(LinearDir::Vertical, depth)?,
            "tabs" => self.tabs(depth)?,
            "" | "(" | ")" | "*" | "-" => {
                return Err(ArrangementError::Unexpected {
                    found: word,
                    expected: "row, column, tabs or the name of a panel",
                });
            }
            name => self.panel(name, is_closed),
        };
        let is_in_front = self.take("*");
        Ok(tile.map(|tile| Part {
            tile,
            share: share
                .filter(|share| share.is_finite() && *share > 0.0)
                .unwrap_or(1.0),
            is_in_front,
        }))
    }

    fn panel(&mut self, name: &str, is_closed: bool) -> Option<TileId> {
        let Some(panel) = PanelKind::of_key(name) else {
            self.notes.push(format!("there is no panel {name:?}"));
            return None;
        };
        if !self.seen.insert(panel.key()) {
            self.notes.push(format!("the panel {name:?} is there twice"));
            return None;
        }
        let tile = self.tiles.insert_pane(panel);
        if is_closed && panel != PanelKind::View {
            self.tiles.set_visible(tile, false);
        }
        Some(tile)
    }

    /// What stands in brackets.
    fn parts(&mut self, depth: usize) -> Result<Vec<Part>, ArrangementError> {
        if !self.take("(") {
            return Err(ArrangementError::Unexpected {
                found: self.next().unwrap_or_default(),
                expected: "(",
            });
        }
        let mut parts = Vec::new();
        while !self.take(")") {
            parts.extend(self.part(depth + 1)?);
        }
        Ok(parts)
    }

    fn linear(&mut self, dir: LinearDir, depth: usize) -> Result<Option<TileId>, ArrangementError> {
        let parts = self.parts(depth)?;
        if parts.is_empty() {
            return Ok(None);
        }
        let mut linear = Linear::new(dir, parts.iter().map(|part| part.tile).collect());
        for part in parts {
            linear.shares.set_share(part.tile, part.share);
        }
        Ok(Some(self.tiles.insert_container(linear)))
    }

    fn tabs(&mut self, depth: usize) -> Result<Option<TileId>, ArrangementError> {
        let parts = self.parts(depth)?;
        if parts.is_empty() {
            return Ok(None);
        }
        let mut tabs = Tabs::new(parts.iter().map(|part| part.tile).collect());
        if let Some(front) = parts.iter().find(|part| part.is_in_front) {
            tabs.set_active(front.tile);
        }
        Ok(Some(self.tiles.insert_container(tabs)))
    }

    /// Panels that the text does not name, from a newer version than wrote it, come into a group of their own, closed.
    fn add_missing(&mut self, root: TileId) -> TileId {
        let missing: Vec<PanelKind> = PanelKind::PANELS
            .into_iter()
            .filter(|panel| !self.seen.contains(panel.key()))
            .collect();
        if missing.is_empty() {
            return root;
        }
        let panels: Vec<TileId> = missing
            .into_iter()
            .filter_map(|panel| self.panel(panel.key(), true))
            .collect();
        let group = self.tiles.insert_tab_tile(panels);
        self.tiles.insert_horizontal_tile(vec![root, group])
    }
}

/// The arrangement as text.
pub(super) fn write(tree: &Tree<PanelKind>) -> String {
    let mut text = VERSION.to_owned();
    if let Some(root) = tree.root() {
        text.push(' ');
        write_tile(&tree.tiles, root, &mut text);
    }
    text
}

fn write_tile(tiles: &Tiles<PanelKind>, tile: TileId, text: &mut String) {
    match tiles.get(tile) {
        Some(Tile::Pane(panel)) => {
            if !tiles.is_visible(tile) {
                text.push('-');
            }
            text.push_str(panel.key());
        }
        Some(Tile::Container(Container::Tabs(tabs))) => {
            text.push_str("tabs(");
            for (at, child) in tabs.children.iter().enumerate() {
                text.push_str(if at == 0 { "" } else { " " });
                write_tile(tiles, *child, text);
                text.push_str(if tabs.active == Some(*child) { "*" } else { "" });
            }
            text.push(')');
        }
        Some(Tile::Container(container)) => {
            let linear = match container {
                Container::Linear(linear) => Some(linear),
                _ => None,
            };
            let is_row = linear.is_some_and(|linear| linear.dir == LinearDir::Horizontal);
            text.push_str(if is_row { "row(" } else { "column(" });
            for (at, child) in container.children().enumerate() {
                text.push_str(if at == 0 { "" } else { ", " });
                let share = linear.map_or(1.0, |linear| linear.shares[*child]);
                // A String takes everything.
                write!(text, "{} ", (f64::from(share) * 100.0).round() / 100.0).ok();
                write_tile(tiles, *child, text);
            }
            text.push(')');
        }
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dock::{DEFAULT, Dock};

    #[test]
    fn what_is_written_is_read() {
        for text in [
            DEFAULT,
            "1 view",
            "1 column(view, 200 row(1 tabs(log* -issues), 2 tabs(tree*)))",
            "1 row(300 tabs(tree* selection limits), view)",
        ] {
            let (dock, notes) = Dock::from_text(text).expect("an arrangement");
            assert_eq!(notes, Vec::<String>::new());
            let written = dock.to_text();
            let (again, _) = Dock::from_text(&written).expect("what was written");
            assert_eq!(again.to_text(), written, "{text}");
            for panel in PanelKind::PANELS.into_iter().chain([PanelKind::View]) {
                assert_eq!(written.matches(panel.key()).count(), 1, "{panel:?} in {written}");
            }
        }
    }

    #[test]
    fn what_is_not_known_is_left_out_and_said() {
        let (dock, notes) = Dock::from_text("1 row(tabs(tree* radar tree), view, view)").expect("the rest");
        assert_eq!(notes.len(), 3, "{notes:?}");
        assert!(dock.is_open(PanelKind::Tree) && !dock.is_open(PanelKind::Log));
        assert!(dock.is_open(PanelKind::View));
    }

    #[test]
    fn what_is_no_arrangement_is_refused_with_the_reason() {
        use ArrangementError::{NoView, TooDeep, TooLong, Unexpected, Version};
        let deep = format!("1 {}view{}", "row(".repeat(400), ")".repeat(400));
        let many = format!("1 row({})", "view ".repeat(10_000));
        let errors = [
            "",
            "2 view",
            "1",
            "1 row(view",
            "1 row view",
            "1 view view",
            "1 tabs(tree)",
            "1 row()",
            "1 )",
            &deep,
            &many,
        ]
        .map(|text| Dock::from_text(text).err());
        assert!(matches!(errors[0], Some(Version(_))));
        assert!(matches!(errors[1], Some(Version(_))));
        for error in &errors[2..6] {
            assert!(matches!(error, Some(Unexpected { .. })), "{error:?}");
        }
        assert_eq!(errors[6..8], [Some(NoView), Some(NoView)]);
        assert!(matches!(errors[8], Some(Unexpected { .. })));
        assert_eq!(errors[9..], [Some(TooDeep), Some(TooLong)]);
        for share in ["NaN", "inf", "-4", "1e40", "0"] {
            Dock::from_text(&format!("1 row({share} tabs(tree), view)")).ok();
        }
    }
}
