//! The server goes away and comes back, or lets the bot do little: nothing is lost, all comes in its order.

use serde_json::Value;

use super::bed::plain::{Plain, Privacy, redacted_by};
use super::bed::synapse::{Limits, Synapse};
use super::group::{Group, People, says};
use crate::program::within;

const BAD: &str = "oh fuck off";

async fn joined(synapse: &Synapse, count: usize) -> (Vec<Plain>, Group) {
    let mut members = Vec::new();
    for _ in 0..count {
        members.push(Plain::new(synapse, "member").await);
    }
    let names: Vec<&str> = members.iter().map(Plain::user).collect();
    let group = Group::found(synapse, Privacy::Open, People { members: &names, ..People::default() }).await;
    for member in &members {
        member.join(&group.room).await.expect("invited");
    }
    (members, group)
}

#[tokio::test]
async fn a_server_that_restarts_in_the_middle_loses_nothing() {
    let mut synapse = Synapse::start(Limits::Lifted).await;
    let (members, group) = joined(&synapse, 3).await;
    let program = group.start().await;
    let mut said = Vec::new();
    for member in &members {
        for _ in 0..5 {
            said.push(member.text(&group.room, BAD).await);
        }
    }
    synapse.restart().await;
    for member in &members {
        said.push(member.text(&group.room, BAD).await);
    }
    let mut letters = group.founder.watch().await;
    let mut told = told(&group.founder.timeline(&group.management).await);
    while told < said.len() {
        let more = letters.until(|room, event| room == group.management && says(event, " deleted "));
        within("officers are told of all", more).await;
        told = self::told(&group.founder.timeline(&group.management).await);
    }
    for event in &said {
        assert!(group.founder.is_redacted(&group.room, event).await);
    }
    assert_eq!(told, said.len(), "nobody is told twice");
    program.end().await;
}

#[tokio::test]
async fn under_the_default_limits_everything_goes_in_its_order_and_once() {
    const POSTS_EACH: usize = 2;
    let synapse = Synapse::start(Limits::Default).await;
    let (members, group) = joined(&synapse, 3).await;
    let mut letters = group.founder.watch().await;
    let mut doors = Vec::new();
    for member in &members {
        doors.push(member.watch().await);
    }
    let program = group.start().await;
    program.end().await;
    let mut said = Vec::new();
    for member in &members {
        for _ in 0..POSTS_EACH {
            said.push(member.text(&group.room, BAD).await);
        }
    }

    let program = group.start_again();
    let so_far = std::cell::Cell::new(0);
    let all = letters.until(|room, event| {
        if room == group.management {
            so_far.set(so_far.get() + told(std::slice::from_ref(event)));
        }
        so_far.get() >= said.len()
    });
    within("officers are told of all", all).await;

    let room = group.founder.timeline(&group.room).await;
    let gone: Vec<&Value> = room
        .iter()
        .filter(|it| redacted_by(it).is_some_and(|id| said.iter().any(|said| said == id)))
        .collect();
    assert_eq!(gone.len(), said.len(), "each once");
    let told: Vec<Value> = group.founder.timeline(&group.management).await;
    let told: Vec<&Value> = told.iter().filter(|event| says(event, " deleted ")).collect();
    let mut notices = Vec::new();
    for (member, door) in members.iter().zip(&mut doors) {
        let door = within("a member's door", door.invitation()).await;
        member.join(&door).await.expect("invited");
        notices.extend(member.timeline(&door).await);
    }
    let notices: Vec<&Value> = notices.iter().filter(|event| event["type"] == "m.room.encrypted").collect();
    assert!(notices.len() >= said.len(), "a notice each, and the ladder's");
    let times = |events: &[&Value]| events.iter().filter_map(|event| at(event)).collect::<Vec<u64>>();
    let (gone, notices, told) = (times(&gone), times(&notices), times(&told));
    assert!(gone.iter().max() < notices.iter().min(), "posts go before their authors hear of it");
    assert!(notices.iter().max() < told.iter().min(), "and officers hear last");
    program.end().await;
}

fn at(event: &Value) -> Option<u64> {
    event["origin_server_ts"].as_u64()
}

/// How many cases these letters tell of.
fn told(letters: &[Value]) -> usize {
    let bodies = letters.iter().filter_map(|event| event["content"]["body"].as_str());
    bodies.flat_map(str::lines).filter(|line| line.contains(" deleted ")).count()
}
