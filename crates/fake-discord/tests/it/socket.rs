//! A client of the gateway, written by hand.

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use fake_discord::Intents;

/// A connection to the gateway.
pub(crate) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The last number that was seen.
    pub(crate) seq: u64,
}

impl Socket {
    /// Connects and waits for HELLO.
    pub(crate) async fn open(url: &str) -> Self {
        let (stream, _) =
            tokio_tungstenite::connect_async(format!("{url}/?v=10&encoding=json")).await.expect("it listens");
        let mut socket = Self { stream, seq: 0 };
        let hello = socket.frame().await.expect("it greets");
        assert_eq!(hello["op"], 10);
        socket
    }

    /// Connects and says who it is.
    pub(crate) async fn identify(url: &str, token: &str, intents: Intents) -> Self {
        let mut socket = Self::open(url).await;
        socket.send(&identify(token, intents, (0, 1))).await;
        socket
    }

    pub(crate) async fn send(&mut self, frame: &Value) {
        self.stream.send(Message::Text(frame.to_string())).await.expect("it reads");
    }

    /// The next frame, or the code it is closed with.
    pub(crate) async fn frame(&mut self) -> Result<Value, u16> {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) => {
                    let frame: Value = serde_json::from_str(&text).expect("it is JSON");
                    self.seq = frame["s"].as_u64().unwrap_or(self.seq);
                    return Ok(frame);
                }
                Some(Ok(Message::Close(frame))) => return Err(frame.map_or(1005, |frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(0),
            }
        }
    }

    /// The data of the next event of a name; others are passed over.
    pub(crate) async fn event(&mut self, name: &str) -> Value {
        loop {
            let mut frame =
                self.frame().await.unwrap_or_else(|code| panic!("closed with {code} before {name}"));
            if frame["t"] == name {
                return frame["d"].take();
            }
        }
    }

    /// The next frame of a number.
    pub(crate) async fn frame_of(&mut self, op: u64) -> Value {
        loop {
            let frame = self.frame().await.unwrap_or_else(|code| panic!("closed with {code} before {op}"));
            if frame["op"] == op {
                return frame;
            }
        }
    }

    /// The names of all events until one of a name.
    pub(crate) async fn names_until(&mut self, name: &str) -> Vec<String> {
        let mut names = Vec::new();
        loop {
            let frame = self.frame().await.expect("it goes on");
            let found = frame["t"].as_str().unwrap_or_default().to_owned();
            names.push(found.clone());
            if found == name {
                return names;
            }
        }
    }

    /// Goes, with a code.
    pub(crate) async fn leave(mut self, code: u16) {
        let frame = CloseFrame { code: code.into(), reason: "".into() };
        self.stream.close(Some(frame)).await.expect("it is open");
    }

    /// The code it is closed with.
    pub(crate) async fn closed(&mut self) -> u16 {
        loop {
            if let Err(code) = self.frame().await {
                return code;
            }
        }
    }
}

pub(crate) fn identify(token: &str, intents: Intents, shard: (u32, u32)) -> Value {
    json!({ "op": 2, "d": {
        "token": token, "intents": intents.bits(), "shard": [shard.0, shard.1],
        "properties": { "os": "linux", "browser": "test", "device": "test" },
    }})
}

pub(crate) fn resume(token: &str, session: &str, seq: u64) -> Value {
    json!({ "op": 6, "d": { "token": token, "session_id": session, "seq": seq } })
}
