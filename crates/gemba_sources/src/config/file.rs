//! Reads the `[connection.NAME]` tables of `gemba.toml`. Other tables belong to others and are passed over.
//!
//! ```toml
//! [connection.plant]
//! url = "mqtts://broker.example:8883"   # or mqtt://…:1883; the port may be left out
//! username = "viewer"                   # or username_env = "NAME"
//! password_env = "PLANT_PASSWORD"       # or password_file = "secrets/plant"
//! ca_file = "ca.pem"                    # else the system's roots
//! client_cert_file = "viewer.pem"       # both or none
//! client_key_file = "viewer.key"
//! client_id = "gemba-hall-3"            # else a new one each time
//! keep_alive_secs = 15
//! clean_session = true                  # false needs a client_id
//! qos = 0                               # or 1
//! max_payload_bytes = 1048576           # a larger payload is refused; the link lives on
//! max_packet_bytes = 16777216           # a larger packet closes the link
//! ```
//!
//! Paths are relative to the file. A password in the file itself is refused.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use gemba_model::Issue;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{ConnectionConfig, Endpoint, Password, Username};

const KEYS: &str = "`url`, `client_id`, `username`, `username_env`, `password_env`, `password_file`, `ca_file`, \
    `client_cert_file`, `client_key_file`, `keep_alive_secs`, `max_packet_bytes`, `max_payload_bytes`, `clean_session` \
    and `qos`";

/// The connections of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connections {
    /// Those that can be used.
    pub by_name: BTreeMap<String, ConnectionConfig>,
    /// Names that the file has but that cannot be used, each with an issue.
    pub refused: Vec<String>,
}

impl Connections {
    /// All names that the file has: a binding to one of these is not a misspelt one.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.by_name.keys().chain(&self.refused).cloned().collect()
    }
}

/// Reads `text`; `file` is its path, named in issues and the base of relative paths.
///
/// A connection with a mistake in it is left out, so that it never connects in another way than was meant.
#[must_use]
pub fn read_connections(text: &str, file: &Path) -> (Connections, Vec<Issue>) {
    let mut connections = Connections::default();
    let mut reader = Reader {
        text,
        file,
        issues: Vec::new(),
    };
    let root = match DeTable::parse(text) {
        Ok(root) => root,
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start);
            let message = format!("the file is not TOML: {}", error.message());
            reader.issue(at, "config.not-toml", message, "Correct this line");
            return (connections, reader.issues);
        }
    };
    let Some((key, tables)) = root.get_ref().get_key_value("connection") else {
        return (connections, reader.issues);
    };
    let DeValue::Table(tables) = tables.get_ref() else {
        let message = "`connection` is not a table";
        reader.issue(
            key.span().start,
            "config.bad-value",
            message,
            "Write `[connection.NAME]` with a `url` below it",
        );
        return (connections, reader.issues);
    };
    for (name, table) in tables {
        let before = reader.issues.len();
        let connection = reader.connection(name, table);
        match connection.filter(|_| reader.issues.len() == before) {
            Some(connection) => {
                connections.by_name.insert(name.get_ref().to_string(), connection);
            }
            None => connections.refused.push(name.get_ref().to_string()),
        }
    }
    (connections, reader.issues)
}

struct Reader<'a> {
    text: &'a str,
    file: &'a Path,
    issues: Vec<Issue>,
}

type Key<'a> = Spanned<std::borrow::Cow<'a, str>>;

