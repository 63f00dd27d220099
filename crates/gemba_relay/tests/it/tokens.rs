//! Who is let in, and with what: each way to have no right has its own answer.

use std::{fs, sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use gemba_relay::{ClientIdentity, JoinLink, RelayIdentity, Session, Transport, Ways};
use gemba_session::{
    Closing, JoinRefusal, Role, RoomName, SessionPhase,
    bounded::{Blob, Text},
    wire::{self, Hello, RelayMessage},
};

use crate::{
    raw::{Raw, new_key, runtime},
    world::{World, grant, joined, link, options, run, wait_for, wait_joined},
};

/// Why `link` does not let anyone in.
fn refusal(link: &JoinLink) -> JoinRefusal {
    let session = Session::join(link.clone(), options()).unwrap();
    let mut refusal = None;
    wait_for("the refusal", || {
        if let SessionPhase::Refused(why) = session.phase() {
            refusal = Some(why);
        }
        refusal.is_some()
    });
    refusal.unwrap()
}

fn with_token(link: &JoinLink, token: impl AsRef<str>) -> JoinLink {
    JoinLink {
        token: Text::new(token).unwrap(),
        ..link.clone()
    }
}

#[test]
fn forged_tokens() {
    let world = World::new();
    let good = world.link(Role::Viewer);
    let token = good.token.to_string();
    let [header, body, signature] = *token.split('.').collect::<Vec<_>>() else {
        panic!("{token}")
    };
    let claims = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(body).unwrap()).unwrap();
    let promoted = BASE64_URL_SAFE_NO_PAD.encode(claims.replace("viewer", "host"));
    let none = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = RelayIdentity::load_or_create(folder.path()).unwrap();
    let foreign = link(&elsewhere, grant("plant", Role::Host, 1), world.relay.address());
    for forged in [
        format!("{header}.{promoted}.{signature}"),
        format!("{none}.{promoted}."),
        format!("{header}.{body}."),
        foreign.token.to_string(),
        "nonsense".to_owned(),
    ] {
        assert_eq!(
            refusal(&with_token(&good, &forged)),
            JoinRefusal::TokenInvalid,
            "{forged}"
        );
    }
    assert_eq!(
        world.metric("join_refusals_total"),
        5,
        "each is told once and believes it"
    );
    joined(&good);
}

#[test]
fn a_refusal_always_arrives() {
    let world = World::new();
    let bad = with_token(&world.link(Role::Viewer), "nonsense");
    let mut told = 0;
    for way in [Transport::Quic, Transport::WebSocket] {
        for _ in 0..20 {
            let mut only = options();
            only.ways = Ways::Only(way);
            let session = Session::join(bad.clone(), only).unwrap();
            wait_for("the refusal", || {
                session.phase() == SessionPhase::Refused(JoinRefusal::TokenInvalid)
            });
            told += 1;
            // Had it been lost, the client would have asked again.
            assert_eq!(world.metric("join_refusals_total"), told, "{way}");
        }
    }
}

#[test]
fn expired_tokens_and_those_that_expire_meanwhile() {
    let world = World::new();
    let mut short = grant("plant", Role::Editor, 1);
    short.lasts = Duration::from_secs(2);
    let short = world.invite(short);
    let session = joined(&short);
    wait_for("the token ends", || {
        session.phase() == SessionPhase::Closed(Closing::TokenEnded)
    });
    assert_eq!(refusal(&short), JoinRefusal::TokenExpired);
}

#[test]
fn revoked_tokens_end_within_two_seconds() {
    let world = World::new();
    let data = world.folder.path().to_str().unwrap();
    let (editor, host) = (world.link(Role::Editor), world.join(Role::Host));
    let session = joined(&editor);
    let begun = std::time::Instant::now();
    let (is_good, text) = run(&["token", "revoke", "--data", data, &editor.to_string()]);
    assert!(is_good, "{text}");
    wait_for("the editor is sent out", || {
        session.phase() == SessionPhase::Closed(Closing::TokenEnded)
    });
    let took = begun.elapsed();
    println!("revoked within {took:?}");
    assert!(took < Duration::from_secs(4), "{took:?}");
    assert_eq!(refusal(&editor), JoinRefusal::TokenRevoked);
    wait_for("the host sees that the editor is gone", || {
        !host.view().person(session.you().unwrap()).unwrap().is_present
    });
    // Also after a restart, and for whoever asks by the token's id alone.
    let (_, id) = text.split_once("token ").unwrap();
    let (is_good, text) = run(&["token", "revoke", "--data", data, id.split(' ').next().unwrap()]);
    assert!(is_good, "{text}");
    let (is_good, text) = run(&["token", "revoke", "--data", data, "nonsense"]);
    assert!(!is_good && text.contains("neither a token's id"), "{text}");
}

