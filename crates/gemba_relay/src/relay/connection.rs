//! One connection: its greeting, and whether it is let in.

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
};

use gemba_session::{
    ClientKey, Closing, ConnectionId, JoinRefusal, ParticipantId, RoomName,
    bounded::Text,
    operation::Name,
    room::Admission,
    wire::{self, ClientMessage, Hello, MAX_FRAME_BYTES, PROTOCOL_VERSION, RelayMessage, protocol_of_hello},
};
use tokio::{
    sync::{mpsc, oneshot},
    time,
};

use super::{
    Shared,
    limits::{HELLO_WITHIN, LINGER},
    outbox::{self, Outbox, frame_of},
    room::{Command, Seat},
    rooms::Rooms,
    seated::{Budgets, Seated},
};
use crate::{
    audit::{Record, key_hex},
    clock,
    identity::{Claims, EXPORTER_BYTES, is_proof},
    store::Job,
    transport::{DatagramSender, Incoming, Link, Reader, Transport, Writer},
};

/// Serves a link from its greeting to its end.
pub(super) async fn serve(shared: Arc<Shared>, link: Link, remote: SocketAddr) {
    let Link {
        mut reader,
        writer,
        datagrams,
        exporter,
    } = link;
    let Ok(greeting) = time::timeout(HELLO_WITHIN, hello(&mut reader)).await else {
        shared.metrics.handshakes_failed.add(1);
        writer.abort(Some(Closing::Protocol));
        return;
    };
    let hello = match greeting {
        Ok(hello) => hello,
        Err(refusal) => {
            shared.metrics.handshakes_failed.add(1);
            tracing::debug!(%remote, "a connection without a greeting that can be read");
            match refusal {
                Some(refusal) => {
                    turn_away(writer, refusal).await;
                    linger(&mut reader).await;
                }
                None => writer.abort(Some(Closing::Protocol)),
            }
            return;
        }
    };
    let visitor = Visitor {
        room: hello.room.clone(),
        key: hello.key,
        remote,
        transport: datagrams.transport(),
    };
    match enter(&shared, *hello, &exporter, datagrams).await {
        Ok(entered) => {
            note_entered(&shared, visitor, &entered);
            reader.set_limit(MAX_FRAME_BYTES);
            let writing = outbox::write_out(writer, entered.drain, Arc::clone(&shared.metrics));
            let mut seated = Seated {
                shared: &shared,
                connection: entered.connection,
                who: entered.who,
                room: entered.room,
                outbox: entered.outbox,
                budgets: Budgets::new(&shared.limits),
            };
            seated.serve(&mut reader, writing).await;
        }
        Err(refused) => {
            note_refused(&shared, visitor, &refused);
            turn_away(writer, refused.refusal).await;
        }
    }
    linger(&mut reader).await;
}

/// Reads on until the other end has hung up too. Over TCP, an end that closes on unread bytes resets the connection, and
/// the reset overtakes its last words.
async fn linger(reader: &mut Reader) {
    let end = async { while reader.next().await.is_ok() {} };
    if time::timeout(LINGER, end).await.is_err() {
        tracing::trace!("the other end does not hang up");
    }
}

async fn turn_away(mut writer: Writer, refusal: JoinRefusal) {
    let mut last_words = Vec::from_iter(frame_of(&RelayMessage::JoinRefused(refusal)));
    if writer.send(&mut last_words).await.is_ok() {
        writer.finish(None).await;
    }
}

/// Who stands at the door.
struct Visitor {
    room: RoomName,
    key: ClientKey,
    remote: SocketAddr,
    transport: Transport,
}

fn note_entered(shared: &Shared, visitor: Visitor, entered: &Entered) {
    let Visitor {
        room,
        key,
        remote,
        transport,
    } = visitor;
    let Entered { who, claims, .. } = entered;
    shared.metrics.joins.add(1);
    tracing::info!(%remote, %transport, %room, %who, token = %claims.jti, "let in");
    shared.store.note(Record::Admitted {
        room,
        who: who.0,
        client_key: key_hex(key),
        token: claims.jti.to_string(),
        remote: remote.to_string(),
        transport: transport.to_string(),
    });
}

