//! A client's own key, and the proof that it holds it, over this connection and no other.
//!
//! The proof is the key's signature over bytes that TLS derives for the connection (RFC 9266's idea with a label of
//! our own): whoever overhears token and proof, or relays them, has another connection and so other bytes.

use std::{fs, io, path::Path, path::PathBuf};

use gemba_session::{ClientKey, bounded::Blob, wire::MAX_PROOF_BYTES};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use rustls::pki_types::{PrivatePkcs8KeyDer, pem::PemObject};
use thiserror::Error;

use super::files::write_secret;

/// The label under which both ends ask TLS for the bytes that a proof signs.
pub(crate) const EXPORTER_LABEL: &[u8] = b"EXPORTER-gemba-session-1";
/// How many of these bytes.
pub(crate) const EXPORTER_BYTES: usize = 32;
/// What stands before them, so that the signature can mean nothing else.
const PROOF_CONTEXT: &[u8] = b"gemba session proof 1\0";

/// The key by which rooms know a client again.
pub struct ClientIdentity {
    pair: Ed25519KeyPair,
}

/// Why there is no client key.
#[derive(Debug, Error)]
pub enum ClientIdentityError {
    /// The random source gave nothing, or the key could not be made.
    #[error("no key could be made on this machine")]
    Generate,
    /// The file of the key cannot be read or written.
    #[error("cannot use the key file `{}`", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// The file holds something else.
    #[error("`{}` holds no Ed25519 key; move it away and a new one is made", path.display())]
    NoKey {
        /// The file.
        path: PathBuf,
    },
}

impl ClientIdentity {
    /// A key for this run only.
    ///
    /// # Errors
    /// [`ClientIdentityError::Generate`] when the machine gives no randomness.
    pub fn generate() -> Result<Self, ClientIdentityError> {
        Self::from_pem(&new_key_pem().ok_or(ClientIdentityError::Generate)?)
            .ok_or(ClientIdentityError::Generate)
    }

    /// The key in `path`; a new one is stored there when there is none. With it a person stays the same participant.
    ///
    /// # Errors
    /// [`ClientIdentityError`] when the file cannot be used.
    pub fn load_or_create(path: &Path) -> Result<Self, ClientIdentityError> {
        let file = |source| ClientIdentityError::File {
            path: path.to_owned(),
            source,
        };
        let pem = match fs::read(path) {
            Ok(pem) => String::from_utf8_lossy(&pem).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let pem = new_key_pem().ok_or(ClientIdentityError::Generate)?;
                write_secret(path, pem.as_bytes()).map_err(file)?;
                pem
            }
            Err(error) => return Err(file(error)),
        };
        Self::from_pem(&pem).ok_or_else(|| ClientIdentityError::NoKey {
            path: path.to_owned(),
        })
    }

    fn from_pem(pem: &str) -> Option<Self> {
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).ok()?;
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der.secret_pkcs8_der()).ok()?;
        Some(Self { pair })
    }

    /// The public half: who this client is.
    #[must_use]
    pub fn key(&self) -> ClientKey {
        let mut key = [0; 32];
        key.copy_from_slice(self.pair.public_key().as_ref());
        ClientKey(key)
    }

    /// The proof for the connection with these exported bytes.
    #[expect(
        clippy::expect_used,
        reason = "an Ed25519 signature has the 64 bytes that a proof may have"
    )]
    pub(crate) fn prove(&self, exporter: &[u8; EXPORTER_BYTES]) -> Blob<MAX_PROOF_BYTES> {
        Blob::new(self.pair.sign(&signed_bytes(exporter))).expect("a signature fits a proof")
    }
}

impl std::fmt::Debug for ClientIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ClientIdentity").field(&self.key()).finish()
    }
}

/// A new Ed25519 key as PKCS#8 in PEM.
pub(super) fn new_key_pem() -> Option<String> {
    let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).ok()?;
    Some(pair.serialize_pem())
}

/// Whether `proof` is the signature of `key` over the connection with these exported bytes.
pub(crate) fn is_proof(key: ClientKey, exporter: &[u8; EXPORTER_BYTES], proof: &[u8]) -> bool {
    UnparsedPublicKey::new(&ED25519, key.0)
        .verify(&signed_bytes(exporter), proof)
        .is_ok()
}

fn signed_bytes(exporter: &[u8; EXPORTER_BYTES]) -> Vec<u8> {
    [PROOF_CONTEXT, exporter].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_holds_for_one_key_and_one_connection() {
        let (one, other) = (
            ClientIdentity::generate().unwrap(),
            ClientIdentity::generate().unwrap(),
        );
        let proof = one.prove(&[7; 32]);
        assert!(is_proof(one.key(), &[7; 32], &proof));
        assert!(!is_proof(one.key(), &[8; 32], &proof), "another connection");
        assert!(!is_proof(other.key(), &[7; 32], &proof), "another key");
        assert!(!is_proof(one.key(), &[7; 32], &proof[..63]));
        assert!(
            !is_proof(ClientKey([0; 32]), &[7; 32], &[0; 64]),
            "the key of small order"
        );
    }

    #[test]
    fn the_key_of_a_file_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("client-key.pem");
        let key = ClientIdentity::load_or_create(&path).unwrap().key();
        assert_eq!(ClientIdentity::load_or_create(&path).unwrap().key(), key);
        fs::write(&path, "nonsense").unwrap();
        let error = ClientIdentity::load_or_create(&path).unwrap_err();
        assert!(error.to_string().contains("holds no Ed25519 key"), "{error}");
    }
}
