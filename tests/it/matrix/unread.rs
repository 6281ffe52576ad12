//! What cannot be read, and what was made to confuse: said to the officers, held against nobody, judged once it can be.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::bed::member::Member;
use super::bed::plain::{Plain, Privacy, edited};
use super::bed::synapse::Synapse;
use super::group::{Group, People, says};
use crate::program::{WAIT_MAX, within};

const BAD: &str = "oh fuck off";
/// Officers hear once a key has been on its way for two minutes, and somebody looks; the test waits for no less.
const KEYS_MAY_TAKE: Duration = Duration::from_secs(300);

#[tokio::test]
async fn officers_hear_once_a_room_and_sender_what_cannot_be_read_and_it_is_judged_when_the_key_comes() {
    let synapse = Synapse::shared().await;
    let (ada, ben) = tokio::join!(Member::nio(synapse, "ada"), Member::nio(synapse, "ben"));
    let members = [ada.user(), ben.user()];
    let people = People { members: &members, ..People::default() };
    let mut group = Group::found(synapse, Privacy::Encrypted, people).await;
    let quiet = group.found_room(Privacy::Encrypted, &members).await;
    let room = group.room.as_str();
    tokio::join!(ada.join(room), ben.join(room));
    ada.join(&quiet).await;
    let mut news = group.founder.watch().await;
    let mut letters = group.founder.watch().await;
    let program = group.start().await;
    let bot = group.bot.user.as_str();
    tokio::join!(ada.wait_for_member(room, bot), ben.wait_for_member(room, bot));
    ada.wait_for_member(&quiet, bot).await;

    let soon = ada.text_unread_by(bot, room, BAD).await;
    program.says(&format!("cannot be decrypted room={room} event=\"{soon}\"")).await;
    ada.hand_over(&soon).await;
    within("what became readable soon goes", news.until_redacted(&[soon])).await;

    let late = ada.text_unread_by(bot, room, BAD).await;
    let never = ada.text_unread_by(bot, room, BAD).await;
    ada.text_unread_by(bot, &quiet, BAD).await;
    let bens = ben.text_unread_by(bot, room, BAD).await;
    let wanted = [(ada.user(), room), (ada.user(), quiet.as_str()), (ben.user(), room)];
    let wanted: BTreeSet<String> = wanted.map(|(user, room)| unread(user, room)).into();
    let told = RefCell::new(BTreeSet::new());
    let all = letters.until(|_, event| {
        told.borrow_mut().extend(lines_unread(event));
        *told.borrow() == wanted
    });
    let come = tokio::time::timeout(KEYS_MAY_TAKE, all).await;
    assert!(come.is_ok(), "officers hear of {wanted:?}, and heard {told:?}");

    ada.hand_over(&late).await;
    within("what became readable late goes", news.until_redacted(&[late])).await;
    ada.wait(json!({ "sender": bot, "contains": "You have 2 strikes", "undecryptable": false })).await;
    for event in [&never, &bens] {
        assert!(!group.founder.is_redacted(room, event).await, "nobody could read it");
    }
    let sent = group.founder.timeline(&group.management).await;
    let all: Vec<String> = sent.iter().flat_map(lines_unread).collect();
    assert_eq!(all.len(), wanted.len(), "each once: {all:?}");
    program.end().await;
}

/// What officers are told of somebody in a room.
fn unread(user: &str, room: &str) -> String {
    format!("I cannot read what {user} writes in {room}.")
}

fn lines_unread(event: &Value) -> Vec<String> {
    let body = event["content"]["body"].as_str().unwrap_or_default();
    let lines = body.lines().filter_map(|line| Some(format!("I {}", line.split_once(" I ")?.1)));
    lines.filter(|line| line.starts_with("I cannot read")).collect()
}

/// What becomes of an event that no decent client sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It goes.
    Goes,
    /// It goes, and the log says which it is.
    GoesNamed,
    /// It stays.
    Stays,
    /// It stays, and the log says which it is.
    StaysNamed,
}

