//! `token`: makes a join link, or takes a token back. Works beside a running relay: both only touch files.

use std::{io, path::PathBuf, time::Duration};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use gemba_session::{Role, RoomName, operation::Name};

use super::{PublicAddress, duration};
use crate::{Grant, JoinLink, RelayIdentity, Revocations, TokenId};

/// `token`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct TokenArgs {
    #[command(subcommand)]
    command: Option<TokenCommand>,
    /// The relay's data folder.
    #[arg(long, value_name = "DIR", default_value = "relay-data")]
    data: PathBuf,
    /// The room: a-z, 0-9, `-`, `_` and `.`.
    #[arg(long, required = true, value_parser = room)]
    room: Option<RoomName>,
    /// viewer, editor, host, trainee or trainer.
    #[arg(long, required = true, value_parser = role)]
    role: Option<Role>,
    /// The name that others see; left out, each client brings its own.
    #[arg(long)]
    name: Option<String>,
    /// How long the link lasts: 90s, 30m, 8h, 7d.
    #[arg(long, value_name = "TIME", default_value = "8h", value_parser = duration::parse)]
    expires: Duration,
    /// How many clients may use it; the first that come are the ones.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=4_096))]
    people: u32,
    /// The name or address of the relay, when not the one that it noted at its last start.
    #[arg(long, value_name = "NAME[:PORT]")]
    public_host: Option<String>,
}

#[derive(Debug, Subcommand)]
enum TokenCommand {
    /// Take a token back. Who is in a room with it is sent out within two seconds.
    Revoke {
        /// The relay's data folder.
        #[arg(long, value_name = "DIR", default_value = "relay-data")]
        data: PathBuf,
        /// The token's id as it was printed and stands in the audit log, or the join link.
        token: String,
    },
}

fn room(text: &str) -> Result<RoomName, String> {
    RoomName::new(text).map_err(|error| error.to_string())
}

fn role(text: &str) -> Result<Role, String> {
    Role::from_word(text).ok_or_else(|| {
        let roles: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
        format!("there is no role `{text}`; there are {}", roles.join(", "))
    })
}

impl TokenArgs {
    pub(super) fn run(self, out: &mut dyn io::Write) -> anyhow::Result<()> {
        match self.command {
            Some(TokenCommand::Revoke { data, token }) => revoke(out, &data, &token),
            None => self.mint(out),
        }
    }

    fn mint(self, out: &mut dyn io::Write) -> anyhow::Result<()> {
        let (Some(room), Some(role)) = (self.room, self.role) else {
            bail!("a token needs `--room` and `--role`");
        };
        let identity = RelayIdentity::load(&self.data)?;
        let noted = PublicAddress::load(&self.data).unwrap_or_default();
        let public = match &self.public_host {
            Some(host) => PublicAddress::parse(host, noted.port),
            None => noted,
        };
        let name = self.name.unwrap_or_default();
        let grant = Grant {
            room,
            role,
            name: Name::new(&name).context("the name is too long")?,
            lasts: self.expires,
            clients: self.people,
        };
        let (claims, link) = identity.join_link(grant, &public.host, public.port)?;
        // In one piece: whoever takes only the first line has closed the pipe by the second.
        out.write_all(format!("{link}\ntoken id: {}\n", claims.jti).as_bytes())?;
        Ok(())
    }
}

fn revoke(out: &mut dyn io::Write, data: &std::path::Path, token: &str) -> anyhow::Result<()> {
    let id = match token.parse::<JoinLink>() {
        Ok(link) => {
            let identity = RelayIdentity::load(data)?;
            identity
                .read_token(link.token.as_str())
                .context("the link is not one of this relay's")?
                .jti
        }
        Err(_) => TokenId::new(token)
            .context("this is neither a token's id (22 letters, digits, `-` and `_`) nor a join link")?,
    };
    Revocations::revoke(data, &id)
        .with_context(|| format!("cannot write the list of revoked tokens in `{}`", data.display()))?;
    writeln!(out, "token {id} is revoked")?;
    Ok(())
}
