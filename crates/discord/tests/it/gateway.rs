//! The gateway, with a server that says what the test says.

pub(crate) mod bed;
mod budget;
mod ends;
mod restart;

use serde_json::json;

use bed::{Bed, INTERVAL, Said};

#[tokio::test]
async fn a_session_is_begun_with_what_is_to_be_heard() {
    let mut bed = Bed::start().await;
    let mut wire = bed.ws.accept().await;
    assert_eq!(wire.path, "/?v=10&encoding=json");
    wire.hello().await;
    let identify = wire.hear().await;
    assert_eq!(identify["op"], 2);
    assert_eq!(identify["d"]["token"], "canary-token");
    assert_eq!(identify["d"]["intents"], 37_383);
    assert_eq!(identify["d"]["shard"], json!([0, 1]));
    wire.ready("s1", &bed.ws).await;
    assert_eq!(bed.heard().await, Said::Identified);
    assert_eq!(bed.heard_event().await, ("READY".to_owned(), 1));
}

#[tokio::test]
async fn everything_is_handed_on_as_it_was_sent_in_order_and_once() {
    let (mut bed, mut wire) = Bed::ready().await;
    let odd = json!({ "components": [{ "type": 99, "text": "x" }], "flags": 32_768 });
    wire.event("MESSAGE_CREATE", 2, &odd).await;
    wire.event("SOMETHING_NEW", 3, &json!([1, null])).await;
    wire.event("MESSAGE_CREATE", 3, &json!({})).await;
    wire.event("MESSAGE_CREATE", 2, &json!({})).await;
    wire.say(&json!({ "op": 77, "d": {} })).await;
    wire.say(&json!({ "op": 0, "t": "NO_NUMBER", "d": {} })).await;
    wire.event("MESSAGE_DELETE", 4, &json!(null)).await;
    let first = bed.event().await;
    assert_eq!((first.name.as_str(), first.seq, &first.data), ("MESSAGE_CREATE", 2, &odd));
    assert!(!format!("{first:?}").contains("32768"), "{first:?}");
    assert_eq!(bed.heard_event().await, ("SOMETHING_NEW".to_owned(), 3));
    assert_eq!(bed.heard_event().await, ("MESSAGE_DELETE".to_owned(), 4));
}

