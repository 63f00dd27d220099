//! How often each thread asks.

use std::{
    alloc::{GlobalAlloc, Layout},
    cell::Cell,
    sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering},
};

use mimalloc::MiMalloc;
use serde_json::{Map, Value};

use super::origins;

/// Threads beyond this are counted together with the last.
const MOST_THREADS: usize = 256;

/// What one thread asked for.
struct Slot {
    tid: AtomicU32,
    allocations: AtomicU64,
}

static SLOTS: [Slot; MOST_THREADS] = [const {
    Slot {
        tid: AtomicU32::new(0),
        allocations: AtomicU64::new(0),
    }
}; MOST_THREADS];
static NEXT: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// Made without an allocation and dropped without one, as what an allocator uses must be.
    static OWN: Cell<Option<usize>> = const { Cell::new(None) };
}

fn count() {
    let own = OWN.try_with(|own| {
        own.get().unwrap_or_else(|| {
            let index = NEXT.fetch_add(1, Ordering::Relaxed).min(MOST_THREADS - 1);
            own.set(Some(index));
            SLOTS[index].tid.store(tid(), Ordering::Relaxed);
            index
        })
    });
    // A thread that ends may free and allocate after its own variables are gone.
    if let Ok(index) = own {
        let before = SLOTS[index].allocations.fetch_add(1, Ordering::Relaxed);
        origins::note(before, || SLOTS[index].tid.load(Ordering::Relaxed));
    }
}

fn tid() -> u32 {
    #[expect(unsafe_code, reason = "std has no name for a thread's number")]
    // SAFETY: it takes nothing and cannot fail.
    let tid = unsafe { libc::gettid() };
    tid.unsigned_abs()
}

pub(super) fn by_thread() -> Value {
    let used = NEXT.load(Ordering::Relaxed).min(MOST_THREADS);
    let counts = SLOTS[..used].iter().map(|slot| {
        let allocations = slot.allocations.load(Ordering::Relaxed);
        (slot.tid.load(Ordering::Relaxed).to_string(), allocations.into())
    });
    Value::Object(counts.collect::<Map<String, Value>>())
}

/// [`MiMalloc`] that counts.
pub struct Counting;

#[expect(unsafe_code, reason = "an allocator is unsafe to implement")]
// SAFETY: every call is handed on as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as the caller promises.
        unsafe { MiMalloc.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as the caller promises.
        unsafe { MiMalloc.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as the caller promises.
        unsafe { MiMalloc.realloc(at, layout, size) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { MiMalloc.dealloc(at, layout) }
    }
}
