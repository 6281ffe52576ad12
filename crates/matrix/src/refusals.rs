//! Tests of what the bot makes of a server that refuses, breaks, or is not there.

mod examined;
mod many;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use matrix_sdk::config::{RequestConfig, SyncSettings};
use matrix_sdk::ruma::{RoomId, owned_user_id};
use matrix_sdk::test_utils::client::MockClientBuilder;
use matrix_sdk::test_utils::mocks::MatrixMockServer;
use platform::fake::effect;
use platform::{Action, DeliveryError, Officers, Outbound as _, Receipt};
use policy::{ChannelId, Clock, GroupId, Letter, MemberId, PostId, PostKind, Timestamp};
use serde_json::{Value, json};
use wiremock::matchers::{method, path_regex};
use wiremock::{Mock, ResponseTemplate};

use crate::account::{Account, Shared};
use crate::outbound::Hands;
use crate::places::Place;
use crate::settings::{AccountSettings, Credentials, GroupSettings, Hidden, Secret};

const CHANNEL: &str = "!channel:b.example";
const ALICE: &str = "@alice:b.example";
const SECRET: &str = "a-secret-of-the-account";
/// A port that nobody listens at.
const NOBODY: &str = "http://127.0.0.1:1";

#[derive(Debug)]
struct StoodStill;

impl Clock for StoodStill {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_795_269_900_000)
    }
    fn steady_ms(&self) -> i64 {
        0
    }
}

fn group() -> GroupSettings {
    GroupSettings {
        group: GroupId::new("group").unwrap(),
        name: "Tea and talk".to_owned(),
        zone: chrono_tz::Europe::London,
        rooms: vec![CHANNEL.to_owned()],
        space: None,
        management_room: "!officers:b.example".to_owned(),
        direct_on_join: false,
        officers: Officers::default(),
    }
}

fn settings(homeserver: &str, store: &Path) -> AccountSettings {
    AccountSettings {
        id: "main".to_owned(),
        homeserver: homeserver.to_owned(),
        user: "beadle".to_owned(),
        store: store.to_owned(),
        commands: BTreeSet::from(["case".to_owned(), "wordlist list".to_owned()]),
        confirmed: BTreeSet::new(),
        lengthy: BTreeSet::new(),
        groups: vec![group()],
    }
}

/// The bot under whatever account `client` makes, before any server is asked.
async fn hands(client: MockClientBuilder) -> Hands {
    let client = client.build().await;
    let settings = settings("unused", Path::new("unused"));
    let shared = Shared::new(client, owned_user_id!("@example:localhost"), settings, Arc::new(StoodStill));
    shared.set_entered();
    Hands { shared: Arc::new(shared), group: group() }
}

/// The bot in the group's channel, where nothing is encrypted.
async fn in_channel(server: &MatrixMockServer) -> Hands {
    let hands = hands(server.client_builder()).await;
    let channel = RoomId::parse(CHANNEL).unwrap();
    server.mock_room_state_encryption().plain().mount().await;
    server.sync_joined_room(&hands.shared.client, &channel).await;
    hands.shared.places.set(&channel, Place::Channel(group().group));
    hands
}

fn alice() -> MemberId {
    MemberId::new(ALICE).unwrap()
}

fn announce() -> Action {
    Action::Announce { channel: ChannelId::new(CHANNEL).unwrap(), letter: Letter::line("Be kind.") }
}

fn direct() -> Action {
    Action::Direct { to: alice(), letter: Letter::line("Your post was removed."), or_shown_since: None }
}

fn said(code: &str) -> Value {
    json!({ "errcode": code, "error": "said for people" })
}

fn limited(wait_ms: u64) -> Value {
    json!({ "errcode": "M_LIMIT_EXCEEDED", "error": "slow down", "retry_after_ms": wait_ms })
}

/// Answers requests of that kind so; those that were prepared earlier come first.
async fn answer(server: &MatrixMockServer, verb: &str, path: &str, times: u64, answer: ResponseTemplate) {
    let mock = Mock::given(method(verb)).and(path_regex(path)).respond_with(answer);
    mock.up_to_n_times(times).mount(server.server()).await;
}

