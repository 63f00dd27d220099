//! Opening a plant cold: one file, one process, one JSON line. `cargo xtask bench` runs it in turn with
//! `xtask/py/open_reference.py`, which does the same with Pixar's library.

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark prints its figures and reads the clock"
)]

use std::{error::Error, path::Path, time::Instant};

use gemba_usd::OpenOptions;

/// As in the product.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// As in the product, where it says why.
fn keep_freed_pages() {
    // `mi_option_purge_delay` of mimalloc 2, in milliseconds; the binding has no name for it.
    const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;
    #[expect(
        unsafe_code,
        reason = "the allocator's options are set through its C interface"
    )]
    // SAFETY: it stores a number in the allocator's table of options, which has this entry.
    unsafe {
        libmimalloc_sys::mi_option_set(PURGE_DELAY, 1_000);
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    keep_freed_pages();
    // cargo passes `--bench`; run by `cargo test` without a file there is nothing to measure.
    let Some(file) = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with("--"))
    else {
        return Ok(());
    };
    let started = Instant::now();
    let doc = gemba_usd::open(Path::new(&file), &OpenOptions::default(), &mut |_| {})?;
    let seconds = started.elapsed().as_secs_f64();
    let triangles: usize = doc
        .prims
        .iter()
        .filter_map(|prim| prim.mesh)
        .map(|mesh| {
            doc.meshes
                .get(mesh.index())
                .map_or(0, |mesh| mesh.indices.len() / 3)
        })
        .sum();
    println!(
        "{{\"seconds\": {seconds}, \"prims\": {}, \"triangles\": {triangles}, \"peak_bytes\": {}}}",
        doc.prims.len(),
        peak_bytes().unwrap_or(0)
    );
    Ok(())
}

/// Peak resident memory as Linux counts it.
fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace()
        .nth(1)?
        .parse::<u64>()
        .ok()
        .map(|kilobytes| kilobytes * 1024)
}
