//! What goes wrong: limits, faults, and what a client must not do.

use std::time::Duration;

use fake_discord::{Fault, Limits, Matcher};
use serde_json::{Value, json};

use crate::bed::Bed;

#[tokio::test]
async fn limits_are_told_in_headers_and_refused_with_the_time_to_wait() {
    let bed = Bed::new().await;
    bed.discord.set_limits(Limits::AsSeen);
    let said: Vec<_> = (0..6).map(|n| bed.anna.say(bed.general, &n.to_string()).expect("she may")).collect();
    let mut remaining = Vec::new();
    for message in &said[..5] {
        let done = bed.http.delete(&bed.here(&format!("/messages/{message}"))).await;
        remaining.push((done.status, done.header("x-ratelimit-remaining").unwrap_or_default().to_owned()));
    }
    assert_eq!(remaining, ["4", "3", "2", "1", "0"].map(|left| (204, left.to_owned())));
    let path = bed.here(&format!("/messages/{}", said[5]));
    let refused = bed.http.delete(&path).await;
    assert_eq!(
        (refused.status, refused.header("x-ratelimit-scope"), refused.header("retry-after")),
        (429, Some("user"), Some("1"))
    );
    assert!(refused.body["retry_after"].as_f64().is_some_and(|seconds| seconds > 0.0 && seconds <= 1.0));
    bed.discord.advance(Duration::from_secs(1));
    assert_eq!(bed.http.delete(&path).await.status, 204);
    assert_eq!(bed.discord.refusals(), 1);
}

#[tokio::test]
async fn whatever_is_gone_is_deleted_out_of_the_bucket_of_what_is_new() {
    let bed = Bed::new().await;
    bed.discord.set_limits(Limits::AsSeen);
    let said: Vec<_> = (0..5).map(|n| bed.anna.say(bed.general, &n.to_string()).expect("she may")).collect();
    bed.discord.advance(Duration::from_secs(60));
    let mut limits = Vec::new();
    for message in [said[0], said[0], said[1]] {
        let answer = bed.http.delete(&bed.here(&format!("/messages/{message}"))).await;
        let [limit, left] = ["x-ratelimit-limit", "x-ratelimit-remaining"]
            .map(|name| answer.header(name).unwrap_or_default().to_owned());
        limits.push((answer.status, limit, left));
    }
    let want = [(204, "3", "2"), (404, "5", "4"), (204, "3", "1")];
    assert_eq!(limits, want.map(|(status, limit, left)| (status, limit.to_owned(), left.to_owned())));
}

#[tokio::test]
async fn a_request_goes_wrong_as_the_test_wishes_and_then_no_more() {
    let bed = Bed::new().await;
    let post = Matcher::of("POST", "/messages");
    let body = json!({ "content": "x" });
    let here = bed.here("/messages");
    bed.discord.fail(post.clone(), Fault::Status(503, json!({ "code": 130_000, "message": "overloaded" })));
    assert_eq!(bed.http.post(&here, &body).await.status, 503);
    let limit = Fault::RateLimit { retry_after: Duration::from_millis(1500), scope: "shared" };
    bed.discord.fail_times(post.clone(), limit, 2);
    for _ in 0..2 {
        let refused = bed.http.post(&here, &body).await;
        assert_eq!(
            (refused.status, refused.header("retry-after"), &refused.body["retry_after"]),
            (429, Some("2"), &json!(1.5))
        );
    }
    // A limit that is shared with others does not count.
    assert_eq!(bed.discord.refusals(), 0);
    let send = async || bed.http.raw("POST", &here, "application/json", body.to_string().as_bytes()).await;
    bed.discord.fail(post.clone(), Fault::Page(502, "<html>Bad gateway</html>"));
    assert_eq!(bed.http.post(&here, &body).await.body, json!("<html>Bad gateway</html>"));
    bed.discord.fail(post.clone(), Fault::CloseBeforeAnswer);
    assert!(send().await.is_none() && bed.discord.messages(bed.general).is_empty());
    bed.discord.fail(post.clone(), Fault::DoneButNoAnswer);
    assert!(send().await.is_none() && bed.discord.messages(bed.general).len() == 1);
    bed.discord.fail(post.clone(), Fault::Malformed);
    assert!(
        send().await.is_some_and(|answer| answer.body.is_string())
            && bed.discord.messages(bed.general).len() == 2
    );
    assert!(bed.discord.has_failed());
    assert_eq!(bed.http.post(&here, &body).await.status, 200);
    let statuses: Vec<_> = bed.discord.requests_of(&post).iter().map(|asked| asked.status).collect();
    assert_eq!(statuses, [Some(503), Some(429), Some(429), Some(502), None, None, Some(200), Some(200)]);
}

