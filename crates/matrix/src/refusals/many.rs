//! Of what concerns many rooms: one that refuses, one that the bot is put out of, one that it enters later.

use matrix_sdk::config::SyncSettings;
use policy::MessageText;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::translate::event::Event;
use crate::translate::post;

const SECOND: &str = "!second:b.example";
const BEN: &str = "@ben:b.example";

fn id(room: &str) -> matrix_sdk::ruma::OwnedRoomId {
    RoomId::parse(room).unwrap()
}

fn done() -> ResponseTemplate {
    json_answer(200, &json!({}))
}

fn stands(membership: &str) -> ResponseTemplate {
    json_answer(200, &json!({ "membership": membership }))
}

/// The bot in both rooms, and put out of a third.
async fn in_two(server: &MatrixMockServer) -> Hands {
    let hands = in_channel(server).await;
    server.sync_joined_room(&hands.shared.client, &id(SECOND)).await;
    for room in [SECOND, "!away:b.example"] {
        hands.shared.places.set(&id(room), Place::Channel(group().group));
    }
    hands
}

#[tokio::test]
async fn a_room_that_refuses_keeps_nobody_in_or_out_of_the_others() {
    let refusals = [
        (json_answer(403, &said("M_FORBIDDEN")), "forbidden", 1),
        (json_answer(502, &said("M_UNKNOWN")), "unanswered", 1),
        (json_answer(429, &limited(2000)), "all wait 2s", 0),
    ];
    let (member, until) = (alice(), None);
    let levels = || json!({ "users": { ALICE: 0 } });
    let muted = || json!({ "users": { ALICE: -1 } });
    let rows = [
        (Action::Exclude { member: member.clone(), until }, "POST", "/ban$", json!({ "membership": "join" })),
        (Action::Admit { member: member.clone() }, "POST", "/unban$", json!({ "membership": "ban" })),
        (
            Action::Mute { member: member.clone(), until: Timestamp::from_millis(0) },
            "PUT",
            "/m.room.power_levels",
            levels(),
        ),
        (Action::Unmute { member }, "PUT", "/m.room.power_levels", muted()),
    ];
    for (action, verb, path, state) in rows {
        for (refusal, want, others) in refusals.clone() {
            let server = MatrixMockServer::new().await;
            let hands = in_two(&server).await;
            answer(&server, "GET", "/state/m.room.(member|power_levels)/", 99, json_answer(200, &state))
                .await;
            answer(&server, verb, &format!("channel.*{path}"), 1, refusal).await;
            answer(&server, verb, path, 9, json_answer(200, &json!({ "event_id": "$done" }))).await;
            answer(&server, "POST", "/invite$", 9, done()).await;
            let result = hands.apply(effect(1), &action).await;
            assert_eq!(what_follows(&result), want, "{action:?}");
            let asked = server.server().received_requests().await.unwrap();
            let asked = asked.iter().filter(|asked| asked.method.as_str() == verb);
            let part = path.trim_end_matches('$');
            let asked =
                asked.filter(|asked| asked.url.path().contains("second") && asked.url.path().contains(part));
            assert_eq!(asked.count(), others, "{action:?}: {want}");
        }
    }
}

#[tokio::test]
async fn a_name_goes_in_every_room_that_lets_it() {
    let server = MatrixMockServer::new().await;
    let hands = in_two(&server).await;
    let worn = json!({
        "event_id": "$worn", "sender": ALICE, "state_key": ALICE, "type": "m.room.member", "origin_server_ts": 1,
        "room_id": CHANNEL, "content": { "membership": "join", "displayname": "something" },
    });
    let event = Event::parse(&worn.to_string()).unwrap();
    let channel = ChannelId::new(CHANNEL).unwrap();
    let spot = post::Place { group: group().group, channel, name: MessageText::new("Alice") };
    let post = post::nickname_post(&event, &spot).unwrap().id;
    answer(&server, "GET", "channel.*/members$", 9, json_answer(502, &said("M_UNKNOWN"))).await;
    answer(&server, "GET", "/members$", 9, json_answer(200, &json!({ "chunk": [worn] }))).await;
    answer(&server, "PUT", "/redact/", 1, json_answer(200, &json!({ "event_id": "$done" }))).await;
    let remove = Action::Remove {
        channel: ChannelId::new(CHANNEL).unwrap(),
        post,
        kind: PostKind::Nickname,
        author: alice(),
    };
    assert_eq!(what_follows(&hands.apply(effect(1), &remove).await), "unanswered");
    assert_eq!(asked(&server, "second").await.iter().filter(|path| path.contains("/redact/")).count(), 1);
}

