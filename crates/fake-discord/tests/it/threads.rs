//! Threads, forums, voice channels, webhooks and the server's own filter.

use std::time::Duration;

use fake_discord::{ChannelKind, Draft, Permissions, codes};
use serde_json::{Value, json};

use crate::bed::Bed;

#[tokio::test]
async fn a_private_thread_is_for_those_who_were_added_to_it() {
    let bed = Bed::new().await;
    let body = json!({ "name": "Notice", "type": 12, "invitable": false });
    let thread = bed.http.post(&bed.here("/threads"), &body).await;
    assert_eq!((thread.status, &thread.body["thread_metadata"]["invitable"]), (201, &json!(false)));
    let thread = thread.body["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
    assert_eq!(bed.anna.say(thread, "x").expect_err("she is not in it"), codes::MISSING_ACCESS);
    let added =
        bed.http.put(&format!("/channels/{thread}/thread-members/{}", bed.anna.id), &Value::Null).await;
    assert_eq!(added.status, 204);
    bed.anna.say(thread, "x").expect("she is in it now");
    assert_eq!(
        bed.anna.add_to_thread(thread, bed.bob.id).expect_err("it is not hers"),
        codes::MISSING_PERMISSIONS
    );
    let left = bed.discord.person("left");
    let added = bed.http.put(&format!("/channels/{thread}/thread-members/{}", left.id), &Value::Null).await;
    assert_eq!(added.code(), 10007);
    assert_eq!(
        bed.http.delete(&format!("/channels/{thread}/thread-members/{}", bed.anna.id)).await.status,
        204
    );
    assert_eq!(bed.anna.say(thread, "x").expect_err("she is out again"), codes::MISSING_ACCESS);
}

#[tokio::test]
async fn who_is_called_in_a_thread_is_in_it_from_then_on() {
    let bed = Bed::new().await;
    let thread = bed.http.post(&bed.here("/threads"), &json!({ "name": "Notice", "type": 12 })).await;
    let thread = thread.body["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
    let path = format!("/channels/{thread}/messages");
    let text = format!("about <@{}>", bed.bob.id);
    bed.http.post(&path, &json!({ "content": text, "allowed_mentions": { "parse": [] } })).await;
    assert_eq!(bed.bob.say(thread, "x").expect_err("he was not called"), codes::MISSING_ACCESS);
    bed.http.post(&path, &json!({ "content": text })).await;
    bed.bob.say(thread, "x").expect("he was called");
}

#[tokio::test]
async fn a_thread_is_put_away_after_silence_and_comes_back_when_somebody_writes() {
    let bed = Bed::new().await;
    let said = bed.anna.say(bed.general, "a subject").expect("she may");
    let thread = bed.anna.thread(bed.general, "talk", Some(said)).expect("she may");
    assert_eq!(thread, said, "a thread has the id of its message");
    bed.anna.say(thread, "first").expect("she may");
    let last = bed.discord.messages(thread).pop().expect("it is there").id;
    let mut socket = bed.socket().await;
    bed.discord.advance(Duration::from_secs(4 * 86_400));
    assert_eq!(socket.event("THREAD_UPDATE").await["thread_metadata"]["archived"], true);
    let active = bed.http.get(&bed.in_guild("/threads/active")).await;
    assert_eq!(active.body["threads"], json!([]));
    let archived = bed.http.get(&bed.here("/threads/archived/public")).await;
    assert_eq!(archived.body["threads"][0]["id"], json!(thread));
    // What is put away can be read and deleted from, not changed.
    let path = format!("/channels/{thread}/messages");
    let own = bed.http.get(&format!("{path}/{last}")).await;
    assert_eq!(own.status, 200);
    assert_eq!(bed.http.delete(&format!("{path}/{last}")).await.status, 204);
    assert_eq!(bed.anna.rename(thread, "other").expect_err("it is put away"), codes::ARCHIVED_THREAD);
    bed.bob.say(thread, "again").expect("he may");
    assert_eq!(socket.event("THREAD_UPDATE").await["thread_metadata"]["archived"], false);
    assert_eq!(bed.http.get(&bed.in_guild("/threads/active")).await.body["threads"][0]["id"], json!(thread));
    let locked = bed.http.patch(&format!("/channels/{thread}"), &json!({ "locked": true })).await;
    assert_eq!(locked.status, 200);
    assert_eq!(bed.bob.say(thread, "x").expect_err("it is locked"), codes::THREAD_LOCKED);
}

#[tokio::test]
async fn a_post_in_a_forum_has_the_id_of_its_first_message_and_nothing_else_stands_in_a_forum() {
    let bed = Bed::new().await;
    let forum = bed.guild.channel_of(ChannelKind::Forum, "ideas");
    let mut socket = bed.socket().await;
    let post = bed.anna.forum_post(forum, "An idea", "do it").expect("she may");
    let told = socket.event("THREAD_CREATE").await;
    assert_eq!((&told["name"], &told["parent_id"]), (&json!("An idea"), &json!(forum)));
    let told = socket.event("MESSAGE_CREATE").await;
    assert_eq!((&told["id"], &told["channel_id"]), (&json!(post), &json!(post)));
    assert_eq!(bed.anna.say(forum, "x").expect_err("it is a forum"), codes::NOT_A_TEXT_CHANNEL);
    let body = json!({ "name": "Rules", "message": { "content": "read them" } });
    let by_bot = bed.http.post(&format!("/channels/{forum}/threads"), &body).await;
    assert_eq!((by_bot.status, &by_bot.body["message"]["content"]), (201, &json!("read them")));
    assert_eq!(bed.http.delete(&format!("/channels/{post}")).await.status, 200);
    assert_eq!(socket.event("THREAD_DELETE").await["id"], json!(post));
}

#[tokio::test]
async fn who_comes_to_see_a_channel_is_told_of_its_threads() {
    let bed = Bed::with(Permissions::VIEW_CHANNEL).await;
    let thread = bed.anna.thread(bed.general, "talk", None).expect("she may");
    bed.guild.overwrite(bed.general, bed.app.bot, Permissions::NONE, Permissions::VIEW_CHANNEL);
    let mut socket = bed.socket().await;
    bed.guild.overwrite(bed.general, bed.app.bot, Permissions::VIEW_CHANNEL, Permissions::NONE);
    assert_eq!(socket.event("THREAD_LIST_SYNC").await["threads"][0]["id"], json!(thread));
}

#[tokio::test]
async fn a_voice_channel_has_a_chat_and_a_status_whose_author_only_the_audit_log_knows() {
    let bed = Bed::new().await;
    let voice = bed.guild.channel_of(ChannelKind::Voice, "talk");
    bed.anna.say(voice, "in the chat").expect("she may");
    let mut socket = bed.socket().await;
    bed.anna.set_voice_status(voice, "about you").expect("she may");
    let told = socket.event("VOICE_CHANNEL_STATUS_UPDATE").await;
    assert_eq!(told, json!({ "id": voice, "guild_id": bed.guild.id, "status": "about you" }));
    let entry = socket.event("GUILD_AUDIT_LOG_ENTRY_CREATE").await;
    assert_eq!((&entry["action_type"], &entry["user_id"]), (&json!(192), &json!(bed.anna.id)));
    let cleared = bed.http.put(&format!("/channels/{voice}/voice-status"), &json!({ "status": null })).await;
    assert_eq!(
        (cleared.status, socket.event("VOICE_CHANNEL_STATUS_UPDATE").await["status"].clone()),
        (204, Value::Null)
    );
}

#[tokio::test]
async fn webhooks_write_under_any_name_and_can_be_taken_away() {
    let bed = Bed::new().await;
    let hook = bed.guild.webhook(bed.general, "relay");
    let mut socket = bed.socket().await;
    bed.guild.webhook_says(hook, "Anna", Draft::text("not her")).expect("it is there");
    let told = socket.event("MESSAGE_CREATE").await;
    assert_eq!(
        (&told["webhook_id"], &told["author"]["username"], told.get("member")),
        (&json!(hook), &json!("Anna"), None)
    );
    assert_eq!(bed.http.get(&bed.in_guild("/webhooks")).await.body[0]["id"], json!(hook));
    assert_eq!(bed.http.delete(&format!("/webhooks/{hook}")).await.status, 204);
    assert_eq!(bed.http.delete(&format!("/webhooks/{hook}")).await.code(), 10015);
    assert!(bed.guild.webhook_says(hook, "Anna", Draft::text("again")).is_err());
}

#[tokio::test]
async fn the_servers_own_filter_stops_members_and_bots_and_tells_once_for_each_action() {
    let bed = Bed::with(Permissions::MEMBER | Permissions::MANAGE_GUILD).await;
    let exempt = bed.guild.role("exempt", Permissions::NONE);
    bed.guild.filter("words", &["arse*"], Some(bed.general), &[exempt]);
    let mut socket = bed.socket().await;
    assert_eq!(bed.anna.say(bed.general, "you arse!").expect_err("it is stopped"), codes::MESSAGE_BLOCKED);
    for kind in [1, 2] {
        let told = socket.event("AUTO_MODERATION_ACTION_EXECUTION").await;
        assert_eq!(
            (&told["action"]["type"], &told["content"], told.get("message_id")),
            (&json!(kind), &json!("you arse!"), None)
        );
    }
    assert_eq!(bed.anna.thread(bed.general, "arses", None).expect_err("it is stopped"), codes::TITLE_BLOCKED);
    bed.guild.give(&bed.anna, exempt);
    bed.anna.say(bed.general, "you arse!").expect("she is exempt");
    // So is whoever may manage the guild, and so was the bot.
    let quotation = json!({ "content": "removed: you arse!" });
    assert_eq!(bed.http.post(&bed.here("/messages"), &quotation).await.status, 200);
    bed.guild.set_permissions(bed.role, Permissions::MEMBER);
    assert_eq!(bed.http.post(&bed.here("/messages"), &quotation).await.code(), 200_000);
}

#[tokio::test]
async fn a_guild_goes_out_of_reach_and_comes_back_and_can_throw_the_bot_out() {
    let bed = Bed::new().await;
    let mut socket = bed.socket().await;
    bed.guild.set_unavailable(true);
    assert_eq!(socket.event("GUILD_DELETE").await, json!({ "id": bed.guild.id, "unavailable": true }));
    bed.guild.set_unavailable(false);
    socket.event("GUILD_CREATE").await;
    bed.guild.remove_bot(&bed.app);
    assert_eq!(socket.event("GUILD_DELETE").await, json!({ "id": bed.guild.id }));
    assert_eq!(bed.http.get(&bed.here("")).await.code(), 50001);
    let role = bed.guild.install(&bed.app, Permissions::MEMBER);
    let told = socket.event("GUILD_CREATE").await;
    assert_eq!((&told["id"], &told["members"][0]["roles"]), (&json!(bed.guild.id), &json!([role])));
    // It has been here before; and its old role went with it.
    assert_eq!((&told["members"][0]["flags"], told["roles"].as_array().map(Vec::len)), (&json!(1), Some(2)));
}

#[tokio::test]
async fn an_alert_of_the_servers_own_filter_repeats_the_text_as_a_message_of_its_author() {
    let bed = Bed::new().await;
    let alerts = bed.guild.channel("alerts");
    bed.guild.filter("words", &["arse"], Some(alerts), &[]);
    let mut socket = bed.socket().await;
    bed.anna.say(bed.general, "you arse").expect_err("it is stopped");
    socket.event("AUTO_MODERATION_ACTION_EXECUTION").await;
    let message = socket.event("MESSAGE_CREATE").await;
    assert_eq!((&message["type"], &message["author"]["id"]), (&json!(24), &json!(bed.anna.id)));
    assert_eq!((&message["content"], &message["embeds"][0]["description"]), (&json!(""), &json!("you arse")));
    let told = socket.event("AUTO_MODERATION_ACTION_EXECUTION").await;
    assert_eq!(told["alert_system_message_id"], message["id"]);
    assert_eq!(bed.http.get(&format!("/channels/{alerts}/messages")).await.status, 200);
}
