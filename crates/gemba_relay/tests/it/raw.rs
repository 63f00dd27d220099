//! A client without manners: speaks QUIC itself, says what it likes, and takes no part in the code under test but the
//! codec. Label and context of the proof are written out here as the protocol has them.

use std::{net::SocketAddr, sync::Arc};

use gemba_relay::JoinLink;
use gemba_session::{
    ClientKey, ParticipantId,
    bounded::Blob,
    wire::{self, ClientMessage, FrameReader, Hello, MAX_FRAME_BYTES, PROTOCOL_VERSION, RelayMessage},
};
use quinn::{Connection, Endpoint, RecvStream, SendStream, TransportConfig, VarInt};
use ring::signature::{Ed25519KeyPair, KeyPair};
use rustls::{
    DigitallySignedStruct, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    pki_types::{CertificateDer, ServerName, UnixTime},
};

pub(crate) struct Raw {
    _endpoint: Endpoint,
    pub(crate) connection: Connection,
    pub(crate) send: SendStream,
    receive: RecvStream,
    frames: FrameReader,
}

impl Raw {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self::connect_with(address, 1 << 20).await
    }

    /// With room for so many bytes that it has not read.
    pub(crate) async fn connect_with(address: SocketAddr, window: u32) -> Self {
        let tls = anyone_over(b"gemba-session/1");
        let crypto = quinn::crypto::rustls::QuicClientConfig::try_from(tls).unwrap();
        let mut config = quinn::ClientConfig::new(Arc::new(crypto));
        let mut transport = TransportConfig::default();
        transport
            .stream_receive_window(VarInt::from_u32(window))
            .keep_alive_interval(Some(std::time::Duration::from_secs(2)));
        config.transport_config(Arc::new(transport));
        let endpoint = Endpoint::client("127.0.0.1:0".parse().unwrap()).unwrap();
        let connecting = endpoint.connect_with(config, address, "gemba-relay").unwrap();
        let connection = connecting.await.unwrap();
        let (send, receive) = connection.open_bi().await.unwrap();
        Self {
            _endpoint: endpoint,
            connection,
            send,
            receive,
            frames: FrameReader::new(MAX_FRAME_BYTES),
        }
    }

    /// The proof of `key` for this connection.
    pub(crate) fn prove(&self, key: &Ed25519KeyPair) -> Vec<u8> {
        let mut exporter = [0; 32];
        self.connection
            .export_keying_material(&mut exporter, b"EXPORTER-gemba-session-1", b"")
            .unwrap();
        let signed = [b"gemba session proof 1\0".as_slice(), &exporter].concat();
        key.sign(&signed).as_ref().to_vec()
    }

    pub(crate) fn hello(&self, link: &JoinLink, key: &Ed25519KeyPair) -> Hello {
        Hello {
            protocol: PROTOCOL_VERSION,
            room: link.room.clone(),
            token: link.token.clone(),
            key: ClientKey(key.public_key().as_ref().try_into().unwrap()),
            proof: Blob::new(self.prove(key)).unwrap(),
            name: None,
            resume: None,
        }
    }

    pub(crate) async fn say(&mut self, message: &ClientMessage) -> bool {
        self.send.write_all(&wire::frame(message).unwrap()).await.is_ok()
    }

    pub(crate) async fn greet(&mut self, hello: Hello) -> Option<RelayMessage> {
        self.say(&ClientMessage::Hello(Box::new(hello))).await;
        self.hear().await
    }

    /// Greets as one should and reads as far as the welcome; says who it is.
    pub(crate) async fn join(&mut self, link: &JoinLink) -> ParticipantId {
        let hello = self.hello(link, &new_key());
        match self.greet(hello).await {
            Some(RelayMessage::Welcome(welcome)) => welcome.you,
            answer => panic!("{answer:?}"),
        }
    }

    /// The next message; `None` when the relay has hung up.
    pub(crate) async fn hear(&mut self) -> Option<RelayMessage> {
        let mut part = [0; 4_096];
        loop {
            if let Some(message) = self.frames.next_message().unwrap() {
                return Some(message);
            }
            match self.receive.read(&mut part).await {
                Ok(Some(read)) => self.frames.push(&part[..read]),
                Ok(None) | Err(_) => return None,
            }
        }
    }
}

/// TLS over TCP to the relay, without a WebSocket yet.
pub(crate) async fn tls_over_tcp(
    address: SocketAddr,
) -> tokio_rustls::client::TlsStream<tokio::net::TcpStream> {
    let tcp = tokio::net::TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("gemba-relay").unwrap();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(anyone_over(b"http/1.1")));
    connector.connect(name, tcp).await.unwrap()
}

fn anyone_over(alpn: &[u8]) -> rustls::ClientConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anyone))
        .with_no_client_auth();
    tls.alpn_protocols = vec![alpn.to_vec()];
    tls
}

pub(crate) fn new_key() -> Ed25519KeyPair {
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&ring::rand::SystemRandom::new()).unwrap();
    Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap()
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

#[derive(Debug)]
struct Anyone;

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        rustls::crypto::ring::default_provider()
            .signature_verification_algorithms
            .supported_schemes()
    }
}
