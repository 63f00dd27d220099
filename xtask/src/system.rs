//! What the system must have, checked by what is really needed (a library that loads, a program that starts), installed
//! through apt where that may be done, and named with the exact command where it may not.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Result, bail};

/// One thing that must be there, and the Debian package that brings it.
pub(crate) struct Need {
    /// How to see whether it is there.
    pub(crate) what: What,
    /// Debian and Ubuntu's package.
    pub(crate) package: &'static str,
    /// What it is for, for people on other systems.
    pub(crate) purpose: &'static str,
}

/// How to see whether something is there.
pub(crate) enum What {
    /// A shared library by its soname.
    Library(&'static str),
    /// A program by its name.
    Program(&'static str),
    /// Any Vulkan driver.
    VulkanDriver,
    /// Python with the `venv` module complete.
    PythonVenv,
}

const fn library(soname: &'static str, package: &'static str, purpose: &'static str) -> Need {
    Need {
        what: What::Library(soname),
        package,
        purpose,
    }
}

pub(crate) const fn program(name: &'static str, package: &'static str, purpose: &'static str) -> Need {
    Need {
        what: What::Program(name),
        package,
        purpose,
    }
}

/// To run the viewer: graphics and windows are opened at run time, so nothing links them.
pub(crate) const VIEWER: &[Need] = &[
    library("libvulkan.so.1", "libvulkan1", "the Vulkan loader"),
    Need {
        what: What::VulkanDriver,
        package: "mesa-vulkan-drivers",
        purpose: "a Vulkan driver (Mesa has a software one)",
    },
    library("libX11.so.6", "libx11-6", "windows on X11"),
    library("libX11-xcb.so.1", "libx11-xcb1", "windows on X11"),
    library("libXcursor.so.1", "libxcursor1", "mouse pointers on X11"),
    library("libXi.so.6", "libxi6", "input on X11"),
    library("libXrandr.so.2", "libxrandr2", "monitors on X11"),
    library("libxkbcommon.so.0", "libxkbcommon0", "keyboards"),
    library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "keyboards on X11"),
    library(
        "libwayland-client.so.0",
        "libwayland-client0",
        "windows on Wayland",
    ),
];

/// To run every check.
pub(crate) const TESTS: &[Need] = &[
    program(
        "mosquitto",
        "mosquitto",
        "the MQTT broker that the peer tests speak to",
    ),
    program(
        "mosquitto_pub",
        "mosquitto-clients",
        "an MQTT client that no one here wrote",
    ),
    program(
        "Xvfb",
        "xvfb",
        "an X server without a screen, for the window test",
    ),
    program("xdotool", "xdotool", "mouse and keys for the window test"),
    program(
        "debootstrap",
        "debootstrap",
        "the Debian root in which the headset's runtime lives",
    ),
    program("ip", "iproute2", "the headset's network of its own"),
    Need {
        what: What::PythonVenv,
        package: "python3-venv",
        purpose: "Python, for usd-core and paho-mqtt",
    },
];

/// To measure the relay against something.
pub(crate) const RELAY_BENCH: &[Need] = &[program(
    "nats-server",
    "nats-server",
    "the reference that fans out the same poses",
)];

impl Need {
    fn is_met(&self) -> bool {
        match self.what {
            What::Library(soname) => has_library(soname),
            What::Program(name) => has_program(name),
            What::VulkanDriver => has_vulkan_driver(),
            What::PythonVenv => Command::new("python3")
                .args(["-c", "import venv, ensurepip"])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|status| status.success()),
        }
    }
}

