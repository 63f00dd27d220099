//! How the dock looks, in the design tokens, and what its tabs do.

use egui::{
    Align2, Color32, CornerRadius, FontId, Id, Margin, Rect, Response, Sense, Stroke, Ui, Vec2, WidgetInfo,
    WidgetType,
};
use egui_tiles::{
    Behavior, EditAction, ResizeState, SimplificationOptions, TabState, Tile, TileId, Tiles, UiResponse,
};

use super::{INSET_PT, PanelKind};
use crate::tokens::{color, hairline, space, type_size};

/// Edge of the cross that closes a panel.
const CLOSE_PT: f32 = 8.0;

pub(super) struct DockBehavior<'a> {
    pub(super) title: &'a dyn Fn(PanelKind) -> String,
    pub(super) draw: &'a mut dyn FnMut(&mut Ui, PanelKind),
    pub(super) is_edited: bool,
    pub(super) closed: Option<PanelKind>,
}

/// Groups of one keep their bar: it is what one drags them by.
pub(super) fn simplification() -> SimplificationOptions {
    SimplificationOptions {
        prune_single_child_tabs: false,
        all_panes_must_have_tabs: false,
        flatten_tabs_in_tabs: true,
        ..SimplificationOptions::default()
    }
}

impl DockBehavior<'_> {
    /// What stands on the tab of `tile`.
    fn title_of(&self, tiles: &Tiles<PanelKind>, tile: TileId) -> (String, Option<PanelKind>) {
        match tiles.get(tile) {
            Some(Tile::Pane(panel)) => ((self.title)(*panel), Some(*panel)),
            // A group that was dropped into a group goes by what is in it.
            Some(Tile::Container(container)) => {
                let words: Vec<String> = container
                    .children()
                    .filter(|child| tiles.is_visible_in_layout(**child))
                    .take(2)
                    .map(|child| self.title_of(tiles, *child).0)
                    .collect();
                (words.join(" and "), None)
            }
            None => (String::new(), None),
        }
    }

    /// The cross on the tab in front.
    fn close_ui(&mut self, ui: &Ui, tab: Rect, id: Id, panel: PanelKind) {
        let center = tab.right_center() - Vec2::new(space::S + CLOSE_PT * 0.5, 0.0);
        let response = ui.interact(
            Rect::from_center_size(center, Vec2::splat(CLOSE_PT * 2.0)),
            id.with("close"),
            Sense::click(),
        );
        let name = format!("Close {}", panel.word());
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &name));
        let ink = if response.hovered() {
            color::text()
        } else {
            color::text_quiet()
        };
        let cross = Rect::from_center_size(center, Vec2::splat(CLOSE_PT));
        for line in [
            [cross.left_top(), cross.right_bottom()],
            [cross.right_top(), cross.left_bottom()],
        ] {
            ui.painter().line_segment(line, Stroke::new(1.2, ink));
        }
        if response
            .on_hover_text(format!("{name}; the menu Panels opens it again"))
            .clicked()
        {
            self.closed = Some(panel);
        }
    }
}

impl Behavior<PanelKind> for DockBehavior<'_> {
    fn pane_ui(&mut self, ui: &mut Ui, _: TileId, panel: &mut PanelKind) -> UiResponse {
        // The view shows what is behind the panels.
        if *panel != PanelKind::View {
            ui.painter()
                .rect_filled(ui.max_rect(), CornerRadius::ZERO, color::panel());
            egui::Frame::new()
                .inner_margin(Margin::same(INSET_PT))
                .show(ui, |ui| {
                    ui.set_min_size(ui.available_size());
                    (self.draw)(ui, *panel);
                });
        }
        UiResponse::None
    }

    fn tab_title_for_pane(&mut self, panel: &PanelKind) -> egui::WidgetText {
        (self.title)(*panel).into()
    }

    fn is_tile_draggable(&self, tiles: &Tiles<PanelKind>, tile: TileId) -> bool {
        tiles.get_pane(&tile) != Some(&PanelKind::View)
    }

    fn tab_ui(
        &mut self,
        tiles: &mut Tiles<PanelKind>,
        ui: &mut Ui,
        id: Id,
        tile: TileId,
        state: &TabState,
    ) -> Response {
        let (title, panel) = self.title_of(tiles, tile);
        let ink = if state.active {
            color::text()
        } else {
            color::text_quiet()
        };
        let galley = ui
            .painter()
            .layout_no_wrap(title, FontId::proportional(type_size::BODY), ink);
        let closable = panel.filter(|_| state.active);
        let close_pt = if closable.is_some() {
            CLOSE_PT + space::S
        } else {
            0.0
        };
        let size = Vec2::new(galley.size().x + 2.0 * space::S + close_pt, ui.available_height());
        let (_, rect) = ui.allocate_space(size);
        let response = ui
            .interact(rect, id, Sense::click_and_drag())
            .on_hover_cursor(egui::CursorIcon::Grab);
        response.widget_info(|| WidgetInfo::selected(WidgetType::Button, true, state.active, galley.text()));
        if ui.is_rect_visible(rect) && !state.is_being_dragged {
            if state.active {
                ui.painter().rect_filled(rect, CornerRadius::ZERO, color::panel());
                ui.painter().hline(
                    rect.x_range(),
                    rect.top() + 1.0,
                    Stroke::new(2.0, color::accent()),
                );
            } else if response.hovered() {
                ui.painter()
                    .rect_filled(rect, CornerRadius::ZERO, color::stripe());
            }
            let at = rect.left_center() + Vec2::new(space::S, 0.0);
            ui.painter().galley(
                Align2::LEFT_CENTER.anchor_size(at, galley.size()).min,
                galley,
                ink,
            );
            if let Some(panel) = closable {
                self.close_ui(ui, rect, id, panel);
            }
        }
        if response.middle_clicked() {
            self.closed = panel;
        }
        match panel {
            Some(panel) => response.on_hover_text(panel.hint()),
            None => response,
        }
    }

    fn tab_bar_height(&self, _: &egui::Style) -> f32 {
        space::ROW + space::XS
    }

    fn gap_width(&self, _: &egui::Style) -> f32 {
        1.0
    }

    fn min_size(&self) -> f32 {
        super::LEAST_PT
    }

    fn simplification_options(&self) -> SimplificationOptions {
        simplification()
    }

    fn resize_stroke(&self, _: &egui::Style, state: ResizeState) -> Stroke {
        match state {
            ResizeState::Idle => hairline(),
            ResizeState::Hovering | ResizeState::Dragging => Stroke::new(2.0, color::accent()),
        }
    }

    fn tab_bar_color(&self, _: &egui::Visuals) -> Color32 {
        color::sunken()
    }

    fn tab_bar_hline_stroke(&self, _: &egui::Visuals) -> Stroke {
        Stroke::NONE
    }

    fn drag_preview_stroke(&self, _: &egui::Visuals) -> Stroke {
        Stroke::new(2.0, color::accent())
    }

    fn drag_preview_color(&self, _: &egui::Visuals) -> Color32 {
        color::accent().gamma_multiply(0.25)
    }

    fn on_edit(&mut self, action: EditAction) {
        self.is_edited |= action != EditAction::TileDragged;
    }
}
