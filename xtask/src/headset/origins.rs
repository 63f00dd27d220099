//! Whose the allocations of a frame are: the viewer keeps call stacks of some, and here they get names.

use std::{collections::BTreeMap, path::Path, process::Command, thread::sleep, time::Duration};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::remote::ask;

/// Every how many-th allocation is asked whose it is: a prime, because frames repeat themselves.
const EVERY: u32 = 61;
const LOOKS_FOR: Duration = Duration::from_secs(20);
/// Lines of each list that are printed.
const LINES: usize = 20;
/// Who allocates for somebody else: the callers of these are meant.
const GO_BETWEENS: [&str; 14] = [
    "T",
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
/// What stands at the bottom of every stack of ours.
const AT_THE_BOTTOM: [&str; 3] = ["gemba::main", "gemba::cli", "gemba::viewer"];

/// Allocations a frame, by whom they are made.
pub(super) struct Origins {
    by_crate: BTreeMap<String, f64>,
    by_anybody: BTreeMap<String, f64>,
    /// By the innermost function of ours that they are made for; the others have none.
    by_function: BTreeMap<String, f64>,
}

/// Looks for a while at those of the threads that `is_meant`; `gemba` is the program that `pid` runs.
pub(super) fn look(gemba: &Path, pid: u32, is_meant: impl Fn(u32) -> bool) -> Result<Origins> {
    let functions = Functions::of(gemba, pid)?;
    let count = || {
        ask("gemba.frame", &Value::Null)?["count"]
            .as_f64()
            .context("frames are counted")
    };
    ask("gemba.allocations", &json!({ "every": EVERY }))?;
    let before = count()?;
    sleep(LOOKS_FOR);
    let frames = count()? - before;
    let kept = ask("gemba.allocations", &Value::Null)?;
    let each = kept["every"].as_f64().context("the share is said")? / frames;
    let mut origins = Origins {
        by_crate: BTreeMap::new(),
        by_anybody: BTreeMap::new(),
        by_function: BTreeMap::new(),
    };
    for stack in kept["stacks"].as_array().context("stacks are a list")? {
        let thread = stack["thread"].as_u64().and_then(|tid| u32::try_from(tid).ok());
        if !thread.is_some_and(&is_meant) {
            continue;
        }
        let calls = stack["calls"].as_array().context("a stack is a list")?;
        let calls = calls.iter().filter_map(Value::as_u64);
        let (by, of_ours) = origin(calls.filter_map(|call| functions.at(call)));
        let by = by.unwrap_or("(nobody known)");
        *origins.by_anybody.entry(by.to_owned()).or_default() += each;
        let name = by.split("::").next().unwrap_or_default();
        *origins.by_crate.entry(name.to_owned()).or_default() += each;
        if let Some(function) = of_ours {
            *origins.by_function.entry(function.to_owned()).or_default() += each;
        }
    }
    Ok(origins)
}

impl Origins {
    /// Those that are made for a function of ours.
    pub(super) fn ours(&self) -> f64 {
        self.by_function.values().sum()
    }

    /// Prints the largest.
    pub(super) fn print(&self) {
        let lists = [
            ("crate", &self.by_crate),
            ("function", &self.by_anybody),
            ("function of ours that they are for", &self.by_function),
        ];
        for (title, counts) in lists {
            let sum: f64 = counts.values().sum();
            let mut counts = Vec::from_iter(counts);
            counts.sort_by(|(_, a), (_, b)| b.total_cmp(a));
            println!("      allocations a frame, {sum:.0} by {title}:");
            for (name, count) in counts.iter().take(LINES) {
                println!("      {count:8.0} {name}");
            }
        }
    }
}

/// The function that allocated, and the innermost of ours, of a stack's functions from the innermost on.
fn origin<'a>(functions: impl Iterator<Item = &'a str>) -> (Option<&'a str>, Option<&'a str>) {
    let is_of = |path: &str, of: &str| {
        let rest = path.strip_prefix(of);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '_', ' ', '>']))
    };
    let mut by = None;
    for name in functions {
        // That of `<&dyn a::B as c::D>::e` is of `a`.
        let path = name
            .trim_start_matches(['<', '&', '*'])
            .trim_start_matches("dyn ")
            .trim_start_matches("mut ");
        if path.starts_with("__") || GO_BETWEENS.iter().any(|between| is_of(path, between)) {
            continue;
        }
        let by = *by.get_or_insert(path);
        let is_ours = path.starts_with("gemba") && !AT_THE_BOTTOM.iter().any(|bottom| is_of(path, bottom));
        if is_ours {
            return (Some(by), Some(path));
        }
    }
    (by, None)
}

/// The functions of a running program, by where they begin.
struct Functions {
    names: BTreeMap<u64, String>,
    loaded_at: u64,
}

impl Functions {
    fn of(program: &Path, pid: u32) -> Result<Self> {
        let symbols = Command::new("nm")
            .args(["--demangle", "--defined-only"])
            .arg(program)
            .output()
            .context("cannot start nm")?;
        let symbols = String::from_utf8_lossy(&symbols.stdout);
        let names = symbols.lines().filter_map(|line| {
            let (address, rest) = line.split_once(' ')?;
            let (kind, name) = rest.split_once(' ')?;
            let address = u64::from_str_radix(address, 16).ok()?;
            matches!(kind, "t" | "T" | "w" | "W").then(|| (address, name.to_owned()))
        });
        let names = names.collect();
        // See proc_pid_maps(5): the first is that of the file's first bytes.
        let maps = std::fs::read_to_string(format!("/proc/{pid}/maps"))?;
        let file_name = program.file_name().and_then(|name| name.to_str());
        let first = maps
            .lines()
            .find(|line| line.rsplit('/').next() == file_name)
            .and_then(|line| line.split_once('-'))
            .and_then(|(address, _)| u64::from_str_radix(address, 16).ok());
        let loaded_at = first.context("the program is not where the kernel says")?;
        Ok(Self { names, loaded_at })
    }

    /// The one that a call returns into.
    fn at(&self, return_address: u64) -> Option<&str> {
        let call = return_address.checked_sub(self.loaded_at)?.checked_sub(1)?;
        let (last, _) = self.names.last_key_value()?;
        let (_, name) = self.names.range(..=call).next_back()?;
        (call < last + 0x10_0000).then_some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caller_is_meant_and_not_the_vector() {
        let for_labels = [
            "__rust_alloc",
            "alloc::vec::Vec<T>::push",
            "<bevy_render::Batch as core::Add>::add",
            "<gemba::visual::labels::Labels as bevy_ecs::system::System>::run",
            "gemba::main",
        ];
        let (by, of_ours) = origin(for_labels.into_iter());
        assert_eq!(by, Some("bevy_render::Batch as core::Add>::add"));
        let labels = "gemba::visual::labels::Labels as bevy_ecs::system::System>::run";
        assert_eq!(of_ours, Some(labels));
        let (by, of_ours) = origin(["core::iter::next", "wgpu_core::f", "gemba::main"].into_iter());
        assert_eq!((by, of_ours), (Some("wgpu_core::f"), None));
    }
}