impl Reader<'_> {
    fn issue(
        &mut self,
        at: usize,
        code: &'static str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let line = 1 + self.text.as_bytes()[..at.min(self.text.len())]
            .iter()
            .filter(|b| **b == b'\n')
            .count();
        let issue = Issue::error(code, message, remedy).in_file(self.file.display().to_string());
        self.issues
            .push(issue.at_line(u32::try_from(line).unwrap_or(u32::MAX)));
    }

    fn connection(&mut self, name: &Key<'_>, table: &Spanned<DeValue<'_>>) -> Option<ConnectionConfig> {
        let DeValue::Table(table) = table.get_ref() else {
            let message = format!("`connection.{}` is not a table", name.get_ref());
            let remedy = format!("Write `[connection.{}]` with a `url` below it", name.get_ref());
            self.issue(name.span().start, "config.bad-value", message, remedy);
            return None;
        };
        let Some((key, url)) = table.get_key_value("url") else {
            let message = format!("the connection `{}` has no `url`", name.get_ref());
            self.issue(
                name.span().start,
                "config.missing-key",
                message,
                "Add `url = \"mqtt://HOST:1883\"`",
            );
            return None;
        };
        let url = self.string(key, url)?;
        let endpoint = match endpoint(&url) {
            Ok(endpoint) => endpoint,
            Err((message, remedy)) => {
                self.issue(
                    key.span().start,
                    "config.bad-url",
                    format!("`url` {message}"),
                    remedy,
                );
                return None;
            }
        };
        let mut config = ConnectionConfig::to(endpoint);
        for (key, value) in table {
            self.set(&mut config, key, value);
        }
        self.check_together(name, table, &config);
        Some(config)
    }

    fn set(&mut self, config: &mut ConnectionConfig, key: &Key<'_>, value: &Spanned<DeValue<'_>>) {
        match &**key.get_ref() {
            "url" => {}
            "client_id" => config.client_id = self.string(key, value),
            "username" => config.username = self.string(key, value).map(Username::Plain),
            "username_env" => config.username = self.string(key, value).map(Username::Env),
            "password_env" => config.password = self.string(key, value).map(Password::Env),
            "password_file" => config.password = self.path(key, value).map(Password::File),
            "ca_file" => config.ca_file = self.path(key, value),
            "client_cert_file" => config.client_cert_file = self.path(key, value),
            "client_key_file" => config.client_key_file = self.path(key, value),
            "keep_alive_secs" => {
                if let Some(secs) = self.integer(key, value, 1, 65_535) {
                    config.keep_alive = Duration::from_secs(secs);
                }
            }
            "max_packet_bytes" => {
                // The largest packet that MQTT can say the length of.
                if let Some(bytes) = self.integer(key, value, 1 << 10, 268_435_455) {
                    config.max_packet_bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
                }
            }
            "max_payload_bytes" => {
                if let Some(bytes) = self.integer(key, value, 1, 268_435_455) {
                    config.max_payload_bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
                }
            }
            "qos" => {
                if let Some(qos) = self.integer(key, value, 0, 1) {
                    config.qos = u8::from(qos == 1);
                }
            }
            "clean_session" => match value.get_ref() {
                DeValue::Boolean(clean) => config.clean_session = *clean,
                _ => self.bad_value(
                    key,
                    "neither `true` nor `false`",
                    "Write `true` or `false` without quotes",
                ),
            },
            "password" => {
                let message = "`password` stands in the file, where everyone who gets the file can read it";
                let remedy = "Remove it, change it at the broker, and set `password_env = \"VARIABLE\"` or `password_file = \"PATH\"`";
                self.issue(key.span().start, "config.inline-secret", message, remedy);
            }
            unknown => {
                let message = format!("a connection has no key `{unknown}`");
                self.issue(
                    key.span().start,
                    "config.unknown-key",
                    message,
                    format!("Use one of {KEYS}"),
                );
            }
        }
    }

    /// Keys that exclude or need each other.
    fn check_together(&mut self, name: &Key<'_>, table: &DeTable<'_>, config: &ConnectionConfig) {
        let mut clash = |message: &str, remedy: &str| {
            let message = format!("the connection `{}` {message}", name.get_ref());
            self.issue(name.span().start, "config.bad-combination", message, remedy);
        };
        let has = |key: &str| table.contains_key(key);
        if has("username") && has("username_env") {
            clash("has both `username` and `username_env`", "Keep one of them");
        }
        if has("password_env") && has("password_file") {
            clash("has both `password_env` and `password_file`", "Keep one of them");
        }
        if config.password.is_some() && config.username.is_none() {
            clash(
                "has a password but no user name",
                "Add `username` or `username_env`",
            );
        }
        if has("client_cert_file") != has("client_key_file") {
            clash(
                "has only one of `client_cert_file` and `client_key_file`",
                "Set both or none",
            );
        }
        if !config.endpoint.is_tls && (has("ca_file") || has("client_cert_file")) {
            clash(
                "has certificates, but its `url` is not encrypted",
                "Write `mqtts://` in `url`, or remove the files",
            );
        }
        if !config.clean_session && config.client_id.is_none() {
            clash(
                "keeps its session but has no `client_id` to keep it under",
                "Add a `client_id`",
            );
        }
    }

    fn bad_value(&mut self, key: &Key<'_>, is: &str, remedy: &str) {
        let message = format!("`{}` is {is}", key.get_ref());
        self.issue(key.span().start, "config.bad-value", message, remedy);
    }

    fn string(&mut self, key: &Key<'_>, value: &Spanned<DeValue<'_>>) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) if !text.trim().is_empty() => Some(text.to_string()),
            DeValue::String(_) => {
                self.bad_value(key, "empty", "Give it a value, or remove the line");
                None
            }
            _ => {
                self.bad_value(key, "not a text", "Write it in quotes");
                None
            }
        }
    }

    fn path(&mut self, key: &Key<'_>, value: &Spanned<DeValue<'_>>) -> Option<PathBuf> {
        let path = self.string(key, value)?;
        // `join` keeps an absolute path as it is.
        Some(self.file.parent().unwrap_or(Path::new("")).join(path))
    }

    fn integer(&mut self, key: &Key<'_>, value: &Spanned<DeValue<'_>>, least: u64, most: u64) -> Option<u64> {
        let number = match value.get_ref() {
            DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        let number = number.filter(|number| (least..=most).contains(number));
        if number.is_none() {
            let remedy = format!("Write a whole number from {least} to {most}");
            self.bad_value(key, "not a number that fits", &remedy);
        }
        number
    }
}

