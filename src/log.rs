//! Log lines: on standard error, filtered by `RUST_LOG`, in colour only where a terminal shows it; and the newest of them
//! for the panel of those who started the viewer without a terminal.

use std::{
    collections::VecDeque,
    fmt::{self, Write as _},
    io::{IsTerminal, stderr},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
};

use bevy::{
    log::{BoxedLayer, DEFAULT_FILTER, LogPlugin},
    prelude::*,
};
use gemba_model::{Severity, UnixNanos};
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_log::AsLog;
use tracing_subscriber::{
    EnvFilter,
    filter::LevelFilter,
    layer::{Context, Layer},
};

use crate::{schedule::GembaSystems, telemetry::Now};

/// Whoever opens a plant wants to know of the plant, not of the engine. The embedded broker calls each goodbye an error;
/// when it ends, `gemba_sources` says so.
const CHATTER: &str = "rumqttd=off,bevy_app=warn,bevy_pbr=warn,bevy_render=warn,bevy_egui=error";

/// Lines that the panel keeps.
const MOST_LINES: usize = 1_000;
/// Lines of one frame; what goes beyond is on standard error only, and counted.
const MOST_A_FRAME: usize = 1_024;
/// A longer line is cut: it is for reading.
const MOST_BYTES: usize = 2_000;

/// The log of the viewer and of every command.
#[must_use]
pub fn plugin() -> LogPlugin {
    LogPlugin {
        filter: format!("{DEFAULT_FILTER},{CHATTER}"),
        custom_layer: collect,
        fmt_layer: |_| {
            Some(Box::new(
                tracing_subscriber::fmt::Layer::default()
                    .with_ansi(stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none())
                    .with_writer(stderr),
            ))
        },
        ..LogPlugin::default()
    }
}

/// One line of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct LogLine {
    /// When the viewer took it in.
    pub at: UnixNanos,
    /// How bad.
    pub severity: Severity,
    /// Who says it: the module.
    pub target: &'static str,
    /// What, with its fields.
    pub text: Arc<str>,
}

/// The newest lines, oldest first.
#[derive(Resource, Default)]
pub struct LogLines {
    lines: VecDeque<LogLine>,
    /// Counts all lines, so that a reader sees when there are new ones.
    revision: u64,
    incoming: Option<Mutex<Receiver<Incoming>>>,
    dropped: Arc<AtomicU64>,
}