#[tokio::test]
async fn where_the_bot_is_in_no_room_nothing_counts_as_done() {
    let server = MatrixMockServer::new().await;
    let hands = hands(server.client_builder()).await;
    hands.shared.places.set(&id("!away:b.example"), Place::Channel(group().group));
    let exclude = Action::Exclude { member: alice(), until: None };
    assert_eq!(what_follows(&hands.apply(effect(1), &exclude).await), "unreachable");
    let exclusions = hands.exclusions(&group().group, &[alice()]).await;
    assert!(matches!(exclusions, Err(DeliveryError::Unreachable(_))), "not that nobody is kept out");
}

#[tokio::test]
async fn an_exclusion_makes_the_way_back_anew() {
    let server = MatrixMockServer::new().await;
    let hands = in_two(&server).await;
    let member = "/state/m.room.member/";
    answer(&server, "POST", "/(ban|unban)$", 99, done()).await;
    // They were in the first room only, and are admitted as far as that one has room for invitations.
    answer(&server, "GET", &format!("channel.*{member}"), 1, stands("join")).await;
    answer(&server, "GET", &format!("channel.*{member}"), 2, stands("ban")).await;
    answer(&server, "GET", &format!("channel.*{member}"), 1, stands("leave")).await;
    answer(&server, "GET", &format!("second.*{member}"), 1, stands("leave")).await;
    answer(&server, "GET", &format!("second.*{member}"), 2, stands("ban")).await;
    answer(&server, "POST", "/invite$", 1, json_answer(429, &limited(60_000))).await;
    let (exclude, admit) =
        (Action::Exclude { member: alice(), until: None }, Action::Admit { member: alice() });
    assert_eq!(what_follows(&hands.apply(effect(1), &exclude).await), "Done");
    assert_eq!(what_follows(&hands.apply(effect(2), &admit).await), "this waits 60s");

    // Meanwhile they were let into the second by somebody, and are put out again.
    answer(&server, "GET", &format!("channel.*{member}"), 1, stands("leave")).await;
    answer(&server, "GET", &format!("second.*{member}"), 1, stands("join")).await;
    assert_eq!(what_follows(&hands.apply(effect(3), &exclude).await), "Done");
    answer(&server, "GET", member, 4, stands("ban")).await;
    answer(&server, "GET", member, 9, stands("leave")).await;
    answer(&server, "POST", "/invite$", 9, done()).await;
    assert_eq!(what_follows(&hands.apply(effect(4), &admit).await), "Done");
    let invited = asked(&server, "/invite").await;
    assert!(invited.iter().any(|path| path.contains("second")), "{invited:?}");
}

fn banned(by: &str) -> Value {
    json!({ "chunk": [
        {
            "event_id": "$one", "sender": by, "state_key": ALICE, "type": "m.room.member", "origin_server_ts": 1,
            "content": { "membership": "ban" },
        },
        {
            "event_id": "$two", "sender": "@mo:b.example", "state_key": BEN, "type": "m.room.member",
            "origin_server_ts": 1, "content": { "membership": "ban" },
        },
    ] })
}

