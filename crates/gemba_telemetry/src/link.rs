//! The state of one link to a source, and when to try again.
//!
//! The driver tells what happened ([`LinkMachine::on_live`], [`LinkMachine::on_lost`]) with the time and, for the
//! jitter, a random number; the machine says how long to wait. The wait doubles from attempt to attempt and is drawn
//! evenly from zero to that bound ("full jitter", Brooker 2015), so that a thousand viewers do not come back to a
//! restarted broker in step. A link that stayed live for a while starts from the shortest wait again.

use std::{fmt, time::Duration};

use gemba_model::{Issue, UnixNanos};

/// Where a link stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// Trying to reach the source.
    Connecting,
    /// Connected, and subscriptions are requested.
    Live {
        /// Since when, by this machine's clock.
        since: UnixNanos,
    },
    /// Lost or never reached; trying again later.
    Waiting {
        /// How many attempts failed in a row.
        attempt: u32,
        /// When the next one starts, by this machine's clock.
        retry_at: UnixNanos,
        /// Why the last one failed.
        reason: LinkReason,
    },
    /// Ended on purpose.
    Stopped,
}

impl LinkState {
    /// Whether values can arrive.
    #[must_use]
    pub fn is_live(&self) -> bool {
        matches!(self, Self::Live { .. })
    }

    /// One word for people.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Live { .. } => "live",
            Self::Waiting { .. } => "waiting",
            Self::Stopped => "stopped",
        }
    }
}

/// Why a link is down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkReason {
    /// The source answered and said no.
    Refused(RefusedBecause),
    /// No connection to the host and port.
    Unreachable {
        /// What the operating system says.
        detail: String,
    },
    /// No encrypted connection.
    Tls(TlsFault),
    /// The source closed the connection, or stopped answering.
    Closed,
    /// The source sent something that the protocol does not allow.
    Protocol {
        /// What it was.
        detail: String,
    },
    /// The source sent a packet above the connection's limit.
    PacketTooLarge {
        /// Size of the packet.
        bytes: usize,
    },
    /// A file or environment variable that the connection names cannot be read.
    Credentials {
        /// Which, and what is wrong with it; never its content.
        detail: String,
    },
}

/// What a source refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusedBecause {
    /// User name or password.
    BadCredentials,
    /// The user may not connect.
    NotAuthorised,
    /// The client id.
    BadClientId,
    /// The protocol version.
    ProtocolVersion,
    /// Any client, for now.
    Unavailable,
}

/// What is wrong with an encrypted connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TlsFault {
    /// The certificate's issuer is not trusted here.
    UntrustedIssuer,
    /// The certificate is for another name.
    WrongName,
    /// The certificate's time is over or not yet come.
    OutOfDate,
    /// The source wants a client certificate, or refused the one it got.
    ClientCertificate,
    /// The other end does not speak TLS.
    NotTls,
    /// Anything else.
    Other {
        /// What the TLS library says.
        detail: String,
    },
}

impl LinkReason {
    /// What to do about it, in one imperative sentence without a full stop.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Refused(RefusedBecause::BadCredentials) => {
                "Check `username` and the environment variable or file that holds the password"
            }
            Self::Refused(RefusedBecause::NotAuthorised) => {
                "Check `username` and the password in `password_env` or `password_file`, or let the user in at the broker"
            }
            Self::Refused(RefusedBecause::BadClientId) => "Set another `client_id`",
            Self::Refused(RefusedBecause::ProtocolVersion) => "Use a broker that speaks MQTT 3.1.1",
            Self::Refused(RefusedBecause::Unavailable) => "Look at the broker; it is tried again by itself",
            Self::Unreachable { .. } => {
                "Check host and port in `url`, that the broker runs, and the network between; it is tried again by itself"
            }
            Self::Tls(TlsFault::UntrustedIssuer) => {
                "Set `ca_file` to the PEM certificate of the authority that signed the broker's certificate"
            }
            Self::Tls(TlsFault::WrongName) => {
                "Write in `url` the host name that the broker's certificate is made for"
            }
            Self::Tls(TlsFault::OutOfDate) => "Renew the broker's certificate, or set this machine's clock",
            Self::Tls(TlsFault::ClientCertificate) => {
                "Set `client_cert_file` and `client_key_file` to a pair that the broker trusts"
            }
            Self::Tls(TlsFault::NotTls) => {
                "Use the broker's TLS port (often 8883), or write `mqtt://` for a plain one"
            }
            Self::Tls(TlsFault::Other { .. }) => "Check the TLS settings of broker and connection",
            Self::Closed => "Look at the broker's log if it does not come back; it is tried again by itself",
            Self::Protocol { .. } => "Check that `url` leads to an MQTT broker",
            Self::PacketTooLarge { .. } => {
                "Raise `max_packet_bytes` of the connection, or subscribe to fewer topics"
            }
            Self::Credentials { .. } => "Correct the file or variable that the connection names",
        }
    }

    /// This reason as an issue of the connection `name`.
    #[must_use]
    pub fn to_issue(&self, name: &str) -> Issue {
        let message = format!("the connection `{name}` is down: {self}");
        Issue::warning("telemetry.link-down", message, self.remedy())
    }
}

