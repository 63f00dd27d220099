//! The bottling works with all its points live, against the same plant with nothing arriving.
//!
//! The simulator runs without a broker: what it publishes in a sixtieth of a second is decoded into the tag table before
//! each frame, outside the measured time, as the thread of a connection does it.

use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use anyhow::{Context, Result, bail};
use bevy::prelude::*;
use gemba::{
    binding::TwinPlan,
    command::Requested,
    plant::PlantLoad,
    telemetry::{Points, Telemetry},
};
use gemba_model::{TagId, UnixNanos};
use gemba_panels::ViewerCommand;
use gemba_sources::simulator::{PlantKind, Publication, SamplePlant};
use gemba_telemetry::{Decoder, TagTable, TopicRouter, decode};

use crate::{AIM, FRAMES, WARM_UP_FRAMES, engine, frame, gemba_plugins, picture, report, start};

const FRAME: Duration = Duration::from_micros(16_667);
const PATIENCE: Duration = Duration::from_secs(240);

pub(crate) fn measure() -> Result<()> {
    let (mut still, _) = works()?;
    let (mut live, table) = works()?;
    let mut feed = Feed::new(&live, table)?;
    // Every point has a value before anything is measured: the slowest publish every five seconds.
    for _ in 0..400 {
        feed.publish();
    }
    for _ in 0..WARM_UP_FRAMES {
        frame(&mut still)?;
        feed.publish();
        frame(&mut live)?;
    }
    let points = live.world().resource::<Points>();
    let fresh = (0..)
        .map(gemba_twin::PointIndex)
        .map_while(|point| points.get(point))
        .filter(|state| state.sample.is_some())
        .count();
    if fresh != points.len() || fresh < 400 {
        bail!("only {fresh} of {} points are live", points.len());
    }
    let (mut of_still, mut of_live) = (Vec::new(), Vec::new());
    for _ in 0..FRAMES {
        of_still.push(frame(&mut still)?);
        feed.publish();
        of_live.push(frame(&mut live)?);
    }
    report(
        &format!("CPU per frame, bottling works, {fresh} points live"),
        of_live,
        of_still,
        "the same plant, nothing arriving",
        AIM,
    )
}

/// The simulated plant, and the way of its messages into the table.
struct Feed {
    plant: Box<dyn SamplePlant>,
    out: Vec<Publication>,
    router: TopicRouter,
    decoder: Decoder,
    table: Arc<TagTable>,
}

impl Feed {
    fn new(app: &App, table: Arc<TagTable>) -> Result<Self> {
        let plan = app.world().resource::<TwinPlan>();
        let (router, issues) = TopicRouter::new(
            (0..)
                .map(TagId)
                .zip(&plan.tags)
                .map(|(tag, spec)| (&*spec.source.address, spec.source.selector.as_deref(), tag)),
        );
        if let Some(issue) = issues.first() {
            bail!("the plant's sources cannot be routed: {issue}");
        }
        Ok(Self {
            plant: PlantKind::Bottling.build(1, now(), None),
            out: Vec::new(),
            router,
            decoder: Decoder::new(decode::Limits::default()),
            table,
        })
    }

    fn publish(&mut self) {
        self.plant.step(FRAME, &mut self.out);
        let at = now();
        for publication in self.out.drain(..) {
            self.router.deliver(
                &publication.topic,
                publication.payload.as_bytes(),
                at,
                &mut self.decoder,
                &self.table,
            );
        }
    }
}

fn now() -> UnixNanos {
    UnixNanos::from_system_time(SystemTime::now())
}

/// The plant, opened and bound, seen as a whole; and the table that its samples go into.
fn works() -> Result<(App, Arc<TagTable>)> {
    let mut app = engine();
    gemba_plugins(&mut app);
    start(&mut app);
    let target = picture(&mut app);
    app.world_mut().spawn((
        Camera3d::default(),
        Msaa::Off,
        target,
        Transform::from_xyz(60.0, 35.0, 60.0).looking_at(Vec3::ZERO, Vec3::Y),
    ));
    let file = "scenes/bottling/plant.usda".into();
    app.world_mut()
        .write_message(Requested(ViewerCommand::OpenPlant { file }));
    let deadline = Instant::now() + PATIENCE;
    loop {
        app.update();
        match app.world().resource::<PlantLoad>() {
            PlantLoad::Failed { message, .. } => bail!("{message}"),
            PlantLoad::Ready => {
                let table = app.world().resource::<Telemetry>().table().cloned();
                if let Some(table) = table {
                    app.insert_resource(Telemetry::from_table(Arc::clone(&table)));
                    return Ok((app, table));
                }
            }
            _ => {}
        }
        (Instant::now() < deadline)
            .then_some(())
            .context("the bottling works did not open in time")?;
    }
}