#[tokio::test]
async fn what_no_program_can_read_is_passed_over_and_does_not_come_again() {
    let (mut bed, mut wire) = Bed::ready().await;
    // Half of a character is read for what stands round it.
    wire.say_text(r#"{"op":0,"t":"MESSAGE_CREATE","s":2,"d":{"content":"a\ud83d b \ud83d\ude00"}}"#).await;
    let event = bed.event().await;
    assert_eq!((event.seq, &event.data["content"]), (2, &json!("a\u{fffd} b \u{1f600}")));
    event.dealt.settle();
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    wire.say_text(&format!(r#"{{"op":0,"t":"MESSAGE_CREATE","s":3,"d":{deep}}}"#)).await;
    wire.say(&json!({ "op": 1 })).await;
    assert_eq!(wire.hear().await, json!({ "op": 1, "d": 3 }), "it counts as received");
    wire.ack().await;
    wire.event("MESSAGE_CREATE", 4, &json!({})).await;
    assert_eq!(bed.heard_event().await, ("MESSAGE_CREATE".to_owned(), 4), "and nothing is missing");
    // What is missing before one that cannot be read is missed all the same.
    wire.say_text(&format!(r#"{{"op":0,"t":"MESSAGE_CREATE","s":6,"d":{deep}}}"#)).await;
    wire.event("MESSAGE_CREATE", 7, &json!({})).await;
    assert_eq!(bed.heard().await, Said::Missed);
    assert_eq!(bed.heard_event().await.1, 7);
    drop(wire);
    assert_eq!(bed.heard().await, Said::Lost);
    let mut wire = bed.ws.accept().await;
    wire.hello().await;
    assert_eq!(wire.hear().await["d"]["seq"], 7);
}

#[tokio::test]
async fn signs_of_life_come_in_time_with_what_was_received_last() {
    let (bed, mut wire) = Bed::ready().await;
    // The first at a moment of chance, which is the middle here.
    bed.pace.advance(INTERVAL / 2);
    assert_eq!(wire.hear().await, json!({ "op": 1, "d": 1 }));
    wire.ack().await;
    wire.event("MESSAGE_CREATE", 2, &json!({})).await;
    // Asked for, one comes at once.
    wire.say(&json!({ "op": 1 })).await;
    assert_eq!(wire.hear().await, json!({ "op": 1, "d": 2 }));
    wire.settled().await;
    bed.pace.advance(INTERVAL);
    assert_eq!(wire.hear().await, json!({ "op": 1, "d": 2 }));
}

#[tokio::test]
async fn a_lost_connection_goes_on_where_it_was_told_to() {
    let (mut bed, mut wire) = Bed::ready().await;
    wire.event("MESSAGE_CREATE", 2, &json!({})).await;
    bed.heard_event().await;
    drop(wire);
    assert_eq!(bed.heard().await, Said::Lost);
    let mut wire = bed.ws.accept().await;
    assert_eq!(wire.path, "/resume?v=10&encoding=json");
    wire.hello().await;
    let resume = json!({ "token": "canary-token", "session_id": "s1", "seq": 2 });
    assert_eq!(wire.hear().await, json!({ "op": 6, "d": resume }));
    wire.event("MESSAGE_CREATE", 3, &json!({})).await;
    wire.event("RESUMED", 4, &json!({})).await;
    assert_eq!(bed.heard_event().await, ("MESSAGE_CREATE".to_owned(), 3));
    assert_eq!(bed.heard_event().await, ("RESUMED".to_owned(), 4));
    assert_eq!(bed.heard().await, Said::Resumed);
}

#[tokio::test]
async fn what_is_missing_after_going_on_is_told() {
    let (mut bed, wire) = Bed::ready().await;
    drop(wire);
    bed.heard().await;
    let mut wire = bed.ws.accept().await;
    wire.hello().await;
    wire.hear().await;
    wire.event("MESSAGE_CREATE", 2, &json!({})).await;
    wire.event("MESSAGE_CREATE", 9, &json!({})).await;
    wire.event("RESUMED", 10, &json!({})).await;
    assert_eq!(bed.heard_event().await.1, 2);
    assert_eq!(bed.heard().await, Said::Missed, "before what comes after it");
    assert_eq!(bed.heard_event().await.1, 9);
    assert_eq!(bed.heard_event().await.1, 10);
    assert_eq!(bed.heard().await, Said::Resumed);
}

#[tokio::test]
async fn that_a_session_goes_on_is_heard_also_without_a_number() {
    let (mut bed, wire) = Bed::ready().await;
    drop(wire);
    bed.heard().await;
    let mut wire = bed.ws.accept().await;
    wire.hello().await;
    wire.hear().await;
    wire.say(&json!({ "op": 0, "t": "RESUMED", "d": {} })).await;
    assert_eq!(bed.heard().await, Said::Resumed);
}

#[tokio::test]
async fn nothing_is_read_while_nobody_takes_it_but_signs_of_life_are_given() {
    let (mut bed, mut wire) = Bed::ready().await;
    let more = u64::try_from(bed::CHANNEL).expect("a small number") + 20;
    for seq in 2..2 + more {
        wire.event("MESSAGE_CREATE", seq, &json!({})).await;
    }
    // The server answers none of them, and would seem dead to somebody who reads.
    for _ in 0..4 {
        bed.pace.advance(INTERVAL);
        assert_eq!(wire.hear().await["op"], 1);
    }
    for seq in 2..2 + more {
        assert_eq!(bed.heard_event().await.1, seq);
    }
    wire.ack().await;
    wire.event("MESSAGE_CREATE", 2 + more, &json!({})).await;
    assert_eq!(bed.heard_event().await.1, 2 + more);
}

#[tokio::test]
async fn shards_take_turns_and_are_heard_together() {
    let mut bed = Bed::of(2, 1).await;
    let mut first = bed.ws.accept().await;
    let mut second = bed.ws.accept().await;
    first.hello().await;
    let one = first.hear().await["d"]["shard"][0].clone();
    second.hello().await;
    second.settled().await;
    bed.pace.advance(5_250);
    let other = second.hear().await["d"]["shard"][0].clone();
    let mut shards = [one.as_u64(), other.as_u64()];
    shards.sort_unstable();
    assert_eq!(shards, [Some(0), Some(1)]);
    second.ready("s2", &bed.ws).await;
    assert_eq!(bed.heard().await, Said::Identified);
    let event = bed.event().await;
    assert_eq!(Some(u64::from(event.shard)), other.as_u64());
}
