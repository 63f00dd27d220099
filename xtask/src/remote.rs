//! Remote control of the viewer: JSON-RPC over HTTP on the loopback.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use anyhow::{Result, bail};
use serde_json::{Value, json};

/// One request; `None` while the viewer does not answer.
pub(crate) fn ask(remote: SocketAddr, method: &str, params: &Value) -> Result<Option<Value>> {
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
    let Some(answer) = exchange(remote, &body) else {
        return Ok(None);
    };
    let answer: Value = serde_json::from_str(&answer)?;
    match answer.get("error") {
        None | Some(Value::Null) => Ok(Some(answer["result"].clone())),
        Some(error) => bail!("{method}: {error}"),
    }
}

fn exchange(remote: SocketAddr, body: &str) -> Option<String> {
    let mut stream = TcpStream::connect(remote).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(300))).ok()?;
    let head = format!(
        "POST / HTTP/1.1\r\nHost: {remote}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + body).as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned())
}
