//! Members, bans, conversations and ways in.

use std::time::Duration;

use fake_discord::{Action, DmPolicy, Matcher, Permissions, codes};
use serde_json::{Value, json};

use crate::bed::Bed;

#[tokio::test]
async fn a_ban_keeps_out_until_it_is_lifted_and_leaves_what_was_written() {
    let bed = Bed::new().await;
    bed.bob.say(bed.general, "kept").expect("he may");
    let path = bed.in_guild(&format!("/bans/{}", bed.bob.id));
    let mut socket = bed.socket().await;
    assert_eq!(
        bed.http.because("B-0042%20%C3%A9").put(&path, &json!({ "delete_message_seconds": 0 })).await.status,
        204
    );
    assert_eq!(socket.event("GUILD_MEMBER_REMOVE").await["user"]["id"], json!(bed.bob.id));
    assert_eq!(socket.event("GUILD_BAN_ADD").await["user"]["id"], json!(bed.bob.id));
    let entry = socket.event("GUILD_AUDIT_LOG_ENTRY_CREATE").await;
    assert_eq!(
        (&entry["action_type"], &entry["reason"], &entry["target_id"]),
        (&json!(22), &json!("B-0042 é"), &json!(bed.bob.id))
    );
    assert_eq!(bed.http.get(&path).await.body["reason"], "B-0042 é");
    assert_eq!(bed.discord.messages(bed.general).len(), 1);
    assert_eq!(bed.bob.join(&bed.guild).expect_err("he is banned"), codes::BANNED_HERE);
    assert_eq!(bed.http.delete(&path).await.status, 204);
    assert_eq!(bed.http.delete(&path).await.code(), 10026);
    assert_eq!(bed.http.get(&path).await.code(), 10026);
    bed.bob.join(&bed.guild).expect("it is lifted");
}

#[tokio::test]
async fn a_ban_can_take_with_it_what_was_written_lately() {
    let bed = Bed::new().await;
    bed.bob.say(bed.general, "old").expect("he may");
    bed.discord.advance(Duration::from_secs(7200));
    bed.bob.say(bed.general, "new").expect("he may");
    let path = bed.in_guild(&format!("/bans/{}", bed.bob.id));
    bed.http.put(&path, &json!({ "delete_message_seconds": 3600 })).await;
    let left: Vec<_> = bed.discord.messages(bed.general).into_iter().map(|message| message.content).collect();
    assert_eq!(left, ["old"]);
}

