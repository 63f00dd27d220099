//! `bot`: fills a room and says what the bots saw.

use std::{io, time::Duration};

use anyhow::Context;
use clap::Args;

use crate::{
    JoinLink, Transport, Ways,
    bots::{self, Load},
};

/// Until everyone knows the room's clock.
const SETTLES: Duration = Duration::from_secs(2);

/// `bot`
#[derive(Debug, Args)]
pub struct BotArgs {
    /// A join link made with `token … --people N`.
    #[arg(long, value_name = "LINK")]
    join: JoinLink,
    /// How many people.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    people: u32,
    /// How often each shows where it is.
    #[arg(long, value_name = "HZ", default_value_t = 30.0)]
    rate: f64,
    /// Chat messages a second of all together.
    #[arg(long, value_name = "HZ", default_value_t = 1.0)]
    operations: f64,
    /// For how many seconds.
    #[arg(long, value_name = "S", default_value_t = 10)]
    secs: u64,
    /// Over a WebSocket, as where UDP does not pass.
    #[arg(long)]
    websocket: bool,
}

impl BotArgs {
    pub(super) fn run(self, out: &mut dyn io::Write) -> anyhow::Result<()> {
        let load = Load {
            link: self.join,
            people: self.people,
            first: 0,
            presence_hz: self.rate,
            operations_hz: self.operations,
            settles: SETTLES,
            lasts: Duration::from_secs(self.secs),
            ways: if self.websocket {
                Ways::Only(Transport::WebSocket)
            } else {
                Ways::Any
            },
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("no runtime for the bots")?;
        let mut report = runtime.block_on(bots::run(&load))?;
        let mut text = String::new();
        report.write(&mut text)?;
        out.write_all(text.as_bytes())?;
        Ok(())
    }
}
