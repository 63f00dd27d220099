//! Whose allocations are: the call stacks of some of them.

use std::{
    cell::Cell,
    ffi::c_void,
    ptr,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use serde_json::{Value, json};

/// Stacks that are kept at most; the later ones are not.
const MOST_STACKS: usize = 20_000;
/// Frames of a stack that are kept.
const DEPTH: usize = DEPTH_TOLD as usize;
/// The same, as the C library is told.
const DEPTH_TOLD: libc::c_int = 48;

/// A stack's return addresses, the innermost first, and 0 where it is shorter.
type Stack = [usize; DEPTH];

/// Every how many-th of a thread's allocations is kept; 0 is none.
static EVERY: AtomicU32 = AtomicU32::new(0);
static STACKS: Mutex<Vec<(u32, Stack)>> = Mutex::new(Vec::new());

thread_local! {
    /// Whether this thread is at a stack already: keeping one may allocate.
    static IS_AT_IT: Cell<bool> = const { Cell::new(false) };
}

fn stacks() -> MutexGuard<'static, Vec<(u32, Stack)>> {
    STACKS.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn keep(every: u32) {
    *stacks() = Vec::with_capacity(MOST_STACKS);
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
    let stack = stack();
    let mut stacks = stacks();
    if stacks.len() < MOST_STACKS {
        stacks.push((tid(), stack));
    }
    drop(stacks);
    IS_AT_IT.set(false);
}

/// The C library's: std takes a lock for its own, and code that allocates may hold it.
fn stack() -> Stack {
    let mut calls = [ptr::null_mut::<c_void>(); DEPTH];
    #[expect(
        unsafe_code,
        reason = "the C library's call stack is asked through its C interface"
    )]
    // SAFETY: it writes at most so many addresses, and there is room for them.
    unsafe {
        libc::backtrace(calls.as_mut_ptr(), DEPTH_TOLD);
    }
    calls.map(|call| call.addr())
}

pub(super) fn take() -> Value {
    let every = EVERY.swap(0, Ordering::AcqRel);
    let stacks = std::mem::take(&mut *stacks());
    let rows = stacks.into_iter().map(|(tid, stack)| {
        let depth = stack.iter().take_while(|address| **address != 0).count();
        json!({ "thread": tid, "calls": stack[..depth] })
    });
    json!({ "every": every, "stacks": rows.collect::<Vec<_>>() })
}
