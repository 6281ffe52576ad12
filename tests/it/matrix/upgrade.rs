//! Rooms that move and rooms that are new: followed and picked up, with whoever is out kept out there first.

use serde_json::{Value, json};

use super::bed::member::Member;
use super::bed::plain::{Act, Plain, Privacy, Watch};
use super::bed::synapse::Synapse;
use super::group::{Group, People, found_room, is_entry, says};
use crate::program::within;

const BAD: &str = "oh fuck off";
/// What a room's founder gives whom they trust.
const TRUSTED: u32 = 100;

#[tokio::test]
async fn a_room_that_moves_is_followed_and_whoever_is_suspended_is_out_there_and_comes_back_there() {
    let synapse = Synapse::shared().await;
    let (ada, ben) = tokio::join!(Plain::new(synapse, "ada"), Plain::new(synapse, "ben"));
    let (asha, ed) = tokio::join!(Member::nio(synapse, "asha"), Member::nio(synapse, "ed"));
    let people = People {
        members: &[ada.user(), ben.user()],
        admins: &[asha.user()],
        executive: &[ed.user()],
        ..People::default()
    };
    let mut group = Group::found(synapse, Privacy::Open, people).await;
    group.more = "[groups.quorums]\nsuspension = 1\n";
    for member in [&ada, &ben] {
        member.join(&group.room).await.expect("invited");
    }
    tokio::join!(asha.join(&group.management), ed.join(&group.management));
    let mut news = group.founder.watch().await;
    let mut invitations = ada.watch().await;
    let program = group.start().await;
    let door = within("a door", async {
        ada.text(&group.room, BAD).await;
        invitations.invitation().await
    });
    let door = door.await;
    ada.join(&door).await.expect("invited");
    let suspension = suspend(&group, &asha, &ada, &door).await;
    within("a ban", until_banned(&mut news, &group, &group.room, ada.user())).await;

    // As clients do it: the server makes the room, with the bans of whoever asks for it, and members are invited.
    let second = group.founder.upgrade(&group.room, "12").await;
    for user in [&group.bot.user, ben.user()] {
        group.founder.act(Act::Invite, &second, user).await.expect("the founder may");
    }
    within("a ban of the bot's own", until_banned(&mut news, &group, &second, ada.user())).await;
    ben.join(&second).await.expect("invited");
    let event = ben.text(&second, BAD).await;
    within("what is bad goes from the room", news.until_redacted(&[event])).await;

    // By hand: the bot and the member are in before anybody says that it is the new room.
    let third = replace(&group, &second, &[ada.user(), ben.user()]).await;
    within("the bot comes", news.until(|room, event| room == third && is_entry(event, &group.bot.user)))
        .await;
    for member in [&ada, &ben] {
        member.join(&third).await.expect("invited");
    }
    entomb(&group, &second, &third).await;
    let event = ben.text(&third, BAD).await;
    within("a ban in the next", until_banned(&mut news, &group, &third, ada.user())).await;
    within("what is bad goes from the next", news.until_redacted(&[event])).await;

    let mut invitations = ada.watch().await;
    ada.text(&door, &format!("appeal {suspension} Others wrote that in my name.")).await;
    ed.wait(json!({ "sender": group.bot.user, "contains": suspension, "undecryptable": false })).await;
    order(&group, &ed, &format!("case {suspension}"), suspension.as_str()).await;
    order(&group, &ed, &format!("minute {suspension} allow 2026-11/7 So they did."), suspension.as_str())
        .await;
    let back = async { while invitations.invitation().await != third {} };
    within("an invitation into the newest room", back).await;
    ada.join(&third).await.expect("invited");
    for room in [&group.room, &second] {
        let stands = group.founder.membership(room, ada.user()).await;
        assert_eq!(
            stands.as_deref(),
            Some("leave"),
            "neither banned from nor invited to a room that is no more"
        );
    }
    program.end().await;
}

