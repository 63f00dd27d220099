//! A bad network in front of a relay: UDP that is lost, late, out of order, twice, or does not pass at all.
//!
//! The kernel's own (netem) needs rights that a test does not have. Every packet passes here, handshakes and
//! acknowledgements too; what happens to it is drawn from one seed.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    ops::RangeInclusive,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use rand::{Rng, SeedableRng, rngs::SmallRng};
use tokio::{
    net::UdpSocket,
    sync::{Notify, mpsc},
    time,
};

use crate::raw::runtime;

/// What happens to each packet, in both directions.
#[derive(Clone, Debug)]
pub(crate) struct Weather {
    /// The share that is lost.
    pub(crate) loss: f64,
    /// The share that comes twice.
    pub(crate) duplication: f64,
    /// How long one is under way, drawn evenly: packets overtake each other within it.
    pub(crate) delay_millis: RangeInclusive<u64>,
}

/// What happened.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) passed: AtomicU64,
    pub(crate) lost: AtomicU64,
    pub(crate) twice: AtomicU64,
    pub(crate) overtaken: AtomicU64,
}

pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    pub(crate) counts: Arc<Counts>,
    is_cut: Arc<AtomicBool>,
    stop: Arc<Notify>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Proxy {
    /// A network to `relay` with its own address.
    pub(crate) fn start(relay: SocketAddr, weather: Weather, seed: u64) -> Self {
        let runtime = runtime();
        let front = runtime.block_on(UdpSocket::bind("127.0.0.1:0")).unwrap();
        let address = front.local_addr().unwrap();
        let (counts, is_cut, stop) = (Arc::default(), Arc::default(), Arc::new(Notify::new()));
        let network = Network {
            front: Arc::new(front),
            relay,
            weather,
            rng: SmallRng::seed_from_u64(seed),
            counts: Arc::clone(&counts),
            is_cut: Arc::clone(&is_cut),
        };
        let until = Arc::clone(&stop);
        let thread = thread::Builder::new()
            .name("proxy".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    tokio::select! {
                        () = until.notified() => {}
                        () = network.run() => {}
                    }
                });
            })
            .unwrap();
        Self {
            address,
            counts,
            is_cut,
            stop,
            thread: Some(thread),
        }
    }

    /// Whether nothing passes from now on.
    pub(crate) fn cut(&self, on: bool) {
        self.is_cut.store(on, Ordering::Release);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.stop.notify_one();
        if let Some(thread) = self.thread.take() {
            assert!(thread.join().is_ok() || thread::panicking());
        }
    }
}

struct Network {
    front: Arc<UdpSocket>,
    relay: SocketAddr,
    weather: Weather,
    rng: SmallRng,
    counts: Arc<Counts>,
    is_cut: Arc<AtomicBool>,
}

/// Where a packet is to go.
#[derive(Clone)]
struct Way {
    from: Arc<UdpSocket>,
    to: SocketAddr,
    /// When the last packet that was let through arrives.
    last: Arc<AtomicU64>,
}

impl Network {
    async fn run(mut self) {
        let begun = time::Instant::now();
        let mut ways = BTreeMap::<SocketAddr, Way>::new();
        let (answers, mut answered) = mpsc::channel(64);
        let mut packet = [0; 2_048];
        loop {
            let (way, bytes) = tokio::select! {
                received = self.front.recv_from(&mut packet) => {
                    // Who has hung up is told of by an error that is of no one packet.
                    let Ok((read, client)) = received else { continue };
                    let way = match ways.get(&client) {
                        Some(way) => way.clone(),
                        None => self.open_way(client, &answers).await,
                    };
                    ways.insert(client, way.clone());
                    (way, packet[..read].to_vec())
                }
                Some(answer) = answered.recv() => answer,
            };
            self.pass(begun.elapsed(), &way, &bytes);
        }
    }

    /// A way to the relay for someone new, and one back.
    async fn open_way(&self, client: SocketAddr, answers: &mpsc::Sender<(Way, Vec<u8>)>) -> Way {
        let socket = Arc::new(UdpSocket::bind("127.0.0.1:0").await.unwrap());
        let way = |from: &Arc<UdpSocket>, to| Way {
            from: Arc::clone(from),
            to,
            last: Arc::default(),
        };
        let back = way(&self.front, client);
        tokio::spawn(read_answers(Arc::clone(&socket), back, answers.clone()));
        way(&socket, self.relay)
    }

    fn pass(&mut self, elapsed: Duration, way: &Way, bytes: &[u8]) {
        if self.is_cut.load(Ordering::Acquire) || self.rng.random_bool(self.weather.loss) {
            self.counts.lost.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let copies = 1 + u64::from(self.rng.random_bool(self.weather.duplication));
        self.counts.twice.fetch_add(copies - 1, Ordering::Relaxed);
        for _ in 0..copies {
            let delay = Duration::from_millis(self.rng.random_range(self.weather.delay_millis.clone()));
            let arrives = u64::try_from((elapsed + delay).as_millis()).unwrap();
            if way.last.fetch_max(arrives, Ordering::Relaxed) > arrives {
                self.counts.overtaken.fetch_add(1, Ordering::Relaxed);
            }
            tokio::spawn(deliver(
                way.clone(),
                bytes.to_vec(),
                delay,
                Arc::clone(&self.is_cut),
                Arc::clone(&self.counts),
            ));
        }
    }
}

async fn read_answers(socket: Arc<UdpSocket>, back: Way, answers: mpsc::Sender<(Way, Vec<u8>)>) {
    let mut packet = [0; 2_048];
    loop {
        let Ok((read, _)) = socket.recv_from(&mut packet).await else {
            continue;
        };
        if answers
            .send((back.clone(), packet[..read].to_vec()))
            .await
            .is_err()
        {
            return;
        }
    }
}

async fn deliver(way: Way, bytes: Vec<u8>, delay: Duration, is_cut: Arc<AtomicBool>, counts: Arc<Counts>) {
    time::sleep(delay).await;
    // What was under way when the network went is gone too.
    let arrived = !is_cut.load(Ordering::Acquire) && way.from.send_to(&bytes, way.to).await.is_ok();
    let count = if arrived { &counts.passed } else { &counts.lost };
    count.fetch_add(1, Ordering::Relaxed);
}
