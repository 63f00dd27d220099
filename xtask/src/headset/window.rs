//! Someone at the window beside whoever wears the headset.

use std::{thread::sleep, time::Duration};

use anyhow::{Context, Result, ensure};
use image::RgbImage;
use serde_json::{Value, json};

use super::{
    lab::Lab,
    remote::{ADDR, ask, command, until},
    scenario::PATIENCE,
    screen::{SIZE_PX, Screen},
    sight::Eye,
    together::Room,
    visit::{Visit, until_focused, until_whole},
};

/// A viewer beside other work sees a button that is held for so long.
const A_LOOK: Duration = Duration::from_millis(400);
/// A viewer that has just gone into a room may take a drag for a click: who draws tries again.
const TRIES: usize = 4;
const A_WHILE: Duration = Duration::from_secs(10);
/// How often the screen is looked at for a picture that is not there.
const LOOKS: usize = 40;

/// It shows the plant in every moment, and a mouse in it selects, turns the view and draws, while the person in the headset stays where
/// they are.
pub(super) fn is_of_use(lab: &Lab) -> Result<()> {
    let screen = Screen::start(lab)?;
    let [width, height] = SIZE_PX;
    let size = format!("{width}x{height}");
    let args = [
        "/out/plant.usda",
        "--xr",
        "--no-panels",
        "--size",
        &size,
        "--eye-size",
        "320x240",
        "--remote",
        ADDR,
    ];
    let mut visit = Visit::start(lab, |lab| lab.start_viewer_on(&screen, "window.log", &args))?;
    until_focused()?;
    until_whole()?;
    let block = shows_the_block(&screen)?;
    let head = || anyhow::Ok(ask("gemba.xr", &Value::Null)?["head"]["at_m"].clone());
    let stands = head()?;

    press(&screen, block, block)?;
    until("gemba.view", "the block is selected", PATIENCE, |view| {
        view["selected"] == "/World/Block"
    })?;
    draw(lab, &screen, block)?;
    let before = screen.picture()?;
    let floor = [block[0], f64::from(height) * 0.9];
    press(&screen, floor, [floor[0] - 24.0, floor[1]])?;
    // By little: the block stays in view.
    shows_the_block(&screen)?;
    let differs_ratio = whole(&before).differs_ratio(&whole(&screen.picture()?));
    ensure!(
        differs_ratio > 0.02,
        "a drag over the floor turns nothing: {differs_ratio} of the window differs"
    );
    ensure!(head()? == stands, "the person in the headset went along");
    visit.end()
}

/// Draws on the block in a room, with the mouse: the hands of the person in the headset are there too, and leave the pen alone.
fn draw(lab: &Lab, screen: &Screen, block: [f64; 2]) -> Result<()> {
    let room = Room::open(lab)?;
    command(&json!({ "command": "session", "do": "join", "link": room.link, "name": "Trainer" }))?;
    until("gemba.session", "one is in the room", PATIENCE, |session| {
        session["phase"] == "joined"
    })?;
    let mut drawn = Ok(Value::Null);
    for _ in 0..TRIES {
        command(&json!({ "command": "session", "do": "take_pen", "shape": "stroke", "text": "Here" }))?;
        press(screen, block, [block[0] + 12.0, block[1]])?;
        drawn = until("gemba.session", "the line is on the block", A_WHILE, |session| {
            let note = &session["annotations"][0];
            note["markup"] == "stroke" && note["prim"] == "/World/Block"
        });
        if drawn.is_ok() {
            break;
        }
    }
    drawn?;
    command(&json!({ "command": "session", "do": "leave" }))?;
    drop(room);
    Ok(())
}

/// Where the block is on the screen, in pixels, which never is without it.
fn shows_the_block(screen: &Screen) -> Result<[f64; 2]> {
    let mut at = [0.0; 2];
    for _ in 0..LOOKS {
        let middle = whole(&screen.picture()?)
            .red_middle()
            .context("the window shows no block")?;
        at = [0, 1].map(|axis| (middle[axis] * f64::from(SIZE_PX[axis])).round());
        sleep(Duration::from_millis(50));
    }
    Ok(at)
}

fn whole(picture: &RgbImage) -> Eye {
    Eye::of(picture, 0..picture.width())
}

/// Holds the left button down at one pixel, and lets it go at another.
fn press(screen: &Screen, from: [f64; 2], to: [f64; 2]) -> Result<()> {
    let go = |at: [f64; 2]| screen.mouse(&["mousemove", &at[0].to_string(), &at[1].to_string()]);
    go(from)?;
    sleep(A_LOOK);
    screen.mouse(&["mousedown", "1"])?;
    sleep(A_LOOK);
    // Half way first: a mouse that moves is seen in more than one place.
    for part in [0.5, 1.0] {
        go([0, 1].map(|axis| from[axis] + part * (to[axis] - from[axis])))?;
        sleep(A_LOOK);
    }
    screen.mouse(&["mouseup", "1"])?;
    sleep(A_LOOK);
    Ok(())
}
