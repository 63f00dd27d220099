//! JSON-RPC over HTTP/1.1: one request a connection, answered by the frame that takes it out of the mailbox.
//!
//! Every local program and every web page can reach a loopback port. A page cannot leave out its `Origin` and cannot
//! choose its `Host`, so requests with the one or without a loopback in the other are refused.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use async_channel::Sender;
use bevy::{
    prelude::Resource,
    remote::{BrpError, BrpMessage, BrpRequest, BrpResponse, BrpResult, error_codes},
};
use serde_json::Value;

use super::{TAKE_FRAMES, TOKEN};

const MAX_HEAD_BYTES: u64 = 16 * 1024;
const MAX_BODY_BYTES: usize = 1024 * 1024;
const MAX_CLIENTS: usize = 16;
/// A client that says nothing for so long is gone.
const SILENCE: Duration = Duration::from_secs(10);

/// The thread that accepts clients. Ends when dropped.
#[derive(Resource)]
pub(super) struct Server {
    addr: SocketAddr,
    is_stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves `listener`; requests go to `mailbox`.
    pub(super) fn start(listener: TcpListener, mailbox: Sender<BrpMessage>) -> io::Result<Self> {
        let addr = listener.local_addr()?;
        let is_stopping = Arc::new(AtomicBool::new(false));
        let stop = is_stopping.clone();
        let thread = thread::Builder::new()
            .name("remote-control".to_owned())
            .spawn(move || accept(&listener, &mailbox, &stop))?;
        Ok(Self {
            addr,
            is_stopping,
            thread: Some(thread),
        })
    }

    /// Where it listens.
    pub(super) fn addr(&self) -> SocketAddr {
        self.addr
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.is_stopping.store(true, Ordering::SeqCst);
        // Wakes `accept`.
        drop(TcpStream::connect_timeout(&self.addr, Duration::from_millis(200)));
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread of remote control ended in a panic");
        }
    }
}

