//! Sizes of files, and what may not stand in them.

use std::{path::Path, process::Command};

use anyhow::{Context, Result, bail};

/// Lines at which tidy asks, and at which it stops.
const ASK_LINES: usize = 600;
const STOP_LINES: usize = 1_000;
/// Bytes above which a file does not belong in the repository.
const STOP_BYTES: u64 = 4 << 20;

/// Checks every file that git knows.
pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    for file in tracked(root)? {
        let path = root.join(&file);
        let Ok(metadata) = path.metadata() else { continue };
        if metadata.len() > STOP_BYTES {
            findings.push(format!(
                "{file} has {} MB; keep generated and large files out",
                metadata.len() >> 20
            ));
            continue;
        }
        if !file.ends_with(".rs") && !file.ends_with(".wgsl") {
            continue;
        }
        let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {file}"))?;
        findings.extend(check_source(&file, &text));
    }
    findings.extend(every_crate_is_on_the_map(root)?);
    Ok(findings)
}

fn check_source(file: &str, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    match text.lines().count() {
        lines if lines > STOP_LINES => {
            findings.push(format!("{file} has {lines} lines; split it by concept"));
        }
        lines if lines > ASK_LINES => {
            findings.push(format!("note: {file} has {lines} lines; is it one idea?"));
        }
        _ => {}
    }
    if file.ends_with(".rs") && !text.trim_start().starts_with("//!") && !text.starts_with("#!") {
        findings.push(format!(
            "{file} does not open with `//!`: say what it owns and who calls it"
        ));
    }
    let ignored = concat!("#[", "ignore");
    if text.contains(ignored) {
        findings.push(format!(
            "{file} ignores a test; a test that cannot run is a counted skip"
        ));
    }
    // xtask asks at run time, and has this to fall back on.
    let checkout = concat!("env!(\"CARGO_MANIFEST", "_DIR\"");
    if text.contains(checkout) && file != "xtask/src/main.rs" {
        findings.push(format!(
            "{file} compiles in where the checkout lay; tests and benchmarks run in their package's folder, so a relative path does"
        ));
    }
    findings
}

/// `ARCHITECTURE.md` names every crate.
fn every_crate_is_on_the_map(root: &Path) -> Result<Vec<String>> {
    let map = std::fs::read_to_string(root.join("ARCHITECTURE.md")).context("cannot read ARCHITECTURE.md")?;
    let mut findings = Vec::new();
    for entry in root.join("crates").read_dir()? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !map.contains(&name) {
            findings.push(format!("ARCHITECTURE.md does not name {name}"));
        }
    }
    findings.sort();
    Ok(findings)
}

/// Files that git tracks or would track.
fn tracked(root: &Path) -> Result<Vec<String>> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .context("cannot start git")?;
    if !output.status.success() {
        bail!("git ls-files ended with {}", output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(str::to_owned)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_opens_with_its_purpose_and_stays_small() {
        assert!(check_source("a.rs", "//! What it owns.\n").is_empty());
        assert_eq!(check_source("a.rs", "fn f() {}\n").len(), 1);
        let long = format!("//! Long.\n{}", "\n".repeat(STOP_LINES));
        assert!(
            check_source("a.rs", &long)
                .iter()
                .any(|finding| finding.contains("split"))
        );
    }

    #[test]
    fn no_source_knows_where_the_checkout_lay() {
        let text = concat!(
            "//! Opens a plant.\nconst AT: &str = env!(\"CARGO_MANIFEST",
            "_DIR\");\n"
        );
        assert_eq!(check_source("tests/it/a.rs", text).len(), 1);
        assert!(check_source("xtask/src/main.rs", text).is_empty());
    }
}
