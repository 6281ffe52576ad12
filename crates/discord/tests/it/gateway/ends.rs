//! How connections end, and what follows.

use discord::gateway::GatewayError;
use serde_json::json;

use super::bed::{Bed, INTERVAL, Said, Wanted, Wire};
use crate::http::turn;

/// The next connection goes on with the session.
async fn goes_on(bed: &mut Bed) -> Wire {
    let mut wire = bed.ws.accept().await;
    wire.hello().await;
    let resume = wire.hear().await;
    assert_eq!(resume["op"], 6, "{resume}");
    wire
}

/// The next connection begins a session.
async fn begins(bed: &mut Bed) -> Wire {
    let mut wire = bed.ws.accept().await;
    assert_eq!(wire.path, "/?v=10&encoding=json");
    wire.hello().await;
    let identify = wire.hear().await;
    assert_eq!(identify["op"], 2, "{identify}");
    wire
}

async fn is_lost(bed: &mut Bed) {
    assert_eq!(bed.heard().await, Said::Lost);
}

#[tokio::test]
async fn asked_to_connect_again_it_goes_on() {
    let (mut bed, mut wire) = Bed::ready().await;
    wire.say(&json!({ "op": 7 })).await;
    assert_eq!(wire.farewell().await, Some(4200));
    is_lost(&mut bed).await;
    goes_on(&mut bed).await;
}

#[tokio::test]
async fn a_session_turned_down_for_now_is_tried_again_after_a_pause() {
    let (mut bed, mut wire) = Bed::ready().await;
    wire.say(&json!({ "op": 9, "d": true })).await;
    is_lost(&mut bed).await;
    bed.pace.pass(3_000).await;
    goes_on(&mut bed).await;
}

#[tokio::test]
async fn a_session_turned_down_for_good_is_begun_anew_after_a_pause() {
    let (mut bed, mut wire) = Bed::ready().await;
    // It stood long enough to be worth it.
    bed.pace.advance(INTERVAL / 2);
    wire.hear().await;
    wire.settled().await;
    bed.pace.advance(INTERVAL);
    wire.hear().await;
    wire.settled().await;
    wire.say(&json!({ "op": 9, "d": false })).await;
    is_lost(&mut bed).await;
    bed.pace.pass(3_000).await;
    let mut wire = begins(&mut bed).await;
    assert_eq!(bed.kept.session(), None);
    wire.ready("s2", &bed.ws).await;
    assert_eq!(bed.heard().await, Said::Identified);
}

#[tokio::test]
async fn whoever_does_not_answer_is_taken_for_dead() {
    let (mut bed, mut wire) = Bed::ready().await;
    bed.pace.advance(INTERVAL / 2);
    assert_eq!(wire.hear().await["op"], 1);
    bed.pace.advance(INTERVAL);
    assert_eq!(wire.farewell().await, Some(4200), "the session has to stay");
    is_lost(&mut bed).await;
    goes_on(&mut bed).await;
}

#[tokio::test]
async fn what_cannot_be_read_is_asked_for_again() {
    for odd in ["", "{", "[]", "null", r#"{"op":"x"}"#, r#"{"op":10,"d":{}}"#] {
        let (mut bed, mut wire) = Bed::ready().await;
        wire.say_text(odd).await;
        assert_eq!(wire.farewell().await, Some(4200), "{odd}");
        is_lost(&mut bed).await;
        goes_on(&mut bed).await;
    }
}

#[tokio::test]
async fn what_people_have_to_mend_is_told_and_not_tried_again() {
    let rows: [(u16, Wanted); 4] = [
        (4004, |error| matches!(error, GatewayError::Token)),
        (4012, |error| matches!(error, GatewayError::Version)),
        (4013, |error| matches!(error, GatewayError::InvalidIntents(37_383))),
        (
            4014,
            |error| matches!(error, GatewayError::Intents { asked } if asked[..] == ["Server Members", "Message Content"]),
        ),
    ];
    for (code, is_wanted) in rows {
        let mut bed = Bed::start().await;
        let mut wire = bed.ws.accept().await;
        wire.hello().await;
        wire.hear().await;
        wire.close(code).await;
        let error = bed.ended().await.expect_err("it cannot go on");
        assert!(is_wanted(&error), "{code}: {error:?}");
    }
}

