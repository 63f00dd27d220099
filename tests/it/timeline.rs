//! Looking back: what is shown is what was, and what is live goes on beside it.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use bevy::ecs::system::RunSystemOnce;
use gemba::{
    command::Requested,
    plant::Plant,
    telemetry::{PassedLimits, Points},
    timeline::{Cursor, HandOver, HandOverError, HandedOver, History, PlantClock, Timeline},
};
use gemba_model::{Quality, TagId, UnixNanos};
use gemba_panels::ViewerCommand;
use gemba_telemetry::PassedLimit;
use gemba_twin::PointIndex;
use tempfile::TempDir;

use crate::live::{FRAME, TestApp, grey, plant_of, secs};

const SECOND: Duration = Duration::from_secs(1);

impl TestApp {
    fn ask(&mut self, command: ViewerCommand) {
        self.app.world_mut().write_message(Requested(command));
        // One frame takes the command up, the next shows what it did.
        self.frame(FRAME);
        self.frame(FRAME);
    }

    fn go_to(&mut self, at_secs: i64, speed: f32) {
        let at_millis = secs(at_secs).as_millis();
        self.ask(ViewerCommand::SetTimeline { at_millis, speed });
    }

    fn number(&self, point: u32) -> Option<f64> {
        self.app
            .world()
            .resource::<Points>()
            .get(PointIndex(point))?
            .number()
    }

    fn limit(&self, point: u32) -> Option<PassedLimit> {
        self.app
            .world()
            .resource::<PassedLimits>()
            .of(PointIndex(point))?
            .passed
    }

    fn known_since(&self) -> Option<UnixNanos> {
        let history = self.app.world().resource::<History>();
        history.record().extent().map(|(from, _)| from)
    }

    fn clock(&self) -> UnixNanos {
        self.app.world().resource::<PlantClock>().at
    }

    /// Hands over what it recorded.
    fn hand_over(&mut self, folder: &TempDir) -> Option<PathBuf> {
        let folder = folder.path().to_owned();
        let written = self
            .app
            .world_mut()
            .run_system_once(move |past: HandOver| past.write_in(&folder));
        written.expect("a system").expect("a file")
    }

    /// What starts anew at `at_secs` with what was handed over, and opens a plant of `twins`.
    fn started_anew(past: &Path, at_secs: i64, twins: u32) -> Self {
        let mut test = Self::new();
        test.app
            .insert_resource(HandedOver::read(past).expect("what was written"));
        assert!(!past.exists(), "it goes when it was read");
        test.frame(secs(at_secs).since(test.at));
        test.open(plant_of(twins));
        test.frame(FRAME);
        test
    }

    fn is_live(&self) -> bool {
        self.app.world().resource::<Timeline>().is_live()
    }
}

/// A plant of two: the first rises by one each second from 0 at second 1, the second is said once.
fn after_20_seconds() -> TestApp {
    let mut test = TestApp::new();
    test.open(plant_of(2));
    test.publish(1, 3.0);
    for second in 0..20_u8 {
        test.frame(SECOND);
        test.publish(0, f64::from(second));
        test.frame(Duration::ZERO);
    }
    assert_eq!((test.at, test.number(0)), (secs(20), Some(19.0)));
    test
}

#[test]
fn the_past_is_shown_as_it_was_in_values_colours_qualities_and_limits() {
    let mut test = after_20_seconds();
    assert_eq!(
        (test.quality(1), test.limit(0)),
        (Quality::Stale, Some(PassedLimit::High))
    );
    test.written();

    test.go_to(6, 0.0);
    assert_eq!(test.number(0), Some(5.0));
    assert_eq!(test.record(1), grey(0.5, Quality::Good));
    assert_eq!(test.quality(1), Quality::Good, "it was not old yet");
    assert_eq!(test.limit(0), None);
    assert_eq!(test.app.world().resource::<PassedLimits>().beyond().count(), 0);
    assert_eq!(test.written(), [1, 2]);
    let clock = *test.app.world().resource::<PlantClock>();
    assert_eq!((clock.at, clock.step), (secs(6), Duration::ZERO));

    // It stands still, and a frame of it writes nothing.
    test.frame(SECOND);
    assert_eq!((test.number(0), test.written()), (Some(5.0), vec![]));

    test.go_to(11, 0.0);
    assert_eq!((test.number(0), test.quality(1)), (Some(10.0), Quality::Stale));
    assert_eq!(test.limit(0), Some(PassedLimit::High));
}

