//! The line by which the bot sees that it hears: changed in its place, heard the way that messages take, and not where
//! nothing comes any more although the connection stands.

use fake_discord::{Fault, Matcher};
use platform::{CanaryId, DeliveryError, Echo, Inbound};
use policy::Timestamp;
use serde_json::json;

use crate::bed::{Bed, How, group};

fn made(second: i64) -> CanaryId {
    CanaryId::made(Timestamp::from_millis(second * 1_000))
}

fn heard(id: CanaryId) -> impl Fn(&Inbound) -> bool {
    move |inbound| matches!(inbound, Inbound::Canary { group: of, id: one } if *of == group() && *one == id)
}

async fn send(bed: &Bed, second: i64) -> Result<Echo, DeliveryError> {
    bed.hands().canary(&group(), made(second)).await
}

/// Sends one, which is to be heard.
async fn sends(bed: &Bed, second: i64) {
    assert_eq!(send(bed, second).await.expect("it is sent"), Echo::Coming);
    bed.ear().until_more("the bot's own line", 0, heard(made(second))).await;
}

#[tokio::test]
async fn one_line_is_changed_in_its_place_and_heard_each_time() {
    let mut bed = Bed::new(How::Role).await;
    let before = bed.written_in(bed.officers).len();
    sends(&bed, 1).await;
    let first = bed.written_in(bed.officers).pop().expect("it stands there");
    assert!(first.pings().is_empty() && first.flags & (1 << 12) != 0, "nobody is disturbed");
    sends(&bed, 2).await;
    // What it was called, is known after a restart.
    bed.restart().await;
    sends(&bed, 3).await;
    let lines = bed.written_in(bed.officers);
    assert_eq!(lines.len(), before + 1, "it is one line: {lines:?}");
    assert_eq!(lines.last().map(|line| line.id), Some(first.id));
    assert!(lines.last().is_some_and(|line| line.content.contains(&made(3).to_string())));
    assert_eq!(bed.ear().count(heard(made(2))), 0, "only what was changed since");
}

#[tokio::test]
async fn a_line_that_was_taken_away_is_put_up_again() {
    let bed = Bed::new(How::Role).await;
    sends(&bed, 1).await;
    let first = bed.written_in(bed.officers).pop().expect("it stands there");
    bed.guild.owner.delete(bed.officers, first.id).expect("an owner may");
    sends(&bed, 2).await;
    sends(&bed, 3).await;
    let lines = bed.written_in(bed.officers);
    assert!(lines.iter().all(|line| line.id != first.id));
    let standing = lines.iter().filter(|line| line.content.contains(&made(3).to_string()));
    assert_eq!((standing.count(), bed.asked("POST", "/messages").len()), (1, 2));
}

#[tokio::test]
async fn what_somebody_else_writes_is_no_line_of_the_bots() {
    let bed = Bed::new(How::Role).await;
    sends(&bed, 1).await;
    let line = bed.written_in(bed.officers).pop().expect("it stands there").content;
    let other = line.replace(&made(1).to_string(), &made(2).to_string());
    bed.guild.owner.say(bed.officers, &other).expect("an owner may");
    bed.guild.owner.say(bed.general, &other).expect("an owner may");
    bed.ear_has_heard(&bed.alice).await;
    assert_eq!(bed.ear().count(|inbound| matches!(inbound, Inbound::Canary { .. })), 1);
}

#[tokio::test]
async fn over_a_connection_that_stands_and_tells_nothing_nothing_is_heard() {
    let bed = Bed::new(How::Role).await;
    sends(&bed, 1).await;
    bed.discord.set_gateway(|gateway| gateway.is_mute = true);
    assert_eq!(send(&bed, 2).await.expect("it is sent"), Echo::Coming);
    let said = bed.alice.say(bed.general, "is anybody there?").expect("a member");
    assert_eq!(bed.ear().count(heard(made(2))), 0);
    // Neither does anything say that it is not heard: the connection stands.
    assert_eq!(bed.ear().count(|inbound| matches!(inbound, Inbound::Deaf { .. })), 0);
    bed.discord.set_gateway(|gateway| gateway.is_mute = false);
    bed.ear().until_more("the bot's own line", 0, heard(made(2))).await;
    bed.ear().until_post("what was said", |post| post.id.as_str() == said.to_string()).await;
}

#[tokio::test]
async fn that_it_could_not_be_sent_is_said() {
    let bed = Bed::new(How::Role).await;
    sends(&bed, 1).await;
    let refused = Fault::Status(403, json!({ "message": "no", "code": 50_001 }));
    bed.discord.fail(Matcher::of("PATCH", "/messages/"), refused);
    assert!(matches!(send(&bed, 2).await, Err(DeliveryError::Forbidden)));
    assert_eq!(bed.ear().count(heard(made(2))), 0);
    sends(&bed, 3).await;
}
