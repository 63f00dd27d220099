//! From an error of rumqttc to a reason that a person can act on. Errors are matched by their type, never by their
//! text.

use std::{error::Error, io};

use gemba_telemetry::{LinkReason, RefusedBecause, TlsFault};
use rumqttc::{ConnectReturnCode, ConnectionError, StateError, mqttbytes};
use rustls::{AlertDescription, CertificateError, InvalidMessage};

pub(super) fn reason_of(error: &ConnectionError) -> LinkReason {
    match error {
        ConnectionError::ConnectionRefused(code) => LinkReason::Refused(refused(*code)),
        ConnectionError::NetworkTimeout => LinkReason::Unreachable {
            detail: "no answer in time".to_owned(),
        },
        ConnectionError::FlushTimeout | ConnectionError::RequestsDone => LinkReason::Closed,
        ConnectionError::Io(error) => tls_fault(error).map_or_else(
            || LinkReason::Unreachable {
                detail: error.to_string(),
            },
            LinkReason::Tls,
        ),
        ConnectionError::Tls(error) => LinkReason::Tls(match error {
            rumqttc::TlsError::TLS(error) => fault_of(error),
            rumqttc::TlsError::Io(error) => tls_fault(error).unwrap_or_else(|| match error.kind() {
                io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => TlsFault::NotTls,
                _ => TlsFault::Other {
                    detail: error.to_string(),
                },
            }),
            other => TlsFault::Other {
                detail: other.to_string(),
            },
        }),
        ConnectionError::MqttState(error) => state(error),
        ConnectionError::NotConnAck(_) => LinkReason::Protocol {
            detail: "the first packet is no CONNACK".to_owned(),
        },
    }
}

fn refused(code: ConnectReturnCode) -> RefusedBecause {
    match code {
        ConnectReturnCode::RefusedProtocolVersion => RefusedBecause::ProtocolVersion,
        ConnectReturnCode::BadClientId => RefusedBecause::BadClientId,
        ConnectReturnCode::BadUserNamePassword => RefusedBecause::BadCredentials,
        ConnectReturnCode::NotAuthorized => RefusedBecause::NotAuthorised,
        // `Success` is no refusal and does not come here.
        ConnectReturnCode::ServiceUnavailable | ConnectReturnCode::Success => RefusedBecause::Unavailable,
    }
}

fn state(error: &StateError) -> LinkReason {
    match error {
        StateError::ConnectionAborted | StateError::AwaitPingResp | StateError::CollisionTimeout => {
            LinkReason::Closed
        }
        StateError::Io(error) | StateError::Deserialization(mqttbytes::Error::Io(error)) => {
            tls_fault(error).map_or(LinkReason::Closed, LinkReason::Tls)
        }
        StateError::Deserialization(mqttbytes::Error::PayloadSizeLimitExceeded(bytes)) => {
            LinkReason::PacketTooLarge { bytes: *bytes }
        }
        other => LinkReason::Protocol {
            detail: other.to_string(),
        },
    }
}

/// The TLS error inside an IO error, if there is one.
fn tls_fault(error: &io::Error) -> Option<TlsFault> {
    let mut source: Option<&(dyn Error + 'static)> = error.get_ref().map(|inner| inner as _);
    while let Some(inner) = source {
        if let Some(error) = inner.downcast_ref::<rustls::Error>() {
            return Some(fault_of(error));
        }
        source = match inner.downcast_ref::<io::Error>() {
            Some(nested) => nested.get_ref().map(|inner| inner as _),
            None => inner.source(),
        };
    }
    None
}

fn fault_of(error: &rustls::Error) -> TlsFault {
    use CertificateError as Cert;
    match error {
        rustls::Error::InvalidCertificate(Cert::UnknownIssuer | Cert::BadSignature) => {
            TlsFault::UntrustedIssuer
        }
        rustls::Error::InvalidCertificate(Cert::NotValidForName | Cert::NotValidForNameContext { .. }) => {
            TlsFault::WrongName
        }
        rustls::Error::InvalidCertificate(
            Cert::Expired | Cert::ExpiredContext { .. } | Cert::NotValidYet | Cert::NotValidYetContext { .. },
        ) => TlsFault::OutOfDate,
        rustls::Error::AlertReceived(
            AlertDescription::CertificateRequired
            | AlertDescription::BadCertificate
            | AlertDescription::UnknownCA
            | AlertDescription::CertificateUnknown
            | AlertDescription::HandshakeFailure,
        ) => TlsFault::ClientCertificate,
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => TlsFault::NotTls,
        other => TlsFault::Other {
            detail: other.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tls_error_is_found_inside_io_errors() {
        let inner = rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let nested = io::Error::other(io::Error::new(io::ErrorKind::InvalidData, inner));
        let error = ConnectionError::Tls(rumqttc::TlsError::Io(nested));
        assert_eq!(reason_of(&error), LinkReason::Tls(TlsFault::UntrustedIssuer));
    }

    #[test]
    fn reasons_of_common_errors() {
        let refused = ConnectionError::ConnectionRefused(ConnectReturnCode::BadUserNamePassword);
        assert_eq!(
            reason_of(&refused),
            LinkReason::Refused(RefusedBecause::BadCredentials)
        );
        let io = ConnectionError::Io(io::Error::new(io::ErrorKind::ConnectionRefused, "refused"));
        assert_eq!(
            reason_of(&io),
            LinkReason::Unreachable {
                detail: "refused".into()
            }
        );
        let large = StateError::Deserialization(mqttbytes::Error::PayloadSizeLimitExceeded(9));
        assert_eq!(
            reason_of(&ConnectionError::MqttState(large)),
            LinkReason::PacketTooLarge { bytes: 9 }
        );
        let closed = ConnectionError::MqttState(StateError::ConnectionAborted);
        assert_eq!(reason_of(&closed), LinkReason::Closed);
    }
}
