//! The relay's own keys and certificate in its data folder, made on first start.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use ring::{digest, hmac, signature::Ed25519KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, pem::PemObject};
use thiserror::Error;

use super::{Fingerprint, client_key::new_key_pem};

const TOKEN_KEY: &str = "token-key.pem";
const TLS_KEY: &str = "tls-key.pem";
const TLS_CERTIFICATE: &str = "tls-certificate.pem";
/// What makes the key of stateless resets another than that of tokens.
const RESET_CONTEXT: &[u8] = b"gemba stateless reset 1\0";

/// Why a relay has no identity.
#[derive(Debug, Error)]
pub enum IdentityError {
    /// A file or folder cannot be read or written.
    #[error("cannot use `{}`", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// A file holds no key or certificate.
    #[error("`{}` holds no {what} in PEM form; restore it from a backup, or move it away and a new one is made", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What should be in it.
        what: &'static str,
    },
    /// The folder is no relay's.
    #[error("no relay has run with the data folder `{}`; start it there first, or correct `--data`", path.display())]
    NoRelay {
        /// The folder.
        path: PathBuf,
    },
    /// A key or certificate could not be made.
    #[error("cannot make a {what}")]
    Generate {
        /// Of what.
        what: &'static str,
    },
}

/// The relay's keys and certificate.
pub struct RelayIdentity {
    pub(super) token_key: Ed25519KeyPair,
    pub(crate) certificate: CertificateDer<'static>,
    pub(crate) certificate_key: PrivateKeyDer<'static>,
    /// By which a relay that was restarted tells clients of its former life that it knows them no more (RFC 9000,
    /// section 10.3). Without it they would wait until silence tells them.
    pub(crate) reset_key: hmac::Key,
    is_new: bool,
}

impl RelayIdentity {
    /// The identity in `data`; what is missing of it is made and stored there, readable by this user alone.
    ///
    /// # Errors
    /// [`IdentityError`] when a file cannot be used.
    pub fn load_or_create(data: &Path) -> Result<Arc<Self>, IdentityError> {
        make_folder(data)?;
        let key_path = data.join(TOKEN_KEY);
        let is_new = !key_path.exists();
        let token_pem = load_or_make(&key_path, || {
            new_key_pem().ok_or(IdentityError::Generate {
                what: "key for tokens",
            })
        })?;
        let unreadable = |file: &str, what| IdentityError::Unreadable {
            path: data.join(file),
            what,
        };
        let token_key = PrivatePkcs8KeyDer::from_pem_slice(token_pem.as_bytes())
            .ok()
            .and_then(|der| Ed25519KeyPair::from_pkcs8_maybe_unchecked(der.secret_pkcs8_der()).ok())
            .ok_or_else(|| unreadable(TOKEN_KEY, "Ed25519 key"))?;
        let tls_pem = load_or_make(&data.join(TLS_KEY), || {
            let pair = rcgen::KeyPair::generate();
            pair.map(|pair| pair.serialize_pem())
                .map_err(|_no_randomness| IdentityError::Generate {
                    what: "key for the certificate",
                })
        })?;
        let certificate_pem = load_or_make(&data.join(TLS_CERTIFICATE), || certificate_pem(&tls_pem))?;
        let certificate = CertificateDer::from_pem_slice(certificate_pem.as_bytes())
            .map_err(|_not_pem| unreadable(TLS_CERTIFICATE, "certificate"))?;
        let certificate_key = PrivateKeyDer::from_pem_slice(tls_pem.as_bytes())
            .map_err(|_not_pem| unreadable(TLS_KEY, "private key"))?;
        let secret = [RESET_CONTEXT, token_pem.as_bytes()].concat();
        let secret = digest::digest(&digest::SHA256, &secret);
        Ok(Arc::new(Self {
            token_key,
            reset_key: hmac::Key::new(hmac::HMAC_SHA256, secret.as_ref()),
            certificate,
            certificate_key,
            is_new,
        }))
    }

    /// The identity of the relay whose data is in `data`.
    ///
    /// # Errors
    /// [`IdentityError::NoRelay`] when no relay has run there, else as [`RelayIdentity::load_or_create`].
    pub fn load(data: &Path) -> Result<Arc<Self>, IdentityError> {
        if !data.join(TOKEN_KEY).exists() {
            return Err(IdentityError::NoRelay {
                path: data.to_owned(),
            });
        }
        Self::load_or_create(data)
    }

    /// Whether the key was made just now: nobody can have a link yet.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// The certificate's SHA-256, by which clients know the relay.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.certificate)
    }
}

impl std::fmt::Debug for RelayIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RelayIdentity")
            .field("fingerprint", &self.fingerprint())
            .finish_non_exhaustive()
    }
}

/// A certificate that signs itself. It is known by its fingerprint, so its name and dates say nothing.
fn certificate_pem(key_pem: &str) -> Result<String, IdentityError> {
    let failed = |_| IdentityError::Generate { what: "certificate" };
    let key = rcgen::KeyPair::from_pem(key_pem).map_err(failed)?;
    let parameters = rcgen::CertificateParams::new([crate::tls::SERVER_NAME.to_owned()]).map_err(failed)?;
    Ok(parameters.self_signed(&key).map_err(failed)?.pem())
}

fn load_or_make(
    path: &Path,
    make: impl FnOnce() -> Result<String, IdentityError>,
) -> Result<String, IdentityError> {
    let file = |source| IdentityError::File {
        path: path.to_owned(),
        source,
    };
    match fs::read(path) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let pem = make()?;
            write_secret(path, pem.as_bytes()).map_err(file)?;
            Ok(pem)
        }
        Err(error) => Err(file(error)),
    }
}

/// The folder, made for this user alone when it is not there.
fn make_folder(path: &Path) -> Result<(), IdentityError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|source| IdentityError::File {
        path: path.to_owned(),
        source,
    })
}

fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// Writes a new file that only this user can read, whole or not at all.
pub(super) fn write_secret(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let half = path.with_extension("new");
    let mut file = private(OpenOptions::new().write(true).create(true).truncate(true)).open(&half)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&half, path)?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        // The name is durable when the folder is; where folders cannot be synced, the system does it by itself.
        #[cfg(unix)]
        fs::File::open(folder)?.sync_all()?;
        #[cfg(not(unix))]
        let _folder = folder;
    }
    Ok(())
}

/// Adds a line to a file of this user, durably.
pub(crate) fn append_line(path: &Path, line: &str) -> io::Result<()> {
    let mut file = private(OpenOptions::new().append(true).create(true)).open(path)?;
    file.write_all(format!("{line}\n").as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_made_once_and_only_this_user_can_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("deep/data");
        let first = RelayIdentity::load_or_create(&data).unwrap();
        let again = RelayIdentity::load_or_create(&data).unwrap();
        assert!(first.is_new() && !again.is_new());
        assert_eq!(first.fingerprint(), again.fingerprint());
        #[cfg(unix)]
        for entry in data.read_dir().unwrap() {
            use std::os::unix::fs::PermissionsExt;
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{}", entry.path().display());
        }
        fs::write(data.join(TLS_CERTIFICATE), "").unwrap();
        let error = RelayIdentity::load_or_create(&data).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("tls-certificate.pem` holds no certificate"),
            "{error}"
        );
    }
}
