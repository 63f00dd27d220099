//! The commands `relay`, `token` and `bot`, for the program of this crate and for the app that has them among others.
//!
//! Each takes where to print, says what happened and where, and returns an error for the caller to show.

mod bot;
mod duration;
mod relay;
mod token;

use std::{fs, io, net::UdpSocket, path::Path, path::PathBuf};

use clap::Subcommand;
use serde::{Deserialize, Serialize};

pub use bot::BotArgs;
pub use relay::RelayArgs;
pub use token::TokenArgs;

use crate::identity::DEFAULT_PORT;

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Keep rooms in which people meet in a plant.
    Relay(RelayArgs),
    /// Make a join link, or take one back.
    Token(TokenArgs),
    /// Fill a room with people that are not there, to see what it can bear.
    Bot(BotArgs),
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// Whatever keeps it from being done, with what to do about it.
    pub fn run(self, out: &mut dyn io::Write) -> anyhow::Result<()> {
        match self {
            Self::Relay(args) => args.run(out),
            Self::Token(args) => args.run(out),
            Self::Bot(args) => args.run(out),
        }
    }
}

/// Where people reach the relay, as it noted it in its data folder for those who make links.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct PublicAddress {
    host: String,
    port: u16,
}

impl PublicAddress {
    fn path(data: &Path) -> PathBuf {
        data.join("public-address.json")
    }

    fn load(data: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(Self::path(data)).ok()?).ok()
    }

    fn store(&self, data: &Path) -> io::Result<()> {
        fs::write(Self::path(data), serde_json::to_vec(self)?)
    }

    /// `host`, `host:port` or `[v6]:port`.
    fn parse(text: &str, port: u16) -> Self {
        let (host, port) = match text.rsplit_once(':') {
            Some((host, digits)) if !host.ends_with(':') && (!host.contains(':') || host.ends_with(']')) => {
                (host, digits.parse().unwrap_or(port))
            }
            _ => (text, port),
        };
        Self {
            host: host.trim_start_matches('[').trim_end_matches(']').to_owned(),
            port,
        }
    }

    /// This machine, by the address that its default route has.
    fn of_this_machine(port: u16) -> Self {
        // Connecting a UDP socket sends nothing; it only chooses the address to send from.
        let address = UdpSocket::bind("0.0.0.0:0")
            .and_then(|socket| socket.connect("192.0.2.1:9").map(|()| socket))
            .and_then(|socket| socket.local_addr());
        Self {
            host: address.map_or_else(|_| "127.0.0.1".to_owned(), |address| address.ip().to_string()),
            port,
        }
    }
}

impl Default for PublicAddress {
    fn default() -> Self {
        Self::of_this_machine(DEFAULT_PORT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses() {
        let check = |text: &str, host: &str, port: u16| {
            let host = host.to_owned();
            assert_eq!(
                PublicAddress::parse(text, 4_433),
                PublicAddress { host, port },
                "{text}"
            );
        };
        check("plant.example", "plant.example", 4_433);
        check("plant.example:8443", "plant.example", 8_443);
        check("10.0.0.1:1", "10.0.0.1", 1);
        check("fe80::1", "fe80::1", 4_433);
        check("[fe80::1]", "fe80::1", 4_433);
        check("[fe80::1]:99", "fe80::1", 99);
    }
}