#[test]
fn the_past_is_played_and_ends_in_the_present() {
    let mut test = after_20_seconds();
    test.go_to(5, 4.0);
    test.frame(SECOND);
    let played = test.number(0);
    assert!(
        played.is_some_and(|number| (7.0..9.0).contains(&number)),
        "{played:?}"
    );
    test.frame(SECOND);
    assert_eq!(test.limit(0), Some(PassedLimit::High));
    test.frame(Duration::from_secs(9));
    assert!(test.is_live());
    test.frame(FRAME);
    assert_eq!((test.number(0), test.quality(0)), (Some(19.0), Quality::Stale));
}

#[test]
fn what_is_live_goes_on_while_one_looks_back_and_is_there_afterwards() {
    let mut test = after_20_seconds();
    test.go_to(3, 0.0);
    test.publish(0, 1.0);
    test.publish(1, 9.0);
    test.frame(SECOND);
    assert_eq!((test.number(0), test.number(1)), (Some(2.0), Some(3.0)));
    assert_eq!((test.limit(0), test.limit(1)), (None, None));
    test.written();

    test.ask(ViewerCommand::GoLive);
    assert_eq!((test.number(0), test.number(1)), (Some(1.0), Some(9.0)));
    assert_eq!((test.limit(0), test.limit(1)), (None, Some(PassedLimit::High)));
    assert_eq!(test.written(), [1, 2]);
    assert_eq!(test.record(2), grey(0.9, Quality::Good));

    // And what came meanwhile has become the past.
    let back = test.at.since(secs(0)).as_secs() as i64;
    test.go_to(back, 0.0);
    assert_eq!(test.number(1), Some(9.0));
}

#[test]
fn nobody_goes_before_what_is_known_nor_behind_now() {
    let mut test = TestApp::new();
    test.open(plant_of(1));
    test.go_to(5, 0.0);
    assert!(test.is_live(), "nothing is known yet");
    let mut test = after_20_seconds();
    test.go_to(-100, 0.0);
    let from = test.known_since();
    let cursor = test.app.world().resource::<Timeline>().cursor();
    assert_eq!(Some(cursor), from.map(|at| Cursor::Past { at, speed: 0.0 }));
    test.go_to(100, 1.0);
    assert!(test.is_live());
}

#[test]
fn another_plant_has_another_past() {
    let mut test = after_20_seconds();
    test.go_to(6, 0.0);
    test.open(plant_of(1));
    test.frame(FRAME);
    assert!(test.is_live());
    assert_eq!(test.known_since(), None);
    assert_eq!((test.number(0), test.quality(0)), (None, Quality::Stale));
    test.publish(0, 4.0);
    test.frame(FRAME);
    assert_eq!(test.number(0), Some(4.0));
}

#[test]
fn marks_say_where_limits_began_to_count() {
    let mut test = after_20_seconds();
    test.frame(SECOND);
    let history = test.app.world().resource::<History>();
    let marks: Vec<_> = history.limit_marks().collect();
    assert_eq!(marks.len(), 1);
    // 8 is the limit, and came at second 9.
    assert_eq!(
        (marks[0].at, marks[0].point, marks[0].is_outer),
        (secs(9), PointIndex(0), false)
    );
}

