//! A virtual environment for the references that live on PyPI: usd-core, paho-mqtt, typos.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

/// What the checks use, pinned so that golden facts and behaviours do not move by themselves.
const PACKAGES: &[&str] = &[
    "usd-core==26.11",
    "paho-mqtt==2.2.0",
    "typos==1.52.0",
    "numpy==2.4.6",
];

/// The environment's interpreter and tools, made on first use.
pub(crate) struct Python {
    bin: PathBuf,
}

impl Python {
    /// Makes the environment under the target folder, or reuses it.
    pub(crate) fn set_up() -> Result<Self> {
        let venv = crate::cargo::target_dir()?.join("xtask/venv");
        let python = Self {
            bin: venv.join("bin"),
        };
        let stamp = venv.join("packages");
        let wanted = PACKAGES.join("\n");
        if std::fs::read_to_string(&stamp).is_ok_and(|have| have == wanted) {
            return Ok(python);
        }
        let made = Command::new("python3")
            .args(["-m", "venv"])
            .arg(&venv)
            .stdout(Stdio::null())
            .status();
        if !made.context("python3 is not here")?.success() {
            bail!("python3 cannot make a virtual environment; install python3-venv");
        }
        let pip = Command::new(python.tool("pip"))
            .args(["install", "--quiet", "--disable-pip-version-check"])
            .args(PACKAGES)
            .status()
            .context("cannot start pip")?;
        if !pip.success() {
            bail!("pip cannot install {}; is PyPI reachable?", PACKAGES.join(", "));
        }
        std::fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))?;
        Ok(python)
    }

    /// The path of an installed tool.
    pub(crate) fn tool(&self, name: &str) -> PathBuf {
        self.bin.join(name)
    }

    /// The folder to put first on PATH so that tests find this interpreter.
    pub(crate) fn bin(&self) -> &Path {
        &self.bin
    }
}
