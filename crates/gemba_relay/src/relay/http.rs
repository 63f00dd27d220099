//! `GET /metrics` and `GET /healthz` over plain HTTP, for the machine's own monitoring. Two paths need no library.

use std::{sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time,
};

use super::Shared;

const MAX_REQUEST_BYTES: usize = 4 << 10;
const REQUEST_WITHIN: Duration = Duration::from_secs(2);
const REQUESTS_AT_ONCE: usize = 8;

/// Answers until the relay ends.
pub(super) async fn serve(shared: Arc<Shared>, listener: TcpListener) {
    let places = Arc::new(Semaphore::new(REQUESTS_AT_ONCE));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                let shared = Arc::clone(&shared);
                tokio::spawn(async move {
                    let answered = time::timeout(REQUEST_WITHIN, answer(&shared, stream)).await;
                    tracing::trace!(?answered, "a request for metrics");
                    drop(place);
                });
            }
            Err(error) => {
                tracing::debug!(%error, "no connection for metrics");
                time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn answer(shared: &Shared, mut stream: TcpStream) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut part = [0; 1 << 10];
    while !request.windows(4).any(|four| four == b"\r\n\r\n") {
        let read = stream.read(&mut part).await?;
        if read == 0 || request.len() + read > MAX_REQUEST_BYTES {
            return Ok(());
        }
        request.extend_from_slice(&part[..read]);
    }
    let line = request.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let (status, body) = respond(shared, line);
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.shutdown().await
}

fn respond(shared: &Shared, line: &[u8]) -> (&'static str, String) {
    match line {
        b"GET /metrics HTTP/1.1" | b"GET /metrics HTTP/1.0" => {
            ("200 OK", shared.metrics.render(shared.gate.len()))
        }
        b"GET /healthz HTTP/1.1" | b"GET /healthz HTTP/1.0" => {
            let read_only = shared.metrics.rooms_read_only.get();
            if shared.is_draining() {
                ("503 Service Unavailable", "stopping\n".to_owned())
            } else if read_only > 0 {
                (
                    "503 Service Unavailable",
                    format!("{read_only} rooms are read-only: the disk takes nothing\n"),
                )
            } else {
                ("200 OK", "ok\n".to_owned())
            }
        }
        _ => ("404 Not Found", "there are /metrics and /healthz\n".to_owned()),
    }
}
