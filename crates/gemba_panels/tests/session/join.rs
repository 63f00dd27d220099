//! The way in, and what becomes of its secret.

use egui::Key;
use egui_kittest::{
    Harness,
    kittest::{NodeT, Queryable},
};
use gemba_panels::session::*;

use crate::room::*;

const TOKEN: &str = "eyJhbGciOiJFZERTQSJ9";

#[test]
fn who_is_out_reads_why_and_finds_the_way_in() {
    for (phase, word, why) in [
        (
            SessionPhase::Refused {
                reason: "the link is used up; ask for another".to_owned(),
            },
            "refused",
            "the link is used up; ask for another",
        ),
        (
            SessionPhase::Ended {
                reason: "Ana ended the session".to_owned(),
            },
            "ended",
            "Ana ended the session",
        ),
    ] {
        let model = SessionModel {
            phase,
            ..SessionModel::default()
        };
        let (harness, ..) = panel(model, SessionView::default());
        assert!(shows(&harness, word), "{word}");
        assert!(shows(&harness, why), "{why}");
        assert!(shows(&harness, "Join"));
        assert!(!shows(&harness, "Leave"));
    }
    let (harness, ..) = panel(SessionModel::default(), SessionView::default());
    assert!(shows(&harness, "gemba relay"), "how to come by a link");
    assert!(
        harness
            .query_by_label_contains("docs/guide/meet-in-the-plant.md")
            .is_some()
    );
}

#[test]
fn one_joins_with_a_link_and_a_name() {
    let (mut harness, asked, _) = panel(SessionModel::default(), SessionView::default());
    assert!(!is_enabled(&harness, "Join"));
    assert!(shows(&harness, "Paste a join link first."));
    write(&mut harness, "Join link", "https://plant.example");
    assert!(!is_enabled(&harness, "Join"));
    assert!(shows(&harness, "A join link starts with gemba://"));
    click(&mut harness, "Join");
    let link = format!("gemba://h:4433/line-1#token={TOKEN}");
    harness.get_by_label("Join link").focus();
    harness.run_ok();
    harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
    harness.event(egui::Event::Text(format!(" {link} ")));
    harness.run_ok();
    assert!(take(&asked).is_empty());
    click(&mut harness, "Join");
    let join = |name: Option<&str>| SessionCommand::Join {
        link: LinkText(link.clone()),
        name: name.map(str::to_owned),
    };
    assert_eq!(take(&asked), [join(None)]);
    write(&mut harness, "Your name", "Ana");
    harness.key_press(Key::Enter);
    harness.run_ok();
    assert_eq!(take(&asked), [join(Some("Ana"))]);
}

/// Everything that the screen or assistive technology shows.
fn everything_shown(harness: &Harness<'_>) -> String {
    let mut text = String::new();
    for node in harness.root().children_recursive() {
        let node = node.accesskit_node();
        for part in [
            node.label(),
            node.value(),
            node.description(),
            node.placeholder().map(str::to_owned),
        ] {
            text.push_str(&part.unwrap_or_default());
            text.push('\n');
        }
    }
    text
}

#[test]
fn the_link_shows_only_on_request_and_is_forgotten_once_in() {
    let (mut harness, _, model) = panel(SessionModel::default(), SessionView::default());
    write(
        &mut harness,
        "Join link",
        &format!("gemba://h:4433/line-1#token={TOKEN}"),
    );
    for hovered in ["Join link", "Join", "Show the link"] {
        harness.get_by_label(hovered).hover();
        harness.run_ok();
        harness.run_steps(8);
        let shown = everything_shown(&harness);
        assert!(shown.contains("••••"), "dots are shown: {shown}");
        assert!(
            !shown.contains(TOKEN) && !shown.contains("4433"),
            "{hovered} gives the link away"
        );
    }
    click(&mut harness, "Show the link");
    assert!(everything_shown(&harness).contains(TOKEN));
    *model.borrow_mut() = room();
    harness.run_ok();
    *model.borrow_mut() = SessionModel::default();
    harness.run_ok();
    click(&mut harness, "Show the link");
    harness.get_by_label("Join link").focus();
    harness.run_ok();
    harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::Z);
    harness.run_ok();
    assert!(
        !everything_shown(&harness).contains(TOKEN),
        "undo brings no secret back"
    );
}