/// Makes sure that all of `needs` are met.
///
/// # Errors
/// Names what is missing and the exact command, when it may not or cannot be installed.
pub(crate) fn ensure(needs: &[&[Need]]) -> Result<()> {
    let missing: Vec<&Need> = needs
        .iter()
        .flat_map(|needs| needs.iter())
        .filter(|need| !need.is_met())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let mut packages: Vec<&str> = missing.iter().map(|need| need.package).collect();
    packages.sort_unstable();
    packages.dedup();
    if !has_program("apt-get") {
        let list: Vec<String> = missing
            .iter()
            .map(|need| format!("  {} — {}", name_of(need), need.purpose))
            .collect();
        bail!(
            "this system lacks, and only Debian and Ubuntu are set up by themselves:\n{}",
            list.join("\n")
        );
    }
    let by_hand = format!(
        "sudo apt-get update && sudo apt-get install --yes {}",
        packages.join(" ")
    );
    let Some(prefix) = root_prefix() else {
        bail!(
            "the system lacks {}. Run this, then try again:\n  {by_hand}",
            packages.join(", ")
        );
    };
    println!("Installing {} …", packages.join(" "));
    let apt = |args: &[&str]| {
        let mut words = prefix
            .iter()
            .copied()
            .chain(["apt-get"])
            .chain(args.iter().copied());
        let mut command = Command::new(words.next().unwrap_or("apt-get"));
        command
            .args(words)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdout(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    let updated = apt(&["update", "--quiet"]);
    let mut install = vec!["install", "--quiet", "--yes", "--no-install-recommends"];
    install.extend(&packages);
    if !updated || !apt(&install) {
        bail!(
            "apt-get could not install {}. Run this by hand, then try again:\n  {by_hand}",
            packages.join(", ")
        );
    }
    if let Some(need) = missing.iter().find(|need| !need.is_met()) {
        bail!(
            "{} is installed and {} is still not found",
            need.package,
            name_of(need)
        );
    }
    Ok(())
}

fn name_of(need: &Need) -> String {
    match need.what {
        What::Library(soname) => soname.to_owned(),
        What::Program(name) => name.to_owned(),
        What::VulkanDriver => "a Vulkan driver".to_owned(),
        What::PythonVenv => "python3 with venv".to_owned(),
    }
}

/// What to put before a command so that root runs it without a question; `None` where that cannot be.
fn root_prefix() -> Option<Vec<&'static str>> {
    let says = |program: &str, args: &[&str]| {
        Command::new(program)
            .args(args)
            .stderr(Stdio::null())
            .output()
            .ok()
            .filter(|output| output.status.success())
    };
    if says("id", &["-u"]).is_some_and(|output| output.stdout.starts_with(b"0\n")) {
        return Some(Vec::new());
    }
    says("sudo", &["--non-interactive", "true"]).map(|_| vec!["sudo", "--non-interactive"])
}

/// Whether this program may do what only an administrator may.
pub(crate) fn is_root() -> bool {
    root_prefix().is_some_and(|prefix| prefix.is_empty())
}

/// Whether a program is on the path.
pub(crate) fn has_program(name: &str) -> bool {
    let sbin = ["/usr/sbin", "/sbin", "/usr/local/sbin"].map(Into::into);
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(sbin)
        .any(|dir| dir.join(name).is_file())
}

/// Whether the dynamic linker finds a library: its cache is asked, as the linker does.
fn has_library(soname: &str) -> bool {
    let caches = ["ldconfig", "/sbin/ldconfig", "/usr/sbin/ldconfig"];
    let listed = caches
        .iter()
        .find_map(|ldconfig| Command::new(ldconfig).arg("-p").output().ok());
    listed.is_some_and(|output| {
        String::from_utf8_lossy(&output.stdout)
            .lines()
            .any(|line| line.split_whitespace().next() == Some(soname))
    })
}

/// Whether the Vulkan loader has any driver to load.
fn has_vulkan_driver() -> bool {
    if ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"]
        .iter()
        .any(|variable| std::env::var_os(variable).is_some())
    {
        return true;
    }
    [
        "/usr/share/vulkan/icd.d",
        "/etc/vulkan/icd.d",
        "/usr/local/share/vulkan/icd.d",
    ]
    .iter()
    .filter_map(|dir| Path::new(dir).read_dir().ok())
    .any(|mut entries| entries.next().is_some())
}
