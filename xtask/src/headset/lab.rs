//! The Debian root with the runtime, the service in it, and the viewer in it.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};

use super::screen::Screen;
use crate::system;

/// What the root holds beside Debian's least: runtime and loader, software Vulkan, layers that check how both are called, what
/// the viewer opens, and a screen with a mouse.
const PACKAGES: &str = "monado-service libopenxr1-monado libopenxr-loader1 mesa-vulkan-drivers libx11-6 libx11-xcb1 libxcb1 \
                        libxcursor1 libxi6 libxrandr2 libxkbcommon0 libxkbcommon-x11-0 libwayland-client0 vulkan-validationlayers openxr-layer-corevalidation \
                        xvfb xdotool";
/// What is installed last is there when all is.
const COMPLETE: &str = "var/lib/gemba-headset-3";
/// Layers that say what a program does wrong: into its log, and into [`XR_FINDINGS`].
const VALIDATION: [&str; 6] = [
    "WGPU_VALIDATION=1",
    "VK_INSTANCE_LAYERS=VK_LAYER_KHRONOS_validation",
    "XR_ENABLE_API_LAYERS=XR_APILAYER_LUNARG_core_validation",
    "XR_CORE_VALIDATION_EXPORT_TYPE=text",
    "XR_CORE_VALIDATION_FILE_NAME=/out/xr-findings.txt",
    "XR_LOADER_DEBUG=warn",
];
/// Because they are installed, a debug build would use them always.
const NO_VALIDATION: [&str; 1] = ["WGPU_VALIDATION=0"];
/// What the layer of OpenXR found, in the lab's folder.
pub(super) const XR_FINDINGS: &str = "xr-findings.txt";
const DEBIAN: &str = "http://deb.debian.org/debian";

/// Makes the root, unless it is there.
pub(super) fn make(root: &Path) -> Result<()> {
    ensure!(cfg!(target_os = "linux"), "namespaces are Linux's");
    ensure!(
        system::is_root(),
        "it needs an administrator for namespaces and chroot; run as root"
    );
    if !root.join(COMPLETE).exists() {
        if !system::has_program("debootstrap") {
            bail!("debootstrap is not installed (Debian and Ubuntu: apt install debootstrap)");
        }
        println!("      making a Debian root with Monado in {} …", root.display());
        std::fs::create_dir_all(root)?;
        if !root.join("etc/debian_version").exists() {
            quiet(
                Command::new("debootstrap")
                    .args(["--variant=minbase", "--include=ca-certificates", "trixie"])
                    .arg(root)
                    .arg(mirror().as_deref().unwrap_or(DEBIAN)),
            )?;
        }
        let install =
            format!("apt-get update -q && apt-get install -y -q --no-install-recommends {PACKAGES}");
        quiet(Command::new("chroot").arg(root).args([
            "env",
            "DEBIAN_FRONTEND=noninteractive",
            "sh",
            "-c",
            &install,
        ]))?;
        std::fs::write(root.join(COMPLETE), "")?;
    }
    // Whether this machine lets namespaces be made is only known by trying.
    quiet(Command::new("unshare").args(["--net", "--mount", "true"]))
}

/// The mirror of Debian that this system uses itself, where it has one among its sources.
fn mirror() -> Option<String> {
    let sources = std::fs::read_dir("/etc/apt/sources.list.d").ok()?;
    let texts = sources.filter_map(|entry| std::fs::read_to_string(entry.ok()?.path()).ok());
    texts.into_iter().find_map(|text| {
        text.lines()
            .filter_map(|line| line.strip_prefix("URIs:"))
            .flat_map(str::split_whitespace)
            .find(|uri| uri.trim_end_matches('/').ends_with("/debian"))
            .map(str::to_owned)
    })
}

pub(super) fn quiet(command: &mut Command) -> Result<()> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {command:?}"))?;
    let tail = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        text.lines()
            .rev()
            .take(3)
            .map(str::to_owned)
            .collect::<Vec<_>>()
            .join(" | ")
    };
    ensure!(
        output.status.success(),
        "{command:?} ended with {}: {} {}",
        output.status,
        tail(&output.stderr),
        tail(&output.stdout)
    );
    Ok(())
}

