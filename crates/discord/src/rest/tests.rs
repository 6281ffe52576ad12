use std::sync::atomic::{AtomicI64, Ordering};

use fake_discord::{App, FakeDiscord, Fault, Intents, Matcher};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::account::Account;
use crate::settings::AccountSettings;

#[test]
fn messages_are_fresh_for_ten_seconds_and_old_after_two_weeks() {
    let written = 1_000_000_000_000_i64;
    let message = u64::try_from(written).expect("a time") << 22;
    let then = written + 1_420_070_400_000;
    for (later, want) in [(-5_000, 0), (9_999, 0), (10_000, 1), (1_209_599_999, 1), (1_209_600_000, 2)] {
        assert_eq!(age(message, then + later), want, "{later}");
    }
    assert_eq!(age(u64::MAX, 0), 0);
}

/// Time in which nobody waits.
#[derive(Debug, Default)]
struct Jumping(AtomicI64);

impl policy::Clock for Jumping {
    fn now(&self) -> policy::Timestamp {
        policy::Timestamp::from_millis(self.steady_ms())
    }

    fn steady_ms(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

#[async_trait::async_trait]
impl Pace for Jumping {
    async fn until(&self, instant: i64) {
        self.0.fetch_max(instant, Ordering::Relaxed);
    }

    fn chance(&self) -> f64 {
        0.5
    }
}

/// Answers so many requests, one a connection.
async fn answer(listener: &TcpListener, status: &str, body: &str, many: usize) {
    for _ in 0..many {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let mut asked = Vec::new();
        while !asked.ends_with(b"\r\n\r\n") {
            asked.push(stream.read_u8().await.expect("a request"));
        }
        let length = body.len();
        let answer =
            format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
        stream.write_all(answer.as_bytes()).await.expect("somebody listens");
    }
}

#[tokio::test]
async fn before_discord_shuts_us_out_only_what_cannot_wait_is_asked() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let pace = Arc::new(Jumping::default());
    let token = Token::new("abc").expect("a token");
    let rest = Rest::new(&base, &token, pace.clone(), Refusals::default()).expect("a client");
    for _ in 0..7_999 {
        rest.refusals.count(0);
    }
    let read = || Request::get(Route::channel(5));
    let remove = || Request::delete(Route::channel(5).at("messages").one(7));
    let press = || Request::post(Route::to("interactions").one(1).one("t").at("callback"));
    let ((), last) =
        tokio::join!(answer(&listener, "403 Forbidden", r#"{"code": 50013}"#, 1), rest.call(read()));
    assert!(matches!(last, Err(RestError::Refused(_))), "{last:?}");
    // Nobody answers here: it is not asked.
    let shut = rest.call(read()).await;
    assert!(matches!(shut, Err(RestError::RateLimited(wait)) if wait.as_secs() == 601), "{shut:?}");
    let both = async { (rest.call(remove()).await, rest.call(press()).await) };
    let ((), (removed, pressed)) = tokio::join!(answer(&listener, "204 No Content", "", 2), both);
    assert!(removed.is_ok() && pressed.is_ok(), "{removed:?} {pressed:?}");
    pace.until(601_000).await;
    let ((), read) = tokio::join!(answer(&listener, "200 OK", "", 1), rest.call(read()));
    assert!(read.is_ok(), "{read:?}");
}

async fn account(discord: &FakeDiscord, app: &App, pace: Arc<Jumping>, refusals: Refusals) -> Account {
    let settings = AccountSettings {
        id: app.id.to_string(),
        token: Token::new(&app.token).expect("a token"),
        base: discord.api_base(),
        commands: clap::Command::new("beadle"),
        for_members: std::collections::BTreeSet::new(),
        groups: Vec::new(),
    };
    Account::open_at(settings, pace, refusals).await.expect("it opens")
}

#[tokio::test]
async fn what_was_refused_one_bot_keeps_the_others_at_its_address_from_asking() {
    let discord = FakeDiscord::start().await;
    let (pace, refusals) = (Arc::new(Jumping::default()), Refusals::default());
    let open = async |name| {
        let app = discord.application(name, Intents::NONE);
        account(&discord, &app, pace.clone(), refusals.clone()).await
    };
    let (one, other) = (open("One").await, open("Other").await);
    for _ in 0..7_999 {
        one.0.rest.refusals.count(0);
    }
    let read = || Request::get(Route::to("users").at("@me"));
    let refused = Fault::Status(403, serde_json::json!({ "message": "no", "code": 50_001 }));
    discord.fail(Matcher::of("GET", "/users/@me"), refused);
    let last = other.0.rest.call(read()).await;
    assert!(matches!(last, Err(RestError::Refused(_))), "{last:?}");
    let asked = discord.requests().len();
    for bot in [&one, &other] {
        let shut = bot.0.rest.call(read()).await;
        assert!(matches!(shut, Err(RestError::RateLimited(_))), "{shut:?}");
    }
    assert_eq!(discord.requests().len(), asked);
    // A bot elsewhere has nothing to do with them.
    let app = discord.application("Elsewhere", Intents::NONE);
    let elsewhere = account(&discord, &app, pace.clone(), Refusals::default()).await;
    assert!(elsewhere.0.rest.call(read()).await.is_ok());
    pace.until(601_000).await;
    assert!(one.0.rest.call(read()).await.is_ok());
}