#[tokio::test]
async fn somebody_else_can_be_quicker_than_a_request() {
    let bed = Bed::new().await;
    let said = bed.anna.say(bed.general, "x").expect("she may");
    let (anna, general) = (bed.anna.clone(), bed.general);
    let hers = move || anna.delete(general, said).expect("it is hers");
    bed.discord.before(Matcher::of("DELETE", "/messages/"), hers);
    assert_eq!(bed.http.delete(&bed.here(&format!("/messages/{said}"))).await.code(), 10008);
}

#[tokio::test]
async fn a_request_that_is_held_goes_on_when_the_test_lets_it() {
    let bed = Bed::new().await;
    bed.discord.fail(Matcher::of("POST", "/messages"), Fault::Hold);
    let (here, body) = (bed.here("/messages"), json!({ "content": "x" }));
    let first = bed.http.post(&here, &body);
    let rest = async {
        bed.discord.wait_for("the request", |world| (world.held() == 1).then_some(())).await;
        // Others pass it.
        assert_eq!(bed.http.get(&bed.here("")).await.status, 200);
        assert!(bed.discord.messages(bed.general).is_empty());
        bed.discord.let_go();
    };
    let (answer, ()) = tokio::join!(first, rest);
    assert_eq!((answer.status, bed.discord.messages(bed.general).len()), (200, 1));
}

#[tokio::test]
async fn what_is_never_answered_hangs_until_the_fake_ends() {
    let bed = Bed::new().await;
    bed.discord.fail(Matcher::any(), Fault::Hang);
    let http = bed.http.clone();
    let asked = async move { http.raw("GET", "/users/@me", "", &[]).await };
    let stop = async {
        bed.discord.wait_for("the request", |world| (world.requests().count() == 1).then_some(())).await;
        bed.discord.stop().await;
    };
    let (answer, ()) = tokio::join!(asked, stop);
    assert!(answer.is_none());
}

#[tokio::test]
async fn what_a_client_must_not_do_is_held_against_it() {
    let bed = Bed::new().await;
    let said = bed.anna.say(bed.general, "x").expect("she may");
    let long = "x".repeat(2001);
    let table = [
        ("GET", "/nowhere".to_owned(), Value::Null, 404, "no such thing to ask for"),
        ("PUT", bed.here("/messages"), Value::Null, 405, "no such thing to ask for"),
        ("POST", bed.here("/messages"), json!({ "content": long }), 400, "2000 or fewer"),
        ("POST", bed.here("/messages"), json!({ "content": 1 }), 400, "is not of types"),
        (
            "POST",
            bed.here("/messages"),
            json!({ "content": "x", "colour": 1 }),
            200,
            "/colour: there is no such field",
        ),
        ("GET", bed.here("/messages?limit=500"), Value::Null, 400, "query limit"),
        ("GET", "/channels/general".to_owned(), Value::Null, 400, "not an id"),
        ("DELETE", bed.here(&format!("/messages/{said}")), json!({ "reason": "x" }), 400, "takes no body"),
        ("GET", "/voice/regions".to_owned(), Value::Null, 501, "the fake has no such thing"),
    ];
    for (method, path, body, status, detail) in table {
        assert_eq!(bed.http.ask(method, &path, &body).await.status, status, "{method} {path}");
        let violations = bed.discord.take_violations();
        assert!(violations.iter().any(|one| one.detail.contains(detail)), "{method} {path}: {violations:?}");
    }
    let too_long = "x".repeat(513);
    let path = bed.here(&format!("/messages/{said}"));
    let raw = [
        bed.http.because(&too_long),
        bed.http.because("é"),
        crate::http::Http { agent: "curl/8", ..bed.http.clone() },
    ];
    for http in raw {
        http.get(&path).await;
        assert_eq!(bed.discord.take_violations().len(), 1);
    }
    let unversioned = crate::http::Http::new(&bed.discord.api_base().replace("/v10", "/v9"), &bed.app.token);
    assert_eq!(unversioned.get("/users/@me").await.status, 404);
    bed.discord.take_violations();
    // What it may do and is refused, is not.
    assert_eq!(crate::http::Http::new(&bed.discord.api_base(), "wrong").get("/users/@me").await.status, 401);
    bed.discord.check();
}

#[tokio::test]
#[should_panic(expected = "Discord would not have it")]
async fn a_test_fails_when_its_client_did_what_it_must_not() {
    let bed = Bed::new().await;
    bed.http.get("/nowhere").await;
}

