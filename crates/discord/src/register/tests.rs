use std::sync::atomic::Ordering;

use fake_discord::{Fault, Intents, Matcher};
use policy::Clock as _;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::bed::{Bed, TestPace, within};

fn puts() -> Matcher {
    Matcher::of("PUT", "/commands")
}

#[tokio::test]
async fn commands_are_told_once_and_again_when_they_are_others() {
    let mut bed = Bed::new().await;
    bed.shared().register().await.unwrap();
    bed.shared().register().await.unwrap();
    bed.restart(|_| {}).await;
    bed.shared().register().await.unwrap();
    assert_eq!(bed.discord.requests_of(&puts()).len(), 1);
    let known = bed.desk.memos.lock().unwrap().get("commands").cloned().unwrap();
    bed.desk.memos.lock().unwrap().insert("commands".to_owned(), known.replace('a', "b"));
    bed.shared().register().await.unwrap();
    assert_eq!(bed.discord.requests_of(&puts()).len(), 2);
    // What is taken is offered.
    bed.olga.use_command(&bed.app, bed.general, "queue", &[]).unwrap();
    bed.anna.use_command(&bed.app, bed.general, "queue", &[]).expect_err("it is for officers");
}

#[tokio::test]
async fn a_refusal_of_the_commands_is_not_taken_for_their_being_there() {
    let bed = Bed::new().await;
    bed.discord.fail(puts(), Fault::Status(403, json!({ "code": 50001, "message": "Missing Access" })));
    bed.shared().register().await.unwrap_err();
    assert!(bed.desk.memos.lock().unwrap().get("commands").is_none());
    bed.shared().register().await.unwrap();
    assert!(bed.desk.memos.lock().unwrap().get("commands").is_some());
}

#[tokio::test]
async fn commands_are_told_again_when_it_was_not_noted() {
    let bed = Bed::new().await;
    bed.desk.is_full.store(true, Ordering::Relaxed);
    bed.shared().register().await.unwrap();
    bed.desk.is_full.store(false, Ordering::Relaxed);
    bed.shared().register().await.unwrap();
    bed.shared().register().await.unwrap();
    assert_eq!(bed.discord.requests_of(&puts()).len(), 2);
}

#[tokio::test]
async fn commands_are_told_later_when_discord_is_away() {
    let bed = Bed::new().await;
    bed.discord.fail_times(puts(), Fault::Status(503, json!({})), 20);
    bed.shared().register().await.unwrap_err();
    bed.discord.stop_failing();
    bed.shared().register().await.unwrap();
}

#[tokio::test]
async fn commands_are_told_until_they_are_taken() {
    let bed = Bed::new().await;
    let (began, stop) = (bed.pace.steady_ms(), CancellationToken::new());
    bed.discord.fail(puts(), Fault::Status(403, json!({ "code": 50001, "message": "Missing Access" })));
    bed.discord.fail_times(puts(), Fault::Status(503, json!({})), 20);
    within(bed.shared().keep_registered(&stop)).await;
    assert!(bed.desk.memos.lock().unwrap().get("commands").is_some());
    let took = bed.pace.steady_ms() - began;
    assert!((60 * 60 * 1_000..70 * 60 * 1_000).contains(&took), "{took}");
}

#[tokio::test]
async fn commands_are_told_no_longer_when_the_program_ends() {
    let bed = Bed::with(Intents::PRIVILEGED, TestPace::standing(), 1).await;
    bed.discord.fail(puts(), Fault::Status(403, json!({ "code": 50001, "message": "Missing Access" })));
    let stop = CancellationToken::new();
    let end = async {
        while bed.discord.requests_of(&puts()).is_empty() {
            tokio::task::yield_now().await;
        }
        stop.cancel();
    };
    within(async { tokio::join!(bed.shared().keep_registered(&stop), end) }).await;
    assert!(bed.desk.memos.lock().unwrap().get("commands").is_none());
}