#[test]
fn the_viewer_that_starts_anew_knows_what_was_and_that_nobody_listened_meanwhile() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut before = after_20_seconds();
    let file = before.hand_over(&folder).expect("samples");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = file.metadata().expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "nobody else reads it");
    }
    let mut after = TestApp::started_anew(&file, 26, 3);
    assert_eq!(
        (after.is_live(), after.known_since()),
        (true, before.known_since())
    );
    assert_eq!(
        (after.number(0), after.quality(0)),
        (None, Quality::Stale),
        "nothing has come yet"
    );
    let said = |test: &TestApp| {
        test.app
            .world()
            .resource::<PassedLimits>()
            .of(PointIndex(0))
            .and_then(|judged| Some((judged.passed?, judged.since?)))
    };
    assert_eq!(said(&after), Some((PassedLimit::High, secs(9))));

    after.publish(0, 2.0);
    after.frame(SECOND);
    assert_eq!((after.number(0), after.limit(0)), (Some(2.0), None));
    after.frame(SECOND);
    // Older values than the newest one would still be fresh where nobody had gone.
    for (at, number, quality, limit) in [
        (6, 5.0, Quality::Good, None),
        (19, 18.0, Quality::Good, Some(PassedLimit::High)),
        (21, 19.0, Quality::Stale, Some(PassedLimit::High)),
        (25, 19.0, Quality::Stale, Some(PassedLimit::High)),
        (28, 2.0, Quality::Good, None),
    ] {
        after.go_to(at, 0.0);
        let shown = (after.number(0), after.quality(0), after.limit(0));
        assert_eq!(shown, (Some(number), quality, limit), "at {at} s");
    }
    let history = after.app.world().resource::<History>();
    let trend = history
        .record()
        .trend(TagId(0), secs(27), SECOND, 9, Duration::ZERO);
    let gap = [None; 7];
    assert_eq!(trend[0], Some(18.0));
    assert_eq!((&trend[1..8], trend[8]), (&gap[..], Some(2.0)));
    let marks: Vec<_> = history.limit_marks().map(|mark| mark.at).collect();
    assert_eq!(marks, [secs(9)], "no limit was passed again");
}

#[test]
fn who_looked_back_looks_back_to_the_same_instant_when_the_viewer_started_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut before = after_20_seconds();
    before.go_to(6, 0.0);
    let file = before.hand_over(&folder).expect("samples");
    let mut after = TestApp::started_anew(&file, 40, 2);
    assert_eq!((after.is_live(), after.clock()), (false, secs(6)));
    assert_eq!((after.number(0), after.number(1)), (Some(5.0), Some(3.0)));
    assert_eq!(after.quality(0), Quality::Good);
    after.ask(ViewerCommand::GoLive);
    assert_eq!((after.number(0), after.quality(0)), (None, Quality::Stale));
}

#[test]
fn a_twin_layer_that_has_changed_gets_the_past_of_what_it_still_has() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut before = after_20_seconds();
    let file = before.hand_over(&folder).expect("samples");
    let mut after = TestApp::started_anew(&file, 26, 1);
    let record = after.app.world().resource::<History>().record();
    assert_eq!(record.tags(), 1);
    after.go_to(6, 0.0);
    assert_eq!(after.number(0), Some(5.0));
}

#[test]
fn nothing_is_taken_over_of_another_plant_and_nothing_handed_over_where_nothing_came() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut before = after_20_seconds();
    before.app.world_mut().resource_mut::<Plant>().file = PathBuf::from("other.usda");
    let file = before.hand_over(&folder).expect("samples");
    let after = TestApp::started_anew(&file, 26, 2);
    assert_eq!((after.is_live(), after.known_since()), (true, None));

    let mut test = TestApp::new();
    assert_eq!(test.hand_over(&folder), None, "there is no plant");
    test.open(plant_of(2));
    assert_eq!(test.hand_over(&folder), None, "no sample came");
}

#[test]
fn a_file_that_is_no_past_is_told_and_goes() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("past");
    let read = |file: &Path| HandedOver::read(file).err().expect("no past");
    let error = read(&file);
    assert!(matches!(error, HandOverError::NotRead { .. }), "{error}");
    std::fs::write(&file, "GEMBARECord").expect("a file");
    let error = read(&file);
    assert!(matches!(error, HandOverError::NoRecord { .. }), "{error}");
    assert!(error.to_string().contains(&file.display().to_string()));
    assert!(!file.exists());
}
