//! Tests of what is said of an account whose server answers otherwise than it should.

use matrix_sdk::test_utils::mocks::MatrixMockServer;
use platform::checkup::{Check, Finding, Standing};
use platform::{DeliveryError, Outbound as _};
use serde_json::{Value, json};

use super::{CHANNEL, NOBODY, answer, group, in_channel, json_answer, said, settings};
use crate::doctor::examine;
use crate::settings::{AccountSettings, GroupSettings};

const BOT: &str = "@beadle:b.example";
const DEVICE: &str = "DEVICE";
const TOKEN: &str = "a-token-that-nobody-reads";

/// A part of a path, and what the server answers to whoever asks for that.
type Said = (&'static str, u16, Value);

/// What a server answers of an account with which all is well.
fn well() -> Vec<Said> {
    let powers = json!({ "users": { BOT: 100 } });
    vec![
        ("account/whoami", 200, json!({ "user_id": BOT, "device_id": DEVICE })),
        ("keys/query", 200, keys(true)),
        ("room_keys/version", 200, json!({ "version": "1" })),
        ("m.secret_storage.default_key", 200, json!({ "key": "abc" })),
        ("override_ratelimit", 200, json!({ "messages_per_second": 0, "burst_count": 0 })),
        ("state/m.room.member", 200, json!({ "membership": "join" })),
        ("state/m.room.encryption", 200, json!({ "algorithm": "m.megolm.v1.aes-sha2" })),
        (
            "state/m.room.create",
            200,
            json!({ "content": { "room_version": "11" }, "sender": "@f:b.example" }),
        ),
        ("state/m.room.power_levels", 200, powers),
    ]
}

/// The keys of the account, its device signed by its own identity or not.
fn keys(is_signed: bool) -> Value {
    let by = if is_signed { "ed25519:identity" } else { "ed25519:DEVICE" };
    json!({
        "self_signing_keys": { BOT: { "keys": { "ed25519:identity": "identity" } } },
        "device_keys": { BOT: { DEVICE: { "signatures": { BOT: { by: "signature" } } } } },
    })
}

/// What is found where the server answers so, and otherwise as it should.
async fn found(otherwise: &[Said]) -> Vec<Finding> {
    let server = MatrixMockServer::new().await;
    server.mock_versions().ok().mount().await;
    let store = tempfile::tempdir().unwrap();
    let session = json!({ "user_id": BOT, "device_id": DEVICE, "access_token": TOKEN });
    std::fs::write(store.path().join("session.json"), session.to_string()).unwrap();
    for (part, status, body) in otherwise.iter().cloned().chain(well()) {
        let verb = if part.starts_with("keys/") { "POST" } else { "GET" };
        answer(&server, verb, part, 99, json_answer(status, &body)).await;
    }
    examine(&settings(&server.uri(), store.path())).await
}

/// What is not right, a line each.
fn amiss(found: &[Finding]) -> Vec<String> {
    let amiss = found.iter().filter(|finding| finding.standing != Standing::Right);
    amiss.map(|finding| format!("{} {}", finding.check, finding.standing)).collect()
}

#[tokio::test]
async fn an_account_with_which_all_is_well_is_found_so() {
    let found = found(&[]).await;
    assert_eq!(amiss(&found), [""; 0], "{found:#?}");
    let looked_at: std::collections::BTreeSet<_> = found.iter().map(|finding| finding.check).collect();
    let of_matrix = Check::ALL.iter().filter(|check| check.word().starts_with("matrix."));
    assert_eq!(looked_at, of_matrix.copied().collect(), "everything is looked at");
    let shown = format!("{found:?}");
    assert!(!shown.contains(TOKEN), "{shown}");
}

#[tokio::test]
async fn each_thing_that_is_not_as_it_should_be_is_named() {
    let gone = || said("M_NOT_FOUND");
    let rows: [(Said, &[&str]); 12] = [
        (("account/whoami", 401, said("M_UNKNOWN_TOKEN")), &["matrix.session wrong"]),
        (("account/whoami", 502, json!({})), &["matrix.session wrong"]),
        (("keys/query", 200, keys(false)), &["matrix.cross_signing wrong"]),
        (("keys/query", 200, json!({})), &["matrix.cross_signing wrong"]),
        (("room_keys/version", 404, gone()), &["matrix.key_backup attention"]),
        (("m.secret_storage.default_key", 404, gone()), &["matrix.recovery attention"]),
        (("override_ratelimit", 403, said("M_FORBIDDEN")), &["matrix.limits attention"]),
        (("state/m.room.member", 403, said("M_FORBIDDEN")), &["matrix.rooms wrong", "matrix.rooms wrong"]),
        (
            ("state/m.room.encryption", 404, gone()),
            &["matrix.encryption attention", "matrix.encryption attention"],
        ),
        (
            ("state/m.room.encryption", 200, json!({ "algorithm": "m.new" })),
            &["matrix.encryption wrong", "matrix.encryption wrong"],
        ),
        (("state/m.room.power_levels", 200, json!({ "users": { BOT: 49 } })), &["matrix.power_levels wrong"]),
        (("state/m.room.power_levels", 500, json!({})), &["matrix.session wrong"]),
    ];
    for (otherwise, want) in rows {
        let shown = format!("{otherwise:?}");
        let found = found(&[otherwise]).await;
        assert_eq!(amiss(&found), want, "{shown}");
        let without = found.iter().filter(|it| it.standing != Standing::Right && it.remedy.is_none());
        assert_eq!(without.count(), 0, "what to do is said: {shown}");
    }
}

#[tokio::test]
async fn an_account_that_never_logged_in_and_a_server_that_is_not_there_are_named() {
    let server = MatrixMockServer::new().await;
    server.mock_versions().ok().mount().await;
    let store = tempfile::tempdir().unwrap();
    let found = examine(&settings(&server.uri(), store.path())).await;
    assert_eq!(amiss(&found), ["matrix.session attention"]);
    let found = examine(&settings(NOBODY, store.path())).await;
    assert!(matches!(&*amiss(&found), [one] if one.starts_with("matrix.session")), "{found:?}");
}

#[tokio::test]
async fn the_bot_that_runs_looks_at_what_it_does_not_hear_of() {
    let server = MatrixMockServer::new().await;
    let hands = in_channel(&server).await;
    let me = hands.shared.me.to_string();
    let keys = |by: &str| {
        let device = hands.shared.client.device_id().unwrap().to_string();
        json!({
            "self_signing_keys": { (me.clone()): { "keys": { "ed25519:identity": "identity" } } },
            "device_keys": { (me.clone()): { (device): { "signatures": { (me.clone()): { by: "signature" } } } } },
        })
    };
    answer(&server, "POST", "keys/query", 1, json_answer(200, &keys("ed25519:identity"))).await;
    answer(&server, "POST", "keys/query", 1, json_answer(200, &keys("ed25519:other"))).await;
    answer(&server, "POST", "keys/query", 1, json_answer(502, &json!({}))).await;
    answer(&server, "GET", "room_keys/version", 9, json_answer(200, &json!({ "version": "1" }))).await;
    answer(&server, "GET", "default_key", 9, json_answer(404, &said("M_NOT_FOUND"))).await;

    let found = hands.check_up(&group().group).await.unwrap();
    // The channel is not encrypted, and nobody was ever told a recovery key.
    assert_eq!(amiss(&found), ["matrix.recovery attention", "matrix.encryption attention"]);
    assert!(found.iter().all(|finding| !finding.check.is_told_elsewhere()), "{found:?}");
    assert_eq!(found.last().and_then(|finding| finding.subject.as_deref()), Some(CHANNEL));
    let found = hands.check_up(&group().group).await.unwrap();
    assert!(amiss(&found).contains(&"matrix.cross_signing wrong".to_owned()), "{found:?}");
    let silent = hands.check_up(&group().group).await;
    assert!(matches!(silent, Err(DeliveryError::Unreachable(_))), "{silent:?}");
}

#[tokio::test]
async fn doctor_says_of_each_room_what_the_bot_lacks_there() {
    let server = MatrixMockServer::new().await;
    server.mock_versions().ok().mount().await;
    answer(&server, "GET", "/whoami$", 9, json_answer(200, &json!({ "user_id": "@beadle:b.example" }))).await;
    answer(&server, "GET", "/directory/room/", 9, json_answer(404, &said("M_NOT_FOUND"))).await;
    let joined = json_answer(200, &json!({ "membership": "join" }));
    for room in ["officers", "able", "weak", "made", "odd"] {
        answer(&server, "GET", &format!("{room}.*/m.room.member/"), 9, joined.clone()).await;
    }
    answer(&server, "GET", "/m.room.member/", 9, json_answer(403, &said("M_FORBIDDEN"))).await;
    let create = json!({ "sender": "@beadle:b.example", "content": { "room_version": "12" } });
    answer(&server, "GET", "made.*/m.room.create", 9, json_answer(200, &create)).await;
    let older = json!({ "sender": "@beadle:b.example", "content": { "room_version": "11" } });
    answer(&server, "GET", "/m.room.create", 9, json_answer(200, &older)).await;
    let levels =
        |level: Value| json_answer(200, &json!({ "users": { "@beadle:b.example": level }, "events": 7 }));
    answer(&server, "GET", "able.*/m.room.power_levels", 9, levels(json!(100))).await;
    answer(&server, "GET", "weak.*/m.room.power_levels", 9, levels(json!(20))).await;
    answer(&server, "GET", "odd.*/m.room.power_levels", 9, levels(json!("high"))).await;
    answer(&server, "GET", "/m.room.power_levels", 9, json_answer(404, &said("M_NOT_FOUND"))).await;

    let store = tempfile::tempdir().unwrap();
    let rooms = ["!able:b", "!weak:b", "!made:b", "!odd:b", "!elsewhere:b", "#wrong:b.example"];
    let rooms = rooms.iter().map(|room| (*room).to_owned()).collect();
    let group = GroupSettings { rooms, management_room: "!officers:b".to_owned(), ..group() };
    let session = json!({ "user_id": BOT, "device_id": DEVICE, "access_token": TOKEN });
    std::fs::write(store.path().join("session.json"), session.to_string()).unwrap();
    let settings = AccountSettings { groups: vec![group], ..settings(&server.uri(), store.path()) };
    let found = examine(&settings).await;
    let of_rooms = found.iter().filter(|finding| finding.subject.is_some());
    let of_rooms = of_rooms.filter(|finding| finding.check != Check::MatrixEncryption);
    let told = of_rooms.map(|finding| {
        let Finding { standing, said, remedy, .. } = finding;
        format!("{standing}: {said}; {}", remedy.as_deref().unwrap_or_default())
    });
    insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n"));
}