fn json_answer(status: u16, body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(body)
}

fn what_follows(answer: &Result<Receipt, DeliveryError>) -> String {
    match answer {
        Ok(receipt) => format!("{receipt:?}"),
        Err(DeliveryError::RateLimited(wait)) => format!("all wait {wait:?}"),
        Err(DeliveryError::NotYet(wait)) => format!("this waits {wait:?}"),
        Err(DeliveryError::Forbidden) => "forbidden".to_owned(),
        Err(DeliveryError::Gone) => "gone".to_owned(),
        Err(DeliveryError::Unreachable(_)) => "unreachable".to_owned(),
        Err(DeliveryError::Unanswered(_)) => "unanswered".to_owned(),
        Err(other) => format!("{other:?}"),
    }
}

/// Paths of what was asked so.
async fn asked(server: &MatrixMockServer, part: &str) -> Vec<String> {
    let requests = server.server().received_requests().await.unwrap();
    let paths = requests.iter().map(|request| request.url.path().to_owned());
    paths.filter(|path| path.contains(part)).collect()
}

#[tokio::test]
async fn each_refusal_of_a_letter_is_called_by_its_name() {
    let html = || ResponseTemplate::new(404).set_body_string("<h1>Not found</h1>");
    let rows = [
        (json_answer(429, &limited(2500)), "all wait 2.5s"),
        (json_answer(429, &said("M_LIMIT_EXCEEDED")), "all wait 5s"),
        (ResponseTemplate::new(429), "all wait 5s"),
        (json_answer(403, &said("M_FORBIDDEN")), "forbidden"),
        (json_answer(403, &said("M_USER_SUSPENDED")), "forbidden"),
        (json_answer(413, &said("M_TOO_LARGE")), "forbidden"),
        (json_answer(400, &said("M_BAD_JSON")), "forbidden"),
        (json_answer(401, &said("M_UNKNOWN_TOKEN")), "unreachable"),
        (json_answer(404, &said("M_NOT_FOUND")), "gone"),
        (html(), "unanswered"),
        (json_answer(500, &said("M_UNKNOWN")), "unanswered"),
        (ResponseTemplate::new(502), "unanswered"),
        (ResponseTemplate::new(200).set_body_string("{}"), "unanswered"),
    ];
    for (refusal, want) in rows {
        let server = MatrixMockServer::new().await;
        let hands = in_channel(&server).await;
        let shown = format!("{refusal:?}");
        answer(&server, "PUT", "/send/", 1, refusal).await;
        let result = hands.apply(effect(1), &announce()).await;
        assert_eq!(what_follows(&result), want, "{shown}");
    }
}

#[tokio::test]
async fn what_officers_are_told_together_says_how_commands_begin_there() {
    let server = MatrixMockServer::new().await;
    let hands = in_channel(&server).await;
    hands.shared.places.set(&RoomId::parse(CHANNEL).unwrap(), Place::Management(group().group));
    answer(&server, "PUT", "/send/", 1, json_answer(200, &json!({ "event_id": "$told" }))).await;
    let tell = Action::TellOfficers { letter: Letter::line("See `case B-0001`.") };
    assert_eq!(what_follows(&hands.apply(effect(1), &tell).await), "Done");
    let sent = server.server().received_requests().await.unwrap();
    let sent = sent.iter().find(|request| request.url.path().contains("/send/")).unwrap();
    let content: Value = serde_json::from_slice(&sent.body).unwrap();
    assert_eq!(content["body"], "See `!beadle case B-0001`.");
}

