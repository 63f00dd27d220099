//! The simulated head and hands: packets of Monado's `remote` driver, version `mndrmt3`, to TCP 4242.
//!
//! A packet is the whole state; the newest counts. They are sent 60 times a second by a thread, as a tracker would.

use std::{
    io::Write,
    net::{SocketAddr, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

const ADDR: ([u8; 4], u16) = ([127, 0, 0, 1], 4242);
const MAGIC: &[u8; 8] = b"mndrmt3\0";
const PACKET_BYTES: usize = 376;

/// A place and a turn (x, y, z, w) in the play space.
#[derive(Clone, Copy, Debug)]
pub(super) struct At {
    pub(super) at_m: [f32; 3],
    pub(super) turn: [f32; 4],
}

impl At {
    /// There, turned by `yaw_rad` to the left and then `pitch_rad` up.
    pub(super) fn looking(at_m: [f32; 3], yaw_rad: f32, pitch_rad: f32) -> Self {
        let ((ys, yc), (ps, pc)) = ((yaw_rad / 2.0).sin_cos(), (pitch_rad / 2.0).sin_cos());
        Self {
            at_m,
            turn: [yc * ps, ys * pc, -ys * ps, yc * pc],
        }
    }
}

/// A hand and its controller, an Index one.
#[derive(Clone, Copy, Debug)]
pub(super) struct HandNow {
    pub(super) pose: At,
    pub(super) trigger: f32,
    pub(super) stick: [f32; 2],
}

/// Everything at one instant.
#[derive(Clone, Copy, Debug)]
pub(super) struct DevicesNow {
    pub(super) head: At,
    pub(super) left: HandNow,
    pub(super) right: HandNow,
    /// How far the right hand is turned, to the left and up, in radians.
    pub(super) right_turn: [f32; 2],
}

impl Default for DevicesNow {
    /// A person who stands in the middle and looks ahead, hands before them.
    fn default() -> Self {
        let hand = |x: f32| HandNow {
            pose: At::looking([x, 1.2, -0.3], 0.0, 0.0),
            trigger: 0.0,
            stick: [0.0, 0.0],
        };
        Self {
            head: At::looking([0.0, 1.6, 0.0], 0.0, 0.0),
            left: hand(-0.25),
            right: hand(0.25),
            right_turn: [0.0; 2],
        }
    }
}

impl DevicesNow {
    /// Turns the right hand on.
    pub(super) fn turn_right_by(&mut self, yaw_rad: f32, pitch_rad: f32) {
        let [yaw, pitch] = &mut self.right_turn;
        *yaw += yaw_rad;
        *pitch += pitch_rad;
        self.right.pose = At::looking(self.right.pose.at_m, *yaw, *pitch);
    }

    fn packet(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        let mut put = |values: &[f32]| values.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
        let no_view = |put: &mut dyn FnMut(&[f32])| {
            put(&[-0.8, 0.8, 0.8, -0.8]);
            put(&[0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
            // The size of its display, which is not told.
            put(&[f32::from_bits(0)]);
        };
        no_view(&mut put);
        no_view(&mut put);
        put(&self.head.turn);
        put(&self.head.at_m);
        // That the views above do not count.
        put(&[f32::from_bits(0)]);
        for hand in [&self.left, &self.right] {
            hand.put(&mut bytes);
        }
        debug_assert_eq!(bytes.len(), PACKET_BYTES);
        bytes
    }
}

impl HandNow {
    fn put(&self, bytes: &mut Vec<u8>) {
        let mut put = |values: &[f32]| values.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
        put(&self.pose.turn);
        put(&self.pose.at_m);
        // Velocities, and how far five fingers are bent.
        put(&[0.0; 11]);
        // Trigger, squeeze, its force, stick, pad and its force.
        let [x, y] = self.stick;
        put(&[self.trigger, 0.0, 0.0, x, y, 0.0, 0.0, 0.0]);
        let is_pulled = u8::from(self.trigger > 0.5);
        // Hand tracking off, active; clicks and touches of system, A, B, trigger, stick and pad.
        bytes.extend([0, 1, 0, 0, 0, 0, 0, 0, is_pulled, is_pulled, 0, 0, 0, 0, 0, 0]);
    }
}

/// The thread that sends.
pub(super) struct Devices {
    now: Arc<Mutex<DevicesNow>>,
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Devices {
    /// Connects, as soon as the driver listens, and begins to send. The driver dies of a connection on which nothing comes, so
    /// the first one is kept.
    pub(super) fn connect() -> Result<Self> {
        let end = Instant::now() + Duration::from_secs(20);
        let mut stream = loop {
            match TcpStream::connect(SocketAddr::from(ADDR)) {
                Ok(stream) => break stream,
                Err(_) if Instant::now() < end => std::thread::sleep(Duration::from_millis(100)),
                Err(error) => return Err(error).context("the simulated devices cannot be reached"),
            }
        };
        let now = Arc::new(Mutex::new(DevicesNow::default()));
        let ends = Arc::new(AtomicBool::new(false));
        let (state, is_over) = (Arc::clone(&now), Arc::clone(&ends));
        let send = move || {
            while !is_over.load(Ordering::Relaxed) {
                let packet = state.lock().map(|now| now.packet());
                // The service may be killed on purpose.
                let Ok(packet) = packet else { return };
                if stream.write_all(&packet).is_err() {
                    return;
                }
                std::thread::sleep(Duration::from_millis(16));
            }
        };
        let thread = std::thread::Builder::new().name("devices".into()).spawn(send)?;
        Ok(Self {
            now,
            ends,
            thread: Some(thread),
        })
    }

    /// Changes what is sent from now on.
    pub(super) fn set(&self, change: impl FnOnce(&mut DevicesNow)) {
        if let Ok(mut now) = self.now.lock() {
            change(&mut now);
        }
    }
}

impl Drop for Devices {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            println!("      the devices' thread panicked");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_has_the_size_that_the_driver_reads() {
        assert_eq!(DevicesNow::default().packet().len(), PACKET_BYTES);
    }
}