#[tokio::test]
async fn many_are_banned_together_and_those_who_cannot_be_are_named() {
    let bed = Bed::new().await;
    let body = json!({ "user_ids": [bed.anna.id, bed.bob.id, bed.guild.owner.id] });
    let banned = bed.http.post(&bed.in_guild("/bulk-ban"), &body).await;
    assert_eq!(
        banned.body,
        json!({ "banned_users": [bed.anna.id, bed.bob.id], "failed_users": [bed.guild.owner.id] })
    );
    let page = bed.http.get(&bed.in_guild(&format!("/bans?after={}", bed.anna.id))).await;
    assert_eq!(page.body.as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_time_out_is_told_written_down_and_not_longer_than_28_days() {
    let bed = Bed::new().await;
    let path = bed.in_guild(&format!("/members/{}", bed.anna.id));
    let until = |days: u64| bed.discord.see(|world| world.now().plus(Duration::from_secs(days * 86_400)));
    let too_long = json!({ "communication_disabled_until": until(29) });
    assert_eq!(bed.http.patch(&path, &too_long).await.code(), 50035);
    let mut socket = bed.socket().await;
    let set = bed.http.patch(&path, &json!({ "communication_disabled_until": until(27) })).await;
    assert!(set.body["communication_disabled_until"].is_string());
    assert!(socket.event("GUILD_MEMBER_UPDATE").await["communication_disabled_until"].is_string());
    let entry = socket.event("GUILD_AUDIT_LOG_ENTRY_CREATE").await;
    assert_eq!(
        (&entry["action_type"], &entry["changes"][0]["key"]),
        (&json!(24), &json!("communication_disabled_until"))
    );
    let lifted = bed.http.patch(&path, &json!({ "communication_disabled_until": null })).await;
    assert_eq!(lifted.body["communication_disabled_until"], Value::Null);
}

#[tokio::test]
async fn roles_are_given_and_taken_and_set_together() {
    let bed = Bed::new().await;
    let role =
        bed.http.post(&bed.in_guild("/roles"), &json!({ "name": "Suspended" })).await.body["id"].clone();
    let role = role.as_str().expect("an id");
    let path = bed.in_guild(&format!("/members/{}", bed.anna.id));
    assert_eq!(bed.http.put(&format!("{path}/roles/{role}"), &Value::Null).await.status, 204);
    assert_eq!(bed.http.get(&path).await.body["roles"], json!([role]));
    assert_eq!(bed.http.patch(&path, &json!({ "roles": [] })).await.body["roles"], json!([]));
    assert_eq!(bed.http.put(&format!("{path}/roles/1"), &Value::Null).await.code(), 10011);
    let log = bed.http.get(&bed.in_guild("/audit-logs?action_type=25&limit=1")).await;
    assert_eq!(log.body["audit_log_entries"][0]["changes"][0]["key"], "$remove");
}

#[tokio::test]
async fn a_conversation_is_refused_as_its_member_wishes() {
    let bed = Bed::new().await;
    let stranger = bed.discord.person("stranger");
    let table = [
        (&bed.anna, DmPolicy::Open, 0),
        (&bed.anna, DmPolicy::Closed, 50007),
        (&bed.anna, DmPolicy::Blocked, 50007),
        (&bed.anna, DmPolicy::NoMutualGuild, 50278),
        (&stranger, DmPolicy::Open, 50278),
    ];
    for (person, policy, code) in table {
        person.set_dms(policy);
        let opened = bed.http.post("/users/@me/channels", &json!({ "recipient_id": person.id })).await;
        assert_eq!((opened.status, &opened.body["recipients"][0]["id"]), (200, &json!(person.id)));
        let path = format!("/channels/{}/messages", opened.body["id"].as_str().unwrap_or_default());
        let sent = bed.http.post(&path, &json!({ "content": "a notice" })).await;
        assert_eq!(sent.code(), code, "{policy:?}");
    }
    assert_eq!(bed.http.post("/users/@me/channels", &json!({ "recipient_id": "1" })).await.code(), 10013);
}

#[tokio::test]
async fn what_was_written_before_a_ban_can_still_be_changed() {
    let bed = Bed::new().await;
    let opened = bed.http.post("/users/@me/channels", &json!({ "recipient_id": bed.bob.id })).await;
    let path = format!("/channels/{}/messages", opened.body["id"].as_str().unwrap_or_default());
    let sent = bed.http.post(&path, &json!({ "content": "you are banned" })).await;
    bed.guild.owner.ban(&bed.guild, bed.bob.id, None).expect("she may");
    let change = format!("{path}/{}", sent.body["id"].as_str().unwrap_or_default());
    assert_eq!(bed.http.patch(&change, &json!({ "content": "you are not" })).await.status, 200);
    assert_eq!(bed.http.post(&path, &json!({ "content": "more" })).await.code(), 50278);
}

#[tokio::test]
async fn opening_conversations_too_fast_is_refused() {
    let bed = Bed::new().await;
    let mut codes = Vec::new();
    for number in 0..201 {
        let person = bed.guild.member(&format!("member{number}"));
        codes.push(bed.http.post("/users/@me/channels", &json!({ "recipient_id": person.id })).await.code());
    }
    assert_eq!((codes[199], codes[200]), (0, 40003));
}

#[tokio::test]
async fn an_invite_can_be_for_one_person_once_and_give_roles_back() {
    let bed = Bed::new().await;
    let role = bed.http.post(&bed.in_guild("/roles"), &json!({ "name": "Member" })).await.body["id"].clone();
    let carol = bed.discord.person("carol");
    let body = json!({ "max_age": 604_800, "max_uses": 1, "unique": true, "role_ids": [role] });
    let users = format!("user_id\n{}\n", bed.bob.id);
    let made = bed
        .http
        .because("B-0042")
        .form(&bed.here("/invites"), &body, &[("target_users_file", "users.csv", &users)])
        .await;
    assert_eq!((made.status, &made.body["max_uses"]), (200, &json!(1)));
    let code = made.body["code"].as_str().expect("a code").to_owned();
    bed.guild.owner.ban(&bed.guild, bed.bob.id, None).expect("she may");
    assert_eq!(bed.bob.accept(&code).expect_err("he is banned"), codes::BANNED_HERE);
    assert_eq!(carol.accept(&code).expect_err("it is not for her"), codes::UNKNOWN_INVITE);
    bed.guild.owner.unban(&bed.guild, bed.bob.id).expect("she may");
    bed.bob.accept(&code).expect("it is for him");
    let roles =
        bed.discord.see(|world| world.member(bed.guild.id, bed.bob.id).map(|member| member.roles.len()));
    assert_eq!(roles, Some(1));
    bed.bob.leave(&bed.guild);
    assert_eq!(bed.bob.accept(&code).expect_err("it is used"), codes::UNKNOWN_INVITE);
    let targets = bed.http.get(&format!("/invites/{code}/target-users")).await;
    assert!(targets.body.as_str().is_some_and(|text| text.contains(&bed.bob.id.to_string())));
    assert_eq!(bed.http.delete(&format!("/invites/{code}")).await.status, 200);
    assert_eq!(bed.http.get(&format!("/invites/{code}")).await.code(), 10006);
}

#[tokio::test]
async fn members_are_listed_only_to_who_may_and_found_by_name() {
    let bed = Bed::new().await;
    let page = bed.http.get(&bed.in_guild("/members?limit=2")).await;
    assert_eq!(page.body.as_array().map(Vec::len), Some(2));
    let found = bed.http.get(&bed.in_guild("/members/search?query=AN&limit=5")).await;
    assert_eq!(found.body[0]["user"]["username"], "anna");
    bed.app.set_intents(fake_discord::Intents::NONE);
    assert_eq!(bed.http.get(&bed.in_guild("/members?limit=2")).await.code(), 50001);
}

#[tokio::test]
async fn the_audit_log_is_read_in_both_directions_and_forgets_after_45_days() {
    let bed = Bed::new().await;
    for person in [&bed.anna, &bed.bob] {
        bed.guild.owner.ban(&bed.guild, person.id, None).expect("she may");
    }
    let targets = async |query: &str| -> Vec<Value> {
        let log = bed.http.get(&bed.in_guild(&format!("/audit-logs?{query}"))).await;
        log.body["audit_log_entries"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| one["target_id"].clone())
            .collect()
    };
    assert_eq!(targets("action_type=22").await, [json!(bed.bob.id), json!(bed.anna.id)]);
    let owner = bed.guild.owner.id;
    let first = bed.discord.see(|world| {
        let mut log = world.guild(bed.guild.id)?.audit.iter();
        log.find(|one| one.action == Action::MEMBER_BAN_ADD).map(|one| one.id)
    });
    let first = first.expect("there is one");
    assert_eq!(targets(&format!("after={first}&user_id={owner}")).await, [json!(bed.bob.id)]);
    bed.discord.advance(Duration::from_secs(46 * 86_400));
    assert_eq!(targets("limit=10").await, [json!(null); 0]);
}

#[tokio::test]
async fn names_are_told_wherever_they_are_changed() {
    let bed = Bed::new().await;
    let mut socket = bed.socket().await;
    bed.anna.set_global_name(Some("Anna of Hull"));
    assert_eq!(socket.event("GUILD_MEMBER_UPDATE").await["user"]["global_name"], "Anna of Hull");
    bed.anna.nick(&bed.guild, Some("Annie")).expect("she may");
    assert_eq!(socket.event("GUILD_MEMBER_UPDATE").await["nick"], "Annie");
    bed.guild.everybody_may(Permissions::MEMBER.without(Permissions::CHANGE_NICKNAME));
    assert_eq!(bed.anna.nick(&bed.guild, None).expect_err("she may not"), codes::MISSING_PERMISSIONS);
    bed.http.patch(&bed.in_guild(&format!("/members/{}", bed.anna.id)), &json!({ "nick": null })).await;
    assert_eq!(socket.event("GUILD_MEMBER_UPDATE").await["nick"], Value::Null);
    assert_eq!(bed.discord.requests_of(&Matcher::of("PATCH", "/members/")).len(), 1);
}