/// Events that no decent client sends: about `clean`, which somebody else wrote, and `own`, an edit of one's own.
fn odd(clean: &str, own: &str, state: &str) -> Vec<(&'static str, &'static str, Value, Fate)> {
    use Fate::{Goes, GoesNamed, Stays, StaysNamed};
    const MESSAGE: &str = "m.room.message";
    let with = |name: &str, field: Value| {
        let mut content = json!({ "msgtype": "m.text", "body": BAD });
        content[name] = field;
        content
    };
    let quote = json!({
        "msgtype": "m.text", "body": format!("> <@ben:beadle.test> {BAD}\n\nquite"),
        "m.relates_to": { "m.in_reply_to": { "event_id": clean } },
    });
    let to_nothing = json!({ "m.in_reply_to": { "event_id": "$nothing-of-this-name" } });
    let replaces_clean = json!({ "rel_type": "m.replace", "event_id": clean });
    let junk = json!({
        "algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "junk", "session_id": "none", "sender_key": "none",
        "device_id": "NONE",
    });
    vec![
        ("edit of somebody else's", MESSAGE, edited(clean, BAD), GoesNamed),
        ("edit of an edit", MESSAGE, edited(own, BAD), GoesNamed),
        ("edit of the room's state", MESSAGE, edited(state, BAD), GoesNamed),
        ("edit without anything new", MESSAGE, with("m.relates_to", replaces_clean), Goes),
        ("answer to nothing", MESSAGE, with("m.relates_to", to_nothing), Goes),
        ("quotation of what nobody said", MESSAGE, quote, Goes),
        ("relation that is a list", MESSAGE, with("m.relates_to", json!([clean])), Goes),
        ("formatted body that is a list", MESSAGE, with("formatted_body", json!([1])), Goes),
        ("fields nested deeply", MESSAGE, with("com.example.deep", nested(100)), GoesNamed),
        ("sixty thousand bytes", MESSAGE, json!({ "msgtype": "m.text", "body": long() }), Goes),
        ("text where none is", "com.example.odd", json!({ "a": { "b": [{ "body": BAD }] } }), Goes),
        ("nothing at all", "com.example.odd", json!({}), Stays),
        (
            "tags without an end",
            MESSAGE,
            json!({ "msgtype": "m.text", "body": "tea", "formatted_body": "<b>".repeat(9000) }),
            Stays,
        ),
        ("junk for a ciphertext", "m.room.encrypted", junk, StaysNamed),
        ("unknown cipher", "m.room.encrypted", json!({ "algorithm": "com.example.cipher" }), StaysNamed),
    ]
}

fn nested(levels: usize) -> Value {
    (0..levels).fold(json!(1), |inner, _| json!([inner]))
}

fn long() -> String {
    format!("{} {BAD}", "tea and toast ".repeat(4200))
}

#[tokio::test]
async fn what_was_made_to_confuse_is_judged_by_what_it_says_and_named_in_the_log() {
    let synapse = Synapse::shared().await;
    let (ada, ben) = tokio::join!(Plain::new(synapse, "ada"), Plain::new(synapse, "ben"));
    let people = People { members: &[ada.user(), ben.user()], ..People::default() };
    let mut group = Group::found(synapse, Privacy::Open, people).await;
    let closed = group.found_room(Privacy::Encrypted, &[ada.user()]).await;
    let room = group.room.as_str();
    for member in [&ada, &ben] {
        member.join(room).await.expect("invited");
    }
    ada.join(&closed).await.expect("invited");
    let mut news = group.founder.watch().await;
    let program = group.start().await;

    let clean = ben.text(room, "tea at four").await;
    let own = ada.text(room, "tea at five").await;
    let own = ada.edit(room, &own, "tea at six").await;
    // A name that is somebody else's makes nobody else of its wearer.
    ada.set_name(group.founder.user()).await;
    let state = topic(&group).await;
    let (mut goes, mut stays, mut named) = (Vec::new(), vec![clean.clone(), own.clone()], Vec::new());
    for (name, kind, content, fate) in odd(&clean, &own, &state) {
        let sent = ada.try_send(room, kind, &content).await;
        let event = sent.unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        match fate {
            Fate::Goes | Fate::GoesNamed => goes.push((name, room, event.clone())),
            Fate::Stays | Fate::StaysNamed => stays.push(event.clone()),
        }
        if matches!(fate, Fate::GoesNamed | Fate::StaysNamed) {
            named.push((name, event));
        }
    }
    goes.push(("not encrypted where all is", &closed, ada.text(&closed, BAD).await));
    odd_powers(&group, ada.user()).await;
    goes.push(("of somebody with absurd powers", room, ada.text(room, BAD).await));

    let ids: Vec<String> = goes.iter().map(|(_, _, event)| event.clone()).collect();
    if tokio::time::timeout(WAIT_MAX, news.until_redacted(&ids)).await.is_err() {
        let mut standing = Vec::new();
        for (name, room, event) in &goes {
            if !group.founder.is_redacted(room, event).await {
                standing.push(*name);
            }
        }
        panic!("still there: {standing:?}");
    }
    for event in &stays {
        assert!(!group.founder.is_redacted(room, event).await, "{event} stays");
    }
    let founders = format!("deleted {}'s post", group.founder.user());
    let letters = group.founder.timeline(&group.management).await;
    assert!(!letters.iter().any(|letter| says(letter, &founders)), "{letters:?}");
    let said = program.end().await;
    for (name, event) in named {
        let names = said.lines().any(|line| line.contains("WARN") && line.contains(&event));
        assert!(names, "{name} is named: {event}");
    }
}

/// Sets the room's topic and gives that event's id.
async fn topic(group: &Group) -> String {
    group.founder.set_state(&group.room, "m.room.topic", "", &json!({ "topic": "tea" })).await
}

/// Gives a member and a kind of event the most and the least power there can be.
async fn odd_powers(group: &Group, user: &str) {
    const MOST: i64 = (1 << 53) - 1;
    let levels = group.founder.state(&group.room, "m.room.power_levels", "").await;
    let mut levels = levels.expect("every room has it");
    levels["users"][user] = MOST.into();
    levels["events"]["m.room.message"] = (-MOST).into();
    levels["notifications"] = json!({ "room": -MOST, "com.example.other": MOST });
    group.founder.set_state(&group.room, "m.room.power_levels", "", &levels).await;
}