/// The root, entered: mounts are made, loopback is up.
pub(super) struct Lab {
    root: PathBuf,
    /// Where pictures and logs go, as seen from outside the root.
    pub(super) out: PathBuf,
    /// The viewer, as seen from outside the root.
    pub(super) gemba: PathBuf,
}

/// A program that ends with its owner.
pub(super) struct Running(pub(super) Child);

impl Running {
    /// Its number.
    pub(super) fn pid(&self) -> u32 {
        self.0.id()
    }

    /// Whether it still runs.
    pub(super) fn is_alive(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(None))
    }

    /// Ends it without a word, as a crash would.
    pub(super) fn kill(&mut self) {
        if self.0.kill().is_ok() {
            // Only its own status is left to be collected.
            let _ended = self.0.wait();
        }
    }

    /// Its exit code, when it ended by itself within `limit`.
    pub(super) fn wait(&mut self, limit: Duration) -> Option<i32> {
        let until = Instant::now() + limit;
        while Instant::now() < until {
            if let Ok(Some(status)) = self.0.try_wait() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        None
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// How the runtime is to be found by the viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Runtime {
    /// As installed.
    Installed,
    /// The loader finds none.
    None,
}

impl Lab {
    /// Prepares the root; what is mounted goes with the namespace.
    pub(super) fn enter(root: &Path, gemba: &Path, out: &Path) -> Result<Self> {
        quiet(Command::new("ip").args(["link", "set", "lo", "up"]))?;
        for place in ["proc", "sys", "dev"] {
            let inside = root.join(place);
            std::fs::create_dir_all(&inside)?;
            quiet(
                Command::new("mount")
                    .arg("--rbind")
                    .arg(Path::new("/").join(place))
                    .arg(&inside),
            )?;
        }
        let home = root.join("run/user/0");
        std::fs::create_dir_all(&home)?;
        quiet(Command::new("mount").args(["-t", "tmpfs", "tmpfs"]).arg(&home))?;
        let app = gemba.parent().context("the viewer lies in no folder")?;
        for (from, to) in [(app, "app"), (out, "out")] {
            let inside = root.join(to);
            std::fs::create_dir_all(&inside)?;
            quiet(Command::new("mount").arg("--bind").arg(from).arg(&inside))?;
        }
        Ok(Self {
            root: root.to_owned(),
            out: out.to_owned(),
            gemba: gemba.to_owned(),
        })
    }

    /// The root, as seen from outside.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// What was handed over from one viewer to the next, and still lies there.
    pub(super) fn handed_over(&self) -> Result<Vec<PathBuf>> {
        let files = walk(&self.root.join("tmp"))?;
        let is_past = |file: &PathBuf| file.extension().is_some_and(|kind| kind == "past");
        Ok(files.into_iter().filter(is_past).collect())
    }

    /// Starts the runtime's service and waits until it can be connected to.
    pub(super) fn start_service(&self) -> Result<Running> {
        let socket = self.root.join("run/user/0/monado_comp_ipc");
        if socket.exists() {
            std::fs::remove_file(&socket)?;
        }
        let mut service = self.inside("monado-service.log")?;
        service.args([
            "XRT_COMPOSITOR_NULL=1",
            "XRT_NO_STDIN=1",
            "P_OVERRIDE_ACTIVE_CONFIG=remote",
            // Else slow first frames of a software renderer time the viewer out.
            "U_PACING_APP_USE_MIN_FRAME_PERIOD=1",
            "U_PACING_APP_IMMEDIATE_WAIT_FRAME_RETURN=1",
            "monado-service",
        ]);
        let mut running = Running(service.spawn().context("cannot start monado-service")?);
        let until = Instant::now() + Duration::from_secs(20);
        while Instant::now() < until {
            ensure!(running.is_alive(), "monado-service ended; see monado-service.log");
            if is_listened_to() {
                return Ok(running);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        bail!("monado-service does not listen; see monado-service.log")
    }

    /// Starts the viewer with `args`; its output goes to `log`.
    pub(super) fn start_viewer(&self, runtime: Runtime, log: &str, args: &[&str]) -> Result<Running> {
        self.start_gemba("view", runtime, log, args)
    }

    /// Starts the viewer with layers that check how it calls Vulkan and OpenXR.
    pub(super) fn start_checked_viewer(&self, log: &str, args: &[&str]) -> Result<Running> {
        self.start("view", Runtime::Installed, log, &VALIDATION, args)
    }

    /// Starts the viewer with a window on `screen`.
    pub(super) fn start_viewer_on(&self, screen: &Screen, log: &str, args: &[&str]) -> Result<Running> {
        let variables = [NO_VALIDATION[0], screen.variable()];
        self.start("view", Runtime::Installed, log, &variables, args)
    }

    /// Starts what the program does by the name `task`.
    pub(super) fn start_gemba(
        &self,
        task: &str,
        runtime: Runtime,
        log: &str,
        args: &[&str],
    ) -> Result<Running> {
        self.start(task, runtime, log, &NO_VALIDATION, args)
    }

    fn start(
        &self,
        task: &str,
        runtime: Runtime,
        log: &str,
        variables: &[&str],
        args: &[&str],
    ) -> Result<Running> {
        let mut viewer = self.inside(log)?;
        viewer.args(variables);
        viewer.arg(match runtime {
            Runtime::Installed => "XR_RUNTIME_JSON=/usr/share/openxr/1/openxr_monado.json",
            Runtime::None => "XR_RUNTIME_JSON=/nowhere.json",
        });
        // A panic tells where it happened. Without one nothing is traced: wgpu's debug build would note where each lock is taken.
        viewer.args(["RUST_BACKTRACE=1", "RUST_LIB_BACKTRACE=0"]);
        // Which pipelines are made when is asked once one is made too late.
        viewer.arg("RUST_LOG=info,gemba::visual::readiness=debug");
        viewer.args(["/app/gemba", task]).args(args);
        Ok(Running(viewer.spawn().context("cannot start the viewer")?))
    }

    /// Hides the loader's library from whoever starts from now on; undone by dropping what comes back.
    pub(super) fn hide_loader(&self) -> Result<Hidden> {
        let folder = self.root.join("usr/lib");
        let mut hidden = Hidden(Vec::new());
        for entry in walk(&folder)? {
            let name = entry
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if name.starts_with("libopenxr_loader.so") && entry.metadata()?.is_file() {
                quiet(Command::new("mount").args(["--bind", "/dev/null"]).arg(&entry))?;
                hidden.0.push(entry);
            }
        }
        ensure!(!hidden.0.is_empty(), "the root has no loader to hide");
        Ok(hidden)
    }

    /// `chroot … env …`, ready for more variables and a program.
    pub(super) fn inside(&self, log: &str) -> Result<Command> {
        let log = File::create(self.out.join(log)).with_context(|| format!("cannot write {log}"))?;
        let mut command = Command::new("chroot");
        command
            .arg(&self.root)
            .args(["env", "--unset=DISPLAY", "--unset=WAYLAND_DISPLAY"])
            .args(["XDG_RUNTIME_DIR=/run/user/0", "HOME=/run/user/0", "TMPDIR=/tmp"])
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        Ok(command)
    }
}

/// Whether the service listens on its socket. Asked of the kernel: the service dies of a caller that goes without a word.
fn is_listened_to() -> bool {
    let sockets = std::fs::read_to_string("/proc/net/unix").unwrap_or_default();
    sockets.lines().any(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        // The kernel's `__SO_ACCEPTCON`.
        words.get(3) == Some(&"00010000")
            && words
                .last()
                .is_some_and(|path| path.ends_with("/monado_comp_ipc"))
    })
}

/// Files under which nothing is to be read.
pub(super) struct Hidden(Vec<PathBuf>);

impl Drop for Hidden {
    fn drop(&mut self) {
        for file in &self.0 {
            if let Err(error) = quiet(Command::new("umount").arg(file)) {
                println!("      {error:#}");
            }
        }
    }
}

/// Every file two levels deep: `usr/lib/<triple>/…`.
fn walk(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in folder.read_dir()? {
        let path = entry?.path();
        if path.is_dir() && !path.is_symlink() {
            let inner = path.read_dir()?.filter_map(|entry| Some(entry.ok()?.path()));
            files.extend(inner);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}
