//! Killed between deciding and doing: after the restart all is done, and once.

use std::collections::BTreeSet;

use serde_json::json;

use super::bed::member::Member;
use super::bed::plain::{Privacy, redacted_by};
use super::bed::synapse::Synapse;
use super::group::{Group, People, says};
use crate::crash::PLACES;
use crate::program::within;

#[tokio::test]
async fn killed_between_decision_and_settlement_a_post_goes_once_and_is_told_once() {
    let synapse = Synapse::shared().await;
    let ada = Member::nio(synapse, "ada").await;
    let people = People { members: &[ada.user()], ..People::default() };
    let group = Group::found(synapse, Privacy::Encrypted, people).await;
    ada.join(&group.room).await;
    let mut news = group.founder.watch().await;
    let mut letters = group.founder.watch().await;
    let program = group.start().await;
    ada.wait_for_member(&group.room, &group.bot.user).await;
    program.end().await;

    let (mut events, mut doors) = (Vec::new(), BTreeSet::new());
    for (place, nth) in PLACES.into_iter().chain([("moderate::judged", 1)]) {
        let event = ada.text(&group.room, "oh fuck off").await;
        group.start_to_die(place, nth).died().await;
        let program = group.start_again();
        within(place, news.until_redacted(std::slice::from_ref(&event))).await;
        let notice = json!({
            "sender": group.bot.user, "contains": "Your post was removed", "undecryptable": false, "after": event,
        });
        doors.insert(ada.wait(notice).await.room);
        events.push(event);
        while count_told(&group).await < events.len() {
            let more = letters.until(|room, event| room == group.management && says(event, " deleted "));
            within(place, more).await;
        }
        program.end().await;
    }

    let timeline = group.founder.timeline(&group.room).await;
    for event in &events {
        let gone = timeline.iter().filter(|it| redacted_by(it) == Some(event)).count();
        assert_eq!(gone, 1, "redacted so often");
    }
    let kills = events.len();
    assert_eq!(count_told(&group).await, kills);
    assert_eq!(doors.len(), 1, "one private room");
    let door = doors.first().expect("there is one");
    notices_and_strikes(&group, &ada, door, kills).await;
}

/// Has the member read their record, and looks at what they were told.
async fn notices_and_strikes(group: &Group, ada: &Member, door: &str, count: usize) {
    let program = group.start_again();
    ada.text(door, "my-record").await;
    let strikes = format!("{count} strikes count, of {count} in all");
    ada.wait_for(door, &strikes).await;
    let seen = ada.timeline(door).await;
    let bodies = seen.iter().filter_map(|event| event.content["body"].as_str());
    assert_eq!(bodies.filter(|body| body.starts_with("Your post was removed")).count(), count);
    assert!(seen.iter().all(|event| event.undecryptable.is_none()), "{seen:?}");
    program.end().await;
}

/// How many cases officers have been told of, repetitions included.
async fn count_told(group: &Group) -> usize {
    let events = group.founder.timeline(&group.management).await;
    let bodies = events.iter().filter_map(|event| event["content"]["body"].as_str());
    bodies.flat_map(str::lines).filter(|line| line.contains(" deleted ")).count()
}
