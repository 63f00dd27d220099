//! `relay`: runs until it is told to stop. `relay audit verify`: walks the audit log.

use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use gemba_session::{Role, RoomName, operation::Name};

use super::PublicAddress;
use crate::{
    AuditEnd, AuditFault, Grant, JoinLink, Relay, RelayConfig, RelayIdentity, StoreError, compare_audit_end,
    verify,
};

/// How long the first link lasts.
const FIRST_LINK_LASTS: Duration = Duration::from_secs(12 * 3_600);
const FIRST_ROOM: &str = "plant";

/// `relay`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct RelayArgs {
    #[command(subcommand)]
    command: Option<RelayCommand>,
    /// Where to listen, on UDP (QUIC) and TCP (WebSocket).
    #[arg(long, value_name = "ADDR", default_value = "0.0.0.0:4433")]
    listen: SocketAddr,
    /// Where keys, rooms and logs are kept.
    #[arg(long, value_name = "DIR", default_value = "relay-data")]
    data: PathBuf,
    /// Where metrics (/metrics) and health (/healthz) are served, unencrypted: a loopback address.
    #[arg(long, value_name = "ADDR")]
    metrics: Option<SocketAddr>,
    /// The name or address that join links carry, with a port when it is not the one listened on.
    #[arg(long, value_name = "NAME[:PORT]")]
    public_host: Option<String>,
    /// Connections from one address at once.
    #[arg(long, value_name = "N")]
    connections_per_address: Option<u32>,
    /// Serve WebSockets alone.
    #[arg(long)]
    no_quic: bool,
    /// Move an audit log aside that is not what was written, and start a new chain that says so.
    #[arg(long)]
    renew_audit: bool,
}

#[derive(Debug, Subcommand)]
enum RelayCommand {
    /// The audit log.
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Say whether every line follows the one before, or which is the first that does not.
    Verify {
        /// The relay's data folder.
        #[arg(long, value_name = "DIR", default_value = "relay-data")]
        data: PathBuf,
    },
}

impl RelayArgs {
    pub(super) fn run(self, out: &mut dyn io::Write) -> anyhow::Result<()> {
        match self.command {
            Some(RelayCommand::Audit {
                command: AuditCommand::Verify { data },
            }) => verify_audit(out, &data),
            None => self.serve(out),
        }
    }

    fn serve(self, out: &mut dyn io::Write) -> anyhow::Result<()> {
        let mut config = RelayConfig::new(self.listen, self.data.clone());
        config.metrics = self.metrics;
        config.renew_audit = self.renew_audit;
        config.has_quic = !self.no_quic;
        if let Some(most) = self.connections_per_address {
            config.limits.connections_per_address = most;
        }
        let relay = Relay::start(config)?;
        // From here on a signal stops it as it should, however early it comes.
        let signals = relay
            .run_until(async { StopSignals::listen() })
            .context("the relay has no runtime")?
            .context("cannot listen for signals")?;
        let address = relay.address();
        let public = match &self.public_host {
            Some(host) => PublicAddress::parse(host, address.port()),
            None if address.ip().is_unspecified() => PublicAddress::of_this_machine(address.port()),
            None => PublicAddress {
                host: address.ip().to_string(),
                port: address.port(),
            },
        };
        public
            .store(&self.data)
            .with_context(|| format!("cannot write into `{}`", self.data.display()))?;
        writeln!(out, "relay: listening on {address} (UDP and TCP)")?;
        if let Some(metrics) = relay.metrics_address() {
            writeln!(
                out,
                "relay: metrics on http://{metrics}/metrics, health on /healthz"
            )?;
        }
        let data = self.data.display();
        if relay.identity().is_new() {
            let link = first_link(relay.identity(), &public)?;
            writeln!(
                out,
                "relay: new keys in `{data}`; their folder is what must be kept safe"
            )?;
            writeln!(
                out,
                "relay: join as the first host, for 12 hours, with this link (one person):\n{link}"
            )?;
        }
        writeln!(
            out,
            "relay: make links with `token --data {data} --room ROOM --role ROLE --name NAME --expires 8h`"
        )?;
        out.flush()?;
        let signal = relay
            .run_until(signals.next())
            .context("the relay has no runtime")?;
        tracing::info!(signal, "stopping");
        relay.stop();
        writeln!(out, "relay: stopped")?;
        Ok(())
    }
}

fn first_link(identity: &RelayIdentity, public: &PublicAddress) -> anyhow::Result<JoinLink> {
    let grant = Grant {
        room: RoomName::new(FIRST_ROOM)?,
        role: Role::Host,
        name: Name::cut("Host"),
        lasts: FIRST_LINK_LASTS,
        clients: 1,
    };
    Ok(identity.join_link(grant, &public.host, public.port)?.1)
}

/// What the system says when the relay is to stop.
#[cfg(unix)]
struct StopSignals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl StopSignals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

/// What the system says when the relay is to stop.
#[cfg(windows)]
struct StopSignals {
    ctrl_c: tokio::signal::windows::CtrlC,
}

#[cfg(windows)]
impl StopSignals {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            ctrl_c: tokio::signal::windows::ctrl_c()?,
        })
    }

    async fn next(mut self) -> &'static str {
        self.ctrl_c.recv().await;
        "Ctrl-C"
    }
}

fn verify_audit(out: &mut dyn io::Write, data: &Path) -> anyhow::Result<()> {
    let folder = data.display();
    let verified = verify(data).with_context(|| format!("cannot read the audit log in `{folder}`"))??;
    let lines = verified.lines;
    match compare_audit_end(data, &verified) {
        Ok(AuditEnd::Same) => {
            writeln!(
                out,
                "audit: {lines} lines, unbroken to the end that the relay remembers"
            )?;
        }
        Ok(AuditEnd::Behind { lines: behind }) => {
            writeln!(
                out,
                "audit: {lines} lines, unbroken; the relay was killed before it wrote {behind} more, and its next start does"
            )?;
        }
        Ok(AuditEnd::Other { expected }) => bail!(AuditFault::OtherEnd {
            line: lines,
            expected
        }),
        Ok(AuditEnd::Unknown) => {
            writeln!(
                out,
                "audit: {lines} lines, unbroken; there is no store to compare the end with"
            )?;
        }
        Err(StoreError::InUse { .. }) => {
            writeln!(
                out,
                "audit: {lines} lines, unbroken; the relay is running, so the end was not compared with its store"
            )?;
        }
        Err(error) => return Err(error.into()),
    }
    writeln!(out, "audit: the last line's SHA-256 is {}", verified.sha256)?;
    Ok(())
}
