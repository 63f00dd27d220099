//! TLS 1.3 on both sides, and the client's way to know a relay: by the fingerprint in the join link, not by a name.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, ServerConfig, SignatureScheme,
    client::{
        Resumption,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, ring, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
};

use crate::identity::{Fingerprint, RelayIdentity};

/// What is spoken over QUIC.
pub(crate) const ALPN_QUIC: &[u8] = b"gemba-session/1";
/// What is spoken over TCP before it becomes a WebSocket.
pub(crate) const ALPN_WEBSOCKET: &[u8] = b"http/1.1";
/// The name that clients ask for and certificates carry; it identifies nobody.
pub(crate) const SERVER_NAME: &str = "gemba-relay";

/// A relay's side.
///
/// # Errors
/// When certificate and key do not fit each other.
pub(crate) fn server_config(identity: &RelayIdentity, alpn: &[u8]) -> Result<ServerConfig, rustls::Error> {
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_no_client_auth()
        .with_single_cert(
            vec![identity.certificate.clone()],
            identity.certificate_key.clone_key(),
        )?;
    config.alpn_protocols = vec![alpn.to_vec()];
    Ok(config)
}

/// A client's side, for one attempt to reach the relay with this fingerprint. The flag is set when another
/// certificate was shown.
///
/// # Errors
/// When the provider lacks TLS 1.3.
pub(crate) fn client_config(
    fingerprint: Fingerprint,
    alpn: &[u8],
) -> Result<(ClientConfig, Arc<AtomicBool>), rustls::Error> {
    let provider = provider();
    let was_other = Arc::new(AtomicBool::new(false));
    let verifier = PinnedCertificate {
        fingerprint,
        was_other: Arc::clone(&was_other),
        provider: Arc::clone(&provider),
    };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.alpn_protocols = vec![alpn.to_vec()];
    // The certificate is looked at each time.
    config.resumption = Resumption::disabled();
    Ok((config, was_other))
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// Accepts one certificate, whatever its name, dates and issuer; its holder must have signed the handshake.
#[derive(Debug)]
struct PinnedCertificate {
    fingerprint: Fingerprint,
    was_other: Arc<AtomicBool>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for PinnedCertificate {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if Fingerprint::of(end_entity) == self.fingerprint {
            return Ok(ServerCertVerified::assertion());
        }
        self.was_other.store(true, Ordering::Release);
        Err(CertificateError::ApplicationVerificationFailure.into())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(rustls::Error::PeerIncompatible(
            rustls::PeerIncompatible::Tls13RequiredForQuic,
        ))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
