//! Killed between hearing, deciding and doing: after the restart all is done, and once.

use std::collections::BTreeSet;

use serde_json::json;

use super::bed::member::{Member, Seen};
use super::bed::plain::{Privacy, redacted_by};
use super::bed::synapse::Synapse;
use super::group::{Group, People, reference_in, says};
use crate::crash::PLACES;
use crate::program::within;

/// A group whose room is encrypted, with Ada in it.
async fn group_with_ada() -> (Group, Member) {
    let synapse = Synapse::shared().await;
    let ada = Member::nio(synapse, "ada").await;
    let people = People { members: &[ada.user()], ..People::default() };
    let group = Group::found(synapse, Privacy::Encrypted, people).await;
    ada.join(&group.room).await;
    (group, ada)
}

#[tokio::test]
async fn killed_between_decision_and_settlement_a_post_goes_once_and_is_told_once() {
    let (group, ada) = group_with_ada().await;
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

/// What is said, each so unlike the others that none goes because another went; and where the program dies when it goes
/// back.
const WORDS: [(&str, (&str, u32)); 6] = [
    ("fuck, the kettle boiled over again this morning", ("record::written", 1)),
    ("nobody watered one single fucking geranium", ("record::committed", 1)),
    ("my bicycle has had three flat tyres, fuck it", ("deliver::attempted", 1)),
    ("that choir sings like a fucking rusty gate", ("deliver::answered", 1)),
    ("fuck, yesterday's soup tasted of pencils", ("deliver::settled", 1)),
    ("who the fuck painted our banner with porridge", ("deliver::answered", 2)),
];

/// What was written while nobody heard it is heard when the program runs again, so that nothing has to be said twice.
#[tokio::test]
async fn killed_while_appeals_are_decided_the_words_come_back_once() {
    let (group, ada) = group_with_ada().await;
    let from_bot = |part: &str| json!({ "sender": group.bot.user, "contains": part, "undecryptable": false });
    let program = group.start().await;
    ada.wait_for_member(&group.room, &group.bot.user).await;
    let (mut cases, mut door) = (Vec::new(), String::new());
    for (words, _) in WORDS {
        ada.text(&group.room, words).await;
        let notice = ada.wait(from_bot(words)).await;
        let case = reference_in(notice.content["body"].as_str().expect("a body")).to_owned();
        door = notice.room;
        ada.text(&door, &format!("appeal {case} It was a story.")).await;
        ada.wait(from_bot(&format!("Your appeal about {case} is on record"))).await;
        cases.push(case);
    }
    program.end().await;

    let mut letters = group.founder.watch().await;
    for ((words, (place, nth)), case) in WORDS.into_iter().zip(&cases) {
        group.founder.text(&group.management, &format!("!beadle decide {case} accept A story.")).await;
        group.start_to_die(place, nth).died().await;
        let program = group.start_again();
        ada.wait(json!({ "room": group.room, "sender": group.bot.user, "contains": words })).await;
        ada.wait(from_bot(&format!("Your appeal was accepted. Case {case}"))).await;
        let accepted = accepted(case);
        let told = letters.until(|room, event| room == group.management && says(event, &accepted));
        within(place, told).await;
        program.end().await;
    }

    let (room, door) = (ada.timeline(&group.room).await, ada.timeline(&door).await);
    let officers = group.founder.timeline(&group.management).await;
    let saying = |all: &[Seen], part: &str| {
        let bodies =
            all.iter().filter(|it| it.sender == group.bot.user).filter_map(|it| it.content["body"].as_str());
        bodies.filter(|body| body.contains(part)).count()
    };
    for ((words, (place, nth)), case) in WORDS.into_iter().zip(&cases) {
        let when = format!("{place}, time {nth}");
        assert_eq!(saying(&room, words), 1, "put back once, {when}");
        assert_eq!(saying(&door, &format!("Your appeal was accepted. Case {case}")), 1, "{when}");
        let told = officers.iter().filter(|event| says(event, &accepted(case))).count();
        assert_eq!(told, 1, "{when}");
    }
    let program = group.start_again();
    ada.text(&door.first().expect("there are letters").room, "my-record").await;
    ada.wait(from_bot(&format!("0 strikes count, of {} in all", WORDS.len()))).await;
    program.end().await;
}

fn accepted(case: &str) -> String {
    format!("{case} the appeal was accepted")
}