#[tokio::test]
#[should_panic(expected = "which is not this machine")]
async fn a_test_fails_when_another_machine_was_meant() {
    let bed = Bed::new().await;
    let mut stream = tokio::net::TcpStream::connect(
        bed.http.base.trim_start_matches("http://").trim_end_matches("/api/v10"),
    )
    .await
    .expect("it listens");
    let head = b"GET /api/v10/gateway HTTP/1.1\r\nHost: discord.com\r\nUser-Agent: DiscordBot (x, 1)\r\nConnection: close\r\n\r\n";
    tokio::io::AsyncWriteExt::write_all(&mut stream, head).await.expect("it reads");
    bed.discord.wait_for("the request", |world| (world.requests().count() == 1).then_some(())).await;
}

#[tokio::test]
async fn ten_thousand_refusals_in_ten_minutes_shut_the_address_out() {
    let bed = Bed::new().await;
    for _ in 0..9_999 {
        bed.discord.refuse_once();
    }
    bed.discord.check();
    bed.http.get(&format!("/guilds/{}/bans", bed.guild.id)).await;
    assert_eq!(bed.discord.refusals(), 9_999, "that was allowed");
    bed.guild.set_permissions(bed.role, fake_discord::Permissions::NONE);
    assert_eq!(bed.http.get(&format!("/guilds/{}/bans", bed.guild.id)).await.status, 403);
    assert_eq!(bed.discord.take_violations().len(), 1);
    // From now on not even that is answered which was always allowed.
    let shut_out = bed.http.get("/users/@me").await;
    assert_eq!(
        (shut_out.status, shut_out.header("via"), &shut_out.body),
        (429, None, &json!("error code: 1015"))
    );
    bed.discord.advance(Duration::from_secs(600));
    assert_eq!(bed.http.get("/users/@me").await.status, 200);
}

/// Every operation that is described, with ids of things that are there, and with bodies that fit nothing.
#[tokio::test]
async fn nothing_that_is_asked_has_the_fake_fall_over() {
    let bed = Bed::new().await;
    let description: Value =
        serde_json::from_str(include_str!("../../openapi/openapi.json")).expect("it is JSON");
    let said = bed.anna.say(bed.general, "x").expect("she may");
    let role = bed.role.to_string();
    let of = |name: &str| match name {
        "application_id" => bed.app.id.to_string(),
        "channel_id" => bed.general.to_string(),
        "guild_id" => bed.guild.id.to_string(),
        "user_id" => bed.anna.id.to_string(),
        "role_id" | "overwrite_id" => role.clone(),
        "message_id" => said.to_string(),
        _ => "1".to_owned(),
    };
    let bodies = [
        Value::Null,
        json!({}),
        json!([]),
        json!("text"),
        json!({ "type": 9, "data": "x", "content": {}, "embeds": ["x"], "components": [[]], "poll": 1, "name": [] }),
        json!({ "content": "x", "components": [{ "type": 1, "components": "x" }], "message_reference": { "type": 1 } }),
        json!([{ "name": 1, "options": [1], "id": {}, "position": -1 }]),
    ];
    let mut asked = 0;
    for (template, item) in description["paths"].as_object().expect("paths") {
        for method in item.as_object().expect("operations").keys() {
            // What is gone could not be asked about any more.
            let ends =
                ["/{channel_id}", "/{message_id}", "/{user_id}"].iter().any(|end| template.ends_with(end));
            if method == "parameters" || (method == "delete" && ends) {
                continue;
            }
            for body in &bodies {
                let parts = template.split('/').map(|part| match part.strip_prefix('{') {
                    Some(named) => of(named.trim_end_matches('}')),
                    None => part.to_owned(),
                });
                let path = parts.collect::<Vec<_>>().join("/");
                let bytes = if body.is_null() { String::new() } else { body.to_string() };
                let method = method.to_uppercase();
                let answer = bed.http.raw(&method, &path, "application/json", bytes.as_bytes()).await;
                let answer = answer.unwrap_or_else(|| panic!("{method} {path} {body}"));
                asked += 1;
                assert!(answer.status < 500 || answer.status == 501, "{method} {path}: {}", answer.status);
            }
        }
    }
    assert!(asked > 1500, "{asked}");
    // An answer that does not fit the description would be among these.
    let violations = bed.discord.take_violations();
    let own: Vec<_> = violations.iter().filter(|one| one.place.starts_with("the fake")).collect();
    assert!(own.is_empty(), "{own:?}");
}