#[tokio::test]
async fn exclusions_are_carried_into_a_new_room_once() {
    let server = MatrixMockServer::new().await;
    let hands = in_two(&server).await;
    answer(&server, "GET", "channel.*/members$", 9, json_answer(200, &banned("@example:localhost"))).await;
    answer(&server, "GET", "/members$", 9, json_answer(200, &json!({ "chunk": [] }))).await;
    // The bot is given its powers only afterwards.
    answer(&server, "POST", "second.*/ban$", 1, json_answer(403, &said("M_FORBIDDEN"))).await;
    answer(&server, "POST", "second.*/ban$", 9, done()).await;
    let shared = &hands.shared;
    let of = group().group;
    let second = id(SECOND);
    assert!(matches!(shared.carry_over(&of, &second).await, Err(DeliveryError::Forbidden)));
    for tried in 0..3 {
        shared.carry_into_new(&of).await;
        let bans = asked(&server, "/ban").await;
        assert_eq!(bans.len(), 2, "once after it was refused; {tried}: {bans:?}");
        assert!(bans.iter().all(|path| path.contains("second")), "{bans:?}");
    }
    // Put out of it and back, the bot does not know what happened there meanwhile.
    shared.is_new_in(&second).await;
    shared.carry_into_new(&of).await;
    assert_eq!(asked(&server, "/ban").await.len(), 3);
}

#[tokio::test]
async fn whoever_was_never_asked_into_their_room_is_asked_in() {
    let left = || json_answer(200, &json!({ "membership": "leave" }));
    let rows = [
        (json_answer(404, &said("M_NOT_FOUND")), done(), "Done", 1),
        (json_answer(404, &said("M_NOT_FOUND")), json_answer(403, &said("M_INVITE_BLOCKED")), "forbidden", 1),
        (left(), done(), "forbidden", 0),
        (stands("ban"), done(), "forbidden", 0),
        (stands("invite"), done(), "Done", 0),
    ];
    for (membership, invited, want, invitations) in rows {
        let server = MatrixMockServer::new().await;
        let hands = in_channel(&server).await;
        server.sync_joined_room(&hands.shared.client, &id("!door:b.example")).await;
        let private = crate::places::Private { group: group().group, member: alice(), with_officers: false };
        hands.shared.places.set(&id("!door:b.example"), Place::Private(private));
        let shown = format!("{membership:?}");
        answer(&server, "GET", "door.*/state/m.room.member/", 9, membership).await;
        answer(&server, "POST", "door.*/invite$", 1, invited).await;
        answer(&server, "PUT", "/send/", 1, json_answer(200, &json!({ "event_id": "$letter" }))).await;
        assert_eq!(what_follows(&hands.apply(effect(1), &direct()).await), want, "{shown}");
        assert_eq!(asked(&server, "/invite").await.len(), invitations, "{shown}");
    }
}

/// An invitation into a room that says it replaces the group's.
fn invitation(from: &str, is_direct: bool) -> Value {
    let event = |kind: &str, key: &str, content: Value| json!({ "type": kind, "state_key": key, "sender": from, "content": content });
    let create = json!({ "room_version": "11", "predecessor": { "room_id": CHANNEL, "event_id": "$last" } });
    let member = json!({ "membership": "invite", "is_direct": is_direct });
    let events = [event("m.room.create", "", create), event("m.room.member", "@example:localhost", member)];
    json!({
        "next_batch": "next",
        "rooms": { "invite": { "!asked:b.example": { "invite_state": { "events": events } } } },
    })
}