#[tokio::test]
async fn a_room_that_does_not_say_that_it_replaces_the_old_one_is_not_followed() {
    let synapse = Synapse::shared().await;
    let ben = Plain::new(synapse, "ben").await;
    let people = People { members: &[ben.user()], ..People::default() };
    let group = Group::found(synapse, Privacy::Open, people).await;
    ben.join(&group.room).await.expect("invited");
    let mut news = group.founder.watch().await;
    let program = group.start().await;
    let other = found_room(&group.founder, Privacy::Open, &group.bot.user, &[ben.user()]).await;
    within("the bot comes", news.until(|room, event| room == other && is_entry(event, &group.bot.user)))
        .await;
    ben.join(&other).await.expect("invited");

    entomb(&group, &group.room, &other).await;
    program.says("a room does not say that it replaces the old one").await;
    let there = ben.text(&other, BAD).await;
    let here = ben.text(&group.room, BAD).await;
    within("what is bad goes from the old room", news.until_redacted(&[here])).await;
    assert!(!group.founder.is_redacted(&other, &there).await, "that room is none of the group's");
    program.end().await;
}

#[tokio::test]
async fn the_officers_room_is_followed_where_it_moves() {
    let synapse = Synapse::shared().await;
    let ben = Plain::new(synapse, "ben").await;
    let people = People { members: &[ben.user()], ..People::default() };
    let group = Group::found(synapse, Privacy::Open, people).await;
    ben.join(&group.room).await.expect("invited");
    let mut news = group.founder.watch().await;
    let program = group.start().await;
    let next = replace(&group, &group.management, &[]).await;
    entomb(&group, &group.management, &next).await;
    within("the bot comes", news.until(|room, event| room == next && is_entry(event, &group.bot.user))).await;
    let help = json!({ "msgtype": "m.text", "body": "!beadle help" });
    let help = group.founder.send(&next, "m.room.message", &help).await;
    let signed = |event: &Value| event["content"]["m.relates_to"]["event_id"] == help.as_str();
    within("commands are heard there", news.until(|room, event| room == next && signed(event))).await;
    ben.text(&group.room, BAD).await;
    within("officers are told there", news.until(|room, event| room == next && says(event, " deleted ")))
        .await;
    program.end().await;
}

#[tokio::test]
async fn a_new_room_of_a_space_is_the_groups_as_soon_as_the_bot_is_let_in() {
    let synapse = Synapse::shared().await;
    let ben = Plain::new(synapse, "ben").await;
    let people = People { members: &[ben.user()], ..People::default() };
    let mut group = Group::found(synapse, Privacy::Open, people).await;
    let bot = group.bot.user.clone();
    let bot = bot.as_str();
    let space = json!({
        "name": "The group", "creation_content": { "type": "m.space" }, "invite": [bot],
        "power_level_content_override": { "users": { bot: TRUSTED } },
    });
    let space = group.founder.create(&space).await;
    group.space = Some(space.clone());
    let first = group.room.clone();
    group.forget_room(&first);
    take_in(&group, &space, &first).await;
    ben.join(&first).await.expect("invited");
    let mut news = group.founder.watch().await;
    let mut entries = group.founder.watch().await;
    let program = group.start().await;
    within("the bot comes", entries.until(|room, event| room == first && is_entry(event, bot))).await;
    let event = ben.text(&first, BAD).await;
    within("what is bad goes from a room of the space", news.until_redacted(&[event])).await;

    // The bot is there already when the room becomes one of the space's: what is written then is missed easily.
    let open = found_room(&group.founder, Privacy::Open, bot, &[ben.user()]).await;
    within("the bot comes", news.until(|room, event| room == open && is_entry(event, bot))).await;
    ben.join(&open).await.expect("invited");
    take_in(&group, &space, &open).await;
    let event = ben.text(&open, BAD).await;
    within("what is bad goes from the new room", news.until_redacted(&[event])).await;

    let closed = group.founder.create_room("Closed", Privacy::Open, &[ben.user()]).await;
    ben.join(&closed).await.expect("invited");
    take_in(&group, &space, &closed).await;
    let stays_out = format!("I am not in {closed} and moderate NOTHING there.");
    let told = news.until(|room, event| room == group.management && says(event, &stays_out));
    within("officers hear of a closed room", told).await;
    group.founder.set_power(&closed, bot, i64::from(TRUSTED)).await;
    group.founder.act(Act::Invite, &closed, bot).await.expect("the founder may");
    within("the bot comes", news.until(|room, event| room == closed && is_entry(event, bot))).await;
    let event = ben.text(&closed, BAD).await;
    within("what is bad goes from it", news.until_redacted(&[event])).await;
    let comes_in = format!("I am in {closed} now.");
    let sent = group.founder.timeline(&group.management).await;
    if !sent.iter().any(|event| says(event, &comes_in)) {
        within("officers hear that it is open", news.until(|_, event| says(event, &comes_in))).await;
    }
    program.end().await;
}