#[tokio::test]
async fn whoever_becomes_an_officer_can_ask_the_bot_in_and_whoever_was_one_cannot() {
    let server = MatrixMockServer::new().await;
    let hands = hands(server.client_builder()).await;
    answer(&server, "POST", "/join$", 9, json_answer(200, &json!({ "room_id": CHANNEL }))).await;
    // Whoever serves the group keeps a clone like this one.
    let kept = hands.shared.settings.groups[0].officers.clone();
    for (number, (officers, joined)) in
        [(Vec::new(), 0), (vec![alice()], 1), (Vec::new(), 1)].into_iter().enumerate()
    {
        kept.set(officers);
        let room = RoomId::parse(format!("!invited{number}:b.example")).unwrap();
        let event = json!({
            "type": "m.room.member", "state_key": "@example:localhost", "sender": ALICE,
            "content": { "membership": "invite" },
        });
        let invite = json!({ room.as_str(): { "invite_state": { "events": [event] } } });
        let sync = json!({ "next_batch": number.to_string(), "rooms": { "invite": invite } });
        answer(&server, "GET", "/sync", 1, json_answer(200, &sync)).await;
        let client = &hands.shared.client;
        client.sync_once(SyncSettings::default()).await.unwrap();
        hands.shared.invited(&client.get_room(&room).unwrap()).await;
        assert_eq!(asked(&server, "/join").await.len(), joined);
    }
}

