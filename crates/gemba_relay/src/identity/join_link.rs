//! The link that a person is given: where the relay is, how it is known, and the right to come in.
//!
//! `gemba://host:port/room#cert=FINGERPRINT&token=TOKEN`. Both secrets stand after the `#`, as in the web's links,
//! where programs that only pass a link on do not send them anywhere.

use std::{fmt, str::FromStr};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use gemba_session::{RoomName, RoomNameError, bounded::Text, wire::MAX_TOKEN_BYTES};
use ring::digest;
use thiserror::Error;

use super::{Claims, Grant, IdentityError, RelayIdentity};
use crate::clock;

/// The most bytes of a link.
const MAX_LINK_BYTES: usize = 4 << 10;
/// The port of a relay where a link names none.
pub(crate) const DEFAULT_PORT: u16 = 4_433;

/// The SHA-256 of a relay's certificate.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// That of a certificate in DER form.
    pub(crate) fn of(certificate: &[u8]) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest::digest(&digest::SHA256, certificate).as_ref());
        Self(bytes)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64_URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A link to a room.
#[derive(Clone, PartialEq, Eq)]
pub struct JoinLink {
    /// The relay's name or address, without brackets.
    pub host: String,
    /// Its port, the same for QUIC and WebSocket.
    pub port: u16,
    /// The room.
    pub room: RoomName,
    /// How the relay is known.
    pub fingerprint: Fingerprint,
    /// The right to come in.
    pub token: Text<MAX_TOKEN_BYTES>,
}

/// Why a text is no join link.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum JoinLinkError {
    /// It has another form. The text is not repeated: it may hold a token.
    #[error("this is no join link ({what}); copy the whole of `gemba://host:port/room#cert=…&token=…`")]
    Form {
        /// What is wrong with it.
        what: &'static str,
    },
    /// The room cannot be one.
    #[error("the join link names no room")]
    Room(#[from] RoomNameError),
}

impl FromStr for JoinLink {
    type Err = JoinLinkError;

    fn from_str(text: &str) -> Result<Self, JoinLinkError> {
        let wrong = |what| JoinLinkError::Form { what };
        let text = text.trim();
        if text.len() > MAX_LINK_BYTES {
            return Err(wrong("it is too long"));
        }
        let rest = text
            .strip_prefix("gemba://")
            .ok_or(wrong("it does not start with gemba://"))?;
        let (place, fragment) = rest.split_once('#').ok_or(wrong("the part after # is missing"))?;
        let (authority, room) = place.split_once('/').ok_or(wrong("the room is missing"))?;
        let (host, port) = split_authority(authority).ok_or(wrong("host or port is wrong"))?;
        let (mut fingerprint, mut token) = (None, None);
        for part in fragment.split('&') {
            match part.split_once('=') {
                Some(("cert", value)) => fingerprint = Some(value),
                Some(("token", value)) => token = Some(value),
                // Later versions may say more.
                _ => {}
            }
        }
        let fingerprint = fingerprint
            .and_then(|text| BASE64_URL_SAFE_NO_PAD.decode(text).ok())
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(wrong("the certificate's fingerprint is damaged"))?;
        let token = token
            .and_then(|token| Text::new(token).ok())
            .ok_or(wrong("the token is missing"))?;
        Ok(Self {
            host: host.to_owned(),
            port,
            room: RoomName::new(room)?,
            fingerprint: Fingerprint(fingerprint),
            token,
        })
    }
}

impl RelayIdentity {
    /// A link to the relay at `host` with a new token in it, and what the token says.
    ///
    /// # Errors
    /// [`IdentityError::Generate`] when the token does not become text that fits a link.
    pub fn join_link(
        &self,
        grant: Grant,
        host: &str,
        port: u16,
    ) -> Result<(Claims, JoinLink), IdentityError> {
        let failed = IdentityError::Generate { what: "token" };
        let Some((claims, token)) = self.mint(clock::now(), grant) else {
            return Err(failed);
        };
        let link = JoinLink {
            host: host.to_owned(),
            port,
            room: claims.room.clone(),
            fingerprint: self.fingerprint(),
            token: Text::new(token).map_err(|_too_long| failed)?,
        };
        Ok((claims, link))
    }
}

/// Host and port of `host`, `host:port`, `[v6]` or `[v6]:port`.
fn split_authority(authority: &str) -> Option<(&str, u16)> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']')?;
            (host, after.strip_prefix(':').or(after.is_empty().then_some(""))?)
        }
        None => authority.split_once(':').unwrap_or((authority, "")),
    };
    let port = match port {
        "" => DEFAULT_PORT,
        port => port.parse().ok().filter(|port| *port != 0)?,
    };
    (!host.is_empty() && !host.contains(['/', '@', ' '])).then_some((host, port))
}

impl fmt::Display for JoinLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            host,
            port,
            room,
            fingerprint,
            token,
        } = self;
        let (open, close) = if host.contains(':') { ("[", "]") } else { ("", "") };
        write!(
            f,
            "gemba://{open}{host}{close}:{port}/{room}#cert={fingerprint}&token={token}"
        )
    }
}

impl fmt::Debug for JoinLink {
    /// Without the token: it is a right.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "gemba://{}:{}/{}#…", self.host, self.port, self.room)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_come_back_equal() {
        for host in ["plant.example", "10.0.0.1", "fe80::1"] {
            let link = JoinLink {
                host: host.to_owned(),
                port: 4_433,
                room: RoomName::new("line-1").unwrap(),
                fingerprint: Fingerprint::of(b"certificate"),
                token: Text::new("a.b-_.c").unwrap(),
            };
            assert_eq!(link.to_string().parse(), Ok(link.clone()));
            assert!(!format!("{link:?}").contains("a.b-_.c"), "a log holds no token");
        }
    }

    #[test]
    fn what_is_no_link_says_why() {
        let cert = Fingerprint::of(b"certificate");
        let check = |text: String, says: &str| {
            let error = text.parse::<JoinLink>().unwrap_err().to_string();
            assert!(error.contains(says), "{text}: {error}");
        };
        check("http://a/b#c".into(), "does not start with gemba://");
        check("gemba://a/b".into(), "after # is missing");
        check(format!("gemba://a#cert={cert}&token=t"), "room is missing");
        check(format!("gemba://a:0/b#cert={cert}&token=t"), "host or port");
        check(format!("gemba://:1/b#cert={cert}&token=t"), "host or port");
        check(format!("gemba://[::1/b#cert={cert}&token=t"), "host or port");
        check("gemba://a/b#cert=AAAA&token=t".into(), "fingerprint is damaged");
        check(format!("gemba://a/b#cert={cert}"), "token is missing");
        check(format!("gemba://a/B#cert={cert}&token=t"), "names no room");
        check(format!("gemba://a/b#{}", "x".repeat(9_000)), "too long");
        let link: JoinLink = format!("gemba://[::1]/b#cert={cert}&later=x&token=t")
            .parse()
            .unwrap();
        assert_eq!((link.host.as_str(), link.port), ("::1", DEFAULT_PORT));
    }
}
