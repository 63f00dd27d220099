//! Why a link is down, in words for people: what happened and what to do.

use std::fmt;

use gemba_model::Issue;
use serde::{Deserialize, Serialize};

/// Why a link is down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
