//! Keeps the tree of tiles in a shape that makes sense, whatever was dropped where.

use egui::Vec2;
use egui_tiles::{Container, Linear, LinearDir, Tile, TileId, Tree};

use super::{DROPPED_RATIO, LEAST_PT, MOST_PT, PanelKind, VIEW_RATIO, along, linear_of};

/// Gives the view all that the panels beside it leave. A fresh arrangement takes its sizes from the window.
pub(super) fn fit(tree: &mut Tree<PanelKind>, mut size: Vec2, is_fresh: bool) {
    let (Some(view), Some(mut at)) = (tree.tiles.find_pane(&PanelKind::View), tree.root()) else {
        return;
    };
    while let Some(linear) = linear_of(&tree.tiles, at) {
        let dir = linear.dir;
        let length = along(dir, size);
        let Some(toward) = linear
            .children
            .iter()
            .copied()
            .find(|child| holds(tree, *child, view))
        else {
            return;
        };
        let beside: Vec<(TileId, f32)> = linear
            .children
            .iter()
            .filter(|child| **child != toward)
            .map(|child| (*child, wanted(linear.shares[*child], length, is_fresh)))
            .collect();
        let taken: f32 = beside
            .iter()
            .filter(|(child, _)| tree.tiles.is_visible_in_layout(*child))
            .map(|(_, share)| share)
            .sum();
        // Shares are relative: where the panels want too much, all of them give way.
        let left = (length - taken).max(taken * VIEW_RATIO / (1.0 - VIEW_RATIO));
        if let Some(Tile::Container(Container::Linear(linear))) = tree.tiles.get_mut(at) {
            for (child, share) in beside {
                linear.shares.set_share(child, share);
            }
            linear.shares.set_share(toward, left);
        }
        let got = length * left / (left + taken).max(1.0);
        match dir {
            LinearDir::Horizontal => size.x = got,
            LinearDir::Vertical => size.y = got,
        }
        at = toward;
    }
}

/// The points that a panel beside the view gets of `length`.
fn wanted(share: f32, length: f32, is_fresh: bool) -> f32 {
    if !share.is_finite() || share < LEAST_PT {
        // What was just dropped has a share of 1.
        return (length * DROPPED_RATIO).max(LEAST_PT);
    }
    if is_fresh {
        // Wide enough to read, not wider than a window of 1280 points has room for.
        let ratio = share / 1280.0;
        return (length * ratio).clamp(share * 0.85, share * 1.15);
    }
    share.min(MOST_PT)
}

/// Whether `tile` is `wanted` or holds it.
fn holds(tree: &Tree<PanelKind>, tile: TileId, wanted: TileId) -> bool {
    let children = tree.tiles.get_container(tile).map(Container::children);
    tile == wanted || children.is_some_and(|mut children| children.any(|child| holds(tree, *child, wanted)))
}

/// The view has no tab, and everything else has one: what was dropped onto the view stands below it, and what was dropped
/// between others gets a bar to drag it by.
pub(super) fn tidy(tree: &mut Tree<PanelKind>) {
    take_view_out_of_tabs(tree);
    let loose: Vec<TileId> = tree
        .tiles
        .iter()
        .filter(|(_, tile)| matches!(tile, Tile::Pane(panel) if *panel != PanelKind::View))
        .map(|(tile, _)| *tile)
        .filter(|tile| {
            let parent = tree.tiles.parent_of(*tile);
            !parent.is_some_and(|parent| matches!(tree.tiles.get_container(parent), Some(Container::Tabs(_))))
        })
        .collect();
    for tile in loose {
        let parent = tree.tiles.parent_of(tile);
        let tabs = tree.tiles.insert_tab_tile(vec![tile]);
        replace(tree, parent, tile, tabs);
    }
}

fn take_view_out_of_tabs(tree: &mut Tree<PanelKind>) {
    let Some(view) = tree.tiles.find_pane(&PanelKind::View) else {
        return;
    };
    let Some(parent) = tree.tiles.parent_of(view) else {
        return;
    };
    let Some(Tile::Container(Container::Tabs(tabs))) = tree.tiles.get_mut(parent) else {
        return;
    };
    tabs.children.retain(|child| *child != view);
    tabs.active = tabs.children.first().copied();
    let grandparent = tree.tiles.parent_of(parent);
    let column = tree
        .tiles
        .insert_container(Linear::new(LinearDir::Vertical, vec![view, parent]));
    replace(tree, grandparent, parent, column);
}

/// Puts `new` where `old` was; at the root where it had no parent.
fn replace(tree: &mut Tree<PanelKind>, parent: Option<TileId>, old: TileId, new: TileId) {
    let Some(parent) = parent else {
        tree.root = Some(new);
        return;
    };
    match tree.tiles.get_mut(parent) {
        Some(Tile::Container(Container::Linear(linear))) => {
            if let Some(child) = linear.children.iter_mut().find(|child| **child == old) {
                *child = new;
            }
            linear.shares.replace_with(old, new);
        }
        Some(Tile::Container(Container::Tabs(tabs))) => {
            if let Some(child) = tabs.children.iter_mut().find(|child| **child == old) {
                *child = new;
            }
            if tabs.active == Some(old) {
                tabs.active = Some(new);
            }
        }
        _ => {}
    }
}
