//! The bar in windows of every width.

use egui::{Rect, Vec2};
use egui_kittest::{Harness, kittest::Queryable};
use gemba_panels::*;

use crate::drive::{harness, path};

const PLANT: &str = "bottling_works.usda";
/// Everything in the bar, by its word, from left to right.
const WORDS: [&str; 15] = [
    "Tree",
    PLANT,
    "Orbit",
    "Walk",
    "Fly",
    "Whole plant",
    "Home",
    "Views",
    "Cameras",
    "Labels",
    "Guides",
    "Enter VR",
    "Details",
    "Keys",
    // Below the bar, so that it is seen that the bar covers nothing.
    "Selection",
];

fn desktop() -> Harness<'static> {
    let model = DesktopModel {
        toolbar: ToolbarModel {
            plant: PLANT.into(),
            cameras: vec![(path("/Plant/Overview"), "Overview".into())],
            ..ToolbarModel::default()
        },
        loading: LoadingModel::Ready,
        ..DesktopModel::default()
    };
    let mut view = DesktopView::default();
    harness(move |ui, commands| {
        desktop_ui(ui, &model, &mut view, commands);
    })
    .0
}

fn places(harness: &Harness<'_>) -> Vec<(&'static str, Rect)> {
    WORDS
        .iter()
        .map(|word| (*word, harness.get_by_label(word).rect()))
        .collect()
}

#[test]
fn nothing_in_the_bar_covers_anything_else_however_narrow_the_window_is() {
    let mut harness = desktop();
    for width_pt in [640.0, 900.0, 1280.0] {
        harness.set_size(Vec2::new(width_pt, 700.0));
        harness.run_ok();
        harness.run_ok();
        let places = places(&harness);
        for (row, (word, place)) in places.iter().enumerate() {
            assert!(
                place.left() >= 0.0 && place.right() <= width_pt && place.width() > 8.0,
                "{word} at {place} in {width_pt}"
            );
            for (other, elsewhere) in &places[..row] {
                let shared = place.intersect(*elsewhere);
                assert!(
                    !shared.is_positive(),
                    "{word} covers {other} at {width_pt}: {shared}"
                );
            }
        }
    }
}

#[test]
fn a_wide_bar_is_one_row_with_the_switches_at_its_right_end() {
    let mut harness = desktop();
    harness.set_size(Vec2::new(1280.0, 700.0));
    harness.run_ok();
    harness.run_ok();
    let places = places(&harness);
    let bar = &places[..WORDS.len() - 1];
    for pair in bar.windows(2) {
        let ((left, before), (right, after)) = (pair[0], pair[1]);
        assert!(before.right() <= after.left(), "{left} before {right}");
        assert!(
            (before.center().y - after.center().y).abs() < 4.0,
            "{left} beside {right}"
        );
    }
    assert!(bar[bar.len() - 1].1.right() > 1240.0, "{bar:?}");
}
