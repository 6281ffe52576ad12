//! What goes over the wire to and from a gateway, as far as the connection itself has to know.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::json;
use crate::rest::Token;

/// Heartbeats are asked for every 41 s or so. What is far from that is no interval.
const INTERVAL_MIN: u64 = 1_000;
const INTERVAL_MAX: u64 = 10 * 60 * 1_000;

/// What came in.
#[derive(Debug, PartialEq)]
pub(crate) enum Frame {
    /// Something happened. Without a number, 0.
    Dispatch { name: String, seq: u64, data: Value },
    /// A sign of life is wanted at once.
    Heartbeat,
    /// The connection has to be made anew.
    Reconnect,
    /// The session cannot be used, or not now.
    Invalid { is_resumable: bool },
    /// The first words, with how often a sign of life is wanted.
    Hello { interval: Duration },
    /// A sign of life was heard.
    Ack,
    /// Something happened, and what it was cannot be read. Without a number, 0.
    Unreadable { name: String, seq: u64 },
    /// Whatever came later than this program.
    Unknown,
}

/// A frame without what is in it.
#[derive(Deserialize)]
struct Envelope {
    op: u64,
    t: Option<String>,
    s: Option<u64>,
}

/// Reads what came in; nothing when it is none of Discord's frames.
pub(crate) fn read(text: &[u8]) -> Option<Frame> {
    let Some(mut frame) = json::read::<Map<String, Value>>(text) else {
        // Asked for again it would come again as it is, and nothing after it.
        let Envelope { op: 0, t: Some(name), s } = json::read(text)? else { return None };
        return Some(Frame::Unreadable { name, seq: s.unwrap_or_default() });
    };
    let data = frame.remove("d").unwrap_or_default();
    Some(match frame.get("op")?.as_u64()? {
        0 => match frame.remove("t") {
            Some(Value::String(name)) => {
                let seq = frame.get("s").and_then(Value::as_u64).unwrap_or_default();
                Frame::Dispatch { name, seq, data }
            }
            _ => Frame::Unknown,
        },
        1 => Frame::Heartbeat,
        7 => Frame::Reconnect,
        9 => Frame::Invalid { is_resumable: data == Value::Bool(true) },
        10 => {
            let interval = data.get("heartbeat_interval").and_then(Value::as_f64)?;
            let interval = Duration::try_from_secs_f64(interval / 1_000.0).ok()?;
            let (least, most) = (Duration::from_millis(INTERVAL_MIN), Duration::from_millis(INTERVAL_MAX));
            Frame::Hello { interval: interval.clamp(least, most) }
        }
        11 => Frame::Ack,
        _ => Frame::Unknown,
    })
}

/// Begins a session.
pub(super) fn identify(token: &Token, intents: u64, shard: u32, of: u32) -> String {
    let properties = json!({ "os": std::env::consts::OS, "browser": "beadle", "device": "beadle" });
    let data = json!({
        "token": token.expose(),
        "intents": intents,
        "properties": properties,
        "shard": [shard, of],
        // Members of large servers are asked for when they are needed.
        "large_threshold": 50,
    });
    frame(2, &data)
}

/// Goes on with a session after what was received last.
pub(super) fn resume(token: &Token, session: &str, seq: u64) -> String {
    frame(6, &json!({ "token": token.expose(), "session_id": session, "seq": seq }))
}

/// A sign of life.
pub(super) fn heartbeat(seq: Option<u64>) -> String {
    frame(1, &json!(seq))
}

/// Any frame.
pub(super) fn frame(op: u8, data: &Value) -> String {
    json!({ "op": op, "d": data }).to_string()
}

/// What READY says of the session.
pub(super) fn session_of(ready: &Value) -> Option<(&str, &str)> {
    let text = |key: &str| ready.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    Some((text("session_id")?, text("resume_gateway_url")?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn frames_are_read_leniently() {
        let ms = |interval| Some(Frame::Hello { interval: Duration::from_millis(interval) });
        let event = Frame::Dispatch { name: "A_NEW_ONE".to_owned(), seq: 7, data: json!([1]) };
        let unnumbered = Frame::Dispatch { name: "NO_NUMBER".to_owned(), seq: 0, data: Value::Null };
        let rows = [
            (r#"{"op":0,"t":"A_NEW_ONE","s":7,"d":[1],"x":1}"#, Some(event)),
            (r#"{"op":0,"t":"NO_NUMBER","s":-1}"#, Some(unnumbered)),
            (r#"{"op":0,"t":null,"s":1}"#, Some(Frame::Unknown)),
            (r#"{"op":1}"#, Some(Frame::Heartbeat)),
            (r#"{"op":7,"d":null}"#, Some(Frame::Reconnect)),
            (r#"{"op":9,"d":true}"#, Some(Frame::Invalid { is_resumable: true })),
            (r#"{"op":9}"#, Some(Frame::Invalid { is_resumable: false })),
            (
                r#"{"op":10,"d":{"heartbeat_interval":41250.5}}"#,
                Some(Frame::Hello { interval: Duration::from_micros(41_250_500) }),
            ),
            (r#"{"op":10,"d":{"heartbeat_interval":0}}"#, ms(INTERVAL_MIN)),
            (r#"{"op":10,"d":{"heartbeat_interval":1e12}}"#, ms(INTERVAL_MAX)),
            (r#"{"op":10,"d":{"heartbeat_interval":-1}}"#, None),
            (r#"{"op":10}"#, None),
            (r#"{"op":11}"#, Some(Frame::Ack)),
            (r#"{"op":31}"#, Some(Frame::Unknown)),
            (r#"{"op":1,"x":"\ud800"}"#, Some(Frame::Heartbeat)),
            (r#"{"op":"0"}"#, None),
            ("{}", None),
            ("[]", None),
            ("", None),
        ];
        for (text, want) in rows {
            assert_eq!(read(text.as_bytes()), want, "{text}");
        }
    }

    #[test]
    fn what_is_nested_too_deeply_is_known_by_its_number() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let frame = |op: u64| read(format!(r#"{{"op":{op},"t":"X","s":7,"d":{deep}}}"#).as_bytes());
        assert_eq!(frame(0), Some(Frame::Unreadable { name: "X".to_owned(), seq: 7 }));
        assert_eq!(frame(10), None);
    }

    #[test]
    fn what_goes_out_is_what_discord_expects() {
        let token = Token::new("abc").expect("a token");
        let identify = identify(&token, 37_383, 1, 2).replace(std::env::consts::OS, "OS");
        let lines = [identify, resume(&token, "s", 7), heartbeat(None), heartbeat(Some(7))];
        insta::assert_snapshot!(lines.join("\n"), @r#"
        {"d":{"intents":37383,"large_threshold":50,"properties":{"browser":"beadle","device":"beadle","os":"OS"},"shard":[1,2],"token":"abc"},"op":2}
        {"d":{"seq":7,"session_id":"s","token":"abc"},"op":6}
        {"d":null,"op":1}
        {"d":7,"op":1}
        "#);
    }

    proptest! {
        #[test]
        fn nothing_that_comes_in_is_a_panic(text in ".{0,200}", op in any::<i64>(), d in ".{0,20}") {
            read(text.as_bytes());
            read(json!({ "op": op, "d": d, "t": d, "s": op }).to_string().as_bytes());
        }
    }
}