fn accept(listener: &TcpListener, mailbox: &Sender<BrpMessage>, is_stopping: &AtomicBool) {
    let clients = Arc::new(AtomicUsize::new(0));
    for stream in listener.incoming() {
        if is_stopping.load(Ordering::SeqCst) {
            return;
        }
        let Ok(mut stream) = stream else { continue };
        if clients.fetch_add(1, Ordering::SeqCst) >= MAX_CLIENTS {
            clients.fetch_sub(1, Ordering::SeqCst);
            refuse(&mut stream, "503 Service Unavailable");
            continue;
        }
        let (mailbox, count) = (mailbox.clone(), clients.clone());
        let client = thread::Builder::new()
            .name("remote-client".to_owned())
            .spawn(move || {
                if let Err(error) = serve(&mut stream, &mailbox) {
                    tracing::debug!(%error, "a client of remote control went away");
                }
                count.fetch_sub(1, Ordering::SeqCst);
            });
        if client.is_err() {
            clients.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

fn refuse(stream: &mut TcpStream, status: &str) {
    if let Err(error) = respond(stream, status, "") {
        tracing::debug!(%error, "a client of remote control went away");
    }
}

fn serve(stream: &mut TcpStream, mailbox: &Sender<BrpMessage>) -> io::Result<()> {
    stream.set_read_timeout(Some(SILENCE))?;
    stream.set_write_timeout(Some(SILENCE))?;
    match read_request(BufReader::new(&*stream))? {
        Ok(body) => {
            let answer = answer(&body, mailbox);
            respond(stream, "200 OK", &answer)
        }
        Err(status) => respond(stream, status, ""),
    }
}

fn respond(stream: &mut TcpStream, status: &str, body: &str) -> io::Result<()> {
    let length = body.len();
    let head = "Content-Type: application/json\r\nConnection: close";
    write!(
        stream,
        "HTTP/1.1 {status}\r\n{head}\r\nContent-Length: {length}\r\n\r\n{body}"
    )?;
    stream.flush()
}

/// The body of a request, or the status that refuses it.
fn read_request(reader: impl BufRead) -> io::Result<Result<Vec<u8>, &'static str>> {
    let mut head = reader.take(MAX_HEAD_BYTES);
    let mut line = String::new();
    head.read_line(&mut line)?;
    if !line.starts_with("POST ") {
        return Ok(Err("405 Method Not Allowed"));
    }
    let (mut length, mut is_local) = (None, false);
    loop {
        line.clear();
        if head.read_line(&mut line)? == 0 {
            return Ok(Err("400 Bad Request"));
        }
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse::<usize>().ok(),
            "host" => is_local = is_loopback_host(value),
            "origin" => return Ok(Err("403 Forbidden")),
            _ => {}
        }
    }
    if !is_local {
        return Ok(Err("403 Forbidden"));
    }
    let Some(length) = length else {
        return Ok(Err("411 Length Required"));
    };
    if length > MAX_BODY_BYTES {
        return Ok(Err("413 Content Too Large"));
    }
    let mut body = vec![0; length];
    head.set_limit(length as u64);
    head.read_exact(&mut body)?;
    Ok(Ok(body))
}

/// Whether a `Host` header names this machine.
fn is_loopback_host(host: &str) -> bool {
    if let Ok(addr) = host.parse::<SocketAddr>() {
        return addr.ip().is_loopback();
    }
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    name == "localhost"
        || name
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

/// Runs one request or a batch of them and gives the JSON to send back.
fn answer(body: &[u8], mailbox: &Sender<BrpMessage>) -> String {
    let value = match serde_json::from_slice::<Value>(body) {
        Ok(Value::Array(requests)) => {
            let answers: Vec<BrpResponse> = requests
                .into_iter()
                .map(|request| run(request, mailbox))
                .collect();
            serde_json::to_string(&answers)
        }
        Ok(request) => serde_json::to_string(&run(request, mailbox)),
        Err(error) => serde_json::to_string(&BrpResponse::new(
            None,
            Err(fault(
                error_codes::PARSE_ERROR,
                format!("the body is not JSON: {error}"),
            )),
        )),
    };
    value.unwrap_or_default()
}

fn run(request: Value, mailbox: &Sender<BrpMessage>) -> BrpResponse {
    match serde_json::from_value::<BrpRequest>(request) {
        Ok(request) => BrpResponse::new(request.id.clone(), ask(request, mailbox)),
        Err(error) => {
            let message = format!("this is no JSON-RPC 2.0 request: {error}");
            BrpResponse::new(None, Err(fault(error_codes::INVALID_REQUEST, message)))
        }
    }
}

fn ask(request: BrpRequest, mailbox: &Sender<BrpMessage>) -> BrpResult {
    static REQUESTS: AtomicU64 = AtomicU64::new(0);
    let mut params = request.params;
    if TAKE_FRAMES.contains(&request.method.as_str())
        && let Some(Value::Object(params)) = &mut params
    {
        params.insert(TOKEN.to_owned(), REQUESTS.fetch_add(1, Ordering::Relaxed).into());
    }
    let (sender, receiver) = async_channel::bounded(1);
    let is_ended = |_| fault(error_codes::INTERNAL_ERROR, "the viewer is closing".to_owned());
    mailbox
        .send_blocking(BrpMessage {
            method: request.method,
            params,
            sender,
        })
        .map_err(is_ended)?;
    receiver.recv_blocking().map_err(|_closed| {
        fault(
            error_codes::INTERNAL_ERROR,
            "the viewer closed before it answered".to_owned(),
        )
    })?
}

fn fault(code: i16, message: String) -> BrpError {
    BrpError {
        code,
        message,
        data: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<u8>, &'static str> {
        read_request(text.as_bytes()).expect("no IO here")
    }

    #[test]
    fn only_local_programs_are_served() {
        let post = |headers: &str| {
            read(&format!(
                "POST / HTTP/1.1\r\n{headers}Content-Length: 2\r\n\r\n{{}}"
            ))
        };
        assert_eq!(post("Host: 127.0.0.1:15702\r\n"), Ok(b"{}".to_vec()));
        assert_eq!(post("host: localhost\r\n"), Ok(b"{}".to_vec()));
        assert_eq!(post("Host: [::1]:80\r\n"), Ok(b"{}".to_vec()));
        assert_eq!(post("Host: evil.example\r\n"), Err("403 Forbidden"));
        assert_eq!(post(""), Err("403 Forbidden"));
        assert_eq!(
            post("Host: localhost\r\nOrigin: http://evil.example\r\n"),
            Err("403 Forbidden")
        );
    }

    #[test]
    fn what_is_no_post_with_a_length_is_refused() {
        assert_eq!(
            read("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
            Err("405 Method Not Allowed")
        );
        assert_eq!(
            read("POST / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
            Err("411 Length Required")
        );
        let huge = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n";
        assert_eq!(read(huge), Err("413 Content Too Large"));
        assert_eq!(read("POST / HTTP/1.1\r\n"), Err("400 Bad Request"));
    }
}
