//! One client of the gateway, from HELLO to the end.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use crate::gateway::frames::{close, op};
use crate::gateway::{Connection, Frame, Order, zlib};
use crate::server::Handle;
use crate::world::World;

/// The most bytes that a client may send at once.
const LARGEST: usize = 4096;
/// How many frames it may send in a minute.
const FRAMES: usize = 120;

/// Waits for clients until the fake ends. `is_resume` says at which of the two addresses.
pub(crate) async fn accept(listener: TcpListener, handle: Handle, is_resume: bool) {
    let stop = handle.stop();
    while let Some(Ok((stream, _))) = stop.run_until_cancelled(listener.accept()).await {
        let client = handle.clone();
        handle.spawn(async move {
            let stop = client.stop();
            stop.run_until_cancelled(greet(stream, client, is_resume)).await;
        });
    }
}

async fn greet(stream: TcpStream, handle: Handle, is_resume: bool) {
    if handle.see(|world| world.gateway.settings.is_down) {
        return;
    }
    let mut asked = String::new();
    let mut host = String::new();
    // The library's own type, as large as it is.
    #[allow(clippy::result_large_err, reason = "its callback is declared so")]
    let read = |request: &Request, response: Response| {
        asked = request.uri().query().unwrap_or_default().to_owned();
        let named = request.headers().get("host").and_then(|host| host.to_str().ok());
        host = named.unwrap_or_default().to_owned();
        Ok(response)
    };
    let Ok(socket) = tokio_tungstenite::accept_hdr_async(stream, read).await else { return };
    let has = |part: &str| asked.split('&').any(|one| one == part);
    let (is_packed, is_known) = (has("compress=zlib-stream"), has("v=10") && !has("encoding=etf"));
    let id = handle.act(|world| {
        world.see_host(&host);
        let id = world.gateway.next_number();
        world.gateway.connections.insert(id, Connection { is_resume, ..Connection::default() });
        id
    });
    let mut client =
        Client { handle: handle.clone(), id, socket, is_packed, is_first: true, frames: VecDeque::new() };
    let end = if is_known { client.serve().await } else { End::Close(close::INVALID_VERSION) };
    if let End::Close(code) = end {
        let frame = CloseFrame { code: code.into(), reason: "".into() };
        // It may have gone already.
        drop(client.socket.close(Some(frame)).await);
    }
    handle.act(|world| world.lose_connection(id, &end));
}

/// How a connection ends.
#[derive(Debug)]
pub(super) enum End {
    /// With a code of ours.
    Close(u16),
    /// With a code of the client's.
    Left(Option<u16>),
    /// Without a word.
    Lost,
}

struct Client {
    handle: Handle,
    id: u64,
    socket: WebSocketStream<TcpStream>,
    is_packed: bool,
    is_first: bool,
    /// When it sent something within the last minute.
    frames: VecDeque<Instant>,
}

impl Client {
    async fn serve(&mut self) -> End {
        let heartbeat = self.handle.see(|world| world.gateway.settings.heartbeat);
        let hello = json!({ "op": op::HELLO, "s": null, "t": null, "d": {
            "heartbeat_interval": crate::clock::millis(heartbeat), "_trace": [],
        }});
        let greets = self.handle.see(|world| world.gateway.settings.greets);
        if greets && self.send(&hello.to_string()).await.is_err() {
            return End::Lost;
        }
        let patience = heartbeat.saturating_mul(2).saturating_add(Duration::from_secs(5));
        let mut heard = Instant::now();
        let mut changes = self.handle.changes();
        loop {
            changes.mark_unchanged();
            let (frames, orders) = self.handle.quietly(|world| world.take_unsent(self.id));
            for frame in frames {
                if self.send(&frame).await.is_err() {
                    return End::Lost;
                }
            }
            for order in orders {
                match order {
                    Order::Send(frame) => {
                        if self.send(&frame.to_string()).await.is_err() {
                            return End::Lost;
                        }
                    }
                    Order::Close(code) => return End::Close(code),
                    Order::Drop => return End::Lost,
                }
            }
            let message = tokio::select! {
                _ = changes.changed() => continue,
                message = self.socket.next() => message,
                () = tokio::time::sleep_until(heard + patience) => return End::Close(close::SESSION_TIMED_OUT),
            };
            heard = Instant::now();
            let text = match message {
                Some(Ok(Message::Text(text))) => text,
                Some(Ok(Message::Binary(_))) => return End::Close(close::DECODE_ERROR),
                Some(Ok(Message::Close(frame))) => return End::Left(frame.map(|frame| frame.code.into())),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => continue,
                Some(Err(_)) | None => return End::Lost,
            };
            if let Err(code) = self.take(&text) {
                return End::Close(code);
            }
        }
    }

