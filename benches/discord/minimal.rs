//! The least a bot can do: whoever writes the word has their message deleted. Nothing is recorded, nobody is told, no
//! limit is kept, and what it misses is missed.

use fake_discord::{App, FakeDiscord};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

use crate::server::{Servers, WORD};

/// Guilds, their messages, and what those say.
const INTENTS: u64 = 1 | 1 << 9 | 1 << 15;

pub(crate) struct Minimal(JoinHandle<()>);

impl Minimal {
    /// Starts it and waits until it hears.
    pub(crate) async fn start(servers: &Servers) -> Self {
        let (discord, app) = servers.of_minimal();
        let bot = connect(discord, app).await;
        #[expect(clippy::disallowed_methods, reason = "it ends with this handle")]
        Self(tokio::spawn(bot))
    }
}

impl Drop for Minimal {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn connect(discord: &FakeDiscord, app: &App) -> impl Future<Output = ()> + Send + use<> {
    let url = format!("{}/?v=10&encoding=json", discord.gateway_url());
    let (socket, _) = connect_async(url).await.expect("the gateway listens");
    let (mut say, mut heard) = socket.split();
    let identify = json!({ "op": 2, "d": {
        "token": app.token, "intents": INTENTS, "properties": { "os": "linux", "browser": "none", "device": "none" },
    }});
    let hello = heard.next().await.expect("the gateway speaks").expect("it is well");
    let hello: Value = serde_json::from_str(hello.to_text().unwrap_or_default()).expect("it is JSON");
    let every = hello["d"]["heartbeat_interval"].as_u64().expect("it says how often");
    say.send(Message::Text(identify.to_string())).await.expect("the gateway hears");
    let ready = heard.next().await.expect("the gateway answers").expect("it is well");
    assert!(ready.to_text().unwrap_or_default().contains("READY"));

    let (api, token) = (discord.api_base(), format!("Bot {}", app.token));
    async move {
        let client = reqwest::Client::new();
        let mut beat = tokio::time::interval(std::time::Duration::from_millis(every / 2));
        let mut seen = Value::Null;
        loop {
            let frame = tokio::select! {
                _ = beat.tick() => {
                    drop(say.send(Message::Text(json!({ "op": 1, "d": seen }).to_string())).await);
                    continue;
                }
                frame = heard.next() => frame,
            };
            let Some(Ok(Message::Text(frame))) = frame else { return };
            let event: Value = serde_json::from_str(&frame).unwrap_or_default();
            if event["s"].is_u64() {
                seen = event["s"].clone();
            }
            let message = &event["d"];
            if event["t"] != "MESSAGE_CREATE"
                || !message["content"].as_str().is_some_and(|text| text.contains(WORD))
            {
                continue;
            }
            let (channel, id) = (message["channel_id"].as_str(), message["id"].as_str());
            let (channel, id) = (channel.unwrap_or_default(), id.unwrap_or_default());
            let delete = client.delete(format!("{api}/channels/{channel}/messages/{id}"));
            drop(delete.header("Authorization", &token).send().await);
        }
    }
}
