//! Connections from gemba.toml: what is read, and what is said of what cannot be.

use super::*;

fn read(text: &str) -> (Connections, Vec<Issue>) {
    read_connections(text, Path::new("plant/gemba.toml"))
}

/// The issues as people read them, without remedies.
fn issues(text: &str) -> Vec<String> {
    let (connections, issues) = read(text);
    assert!(
        issues.is_empty() || connections.by_name.is_empty(),
        "a connection with a mistake is not used"
    );
    for issue in &issues {
        assert!(
            !issue.remedy.is_empty() && !issue.to_string().contains("s3cret"),
            "{issue}"
        );
    }
    issues
        .iter()
        .map(|i| format!("{}: {} {}", i.line.unwrap_or(0), i.code, i.message))
        .collect()
}

#[test]
fn a_full_connection_is_read() {
    let text = r#"
        [view]
        theme = "dark"
        [connection.plant]
        url = "mqtts://broker.example"
        username = "viewer"
        password_file = "secrets/plant"
        ca_file = "/etc/plant/ca.pem"
        client_cert_file = "viewer.pem"
        client_key_file = "viewer.key"
        client_id = "hall-3"
        keep_alive_secs = 5
        clean_session = false
        qos = 1
        max_payload_bytes = 2_000
        max_packet_bytes = 0x10000
        [connection."second one"]
        url = "mqtt://[::1]:1884/"
    "#;
    let (connections, issues) = read(text);
    assert_eq!(issues, []);
    assert_eq!(connections.names(), ["plant", "second one"]);
    let plant = &connections.by_name["plant"];
    assert_eq!(plant.endpoint.to_string(), "mqtts://broker.example:8883");
    assert_eq!(plant.username, Some(Username::Plain("viewer".into())));
    assert_eq!(plant.password, Some(Password::File("plant/secrets/plant".into())));
    assert_eq!(plant.ca_file, Some("/etc/plant/ca.pem".into()));
    assert_eq!(plant.client_cert_file, Some("plant/viewer.pem".into()));
    assert_eq!(
        (plant.keep_alive, plant.qos, plant.clean_session),
        (Duration::from_secs(5), 1, false)
    );
    assert_eq!((plant.max_payload_bytes, plant.max_packet_bytes), (2_000, 65_536));
    let second = &connections.by_name["second one"];
    assert_eq!(
        second.endpoint,
        Endpoint {
            host: "::1".into(),
            port: 1884,
            is_tls: false
        }
    );
    assert_eq!(second.endpoint.to_string(), "mqtt://[::1]:1884");
}

#[test]
fn a_file_without_connections_is_fine() {
    assert_eq!(read(""), Default::default());
    assert_eq!(read("[view]\nx = 1\n"), Default::default());
}

#[test]
fn mistakes_name_line_and_key() {
    let with = |line: &str| format!("[connection.a]\nurl = \"mqtt://h\"\n{line}\n");
    for (text, expected) in [
        (
            with("password = \"s3cret\""),
            "3: config.inline-secret `password` stands in the file, where everyone who gets the file can read it",
        ),
        (
            with("pasword_env = \"X\""),
            "3: config.unknown-key a connection has no key `pasword_env`",
        ),
        (
            with("client_id = 3"),
            "3: config.bad-value `client_id` is not a text",
        ),
        (
            with("client_id = \" \""),
            "3: config.bad-value `client_id` is empty",
        ),
        (
            with("qos = 2"),
            "3: config.bad-value `qos` is not a number that fits",
        ),
        (
            with("keep_alive_secs = 0"),
            "3: config.bad-value `keep_alive_secs` is not a number that fits",
        ),
        (
            with("max_packet_bytes = -1"),
            "3: config.bad-value `max_packet_bytes` is not a number that fits",
        ),
        (
            with("clean_session = \"no\""),
            "3: config.bad-value `clean_session` is neither `true` nor `false`",
        ),
        (
            with("clean_session = false"),
            "1: config.bad-combination the connection `a` keeps its session but has no `client_id` to keep it under",
        ),
        (
            with("password_env = \"X\""),
            "1: config.bad-combination the connection `a` has a password but no user name",
        ),
        (
            with("ca_file = \"x\""),
            "1: config.bad-combination the connection `a` has certificates, but its `url` is not encrypted",
        ),
        (
            with("username = \"u\"\nusername_env = \"U\""),
            "1: config.bad-combination the connection `a` has both `username` and `username_env`",
        ),
        (
            "\n[connection.a]\n".into(),
            "2: config.missing-key the connection `a` has no `url`",
        ),
        (
            "connection = 3".into(),
            "1: config.bad-value `connection` is not a table",
        ),
        (
            "[connection]\na = 3".into(),
            "2: config.bad-value `connection.a` is not a table",
        ),
    ] {
        assert_eq!(issues(&text), [expected], "{text}");
    }
    let issues = issues("[connection.a]\nurl = \n");
    assert!(
        issues[0].starts_with("2: config.not-toml the file is not TOML: "),
        "{issues:?}"
    );
}

#[test]
fn urls_that_lead_nowhere_say_why() {
    for (url, expected) in [
        ("broker:1883", "has no scheme"),
        ("http://broker", "has the scheme `http`, which is not supported"),
        ("mqtt://user:s3cret@broker", "holds a user name or password"),
        (
            "mqtt://broker:port",
            "has a port that is no number from 1 to 65535",
        ),
        ("mqtt://broker:0", "has a port that is no number from 1 to 65535"),
        ("mqtt://:1883", "names no host"),
        ("mqtt://a b", "names no host"),
        ("mqtt://broker/topic", "goes on after the port"),
        (
            "mqtts://[::1]",
            "asks for TLS with an IPv6 address, which is not supported",
        ),
    ] {
        let found = issues(&format!("[connection.a]\nurl = \"{url}\"\n"));
        assert_eq!(found, [format!("2: config.bad-url `url` {expected}")], "{url}");
    }
}

#[test]
fn one_bad_connection_leaves_the_others() {
    let (connections, issues) = read(
        "[connection.good]\nurl = \"mqtt://h\"\n[connection.bad]\nurl = \"mqtt://h\"\npassword = \"s3cret\"\n",
    );
    assert_eq!(issues.len(), 1);
    assert_eq!(connections.by_name.keys().collect::<Vec<_>>(), ["good"]);
    assert_eq!(
        (connections.refused.as_slice(), connections.names().len()),
        (&["bad".to_owned()][..], 2)
    );
}
