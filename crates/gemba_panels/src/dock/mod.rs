//! Where the panels are: a dock of tiles around the plant's own view, which a person rearranges by dragging tabs.
//!
//! The view is one of the tiles, has no tab and cannot be closed or moved; everything else can. Panels that are closed keep
//! their place. Beside the view, shares of the space are points, so that a larger window gives its room to the plant and not
//! to the panels.

mod behavior;
mod shape;
mod text;

use behavior::{DockBehavior, simplification};
use egui::{Rect, Ui, Vec2};
use egui_tiles::{Container, LinearDir, Tile, TileId, Tiles, Tree};
use serde::{Deserialize, Serialize};

pub use text::{ArrangementError, MAX_TEXT_BYTES};

use crate::tokens::space;

/// A tile of the dock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PanelKind {
    /// The plant itself.
    View,
    /// The tree of the scene.
    Tree,
    /// The inspector.
    Selection,
    /// What cuts the plant and what is left to be seen.
    Section,
    /// The people in the plant, their chat and notes.
    People,
    /// The points beyond a limit.
    Limits,
    /// The connections.
    Connections,
    /// The issues.
    Issues,
    /// The log.
    Log,
}

impl PanelKind {
    /// All but the view, in the order of the menu.
    pub const PANELS: [Self; 8] = [
        Self::Tree,
        Self::Selection,
        Self::Section,
        Self::People,
        Self::Limits,
        Self::Connections,
        Self::Issues,
        Self::Log,
    ];

    /// Its name in a saved arrangement: never changed.
    fn key(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Tree => "tree",
            Self::Selection => "selection",
            Self::Section => "section",
            Self::People => "people",
            Self::Limits => "limits",
            Self::Connections => "connections",
            Self::Issues => "issues",
            Self::Log => "log",
        }
    }

    /// What it is called.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::View => "Plant",
            Self::Tree => "Plant tree",
            Self::Selection => "Selection",
            Self::Section => "Section",
            Self::People => "People",
            Self::Limits => "Limits",
            Self::Connections => "Connections",
            Self::Issues => "Issues",
            Self::Log => "Log",
        }
    }

    /// What it is for.
    pub(crate) fn hint(self) -> &'static str {
        match self {
            Self::View => "The plant",
            Self::Tree => "Everything in the scene, by name",
            Self::Selection => "What is selected, its twin and its live points",
            Self::Section => "Cut the plant open, isolate and hide",
            Self::People => "Who is in the plant, their notes and chat",
            Self::Limits => "Points beyond a limit",
            Self::Connections => "Where values come from, and how each link is",
            Self::Issues => "What is wrong in scene, twin layer and links",
            Self::Log => "What the viewer said",
        }
    }

    fn of_key(key: &str) -> Option<Self> {
        [Self::View]
            .into_iter()
            .chain(Self::PANELS)
            .find(|panel| panel.key() == key)
    }

    /// All but the tree: what the switch "Details" hides and shows together.
    fn is_detail(self) -> bool {
        !matches!(self, Self::View | Self::Tree)
    }
}

/// The arrangement that a new person gets.
const DEFAULT: &str = "1 row(260 tabs(tree*), view, \
     340 column(1.6 tabs(selection* section people log), 1 tabs(limits* connections issues)))";

/// How far the arrangement that a new person gets has been fitted to their window.
enum Fit {
    /// Nobody has seen it yet.
    Fresh,
    /// It was, to this size; a window may get its scale and its size with its second frame.
    Tried {
        /// As it was before.
        unfitted: Box<Tree<PanelKind>>,
        size: Vec2,
    },
    /// From now on its sizes are the person's.
    Done,
}

/// The panels and where they are.
pub struct Dock {
    tree: Tree<PanelKind>,
    /// Details that were shown when the details were hidden together.
    hidden_together: Vec<PanelKind>,
    fit: Fit,
    is_edited: bool,
}

impl std::fmt::Debug for Dock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.to_text())
    }
}

impl Default for Dock {
    fn default() -> Self {
        let tree = text::read(DEFAULT).map_or_else(|_| Tree::empty("gemba-dock"), |(tree, _)| tree);
        Self {
            fit: Fit::Fresh,
            ..Self::of(tree)
        }
    }
}

impl Dock {
    fn of(tree: Tree<PanelKind>) -> Self {
        Self {
            tree,
            hidden_together: Vec::new(),
            fit: Fit::Done,
            is_edited: false,
        }
    }

    /// A dock that holds nothing, to stand in for one that is being drawn.
    pub(crate) fn nowhere() -> Self {
        Self::of(Tree::empty("gemba-nowhere"))
    }

    /// The arrangement that `text` says, and what of it is not known here.
    ///
    /// # Errors
    /// [`ArrangementError`] where nothing can be made of it.
    pub fn from_text(text: &str) -> Result<(Self, Vec<String>), ArrangementError> {
        let (tree, notes) = text::read(text)?;
        let mut dock = Self::of(tree);
        shape::tidy(&mut dock.tree);
        Ok((dock, notes))
    }