/// Founds a room that says it replaces `old`.
async fn replace(group: &Group, old: &str, invited: &[&str]) -> String {
    let bot = group.bot.user.as_str();
    let invited = [invited, &[bot]].concat();
    let room = json!({
        "name": "Common room", "creation_content": { "predecessor": { "room_id": old, "event_id": "$none" } },
        "invite": invited,
        "power_level_content_override": { "users": { bot: TRUSTED } },
    });
    group.founder.create(&room).await
}

/// Says in a room that another one takes its place.
async fn entomb(group: &Group, old: &str, new: &str) {
    let content = json!({ "body": "We have moved.", "replacement_room": new });
    group.founder.set_state(old, "m.room.tombstone", "", &content).await;
}

/// Makes a room one of a space's.
async fn take_in(group: &Group, space: &str, room: &str) {
    group.founder.set_state(space, "m.space.child", room, &json!({ "via": ["beadle.test"] })).await;
}

/// Waits until the bot bans somebody from a room.
async fn until_banned(news: &mut Watch<'_>, group: &Group, banned_from: &str, user: &str) {
    let banned = news.until(|room, event| {
        room == banned_from
            && event["type"] == "m.room.member"
            && event["state_key"] == user
            && event["sender"] == group.bot.user.as_str()
            && event["content"]["membership"] == "ban"
    });
    banned.await;
}

/// Brings a member, who has written something bad, up the ladder to a suspension, and gives its reference.
async fn suspend(group: &Group, admin: &Member, member: &Plain, door: &str) -> String {
    sanction(group, admin, member, door, "warning").await;
    member.text(&group.room, BAD).await;
    sanction(group, admin, member, door, "suspension").await
}

/// Has a step that the ladder proposes answered and signed.
async fn sanction(group: &Group, admin: &Member, member: &Plain, door: &str, step: &str) -> String {
    let from_bot = |part: &str| json!({ "sender": group.bot.user, "contains": part, "undecryptable": false });
    let proposed = admin.wait(from_bot(&format!("the ladder proposes a {step}"))).await;
    let proposed = proposed.content["body"].as_str().expect("a body");
    let reference = proposed.split(' ').next().expect("a reference").to_owned();
    member.text(door, &format!("reply {reference} I am sorry for the word.")).await;
    admin.wait(from_bot(&format!("{reference} the member gave their side"))).await;
    order(group, admin, &format!("case {reference}"), &format!("{reference} {step} proposed")).await;
    let line = format!("sign {reference} {step} He knows it himself.");
    let question = order(group, admin, &line, "React with \u{2705}").await;
    admin.react(&question.room, &question.event, "\u{2705}").await;
    // Officers are told last, so that the notice has been served.
    admin.wait(from_bot(&format!("{reference} a {step} was decided"))).await;
    reference
}

/// Gives the bot a command in the officers' room, and waits for an answer in private with `part`.
async fn order(group: &Group, officer: &Member, line: &str, part: &str) -> super::bed::member::Seen {
    let command = officer.text(&group.management, &format!("!beadle {line}")).await;
    let answer =
        json!({ "sender": group.bot.user, "contains": part, "undecryptable": false, "after": command });
    officer.wait(answer).await
}
