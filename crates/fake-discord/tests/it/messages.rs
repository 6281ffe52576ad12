//! Messages by request: written, read in pieces, changed, deleted, reacted to, pinned.

use std::time::Duration;

use fake_discord::{Draft, Matcher, Permissions, message};
use serde_json::{Value, json};

use crate::bed::Bed;

#[tokio::test]
async fn history_is_read_in_pieces_from_any_place_and_the_newest_comes_first() {
    let bed = Bed::new().await;
    let said: Vec<_> = (0..10).map(|n| bed.anna.say(bed.general, &n.to_string()).expect("she may")).collect();
    let texts = async |query: String| -> Vec<String> {
        let page = bed.http.get(&bed.here(&format!("/messages?{query}"))).await;
        let all = page.body.as_array().expect("a list").clone();
        all.iter().map(|one| one["content"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(texts("limit=3".to_owned()).await, ["9", "8", "7"]);
    assert_eq!(texts(format!("before={}&limit=2", said[5])).await, ["4", "3"]);
    // The oldest of those after it, but newest first.
    assert_eq!(texts(format!("after={}&limit=3", said[5])).await, ["8", "7", "6"]);
    assert_eq!(texts(format!("around={}&limit=3", said[5])).await, ["6", "5", "4"]);
    assert_eq!(texts(format!("after={}", said[9])).await, [""; 0]);
}

#[tokio::test]
async fn a_name_that_acts_once_gives_the_message_that_is_there() {
    let bed = Bed::new().await;
    let body = json!({ "content": "a notice", "nonce": "B-0042", "enforce_nonce": true });
    let first = bed.http.post(&bed.here("/messages"), &body).await;
    let second = bed.http.post(&bed.here("/messages"), &body).await;
    assert_eq!((first.status, &first.body["id"]), (200, &second.body["id"]));
    assert_eq!(bed.discord.messages(bed.general).len(), 1);
    // In whichever channel it is.
    let elsewhere = bed.guild.channel("elsewhere");
    let third = bed.http.post(&format!("/channels/{elsewhere}/messages"), &body).await;
    assert_eq!((third.status, &third.body["id"]), (200, &first.body["id"]));
    assert!(bed.discord.messages(elsewhere).is_empty());
    // Without being asked to, Discord does not look; and it forgets.
    bed.http.post(&bed.here("/messages"), &json!({ "content": "a notice", "nonce": "B-0042" })).await;
    bed.discord.advance(Duration::from_secs(600));
    bed.http.post(&bed.here("/messages"), &body).await;
    assert_eq!(bed.discord.messages(bed.general).len(), 3);
}

#[tokio::test]
async fn whom_a_message_calls_is_what_was_allowed_and_nobody_else() {
    let bed = Bed::new().await;
    let role = bed.guild.role("Board", Permissions::NONE);
    let text = format!("@everyone <@&{role}> <@{}> <@!{}>", bed.anna.id, bed.bob.id);
    let table = [
        (Value::Null, (true, 2, 1)),
        (json!({ "parse": [] }), (false, 0, 0)),
        (json!({ "parse": ["users"] }), (false, 2, 0)),
        (json!({ "parse": [], "users": [bed.anna.id] }), (false, 1, 0)),
        (json!({ "parse": ["everyone", "roles"] }), (true, 0, 1)),
    ];
    for (allowed, expected) in table {
        let mut body = json!({ "content": text });
        if !allowed.is_null() {
            body["allowed_mentions"] = allowed.clone();
        }
        bed.http.post(&bed.here("/messages"), &body).await;
        let pings = bed.discord.messages(bed.general).pop().expect("it stands there").pings;
        assert_eq!((pings.everyone, pings.users.len(), pings.roles.len()), expected, "{allowed}");
    }
    // A member may not call everybody, whatever they write.
    bed.anna.say(bed.general, &text).expect("she may write it");
    let pings = bed.discord.messages(bed.general).pop().expect("it stands there").pings;
    assert_eq!((pings.everyone, pings.users.len(), pings.roles.len()), (false, 2, 0));
}

#[tokio::test]
async fn messages_go_together_unless_they_are_old_or_too_many_or_too_few() {
    let bed = Bed::new().await;
    let old = bed.anna.say(bed.general, "old").expect("she may");
    bed.discord.advance(Duration::from_secs(15 * 86_400));
    let said: Vec<_> = (0..3).map(|n| bed.anna.say(bed.general, &n.to_string()).expect("she may")).collect();
    let path = bed.here("/messages/bulk-delete");
    let codes = async |ids: Value| bed.http.post(&path, &json!({ "messages": ids })).await.code();
    assert_eq!(codes(json!([said[0]])).await, 50016);
    // The description has that as well.
    assert_eq!(bed.discord.take_violations().len(), 1);
    assert_eq!(codes(json!([said[0], old])).await, 50034);
    let mut socket = bed.socket().await;
    // What is not there counts, and does not matter.
    let response = bed
        .http
        .because("a%20raid")
        .post(&path, &json!({ "messages": [said[0], said[1], "9000000000000000000"] }))
        .await;
    assert_eq!(response.status, 204);
    assert_eq!(socket.event("MESSAGE_DELETE_BULK").await["ids"], json!([said[0], said[1]]));
    assert_eq!(bed.discord.messages(bed.general).len(), 2);
    let last =
        bed.discord.see(|world| world.guild(bed.guild.id).and_then(|guild| guild.audit.last().cloned()));
    let last = last.expect("it was written down");
    assert_eq!(
        (last.action.0, last.reason.as_deref(), last.options),
        (73, Some("a raid"), Some(json!({ "count": "2" })))
    );
}

#[tokio::test]
async fn deletions_by_one_moderator_are_written_down_together_and_told_once() {
    let bed = Bed::new().await;
    let mut socket = bed.socket().await;
    for reason in ["B-0041", "B-0041", "B-0042"] {
        let said = bed.anna.say(bed.general, "x").expect("she may");
        let path = bed.here(&format!("/messages/{said}"));
        assert_eq!(bed.http.because(reason).delete(&path).await.status, 204);
        assert_eq!(bed.http.delete(&path).await.code(), 10008);
    }
    let log = bed.http.get(&bed.in_guild("/audit-logs?action_type=72")).await;
    let told: Vec<_> = log.body["audit_log_entries"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| (one["reason"].clone(), one["options"]["count"].clone()))
        .collect();
    assert_eq!(told, [(json!("B-0042"), json!("1")), (json!("B-0041"), json!("2"))]);
    assert_eq!(socket.event("GUILD_AUDIT_LOG_ENTRY_CREATE").await["reason"], "B-0041");
    assert_eq!(socket.event("GUILD_AUDIT_LOG_ENTRY_CREATE").await["reason"], "B-0042");
}

#[tokio::test]
async fn of_others_messages_a_bot_can_only_hide_the_cards() {
    let bed = Bed::new().await;
    let said = bed.anna.say(bed.general, "https://example.org").expect("she may");
    bed.guild.unfurl(bed.general, said, vec![json!({ "title": "a page", "type": "link" })]);
    let path = bed.here(&format!("/messages/{said}"));
    assert_eq!(bed.http.patch(&path, &json!({ "content": "mine" })).await.code(), 50005);
    let hidden = bed.http.patch(&path, &json!({ "flags": 4 })).await;
    assert_eq!(
        (&hidden.body["embeds"], &hidden.body["flags"], &hidden.body["edited_timestamp"]),
        (&json!([]), &json!(4), &Value::Null)
    );
    let own = bed
        .http
        .post(
            &bed.here("/messages"),
            &json!({ "poll": {
                "question": { "text": "Which?" }, "answers": [{ "poll_media": { "text": "this" } }],
            }}),
        )
        .await;
    let path = bed.here(&format!("/messages/{}", own.body["id"].as_str().unwrap_or_default()));
    assert_eq!(bed.http.patch(&path, &json!({ "content": "x" })).await.code(), 520_003);
}

#[tokio::test]
async fn what_discord_posts_itself_cannot_be_deleted_where_it_may_not() {
    let bed = Bed::new().await;
    let said = bed.anna.say(bed.general, "a subject").expect("she may");
    let thread = bed.anna.thread(bed.general, "talk", Some(said)).expect("she may");
    let starter = bed.discord.messages(thread).remove(0);
    assert_eq!(starter.kind, message::kind::THREAD_STARTER);
    assert_eq!(bed.http.delete(&format!("/channels/{thread}/messages/{}", starter.id)).await.code(), 50021);
    let greeting = bed.bob.be_greeted(bed.general);
    assert_eq!(bed.http.delete(&bed.here(&format!("/messages/{greeting}"))).await.status, 204);
}

#[tokio::test]
async fn a_forward_shows_all_but_who_wrote_it_and_stays_when_the_original_goes() {
    let bed = Bed::new().await;
    let evidence = bed.guild.channel("evidence");
    let draft = Draft::text("words").file("a.png", Some("alt")).sticker(bed.anna.id, "wave");
    let said = bed.anna.post(bed.general, draft).expect("she may");
    let body = json!({ "message_reference": { "type": 1, "channel_id": bed.general, "message_id": said } });
    let forward = bed.http.post(&format!("/channels/{evidence}/messages"), &body).await;
    bed.anna.delete(bed.general, said).expect("it is hers");
    let shown = &forward.body["message_snapshots"][0]["message"];
    assert_eq!(
        (&shown["content"], &shown["attachments"][0]["description"]),
        (&json!("words"), &json!("alt"))
    );
    assert_eq!((&shown["sticker_items"][0]["name"], shown.get("author")), (&json!("wave"), None));
    assert_eq!(forward.body["flags"], message::flag::HAS_SNAPSHOT);
    // A vote cannot be passed on, nor what cannot be read.
    let poll = bed.anna.poll(bed.general, "?", &["a"]).expect("she may");
    let body = json!({ "message_reference": { "type": 1, "channel_id": bed.general, "message_id": poll } });
    assert_eq!(bed.http.post(&format!("/channels/{evidence}/messages"), &body).await.code(), 50035);
    bed.guild.overwrite(bed.general, bed.app.bot, Permissions::NONE, Permissions::READ_MESSAGE_HISTORY);
    assert_eq!(bed.http.post(&format!("/channels/{evidence}/messages"), &body).await.code(), 160_014);
}

#[tokio::test]
async fn files_come_with_their_words_and_an_address_of_the_fake() {
    let bed = Bed::new().await;
    let body = json!({ "content": "see", "attachments": [{ "id": "0", "description": "what was said" }] });
    let posted = bed.http.form(&bed.here("/messages"), &body, &[("files[0]", "evidence.txt", "text")]).await;
    let file = &posted.body["attachments"][0];
    assert_eq!(
        (&file["filename"], &file["description"], &file["size"]),
        (&json!("evidence.txt"), &json!("what was said"), &json!(4))
    );
    let url = file["url"].as_str().expect("an address");
    let fetched = bed.http.get_at(url).await;
    assert_eq!(fetched.status, 200);
    assert_eq!(bed.discord.requests_of(&Matcher::of("POST", "/messages"))[0].files, ["evidence.txt"]);
    let large = "x".repeat(10 * 1024 * 1024 + 1);
    let refused = bed.http.form(&bed.here("/messages"), &body, &[("files[0]", "large.txt", &large)]).await;
    assert_eq!((refused.status, refused.code()), (413, 40005));
}

#[tokio::test]
async fn reactions_are_listed_and_taken_away_one_by_one_or_together() {
    let bed = Bed::new().await;
    let emoji = bed.guild.emoji("rude");
    let said = bed.anna.say(bed.general, "x").expect("she may");
    let own = format!("rude:{emoji}");
    for person in [&bed.anna, &bed.bob] {
        person.react(bed.general, said, "👍").expect("they may");
        person.react(bed.general, said, &own).expect("they may");
    }
    let path = |rest: &str| bed.here(&format!("/messages/{said}/reactions{rest}"));
    let listed = bed.http.get(&path(&format!("/rude%3A{emoji}"))).await;
    assert_eq!(listed.body.as_array().map(Vec::len), Some(2));
    let mut socket = bed.socket().await;
    assert_eq!(bed.http.delete(&path(&format!("/rude%3A{emoji}/{}", bed.anna.id))).await.status, 204);
    let told = socket.event("MESSAGE_REACTION_REMOVE").await;
    assert_eq!((&told["user_id"], &told["emoji"]["name"]), (&json!(bed.anna.id), &json!("rude")));
    assert_eq!(bed.http.delete(&path("/%F0%9F%91%8D")).await.status, 204);
    assert_eq!(bed.discord.messages(bed.general)[0].reactions.len(), 1);
    assert_eq!(bed.http.delete(&path("")).await.status, 204);
    assert!(bed.discord.messages(bed.general)[0].reactions.is_empty());
}

#[tokio::test]
async fn pins_need_their_own_permission_and_are_told_as_a_change_that_is_none() {
    let bed = Bed::with(Permissions::MEMBER | Permissions::MANAGE_MESSAGES).await;
    let said = bed.anna.say(bed.general, "x").expect("she may");
    let path = bed.here(&format!("/messages/pins/{said}"));
    assert_eq!(bed.http.put(&path, &Value::Null).await.code(), 50013);
    bed.guild.set_permissions(bed.role, Permissions::MEMBER | Permissions::PIN_MESSAGES);
    let mut socket = bed.socket().await;
    assert_eq!(bed.http.put(&path, &Value::Null).await.status, 204);
    let told = socket.event("MESSAGE_UPDATE").await;
    assert_eq!((&told["pinned"], &told["edited_timestamp"]), (&json!(true), &Value::Null));
    let pins = bed.http.get(&bed.here("/messages/pins")).await;
    assert_eq!(pins.body["items"][0]["message"]["id"], json!(said));
}

#[tokio::test]
async fn a_vote_ends_with_a_message_that_repeats_the_question() {
    let bed = Bed::new().await;
    let poll = bed.anna.poll(bed.general, "Which?", &["this", "that"]).expect("she may");
    bed.bob.vote(bed.general, poll, 2).expect("he may");
    bed.discord.advance(Duration::from_secs(25 * 3600));
    let result = bed.discord.messages(bed.general).pop().expect("it stands there");
    assert_eq!(
        (result.kind, &result.embeds[0]["fields"][0]["value"]),
        (message::kind::POLL_RESULT, &json!("Which?"))
    );
    let found = bed.http.get(&bed.here(&format!("/messages/{poll}"))).await;
    assert_eq!(
        found.body["poll"]["results"],
        json!({ "is_finalized": true, "answer_counts": [{ "id": 2, "count": 1, "me_voted": false }] })
    );
}

#[tokio::test]
async fn a_member_can_pass_on_what_only_applications_can_write() {
    let bed = Bed::new().await;
    let hook = bed.guild.webhook(bed.general, "relay");
    let text = json!({ "type": 17, "components": [{ "type": 10, "content": "hidden words" }] });
    let posted =
        bed.guild.webhook_says(hook, "x", Draft::default().components(&[text])).expect("it is there");
    let mut socket = bed.socket().await;
    bed.anna.forward(bed.general, posted, bed.general).expect("she may");
    let told = socket.event("MESSAGE_CREATE").await;
    let shown = &told["message_snapshots"][0]["message"];
    assert_eq!((&told["content"], &shown["content"]), (&json!(""), &json!("")));
    assert_eq!(shown["components"][0]["components"][0]["content"], "hidden words");
    assert_eq!((&told["message_reference"]["type"], &told["author"]["id"]), (&json!(1), &json!(bed.anna.id)));
    // And on again: it is what was passed on first.
    let first = told["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
    bed.bob.forward(bed.general, first, bed.general).expect("he may");
    let told = socket.event("MESSAGE_CREATE").await;
    assert_eq!(
        told["message_snapshots"][0]["message"]["components"][0]["components"][0]["content"],
        "hidden words"
    );
}

#[tokio::test]
async fn what_an_application_writes_for_somebody_says_for_whom_and_comes_like_a_webhooks() {
    let bed = Bed::new().await;
    let other = bed.discord.application("Other", fake_discord::Intents::NONE);
    let mut socket = bed.socket().await;
    bed.anna.user_app_says(bed.general, &other, Draft::text("by another")).expect("she may");
    let told = socket.event("MESSAGE_CREATE").await;
    assert_eq!((&told["webhook_id"], &told["application_id"]), (&json!(other.id), &json!(other.id)));
    assert_eq!(
        (&told["interaction_metadata"]["user"]["id"], &told["author"]["id"]),
        (&json!(bed.anna.id), &json!(other.bot))
    );
    // Where it is not wanted, only she sees it, and nobody else hears of it.
    bed.guild.everybody_may(Permissions::MEMBER.without(Permissions::USE_EXTERNAL_APPS));
    let hidden = bed.anna.user_app_says(bed.general, &other, Draft::text("unseen")).expect("she may");
    assert_eq!(bed.http.get(&bed.here(&format!("/messages/{hidden}"))).await.code(), 10008);
    bed.anna.say(bed.general, "seen").expect("she may");
    assert_eq!(socket.event("MESSAGE_CREATE").await["content"], "seen");
}

#[tokio::test]
async fn people_post_no_cards_and_bots_only_where_they_may() {
    let bed = Bed::with(Permissions::MEMBER).await;
    let card = json!({ "title": "a card" });
    assert_eq!(
        bed.anna.post(bed.general, Draft::default().embed(card.clone())).expect_err("she is no bot").code,
        50035
    );
    let body = json!({ "embeds": [card] });
    assert_eq!(bed.http.post(&bed.here("/messages"), &body).await.status, 200);
    bed.guild.overwrite(bed.general, bed.role, Permissions::NONE, Permissions::EMBED_LINKS);
    assert_eq!(bed.http.post(&bed.here("/messages"), &body).await.code(), 50013);
    assert_eq!(bed.http.post(&bed.here("/messages"), &json!({ "content": " " })).await.code(), 50006);
}