#[tokio::test]
async fn invitations_are_answered_for_what_they_are() {
    let (officer, member, stranger) = ("@mo:b.example", ALICE, "@mallory:b.example");
    // Whether it is accepted, and whether the bot makes a room of its own for them.
    let rows = [
        (officer, false, true, 0),
        (officer, true, false, 1),
        (member, false, false, 0),
        (member, true, false, 1),
        (stranger, false, false, 0),
        (stranger, true, false, 0),
    ];
    for (from, is_direct, accepted, made) in rows {
        let server = MatrixMockServer::new().await;
        let client = server.client_builder().build().await;
        let group = group();
        group.officers.set(MemberId::new(officer));
        let settings =
            AccountSettings { groups: vec![group.clone()], ..settings("unused", Path::new("unused")) };
        let me = owned_user_id!("@example:localhost");
        let shared = Arc::new(Shared::new(client, me, settings, Arc::new(StoodStill)));
        server.mock_room_state_encryption().plain().mount().await;
        server.sync_joined_room(&shared.client, &id(CHANNEL)).await;
        shared.places.set(&id(CHANNEL), Place::Channel(group.group));
        answer(&server, "GET", "channel.*/m.room.member/@alice", 9, stands("join")).await;
        answer(&server, "GET", "/m.room.member/", 9, json_answer(404, &said("M_NOT_FOUND"))).await;
        answer(&server, "POST", "asked.*/leave$", 1, json_answer(502, &said("M_UNKNOWN"))).await;
        answer(&server, "POST", "asked.*/leave$", 9, done()).await;
        answer(&server, "POST", "join", 9, json_answer(200, &json!({ "room_id": "!asked:b.example" }))).await;
        let door = json!({ "room_id": "!door:b.example" });
        answer(&server, "POST", "/createRoom$", 9, json_answer(200, &door)).await;
        let greeted = Mock::given(method("PUT")).and(path_regex("door.*/send/"));
        let event = json!({ "event_id": "$greeting" });
        greeted.respond_with(json_answer(200, &event)).mount(server.server()).await;
        answer(&server, "GET", "/sync$", 1, json_answer(200, &invitation(from, is_direct))).await;
        shared.client.sync_once(SyncSettings::default()).await.unwrap();
        let room = shared.client.get_room(&id("!asked:b.example")).unwrap();
        shared.invited(&room).await;

        let case = format!("{from} {is_direct}");
        assert_eq!(asked(&server, "leave").await.len(), 0, "{case}: the ear does not wait for it");
        assert_eq!(!asked(&server, "join").await.is_empty(), accepted, "{case}");
        let stop = CancellationToken::new();
        let wanted = async {
            loop {
                let (left, doors) =
                    (asked(&server, "leave").await.len(), asked(&server, "/createRoom").await.len());
                if (accepted || left == 2) && doors == made {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            () = shared.run_errands(stop.clone()) => {}
            () = wanted => {}
        }
        let left = asked(&server, "leave").await;
        assert!(left.iter().all(|path| path.contains("asked")), "{case}: {left:?}");
        assert_eq!(left.len(), if accepted { 0 } else { 2 }, "{case}: declined when it was tried again");
    }
}

#[tokio::test]
async fn only_rooms_in_which_whoever_asks_is_are_read_for_them() {
    let event = json!({
        "event_id": "$post", "sender": BEN, "type": "m.room.message", "origin_server_ts": 1,
        "content": { "msgtype": "m.text", "body": "something" },
    });
    for elsewhere in ["leave", "invite", "ban"] {
        let server = MatrixMockServer::new().await;
        let hands = in_two(&server).await;
        answer(&server, "GET", "channel.*/state/m.room.member/", 1, stands("join")).await;
        answer(&server, "GET", "second.*/state/m.room.member/", 1, stands(elsewhere)).await;
        let page = json!({ "start": "s", "chunk": [event] });
        answer(&server, "GET", "/messages$", 9, json_answer(200, &page)).await;
        let told = hands.history(&group().group, &alice(), 5).await.unwrap();
        assert_eq!((told.posts.len(), told.channels, told.unseen, told.closed), (1, 1, 1, 1), "{elsewhere}");
        assert_eq!(told.posts[0].channel.as_str(), CHANNEL);

        let before = asked(&server, "/rooms/").await.len();
        let nobody = MemberId::new("nobody").unwrap();
        let told = hands.history(&group().group, &nobody, 5).await.unwrap();
        assert_eq!((told.posts.len(), told.channels, told.unseen, told.closed), (0, 0, 2, 1));
        assert_eq!(asked(&server, "/rooms/").await.len(), before, "nothing is asked for whom nobody knows");
    }
}

/// A room says to whom it shows what was written.
async fn shows_to(server: &MatrixMockServer, hands: &Hands, visibility: &str) {
    let event = json!({
        "event_id": "$shown", "sender": BEN, "state_key": "", "type": "m.room.history_visibility",
        "origin_server_ts": 1, "content": { "history_visibility": visibility },
    });
    let room = json!({ (CHANNEL): { "state": { "events": [event] } } });
    let sync = json!({ "next_batch": "shown", "rooms": { "join": room } });
    answer(server, "GET", "/sync$", 1, json_answer(200, &sync)).await;
    hands.shared.client.sync_once(SyncSettings::default()).await.unwrap();
}

/// Alice was asked into the room and came, and somebody wrote before, between and after. The server has more.
fn came() -> Value {
    let post = |at: i64| {
        json!({
            "event_id": format!("$post{at}"), "sender": BEN, "type": "m.room.message", "origin_server_ts": at,
            "content": { "msgtype": "m.text", "body": "something" },
        })
    };
    let member = |at: i64, now: &str, before: Value| {
        json!({
            "event_id": format!("$member{at}"), "sender": BEN, "state_key": ALICE, "type": "m.room.member",
            "origin_server_ts": at, "content": { "membership": now }, "unsigned": before,
        })
    };
    let invited = json!({ "prev_content": { "membership": "invite" }, "replaces_state": "$member2" });
    let chunk = [post(5), member(4, "join", invited), post(3), member(2, "invite", json!({})), post(1)];
    json!({ "start": "s", "end": "older", "chunk": chunk })
}

#[tokio::test]
async fn a_room_is_read_only_as_far_back_as_it_shows_itself_to_whoever_asks() {
    // How many posts are asked for and told, whether more is there that they do not see, and how many pages are asked for.
    let rows =
        [("shared", 5, 3, 0, 2), ("invited", 5, 2, 1, 1), ("joined", 5, 1, 1, 1), ("joined", 1, 1, 0, 1)];
    for (visibility, limit, posts, unseen, pages) in rows {
        let server = MatrixMockServer::new().await;
        let hands = in_channel(&server).await;
        shows_to(&server, &hands, visibility).await;
        answer(&server, "GET", "/state/m.room.member/", 1, stands("join")).await;
        answer(&server, "GET", "/messages$", 1, json_answer(200, &came())).await;
        let end = json!({ "start": "older", "chunk": [] });
        answer(&server, "GET", "/messages$", 9, json_answer(200, &end)).await;
        let told = hands.history(&group().group, &alice(), limit).await.unwrap();
        let case = format!("{visibility}, {limit} posts");
        assert_eq!((told.posts.len(), told.unseen), (posts, unseen), "{case}");
        assert_eq!((told.channels, told.closed, told.cut_short), (1, 0, 0), "{case}");
        assert_eq!(asked(&server, "/messages").await.len(), pages, "{case}");
    }
}

#[tokio::test]
async fn where_it_is_not_known_whether_somebody_is_in_a_room_it_is_not_read() {
    let rows =
        [(json_answer(404, &said("M_NOT_FOUND")), (0, 1)), (json_answer(403, &said("M_FORBIDDEN")), (1, 0))];
    for (refusal, want) in rows {
        let server = MatrixMockServer::new().await;
        let hands = in_channel(&server).await;
        answer(&server, "GET", "/state/m.room.member/", 1, refusal).await;
        let told = hands.history(&group().group, &alice(), 5).await.unwrap();
        assert_eq!((told.closed, told.unseen), want);
        assert!(asked(&server, "/messages").await.is_empty());
    }
}
