//! What members tell the bot, each in their own way, and by which door the bot reaches them.

use serde_json::{Value, json};

use super::bed::http::Method;
use super::bed::member::{Member, Seen};
use super::bed::plain::{Plain, Privacy};
use super::bed::synapse::Synapse;
use super::group::{Group, People, reference_in};
use crate::program::within;

const BAD: &str = "oh fuck off";
const FLAG: &str = "\u{1f6a9}";
/// Each removal is a case and a notice, and nothing more.
const NOTICES_ALONE: &str = "[groups.policy.exceptions]\n\"any\" = \"delete no-strike\"\n";

/// What somebody hears from the bot, and can read.
fn from(bot: &str, part: &str) -> Value {
    json!({ "sender": bot, "contains": part, "undecryptable": false })
}

fn body(seen: &Seen) -> &str {
    seen.content["body"].as_str().expect("a body")
}

#[tokio::test]
async fn reports_are_made_with_a_flag_a_reply_or_a_link_and_nobody_else_sees_them() {
    let synapse = Synapse::shared().await;
    let (ada, ben, kit) =
        tokio::join!(Member::nio(synapse, "ada"), Member::nio(synapse, "ben"), Member::nio(synapse, "kit"));
    let people = People { members: &[ada.user(), ben.user()], admins: &[kit.user()], ..People::default() };
    let group = Group::found(synapse, Privacy::Encrypted, people).await;
    let (room, bot) = (&group.room, &group.bot.user);
    tokio::join!(ada.join(room), ben.join(room), kit.join(&group.management));
    let mut news = group.founder.watch().await;
    let program = group.start().await;
    tokio::join!(ada.wait_for_member(room, bot), ben.wait_for_member(room, bot));

    let mut said = Vec::new();
    for text in ["I know where you live", "and when you are out", "and your sister too"] {
        let event = ben.text(room, text).await;
        ada.wait_for(room, text).await;
        said.push(event);
    }
    let flag = ada.react(room, &said[0], FLAG).await;
    let first = ada.wait(from(bot, "Your report is on record as B-")).await;
    let door = &first.room;
    assert!(first.encrypted && door != room);
    ada.wait(from(bot, "We have your report. Report B-")).await;

    let reply = ada.reply(room, &said[1], "!report harassment He does not stop.").await;
    let after =
        |event: &str| json!({ "room": door, "sender": bot, "contains": "on record as B-", "after": event });
    ada.wait(after(&reply)).await;
    let link = format!("https://matrix.to/#/{room}/{}?via=beadle.test his third today", said[2]);
    let linked = ada.text(door, &link).await;
    ada.wait(after(&linked)).await;
    within("reports go", news.until_redacted(&[flag, reply])).await;

    let told = kit.wait(from(bot, ": harassment. Please answer by")).await;
    assert!(told.encrypted && body(&told).contains(ben.user()) && !body(&told).contains(ada.user()));
    let reference = body(&told).split(' ').next().expect("a reference");
    kit.text(&group.management, &format!("!beadle case {reference}")).await;
    let case = kit.wait(from(bot, "He does not stop.")).await;
    assert!(body(&case).contains("and when you are out"), "{}", body(&case));
    kit.text(&group.management, &format!("!beadle answer {reference} acted We spoke to him.")).await;
    ada.wait(from(bot, &format!("Your report is answered. Report {reference}"))).await;

    ada.text(door, "my-record").await;
    let record = ada.wait(from(bot, "What we hold about you")).await;
    assert_eq!(body(&record).matches("Your report B-").count(), 3, "{}", body(&record));
    for part in ["his third today", "He does not stop.", "No strikes"] {
        assert!(body(&record).contains(part), "{part}: {}", body(&record));
    }
    for event in &said {
        assert!(!group.founder.is_redacted(room, event).await, "it is for people to decide");
    }
    let rooms = ben.rooms().await;
    assert_eq!(
        (rooms.joined.as_slice(), rooms.invited.len()),
        (std::slice::from_ref(room), 0),
        "he is told nothing"
    );
    program.end().await;
}

