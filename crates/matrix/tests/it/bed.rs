//! Tests of what the other tests stand on: if one of these fails, nothing is said about the adapter.

use std::time::Duration;

use serde_json::json;

use crate::member::{Library, Member};
use crate::plain::{Act, Plain, Privacy, redacted_by};
use crate::synapse::{Limits, Synapse};

/// Only a failing test waits so long.
const WAIT_MAX: Duration = Duration::from_secs(120);

/// A room founded by somebody, with these members in it, who know of each other.
async fn room_of(founder: &Plain, privacy: Privacy, members: &[&Member]) -> String {
    let invited: Vec<&str> = members.iter().map(|member| member.user()).collect();
    let room = founder.create_room("Common room", privacy, &invited).await;
    for member in members {
        member.join(&room).await;
    }
    for member in members {
        for other in &invited {
            member.wait_for_member(&room, other).await;
        }
    }
    room
}

#[tokio::test]
async fn two_libraries_read_each_other_in_an_encrypted_room() {
    let synapse = Synapse::shared().await;
    let founder = Plain::new(synapse, "founder").await;
    let (ada, ben) = tokio::join!(Member::nio(synapse, "ada"), Member::js(synapse, "ben"));
    ben.exclude_insecure(false).await;
    let room = room_of(&founder, Privacy::Encrypted, &[&ada, &ben]).await;

    for (writer, reader) in [(&ada, &ben), (&ben, &ada)] {
        let event = writer.text(&room, "tea at four").await;
        let seen =
            reader.wait(json!({ "event": event, "undecryptable": false, "type": "m.room.message" })).await;
        assert_eq!(seen.content["body"], "tea at four");
        assert_eq!((seen.room.as_str(), seen.sender.as_str()), (room.as_str(), writer.user()));
        assert!(seen.encrypted);
        assert_eq!(
            founder.event(&room, &event).await["type"],
            "m.room.encrypted",
            "the server cannot read it"
        );

        writer.edit(&room, &event, "tea at five").await;
        let edit = reader.wait(json!({ "after": event, "contains": "tea at five" })).await;
        assert_eq!(edit.content["m.new_content"]["body"], "tea at five");
        assert_eq!(edit.content["m.relates_to"]["event_id"], event);

        let answer = reader.reply(&room, &event, "I'll come").await;
        let answer =
            writer.wait(json!({ "event": answer, "undecryptable": false, "contains": "come" })).await;
        assert_eq!(answer.content["m.relates_to"]["m.in_reply_to"]["event_id"], event);
        reader.react(&room, &event, "👍").await;
        let reaction = writer.wait(json!({ "room": room, "type": "m.reaction", "contains": event })).await;
        assert_eq!(
            (reaction.content["m.relates_to"]["key"].as_str(), reaction.encrypted),
            (Some("👍"), false)
        );

        writer.redact(&room, &event, "a slip").await;
        for member in [reader, writer] {
            let gone = member.wait_until_redacted(&room, &event).await;
            assert!(gone.redacted && gone.event == event);
            assert_eq!(gone.content, json!({}));
            assert_eq!(gone.redaction.expect("it came")["content"]["reason"], "a slip");
        }
        assert!(founder.is_redacted(&room, &event).await);
    }
}

#[tokio::test]
async fn a_member_who_excludes_insecure_devices_reads_and_is_read_by_signed_ones_alone() {
    let synapse = Synapse::shared().await;
    let founder = Plain::new(synapse, "founder").await;
    let (ada, ben, cleo) =
        tokio::join!(Member::nio(synapse, "ada"), Member::js(synapse, "ben"), Member::js(synapse, "cleo"));
    let room = room_of(&founder, Privacy::Encrypted, &[&ada, &ben, &cleo]).await;

    let signed = ben.text(&room, "from a signed device").await;
    cleo.wait(json!({ "event": signed, "contains": "signed device" })).await;
    ada.wait(json!({ "event": signed, "undecryptable": true })).await;
    let unsigned = ada.text(&room, "from an unsigned device").await;
    cleo.wait(json!({ "event": unsigned, "undecryptable": true })).await;
}

