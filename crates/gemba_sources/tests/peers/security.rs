//! Passwords and certificates, good and refused.

use std::{fs, path::Path, process::Command};

use gemba_sources::{ConnectionConfig, read_connections};
use gemba_telemetry::{LinkReason, RefusedBecause, TlsFault};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

use crate::support::{Mosquitto, Rig, await_that, find, free_port, publish_until};

/// A connection as a person writes it; `folder` holds its files.
fn config(folder: &Path, lines: &str) -> ConnectionConfig {
    let text = format!("[connection.plant]\n{lines}\n");
    let (mut connections, issues) = read_connections(&text, &folder.join("gemba.toml"));
    assert_eq!(issues, []);
    connections.by_name.remove("plant").unwrap()
}

/// Writes `NAME.pem` of a new authority and `NAME-server.pem`, `NAME-server.key` of a server for `host`.
fn certificates(folder: &Path, name: &str, host: &str) {
    let ca_key = KeyPair::generate().unwrap();
    let mut ca = CertificateParams::new([]).unwrap();
    ca.distinguished_name
        .push(DnType::CommonName, format!("authority {name}"));
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    fs::write(
        folder.join(format!("{name}.pem")),
        ca.self_signed(&ca_key).unwrap().pem(),
    )
    .unwrap();
    let issuer = Issuer::new(ca, ca_key);
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new([host.to_owned()])
        .unwrap()
        .signed_by(&key, &issuer)
        .unwrap();
    fs::write(folder.join(format!("{name}-server.pem")), server.pem()).unwrap();
    fs::write(folder.join(format!("{name}-server.key")), key.serialize_pem()).unwrap();
}

const TLS: &str = "allow_anonymous true\ncafile own.pem\ncertfile own-server.pem\nkeyfile own-server.key";

fn tls_broker(host: &str, more: &str) -> Option<Mosquitto> {
    let host = host.to_owned();
    Mosquitto::with(free_port(), &format!("{TLS}\n{more}"), move |folder| {
        certificates(folder, "own", &host);
    })
}

#[test]
fn an_encrypted_broker_is_trusted_by_its_own_authority_only() {
    let Some(broker) = tls_broker("localhost", "") else {
        return;
    };
    let folder = broker.folder();
    certificates(folder, "other", "localhost");
    let port = broker.port;
    let rig = Rig::start(
        config(
            folder,
            &format!("url = \"mqtts://localhost:{port}\"\nca_file = \"own.pem\""),
        ),
        &[("v", None)],
    );
    rig.await_live();
    let own = folder.join("own.pem").display().to_string();
    let publish = || broker.publish("v", "1", &["--cafile", &own, "--insecure"]);
    publish_until(publish, "a value over TLS", || rig.sample(0));

    for (lines, expected) in [
        (
            format!("url = \"mqtts://localhost:{port}\"\nca_file = \"other.pem\""),
            TlsFault::UntrustedIssuer,
        ),
        (
            format!("url = \"mqtts://127.0.0.1:{port}\"\nca_file = \"own.pem\""),
            TlsFault::WrongName,
        ),
    ] {
        let rig = Rig::start(config(folder, &lines), &[("v", None)]);
        assert_eq!(rig.await_reason(), LinkReason::Tls(expected), "{lines}");
        let issue = rig.status().issues().pop().unwrap();
        assert!(
            issue.message.contains("certificate") && issue.remedy.contains('`'),
            "{issue}"
        );
        assert_eq!(rig.sample(0), None);
    }
    let missing = config(
        folder,
        &format!("url = \"mqtts://localhost:{port}\"\nca_file = \"missing.pem\""),
    );
    let reason = Rig::start(missing, &[("v", None)]).await_reason();
    assert!(
        matches!(&reason, LinkReason::Credentials { detail } if detail.contains("missing.pem")),
        "{reason:?}"
    );
    // A plain client at an encrypted port, and the other way round.
    let plain = Rig::start(
        config(folder, &format!("url = \"mqtt://localhost:{port}\"")),
        &[("v", None)],
    );
    let reason = plain.await_reason();
    assert!(
        matches!(reason, LinkReason::Closed | LinkReason::Protocol { .. }),
        "{reason:?}"
    );
    let Some(open) = Mosquitto::open() else {
        return;
    };
    let lines = format!("url = \"mqtts://localhost:{}\"\nca_file = \"own.pem\"", open.port);
    assert_eq!(
        Rig::start(config(folder, &lines), &[("v", None)]).await_reason(),
        LinkReason::Tls(TlsFault::NotTls)
    );
}

#[test]
fn a_broker_that_wants_a_client_certificate_gets_it() {
    let Some(broker) = tls_broker("localhost", "require_certificate true") else {
        return;
    };
    let base = format!(
        "url = \"mqtts://localhost:{}\"\nca_file = \"own.pem\"",
        broker.port
    );
    let without = Rig::start(config(broker.folder(), &base), &[("v", None)]);
    // The broker's goodbye may be lost with the connection, but not each time.
    await_that("the missing certificate is named", || {
        (without.await_reason() == LinkReason::Tls(TlsFault::ClientCertificate)).then_some(())
    });
    // Any certificate of the authority will do.
    let lines =
        format!("{base}\nclient_cert_file = \"own-server.pem\"\nclient_key_file = \"own-server.key\"");
    Rig::start(config(broker.folder(), &lines), &[("v", None)]).await_live();
}

#[test]
fn a_password_lets_in_or_is_refused_and_can_be_mended_while_running() {
    let Some(passwd) = find("mosquitto_passwd") else {
        return;
    };
    let prepare = |folder: &Path| {
        let mut command = Command::new(passwd);
        let status = command
            .args(["-b", "-c", "users", "viewer", "r1ght"])
            .current_dir(folder)
            .status();
        assert!(status.unwrap().success());
    };
    let Some(broker) = Mosquitto::with(free_port(), "allow_anonymous false\npassword_file users", prepare)
    else {
        return;
    };
    let folder = broker.folder();
    let url = format!("url = \"mqtt://127.0.0.1:{}\"", broker.port);
    fs::write(folder.join("secret"), "wr0ng\n").unwrap();

    let nobody = Rig::start(config(folder, &url), &[("v", None)]);
    let refused = LinkReason::Refused(RefusedBecause::NotAuthorised);
    assert_eq!(nobody.await_reason(), refused);

    let lines = format!("{url}\nusername = \"viewer\"\npassword_file = \"secret\"");
    let rig = Rig::start(config(folder, &lines), &[("v", None)]);
    // mosquitto says "not authorised" for a wrong password too.
    assert_eq!(rig.await_reason(), refused);
    let status = rig.status();
    let issue = status.issues().pop().unwrap().to_string();
    assert!(issue.contains("password") && !issue.contains("wr0ng"), "{issue}");
    assert!(!format!("{status:?} {:?}", config(folder, &lines)).contains("wr0ng"));

    fs::write(folder.join("secret"), "r1ght\n").unwrap();
    rig.await_live();
    let login = ["-u", "viewer", "-P", "r1ght"];
    publish_until(|| broker.publish("v", "1", &login), "a value", || rig.sample(0));

    let lines = format!("{url}\nusername = \"viewer\"\npassword_env = \"GEMBA_NO_SUCH_VARIABLE\"");
    let reason = Rig::start(config(folder, &lines), &[("v", None)]).await_reason();
    assert_eq!(
        reason.to_string(),
        "the environment variable `GEMBA_NO_SUCH_VARIABLE` is not set"
    );
}
