//! Who brings the bot into a room, what becomes of its powers there, and whose rooms are whose.

use serde_json::json;

use super::bed::member::Member;
use super::bed::plain::{Act, Plain, Privacy};
use super::bed::synapse::Synapse;
use super::group::{Group, People, is_entry, says};
use crate::program::within;

const BAD: &str = "oh fuck off";

#[tokio::test]
async fn invitations_are_accepted_from_officers_and_from_nobody_else() {
    let synapse = Synapse::shared().await;
    let (ada, mo, stranger) =
        tokio::join!(Plain::new(synapse, "ada"), Plain::new(synapse, "mo"), Plain::new(synapse, "eve"));
    let people = People { members: &[ada.user()], moderators: &[mo.user()], ..People::default() };
    let group = Group::found(synapse, Privacy::Open, people).await;
    let bot = group.bot.user.as_str();
    ada.join(&group.room).await.expect("invited");
    let program = group.start().await;

    for (who, answer) in [(&stranger, "leave"), (&ada, "leave"), (&mo, "join"), (&group.founder, "join")] {
        let mut news = who.watch().await;
        let asked = who.create_room("Come in", Privacy::Open, &[bot]).await;
        let answered = news.until(|room, event| {
            let is_bots = event["type"] == "m.room.member" && event["state_key"] == bot;
            room == asked && is_bots && event["content"]["membership"] != "invite"
        });
        let answered = within("an answer", answered).await;
        assert_eq!(answered["content"]["membership"], answer, "{}", who.user());
        assert_eq!(answered["sender"], bot);
    }
    program.end().await;
}

#[tokio::test]
async fn officers_are_told_what_the_bot_can_do_no_longer_and_what_it_can_again() {
    let synapse = Synapse::shared().await;
    let ada = Plain::new(synapse, "ada").await;
    let people = People { members: &[ada.user()], ..People::default() };
    let group = Group::found(synapse, Privacy::Open, people).await;
    let (room, founder, bot) = (group.room.as_str(), &group.founder, group.bot.user.as_str());
    ada.join(room).await.expect("invited");
    let mut letters = founder.watch().await;
    let mut news = founder.watch().await;
    let program = group.start().await;

    founder.set_power(room, bot, 0).await;
    let told = letters.until(|at, event| at == group.management && says(event, "I cannot remove posts"));
    let told = within("what it cannot do", told).await;
    assert!(says(&told, room) && says(&told, "put members out"), "{told}");
    let standing = ada.text(room, BAD).await;
    let refused =
        letters.until(|at, event| at == group.management && says(event, "NOT done: the platform refused it"));
    within("a refusal", refused).await;
    assert!(!founder.is_redacted(room, &standing).await);

    founder.set_power(room, bot, 100).await;
    let again = letters.until(|at, event| at == group.management && says(event, "again."));
    assert!(says(&within("what it can again", again).await, "remove posts"));
    within("what waited", news.until_redacted(&[standing])).await;

    founder.act(Act::Kick, room, bot).await.expect("the founder may");
    let out = format!("I am not in {room} and moderate NOTHING there");
    within("that it is out", letters.until(|at, event| at == group.management && says(event, &out))).await;
    let meanwhile = ada.text(room, BAD).await;
    founder.act(Act::Invite, room, bot).await.expect("the founder may");
    let back = format!("I am in {room} now");
    within("that it is back", letters.until(|at, event| at == group.management && says(event, &back))).await;
    within("what was said meanwhile", news.until_redacted(&[meanwhile])).await;
    program.end().await;
}

#[tokio::test]
async fn two_groups_in_one_program_are_each_judged_by_their_own_rules_and_officers() {
    let synapse = Synapse::shared().await;
    let (ada, mo) = tokio::join!(Member::nio(synapse, "ada"), Member::nio(synapse, "mo"));
    // Mo is a moderator here and a member there.
    let strict = People { members: &[ada.user()], moderators: &[mo.user()], ..People::default() };
    let lax = People { members: &[ada.user(), mo.user()], ..People::default() };
    let strict = Group::found(synapse, Privacy::Open, strict).await;
    let mut lax = Group::found(synapse, Privacy::Open, lax).await;
    lax.name = "others";
    lax.more = "[groups.policy.exceptions]\n\"any\" = \"allow\"\n";
    for room in [&strict.room, &lax.room] {
        tokio::join!(ada.join(room), mo.join(room));
    }
    mo.join(&strict.management).await;
    let (mut here, mut there) = (strict.founder.watch().await, lax.founder.watch().await);
    let program = strict.start_with(&format!("{}{}", strict.config(), lax.config()));
    tokio::join!(strict.until_entered(&mut here), lax.until_entered(&mut there));

    let stands = ada.text(&lax.room, BAD).await;
    let goes = ada.text(&strict.room, BAD).await;
    within("the strict group's own", here.until_redacted(&[goes])).await;
    let notice =
        |bot: &str| json!({ "sender": bot, "contains": "Your post was removed", "undecryptable": false });
    let door = ada.wait(notice(&strict.bot.user)).await.room;
    ada.text(&lax.room, "!beadle").await;
    let greeting = json!({ "sender": lax.bot.user, "contains": "This room is for you and the bot" });
    let other_door = ada.wait(greeting).await.room;
    for (door, bot, holds) in
        [(&door, &strict.bot, "1 strike counts"), (&other_door, &lax.bot, "No strikes and no cases")]
    {
        ada.text(door, "my-record").await;
        let record = json!({ "room": door, "sender": bot.user, "contains": holds, "undecryptable": false });
        ada.wait(record).await;
    }
    assert!(!lax.founder.is_redacted(&lax.room, &stands).await);

    // An office in one group is none in the other, and its officers are strangers to the other's bot.
    mo.text(&lax.room, "!beadle").await;
    let greeting = json!({ "sender": lax.bot.user, "contains": "This room is for you and the bot" });
    let door = mo.wait(greeting).await.room;
    mo.text(&door, "queue").await;
    let refused = json!({ "room": door, "sender": lax.bot.user, "contains": "which you do not hold" });
    mo.wait(refused).await;
    mo.text(&strict.management, "!beadle queue").await;
    mo.wait(json!({ "sender": strict.bot.user, "contains": "Nothing waits" })).await;
    let invites = Plain::log_in(synapse, mo.account()).await;
    let mut news = invites.watch().await;
    let asked = invites.create_room("Come in", Privacy::Open, &[&strict.bot.user, &lax.bot.user]).await;
    let declined = std::cell::Cell::new(false);
    let entered = std::cell::Cell::new(false);
    let both = news.until(|room, event| {
        if room == asked {
            entered.set(entered.get() || is_entry(event, &strict.bot.user));
            let leaves =
                event["state_key"] == lax.bot.user.as_str() && event["content"]["membership"] == "leave";
            declined.set(declined.get() || leaves);
        }
        entered.get() && declined.get()
    });
    within("both answer", both).await;
    let told = lax.founder.timeline(&lax.management).await;
    assert!(told.iter().all(|event| !says(event, " deleted ")), "{told:?}");
    program.end().await;
}
