//! Tokens: the right to come into one room, in one role, for a while, signed by the relay.
//!
//! A token is a JSON Web Token (RFC 7519) in compact form with exactly one header, `{"alg":"EdDSA","typ":"JWT"}`
//! (RFC 8037). The header is compared as bytes and never obeyed, so there is no algorithm to confuse.

use std::{fmt, time::Duration};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use gemba_model::UnixNanos;
use gemba_session::{JoinRefusal, Role, RoomName, operation::Name, wire::MAX_TOKEN_BYTES};
use ring::signature::{ED25519, KeyPair, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

use super::RelayIdentity;

/// base64url of `{"alg":"EdDSA","typ":"JWT"}`.
const HEADER: &str = "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9";

/// The name of a token, for revoking it: 16 random bytes in base64url.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenId(String);

impl TokenId {
    /// A new one.
    #[must_use]
    pub fn random() -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>()))
    }

    /// The name that the text is, when it is one.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        (text.len() == 22 && text.bytes().all(plain)).then(|| Self(text.to_owned()))
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a token says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claims {
    /// Which room.
    pub room: RoomName,
    /// The role that its holder comes in with.
    pub role: Role,
    /// The name to show; empty to leave it to the client.
    pub name: Name,
    /// When it ends, in seconds since 1970.
    pub exp: i64,
    /// Its own name.
    pub jti: TokenId,
    /// How many clients may use it: the first that come.
    pub clients: u32,
}

impl Claims {
    /// When the token ends, by the relay's clock.
    #[must_use]
    pub fn expires(&self) -> UnixNanos {
        UnixNanos(self.exp.saturating_mul(1_000_000_000))
    }
}

/// What a token is to be for.
#[derive(Clone, Debug, PartialEq)]
pub struct Grant {
    /// Which room.
    pub room: RoomName,
    /// The role that its holder comes in with.
    pub role: Role,
    /// The name to show; empty to leave it to the client.
    pub name: Name,
    /// For how long, from now.
    pub lasts: Duration,
    /// How many clients may use it: the first that come.
    pub clients: u32,
}

impl RelayIdentity {
    /// A new token, and what it says. `None` when it does not become text, which no grant makes happen.
    pub(crate) fn mint(&self, now: UnixNanos, grant: Grant) -> Option<(Claims, String)> {
        let claims = Claims {
            room: grant.room,
            role: grant.role,
            name: grant.name,
            exp: now.after(grant.lasts).0.div_euclid(1_000_000_000),
            jti: TokenId::random(),
            clients: grant.clients,
        };
        let body = BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(&claims).ok()?);
        let signed = format!("{HEADER}.{body}");
        let signature = BASE64_URL_SAFE_NO_PAD.encode(self.token_key.sign(signed.as_bytes()));
        Some((claims, format!("{signed}.{signature}")))
    }

    /// What `token` says, when this relay signed it, whether or not its time is over.
    ///
    /// # Errors
    /// [`JoinRefusal::TokenInvalid`] when it is not this relay's.
    pub fn read_token(&self, token: &str) -> Result<Claims, JoinRefusal> {
        self.read(token).ok_or(JoinRefusal::TokenInvalid)
    }

    fn read(&self, token: &str) -> Option<Claims> {
        if token.len() > MAX_TOKEN_BYTES {
            return None;
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, body) = signed.split_once('.')?;
        if header != HEADER {
            return None;
        }
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).ok()?;
        UnparsedPublicKey::new(&ED25519, self.token_key.public_key().as_ref())
            .verify(signed.as_bytes(), &signature)
            .ok()?;
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(body).ok()?).ok()
    }

    /// What `token` says, when it lets someone into `room` now.
    ///
    /// # Errors
    /// The [`JoinRefusal`] that says why not. Revocation is looked up elsewhere.
    pub(crate) fn admit(&self, now: UnixNanos, token: &str, room: &RoomName) -> Result<Claims, JoinRefusal> {
        let claims = self.read_token(token)?;
        if claims.expires() <= now {
            return Err(JoinRefusal::TokenExpired);
        }
        if claims.room != *room {
            return Err(JoinRefusal::TokenForOtherRoom);
        }
        Ok(claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(room: &str) -> Grant {
        Grant {
            room: RoomName::new(room).unwrap(),
            role: Role::Editor,
            name: Name::cut("Ana"),
            lasts: Duration::from_secs(60),
            clients: 1,
        }
    }

    #[test]
    fn the_header_is_the_one_that_stands_here() {
        let text = BASE64_URL_SAFE_NO_PAD.encode(br#"{"alg":"EdDSA","typ":"JWT"}"#);
        assert_eq!(text, HEADER);
    }

    #[test]
    fn each_way_to_be_no_token_has_its_refusal() {
        let folder = tempfile::tempdir().unwrap();
        let identity = RelayIdentity::load_or_create(folder.path()).unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        let other_relay = RelayIdentity::load_or_create(elsewhere.path()).unwrap();
        let now = UnixNanos::from_millis(1_800_000_000_000);
        let room = RoomName::new("line-1").unwrap();
        let (claims, token) = identity.mint(now, grant("line-1")).unwrap();
        assert_eq!(identity.admit(now, &token, &room), Ok(claims.clone()));
        let late = now.after(Duration::from_secs(61));
        assert_eq!(
            identity.admit(late, &token, &room),
            Err(JoinRefusal::TokenExpired)
        );
        let other = RoomName::new("line-2").unwrap();
        assert_eq!(
            identity.admit(now, &token, &other),
            Err(JoinRefusal::TokenForOtherRoom)
        );
        assert_eq!(
            other_relay.admit(now, &token, &room),
            Err(JoinRefusal::TokenInvalid)
        );

        // The same claims with another role, under the old signature, and under no signature at all.
        let [_, body, signature] = *token.split('.').collect::<Vec<_>>() else {
            panic!("a token has three parts: {token}")
        };
        let mut host = claims;
        host.role = Role::Host;
        let host = BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(&host).unwrap());
        let header = |alg: &str| BASE64_URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"{alg}","typ":"JWT"}}"#));
        for forged in [
            format!("{HEADER}.{host}.{signature}"),
            format!("{}.{body}.", header("none")),
            format!("{}.{body}.{signature}", header("none")),
            format!("{}.{body}.{signature}", header("HS256")),
            format!("{HEADER}.{body}."),
            format!("{HEADER}.{body}"),
            format!("{token}."),
            format!("{token}{}", "A".repeat(MAX_TOKEN_BYTES)),
            "..".to_owned(),
            String::new(),
        ] {
            assert_eq!(
                identity.admit(now, &forged, &room),
                Err(JoinRefusal::TokenInvalid),
                "{forged}"
            );
        }
    }
}