    async fn send(&mut self, text: &str) -> Result<(), tokio_tungstenite::tungstenite::Error> {
        let message = if self.is_packed {
            Message::Binary(zlib::stored(text, std::mem::take(&mut self.is_first)))
        } else {
            Message::Text(text.to_owned())
        };
        self.socket.send(message).await
    }

    fn take(&mut self, text: &str) -> Result<(), u16> {
        let now = Instant::now();
        while self.frames.front().is_some_and(|then| now.duration_since(*then) >= Duration::from_secs(60)) {
            self.frames.pop_front();
        }
        self.frames.push_back(now);
        if self.frames.len() > FRAMES {
            self.handle.act(|world| world.violated("gateway", "more than 120 frames in a minute"));
            return Err(close::RATE_LIMITED);
        }
        if text.len() > LARGEST {
            self.handle.act(|world| world.violated("gateway", "a frame of more than 4,096 bytes"));
            return Err(close::DECODE_ERROR);
        }
        let frame: Value = serde_json::from_str(text).map_err(|_| close::DECODE_ERROR)?;
        let (id, data) = (self.id, &frame["d"]);
        self.handle.act(|world| {
            if let Some(op) = frame["op"].as_u64().filter(|op| *op != op::HEARTBEAT) {
                world.log.frames.push(Frame { connection: id, op, data: data.clone() });
            }
            match frame["op"].as_u64() {
                Some(op::HEARTBEAT) => world.heartbeat(id),
                Some(op::IDENTIFY) => world.identify(id, data),
                Some(op::RESUME) => world.resume(id, data),
                Some(op::REQUEST_MEMBERS) => world.request_members(id, data),
                Some(op::PRESENCE | op::VOICE_STATE | op::REQUEST_SOUNDS) => world.is_identified(id),
                _ => Err(close::UNKNOWN_OPCODE),
            }
        })
    }
}

impl World {
    fn take_unsent(&mut self, id: u64) -> (Vec<String>, Vec<Order>) {
        let Some(connection) = self.gateway.connections.get_mut(&id) else {
            return (Vec::new(), vec![Order::Drop]);
        };
        let orders: Vec<_> = connection.orders.drain(..).collect();
        let session = connection.session.as_ref().and_then(|id| self.gateway.sessions.get_mut(id));
        // Another connection may have taken it over.
        let is_mute = self.gateway.settings.is_mute;
        let session = session.filter(|session| session.connection == Some(id) && !is_mute);
        (session.map(super::session::Session::unsent).unwrap_or_default(), orders)
    }

    fn heartbeat(&mut self, id: u64) -> Result<(), u16> {
        if let Some(connection) = self.gateway.connections.get_mut(&id) {
            connection.heartbeats += 1;
            if !connection.is_deaf {
                connection
                    .orders
                    .push_back(Order::Send(json!({ "op": op::ACK, "d": null, "s": null, "t": null })));
            }
        }
        Ok(())
    }

    fn lose_connection(&mut self, id: u64, end: &End) {
        self.gateway.connections.remove(&id);
        let now = self.clock.now();
        // With these two, a client says that it will not come back.
        let is_over = matches!(end, End::Left(Some(1000 | 1001)))
            || matches!(end, End::Close(code) if !matches!(*code, 4000..=4003 | 4005 | 4008));
        let mine = |session: &super::session::Session| session.connection == Some(id);
        if is_over {
            self.gateway.sessions.retain(|_, session| !mine(session));
        }
        for session in self.gateway.sessions.values_mut().filter(|session| mine(session)) {
            session.connection = None;
            session.left = Some(now);
        }
    }
}