    /// The arrangement as a line of text.
    #[must_use]
    pub fn to_text(&self) -> String {
        text::write(&self.tree)
    }

    /// Whether it was rearranged since this was last asked.
    pub fn take_edited(&mut self) -> bool {
        std::mem::take(&mut self.is_edited)
    }

    /// Puts everything where a new person finds it.
    pub fn reset(&mut self) {
        *self = Self {
            is_edited: true,
            ..Self::default()
        };
    }

    /// Whether a panel is open, be it behind another tab.
    #[must_use]
    pub fn is_open(&self, panel: PanelKind) -> bool {
        self.tree
            .tiles
            .find_pane(&panel)
            .is_some_and(|tile| self.tree.is_visible(tile))
    }

    /// Whether a panel is open and in front of its group.
    #[must_use]
    pub fn is_in_front(&self, panel: PanelKind) -> bool {
        let Some(tile) = self.tree.tiles.find_pane(&panel) else {
            return false;
        };
        self.tree.active_tiles().contains(&tile)
    }

    /// Opens or closes a panel; the view is always open.
    pub fn set_open(&mut self, panel: PanelKind, is_open: bool) {
        let Some(tile) = self.tree.tiles.find_pane(&panel) else {
            return;
        };
        if panel != PanelKind::View && self.tree.is_visible(tile) != is_open {
            self.tree.set_visible(tile, is_open);
            self.is_edited = true;
        }
    }

    /// Opens a panel and puts it in front of its group.
    pub fn show_panel(&mut self, panel: PanelKind) {
        self.set_open(panel, true);
        self.is_edited |= !self.is_in_front(panel);
        self.tree
            .make_active(|_, tile| matches!(tile, Tile::Pane(pane) if *pane == panel));
    }

    /// Whether any of the details is open.
    #[must_use]
    pub fn are_details_open(&self) -> bool {
        PanelKind::PANELS
            .into_iter()
            .any(|panel| panel.is_detail() && self.is_open(panel))
    }

    /// Closes all details, or opens those again that were closed together.
    pub fn set_details_open(&mut self, are_open: bool) {
        if are_open == self.are_details_open() {
            return;
        }
        let details = || PanelKind::PANELS.into_iter().filter(|panel| panel.is_detail());
        if are_open {
            let mut panels = std::mem::take(&mut self.hidden_together);
            if panels.is_empty() {
                panels = details().collect();
            }
            panels.into_iter().for_each(|panel| self.set_open(panel, true));
        } else {
            self.hidden_together = details().filter(|panel| self.is_open(*panel)).collect();
            details().for_each(|panel| self.set_open(panel, false));
        }
    }

    fn fit(&mut self, size: Vec2) {
        let unfitted = match std::mem::replace(&mut self.fit, Fit::Done) {
            Fit::Fresh => Box::new(self.tree.clone()),
            Fit::Tried {
                unfitted,
                size: tried,
            } if tried != size => unfitted,
            Fit::Tried { .. } | Fit::Done => {
                shape::fit(&mut self.tree, size, false);
                return;
            }
        };
        self.tree = (*unfitted).clone();
        shape::fit(&mut self.tree, size, true);
        self.fit = Fit::Tried { unfitted, size };
    }

    /// Draws the panels with what `draw` puts into each, under titles by `title`, and gives the rectangle of the view.
    pub(crate) fn show(
        &mut self,
        ui: &mut Ui,
        title: &dyn Fn(PanelKind) -> String,
        draw: &mut dyn FnMut(&mut Ui, PanelKind),
    ) -> Rect {
        let whole = ui.available_rect_before_wrap();
        self.fit(whole.size());
        self.tree.simplify(&simplification());
        let mut behavior = DockBehavior {
            title,
            draw,
            is_edited: false,
            closed: None,
        };
        self.tree.ui(&mut behavior, ui);
        let (is_edited, closed) = (behavior.is_edited, behavior.closed);
        self.is_edited |= is_edited;
        if let Some(panel) = closed {
            self.set_open(panel, false);
        }
        if is_edited {
            shape::tidy(&mut self.tree);
        }
        let view = self.tree.tiles.find_pane(&PanelKind::View);
        view.and_then(|view| self.tree.tiles.rect(view)).unwrap_or(whole)
    }
}

/// The smallest that a panel beside the view gets, and what one gets that was just dropped there.
const LEAST_PT: f32 = 96.0;
/// Wider than any screen.
const MOST_PT: f32 = 8_192.0;
const DROPPED_RATIO: f32 = 0.28;
/// The view keeps this part of the window, however much the panels want.
const VIEW_RATIO: f32 = 0.4;

fn linear_of(tiles: &Tiles<PanelKind>, tile: TileId) -> Option<&egui_tiles::Linear> {
    match tiles.get_container(tile)? {
        Container::Linear(linear) => Some(linear),
        _ => None,
    }
}

/// The extent of `size` along `dir`.
fn along(dir: LinearDir, size: Vec2) -> f32 {
    match dir {
        LinearDir::Horizontal => size.x,
        LinearDir::Vertical => size.y,
    }
}

/// The inset of what is in a panel.
const INSET_PT: i8 = space::M as i8;