type Incoming = (Severity, &'static str, String);

impl LogLines {
    /// The lines that are kept, oldest first.
    #[must_use]
    pub fn lines(&self) -> &VecDeque<LogLine> {
        &self.lines
    }

    /// Changes when lines come.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Lines that came too fast to be kept here.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

/// Takes in the log of the frame.
#[derive(Default)]
pub struct LogLinesPlugin;

impl Plugin for LogLinesPlugin {
    fn build(&self, app: &mut App) {
        spare_unread_lines();
        app.init_resource::<LogLines>()
            .add_systems(Update, take_in.in_set(GembaSystems::Ingest));
    }
}

/// Tells those who log through the crate `log` what anybody reads. The engine's bridge asks them for every line there is,
/// and the graphics layer then names each resource of each draw in a string that nobody looks at.
fn spare_unread_lines() {
    let asked = std::env::var(EnvFilter::DEFAULT_ENV).unwrap_or_default();
    log::set_max_level(most_read(&asked));
}

/// The most verbose level of any line that is read when `RUST_LOG` is `asked`.
fn most_read(asked: &str) -> log::LevelFilter {
    let filter =
        EnvFilter::builder().parse_lossy(format!("{},{DEFAULT_FILTER},{CHATTER},{asked}", Level::INFO));
    let most = filter.max_level_hint().unwrap_or(LevelFilter::TRACE);
    most.as_log()
}

fn take_in(mut log: ResMut<LogLines>, now: Res<Now>) {
    let log = log.bypass_change_detection();
    let Some(incoming) = &log.incoming else { return };
    let incoming = incoming.lock().unwrap_or_else(PoisonError::into_inner);
    for (severity, target, text) in incoming.try_iter().take(MOST_A_FRAME) {
        log.revision += 1;
        if log.lines.len() == MOST_LINES {
            log.lines.pop_front();
        }
        log.lines.push_back(LogLine {
            at: now.0,
            severity,
            target,
            text: text.into(),
        });
    }
}

/// The layer that fills [`LogLines`].
fn collect(app: &mut App) -> Option<BoxedLayer> {
    let (lines, incoming) = sync_channel(MOST_A_FRAME);
    let dropped = Arc::new(AtomicU64::new(0));
    app.insert_resource(LogLines {
        incoming: Some(Mutex::new(incoming)),
        dropped: Arc::clone(&dropped),
        ..LogLines::default()
    });
    Some(Box::new(Collector { lines, dropped }))
}

struct Collector {
    lines: SyncSender<Incoming>,
    dropped: Arc<AtomicU64>,
}

impl<S: Subscriber> Layer<S> for Collector {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        let mut text = Text::default();
        event.record(&mut text);
        let line = (severity_of(*metadata.level()), metadata.target(), text.whole());
        if self.lines.try_send(line).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn severity_of(level: Level) -> Severity {
    match level {
        Level::ERROR => Severity::Error,
        Level::WARN => Severity::Warning,
        _ => Severity::Note,
    }
}

/// The message, then its fields.
#[derive(Default)]
struct Text {
    message: String,
    fields: String,
}

impl Text {
    fn whole(mut self) -> String {
        self.message.push_str(&self.fields);
        if self.message.len() > MOST_BYTES {
            let end = (0..=MOST_BYTES)
                .rev()
                .find(|at| self.message.is_char_boundary(*at));
            self.message.truncate(end.unwrap_or(0));
            self.message.push('…');
        }
        self.message
    }
}

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing into a string cannot fail.
        let written = if field.name() == "message" {
            write!(self.message, "{value:?}")
        } else {
            write!(self.fields, "  {}={value:?}", field.name())
        };
        if written.is_err() {
            self.fields.push('…');
        }
    }
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    #[test]
    fn nobody_makes_up_lines_that_nobody_reads() {
        assert_eq!(
            most_read(""),
            log::LevelFilter::Debug,
            "as the engine's filter has it"
        );
        assert_eq!(most_read("gemba=trace"), log::LevelFilter::Trace);
        assert_eq!(most_read("no=level=at=all"), log::LevelFilter::Debug);
    }

    #[test]
    fn lines_come_with_their_fields_and_a_flood_is_counted() {
        let mut app = App::new();
        let layer = collect(&mut app).expect("a layer");
        app.insert_resource(Now(UnixNanos(7)));
        app.add_systems(Update, take_in);
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::with_default(subscriber, || {
            tracing::warn!(file = "a.usda", "cannot be read");
            tracing::info!("{}", "ä".repeat(MOST_BYTES));
            for at in 0..MOST_A_FRAME {
                tracing::debug!(at, "more");
            }
        });
        app.update();
        let log = app.world().resource::<LogLines>();
        let first = &log.lines()[MOST_LINES - MOST_A_FRAME.min(MOST_LINES)];
        assert_eq!(first.at, UnixNanos(7));
        assert_eq!(log.lines().len(), MOST_LINES);
        assert_eq!((log.revision(), log.dropped()), (MOST_A_FRAME as u64, 2));
    }

    #[test]
    fn a_line_says_what_then_where() {
        let mut app = App::new();
        let layer = collect(&mut app).expect("a layer");
        app.insert_resource(Now(UnixNanos(7)));
        app.add_systems(Update, take_in);
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            tracing::warn!(file = "a.usda", "cannot be read");
            tracing::info!("{}", "ä".repeat(MOST_BYTES));
        });
        app.update();
        let lines = app.world().resource::<LogLines>().lines();
        assert_eq!(&*lines[0].text, "cannot be read  file=\"a.usda\"");
        assert_eq!(lines[0].severity, Severity::Warning);
        assert!(lines[1].text.len() <= MOST_BYTES + "…".len() && lines[1].text.ends_with('…'));
    }
}