/// `mqtt://host[:port]` or `mqtts://host[:port]`. On failure what is wrong and what to do; never any part of a user
/// name or password.
fn endpoint(url: &str) -> Result<Endpoint, (String, &'static str)> {
    let example = "Write `mqtt://HOST:1883`, or `mqtts://HOST:8883` for TLS";
    let Some((scheme, rest)) = url.split_once("://") else {
        return Err(("has no scheme".to_owned(), example));
    };
    if rest.contains('@') {
        let remedy =
            "Remove everything up to the `@`; set `username` and `password_env` or `password_file` instead";
        return Err(("holds a user name or password".to_owned(), remedy));
    }
    let (is_tls, default_port) = match scheme {
        "mqtt" | "tcp" => (false, 1883),
        "mqtts" | "ssl" | "tls" => (true, 8883),
        other => {
            return Err((
                format!("has the scheme `{other}`, which is not supported"),
                example,
            ));
        }
    };
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    if rest.contains(['/', '?', '#']) {
        return Err(("goes on after the port".to_owned(), example));
    }
    let (host, port) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, port)) => (host, port.strip_prefix(':')),
        None => match rest.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (rest, None),
        },
    };
    let port = match port {
        None => default_port,
        Some(port) => match port.parse::<u16>() {
            Ok(port) if port != 0 => port,
            _ => return Err(("has a port that is no number from 1 to 65535".to_owned(), example)),
        },
    };
    if host.is_empty() || host.contains(char::is_whitespace) {
        return Err(("names no host".to_owned(), example));
    }
    if is_tls && host.contains(':') {
        let remedy = "Write the host name that the broker's certificate is made for";
        return Err((
            "asks for TLS with an IPv6 address, which is not supported".to_owned(),
            remedy,
        ));
    }
    Ok(Endpoint {
        host: host.to_owned(),
        port,
        is_tls,
    })
}

#[cfg(test)]
mod tests;
