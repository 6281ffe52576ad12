//! The gateway: who comes in, what is told, and how a client that was away is told again.

use std::time::Duration;

use fake_discord::{FakeDiscord, Intents, Permissions};
use serde_json::json;

use crate::bed::Bed;
use crate::socket::{Socket, identify, resume};

#[tokio::test]
async fn a_bot_that_identifies_is_told_of_itself_and_of_its_guilds() {
    let bed = Bed::new().await;
    let mut socket = bed.quiet_socket().await;
    let ready = socket.event("READY").await;
    assert_eq!(ready["user"]["id"], bed.app.bot.to_string());
    assert_eq!(ready["guilds"], json!([{ "id": bed.guild.id, "unavailable": true }]));
    let told = socket.event("GUILD_CREATE").await;
    assert_eq!(told["channels"][0]["name"], "general");
    assert_eq!(told["member_count"], 4);
    // Without the intent for who is there, only itself.
    assert_eq!(told["members"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn who_may_not_come_in_is_closed_out_with_the_reason() {
    let bed = Bed::new().await;
    let token = bed.app.token.as_str();
    let limited = bed.discord.application("Limited", Intents::NONE);
    let table = [
        (identify("wrong", Intents::GUILDS, (0, 1)), 4004),
        (identify(token, Intents::GUILDS, (1, 1)), 4010),
        (identify(&limited.token, Intents::MESSAGE_CONTENT, (0, 1)), 4014),
        (json!({ "op": 2, "d": { "token": token, "intents": 1_u64 << 40 } }), 4013),
        (json!({ "op": 99, "d": null }), 4001),
        (json!("nothing"), 4001),
        (resume("wrong", "x", 1), 4004),
        (json!({ "op": 6, "d": { "token": token, "session_id": "x" } }), 4007),
        (json!({ "op": 8, "d": { "guild_id": bed.guild.id, "query": "", "limit": 0 } }), 4003),
    ];
    for (frame, code) in table {
        let mut socket = Socket::open(&bed.discord.gateway_url()).await;
        socket.send(&frame).await;
        assert_eq!(socket.closed().await, code, "{frame}");
    }
    let mut socket = bed.socket().await;
    socket.send(&identify(token, Intents::GUILDS, (0, 1))).await;
    assert_eq!(socket.closed().await, 4005);
}

#[tokio::test]
async fn who_was_away_is_told_everything_since_at_the_address_that_is_for_it() {
    let bed = Bed::new().await;
    let mut socket = bed.quiet_socket().await;
    let ready = socket.event("READY").await;
    socket.event("GUILD_CREATE").await;
    bed.anna.say(bed.general, "one").expect("she may");
    assert_eq!(socket.event("MESSAGE_CREATE").await["content"], "one");
    bed.discord.drop_connections();
    assert_eq!(socket.closed().await, 0);
    bed.anna.say(bed.general, "two").expect("she may");
    bed.anna.say(bed.general, "three").expect("she may");
    let (session, url) = (ready["session_id"].as_str(), ready["resume_gateway_url"].as_str());
    let mut again = Socket::open(url.expect("there is one")).await;
    again.send(&resume(&bed.app.token, session.expect("there is one"), socket.seq)).await;
    assert_eq!(again.event("MESSAGE_CREATE").await["content"], "two");
    assert_eq!(again.event("MESSAGE_CREATE").await["content"], "three");
    again.event("RESUMED").await;
    bed.anna.say(bed.general, "four").expect("she may");
    assert_eq!(again.event("MESSAGE_CREATE").await["content"], "four");
    assert_eq!(
        bed.discord.see(|world| world.application(bed.app.id).map(|app| app.resumes.clone())),
        Some(vec![true])
    );
}

#[tokio::test]
async fn who_was_away_too_long_or_left_for_good_cannot_resume() {
    let bed = Bed::new().await;
    for is_long in [true, false] {
        let mut socket = bed.quiet_socket().await;
        let ready = socket.event("READY").await;
        let session = ready["session_id"].as_str().expect("there is one").to_owned();
        if is_long {
            bed.discord.drop_connections();
            socket.closed().await;
            bed.discord
                .wait_for("the session to be left", |world| (world.connected() == 0).then_some(()))
                .await;
            bed.discord.advance(Duration::from_secs(3600));
        } else {
            bed.discord.invalidate_sessions(false);
            assert_eq!(socket.frame_of(9).await["d"], false);
        }
        let mut again = Socket::open(&bed.discord.gateway_url()).await;
        again.send(&resume(&bed.app.token, &session, socket.seq)).await;
        assert_eq!(again.frame_of(9).await["d"], false);
    }
}

#[tokio::test]
async fn heartbeats_are_answered_until_the_gateway_plays_dead() {
    let bed = Bed::new().await;
    let mut socket = bed.socket().await;
    socket.send(&json!({ "op": 1, "d": socket.seq })).await;
    socket.frame_of(11).await;
    bed.discord.play_dead();
    socket.send(&json!({ "op": 1, "d": socket.seq })).await;
    bed.discord.wait_for("the second heartbeat", |world| (world.heartbeats() == 2).then_some(())).await;
    bed.discord.ask_to_reconnect();
    // The next frame is this one: there was no answer between.
    assert_eq!(socket.frame().await.expect("it goes on")["op"], 7);
}

#[tokio::test]
async fn content_is_withheld_from_who_may_not_read_it_except_where_it_is_meant_for_it() {
    let bed = Bed::new().await;
    let mut socket = bed.socket().await;
    bed.app.set_intents(Intents::GUILD_MEMBERS);
    let said = bed
        .anna
        .post(bed.general, fake_discord::Draft::text("words").file("a.png", Some("alt")))
        .expect("she may");
    let told = socket.event("MESSAGE_CREATE").await;
    assert_eq!((&told["content"], &told["attachments"]), (&json!(""), &json!([])));
    let poll = bed.anna.poll(bed.general, "Which?", &["this", "that"]).expect("she may");
    assert!(socket.event("MESSAGE_CREATE").await.get("poll").is_none());
    bed.anna.say(bed.general, &format!("<@{}> words", bed.app.bot)).expect("she may");
    assert!(
        socket.event("MESSAGE_CREATE").await["content"].as_str().is_some_and(|text| text.ends_with("words"))
    );
    bed.anna.dm(&bed.app, "in private").expect("she may");
    assert_eq!(socket.event("MESSAGE_CREATE").await["content"], "in private");
    // And by request as well.
    for message in [said, poll] {
        let found = bed.http.get(&bed.here(&format!("/messages/{message}"))).await;
        assert_eq!((found.status, &found.body["content"], found.body.get("poll")), (200, &json!(""), None));
    }
}

#[tokio::test]
async fn events_come_to_who_asked_for_them_and_sees_where_they_happen() {
    let bed = Bed::with(Permissions::VIEW_CHANNEL).await;
    let board = bed.guild.channel("board");
    bed.guild.overwrite(board, bed.guild.id, Permissions::NONE, Permissions::VIEW_CHANNEL);
    let board_role = bed.guild.role("board", Permissions::NONE);
    bed.guild.overwrite(board, board_role, Permissions::VIEW_CHANNEL, Permissions::NONE);
    bed.guild.give(&bed.anna, board_role);
    let mut all = bed.socket().await;
    let mut few = Socket::identify(&bed.discord.gateway_url(), &bed.app.token, Intents::GUILD_MEMBERS).await;
    few.event("READY").await;
    bed.anna.say(board, "hidden").expect("she may");
    bed.anna.say(bed.general, "open").expect("she may");
    assert_eq!(all.event("MESSAGE_CREATE").await["content"], "open");
    bed.bob.nick(&bed.guild, Some("Bobby")).expect("he may");
    assert_eq!(few.names_until("GUILD_MEMBER_UPDATE").await, ["GUILD_MEMBER_UPDATE"]);
}

#[tokio::test]
async fn guilds_are_shared_out_among_shards_and_conversations_come_to_the_first() {
    let bed = Bed::new().await;
    let of = bed.guild.id.number() >> 22 & 1;
    let (mine, other) = if of == 0 { ((0, 2), (1, 2)) } else { ((1, 2), (0, 2)) };
    let mut sockets = Vec::new();
    for shard in [mine, other] {
        let mut socket = Socket::open(&bed.discord.gateway_url()).await;
        socket
            .send(&identify(
                &bed.app.token,
                Intents::PRIVILEGED | Intents::GUILDS | Intents::GUILD_MESSAGES | Intents::DIRECT_MESSAGES,
                shard,
            ))
            .await;
        let ready = socket.event("READY").await;
        assert_eq!(ready["guilds"].as_array().map(Vec::len), Some(usize::from(shard == mine)));
        sockets.push((shard, socket));
    }
    bed.anna.say(bed.general, "in the guild").expect("she may");
    bed.anna.dm(&bed.app, "in private").expect("she may");
    for (shard, socket) in &mut sockets {
        let texts = match (*shard == mine, shard.0 == 0) {
            (true, true) => vec!["in the guild", "in private"],
            (true, false) => vec!["in the guild"],
            (false, true) => vec!["in private"],
            (false, false) => vec![],
        };
        for text in texts {
            assert_eq!(socket.event("MESSAGE_CREATE").await["content"], text);
        }
    }
}

#[tokio::test]
async fn members_are_sent_in_chunks_to_who_may_know_them() {
    let bed = Bed::new().await;
    for number in 0..1200 {
        bed.guild.member(&format!("member{number}"));
    }
    let mut socket = bed.socket().await;
    socket
        .send(&json!({ "op": 8, "d": { "guild_id": bed.guild.id, "query": "", "limit": 0, "nonce": "n" } }))
        .await;
    let (first, second) =
        (socket.event("GUILD_MEMBERS_CHUNK").await, socket.event("GUILD_MEMBERS_CHUNK").await);
    let count = |chunk: &serde_json::Value| chunk["members"].as_array().map_or(0, Vec::len);
    assert_eq!([count(&first), count(&second)], [1000, 204]);
    assert_eq!(
        (&first["chunk_count"], &second["chunk_index"], &second["nonce"]),
        (&json!(2), &json!(1), &json!("n"))
    );
    let ask =
        json!({ "op": 8, "d": { "guild_id": bed.guild.id, "user_ids": [bed.anna.id, "1"], "limit": 0 } });
    socket.send(&ask).await;
    let chunk = socket.event("GUILD_MEMBERS_CHUNK").await;
    assert_eq!((count(&chunk), &chunk["not_found"]), (1, &json!(["1"])));
}

#[tokio::test]
async fn who_identifies_too_often_in_a_day_loses_the_token() {
    let bed = Bed::new().await;
    bed.discord.set_gateway(|gateway| gateway.identifies_a_day = 2);
    for remaining in [1, 0] {
        bed.socket().await;
        let limit = bed.http.get("/gateway/bot").await.body["session_start_limit"].clone();
        assert_eq!(limit["remaining"], remaining);
    }
    let mut socket = bed.quiet_socket().await;
    assert_eq!(socket.closed().await, 4004);
    assert_eq!(bed.http.get("/users/@me").await.status, 401);
    assert_eq!(bed.discord.take_violations().len(), 1);
}

#[tokio::test]
async fn events_can_come_twice_late_or_never() {
    let bed = Bed::new().await;
    let mut socket = bed.socket().await;
    bed.discord.tell_twice("MESSAGE_CREATE");
    bed.anna.say(bed.general, "one").expect("she may");
    bed.discord.tell_later("MESSAGE_CREATE", 1);
    bed.anna.say(bed.general, "two").expect("she may");
    bed.anna.say(bed.general, "three").expect("she may");
    bed.discord.tell_never("MESSAGE_CREATE");
    bed.anna.say(bed.general, "four").expect("she may");
    bed.anna.say(bed.general, "five").expect("she may");
    for text in ["one", "one", "three", "two", "five"] {
        assert_eq!(socket.event("MESSAGE_CREATE").await["content"], text);
    }
}

#[tokio::test]
async fn who_says_too_much_is_closed_out() {
    let bed = Bed::new().await;
    let mut socket = bed.socket().await;
    socket.send(&json!({ "op": 3, "d": "x".repeat(5000) })).await;
    assert_eq!(socket.closed().await, 4002);
    let mut socket = bed.socket().await;
    for _ in 0..121 {
        socket.send(&json!({ "op": 1, "d": null })).await;
    }
    assert_eq!(socket.closed().await, 4008);
    assert_eq!(bed.discord.take_violations().len(), 2);
}

#[tokio::test]
async fn nothing_but_this_machine_is_addressed() {
    let bed = Bed::new().await;
    bed.socket().await;
    bed.http.get("/users/@me").await;
    assert!(
        bed.discord.hosts_seen().iter().all(|host| host.starts_with("127.0.0.1:")),
        "{:?}",
        bed.discord.hosts_seen()
    );
    assert!(bed.discord.violations().is_empty());
    let fake: &FakeDiscord = &bed.discord;
    assert!(
        fake.api_base().starts_with("http://127.0.0.1:") && fake.gateway_url().starts_with("ws://127.0.0.1:")
    );
}

#[tokio::test]
async fn where_it_is_counted_only_one_identifies_in_five_seconds() {
    let bed = Bed::new().await;
    bed.discord.set_gateway(|gateway| gateway.counts_concurrency = true);
    bed.socket().await;
    let mut second = bed.quiet_socket().await;
    assert_eq!(second.frame_of(9).await["d"], false);
    bed.discord.advance(Duration::from_secs(5));
    bed.socket().await;
}

#[tokio::test]
async fn where_it_is_limited_all_members_can_be_asked_for_twice_a_minute() {
    let bed = Bed::new().await;
    bed.discord.set_gateway(|gateway| gateway.limits_member_requests = true);
    let mut socket = bed.socket().await;
    let ask = json!({ "op": 8, "d": { "guild_id": bed.guild.id, "query": "", "limit": 0, "nonce": "n" } });
    socket.send(&ask).await;
    socket.event("GUILD_MEMBERS_CHUNK").await;
    socket.send(&ask).await;
    assert_eq!(socket.event("RATE_LIMITED").await["meta"], json!({ "guild_id": bed.guild.id, "nonce": "n" }));
    bed.discord.advance(Duration::from_secs(30));
    socket.send(&ask).await;
    socket.event("GUILD_MEMBERS_CHUNK").await;
}

#[tokio::test]
async fn a_session_that_is_said_to_be_resumable_can_be_resumed() {
    let bed = Bed::new().await;
    let mut socket = bed.quiet_socket().await;
    let ready = socket.event("READY").await;
    socket.event("GUILD_CREATE").await;
    bed.discord.invalidate_sessions(true);
    assert_eq!(socket.frame_of(9).await["d"], true);
    // It comes back before the old connection is noticed to be gone: that one ends.
    let mut again = Socket::open(ready["resume_gateway_url"].as_str().expect("there is one")).await;
    let session = ready["session_id"].as_str().expect("there is one");
    again.send(&resume(&bed.app.token, session, socket.seq)).await;
    again.event("RESUMED").await;
    assert_eq!(socket.closed().await, 0);
    bed.anna.say(bed.general, "here").expect("she may");
    assert_eq!(again.event("MESSAGE_CREATE").await["content"], "here");
}

#[tokio::test]
async fn who_says_goodbye_ends_the_session_and_who_asks_for_what_never_was_cannot_resume() {
    let bed = Bed::new().await;
    let mut socket = bed.quiet_socket().await;
    let session = socket.event("READY").await["session_id"].as_str().expect("there is one").to_owned();
    for seq in [1_000_000, 0] {
        let mut again = Socket::open(&bed.discord.gateway_url()).await;
        again.send(&resume(&bed.app.token, &session, seq)).await;
        // What never was cannot be resumed; and then the session is over.
        again.frame_of(9).await;
    }
    let mut socket = bed.quiet_socket().await;
    let session = socket.event("READY").await["session_id"].as_str().expect("there is one").to_owned();
    socket.leave(1000).await;
    bed.discord.wait_for("the end", |world| (world.connected() == 0).then_some(())).await;
    let mut again = Socket::open(&bed.discord.gateway_url()).await;
    again.send(&resume(&bed.app.token, &session, 1)).await;
    again.frame_of(9).await;
}

#[tokio::test]
async fn what_clients_say_is_kept_in_order() {
    let bed = Bed::new().await;
    let mut socket = bed.quiet_socket().await;
    let ready = socket.event("READY").await;
    socket.send(&json!({ "op": 1, "d": null })).await;
    let mut again = Socket::open(&bed.discord.gateway_url()).await;
    again
        .send(&resume(&bed.app.token, ready["session_id"].as_str().expect("there is one"), socket.seq))
        .await;
    again.event("RESUMED").await;
    let said: Vec<_> = bed.discord.frames().iter().map(|frame| (frame.connection, frame.op)).collect();
    assert_eq!(said, [(1, 2), (2, 6)]);
}

#[tokio::test]
async fn a_gateway_that_is_down_throws_everybody_out_and_one_that_is_mute_greets_nobody() {
    let bed = Bed::new().await;
    bed.discord.set_gateway(|gateway| gateway.is_down = true);
    let url = format!("{}/?v=10&encoding=json", bed.discord.gateway_url());
    assert!(tokio_tungstenite::connect_async(&url).await.is_err());
    bed.discord.set_gateway(|gateway| (gateway.is_down, gateway.greets) = (false, false));
    let (mut stream, _) = tokio_tungstenite::connect_async(&url).await.expect("it listens");
    bed.discord.ask_to_reconnect();
    let first = futures_util::StreamExt::next(&mut stream).await.expect("it goes on").expect("it is read");
    assert!(first.to_text().is_ok_and(|text| text.contains("\"op\":7")), "{first}");
}
