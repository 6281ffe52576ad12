//! What is seen, wherever a member can write: one room, one table, and everything in it goes or stays as it should.

use serde_json::{Value, json};

use super::bed::member::Member;
use super::bed::plain::{Plain, Privacy, edited};
use super::bed::synapse::Synapse;
use super::group::{Group, People};
use crate::program::within;

const BAD: &str = "oh fuck off";

/// What members send of other kinds than plain text, and all of which goes.
fn contents() -> Vec<(&'static str, &'static str, Value)> {
    let file =
        json!({ "msgtype": "m.image", "url": "mxc://beadle.test/a", "filename": "a.png", "body": BAD });
    let html = json!({
        "msgtype": "m.text", "body": "oh", "format": "org.matrix.custom.html",
        "formatted_body": "oh fu<b></b>ck&#32;off",
    });
    let spoiler = json!({
        "msgtype": "m.text", "body": "look", "format": "org.matrix.custom.html",
        "formatted_body": "<span data-mx-spoiler=\"oh fuck off\">look</span>",
    });
    let poll = json!({
        "org.matrix.msc3381.poll.start": {
            "question": { "org.matrix.msc1767.text": "Tea?" },
            "answers": [{ "id": "1", "org.matrix.msc1767.text": BAD }, { "id": "2", "org.matrix.msc1767.text": "no" }],
        },
        "org.matrix.msc1767.text": "Tea?",
    });
    let stable_poll = json!({
        "m.poll": {
            "question": { "m.text": [{ "body": BAD }] },
            "answers": [{ "m.id": "1", "m.text": [{ "body": "yes" }] }],
        },
        "m.text": [{ "body": "Tea?" }],
    });
    vec![
        ("text", "m.room.message", json!({ "msgtype": "m.text", "body": BAD })),
        ("emote", "m.room.message", json!({ "msgtype": "m.emote", "body": BAD })),
        ("notice", "m.room.message", json!({ "msgtype": "m.notice", "body": BAD })),
        ("caption", "m.room.message", file),
        ("formatted body alone", "m.room.message", html),
        ("reason of a spoiler", "m.room.message", spoiler),
        ("sticker", "m.sticker", json!({ "body": BAD, "url": "mxc://beadle.test/a", "info": {} })),
        ("poll", "org.matrix.msc3381.poll.start", poll),
        ("stable poll", "m.poll.start", stable_poll),
        ("unknown type", "com.example.shout", json!({ "body": BAD })),
    ]
}

#[tokio::test]
async fn words_go_wherever_a_member_can_write_them_and_nothing_else_does() {
    let synapse = Synapse::shared().await;
    let (ada, ben) = tokio::join!(Plain::new(synapse, "ada"), Plain::new(synapse, "ben"));
    let people = People { members: &[ada.user(), ben.user()], ..People::default() };
    let group = Group::found(synapse, Privacy::Open, people).await;
    let room = group.room.as_str();
    for member in [&ada, &ben] {
        member.join(room).await.expect("invited");
    }
    group.founder.set_power(room, ben.user(), 50).await;
    let mut news = group.founder.watch().await;
    let mut names = group.founder.watch().await;
    let program = group.start().await;

    let mut goes: Vec<(&str, String)> = Vec::new();
    for (name, kind, content) in contents() {
        goes.push((name, ada.send(room, kind, &content).await));
    }
    let clean = ada.text(room, "tea at four").await;
    goes.push(("clean message, edited badly", clean.clone()));
    goes.push(("bad edit of a clean message", ada.edit(room, &clean, BAD).await));
    let twice = ada.text(room, "tea at five").await;
    goes.push(("message edited twice", twice.clone()));
    goes.push(("first bad edit", ada.edit(room, &twice, BAD).await));
    goes.push(("second bad edit", ada.edit(room, &twice, "fuck the tea").await));
    let bad = ada.text(room, BAD).await;
    ada.edit(room, &bad, "oh dear").await;
    goes.push(("bad message, edited clean", bad));
    let html = json!({
        "msgtype": "m.text", "body": "* tea", "m.new_content": {
            "msgtype": "m.text", "body": "tea", "format": "org.matrix.custom.html", "formatted_body": "fu<i>ck</i> off",
        },
        "m.relates_to": { "rel_type": "m.replace", "event_id": "" },
    });
    let hidden = ada.text(room, "tea at six").await;
    let mut html = html;
    html["m.relates_to"]["event_id"] = hidden.as_str().into();
    goes.push(("edit in the formatted body alone", ada.send(room, "m.room.message", &html).await));
    goes.push(("what it edits", hidden));
    let stays = ada.text(room, "tea at seven").await;
    goes.push(("edit of somebody else's", ben.send(room, "m.room.message", &edited(&stays, BAD)).await));
    let reaction = json!({ "m.relates_to": { "rel_type": "m.annotation", "event_id": stays, "key": BAD } });
    goes.push(("reaction", ben.send(room, "m.reaction", &reaction).await));
    goes.push(("topic", ben.set_state(room, "m.room.topic", "", &json!({ "topic": BAD })).await));
    ada.set_name("Fuck Off").await;
    let named =
        names.until(|in_room, event| in_room == room && event["content"]["displayname"] == "Fuck Off");
    let named = within("the new name", named).await;
    goes.push(("display name", named["event_id"].as_str().expect("an id").to_owned()));

    let ids: Vec<String> = goes.iter().map(|(_, id)| id.clone()).collect();
    let all_gone = tokio::time::timeout(crate::program::WAIT_MAX, news.until_redacted(&ids)).await;
    if all_gone.is_err() {
        let mut standing = Vec::new();
        for (name, id) in &goes {
            if !group.founder.is_redacted(room, id).await {
                standing.push(*name);
            }
        }
        panic!("still there: {standing:?}");
    }
    assert!(!group.founder.is_redacted(room, &stays).await, "its author did nothing");
    let left = group.founder.timeline(room).await;
    let left: Vec<_> = left.iter().filter(|event| event["content"].to_string().contains("uck")).collect();
    assert!(left.is_empty(), "{left:?}");
    program.end().await;
}

#[tokio::test]
async fn edits_in_an_encrypted_room_go_with_what_they_edit() {
    let synapse = Synapse::shared().await;
    let ada = Member::nio(synapse, "ada").await;
    let people = People { members: &[ada.user()], ..People::default() };
    let group = Group::found(synapse, Privacy::Encrypted, people).await;
    ada.join(&group.room).await;
    let program = group.start().await;
    ada.wait_for_member(&group.room, &group.bot.user).await;

    let first = ada.text(&group.room, "tea at four").await;
    let edit = ada.edit(&group.room, &first, BAD).await;
    for event in [&first, &edit] {
        ada.wait_until_redacted(&group.room, event).await;
    }
    program.end().await;
}