fn note_refused(shared: &Shared, visitor: Visitor, refused: &NotEntered) {
    let Visitor {
        room, key, remote, ..
    } = visitor;
    shared.metrics.join_refusals.add(1);
    let reason = refused.refusal.to_string();
    // Whoever knocks without end fills neither log.
    if shared.refusal_lines.lock().spend(clock::steady(), 1).is_err() {
        shared.metrics.audit_left_out.add(1);
        tracing::debug!(%remote, %room, %reason, "not let in");
        return;
    }
    tracing::info!(%remote, %room, %reason, "not let in");
    shared.store.note(Record::JoinRefused {
        room,
        client_key: key_hex(key),
        token: refused.token.clone(),
        remote: remote.to_string(),
        reason,
    });
}

/// The greeting, or what to answer to something else.
async fn hello(reader: &mut Reader) -> Result<Box<Hello>, Option<JoinRefusal>> {
    loop {
        let frame = match reader.next().await {
            Ok(Incoming::Frame(frame)) => frame,
            Ok(Incoming::Datagram(_)) => continue,
            Err(_) => return Err(None),
        };
        // Whoever speaks another version may greet in another form.
        if let Some(client) = protocol_of_hello(&frame)
            && client != PROTOCOL_VERSION
        {
            let relay = PROTOCOL_VERSION;
            return Err(Some(JoinRefusal::Version { relay, client }));
        }
        return match wire::decode(&frame) {
            Ok(ClientMessage::Hello(hello)) => Ok(hello),
            Ok(_) | Err(_) => Err(None),
        };
    }
}

struct Entered {
    connection: ConnectionId,
    who: ParticipantId,
    claims: Claims,
    room: mpsc::Sender<Command>,
    outbox: Outbox,
    drain: outbox::OutboxDrain,
}

/// Why someone is not let in, and with which token of ours.
struct NotEntered {
    refusal: JoinRefusal,
    token: Option<String>,
}

async fn enter(
    shared: &Arc<Shared>,
    hello: Hello,
    exporter: &[u8; EXPORTER_BYTES],
    datagrams: DatagramSender,
) -> Result<Entered, NotEntered> {
    let token = shared.identity.read_token(hello.token.as_str()).ok();
    let token = token.map(|claims| claims.jti.to_string());
    let refused = |refusal| NotEntered {
        refusal,
        token: token.clone(),
    };
    let claims = admit(shared, &hello, exporter).await.map_err(&refused)?;
    let name = if claims.name.as_str().trim().is_empty() {
        hello.name.filter(|name| !name.as_str().trim().is_empty())
    } else {
        Some(claims.name.clone())
    };
    let admission = Admission {
        key: hello.key,
        name: name.unwrap_or_else(|| Name::cut("Guest")),
        role: claims.role,
        resume: hello.resume,
    };
    if shared.is_draining() {
        return Err(refused(JoinRefusal::Draining));
    }
    let connection = ConnectionId(shared.next_connection.fetch_add(1, Ordering::Relaxed));
    let (outbox, drain) = outbox::outbox(&shared.limits);
    let Some(room) = Rooms::enter(shared, &hello.room) else {
        let why = Text::cut("too many rooms are open; try again later");
        return Err(refused(JoinRefusal::Unavailable { why }));
    };
    let (answer, joined) = oneshot::channel();
    let command = Command::Join {
        connection,
        seat: Seat {
            outbox: outbox.clone(),
            datagrams,
            claims: claims.clone(),
            is_leaving: false,
        },
        admission,
        answer,
    };
    let stopping = || refused(JoinRefusal::Draining);
    room.send(command).await.map_err(|_gone| stopping())?;
    let who = joined.await.map_err(|_gone| stopping())?.map_err(&refused)?;
    Ok(Entered {
        connection,
        who,
        claims,
        room,
        outbox,
        drain,
    })
}

/// Whether token and proof are good. The store notes who uses the token before anyone is let in with it.
async fn admit(
    shared: &Shared,
    hello: &Hello,
    exporter: &[u8; EXPORTER_BYTES],
) -> Result<Claims, JoinRefusal> {
    let claims = shared
        .identity
        .admit(clock::now(), hello.token.as_str(), &hello.room)?;
    if shared.revocations.read().has(&claims.jti) {
        return Err(JoinRefusal::TokenRevoked);
    }
    if !is_proof(hello.key, exporter, &hello.proof) {
        return Err(JoinRefusal::ProofInvalid);
    }
    let (answer, used) = oneshot::channel();
    let job = Job::UseToken {
        token: claims.jti.clone(),
        clients: claims.clients,
        key: hello.key,
        answer,
    };
    if !shared.store.send(job).await {
        return Err(JoinRefusal::Draining);
    }
    used.await.unwrap_or(Err(JoinRefusal::Draining))?;
    Ok(claims)
}
