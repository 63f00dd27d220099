//! TLS for all connections: one crypto provider for the process, roots of the system or of a file.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, PrivateKeyDer},
};
use thiserror::Error;

use crate::ConnectionConfig;

/// Makes ring the crypto provider of this process. May be called any number of times, from any thread.
pub fn install_provider() {
    if rustls::crypto::ring::default_provider()
        .install_default()
        .is_err()
    {
        tracing::trace!("a TLS provider is installed already");
    }
}

/// Why no TLS settings can be made.
#[derive(Debug, Error)]
pub enum TlsConfigError {
    /// A file that the connection names cannot be read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// A file holds no PEM certificate.
    #[error("`{}` holds no certificate in PEM form", path.display())]
    NoCertificate {
        /// The file.
        path: PathBuf,
    },
    /// A file holds no PEM private key.
    #[error("`{}` holds no private key in PEM form", path.display())]
    NoKey {
        /// The file.
        path: PathBuf,
    },
    /// This machine has no trusted roots, and no `ca_file` is set.
    #[error("this machine has no trusted certificates, and the connection sets no `ca_file`")]
    NoRoots,
    /// Certificate and key do not fit, or the protocol versions are not supported.
    #[error("the TLS settings do not work")]
    Rustls(#[from] rustls::Error),
}

/// Client settings for a connection: its `ca_file`, else the roots of the system; its client certificate, if any.
///
/// # Errors
/// [`TlsConfigError`] when a file cannot be used.
pub(crate) fn client_config(config: &ConnectionConfig) -> Result<Arc<ClientConfig>, TlsConfigError> {
    let mut roots = RootCertStore::empty();
    match &config.ca_file {
        Some(path) => {
            let (added, _unusable) = roots.add_parsable_certificates(certificates(path)?);
            if added == 0 {
                return Err(TlsConfigError::NoCertificate { path: path.clone() });
            }
        }
        None => {
            // Single unreadable certificates of the system do not matter as long as some are left.
            let (added, _unusable) =
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            if added == 0 {
                return Err(TlsConfigError::NoRoots);
            }
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots);
    let client = match (&config.client_cert_file, &config.client_key_file) {
        (Some(cert), Some(key)) => builder.with_client_auth_cert(certificates(cert)?, private_key(key)?)?,
        _ => builder.with_no_client_auth(),
    };
    Ok(Arc::new(client))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsConfigError> {
    let pem = read(path)?;
    let certificates: Vec<_> = rustls_pemfile::certs(&mut pem.as_slice())
        .filter_map(Result::ok)
        .collect();
    if certificates.is_empty() {
        return Err(TlsConfigError::NoCertificate {
            path: path.to_owned(),
        });
    }
    Ok(certificates)
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsConfigError> {
    let pem = read(path)?;
    rustls_pemfile::private_key(&mut pem.as_slice())
        .ok()
        .flatten()
        .ok_or_else(|| TlsConfigError::NoKey {
            path: path.to_owned(),
        })
}

fn read(path: &Path) -> Result<Vec<u8>, TlsConfigError> {
    fs::read(path).map_err(|source| TlsConfigError::Read {
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_provider_may_be_installed_twice() {
        install_provider();
        install_provider();
        assert!(rustls::crypto::CryptoProvider::get_default().is_some());
    }

    #[test]
    fn files_that_are_no_certificates_are_named() {
        let mut config = ConnectionConfig::plain("localhost", 8883);
        config.ca_file = Some("no-such-ca.pem".into());
        let error = client_config(&config).unwrap_err();
        assert_eq!(error.to_string(), "cannot read `no-such-ca.pem`");
        config.ca_file = Some("Cargo.toml".into());
        let error = client_config(&config).unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("Cargo.toml` holds no certificate in PEM form"),
            "{error}"
        );
    }
}