#[test]
fn tokens_for_another_room_and_of_someone_else() {
    let world = World::new();
    let good = world.link(Role::Viewer);
    let other = JoinLink {
        room: RoomName::new("other").unwrap(),
        ..good.clone()
    };
    assert_eq!(refusal(&other), JoinRefusal::TokenForOtherRoom);

    // The first client that uses a token has it; the same client may come again.
    let mut first = options();
    first.identity = Arc::new(ClientIdentity::generate().unwrap());
    let session = Session::join(good.clone(), first.clone()).unwrap();
    wait_joined(&session);
    assert_eq!(refusal(&good), JoinRefusal::TokenUsed);
    let again = Session::join(good.clone(), first).unwrap();
    wait_joined(&again);
    wait_for("the older connection is replaced", || {
        session.phase() == SessionPhase::Closed(Closing::Replaced)
    });
    let three = world.invite(grant("plant", Role::Viewer, 3));
    let _in: Vec<Session> = (0..3).map(|_| joined(&three)).collect();
    assert_eq!(refusal(&three), JoinRefusal::TokenUsed);
}

#[test]
fn a_proof_is_worth_nothing_on_another_connection() {
    let world = World::new();
    let link = world.link(Role::Host);
    runtime().block_on(async {
        let key = new_key();
        let honest = Raw::connect(world.relay.address()).await;
        let overheard = honest.hello(&link, &key);
        let mut thief = Raw::connect(world.relay.address()).await;
        let refused = |why| Some(RelayMessage::JoinRefused(why));
        assert_eq!(
            thief.greet(overheard.clone()).await,
            refused(JoinRefusal::ProofInvalid)
        );
        // Nor without one, nor with another's key.
        for proof in [Vec::new(), vec![0; 64]] {
            let mut thief = Raw::connect(world.relay.address()).await;
            let hello = Hello {
                proof: Blob::new(proof).unwrap(),
                ..overheard.clone()
            };
            assert_eq!(thief.greet(hello).await, refused(JoinRefusal::ProofInvalid));
        }
        let mut thief = Raw::connect(world.relay.address()).await;
        let proof = Blob::new(thief.prove(&new_key())).unwrap();
        let hello = Hello {
            proof,
            ..overheard.clone()
        };
        assert_eq!(thief.greet(hello).await, refused(JoinRefusal::ProofInvalid));
        // On its own connection it is good: nothing of the above has used the token up.
        let mut honest = honest;
        let answer = honest.greet(overheard).await;
        assert!(matches!(answer, Some(RelayMessage::Welcome(_))), "{answer:?}");
        // A client of another version is told so.
        let mut old = Raw::connect(world.relay.address()).await;
        let mut hello = old.hello(&link, &key);
        hello.protocol = 9;
        let answer = old.greet(hello).await;
        let relay = wire::PROTOCOL_VERSION;
        assert_eq!(answer, refused(JoinRefusal::Version { relay, client: 9 }));
    });
}

#[test]
fn another_relay_at_the_same_address_is_noticed() {
    let world = World::new();
    let folder = tempfile::tempdir().unwrap();
    let expected = RelayIdentity::load_or_create(folder.path()).unwrap();
    let wrong = link(&expected, grant("plant", Role::Host, 1), world.relay.address());
    let why = refusal(&wrong);
    assert_eq!(why, JoinRefusal::OtherRelay);
    assert!(why.to_string().contains("certificate"), "{why}");
    // Over the WebSocket as well.
    let mut only = options();
    only.ways = Ways::Only(Transport::WebSocket);
    let session = Session::join(wrong, only).unwrap();
    wait_for("the refusal", || {
        session.phase() == SessionPhase::Refused(JoinRefusal::OtherRelay)
    });
    // The relay has heard nothing of the token.
    assert_eq!(world.metric("join_refusals_total"), 0);
}

#[test]
fn the_command_line_makes_links_that_open() {
    let world = World::new();
    let data = world.folder.path().to_str().unwrap();
    let host = format!("127.0.0.1:{}", world.relay.address().port());
    let arguments = [
        "token",
        "--data",
        data,
        "--room",
        "plant",
        "--role",
        "editor",
        "--name",
        "Ana",
        "--expires",
        "8h",
        "--public-host",
        &host,
    ];
    let (is_good, text) = run(&arguments);
    assert!(is_good, "{text}");
    let session = joined(&text.lines().next().unwrap().parse().unwrap());
    let view = session.view();
    let me = view.person(session.you().unwrap()).unwrap();
    assert_eq!((me.name.as_str(), me.role), ("Ana", Role::Editor));
    let (is_good, text) = run(&["token", "--data", data, "--room", "plant", "--role", "king"]);
    assert!(
        !is_good && text.contains("there are viewer, editor, host"),
        "{text}"
    );
    let nowhere = world.folder.path().join("nowhere");
    let nowhere = nowhere.to_str().unwrap();
    let (is_good, text) = run(&["token", "--data", nowhere, "--room", "plant", "--role", "host"]);
    assert!(!is_good && text.contains("no relay has run"), "{text}");
    let (is_good, text) = run(&["token", "--data", data]);
    assert!(!is_good && text.contains("--room"), "{text}");
    // What must be secret is, and no log line repeats a token.
    let audit = fs::read_to_string(world.folder.path().join(gemba_relay::AUDIT_FILE)).unwrap();
    assert!(!audit.contains("eyJ"), "the audit log holds a token");
}
