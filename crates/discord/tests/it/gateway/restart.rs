//! What outlives the process.

use serde_json::json;

use super::bed::{Bed, Said};

#[tokio::test]
async fn stopped_it_leaves_a_session_that_goes_on() {
    let (mut bed, mut wire) = Bed::ready().await;
    wire.event("MESSAGE_CREATE", 2, &json!({})).await;
    assert_eq!(bed.heard_event().await.1, 2);
    let (mut bed, farewell) = tokio::join!(bed.restarted(), wire.farewell());
    assert_eq!(farewell, Some(4200));
    let mut wire = bed.ws.accept().await;
    assert_eq!(wire.path, "/resume?v=10&encoding=json");
    wire.hello().await;
    let resume = wire.hear().await;
    assert_eq!((&resume["op"], &resume["d"]["seq"]), (&json!(6), &json!(2)));
    assert_eq!(bed.kept.identified(), 1, "going on costs nothing");
}

#[tokio::test]
async fn killed_it_hears_again_what_was_not_dealt_with() {
    let (mut bed, mut wire) = Bed::ready().await;
    for seq in 2..=6 {
        wire.event("MESSAGE_CREATE", seq, &json!({})).await;
    }
    assert_eq!(bed.heard_event().await.1, 2);
    assert_eq!(bed.heard_event().await.1, 3);
    // The fourth is in work, while the fifth is dealt with by somebody else; the sixth was not taken at all.
    let (said, _fourth) = bed.put_off().await;
    assert_eq!(said, Said::Event("MESSAGE_CREATE".to_owned(), 4));
    assert_eq!(bed.heard_event().await.1, 5);
    wire.settled().await;
    bed.pace.advance(5_000);
    wire.settled().await;
    let mut bed = bed.killed().await;
    let mut wire = bed.ws.accept().await;
    wire.hello().await;
    assert_eq!(wire.hear().await["d"]["seq"], 3);
    for seq in 4..=6 {
        wire.event("MESSAGE_CREATE", seq, &json!({})).await;
    }
    wire.event("RESUMED", 7, &json!({})).await;
    for seq in 4..=7 {
        assert_eq!(bed.heard_event().await.1, seq);
    }
    assert_eq!(bed.heard().await, Said::Resumed);
}

#[tokio::test]
async fn until_what_is_missing_was_asked_for_no_session_goes_on() {
    let mut bed = Bed::start().await;
    let mut wire = bed.ws.accept().await;
    wire.hello().await;
    wire.hear().await;
    wire.ready("s1", &bed.ws).await;
    let (said, caught_up) = bed.put_off().await;
    assert_eq!(said, Said::Identified);
    assert_eq!(bed.heard_event().await.0, "READY");
    wire.settled().await;
    bed.pace.advance(5_000);
    wire.settled().await;
    assert_eq!(bed.kept.session(), None);
    caught_up.expect("something to catch up with").settle();
    bed.pace.advance(5_000);
    wire.settled().await;
    assert_eq!(bed.kept.session().map(|session| session.seq), Some(1));
}

#[tokio::test]
async fn a_gap_comes_again_until_it_was_asked_for() {
    let (mut bed, wire) = Bed::ready().await;
    drop(wire);
    bed.heard().await;
    for _ in 0..2 {
        let mut wire = bed.ws.accept().await;
        wire.hello().await;
        assert_eq!(wire.hear().await["d"]["seq"], 1);
        wire.event("MESSAGE_CREATE", 9, &json!({})).await;
        wire.event("RESUMED", 10, &json!({})).await;
        let (said, _missing) = bed.put_off().await;
        assert_eq!(said, Said::Missed);
        assert_eq!(bed.heard_event().await.1, 9);
        assert_eq!(bed.heard_event().await.1, 10);
        assert_eq!(bed.heard().await, Said::Resumed);
        wire.settled().await;
        bed.pace.advance(5_000);
        wire.settled().await;
        bed = bed.killed().await;
    }
}

#[tokio::test]
async fn a_new_session_is_kept_once_the_old_one_is_dealt_with() {
    let (mut bed, mut wire) = Bed::ready().await;
    wire.event("MESSAGE_CREATE", 2, &json!({})).await;
    let (_, second) = bed.put_off().await;
    wire.say(&json!({ "op": 9, "d": false })).await;
    assert_eq!(bed.heard().await, Said::Lost);
    bed.pace.pass(3_000).await;
    bed.pace.pass(2_250).await;
    let mut wire = bed.begin().await;
    wire.settled().await;
    bed.pace.advance(5_000);
    wire.settled().await;
    assert_eq!(bed.kept.session(), None);
    second.expect("an event").settle();
    bed.pace.advance(5_000);
    wire.settled().await;
    assert_eq!(bed.kept.session().map(|session| session.seq), Some(1));
}

#[tokio::test]
async fn a_session_of_another_division_is_not_gone_on_with() {
    let (bed, wire) = Bed::ready().await;
    let kept = bed.kept.clone();
    drop(wire);
    bed.stop().await.expect("it was stopped");
    assert!(kept.session().is_some());
    let mut bed = Bed::with(kept, 2, 2).await;
    for _ in 0..2 {
        bed.pace.advance(10_000);
        let mut wire = bed.ws.accept().await;
        wire.hello().await;
        assert_eq!(wire.hear().await["op"], 2);
    }
}
