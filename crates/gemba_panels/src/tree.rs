//! The plant tree: every prim, found by expanding or by filtering.
//!
//! Only rows in sight are drawn. The flat list of visible rows is made anew when a row opens or closes, when the filter
//! changes or when another plant is opened, never per frame.

use std::{collections::HashSet, sync::Arc};

use egui::{RichText, ScrollArea, Ui};
use gemba_model::PrimPath;

use crate::{
    ViewerCommand,
    tokens::{color, space},
};

/// One prim of the tree, in depth-first order.
#[derive(Clone, Debug, PartialEq)]
pub struct TreeRow {
    /// The prim.
    pub path: PrimPath,
    /// What to show as its name.
    pub name: Arc<str>,
    /// USD type; empty for typeless prims.
    pub type_name: Arc<str>,
    /// The twin's id, where the prim is a twin.
    pub twin: Option<Arc<str>>,
    /// Steps below the root prims.
    pub depth: u16,
    /// This prim and everything below it, at least 1.
    pub subtree_len: u32,
}

/// What the tree shows.
#[derive(Clone, Debug, Default)]
pub struct TreeModel {
    /// Every prim, depth-first.
    pub rows: Arc<[TreeRow]>,
    /// Changes when `rows` is another plant.
    pub revision: u64,
    /// The selected row.
    pub selected: Option<u32>,
}

/// What a person opened and typed.
#[derive(Clone, Debug, Default)]
pub struct TreeView {
    filter: String,
    open: HashSet<u32>,
    visible: Vec<u32>,
    built_for: Option<u64>,
    revealed: Option<u32>,
    scroll_to: Option<u32>,
}

impl TreeView {
    /// Rows that are not folded away or filtered out, in order.
    #[must_use]
    pub fn visible(&self) -> &[u32] {
        &self.visible
    }

    fn rebuild(&mut self, model: &TreeModel) {
        if self.built_for != Some(model.revision) {
            self.built_for = Some(model.revision);
            self.open = open_at_first(&model.rows);
            self.revealed = None;
        }
        let words: Vec<String> = self.filter.split_whitespace().map(str::to_lowercase).collect();
        self.visible = if words.is_empty() {
            unfolded(&model.rows, &self.open)
        } else {
            matching(&model.rows, &words)
        };
    }

    /// Opens what hides the selection, once for each new selection.
    fn reveal(&mut self, model: &TreeModel) {
        if self.revealed == model.selected {
            return;
        }
        self.revealed = model.selected;
        let Some(selected) = model.selected else { return };
        self.open.extend(ancestors(&model.rows, selected));
        self.scroll_to = Some(selected);
        self.rebuild(model);
    }
}

/// Draws the tree: a filter field, and the rows in sight.
pub fn plant_tree_ui(ui: &mut Ui, model: &TreeModel, view: &mut TreeView, commands: &mut Vec<ViewerCommand>) {
    if view.built_for != Some(model.revision) {
        view.rebuild(model);
    }
    view.reveal(model);
    filter_ui(ui, model, view);
    ui.add_space(space::XS);
    if view.visible.is_empty() {
        let why = if model.rows.is_empty() {
            "No plant is open."
        } else {
            "No prim matches the filter."
        };
        ui.label(RichText::new(why).color(color::text_quiet()));
        return;
    }
    let mut toggled = None;
    let scroll_to = view
        .scroll_to
        .take()
        .and_then(|row| view.visible.binary_search(&row).ok());
    let area = ScrollArea::both().auto_shrink([false, false]);
    area.show_rows(ui, space::ROW, view.visible.len(), |ui, range| {
        if let Some(at) = scroll_to {
            scroll_to_row(ui, at as f32 - range.start as f32);
        }
        for &row in view.visible.get(range).unwrap_or_default() {
            row_ui(ui, model, row, view, &mut toggled, commands);
        }
    });
    if let Some(row) = toggled {
        if !view.open.remove(&row) {
            view.open.insert(row);
        }
        view.rebuild(model);
    }
}

