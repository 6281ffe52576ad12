//! Many posts at once, and many while the bot was away: none is missed, none is judged twice.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;
use tokio::task::JoinSet;

use super::bed::plain::{Plain, Privacy};
use super::bed::synapse::Synapse;
use super::group::{Group, People};
use crate::program::within;

const MEMBERS: usize = 10;
/// Officers hear last, after each member has their notices: hundreds of letters, on a machine that may be busy.
const LETTERS_MAX: Duration = Duration::from_secs(900);

/// Each of the members says so much as fast as the server takes it. Gives the members back, and what they said.
async fn all_say(members: Vec<Plain>, room: &str, each: usize) -> (Vec<Plain>, Vec<String>) {
    let mut saying = JoinSet::new();
    for member in members {
        let room = room.to_owned();
        saying.spawn(async move {
            let mut said = Vec::new();
            for number in 0..each {
                said.push(member.text(&room, &format!("oh fuck off, I said {number}")).await);
            }
            (member, said)
        });
    }
    let all = saying.join_all().await;
    let (members, said): (Vec<_>, Vec<_>) = all.into_iter().unzip();
    (members, said.concat())
}

/// The references of the cases that officers were told of, and how often they were told of one.
fn told(letters: &[Value]) -> Vec<String> {
    let bodies = letters.iter().filter_map(|event| event["content"]["body"].as_str());
    let lines = bodies.flat_map(str::lines).filter(|line| line.contains(" deleted "));
    lines.filter_map(|line| Some(line.split_whitespace().next()?.to_owned())).collect()
}

#[tokio::test]
async fn a_burst_of_posts_and_what_came_while_the_bot_was_away_are_removed_to_the_last() {
    let synapse = Synapse::shared().await;
    let mut members = Vec::new();
    for _ in 0..MEMBERS {
        members.push(Plain::new(synapse, "member").await);
    }
    let names: Vec<&str> = members.iter().map(Plain::user).collect();
    let people = People { members: &names, ..People::default() };
    let mut group = Group::found(synapse, Privacy::Open, people).await;
    // Each is a case and a notice, and nothing more: what is looked at is whether one is missed. So many are not left to people.
    group.more =
        "[groups.policy.exceptions]\n\"any\" = \"delete no-strike\"\n[groups.breaker]\nenabled = false\n";
    for member in &members {
        member.join(&group.room).await.expect("invited");
    }
    let mut news = group.founder.watch().await;
    let mut letters = group.founder.watch().await;
    let program = group.start().await;

    let (members, said) = all_say(members, &group.room, 10).await;
    within("every post of the burst goes", news.until_redacted(&said)).await;
    until_told(&group, &mut letters, said.len()).await;
    let sent = group.founder.timeline(&group.management).await;
    let sent: Vec<_> = sent.into_iter().filter(|event| event["type"] == "m.room.message").collect();
    assert!(sent.len() * 4 < said.len(), "{} letters about {} posts", sent.len(), said.len());
    program.end().await;

    let (_members, later) = all_say(members, &group.room, 30).await;
    let program = group.start_again();
    within("every post of the time away goes", news.until_redacted(&later)).await;
    program.end().await;

    let events = group.founder.timeline(&group.management).await;
    let told = told(&events);
    let cases: BTreeSet<_> = told.iter().collect();
    assert!(told.len() == cases.len() && cases.len() >= said.len(), "nobody is told of a case twice");
    // All say the same, so that one which was not read yet may go with one that was.
    let kinds = ["notice: removed", "notice: cascade removed"];
    let register = group.register();
    let notices = register.lines().filter(|line| kinds.iter().any(|kind| line.contains(kind))).count();
    assert_eq!(notices, said.len() + later.len(), "each is a case, and its member is written to");
}

/// Waits until officers have been told of so many cases more.
async fn until_told(group: &Group, letters: &mut super::bed::plain::Watch<'_>, count: usize) {
    let so_far = std::cell::Cell::new(0);
    let all = letters.until(|room, event| {
        if room == group.management {
            so_far.set(so_far.get() + told(std::slice::from_ref(event)).len());
        }
        so_far.get() >= count
    });
    let told = tokio::time::timeout(LETTERS_MAX, all).await;
    assert!(told.is_ok(), "the officers are told of every case: {} of {count}", so_far.get());
}