#[tokio::test]
async fn rooms_and_invitations_have_limits_of_their_own() {
    let rows = [
        (json_answer(429, &limited(62_500)), "this waits 62.5s"),
        (json_answer(429, &limited(4900)), "all wait 4.9s"),
        (json_answer(429, &said("M_LIMIT_EXCEEDED")), "all wait 5s"),
        (json_answer(403, &said("M_INVITE_BLOCKED")), "forbidden"),
        (json_answer(403, &said("M_FORBIDDEN")), "forbidden"),
        (json_answer(500, &said("M_UNKNOWN")), "unanswered"),
    ];
    for (refusal, want) in rows {
        let server = MatrixMockServer::new().await;
        let hands = hands(server.client_builder()).await;
        let shown = format!("{refusal:?}");
        answer(&server, "POST", "/createRoom$", 1, refusal).await;
        let result = hands.apply(effect(1), &direct()).await;
        assert_eq!(what_follows(&result), want, "{shown}");
        assert_eq!(asked(&server, "/createRoom").await.len(), 1, "{shown}: asked once");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_has_done_nothing_and_one_that_is_silent_may_have() {
    let nowhere = hands(MockClientBuilder::new(Some(NOBODY))).await;
    assert_eq!(what_follows(&nowhere.apply(effect(1), &direct()).await), "unreachable");

    let server = MatrixMockServer::new().await;
    let impatient = RequestConfig::new().disable_retry().timeout(Duration::from_millis(200));
    let hands = hands(server.client_builder().on_builder(|builder| builder.request_config(impatient))).await;
    let late = ResponseTemplate::new(200).set_delay(Duration::from_secs(60));
    answer(&server, "POST", "/createRoom$", 1, late).await;
    assert_eq!(what_follows(&hands.apply(effect(1), &direct()).await), "unanswered");
}

#[tokio::test]
async fn before_the_rooms_are_known_nothing_counts_as_done() {
    let server = MatrixMockServer::new().await;
    let client = server.client_builder().build().await;
    let settings = settings("unused", Path::new("unused"));
    let shared = Shared::new(client, owned_user_id!("@example:localhost"), settings, Arc::new(StoodStill));
    let hands = Hands { shared: Arc::new(shared), group: group() };
    let not_yet =
        |error: DeliveryError| matches!(error, DeliveryError::RateLimited(wait) if wait.as_secs() == 1);

    let until = None;
    for action in [direct(), Action::Exclude { member: alice(), until }, Action::Admit { member: alice() }] {
        let result = hands.apply(effect(1), &action).await;
        assert_eq!(what_follows(&result), "all wait 1s", "{action:?}");
    }
    let id = group().group;
    assert!(hands.account(&id, &alice()).await.is_err_and(not_yet), "nobody is unknown yet");
    assert!(hands.exclusions(&id, &[alice()]).await.is_err_and(not_yet), "nobody is let in yet");
    assert!(hands.members(&id).await.is_err_and(not_yet), "names are not to be left uncovered");
    assert!(asked(&server, "").await.iter().all(|path| path.contains("versions")), "no server is asked");
}

#[tokio::test]
async fn no_error_says_whom_it_is_about() {
    let about = json!({ "errcode": "M_UNKNOWN", "error": format!("You cannot ban {ALICE}") });
    let impatient = RequestConfig::new().disable_retry().timeout(Duration::from_millis(200));
    let late = ResponseTemplate::new(200).set_delay(Duration::from_secs(60));
    for (trouble, told) in [(json_answer(500, &about), "500 M_UNKNOWN"), (late, "timed out")] {
        let server = MatrixMockServer::new().await;
        let client = server.client_builder().on_builder(|builder| builder.request_config(impatient));
        let hands = hands(client).await;
        answer(&server, "GET", "alice", 1, trouble).await;
        let room = RoomId::parse(CHANNEL).unwrap();
        let asked = crate::calls::state(&hands.shared.client, &room, "m.room.member", ALICE).await;
        let mut all = String::new();
        let error = crate::error::delivery(asked.unwrap_err());
        let mut source: Option<&dyn std::error::Error> = Some(&error);
        while let Some(error) = source {
            all.push_str(&format!("{error} {error:?} "));
            source = error.source();
        }
        assert!(all.contains(told) && !all.contains("alice"), "{all}");
    }
}

#[tokio::test]
async fn an_admission_goes_on_where_invitations_were_used_up() {
    let server = MatrixMockServer::new().await;
    let hands = in_channel(&server).await;
    let stands = |membership: &str| json_answer(200, &json!({ "membership": membership }));
    answer(&server, "GET", "/state/m.room.member/", 2, stands("ban")).await;
    answer(&server, "GET", "/state/m.room.member/", 9, stands("leave")).await;
    answer(&server, "POST", "/unban$", 1, json_answer(200, &json!({}))).await;
    answer(&server, "POST", "/invite$", 1, json_answer(429, &limited(60_000))).await;
    answer(&server, "POST", "/invite$", 1, json_answer(200, &json!({}))).await;
    let admit = Action::Admit { member: alice() };
    assert_eq!(what_follows(&hands.apply(effect(1), &admit).await), "this waits 60s");
    assert_eq!(what_follows(&hands.apply(effect(1), &admit).await), "Done");
    assert_eq!(what_follows(&hands.apply(effect(1), &admit).await), "AlreadyDone");
    assert_eq!((asked(&server, "/unban").await.len(), asked(&server, "/invite").await.len()), (1, 2));
}

#[tokio::test]
async fn what_was_not_answered_is_asked_again_under_its_name() {
    let server = MatrixMockServer::new().await;
    let hands = in_channel(&server).await;
    answer(&server, "GET", "/messages$", 1, json_answer(200, &json!({ "start": "s", "chunk": [] }))).await;
    let event = json!({
        "event_id": "$post", "sender": ALICE, "type": "m.room.message", "origin_server_ts": 1,
        "room_id": CHANNEL, "content": { "msgtype": "m.text", "body": "something" },
    });
    answer(&server, "GET", "/event/", 9, json_answer(200, &event)).await;
    answer(&server, "GET", "/relations/", 9, json_answer(200, &json!({ "chunk": [] }))).await;
    let remove = Action::Remove {
        channel: ChannelId::new(CHANNEL).unwrap(),
        post: PostId::new("$post").unwrap(),
        kind: PostKind::Message,
        author: alice(),
    };
    for (id, action, part) in [(1, announce(), "/send/"), (2, remove, "/redact/")] {
        answer(&server, "PUT", part, 1, json_answer(502, &said("M_UNKNOWN"))).await;
        answer(&server, "PUT", part, 1, json_answer(200, &json!({ "event_id": "$done" }))).await;
        assert_eq!(what_follows(&hands.apply(effect(id), &action).await), "unanswered");
        assert_eq!(what_follows(&hands.apply(effect(id), &action).await), "Done");
        let names = asked(&server, part).await;
        assert_eq!((names.len(), &names[0]), (2, &names[1]), "one transaction");
        assert_eq!(what_follows(&hands.apply(effect(id), &action).await), "AlreadyDone");
        assert_eq!(asked(&server, part).await.len(), 2, "nothing is asked once it is done");
    }
}

/// What an operator reads of an account that cannot be opened.
async fn problem(settings: AccountSettings, secret: Secret) -> String {
    let store = settings.store.display().to_string();
    let credentials = Credentials { secret, recovery_key: None };
    let opened = Account::open(settings, &credentials, Arc::new(StoodStill)).await;
    let error = opened.expect_err("it cannot be opened");
    let mut all = format!("{error:?}");
    let mut source: Option<&dyn std::error::Error> = Some(&error);
    while let Some(error) = source {
        all.push_str(&error.to_string());
        source = error.source();
    }
    assert!(!all.contains(SECRET), "no secret is shown");
    error.to_string().replace(&store, "STORE")
}

#[tokio::test]
async fn an_account_that_cannot_be_opened_says_what_to_do() {
    let password = || Secret::Password(Hidden::new(SECRET));
    let token = || Secret::AccessToken(Hidden::new(SECRET));
    let whoami = |user: &str| json_answer(200, &json!({ "user_id": user, "device_id": "D" }));
    let login = "/login$";
    let who = "/whoami$";
    let rows = [
        ("POST", login, json_answer(403, &said("M_FORBIDDEN")), password()),
        ("POST", login, json_answer(429, &limited(1000)), password()),
        ("POST", login, ResponseTemplate::new(502), password()),
        ("GET", who, json_answer(401, &said("M_UNKNOWN_TOKEN")), token()),
        ("GET", who, ResponseTemplate::new(502), token()),
        ("GET", who, whoami("@other:b.example"), token()),
        ("GET", who, json_answer(200, &json!({ "user_id": "@beadle:b.example" })), token()),
        ("GET", who, ResponseTemplate::new(200).set_body_string("<h1>Welcome</h1>"), token()),
    ];
    let mut told = Vec::new();
    for (verb, path, refusal, secret) in rows {
        let server = MatrixMockServer::new().await;
        server.mock_versions().ok().mount().await;
        answer(&server, verb, path, 9, refusal).await;
        let store = tempfile::tempdir().unwrap();
        let settings = settings(&server.uri(), store.path());
        told.push(problem(settings, secret).await.replace(&server.uri(), "SERVER"));
    }
    for secret in [password(), token()] {
        let store = tempfile::tempdir().unwrap();
        told.push(problem(settings(NOBODY, store.path()), secret).await);
    }
    insta::assert_snapshot!(told.join("\n"), @"
    `beadle` cannot log in; is the password or the access token right?
    the homeserver does not answer as it should; try again later
    the homeserver does not answer as it should; try again later
    `beadle` cannot log in; is the password or the access token right?
    the homeserver does not answer as it should; try again later
    the access token is not one of `beadle`, but of `@other:b.example`
    `beadle` cannot log in; is the password or the access token right?
    the homeserver `SERVER` cannot be used; is its address right, and does it answer?
    the homeserver `http://127.0.0.1:1` cannot be used; is its address right, and does it answer?
    the homeserver `http://127.0.0.1:1` cannot be used; is its address right, and does it answer?
    ");
}

#[tokio::test]
async fn a_store_that_cannot_be_used_says_what_to_do() {
    let server = MatrixMockServer::new().await;
    server.mock_versions().ok().mount().await;
    answer(&server, "GET", "/whoami$", 1, json_answer(401, &said("M_UNKNOWN_TOKEN"))).await;
    let session =
        |user: &str| json!({ "user_id": user, "device_id": "D", "access_token": SECRET }).to_string();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let with = |name: &str, content: &str| {
        let store = folder.path().join(name);
        std::fs::create_dir(&store).unwrap();
        std::fs::write(store.join("session.json"), content).unwrap();
        store
    };
    let stores = [
        file,
        with("broken", SECRET),
        with("another", &session("@other:b.example")),
        with("ended", &session("@beadle:b.example")),
    ];
    let mut told = Vec::new();
    for store in stores {
        told.push(problem(settings(&server.uri(), &store), Secret::Password(Hidden::new(SECRET))).await);
    }
    insta::assert_snapshot!(told.join("\n"), @"
    STORE cannot be used for what an account has to keep; give a folder that can be written to, or begin with an empty one
    STORE/session.json cannot be used for what an account has to keep; give a folder that can be written to, or begin with an empty one
    STORE holds the session of `@other:b.example` and not of `beadle`; give each account a store of its own
    the session of `beadle` was ended; remove STORE to log in anew
    ");
}
