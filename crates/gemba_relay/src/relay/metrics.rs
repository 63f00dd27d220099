//! What a relay counts, and how Prometheus reads it (text format 0.0.4).

use std::{
    fmt::Write,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// A number that grows.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    pub(crate) fn take(&self, less: u64) {
        self.0.fetch_sub(less, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Upper bounds of the buckets of a commit's time, in microseconds.
const BUCKETS_MICROS: [u64; 8] = [250, 500, 1_000, 2_500, 5_000, 25_000, 100_000, 1_000_000];

/// Everything that is counted.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    pub(crate) rooms: Counter,
    pub(crate) rooms_read_only: Counter,
    pub(crate) participants: Counter,
    pub(crate) joins: Counter,
    pub(crate) join_refusals: Counter,
    pub(crate) connections_refused: Counter,
    pub(crate) handshakes_failed: Counter,
    pub(crate) operations: Counter,
    pub(crate) operation_refusals: Counter,
    pub(crate) presence_received: Counter,
    pub(crate) presence_dropped: Counter,
    pub(crate) presence_sent: Counter,
    pub(crate) presence_sent_bytes: Counter,
    pub(crate) presence_unsent: Counter,
    pub(crate) received_bytes: Counter,
    pub(crate) sent_bytes: Counter,
    pub(crate) slow_readers: Counter,
    pub(crate) flooders: Counter,
    pub(crate) protocol_faults: Counter,
    pub(crate) tokens_ended: Counter,
    pub(crate) audit_left_out: Counter,
    commits: Counter,
    commits_failed: Counter,
    commit_micros: Counter,
    commit_buckets: [Counter; BUCKETS_MICROS.len()],
}

impl Metrics {
    /// A transaction ended.
    pub(crate) fn on_commit(&self, took: Duration, is_stored: bool) {
        if !is_stored {
            self.commits_failed.add(1);
            return;
        }
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.commits.add(1);
        self.commit_micros.add(micros);
        if let Some(at) = BUCKETS_MICROS.iter().position(|bound| micros <= *bound) {
            self.commit_buckets[at].add(1);
        }
    }

    /// All of it as text.
    pub(crate) fn render(&self, connections: u32) -> String {
        let mut text = String::with_capacity(4 << 10);
        let gauges = [
            ("connections", "Connections.", u64::from(connections)),
            ("rooms", "Open rooms.", self.rooms.get()),
            (
                "rooms_read_only",
                "Rooms that cannot store anything.",
                self.rooms_read_only.get(),
            ),
            ("participants", "People in rooms.", self.participants.get()),
        ];
        for (name, help, value) in gauges {
            one(&mut text, name, "gauge", help, value);
        }
        for (name, help, counter) in self.counters() {
            one(
                &mut text,
                &format!("{name}_total"),
                "counter",
                help,
                counter.get(),
            );
        }
        self.render_commits(&mut text);
        text
    }

    /// Name, explanation and value of everything that only grows.
    fn counters(&self) -> [(&'static str, &'static str, &Counter); 19] {
        [
            ("joins", "Connections let into a room.", &self.joins),
            (
                "join_refusals",
                "Connections not let in, by token, proof or room.",
                &self.join_refusals,
            ),
            (
                "connections_refused",
                "Connections refused by number.",
                &self.connections_refused,
            ),
            (
                "handshakes_failed",
                "Connections that did not come as far as a greeting.",
                &self.handshakes_failed,
            ),
            ("operations", "Entries made durable.", &self.operations),
            (
                "operation_refusals",
                "Operations refused.",
                &self.operation_refusals,
            ),
            (
                "presence_received",
                "Presence datagrams taken.",
                &self.presence_received,
            ),
            (
                "presence_dropped",
                "Presence datagrams dropped: too many, or none at all.",
                &self.presence_dropped,
            ),
            ("presence_sent", "Presence datagrams sent.", &self.presence_sent),
            ("presence_sent_bytes", "Their bytes.", &self.presence_sent_bytes),
            (
                "presence_unsent",
                "Presence datagrams that a link did not take.",
                &self.presence_unsent,
            ),
            (
                "received_bytes",
                "Bytes of messages received.",
                &self.received_bytes,
            ),
            ("sent_bytes", "Bytes of messages sent.", &self.sent_bytes),
            (
                "slow_readers",
                "Connections ended because they read too slowly.",
                &self.slow_readers,
            ),
            (
                "flooders",
                "Connections ended because they asked for too much.",
                &self.flooders,
            ),
            (
                "protocol_faults",
                "Connections ended because they broke the protocol.",
                &self.protocol_faults,
            ),
            (
                "tokens_ended",
                "Connections ended because their token was revoked or expired.",
                &self.tokens_ended,
            ),
            (
                "audit_left_out",
                "Refusals that are not in the audit log line by line.",
                &self.audit_left_out,
            ),
            (
                "commits_failed",
                "Transactions that the disk refused.",
                &self.commits_failed,
            ),
        ]
    }

    fn render_commits(&self, text: &mut String) {
        let name = "gemba_relay_commit_seconds";
        let mut lines = format!("# HELP {name} Time of a durable transaction.\n# TYPE {name} histogram\n");
        let mut below = 0;
        for (bound, counter) in BUCKETS_MICROS.iter().zip(&self.commit_buckets) {
            below += counter.get();
            let bound = Duration::from_micros(*bound).as_secs_f64();
            lines.push_str(&format!("{name}_bucket{{le=\"{bound}\"}} {below}\n"));
        }
        let (count, sum) = (
            self.commits.get(),
            Duration::from_micros(self.commit_micros.get()),
        );
        lines.push_str(&format!(
            "{name}_bucket{{le=\"+Inf\"}} {count}\n{name}_sum {}\n{name}_count {count}\n",
            sum.as_secs_f64()
        ));
        text.push_str(&lines);
    }
}

fn one(text: &mut String, name: &str, kind: &str, help: &str, value: u64) {
    let name = format!("gemba_relay_{name}");
    if writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}").is_err() {
        tracing::trace!("a string takes everything");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_add_up() {
        let metrics = Metrics::default();
        for micros in [100, 400, 2_000_000] {
            metrics.on_commit(Duration::from_micros(micros), true);
        }
        metrics.on_commit(Duration::ZERO, false);
        let text = metrics.render(3);
        for line in [
            "gemba_relay_connections 3",
            "gemba_relay_commit_seconds_bucket{le=\"0.00025\"} 1",
            "gemba_relay_commit_seconds_bucket{le=\"0.0005\"} 2",
            "gemba_relay_commit_seconds_bucket{le=\"1\"} 2",
            "gemba_relay_commit_seconds_bucket{le=\"+Inf\"} 3",
            "gemba_relay_commit_seconds_sum 2.0005",
            "gemba_relay_commits_failed_total 1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }
}
