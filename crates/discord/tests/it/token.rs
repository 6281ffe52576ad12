//! A token that Discord does not accept: taken for over only when it is, and then said.

use discord::gateway::GatewayError;
use fake_discord::{Fault, Matcher};
use platform::fake::effect;
use platform::{Deafness, DeliveryError, Inbound, Receipt};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::bed::{Bed, How, group, remove};
use crate::ear::{Ear, Kept};

fn disowned() -> Fault {
    Fault::Status(401, json!({ "message": "401: Unauthorized", "code": 0 }))
}

/// How often Discord was asked who the bot is.
fn proofs(bed: &Bed) -> usize {
    bed.discord.requests_of(&Matcher::of("GET", "/users/@me").ends("/users/@me")).len()
}

#[tokio::test]
async fn a_token_that_is_not_accepted_once_changes_nothing() {
    let bed = Bed::new(How::Role).await;
    let post = bed.alice.say(bed.general, "unpleasant").expect("a member");
    let before = proofs(&bed);
    bed.discord.fail(Matcher::of("DELETE", &post.to_string()), disowned());
    assert_eq!(bed.does(1, &remove(bed.general, &post)).await, Receipt::Done);
    assert!(bed.discord.has_failed() && bed.discord.messages(bed.general).is_empty());
    assert_eq!(proofs(&bed) - before, 1);
    bed.ear_has_heard(&bed.alice).await;
    assert_eq!(bed.ear().count(|inbound| matches!(inbound, Inbound::Deaf { .. })), 0);
}

#[tokio::test]
async fn while_discord_does_not_say_whether_it_accepts_a_token_nothing_is_over() {
    let bed = Bed::new(How::Role).await;
    let post = bed.alice.say(bed.general, "unpleasant").expect("a member");
    bed.discord.fail(Matcher::of("DELETE", &post.to_string()), disowned());
    bed.discord.fail(Matcher::of("GET", "/users/@me"), Fault::Page(401, "<html>"));
    let unreachable = bed.apply(1, &remove(bed.general, &post)).await;
    assert!(matches!(unreachable, Err(DeliveryError::Unreachable(_))), "{unreachable:?}");
    assert_eq!(bed.does(1, &remove(bed.general, &post)).await, Receipt::Done);
    bed.ear_has_heard(&bed.alice).await;
}

#[tokio::test]
async fn a_token_that_was_reset_ends_the_run_though_the_session_stands_and_is_said() {
    let mut bed = Bed::new(How::Role).await;
    bed.stop().await;
    let (account, ear) = (bed.open().await, Ear::new(Kept::new(bed.pace.clone())));
    let running = {
        let (account, ear) = (account.clone(), ear.clone());
        TaskTracker::new().spawn(async move { account.run(ear, CancellationToken::new()).await })
    };
    let is_back = |inbound: &Inbound| matches!(inbound, Inbound::Back { .. });
    ear.until("that it hears", |heard| heard.iter().any(is_back).then_some(())).await;
    bed.app.reset_token();
    let post = bed.alice.say(bed.general, "unpleasant").expect("a member");
    ear.until_post("what she said", |heard| heard.id.as_str() == post.to_string()).await;
    assert_eq!(bed.discord.see(|world| world.connected()), 1, "the session stands");
    let before = proofs(&bed);
    let hands = account.outbound(&group()).expect("a group of the account");
    let done = hands.apply(effect(1), &remove(bed.general, &post)).await;
    assert!(matches!(done, Err(DeliveryError::Unreachable(_))), "{done:?}");
    let ended = running.await.expect("no panic");
    assert!(matches!(ended, Err(GatewayError::Token)), "{ended:?}");
    let deaf = |inbound: &Inbound| match inbound {
        Inbound::Deaf { why, until, group: of, .. } if *of == group() => Some((*why, *until)),
        _ => None,
    };
    let said = ear.until("that it is not heard", |heard| heard.iter().find_map(deaf)).await;
    assert_eq!(said, (Deafness::Token, None));
    assert_eq!(proofs(&bed) - before, 1);
    // Nothing is asked with it any more.
    let asked = bed.discord.requests().len();
    assert!(hands.apply(effect(1), &remove(bed.general, &post)).await.is_err());
    assert_eq!(bed.discord.requests().len(), asked);
}
