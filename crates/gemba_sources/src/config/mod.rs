//! What a connection needs to know, and where its secrets are. Secrets themselves are read when a connection is made
//! and kept in no value that can be printed.

mod file;

use std::{env, fmt, fs, io, path::PathBuf, time::Duration};

use thiserror::Error;

pub use file::{Connections, read_connections};

/// One `[connection.NAME]` of `gemba.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionConfig {
    /// Host, port and whether TLS is spoken: `url`.
    pub endpoint: Endpoint,
    /// `client_id`; `None` makes a new one for each process.
    pub client_id: Option<String>,
    /// `username`, or the environment variable `username_env`.
    pub username: Option<Username>,
    /// `password_env` or `password_file`.
    pub password: Option<Password>,
    /// `ca_file`: trusted roots in PEM form, in place of the system's.
    pub ca_file: Option<PathBuf>,
    /// `client_cert_file`: this client's certificate chain in PEM form.
    pub client_cert_file: Option<PathBuf>,
    /// `client_key_file`: its key in PEM form.
    pub client_key_file: Option<PathBuf>,
    /// `keep_alive_secs`.
    pub keep_alive: Duration,
    /// `max_packet_bytes`: a larger packet closes the link.
    pub max_packet_bytes: usize,
    /// `max_payload_bytes`: a larger payload is refused and counted; the link lives on.
    pub max_payload_bytes: usize,
    /// `clean_session`.
    pub clean_session: bool,
    /// `qos`: 0 or 1, asked for with each subscription.
    pub qos: u8,
}

/// Where a broker listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Name or address, an IPv6 address without brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// `mqtts://`.
    pub is_tls: bool,
}

/// Where the user name is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Username {
    /// In the file itself.
    Plain(String),
    /// In an environment variable.
    Env(String),
}

/// Where the password is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Password {
    /// In an environment variable.
    Env(String),
    /// In a file; a line break at its end does not count.
    File(PathBuf),
}

/// Why a user name or password cannot be had.
#[derive(Debug, Error)]
pub enum SecretError {
    /// The environment variable is not set, or not UTF-8.
    #[error("the environment variable `{0}` is not set")]
    Env(String),
    /// The file cannot be read.
    #[error("the password file `{}` cannot be read ({source})", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
}

impl ConnectionConfig {
    /// A connection without TLS, user or password, with all else as `gemba.toml` has it by default.
    #[must_use]
    pub fn plain(host: &str, port: u16) -> Self {
        Self::to(Endpoint {
            host: host.to_owned(),
            port,
            is_tls: false,
        })
    }

    fn to(endpoint: Endpoint) -> Self {
        Self {
            endpoint,
            client_id: None,
            username: None,
            password: None,
            ca_file: None,
            client_cert_file: None,
            client_key_file: None,
            keep_alive: Duration::from_secs(15),
            // Room for payloads that are refused one by one, so that one of them does not close the link.
            max_packet_bytes: 16 << 20,
            max_payload_bytes: 1 << 20,
            clean_session: true,
            qos: 0,
        }
    }

    /// User name and password, read now, so that a changed file works at the next attempt.
    pub(crate) fn login(&self) -> Result<Option<Login>, SecretError> {
        let username = match &self.username {
            None if self.password.is_none() => return Ok(None),
            None => String::new(),
            Some(Username::Plain(name)) => name.clone(),
            Some(Username::Env(name)) => env::var(name).map_err(|_unset| SecretError::Env(name.clone()))?,
        };
        let password = match &self.password {
            None => String::new(),
            Some(Password::Env(name)) => env::var(name).map_err(|_unset| SecretError::Env(name.clone()))?,
            Some(Password::File(path)) => {
                let text = fs::read_to_string(path).map_err(|source| SecretError::File {
                    path: path.clone(),
                    source,
                })?;
                text.trim_end_matches(['\r', '\n']).to_owned()
            }
        };
        Ok(Some(Login { username, password }))
    }
}

/// A user name and password. Its `Debug` shows neither.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Login {
    pub(crate) username: String,
    pub(crate) password: String,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(…)")
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_tls { "mqtts" } else { "mqtt" };
        if self.host.contains(':') {
            write!(f, "{scheme}://[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{scheme}://{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_read_when_needed_and_never_printed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        fs::write(&path, "s3cret\r\n").unwrap();
        let mut config = ConnectionConfig::plain("h", 1883);
        assert_eq!(config.login().unwrap(), None);
        config.username = Some(Username::Plain("viewer".into()));
        config.password = Some(Password::File(path.clone()));
        let login = config.login().unwrap().unwrap();
        assert_eq!(
            (login.username.as_str(), login.password.as_str()),
            ("viewer", "s3cret")
        );
        assert!(!format!("{config:?} {login:?}").contains("s3cret"));
        fs::write(&path, "changed").unwrap();
        assert_eq!(config.login().unwrap().unwrap().password, "changed");
        fs::remove_file(&path).unwrap();
        assert!(
            config
                .login()
                .unwrap_err()
                .to_string()
                .starts_with("the password file `")
        );
        config.password = Some(Password::Env("GEMBA_NO_SUCH_VARIABLE".into()));
        let error = config.login().unwrap_err().to_string();
        assert_eq!(
            error,
            "the environment variable `GEMBA_NO_SUCH_VARIABLE` is not set"
        );
    }
}