#[tokio::test]
async fn whoever_asks_in_a_room_is_answered_in_a_room_of_their_own() {
    let synapse = Synapse::shared().await;
    let ada = Member::nio(synapse, "ada").await;
    let people = People { members: &[ada.user()], ..People::default() };
    let group = Group::found(synapse, Privacy::Encrypted, people).await;
    let (room, bot) = (&group.room, &group.bot.user);
    ada.join(room).await;
    let program = group.start().await;
    ada.wait_for_member(room, bot).await;

    ada.text(room, "!beadle").await;
    let greeting = ada.wait(from(bot, "This room is for you and the bot")).await;
    let door = greeting.room;
    assert!(greeting.encrypted && door != *room);
    ada.text(&door, "help").await;
    ada.wait(from(bot, "my-record")).await;

    // Having left it, they are asked in again when they want to be, and have no second one.
    ada.leave(&door).await;
    let asked = ada.text(room, "!beadle help").await;
    let back = json!({
        "room": door, "type": "m.room.member", "state_key": ada.user(), "contains": "\"join\"", "after": asked,
    });
    ada.wait(back).await;
    ada.text(&door, "rules").await;
    ada.wait(json!({ "room": door, "sender": bot, "contains": "Polite language", "undecryptable": false }))
        .await;
    program.end().await;
}

#[tokio::test]
async fn a_notice_that_is_refused_takes_the_next_door_and_then_a_human_hand() {
    let synapse = Synapse::shared().await;
    let (ada, mo, sam, ben) = tokio::join!(
        Member::nio(synapse, "ada"),
        Member::nio(synapse, "mo"),
        Member::nio(synapse, "sam"),
        Plain::new(synapse, "ben"),
    );
    let people = People {
        members: &[ada.user(), ben.user()],
        moderators: &[mo.user()],
        secretaries: &[sam.user()],
        ..People::default()
    };
    let mut group = Group::found(synapse, Privacy::Open, people).await;
    group.more = NOTICES_ALONE;
    let (room, bot) = (&group.room, &group.bot.user);
    tokio::join!(ada.join(room), mo.join(&group.management), sam.join(&group.management));
    ben.join(room).await.expect("invited");
    let program = group.start().await;

    ada.text(room, BAD).await;
    let door = ada.wait(from(bot, "Your post was removed")).await.room;
    ada.leave(&door).await;
    let again = ada.text(room, BAD).await;
    let shared =
        json!({ "sender": bot, "contains": "Your post was removed", "undecryptable": false, "after": again });
    let (hers, his) = tokio::join!(ada.wait(shared), mo.wait(from(bot, "Your post was removed")));
    assert!(hers.encrypted && hers.room != door && hers.room == his.room, "a room shared with the officers");
    let reference = reference_in(body(&hers)).to_owned();
    mo.text(&group.management, &format!("!beadle case {reference}")).await;
    mo.wait(from(bot, "delivered in the place shared with the officers")).await;

    ben.block_invites().await;
    for _ in 0..3 {
        ben.text(room, BAD).await;
    }
    let told = sam.wait(from(bot, "takes no private messages: the notice was NOT delivered")).await;
    assert!(told.encrypted && body(&told).contains(ben.user()));
    let reference = body(&told).split(' ').next().expect("a reference").to_owned();
    let serves = sam.text(&told.room, &format!("serve {reference}")).await;
    sam.wait(json!({ "sender": bot, "contains": reference, "after": serves })).await;
    let served = sam.text(&told.room, &format!("case {reference}")).await;
    let case = sam.wait(json!({ "sender": bot, "contains": "served by hand", "after": served })).await;
    assert!(body(&case).contains(&reference), "{}", body(&case));
    program.end().await;
    // One for each of his two doors, which the server made before it asked him.
    let account = Plain::log_in(synapse, &group.bot).await;
    let rooms = account.ask(Method::GET, "/joined_rooms", &Value::Null).await.expect("the bot may");
    let mut for_ben = 0;
    for room in rooms["joined_rooms"].as_array().expect("a list") {
        let room = room.as_str().expect("an id");
        let purpose = account.state(room, "app.beadle.room", "").await;
        for_ben += usize::from(purpose.is_some_and(|purpose| purpose["member"] == ben.user()));
    }
    assert!(for_ben <= 2, "{for_ben} rooms for somebody who takes no invitations");
}