#[tokio::test]
async fn servers_that_are_to_be_divided_otherwise_are_as_discord_advises_then() {
    for code in [4010, 4011] {
        let mut bed = Bed::start().await;
        let mut wire = bed.ws.accept().await;
        wire.hello().await;
        assert_eq!(wire.hear().await["d"]["shard"], json!([0, 1]));
        bed.advise(2);
        wire.close(code).await;
        is_lost(&mut bed).await;
        // One was begun just now, and those of one key are apart.
        bed.pace.pass(5_250).await;
        let (mut first, mut second) = (bed.ws.accept().await, bed.ws.accept().await);
        first.hello().await;
        let one = first.hear().await["d"]["shard"].clone();
        second.hello().await;
        second.settled().await;
        bed.pace.advance(5_250);
        let mut shards = [one, second.hear().await["d"]["shard"].clone()];
        shards.sort_unstable_by_key(ToString::to_string);
        assert_eq!(shards, [json!([0, 2]), json!([1, 2])], "{code}");
        assert_eq!(bed.kept.identified(), 3, "each is counted");
        bed.stop().await.expect("nobody has to mend anything");
    }
}

#[tokio::test]
async fn whoever_is_told_to_divide_again_and_again_waits_longer_and_longer() {
    let mut bed = Bed::start().await;
    for wait in [5_250, 10_000, 20_000] {
        let mut wire = bed.ws.accept().await;
        wire.hello().await;
        assert_eq!(wire.hear().await["op"], 2, "what was turned down is not gone on with");
        wire.close(4011).await;
        is_lost(&mut bed).await;
        bed.pace.pass(wait).await;
    }
    let mut wire = bed.ws.accept().await;
    wire.hello().await;
    assert_eq!(wire.hear().await["op"], 2);
    assert_eq!(bed.kept.identified(), 4);
}

#[tokio::test]
async fn other_codes_let_it_go_on_or_begin_anew() {
    for code in [1000, 1001, 4000, 4001, 4002, 4005, 4008, 4999] {
        let (mut bed, wire) = Bed::ready().await;
        wire.close(code).await;
        is_lost(&mut bed).await;
        goes_on(&mut bed).await;
    }
    for code in [4003, 4007, 4009] {
        let (mut bed, wire) = Bed::ready().await;
        wire.close(code).await;
        is_lost(&mut bed).await;
        // The last one did not last.
        bed.pace.pass(5_250).await;
        begins(&mut bed).await;
    }
}

#[tokio::test]
async fn whoever_says_nothing_at_all_is_left() {
    let mut bed = Bed::start().await;
    let mut wire = bed.ws.accept().await;
    turn().await;
    bed.pace.advance(20_000);
    assert_eq!(wire.farewell().await, Some(4200));
    let mut wire = begins(&mut bed).await;
    // So is who never says that the session stands.
    bed.pace.advance(INTERVAL / 2);
    wire.hear().await;
    wire.settled().await;
    bed.pace.advance(90_000);
    assert_eq!(wire.farewell().await, Some(4200));
}

#[tokio::test]
async fn a_session_that_is_resumed_in_vain_is_given_up() {
    let (mut bed, wire) = Bed::ready().await;
    drop(wire);
    is_lost(&mut bed).await;
    let mut pauses = Vec::new();
    for n in 0..5_u32 {
        drop(goes_on(&mut bed).await);
        // Half of what it may be at most, and half of the rest by chance.
        let pause = 750 * (1 << n);
        pauses.push(pause);
        bed.pace.pass(pause).await;
    }
    assert_eq!(pauses, [750, 1_500, 3_000, 6_000, 12_000]);
    begins(&mut bed).await;
}

#[tokio::test]
async fn where_a_session_went_on_there_may_be_nobody() {
    let (mut bed, wire) = Bed::ready().await;
    drop(wire);
    is_lost(&mut bed).await;
    for n in 0..3_u32 {
        bed.ws.turn_away().await;
        bed.pace.pass(750 * (1 << n)).await;
    }
    let mut wire = bed.ws.accept().await;
    assert_eq!(wire.path, "/?v=10&encoding=json");
    wire.hello().await;
    assert_eq!(wire.hear().await["op"], 6);
}
