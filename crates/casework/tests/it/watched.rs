//! What whoever watches the program is told: what happened, counted, and what is in the way. Nobody's words, and nobody.

use std::time::Duration;

use casework::{Hearing, LoadError};
use platform::fake::{Call, Fault};
use platform::{Deafness, Inbound, Intake};
use policy::Clock;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

use crate::harness::{Harness, charter, group, loaded, member, post};

impl Harness {
    /// What was counted, a line each.
    fn counted(&self) -> String {
        let mut registry = Registry::default();
        self.casework.figures().register(&mut registry);
        let mut page = String::new();
        encode(&mut page, &registry).unwrap();
        page
    }

    /// How much was counted under that name and those labels, as they stand in the page.
    fn count(&self, of: &str) -> String {
        let page = self.counted();
        let line = page.lines().find_map(|line| line.strip_prefix(of)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("{of} is not in\n{page}")).to_owned()
    }

    async fn takes_in(&self, inbound: Inbound) {
        assert_eq!(self.casework.take(inbound).await.unwrap(), None);
    }
}

#[tokio::test]
async fn posts_are_counted_by_what_becomes_of_them_and_words_by_how_strong_they_are() {
    let it = Harness::new().await;
    assert_eq!(it.count(r#"posts_judged_total{group="tea",verdict="delete"}"#), "0", "before there is any");
    it.post("1", "alice", "good morning").await;
    it.post("2", "alice", "worstlo and mildo").await;
    it.post("3", "bob", "stronko").await;
    for (of, want) in [
        (r#"posts_judged_total{group="tea",verdict="allow"}"#, "1"),
        (r#"posts_judged_total{group="tea",verdict="hide"}"#, "1"),
        (r#"posts_judged_total{group="tea",verdict="delete"}"#, "1"),
        (r#"findings_total{group="tea",grade="strongest"}"#, "1"),
        (r#"findings_total{group="tea",grade="strong"}"#, "1"),
        (r#"findings_total{group="tea",grade="mild"}"#, "1"),
        (r#"post_recorded_seconds_count{group="tea"}"#, "2"),
        (r#"post_removed_seconds_count{group="tea"}"#, "2"),
        (r#"effect_attempts_total{group="tea",kind="remove",answer="done"}"#, "2"),
    ] {
        assert_eq!(it.count(of), want, "{of}");
    }
    let page = it.counted();
    for word in ["alice", "bob", "worstlo", "stronko", "mildo", "general"] {
        assert!(!page.contains(word), "{word}");
    }
}

#[tokio::test]
async fn when_the_bot_last_heard_itself_is_said_once_it_did() {
    let it = Harness::new().await;
    it.platform.set_echo(true);
    it.takes_in(Inbound::Back { group: group("tea") }).await;
    it.settle().await;
    it.clock.advance(60 * 60);
    it.settle().await;
    let of = r#"canary_last_timestamp_seconds{group="tea"}"#;
    assert!(!it.counted().contains(of), "it was sent, and not heard");
    let (of_group, id) = it.platform.canaries().pop().unwrap();
    it.clock.advance(5);
    it.takes_in(Inbound::Canary { group: of_group.clone(), id }).await;
    let seconds = it.clock.now().as_millis() / 1_000;
    let said = || it.count(of).parse::<f64>().unwrap().to_string();
    assert_eq!(said(), seconds.to_string());
    it.clock.advance(5);
    it.takes_in(Inbound::Canary { group: of_group, id }).await;
    assert_eq!(said(), seconds.to_string(), "it came home already");
}

#[tokio::test]
async fn how_long_it_takes_is_counted_from_the_post_and_from_the_record() {
    let it = Harness::new().await;
    let written = post(&it, "tea", "1", "alice", "worstlo");
    it.clock.advance(7);
    it.takes(written).await;
    it.platform.fail(Call::Remove, 1, Fault::RateLimited(Duration::from_secs(20)));
    it.settle().await;
    assert_eq!(it.count(r#"rate_limit_wait_seconds_total{group="tea"}"#), "20.0");
    assert_eq!(it.count(r#"post_removed_seconds_count{group="tea"}"#), "0");
    it.clock.advance(20);
    it.settle().await;
    assert_eq!(it.count(r#"post_recorded_seconds_sum{group="tea"}"#), "7.0");
    assert_eq!(it.count(r#"post_removed_seconds_sum{group="tea"}"#), "20.0");
    assert_eq!(it.count(r#"effect_attempts_total{group="tea",kind="remove",answer="rate_limited"}"#), "1");
}

#[tokio::test]
async fn what_platforms_answer_is_counted_by_its_word() {
    for (fault, want) in [
        (Fault::RateLimited(Duration::from_secs(1)), "rate_limited"),
        (Fault::NotYet(Duration::from_secs(1)), "not_yet"),
        (Fault::Forbidden, "refused"),
        (Fault::Gone, "gone"),
        (Fault::Unreachable, "unreachable"),
        (Fault::Unanswered { done: false }, "unanswered"),
    ] {
        let it = Harness::new().await;
        it.platform.fail(Call::Remove, 1, fault);
        it.post("1", "alice", "worstlo").await;
        let of = format!(r#"effect_attempts_total{{group="tea",kind="remove",answer="{want}"}}"#);
        assert_eq!(it.count(&of), "1");
    }
}

#[tokio::test]
async fn reloads_are_counted_by_whether_anything_came_of_them() {
    let it = Harness::new().await;
    it.casework.reload().await.unwrap();
    it.files.replace(Err(LoadError(vec!["broken".to_owned()])));
    it.casework.reload().await.unwrap_err();
    // A group that is served must not go.
    it.files.replace(Ok(loaded(vec![charter("chess")])));
    it.casework.reload().await.unwrap_err();
    assert_eq!(it.count(r#"rules_reloads_total{result="done"}"#), "1");
    assert_eq!(it.count(r#"rules_reloads_total{result="refused"}"#), "2");
}

#[tokio::test]
async fn what_stands_open_is_told_of_the_groups_that_are_configured() {
    let it = Harness::with(vec![charter("tea"), charter("chess")]).await;
    it.post("1", "alice", "stronko").await;
    let tally = it.casework.tally().await.unwrap();
    assert_eq!(tally.keys().cloned().collect::<Vec<_>>(), [group("chess"), group("tea")]);
    assert_eq!((tally[&group("tea")].cases, tally[&group("chess")].cases), (1, 0));
    it.platform.set_takes_messages(&member("bob"), false);
    it.platform.fail(Call::DirectWithOfficers, 1, Fault::Forbidden);
    it.post("2", "bob", "worstlo").await;
    assert_eq!(it.casework.tally().await.unwrap()[&group("tea")].undelivered, 1);
}

#[tokio::test]
async fn a_group_is_in_order_while_it_is_heard_and_the_reason_is_told_while_it_is_not() {
    let it = Harness::new().await;
    assert_eq!(it.casework.hearing().await, [(group("tea"), Hearing::NotYet)]);
    assert_eq!(it.casework.hindrances().await, ["tea is not heard yet"]);
    it.takes_in(Inbound::Back { group: group("tea") }).await;
    assert_eq!(it.casework.hindrances().await, [""; 0]);
    let since = it.clock.now();
    it.takes_in(Inbound::Deaf { group: group("tea"), since, why: Deafness::Token, until: None }).await;
    let told = "tea has not been heard since 20260511T100000Z: my token or session was not accepted any more";
    assert_eq!(it.casework.hindrances().await, [told]);
    it.takes_in(Inbound::Back { group: group("tea") }).await;
    assert_eq!(it.casework.hearing().await, [(group("tea"), Hearing::Now)]);
    let it = it.restart().await;
    let told = it.casework.hindrances().await.join("\n");
    assert!(told.contains("I was not running for some of that time"), "{told}");
}

#[tokio::test]
async fn a_delivery_that_does_not_look_any_more_is_missed() {
    let it = Harness::new().await;
    assert_eq!(it.casework.ailments().await, [""; 0], "none looks by itself");
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let delivering = it.casework.deliver_until(async { drop(ended.await) });
    let looking = async {
        // It looks round first, and then waits a minute of the machine's, which is not to be had here.
        let mut told = Vec::new();
        for _ in 0..10_000 {
            it.clock.advance(16 * 60);
            told = it.casework.ailments().await;
            if !told.is_empty() {
                break;
            }
        }
        assert_eq!(told, ["nothing has been looked after for a quarter of an hour"]);
        drop(end);
    };
    tokio::join!(delivering, looking);
    it.clock.advance(16 * 60);
    assert_eq!(it.casework.ailments().await, [""; 0], "it was told to end");
}
