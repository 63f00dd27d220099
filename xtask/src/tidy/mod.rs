//! `cargo xtask tidy`: the rules of the house that no compiler holds. `ARCHITECTURE.md` gives the reasons.

mod dependencies;
mod files;

use anyhow::Result;

/// Runs every rule and prints what is broken.
pub(crate) fn run() -> Result<bool> {
    let findings = findings()?;
    for finding in &findings {
        println!("tidy: {finding}");
    }
    Ok(!findings.iter().any(|finding| !finding.starts_with("note:")))
}

/// What is broken, a sentence each; notes start with `note:`.
fn findings() -> Result<Vec<String>> {
    let mut findings = dependencies::check(&crate::cargo::metadata(false)?)?;
    findings.extend(files::check(&crate::root())?);
    Ok(findings)
}
