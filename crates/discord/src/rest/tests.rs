use std::sync::atomic::{AtomicI64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

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
    let rest = Rest::new(&base, &token, pace.clone()).expect("a client");
    for _ in 0..7_999 {
        rest.state().invalid.count(0);
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
