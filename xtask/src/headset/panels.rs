//! Panels in the plant, operated by ray.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{
    devices::Devices,
    hand,
    remote::{ask, until},
    scenario::PATIENCE,
};

/// The ray is on what it is aimed at when it goes by it this closely: half a key of the keyboard on the wrist.
const NEAR_M: f64 = 0.006;

/// The hands that operate them.
pub(super) struct Panels<'a>(pub(super) &'a Devices);

/// The panel that shows `name`, in the answer of `gemba.xr`.
fn panel<'a>(state: &'a Value, name: &str) -> Option<&'a Value> {
    let panels = state["panels"].as_array()?;
    panels.iter().find(|panel| panel["shows"] == name)
}

fn is_there(state: &Value, name: &str) -> bool {
    panel(state, name).is_some_and(|panel| panel["is_shown"] == true)
}

/// A widget of it.
fn widget(state: &Value, name: &str, is_it: impl Fn(&Value) -> bool) -> Option<Value> {
    let widgets = panel(state, name)?["widgets"].as_array()?;
    widgets.iter().find(|widget| is_it(widget)).cloned()
}

fn place(value: &Value) -> Option<[f64; 3]> {
    serde_json::from_value(value.clone()).ok()
}

impl Panels<'_> {
    pub(super) fn inspector_comes(&self) -> Result<()> {
        let state = until("gemba.xr", "the inspector is there", PATIENCE, |state| {
            is_there(state, "selection")
        })?;
        let panel = panel(&state, "selection").context("it is there")?;
        ensure!(panel["pin"] == "machine", "it stays with {}", panel["pin"]);
        Ok(())
    }

    /// Points at a widget of a panel, at the place of it that `at` names.
    fn point(&self, name: &str, what: &str, at: &str, is_it: impl Fn(&Value) -> bool) -> Result<()> {
        ask("gemba.xr", &json!({ "widgets": true }))?;
        self.0.set(|now| {
            now.right.pose.at_m = match name {
                "wrist" => hand::OVER_WRIST_M,
                _ => hand::BEFORE_ME_M,
            };
        });
        hand::point_at(self.0, &format!("{what} of {name}"), |state| {
            let target = widget(state, name, &is_it).and_then(|widget| place(&widget[at]));
            let is_on = target.and_then(|target| hand::miss_m(state, target));
            (
                is_on.is_some_and(|miss_m| miss_m < NEAR_M) && state["on_panel"] == true,
                target,
            )
        })
    }

    /// Presses what is called `label` on a panel.
    pub(super) fn press(&self, name: &str, label: &str) -> Result<()> {
        self.point(name, label, "at_m", |widget| widget["label"] == label)?;
        hand::click(self.0)
    }

    pub(super) fn press_a_button(&self) -> Result<()> {
        self.press("selection", "Isolate")?;
        until("gemba.view", "the block is isolated", PATIENCE, |view| {
            view["isolated"] == json!(["/World/Block"])
        })?;
        super::remote::command(&json!({ "command": "show_all" }))
    }

    pub(super) fn drag_by_head(&self) -> Result<()> {
        let at = |state: &Value| panel(state, "selection").and_then(|panel| place(&panel["at_m"]));
        let before = at(&ask("gemba.xr", &Value::Null)?).context("it is there")?;
        self.point("selection", "its head", "at_m", |widget| {
            widget["label"] == "Selection"
        })?;
        self.0.set(|now| now.right.trigger = 1.0);
        until("gemba.xr", "it is held", PATIENCE, |state| {
            panel(state, "selection").is_some_and(|panel| panel["is_held"] == true)
        })?;
        self.0.set(|now| now.turn_right_by(0.25, 0.0));
        let moved = until("gemba.xr", "it has followed the hand", PATIENCE, |state| {
            at(state).is_some_and(|now| (now[0] - before[0]).hypot(now[2] - before[2]) > 0.15)
        });
        self.0.set(|now| now.right.trigger = 0.0);
        let state = moved?;
        let pin = &panel(&state, "selection").context("it is there")?["pin"];
        ensure!(pin == "world", "what is put somewhere stays with {pin}");
        Ok(())
    }

    pub(super) fn close(&self) -> Result<()> {
        self.press("selection", "Close")?;
        until("gemba.xr", "the inspector is gone", PATIENCE, |state| {
            panel(state, "selection").is_none()
        })?;
        Ok(())
    }

    pub(super) fn drag_a_slider(&self) -> Result<()> {
        self.press("wrist", "Comfort")?;
        let is_slider = |widget: &Value| widget["label"] == "Step" && widget["number"].is_number();
        self.point("wrist", "the slider", "left_m", is_slider)?;
        let degrees = |state: &Value| state["comfort"]["snap_degrees"].as_f64();
        self.0.set(|now| now.right.trigger = 1.0);
        until("gemba.xr", "the slider is at its start", PATIENCE, |state| {
            degrees(state) == Some(10.0)
        })?;
        let dragged = self
            .point("wrist", "the slider", "right_m", is_slider)
            .and_then(|()| {
                until("gemba.xr", "the slider is far to the right", PATIENCE, |state| {
                    degrees(state).is_some_and(|degrees| degrees > 60.0)
                })
            });
        self.0.set(|now| now.right.trigger = 0.0);
        dragged?;
        Ok(())
    }

    pub(super) fn type_a_word(&self) -> Result<()> {
        self.press("wrist", "Panels")?;
        self.press("wrist", "Plant tree")?;
        until("gemba.xr", "the tree is there", PATIENCE, |state| {
            is_there(state, "plant tree")
        })?;
        let is_filter = |widget: &Value| widget["label"] == "name, type or twin";
        self.point("plant tree", "the filter", "at_m", is_filter)?;
        hand::click(self.0)?;
        until("gemba.xr", "the keyboard is there", PATIENCE, |state| {
            is_there(state, "keyboard")
        })?;
        for key in ["b", "l", "o"] {
            self.press("keyboard", key)?;
        }
        until("gemba.xr", "the word is there", PATIENCE, |state| {
            widget(state, "plant tree", |widget| widget["text"] == "blo").is_some()
        })?;
        self.press("keyboard", "Done")?;
        until("gemba.xr", "the keyboard is gone", PATIENCE, |state| {
            panel(state, "keyboard").is_none()
        })?;
        super::remote::command(&json!({ "command": "headset", "do": "close_panel", "panel": "tree" }))
    }
}
