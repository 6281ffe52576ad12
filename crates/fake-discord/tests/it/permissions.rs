//! Who may do what where, and who stands above whom.

use std::time::Duration;

use fake_discord::{ChannelKind, Permissions};
use serde_json::json;

use crate::bed::Bed;

#[tokio::test]
async fn what_is_said_to_a_member_wins_over_roles_and_those_over_everybody() {
    let bed = Bed::new().await;
    let (yes, no) = (bed.guild.role("yes", Permissions::NONE), bed.guild.role("no", Permissions::NONE));
    let send = Permissions::SEND_MESSAGES;
    let may = || bed.discord.see(|world| world.permissions_in(bed.general, bed.anna.id).has(send));
    assert!(may());
    bed.guild.overwrite(bed.general, bed.guild.id, Permissions::NONE, send);
    assert!(!may());
    bed.guild.give(&bed.anna, no);
    bed.guild.give(&bed.anna, yes);
    bed.guild.overwrite(bed.general, no, Permissions::NONE, send);
    bed.guild.overwrite(bed.general, yes, send, Permissions::NONE);
    assert!(may(), "among roles a yes wins");
    bed.guild.overwrite(bed.general, bed.anna.id, Permissions::NONE, send);
    assert!(!may());
    let admin = bed.guild.role("admin", Permissions::ADMINISTRATOR);
    bed.guild.give(&bed.anna, admin);
    assert!(may(), "an administrator is above all that");
}

#[tokio::test]
async fn what_is_lost_with_something_else_is_lost() {
    let bed = Bed::new().await;
    let voice = bed.guild.channel_of(ChannelKind::Voice, "talk");
    let in_general = || bed.discord.see(|world| world.permissions_in(bed.general, bed.anna.id));
    bed.guild.overwrite(bed.general, bed.guild.id, Permissions::NONE, Permissions::SEND_MESSAGES);
    assert!(
        !in_general().has_any(Permissions::ATTACH_FILES | Permissions::EMBED_LINKS | Permissions::SEND_POLLS)
    );
    assert!(in_general().has(Permissions::READ_MESSAGE_HISTORY));
    bed.guild.overwrite(bed.general, bed.guild.id, Permissions::NONE, Permissions::VIEW_CHANNEL);
    assert_eq!(in_general(), Permissions::NONE);
    bed.guild.overwrite(voice, bed.guild.id, Permissions::NONE, Permissions::CONNECT);
    let in_voice = bed.discord.see(|world| world.permissions_in(voice, bed.anna.id));
    assert_eq!(in_voice, Permissions::VIEW_CHANNEL);
}

#[tokio::test]
async fn who_is_timed_out_can_only_read_and_the_time_ends_by_itself() {
    let bed = Bed::new().await;
    bed.guild.owner.time_out(&bed.guild, bed.anna.id, Duration::from_secs(60)).expect("she may");
    assert_eq!(bed.anna.say(bed.general, "but").expect_err("she is out").code, 50013);
    assert!(
        bed.discord.see(|world| world.permissions(bed.guild.id, bed.anna.id).has(Permissions::VIEW_CHANNEL))
    );
    bed.discord.advance(Duration::from_secs(61));
    bed.anna.say(bed.general, "back").expect("it is over");
}

#[tokio::test]
async fn a_bot_is_refused_with_the_code_that_tells_why() {
    let bed = Bed::with(Permissions::VIEW_CHANNEL).await;
    let hidden = bed.guild.channel("hidden");
    bed.guild.overwrite(hidden, bed.guild.id, Permissions::NONE, Permissions::VIEW_CHANNEL);
    bed.guild.overwrite(hidden, bed.role, Permissions::NONE, Permissions::VIEW_CHANNEL);
    bed.guild.overwrite(hidden, bed.guild.owner.id, Permissions::VIEW_CHANNEL, Permissions::NONE);
    bed.guild.everybody_may(Permissions::VIEW_CHANNEL | Permissions::SEND_MESSAGES);
    let said = bed.anna.say(bed.general, "x").expect("she may");
    let elsewhere = bed.discord.guild("Elsewhere");
    let post = json!({ "content": "x" });
    let (anna, bot) = (bed.anna.id, bed.app.bot);
    let table = [
        ("GET", format!("/channels/{hidden}"), 50001),
        ("POST", format!("/channels/{hidden}/messages"), 50001),
        ("GET", "/channels/1".to_owned(), 10003),
        ("GET", format!("/guilds/{}", elsewhere.id), 10004),
        ("DELETE", bed.here(&format!("/messages/{said}")), 50013),
        ("GET", bed.here("/messages/1"), 50013),
        ("PUT", bed.in_guild(&format!("/bans/{anna}")), 50013),
        ("GET", bed.in_guild("/members/1"), 10007),
        ("GET", bed.in_guild("/audit-logs"), 50013),
        ("GET", bed.in_guild("/auto-moderation/rules"), 50013),
        ("GET", "/users/1".to_owned(), 10013),
        ("PUT", bed.in_guild(&format!("/members/{anna}/roles/{}", bed.role)), 50013),
        ("DELETE", bed.in_guild(&format!("/members/{bot}")), 50013),
    ];
    for (method, path, code) in table {
        let body = if method == "POST" { &post } else { &serde_json::Value::Null };
        assert_eq!(bed.http.ask(method, &path, body).await.code(), code, "{method} {path}");
    }
    // Each of these refusals with 403 counts towards the ten thousand.
    assert_eq!(bed.discord.refusals(), 9);
}