#[tokio::test]
async fn a_key_kept_from_somebody_can_be_handed_over_later() {
    let synapse = Synapse::shared().await;
    let founder = Plain::new(synapse, "founder").await;
    let (ada, ben, cleo) =
        tokio::join!(Member::nio(synapse, "ada"), Member::js(synapse, "ben"), Member::nio(synapse, "cleo"));
    ben.exclude_insecure(false).await;
    let room = room_of(&founder, Privacy::Encrypted, &[&ada, &ben, &cleo]).await;

    let event = ada.text_unread_by(ben.user(), &room, "not for ben yet").await;
    cleo.wait_for(&room, "not for ben yet").await;
    ben.wait(json!({ "event": event, "undecryptable": true })).await;
    ada.text(&room, "for all again").await;
    ben.wait_for(&room, "for all again").await;
    ada.hand_over(&event).await;
    let seen = ben.wait(json!({ "event": event, "undecryptable": false, "contains": "not for ben" })).await;
    assert_eq!(seen.undecryptable, None);
}

#[tokio::test]
async fn all_devices_of_a_member_read_what_is_sent_to_them() {
    let synapse = Synapse::shared().await;
    let founder = Plain::new(synapse, "founder").await;
    let (ada, ben) = tokio::join!(Member::js(synapse, "ada"), Member::nio(synapse, "ben"));
    let second = ada.second_device(synapse).await;
    assert!(second.user() == ada.user() && second.device() != ada.device());
    ada.exclude_insecure(false).await;
    let room = room_of(&founder, Privacy::Encrypted, &[&ada, &ben]).await;
    second.wait_for_member(&room, ben.user()).await;
    ben.text(&room, "to both").await;
    tokio::join!(ada.wait_for(&room, "to both"), second.wait_for(&room, "to both"));

    Plain::log_in(synapse, ada.account()).await.block_invites().await;
    let another = founder.create_room("Another", Privacy::Open, &[]).await;
    let refusal = founder.act(Act::Invite, &another, ada.user()).await.expect_err("blocked");
    assert_eq!(refusal.code, "M_INVITE_BLOCKED");
}

#[tokio::test]
async fn members_come_and_go_with_either_library() {
    let synapse = Synapse::shared().await;
    let founder = Plain::new(synapse, "founder").await;
    for library in [Library::Nio, Library::Js] {
        let ada = Member::new(library, synapse, "ada").await;
        assert!(ada.user().starts_with("@ada-") && !ada.device().is_empty());
        ada.accept_invites(false).await;
        let room = founder.create_room("Common room", Privacy::Open, &[ada.user()]).await;
        assert_eq!(ada.invited(Some(founder.user())).await, room);
        let rooms = ada.rooms().await;
        assert!(rooms.joined.is_empty());
        assert_eq!((&rooms.invited[0].room, rooms.invited[0].from.as_str()), (&room, founder.user()));

        ada.accept_invites(true).await;
        ada.join(&room).await;
        assert_eq!(ada.rooms().await.joined, std::slice::from_ref(&room));
        ada.set_name("Ada L.").await;
        let named =
            json!({ "room": room, "type": "m.room.member", "state_key": ada.user(), "contains": "Ada L." });
        assert_eq!(ada.wait(named).await.state_key.as_deref(), Some(ada.user()));
        founder.text(&room, "welcome").await;
        assert!(!ada.wait_for(&room, "welcome").await.encrypted);
        assert_eq!(ada.timeline(&room).await.last().expect("a welcome").kind, "m.room.message");

        ada.leave(&room).await;
        assert_eq!(founder.membership(&room, ada.user()).await.as_deref(), Some("leave"));
        assert!(ada.ask("send", json!({ "room": room, "type": "m.x", "content": {} })).await.is_err());
        // Invited again, it comes by itself.
        founder.act(Act::Invite, &room, ada.user()).await.expect("the founder may");
        ada.wait_for_member(&room, ada.user()).await;
    }
}

#[tokio::test]
async fn a_restart_of_the_server_is_survived() {
    let mut synapse = Synapse::start(Limits::Lifted).await;
    let founder = Plain::new(&synapse, "founder").await;
    let (ada, ben) = tokio::join!(Member::nio(&synapse, "ada"), Member::js(&synapse, "ben"));
    ben.exclude_insecure(false).await;
    let room = room_of(&founder, Privacy::Encrypted, &[&ada, &ben]).await;
    ada.text(&room, "before").await;
    ben.wait_for(&room, "before").await;

    synapse.restart().await;
    ada.text(&room, "after, from ada").await;
    ben.wait_for(&room, "after, from ada").await;
    ben.text(&room, "after, from ben").await;
    ada.wait_for(&room, "after, from ben").await;

    synapse.stop().await;
    synapse.start_again().await;
    assert_eq!(founder.membership(&room, ada.user()).await.as_deref(), Some("join"));
}

