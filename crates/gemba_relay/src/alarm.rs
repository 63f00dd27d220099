//! Waking up on time: to a tenth of a millisecond, where the runtime's timers count whole ones and end late by up to two.
//!
//! A thread of its own waits, because only the system's timers are that exact. It is one for the whole process, starts
//! when it is first asked and costs nothing while nobody waits.

use std::{
    collections::BTreeMap,
    sync::{
        OnceLock,
        mpsc::{self, Receiver, RecvTimeoutError, SyncSender},
    },
    thread,
    time::{Duration, Instant},
};

use tokio::{sync::oneshot, time};

use crate::clock;

/// Alarms that may wait to be set; those beyond are left to the runtime.
const REQUESTS_WAITING: usize = 1_024;

/// Waits until it is `at`. May be dropped while it waits.
pub(crate) async fn sleep_until(at: Instant) {
    Alarm::set(at).rings().await;
}

/// An alarm that is set once and can be waited for in turns.
#[derive(Debug)]
pub(crate) struct Alarm {
    at: Instant,
    woken: Option<oneshot::Receiver<()>>,
}

impl Alarm {
    /// One for this instant.
    pub(crate) fn set(at: Instant) -> Self {
        let (wake, woken) = oneshot::channel();
        let is_set = keeper().is_some_and(|keeper| keeper.try_send(Request { at, wake }).is_ok());
        Self {
            at,
            woken: is_set.then_some(woken),
        }
    }

    /// Waits for it. May be dropped while it waits, and waited for again.
    pub(crate) async fn rings(&mut self) {
        if let Some(woken) = &mut self.woken {
            let has_rung = woken.await.is_ok();
            self.woken = None;
            if has_rung {
                return;
            }
        }
        time::sleep_until(self.at.into()).await;
    }
}

struct Request {
    at: Instant,
    wake: oneshot::Sender<()>,
}

/// The thread's other end; `None` where the system gives no thread.
fn keeper() -> Option<&'static SyncSender<Request>> {
    static KEEPER: OnceLock<Option<SyncSender<Request>>> = OnceLock::new();
    let start = || {
        let (ask, asked) = mpsc::sync_channel(REQUESTS_WAITING);
        let started = thread::Builder::new()
            .name("alarm".to_owned())
            .spawn(move || keep(&asked));
        match started {
            Ok(_) => Some(ask),
            Err(error) => {
                tracing::warn!(%error, "no thread for exact timers: the session's beat is a millisecond off");
                None
            }
        }
    };
    KEEPER.get_or_init(start).as_ref()
}

/// Wakes who is to be woken, for as long as somebody can ask.
fn keep(asked: &Receiver<Request>) {
    // By time, and by number where two are at once.
    let mut waiting: BTreeMap<(Instant, u64), oneshot::Sender<()>> = BTreeMap::new();
    let mut count = 0;
    loop {
        let now = clock::instant();
        let mut wait = Duration::MAX;
        while let Some(first) = waiting.first_entry() {
            let (at, _) = *first.key();
            if at > now {
                wait = at - now;
                break;
            }
            if first.remove().send(()).is_err() {
                tracing::trace!("nobody waits for this alarm any more");
            }
        }
        match asked.recv_timeout(wait) {
            Ok(request) => {
                count += 1;
                waiting.insert((request.at, count), request.wake);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn alarms_ring_in_their_order_and_never_too_early() {
        let begun = clock::instant();
        let after = |millis| begun + Duration::from_millis(millis);
        let (mut late, mut early) = (Alarm::set(after(30)), Alarm::set(after(10)));
        drop(Alarm::set(after(5)));
        tokio::select! {
            () = late.rings() => panic!("it rang first"),
            () = early.rings() => {}
        }
        assert!(clock::instant() >= after(10));
        // It was waited for in vain, and rings all the same; and who comes late does not wait again.
        late.rings().await;
        assert!(clock::instant() >= after(30));
        late.rings().await;
        sleep_until(begun).await;
    }
}