/// Brings the row that is `rows_down` from the first one drawn into the middle, at once: a tree may be a kilometre long.
fn scroll_to_row(ui: &Ui, rows_down: f32) {
    let pitch_pt = space::ROW + ui.spacing().item_spacing.y;
    let top_left = ui.max_rect().left_top() + egui::vec2(0.0, rows_down * pitch_pt);
    let rect = egui::Rect::from_min_size(top_left, egui::vec2(1.0, space::ROW));
    ui.scroll_to_rect_animation(
        rect,
        Some(egui::Align::Center),
        egui::style::ScrollAnimation::none(),
    );
}

fn filter_ui(ui: &mut Ui, model: &TreeModel, view: &mut TreeView) {
    ui.horizontal(|ui| {
        let label = ui.label("Filter");
        let width_pt = (ui.available_width() - space::ROW - space::S).max(60.0);
        let field = egui::TextEdit::singleline(&mut view.filter)
            .hint_text("name, type or twin")
            .desired_width(width_pt);
        let changed = ui.add(field).labelled_by(label.id).changed();
        let clear = !view.filter.is_empty() && close_button_ui(ui, "Clear filter").clicked();
        if clear {
            view.filter.clear();
        }
        if changed || clear {
            view.rebuild(model);
        }
    });
}

/// A small button with a painted cross.
pub(crate) fn close_button_ui(ui: &mut Ui, label: &str) -> egui::Response {
    let (rect, response) = ui.allocate_exact_size(egui::Vec2::splat(space::ROW), egui::Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, true, label));
    let visuals = ui.style().interact(&response);
    let mark = crate::marks::Mark {
        shape: crate::marks::MarkShape::Cross,
        color: visuals.fg_stroke.color,
        word: "",
    };
    ui.painter()
        .rect_filled(rect.shrink(2.0), space::RADIUS, visuals.bg_fill);
    crate::marks::paint_mark(ui.painter(), rect.center(), space::MARK * 0.8, mark);
    response.on_hover_text(label)
}

fn row_ui(
    ui: &mut Ui,
    model: &TreeModel,
    index: u32,
    view: &TreeView,
    toggled: &mut Option<u32>,
    commands: &mut Vec<ViewerCommand>,
) {
    let Some(row) = model.rows.get(index as usize) else {
        return;
    };
    ui.horizontal(|ui| {
        ui.set_height(space::ROW);
        ui.spacing_mut().item_spacing.x = space::XS;
        ui.add_space(f32::from(row.depth) * space::INDENT);
        let has_children = row.subtree_len > 1;
        if has_children && view.filter.is_empty() {
            if fold_button_ui(ui, &row.name, view.open.contains(&index)).clicked() {
                *toggled = Some(index);
            }
        } else {
            ui.add_space(space::INDENT + space::XS);
        }
        let selected = model.selected == Some(index);
        let text = match &row.twin {
            Some(_) => RichText::new(&*row.name).strong(),
            None => RichText::new(&*row.name),
        };
        let response = ui
            .selectable_label(selected, text)
            .on_hover_text(row.path.as_str());
        let note = row
            .twin
            .as_deref()
            .filter(|id| *id != &*row.name)
            .unwrap_or(&row.type_name);
        ui.label(RichText::new(note).small().color(color::text_quiet()));
        if response.clicked() {
            commands.push(ViewerCommand::SelectPrim {
                prim: row.path.clone(),
            });
        }
        if response.double_clicked() {
            commands.push(ViewerCommand::FocusPrim {
                prim: row.path.clone(),
            });
        }
    });
}

fn fold_button_ui(ui: &mut Ui, name: &str, open: bool) -> egui::Response {
    let (rect, response) =
        ui.allocate_exact_size(egui::Vec2::new(space::INDENT, space::ROW), egui::Sense::click());
    let verb = if open { "Fold" } else { "Unfold" };
    response
        .widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, true, format!("{verb} {name}")));
    let square = egui::Rect::from_center_size(rect.center(), egui::Vec2::splat(space::MARK));
    let icon = egui::Response {
        rect: square,
        ..response.clone()
    };
    egui::collapsing_header::paint_default_icon(ui, if open { 1.0 } else { 0.0 }, &icon);
    response
}

