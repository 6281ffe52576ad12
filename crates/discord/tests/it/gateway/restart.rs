//! What outlives the process.

use discord::gateway::Control;
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
    assert_eq!(bed.put_off_event().await, 4);
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
    assert_eq!(bed.heard().await, Said::Control(Control::Resumed { is_gap: false }));
}

#[tokio::test]
async fn what_was_never_dealt_with_at_all_is_no_session() {
    let mut bed = Bed::start().await;
    let mut wire = bed.ws.accept().await;
    wire.hello().await;
    wire.hear().await;
    wire.ready("s1", &bed.ws).await;
    bed.heard().await;
    assert_eq!(bed.put_off_event().await, 1);
    wire.settled().await;
    bed.pace.advance(5_000);
    wire.settled().await;
    assert_eq!(bed.kept.session(), None);
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
