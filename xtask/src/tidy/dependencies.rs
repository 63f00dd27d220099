//! The direction of dependencies, single versions, and licences.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde_json::Value;

/// Which of our crates each of our crates may use. A crate that is not here must be added on purpose.
const MAY_USE: &[(&str, &[&str])] = &[
    ("gemba_model", &[]),
    ("gemba_usd", &["gemba_model"]),
    ("gemba_twin", &["gemba_model", "gemba_usd"]),
    ("gemba_historian", &["gemba_model"]),
    ("gemba_telemetry", &["gemba_model"]),
    ("gemba_sources", &["gemba_model", "gemba_telemetry"]),
    ("gemba_panels", &["gemba_model", "gemba_xr"]),
    ("gemba_session", &["gemba_model"]),
    ("gemba_relay", &["gemba_model", "gemba_session"]),
    ("gemba_xr", &[]),
    (
        "gemba",
        &[
            "gemba_model",
            "gemba_usd",
            "gemba_twin",
            "gemba_historian",
            "gemba_telemetry",
            "gemba_sources",
            "gemba_panels",
            "gemba_session",
            "gemba_relay",
            "gemba_xr",
        ],
    ),
    ("xtask", &[]),
];

/// Foreign crates by prefix, and the only crates of ours that may use them directly.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("bevy", &["gemba"]),
    ("wgpu", &["gemba"]),
    ("winit", &["gemba"]),
    ("openxr", &["gemba"]),
    ("ash", &["gemba"]),
    ("egui", &["gemba", "gemba_panels"]),
    ("tokio", &["gemba_sources", "gemba_relay"]),
    ("rumqtt", &["gemba_sources"]),
    ("rustls", &["gemba_sources", "gemba_relay"]),
    ("quinn", &["gemba_relay"]),
    ("redb", &["gemba_relay"]),
    ("ring", &["gemba_relay"]),
    ("pco", &["gemba_historian"]),
    ("openusd", &["gemba_usd"]),
];

/// Crates of which two versions would mean two worlds of types.
const SINGLE: &[&str] = &["egui", "wgpu", "glam", "bevy_ecs"];

/// Checks what `cargo metadata` says.
pub(super) fn check(metadata: &Value) -> Result<Vec<String>> {
    let packages = metadata["packages"]
        .as_array()
        .context("cargo metadata has no packages")?;
    let mut findings = directions(packages);
    findings.extend(single_versions(packages));
    findings.extend(licences(packages)?);
    Ok(findings)
}

fn name(package: &Value) -> &str {
    package["name"].as_str().unwrap_or_default()
}

/// Names of the crates that `package` uses itself; development dependencies may go where they like.
fn uses(package: &Value) -> impl Iterator<Item = &str> {
    let dependencies = package["dependencies"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    dependencies
        .iter()
        .filter(|dependency| dependency["kind"] != "dev")
        .map(name)
}

fn directions(packages: &[Value]) -> Vec<String> {
    let mut findings = Vec::new();
    let ours: Vec<&Value> = packages
        .iter()
        .filter(|package| package["source"].is_null())
        .collect();
    for package in &ours {
        let user = name(package);
        let Some((_, allowed)) = MAY_USE.iter().find(|(ours, _)| *ours == user) else {
            findings.push(format!(
                "{user} is not in the map of crates (xtask/src/tidy/dependencies.rs); add it there"
            ));
            continue;
        };
        for used in uses(package) {
            if ours.iter().any(|ours| name(ours) == used) && !allowed.contains(&used) {
                findings.push(format!(
                    "{user} may not use {used}: siblings do not know each other"
                ));
            }
            let forbidden = ONLY_IN
                .iter()
                .find(|(prefix, users)| used.starts_with(prefix) && !users.contains(&user));
            if let Some((_, users)) = forbidden {
                findings.push(format!(
                    "{user} may not use {used}: only {} may",
                    users.join(" and ")
                ));
            }
        }
    }
    findings
}

fn single_versions(packages: &[Value]) -> Vec<String> {
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in packages {
        versions
            .entry(name(package))
            .or_default()
            .insert(package["version"].as_str().unwrap_or_default());
    }
    let doubled = SINGLE.iter().filter_map(|single| {
        versions
            .get(single)
            .filter(|found| found.len() > 1)
            .map(|f| (single, f))
    });
    doubled
        .map(|(single, found)| {
            format!(
                "{single} is there in versions {}",
                Vec::from_iter(found.iter().copied()).join(" and ")
            )
        })
        .collect()
}

/// Each dependency's licence must be met by `deny.toml`'s list. cargo-deny checks more; this needs nothing installed.
fn licences(packages: &[Value]) -> Result<Vec<String>> {
    let deny = crate::root().join("deny.toml");
    let deny: toml::Table = std::fs::read_to_string(&deny)
        .with_context(|| format!("cannot read {}", deny.display()))?
        .parse()?;
    let allowed: BTreeSet<&str> = deny["licenses"]["allow"]
        .as_array()
        .context("deny.toml has no licenses.allow")?
        .iter()
        .filter_map(toml::Value::as_str)
        .collect();
    let foreign = packages.iter().filter(|package| !package["source"].is_null());
    Ok(foreign
        .filter_map(|package| {
            let licence = package["license"].as_str().unwrap_or("");
            (!is_met(licence, &allowed)).then(|| {
                format!(
                    "{} has licence `{licence}`, which deny.toml does not allow",
                    name(package)
                )
            })
        })
        .collect())
}

/// Whether an SPDX expression can be met with the allowed licences: some alternative of which every part is allowed.
fn is_met(expression: &str, allowed: &BTreeSet<&str>) -> bool {
    let expression = expression.replace('/', " OR ");
    if let Some(open) = expression.find('(') {
        let Some(close) = expression[open..].find(')').map(|at| at + open) else {
            return false;
        };
        // A bracket that can be met is as good as any allowed licence, one that cannot as good as none.
        let inner = if is_met(&expression[open + 1..close], allowed) {
            "MIT"
        } else {
            "-"
        };
        return is_met(
            &format!("{}{inner}{}", &expression[..open], &expression[close + 1..]),
            allowed,
        );
    }
    expression
        .split(" OR ")
        .any(|choice| choice.split(" AND ").all(|part| allowed.contains(part.trim())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licence_expressions() {
        let allowed = BTreeSet::from(["MIT", "Apache-2.0", "Zlib"]);
        for (expression, met) in [
            ("MIT", true),
            ("GPL-3.0", false),
            ("GPL-2.0 OR MIT", true),
            ("MIT/Apache-2.0", true),
            ("MIT AND GPL-2.0", false),
            ("(MIT OR GPL-2.0) AND Zlib", true),
            ("(GPL-2.0) AND Zlib", false),
            ("", false),
        ] {
            assert_eq!(is_met(expression, &allowed), met, "{expression}");
        }
    }
}