#[tokio::test]
async fn the_default_limits_hold_for_those_who_are_not_exempt() {
    let synapse = Synapse::start(Limits::Default).await;
    let (ada, ben) = tokio::join!(Plain::new(&synapse, "ada"), Plain::new(&synapse, "ben"));
    let room = ada.create_room("Common room", Privacy::Open, &[ben.user()]).await;
    ben.join(&room).await.expect("invited");
    synapse.exempt(ada.user()).await;
    for who in [&ada, &ben] {
        let content = json!({ "msgtype": "m.text", "body": "again" });
        let mut refused = None;
        for _ in 0..20 {
            refused = refused.or(who.try_send(&room, "m.room.message", &content).await.err());
        }
        let code = refused.map(|refusal| (refusal.status, refusal.code));
        let expected = (who.user() == ben.user()).then(|| (429, "M_LIMIT_EXCEEDED".to_owned()));
        assert_eq!(code, expected, "{}", who.user());
    }
}

#[tokio::test]
async fn whoever_watches_sees_more_than_the_server_gives_at_once() {
    let synapse = Synapse::shared().await;
    let (ada, ben) = tokio::join!(Plain::new(synapse, "ada"), Plain::new(synapse, "ben"));
    let room = ada.create_room("Common room", Privacy::Open, &[ben.user()]).await;
    ben.join(&room).await.expect("invited");
    let mut bens = ben.watch().await;
    let mut events = Vec::new();
    for number in 0..60 {
        events.push(ada.text(&room, &format!("line {number}")).await);
    }
    for event in &events {
        ada.redact(&room, event).await.expect("one's own");
    }
    tokio::time::timeout(WAIT_MAX, bens.until_redacted(&events)).await.expect("all are seen");
}

#[tokio::test]
async fn plain_members_do_what_a_test_needs() {
    let synapse = Synapse::shared().await;
    let (ada, ben) = tokio::join!(Plain::new(synapse, "ada"), Plain::new(synapse, "ben"));
    let mut bens = ben.watch().await;
    let room = ada.create_room("Common room", Privacy::Open, &[ben.user()]).await;
    assert_eq!(tokio::time::timeout(WAIT_MAX, bens.invitation()).await, Ok(room.clone()));
    ben.join(&room).await.expect("invited");

    let event = ada.text(&room, "tea at four").await;
    let edit = ada.edit(&room, &event, "tea at five").await;
    ada.redact(&room, &event).await.expect("one's own");
    let redaction = bens.until(|_, it| redacted_by(it) == Some(&event));
    let redaction = tokio::time::timeout(WAIT_MAX, redaction).await.expect("it is seen");
    assert_eq!(redaction["sender"], ada.user());
    assert!(ben.is_redacted(&room, &event).await && !ben.is_redacted(&room, &edit).await);
    let ids: Vec<String> = ben
        .timeline(&room)
        .await
        .iter()
        .filter_map(|it| it["event_id"].as_str().map(str::to_owned))
        .collect();
    assert!(ids.iter().position(|id| *id == event) < ids.iter().position(|id| *id == edit));

    ben.set_name("Ben B.").await;
    let named = bens.until(|in_room, it| in_room == room && it["content"]["displayname"] == "Ben B.");
    let named = tokio::time::timeout(WAIT_MAX, named).await.expect("it is seen");
    assert_eq!(ada.state(&room, "m.room.member", ben.user()).await, Some(named["content"].clone()));
    assert!(ben.act(Act::Kick, &room, ada.user()).await.is_err());
    ada.set_power(&room, ben.user(), 50).await;
    ada.set_state(&room, "m.room.topic", "", &json!({ "topic": "tea" })).await;
    for (act, membership) in [(Act::Kick, "leave"), (Act::Ban, "ban"), (Act::Unban, "leave")] {
        ada.act(act, &room, ben.user()).await.expect("the founder may");
        assert_eq!(ada.membership(&room, ben.user()).await.as_deref(), Some(membership));
    }
    assert_eq!(ben.join(&room).await.expect_err("not invited").status, 403);
    ben.block_invites().await;
    let blocked = ada.act(Act::Invite, &room, ben.user()).await.expect_err("blocked");
    assert_eq!(blocked.code, "M_INVITE_BLOCKED");

    let space = ada.create_space("The group", &[&room], &[]).await;
    assert!(ada.state(&space, "m.space.child", &room).await.is_some());
    let next = ada.upgrade(&room, "11").await;
    let tombstone = ada.state(&room, "m.room.tombstone", "").await.expect("a tombstone");
    assert_eq!(tombstone["replacement_room"], next.as_str());
    ada.leave(&next).await;
    assert!(ada.ask(crate::http::Method::GET, "/account/whoami", &json!(null)).await.is_ok());
}