#[tokio::test]
async fn nobody_acts_on_who_stands_as_high_or_gives_what_they_do_not_have() {
    let bed = Bed::new().await;
    let high = bed.guild.role("high", Permissions::NONE);
    bed.guild.give(&bed.anna, high);
    let of = |user| bed.in_guild(&format!("/members/{user}"));
    let until = bed.discord.see(|world| world.now().plus(Duration::from_secs(600)));
    for user in [bed.anna.id, bed.guild.owner.id] {
        assert_eq!(bed.http.patch(&of(user), &json!({ "nick": "x" })).await.code(), 50013);
        assert_eq!(
            bed.http.patch(&of(user), &json!({ "communication_disabled_until": until })).await.code(),
            50013
        );
        assert_eq!(bed.http.delete(&of(user)).await.code(), 50013);
        assert_eq!(bed.http.put(&bed.in_guild(&format!("/bans/{user}")), &json!({})).await.code(), 50013);
    }
    // What she wrote can go all the same.
    let said = bed.anna.say(bed.general, "x").expect("she may");
    assert_eq!(bed.http.delete(&bed.here(&format!("/messages/{said}"))).await.status, 204);
    let give = bed.in_guild(&format!("/members/{}/roles/{high}", bed.bob.id));
    assert_eq!(bed.http.put(&give, &serde_json::Value::Null).await.code(), 50013);
    bed.guild.raise(bed.role);
    assert_eq!(bed.http.put(&give, &serde_json::Value::Null).await.status, 204);
    assert_eq!(bed.http.patch(&of(bed.anna.id), &json!({ "nick": "x" })).await.status, 200);
    let admin = json!({ "name": "admin", "permissions": Permissions::ADMINISTRATOR });
    assert_eq!(bed.http.post(&bed.in_guild("/roles"), &admin).await.code(), 50013);
    // An administrator cannot be timed out, however low.
    let low = bed.http.post(&bed.in_guild("/roles"), &json!({ "name": "low" })).await.body["id"]
        .as_str()
        .and_then(|id| id.parse().ok())
        .expect("an id");
    bed.guild.set_permissions(low, Permissions::ADMINISTRATOR);
    bed.guild.give(&bed.bob, low);
    assert_eq!(
        bed.http.patch(&of(bed.bob.id), &json!({ "communication_disabled_until": until })).await.code(),
        50013
    );
}

#[tokio::test]
async fn where_two_factors_are_asked_for_the_owner_of_the_application_needs_them() {
    let bed = Bed::new().await;
    let said = bed.anna.say(bed.general, "x").expect("she may");
    bed.guild.ask_two_factors(true);
    bed.app.set_two_factors(false);
    let path = bed.here(&format!("/messages/{said}"));
    assert_eq!(bed.http.delete(&path).await.code(), 60003);
    bed.app.set_two_factors(true);
    assert_eq!(bed.http.delete(&path).await.status, 204);
}

#[tokio::test]
async fn roles_and_channels_are_set_up_and_what_is_different_for_whom() {
    let bed = Bed::new().await;
    let role =
        bed.http.post(&bed.in_guild("/roles"), &json!({ "name": "Suspended", "permissions": "0" })).await;
    assert_eq!((&role.body["name"], &role.body["position"]), (&json!("Suspended"), &json!(1)));
    let role = role.body["id"].as_str().expect("an id").to_owned();
    let path = bed.here(&format!("/permissions/{role}"));
    let deny = json!({ "type": 0, "allow": "0", "deny": Permissions::VIEW_CHANNEL });
    let mut socket = bed.socket().await;
    assert_eq!(bed.http.put(&path, &deny).await.status, 204);
    assert_eq!(socket.event("CHANNEL_UPDATE").await["permission_overwrites"][0]["deny"], "1024");
    assert_eq!(bed.http.delete(&path).await.status, 204);
    assert_eq!(bed.http.delete(&path).await.code(), 10009);
    let channel = bed.http.post(&bed.in_guild("/channels"), &json!({
        "name": "appeals", "type": 0, "permission_overwrites": [{ "id": role, "type": 0, "allow": "1024", "deny": "0" }],
    })).await;
    assert_eq!((channel.status, &channel.body["permission_overwrites"][0]["allow"]), (201, &json!("1024")));
    let other = bed.http.post(&bed.in_guild("/roles"), &json!({ "name": "Other" })).await;
    let roles = bed.in_guild("/roles");
    let moved = bed.http.patch(&roles, &json!([{ "id": other.body["id"], "position": 2 }])).await;
    let moved = moved.body.as_array().expect("a list").clone();
    let position =
        |name: &str| moved.iter().find(|one| one["name"] == name).map(|one| one["position"].clone());
    assert_eq!((position("Suspended"), position("Other")), (Some(json!(1)), Some(json!(2))));
    // Not to where it stands itself.
    assert_eq!(bed.http.patch(&roles, &json!([{ "id": role, "position": 3 }])).await.code(), 50013);
    assert_eq!(
        bed.http.patch(&bed.in_guild(&format!("/roles/{role}")), &json!({ "name": "Out" })).await.body["name"],
        "Out"
    );
    assert_eq!(bed.http.delete(&bed.in_guild(&format!("/roles/{role}"))).await.status, 204);
}
