//! Waking up on time: to a fifth of a millisecond, where the runtime's timers count whole ones and end late by up to two.
//!
//! A thread of its own waits, because only the system's timers are that exact. It is one for the whole process, starts
//! when it is first asked and costs nothing while nobody waits.

use std::{
    collections::BTreeMap,
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

use parking_lot::{Condvar, Mutex};
use tokio::{sync::oneshot, time};

use crate::clock;

/// How much too early an alarm may ring, so that those who wake at about the same time are woken once.
const EARLY: Duration = Duration::from_micros(200);

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
        let woken = keeper().map(|keeper| keeper.set(at));
        Self { at, woken }
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

/// What the thread and those who ask it share.
#[derive(Default)]
struct Keeper {
    waiting: Mutex<Waiting>,
    has_earlier: Condvar,
}

#[derive(Default)]
struct Waiting {
    /// By time, and by number where two are at once.
    alarms: BTreeMap<(Instant, u64), oneshot::Sender<()>>,
    count: u64,
}

/// The thread that wakes; `None` where the system gives none.
fn keeper() -> Option<&'static Keeper> {
    static KEEPER: OnceLock<Keeper> = OnceLock::new();
    static IS_KEPT: OnceLock<bool> = OnceLock::new();
    let keeper = KEEPER.get_or_init(Keeper::default);
    let is_kept = IS_KEPT.get_or_init(|| {
        let started = thread::Builder::new()
            .name("alarm".to_owned())
            .spawn(|| keeper.keep());
        if let Err(error) = &started {
            tracing::warn!(%error, "no thread for exact timers: the session's beat is a millisecond off");
        }
        started.is_ok()
    });
    is_kept.then_some(keeper)
}

impl Keeper {
    fn set(&self, at: Instant) -> oneshot::Receiver<()> {
        let (wake, woken) = oneshot::channel();
        let is_first = {
            let mut waiting = self.waiting.lock();
            waiting.count += 1;
            let key = (at, waiting.count);
            waiting.alarms.insert(key, wake);
            waiting
                .alarms
                .first_key_value()
                .is_some_and(|(first, _)| *first == key)
        };
        // The thread sleeps until the first; for any other it need not be woken.
        if is_first {
            self.has_earlier.notify_one();
        }
        woken
    }

    /// Wakes who is to be woken, for ever.
    fn keep(&self) -> ! {
        let mut waiting = self.waiting.lock();
        loop {
            let now = clock::instant();
            let later = waiting.alarms.split_off(&(now + EARLY, u64::MAX));
            let due = std::mem::replace(&mut waiting.alarms, later);
            if !due.is_empty() {
                // Whoever is woken may want to set the next at once.
                parking_lot::MutexGuard::unlocked(&mut waiting, || {
                    for wake in due.into_values() {
                        if wake.send(()).is_err() {
                            tracing::trace!("nobody waits for this alarm any more");
                        }
                    }
                });
                continue;
            }
            match waiting.alarms.first_key_value() {
                Some((&(at, _), _)) => {
                    self.has_earlier.wait_until(&mut waiting, at);
                }
                None => self.has_earlier.wait(&mut waiting),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn alarms_ring_in_their_order_and_not_too_early() {
        let begun = clock::instant();
        let after = |millis| begun + Duration::from_millis(millis);
        let (mut late, mut early) = (Alarm::set(after(30)), Alarm::set(after(10)));
        drop(Alarm::set(after(5)));
        tokio::select! {
            () = late.rings() => panic!("it rang first"),
            () = early.rings() => {}
        }
        assert!(clock::instant() + EARLY >= after(10));
        // It was waited for in vain, and rings all the same; and who comes late does not wait again.
        late.rings().await;
        assert!(clock::instant() + EARLY >= after(30));
        late.rings().await;
        sleep_until(begun).await;
    }
}
