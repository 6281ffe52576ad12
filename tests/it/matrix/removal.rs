//! What becomes of a post that goes: its author is told, appeals, is answered, and has their words back.

use serde_json::json;

use super::bed::member::Member;
use super::bed::plain::Privacy;
use super::bed::synapse::Synapse;
use super::group::{Group, People, reference_in, says};

const STORY: &str = "my nan said fuck exactly once in her life";

#[tokio::test]
async fn a_removal_in_an_encrypted_room_is_told_and_appealed_and_the_words_come_back() {
    told_and_appealed(Privacy::Encrypted).await;
}

#[tokio::test]
async fn a_removal_in_an_open_room_is_told_and_appealed_and_the_words_come_back() {
    told_and_appealed(Privacy::Open).await;
}

async fn told_and_appealed(privacy: Privacy) {
    let synapse = Synapse::shared().await;
    let (ada, mo) = tokio::join!(Member::nio(synapse, "ada"), Member::nio(synapse, "mo"));
    let people = People { members: &[ada.user()], moderators: &[mo.user()], ..People::default() };
    let group = Group::found(synapse, privacy, people).await;
    tokio::join!(ada.join(&group.room), mo.join(&group.room), mo.join(&group.management));
    let program = group.start().await;
    let bot = &group.bot.user;
    tokio::join!(ada.wait_for_member(&group.room, bot), mo.wait_for_member(&group.room, bot));

    let event = ada.text(&group.room, STORY).await;
    mo.wait_until_redacted(&group.room, &event).await;
    let from_bot = |part: &str| json!({ "sender": bot, "contains": part, "undecryptable": false });
    let notice = ada.wait(from_bot("Your post was removed. Case B-")).await;
    let door = notice.room;
    assert!(notice.encrypted && door != group.room && door != group.management);
    let body = notice.content["body"].as_str().expect("a body");
    let case = reference_in(body);
    assert!(body.contains(STORY) && body.contains(&format!("appeal {case}")), "{body}");
    assert!(body.contains("https://matrix.to/#/%21"), "{body}");

    ada.text(&door, &format!("appeal {case} It was a story about my nan.")).await;
    let answer = ada.wait(from_bot(&format!("Your appeal about {case} is on record"))).await;
    assert!(answer.encrypted && answer.room == door);
    ada.wait(from_bot(&format!("We have your appeal. Case {case}"))).await;

    let command = mo.text(&group.management, &format!("!beadle decide {case} accept A story.")).await;
    let sign = mo.wait(json!({ "type": "m.reaction", "sender": bot, "contains": command })).await;
    assert_eq!(sign.content["m.relates_to"]["key"], "\u{1f4ec}");
    let answer = mo.wait(from_bot(&format!("The appeal about {case} is accepted"))).await;
    assert!(answer.encrypted && answer.room != group.management && answer.room != door);

    let back = ada.wait(json!({ "room": group.room, "sender": bot, "contains": STORY })).await;
    assert_eq!(
        (back.encrypted, &back.content["msgtype"]),
        (privacy == Privacy::Encrypted, &json!("m.notice"))
    );
    ada.wait(from_bot(&format!("Your appeal was accepted. Case {case}"))).await;
    ada.text(&door, "my-record").await;
    ada.wait(from_bot("0 strikes count, of 1 in all")).await;

    let told = group.founder.timeline(&group.management).await;
    assert!(told.iter().any(|event| says(event, &format!("{case} deleted"))), "{told:?}");
    assert!(told.iter().all(|event| !says(event, STORY)), "{told:?}");
    program.end().await;
}

#[tokio::test]
async fn a_member_who_excludes_insecure_devices_is_read_and_reads_the_notice() {
    let synapse = Synapse::shared().await;
    let ada = Member::js(synapse, "ada").await;
    let people = People { members: &[ada.user()], ..People::default() };
    let group = Group::found(synapse, Privacy::Encrypted, people).await;
    ada.join(&group.room).await;
    let program = group.start().await;
    ada.wait_for_member(&group.room, &group.bot.user).await;

    let event = ada.text(&group.room, STORY).await;
    ada.wait_until_redacted(&group.room, &event).await;
    // Its library tells of an invitation before it knows the room, so it does not come by itself.
    let door = ada.invited(Some(&group.bot.user)).await;
    ada.join(&door).await;
    let notice = json!({
        "room": door, "sender": group.bot.user, "contains": "Your post was removed", "undecryptable": false,
    });
    let notice = ada.wait(notice).await;
    assert!(notice.encrypted && notice.room != group.room);
    let answer = json!({ "sender": group.bot.user, "contains": "1 strike counts", "undecryptable": false });
    ada.text(&notice.room, "my-record").await;
    ada.wait(answer).await;
    program.end().await;
}
