//! One connection, as frames in and out.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use reqwest::Url;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Message, WebSocketConfig};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async_tls_with_config};

use crate::pace::{Pace, millis};
use crate::radius::Radius;

/// The largest thing that is read; a server with everything in it is some megabytes.
const MESSAGE_LEN_MAX: usize = 64 << 20;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// Nobody waits for a farewell.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// Something to read, or the end.
#[derive(Debug)]
pub(super) enum Incoming {
    Text(Vec<u8>),
    /// With the code that the other side gave.
    Closed(Option<u16>),
    /// Too much at once, or nothing that a gateway says.
    Broken,
}

pub(super) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Connects; nothing when that is not possible now.
    pub(super) async fn open(url: &Url, radius: &Radius, pace: &dyn Pace) -> Option<Self> {
        let config = WebSocketConfig {
            max_message_size: Some(MESSAGE_LEN_MAX),
            max_frame_size: Some(MESSAGE_LEN_MAX),
            ..WebSocketConfig::default()
        };
        let deadline = pace.steady_ms().saturating_add(millis(CONNECT_TIMEOUT));
        let opened = async {
            let stream = radius.connect(url.host_str()?, url.port_or_known_default()?).await.ok()?;
            stream.set_nodelay(true).ok()?;
            let opened = client_async_tls_with_config(url.as_str(), stream, Some(config), None).await;
            Some(Self(opened.ok()?.0))
        };
        tokio::select! {
            opened = opened => opened,
            () = pace.until(deadline) => None,
        }
    }

    /// The next that comes in. Nothing is lost when nobody waits for it to the end.
    pub(super) async fn next(&mut self) -> Incoming {
        use tokio_tungstenite::tungstenite::Error;
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => return Incoming::Text(text.into_bytes()),
                Some(Ok(Message::Binary(bytes))) => return Incoming::Text(bytes),
                Some(Ok(Message::Close(frame))) => {
                    return Incoming::Closed(frame.map(|frame| frame.code.into()));
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Err(Error::Capacity(_) | Error::Utf8)) => return Incoming::Broken,
                Some(Err(_)) | None => return Incoming::Closed(None),
            }
        }
    }

    /// Says something; whether it went out.
    pub(super) async fn send(&mut self, text: String, pace: &dyn Pace) -> bool {
        let deadline = pace.steady_ms().saturating_add(millis(SEND_TIMEOUT));
        tokio::select! {
            sent = self.0.send(Message::Text(text)) => sent.is_ok(),
            () = pace.until(deadline) => false,
        }
    }

    /// Says goodbye with a code.
    pub(super) async fn close(mut self, code: u16, pace: &dyn Pace) {
        let deadline = pace.steady_ms().saturating_add(millis(CLOSE_TIMEOUT));
        let farewell = CloseFrame { code: code.into(), reason: "".into() };
        tokio::select! {
            // The connection is dropped either way.
            _ = self.0.close(Some(farewell)) => {}
            () = pace.until(deadline) => {}
        }
    }
}

/// Where to connect, with what is wanted there. Nothing when it is no place to send a token to: that is a secure one, or
/// one on this machine.
pub(super) fn address(url: &str) -> Option<Url> {
    let mut url = Url::parse(url).ok()?;
    let is_here = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    if !(url.scheme() == "wss" || url.scheme() == "ws" && is_here) {
        return None;
    }
    url.set_query(Some("v=10&encoding=json"));
    url.set_fragment(None);
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_sent_to_secure_places_only() {
        let rows = [
            ("wss://gateway.discord.gg", Some("wss://gateway.discord.gg/?v=10&encoding=json")),
            ("wss://a.discord.gg/?v=9", Some("wss://a.discord.gg/?v=10&encoding=json")),
            ("ws://127.0.0.1:5", Some("ws://127.0.0.1:5/?v=10&encoding=json")),
            ("ws://[::1]:5/x", Some("ws://[::1]:5/x?v=10&encoding=json")),
            ("ws://gateway.discord.gg", None),
            ("https://gateway.discord.gg", None),
            ("ws://127.0.0.1.example.org", None),
            ("", None),
        ];
        for (url, want) in rows {
            assert_eq!(address(url).map(String::from).as_deref(), want, "{url}");
        }
    }
}
