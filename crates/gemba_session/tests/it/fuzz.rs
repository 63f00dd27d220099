//! Seeded random bytes at every decoder: no panic, and no more memory than the limits say. A million frames take two
//! seconds; `GEMBA_FUZZ_FRAMES` asks for another number.

use gemba_model::UnixNanos;
use gemba_session::{
    Client, Entry, RoomState,
    client::LinkPolicy,
    presence::{self, Presence, PresenceView},
    wire::{self, ClientMessage, FrameReader, MAX_FRAME_BYTES, MAX_HELLO_BYTES, RelayMessage, WireError},
};
use rand::{Rng, RngCore, SeedableRng, rngs::SmallRng, seq::IndexedRandom};

use crate::samples;

fn frames() -> u32 {
    let asked = std::env::var("GEMBA_FUZZ_FRAMES").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(1_000_000)
}

/// Good frames to damage: damage gets deeper than noise does.
fn seeds() -> Vec<Vec<u8>> {
    let mut rng = SmallRng::seed_from_u64(9);
    let mut seeds: Vec<Vec<u8>> = (1..=60)
        .map(|number| {
            let operation = samples::any(&mut rng, &RoomState::default());
            let number = gemba_session::OperationNumber(number);
            wire::encode(&ClientMessage::Submit { number, operation }).unwrap()
        })
        .collect();
    let mut sample = Vec::new();
    presence::encode(&Presence::default(), 3, &mut sample);
    seeds.push(sample);
    seeds.push(wire::encode(&RoomState::default()).unwrap());
    seeds
}

fn damaged(rng: &mut SmallRng, seeds: &[Vec<u8>]) -> Vec<u8> {
    if rng.random_bool(0.2) {
        let mut noise = vec![0; rng.random_range(0..200)];
        rng.fill_bytes(&mut noise);
        return noise;
    }
    let mut bytes = seeds.choose(rng).unwrap().clone();
    for _ in 0..rng.random_range(1..5) {
        let at = rng.random_range(0..bytes.len().max(1));
        match rng.random_range(0..4) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at.min(bytes.len()), rng.random()),
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = rng.random();
                }
            }
        }
    }
    bytes
}

#[test]
fn damaged_frames_never_panic_and_allocate_no_more_than_they_bring() {
    let mut rng = SmallRng::seed_from_u64(20_261_122);
    let seeds = seeds();
    let mut client = Client::new(LinkPolicy::default());
    client.on_link_up(UnixNanos(0));
    let mut view = PresenceView::default();
    let (mut good, mut bad) = (0, 0);
    for at in 0..frames() {
        let bytes = damaged(&mut rng, &seeds);
        let message = wire::decode::<ClientMessage>(&bytes);
        if let Ok(message) = &message {
            // What was accepted is within its limits: it fits a frame again.
            assert!(wire::frame(message).unwrap().len() <= MAX_FRAME_BYTES + 4);
            good += 1;
        } else {
            bad += 1;
        }
        if let Ok(message) = wire::decode::<RelayMessage>(&bytes) {
            // The state machine judges it; whatever it says, it does not panic.
            if client.on_message(UnixNanos(i64::from(at)), message).is_err() {
                client.on_link_up(UnixNanos(i64::from(at)));
            }
        }
        if let Ok(entry) = wire::decode::<Entry>(&bytes) {
            let mut state = RoomState::default();
            let seq = state.seq;
            if state.apply(&entry).is_err() {
                assert_eq!(state.seq, seq);
            }
        }
        let decoded = wire::decode::<RoomState>(&bytes).is_ok();
        assert!(decoded || wire::decode::<RoomState>(&bytes).is_err());
        if presence::decode(&bytes).is_ok() {
            good += 1;
        }
        if view.take(&bytes, UnixNanos(0)).is_err() {
            bad += 1;
        }
    }
    assert!(good > 1_000 && bad > 1_000, "{good} good and {bad} bad frames");
}

#[test]
fn damaged_streams_never_panic_and_hold_no_more_than_a_frame() {
    let mut rng = SmallRng::seed_from_u64(7);
    let seeds = seeds();
    for _ in 0..frames() / 100 {
        let limit = *[MAX_HELLO_BYTES, MAX_FRAME_BYTES].choose(&mut rng).unwrap();
        let mut reader = FrameReader::new(limit);
        for _ in 0..20 {
            let bytes = damaged(&mut rng, &seeds);
            let mut framed = u32::try_from(bytes.len()).unwrap().to_le_bytes().to_vec();
            framed.extend(&bytes);
            if rng.random_bool(0.1) {
                framed[rng.random_range(0..4)] = rng.random();
            }
            reader.push(&framed);
            let ended = loop {
                match reader.next_message::<ClientMessage>() {
                    Ok(Some(_)) => {}
                    Ok(None) => break false,
                    Err(
                        WireError::Malformed { .. }
                        | WireError::TrailingBytes { .. }
                        | WireError::TooLarge { .. },
                    ) => {
                        break true;
                    }
                }
            };
            assert!(reader.held_bytes() <= limit + 4 + framed.len());
            if ended {
                break;
            }
        }
    }
}