impl fmt::Display for LinkReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(RefusedBecause::BadCredentials) => {
                f.write_str("the broker refused the user name or password")
            }
            Self::Refused(RefusedBecause::NotAuthorised) => {
                f.write_str("the broker does not let this user in, or the password is wrong")
            }
            Self::Refused(RefusedBecause::BadClientId) => f.write_str("the broker refused the client id"),
            Self::Refused(RefusedBecause::ProtocolVersion) => {
                f.write_str("the broker does not speak MQTT 3.1.1")
            }
            Self::Refused(RefusedBecause::Unavailable) => {
                f.write_str("the broker takes no clients at the moment")
            }
            Self::Unreachable { detail } => write!(f, "the broker cannot be reached ({detail})"),
            Self::Tls(TlsFault::UntrustedIssuer) => {
                f.write_str("the broker's certificate is not trusted: its issuer is unknown here")
            }
            Self::Tls(TlsFault::WrongName) => {
                f.write_str("the broker's certificate is made for another host name")
            }
            Self::Tls(TlsFault::OutOfDate) => {
                f.write_str("the broker's certificate is not valid at this time")
            }
            Self::Tls(TlsFault::ClientCertificate) => {
                f.write_str("the broker refused this client's certificate, or wants one")
            }
            Self::Tls(TlsFault::NotTls) => {
                f.write_str("the other end broke off the TLS greeting, or does not speak TLS")
            }
            Self::Tls(TlsFault::Other { detail }) => write!(f, "no encrypted connection ({detail})"),
            Self::Closed => f.write_str("the broker closed the connection or stopped answering"),
            Self::Protocol { detail } => write!(f, "the other end broke the MQTT protocol ({detail})"),
            Self::PacketTooLarge { bytes } => write!(
                f,
                "the broker sent a packet of {bytes} bytes, more than is accepted"
            ),
            Self::Credentials { detail } => f.write_str(detail),
        }
    }
}

/// How long to wait between attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Bound of the first wait.
    pub first: Duration,
    /// Bound that the doubling stops at.
    pub longest: Duration,
    /// A link that was live this long starts from `first` again.
    pub stable_after: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            first: Duration::from_millis(500),
            longest: Duration::from_secs(30),
            stable_after: Duration::from_secs(10),
        }
    }
}

/// Follows one link.
#[derive(Clone, Debug)]
pub struct LinkMachine {
    policy: RetryPolicy,
    state: LinkState,
    failures: u32,
    times_live: u64,
}

impl LinkMachine {
    /// A link that is about to connect for the first time.
    #[must_use]
    pub fn new(policy: RetryPolicy) -> Self {
        Self {
            policy,
            state: LinkState::Connecting,
            failures: 0,
            times_live: 0,
        }
    }

    /// Where the link stands.
    #[must_use]
    pub fn state(&self) -> &LinkState {
        &self.state
    }

    /// How often it became live again after it was live before.
    #[must_use]
    pub fn reconnects(&self) -> u64 {
        self.times_live.saturating_sub(1)
    }

    /// An attempt starts.
    pub fn on_connecting(&mut self) {
        self.state = LinkState::Connecting;
    }

    /// The source let us in.
    pub fn on_live(&mut self, now: UnixNanos) {
        self.times_live += 1;
        self.state = LinkState::Live { since: now };
    }