/// The shallow rows that fit a screen, so that a new plant shows its structure and not one folded line.
fn open_at_first(rows: &[TreeRow]) -> HashSet<u32> {
    const SCREENFUL: usize = 40;
    let mut open = HashSet::new();
    for depth in 0..8 {
        let mut next = open.clone();
        next.extend(indices(rows).filter(|&at| rows[at as usize].depth == depth));
        if unfolded(rows, &next).len() > SCREENFUL {
            break;
        }
        open = next;
    }
    open
}

fn indices(rows: &[TreeRow]) -> impl Iterator<Item = u32> {
    0..u32::try_from(rows.len()).unwrap_or(u32::MAX)
}

fn unfolded(rows: &[TreeRow], open: &HashSet<u32>) -> Vec<u32> {
    let mut visible = Vec::new();
    let mut at = 0;
    while let Some(row) = rows.get(at as usize) {
        visible.push(at);
        at += if open.contains(&at) {
            1
        } else {
            row.subtree_len.max(1)
        };
    }
    visible
}

/// Rows that hold all of `words` in name, type or twin id, with what they hang under.
fn matching(rows: &[TreeRow], words: &[String]) -> Vec<u32> {
    let mut visible = Vec::new();
    // Rows from the root down to the present one that are not in `visible` yet.
    let mut pending: Vec<u32> = Vec::new();
    for at in indices(rows) {
        let row = &rows[at as usize];
        pending.retain(|&above| is_above(rows, above, at));
        pending.push(at);
        let text = format!(
            "{} {} {}",
            row.name,
            row.type_name,
            row.twin.as_deref().unwrap_or_default()
        )
        .to_lowercase();
        if words.iter().all(|word| text.contains(word.as_str())) {
            visible.append(&mut pending);
        }
    }
    visible
}

fn is_above(rows: &[TreeRow], above: u32, at: u32) -> bool {
    rows.get(above as usize)
        .is_some_and(|row| (above..above + row.subtree_len).contains(&at))
}

fn ancestors(rows: &[TreeRow], at: u32) -> Vec<u32> {
    let mut depth = rows.get(at as usize).map_or(0, |row| row.depth);
    let mut above = Vec::new();
    for candidate in (0..at).rev() {
        if depth == 0 {
            break;
        }
        if rows[candidate as usize].depth < depth {
            depth = rows[candidate as usize].depth;
            above.push(candidate);
        }
    }
    above
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(path: &str, subtree_len: u32) -> TreeRow {
        let path = PrimPath::new(path).expect("a prim path");
        TreeRow {
            name: path.name().into(),
            depth: u16::try_from(path.as_str().matches('/').count() - 1).expect("a depth"),
            path,
            type_name: "Xform".into(),
            twin: None,
            subtree_len,
        }
    }

    fn plant() -> Vec<TreeRow> {
        vec![
            row("/P", 5),
            row("/P/A", 3),
            row("/P/A/Pump", 1),
            row("/P/A/Tank", 1),
            row("/P/B", 1),
        ]
    }

    #[test]
    fn folded_rows_hide_what_is_below() {
        assert_eq!(unfolded(&plant(), &HashSet::new()), [0]);
        assert_eq!(unfolded(&plant(), &HashSet::from([0])), [0, 1, 4]);
        assert_eq!(unfolded(&plant(), &HashSet::from([0, 1])), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn a_filter_keeps_matches_and_what_they_hang_under() {
        assert_eq!(matching(&plant(), &["tank".to_owned()]), [0, 1, 3]);
        assert_eq!(matching(&plant(), &["b".to_owned()]), [0, 4]);
        assert!(matching(&plant(), &["valve".to_owned()]).is_empty());
    }

    #[test]
    fn a_selection_opens_its_ancestors() {
        let model = TreeModel {
            rows: plant().into(),
            revision: 1,
            selected: Some(3),
        };
        let mut view = TreeView {
            built_for: Some(1),
            ..TreeView::default()
        };
        view.reveal(&model);
        assert_eq!(view.visible(), [0, 1, 2, 3, 4]);
    }
}
