//! Sessions cost, and are counted before they are begun.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use discord::gateway::{GatewayError, Waiting};
use policy::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::bed::{Bed, INTERVAL, Kept, Said, Wanted};
use crate::http::{BEGIN, Reply, Server, TestPace, first_byte};

#[tokio::test]
async fn a_tenth_of_the_day_is_left_and_the_wait_is_told() {
    let kept = Arc::new(Kept::default());
    let sent: Vec<i64> = (0..900).map(|n| BEGIN - 3_600_000 + n * 1_000).collect();
    kept.set_identifies(json!({ "sent": sent, "barren": {}, "last": {} }));
    let mut bed = Bed::with(kept, 1, 1).await;
    let until = Timestamp::from_millis(BEGIN + 23 * 3_600_000);
    assert_eq!(bed.heard().await, Said::Waiting(until, Waiting::Budget));
    bed.pace.pass(23 * 3_600_000).await;
    bed.begin().await;
    assert_eq!(bed.kept.identified(), 900);
}

#[tokio::test]
async fn whoever_crashes_again_and_again_waits_longer_and_longer() {
    let mut bed = Bed::start().await;
    let mut waits = Vec::new();
    for n in 0..5 {
        let mut wire = bed.ws.accept().await;
        wire.hello().await;
        assert_eq!(wire.hear().await["op"], 2);
        assert_eq!(bed.kept.identified(), n + 1, "counted before it is begun");
        // Killed before anything came of it.
        bed = bed.killed().await;
        let wait = if n == 0 { 5_250 } else { 5_000 << n };
        if wait > 30_000 {
            let Said::Waiting(_, why) = bed.heard().await else { panic!("it is told") };
            assert_eq!(why, Waiting::CrashLoop);
        }
        bed.pace.pass(wait).await;
        waits.push(wait);
    }
    assert_eq!(waits, [5_250, 10_000, 20_000, 40_000, 80_000]);
    // Once one lasts, all is forgotten.
    let mut wire = bed.begin().await;
    bed.pace.advance(INTERVAL / 2);
    wire.hear().await;
    wire.settled().await;
    bed.pace.advance(INTERVAL);
    wire.hear().await;
    wire.settled().await;
    wire.close(4009).await;
    bed.heard().await;
    bed.begin().await;
}

#[tokio::test]
async fn what_cannot_be_counted_is_not_begun() {
    let bed = Bed::start().await;
    bed.kept.is_full.store(true, Ordering::Relaxed);
    let mut bed = bed;
    let mut wire = bed.ws.accept().await;
    wire.hello().await;
    bed.pace.pass(5_000).await;
    bed.kept.is_full.store(false, Ordering::Relaxed);
    bed.pace.pass(5_000).await;
    assert_eq!(wire.hear().await["op"], 2);
    assert_eq!(bed.kept.identified(), 1);
}

async fn answered(reply: Reply) -> Bed {
    let bed = Bed::start().await;
    let kept = bed.kept.clone();
    let server = Server::start([]).await.then_always(reply);
    Bed::around(kept, bed.ws, server, TestPace::standing())
}

#[tokio::test]
async fn a_wrong_token_is_told_when_discord_has_said_so_twice() {
    let mut bed = answered(Reply::new(401).json(&json!({ "code": 0 }))).await;
    bed.pace.pass(2_000).await;
    let error = bed.ended().await.expect_err("it cannot begin");
    assert!(matches!(error, GatewayError::Token), "{error:?}");
}

#[tokio::test]
async fn wrong_advice_is_told_at_once() {
    let rows: [(Reply, Wanted); 3] = [
        (Reply::new(403).json(&json!({ "code": 0 })), |error| matches!(error, GatewayError::Unknown(_))),
        (Reply::new(200).json(&json!({})), |error| matches!(error, GatewayError::Address)),
        (Reply::new(200).json(&json!({ "url": "ws://gateway.example.org" })), |error| {
            matches!(error, GatewayError::Address)
        }),
    ];
    for (reply, is_wanted) in rows {
        let shown = format!("{reply:?}");
        let error = answered(reply).await.ended().await.expect_err("it cannot begin");
        assert!(is_wanted(&error), "{shown}: {error:?}");
    }
}

#[tokio::test]
async fn while_discord_cannot_be_asked_it_is_asked_again() {
    let page: Value = json!({ "retry_after": 90.0, "global": true });
    let mut bed = answered(Reply::new(429).with("x-ratelimit-scope", "global").json(&page)).await;
    for _ in 0..2 {
        let Said::Waiting(until, why) = bed.heard().await else { panic!("it is told") };
        assert_eq!(why, Waiting::Unreachable);
        let wait = until.as_millis() - bed.now();
        assert_eq!(Duration::from_millis(wait.unsigned_abs()), Duration::from_secs(90));
        bed.pace.pass(90_000).await;
    }
    bed.stop().await.expect("it was stopped");
}

#[tokio::test]
async fn the_secure_way_is_built_in() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("wss://{}", listener.local_addr().expect("an address"));
    let _bed = answered(Reply::new(200).json(&json!({ "url": url }))).await;
    assert_eq!(first_byte(&listener).await, 22);
}

#[tokio::test]
async fn with_discord_on_this_machine_no_gateway_elsewhere_is_gone_to() {
    for (host, strayed) in [
        ("gateway.discord.invalid", "gateway.discord.invalid:443"),
        ("192.0.2.1", "192.0.2.1:443"),
        ("[2001:db8::1]", "2001:db8::1:443"),
    ] {
        let mut bed = answered(Reply::new(200).json(&json!({ "url": format!("wss://{host}") }))).await;
        bed.pace.pass(750).await;
        let Said::Waiting(_, why) = bed.heard().await else { panic!("it is told") };
        assert_eq!(why, Waiting::Unreachable);
        assert_eq!(bed.strayed().first().map(String::as_str), Some(strayed));
    }
}

#[tokio::test]
async fn that_the_gateway_cannot_be_reached_is_told() {
    let mut bed = Bed::start().await;
    bed.ws.turn_away().await;
    for pause in [750, 1_500] {
        bed.ws.turn_away().await;
        bed.pace.pass(pause).await;
    }
    let Said::Waiting(_, why) = bed.heard().await else { panic!("it is told") };
    assert_eq!(why, Waiting::Unreachable);
    bed.begin().await;
}
