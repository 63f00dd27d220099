//! Whose allocations are: the call stacks of some of them.

use std::{
    backtrace::Backtrace,
    cell::Cell,
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use serde_json::{Value, json};

/// Stacks that are kept at most; the later ones are not.
const MOST_STACKS: usize = 20_000;
/// Who allocates for somebody else: the callers of these are meant.
const GO_BETWEENS: [&str; 14] = [
    "__rust",
    "alloc",
    "arrayvec",
    "core",
    "fixedbitset",
    "gemba::allocator",
    "hashbrown",
    "indexmap",
    "mimalloc",
    "parking_lot",
    "serde",
    "slotmap",
    "smallvec",
    "std",
];

/// Every how many-th of a thread's allocations is kept; 0 is none.
static EVERY: AtomicU32 = AtomicU32::new(0);
static STACKS: Mutex<Vec<(u32, Backtrace)>> = Mutex::new(Vec::new());

thread_local! {
    /// Whether this thread is at a stack already: taking one allocates.
    static IS_AT_IT: Cell<bool> = const { Cell::new(false) };
}

fn stacks() -> MutexGuard<'static, Vec<(u32, Backtrace)>> {
    STACKS.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn keep(every: u32) {
    stacks().clear();
    EVERY.store(every, Ordering::Release);
}

/// A thread's allocation, of which there were so many before.
pub(super) fn note(before: u64, tid: impl FnOnce() -> u32) {
    let every = EVERY.load(Ordering::Acquire);
    if every == 0 || !before.is_multiple_of(u64::from(every)) {
        return;
    }
    let is_first = IS_AT_IT.try_with(|is_at_it| !is_at_it.replace(true));
    if is_first != Ok(true) {
        return;
    }
    let stack = Backtrace::force_capture();
    let mut stacks = stacks();
    if stacks.len() < MOST_STACKS {
        stacks.push((tid(), stack));
    }
    drop(stacks);
    IS_AT_IT.set(false);
}

pub(super) fn take() -> Value {
    let every = EVERY.swap(0, Ordering::AcqRel);
    let stacks = std::mem::take(&mut *stacks());
    let mut counts = BTreeMap::<(u32, String, Option<String>), u64>::new();
    for (tid, stack) in stacks {
        let (by, of_ours) = origin(&stack.to_string());
        *counts.entry((tid, by, of_ours)).or_default() += u64::from(every);
    }
    let rows = counts.into_iter().map(
        |((tid, by, of_ours), count)| json!({ "thread": tid, "by": by, "of_ours": of_ours, "count": count }),
    );
    rows.collect()
}

/// The function that allocated, and the innermost of ours.
fn origin(stack: &str) -> (String, Option<String>) {
    let lines = stack
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("at "));
    let names = lines.map(|line| {
        let name = line.split_once(": ").map_or(line, |(number, name)| {
            let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
            if is_number { name } else { line }
        });
        name.trim_start_matches(['<', '&', '*'])
            .trim_start_matches("dyn ")
            .trim_start_matches("mut ")
    });
    let is_of = |name: &str, path: &str| {
        let rest = name.strip_prefix(path);
        rest.is_some_and(|rest| path.starts_with("__") || rest.starts_with("::") || rest.starts_with('_'))
    };
    let (mut by, mut of_ours) = (None, None);
    for name in names {
        if GO_BETWEENS.iter().any(|between| is_of(name, between)) {
            continue;
        }
        let is_ours = name.starts_with("gemba") && !name.starts_with("gemba::main");
        if is_ours && of_ours.is_none() {
            of_ours = Some(name.to_owned());
        }
        by.get_or_insert_with(|| name.to_owned());
    }
    (by.unwrap_or_default(), of_ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caller_is_meant_and_not_the_vector() {
        let stack = "   0: std::backtrace::Backtrace::create\n             at /rustc/x.rs:1:2\n   1: __rust_alloc\n   2: alloc::vec::Vec<T>::push\n      \
            bevy_render::batching::add\n   3: <gemba::visual::labels::Labels as bevy_ecs::system::System>::run\n   4: gemba::main";
        assert_eq!(
            origin(stack),
            (
                "bevy_render::batching::add".to_owned(),
                Some("gemba::visual::labels::Labels as bevy_ecs::system::System>::run".to_owned())
            )
        );
    }
}