    /// The link was lost or an attempt failed. `random` is drawn evenly from `0.0..1.0`. Returns how long to wait.
    pub fn on_lost(&mut self, now: UnixNanos, reason: LinkReason, random: f64) -> Duration {
        if let LinkState::Live { since } = self.state
            && now.since(since) >= self.policy.stable_after
        {
            self.failures = 0;
        }
        let doublings = self.failures.min(31);
        let bound = self
            .policy
            .first
            .saturating_mul(1 << doublings)
            .min(self.policy.longest);
        let wait = bound.mul_f64(if random.is_finite() {
            random.clamp(0.0, 1.0)
        } else {
            1.0
        });
        self.failures = self.failures.saturating_add(1);
        self.state = LinkState::Waiting {
            attempt: self.failures,
            retry_at: now.after(wait),
            reason,
        };
        wait
    }

    /// The link ends on purpose.
    pub fn on_stopped(&mut self) {
        self.state = LinkState::Stopped;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn secs(secs: u64) -> UnixNanos {
        UnixNanos(0).after(Duration::from_secs(secs))
    }

    fn policy() -> RetryPolicy {
        RetryPolicy {
            first: Duration::from_secs(1),
            longest: Duration::from_secs(8),
            stable_after: Duration::from_secs(10),
        }
    }

    #[test]
    fn waits_double_to_the_longest_and_start_again_after_a_stable_link() {
        let mut link = LinkMachine::new(policy());
        assert_eq!(*link.state(), LinkState::Connecting);
        let mut now = secs(0);
        for (attempt, wait) in [(1, 1), (2, 2), (3, 4), (4, 8), (5, 8)] {
            assert_eq!(
                link.on_lost(now, LinkReason::Closed, 1.0),
                Duration::from_secs(wait)
            );
            let retry_at = now.after(Duration::from_secs(wait));
            assert_eq!(
                *link.state(),
                LinkState::Waiting {
                    attempt,
                    retry_at,
                    reason: LinkReason::Closed
                }
            );
            now = retry_at;
            link.on_connecting();
        }
        // Live, but lost too soon to count as stable: the wait stays long.
        link.on_live(now);
        assert!(link.state().is_live());
        now = now.after(Duration::from_secs(9));
        assert_eq!(link.on_lost(now, LinkReason::Closed, 1.0), Duration::from_secs(8));
        // Live for long enough: the shortest wait again.
        link.on_connecting();
        link.on_live(now);
        now = now.after(Duration::from_secs(10));
        assert_eq!(link.on_lost(now, LinkReason::Closed, 1.0), Duration::from_secs(1));
        assert_eq!(link.reconnects(), 1);
        link.on_stopped();
        assert_eq!(*link.state(), LinkState::Stopped);
    }

    #[test]
    fn every_reason_says_what_and_what_to_do() {
        let detail = || "detail".to_owned();
        let reasons = [
            LinkReason::Refused(RefusedBecause::BadCredentials),
            LinkReason::Refused(RefusedBecause::NotAuthorised),
            LinkReason::Refused(RefusedBecause::BadClientId),
            LinkReason::Refused(RefusedBecause::ProtocolVersion),
            LinkReason::Refused(RefusedBecause::Unavailable),
            LinkReason::Unreachable { detail: detail() },
            LinkReason::Tls(TlsFault::UntrustedIssuer),
            LinkReason::Tls(TlsFault::WrongName),
            LinkReason::Tls(TlsFault::OutOfDate),
            LinkReason::Tls(TlsFault::ClientCertificate),
            LinkReason::Tls(TlsFault::NotTls),
            LinkReason::Tls(TlsFault::Other { detail: detail() }),
            LinkReason::Closed,
            LinkReason::Protocol { detail: detail() },
            LinkReason::PacketTooLarge { bytes: 1 },
            LinkReason::Credentials { detail: detail() },
        ];
        let texts: std::collections::BTreeSet<_> = reasons.iter().map(ToString::to_string).collect();
        assert_eq!(texts.len(), reasons.len(), "two reasons read the same");
        for reason in reasons {
            let issue = reason.to_issue("plant");
            assert!(
                issue.message.starts_with("the connection `plant` is down: "),
                "{issue}"
            );
            assert!(
                issue.remedy.starts_with(char::is_uppercase) && !issue.remedy.ends_with('.'),
                "{issue}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_wait_is_longer_than_its_bound(randoms in proptest::collection::vec(any::<f64>(), 1..80)) {
            let mut link = LinkMachine::new(policy());
            let mut now = secs(0);
            for (attempt, random) in (0..).zip(randoms) {
                let wait = link.on_lost(now, LinkReason::Closed, random);
                prop_assert!(wait <= Duration::from_secs(1 << attempt.min(3)));
                now = now.after(wait);
                link.on_connecting();
            }
        }
    }
}
