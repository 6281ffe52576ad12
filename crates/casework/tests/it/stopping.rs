//! Words that a platform stops itself, and what follows from what it stopped.

use platform::fake::{Call, Fault};
use platform::{Inbound, Intake};
use policy::{Outright, Post, PostId};

use crate::harness::{Harness, post, read};

/// What somebody tried to post, as an adapter hands it in that had it stopped.
fn stopped(it: &Harness, id: &str, author: &str, text: &str) -> Post {
    Post { id: PostId::stopped(id).unwrap(), promised: true, ..post(it, "tea", id, author, text) }
}

/// The same where people had it stopped.
fn stopped_by_people(it: &Harness, id: &str, author: &str, text: &str) -> Post {
    Post { promised: false, ..stopped(it, id, author, text) }
}

async fn hands_in(it: &Harness, post: Post) {
    it.casework.take(Inbound::Post { post, position: None }).await.unwrap();
    it.settle().await;
}

fn spellings(words: Option<&Vec<Outright>>) -> Vec<&str> {
    words.into_iter().flatten().map(|word| word.spelling.as_str()).collect()
}

#[tokio::test]
async fn what_a_platform_stopped_is_a_case_with_a_strike_and_a_notice_like_any_other() {
    let it = Harness::new().await;
    let tried = stopped(&it, "1", "alice", "you worstlo");
    for _ in 0..3 {
        hands_in(&it, tried.clone()).await;
    }
    assert_eq!(it.state(1).await, "removed");
    assert_eq!(it.strikes("alice").await, (1, 1), "told again and again, it is one");
    assert!(it.case(2).await.is_none());
    insta::assert_snapshot!(it.letters_from("alice", 0));
    let officers = it.platform.officers_letters();
    insta::assert_snapshot!(read(&officers[0]), @"B-0001 deleted alice's post in general, stopped before anybody saw it: strongest general (language, version 1). See `case B-0001`.");
    it.direct("alice", "appeal B-0001 it is the name of a star").await;
    it.command("mo", "decide B-0001 accept").await;
    assert_eq!(it.strikes("alice").await, (1, 0));
    let put_up: Vec<_> = it.platform.quotations().iter().map(|it| it.text.expose().to_owned()).collect();
    assert_eq!(put_up, ["you worstlo"], "it is posted now, by the bot");
}

#[tokio::test]
async fn what_was_stopped_and_is_no_breach_waits_for_a_person() {
    let it = Harness::new().await;
    hands_in(&it, stopped(&it, "1", "alice", "good morning")).await;
    assert_eq!((it.state(1).await, it.strikes("alice").await), ("hidden", (0, 0)));
    insta::assert_snapshot!(it.letters_from("alice", 0));
    assert!(it.command("mo", "queue").await.contains("B-0001"));
    it.command("mo", "restore B-0001").await;
    assert_eq!(it.platform.quotations().len(), 1);
    assert!(it.letters_from("alice", 1).contains("we have put it back"));
    // Nobody saw it, so that nothing is looked for which carries it on.
    assert_eq!(it.platform.calls(Call::After), 0);
}

#[tokio::test]
async fn what_people_had_stopped_is_judged_and_no_case_where_nothing_is_found() {
    let it = Harness::new().await;
    hands_in(&it, stopped_by_people(&it, "1", "alice", "good morning")).await;
    assert!(it.case(1).await.is_none() && it.told("alice").is_empty());
    hands_in(&it, stopped_by_people(&it, "2", "alice", "a medlo evening")).await;
    assert_eq!((it.state(1).await, it.strikes("alice").await), ("flagged", (0, 0)));
    assert!(it.told("alice").is_empty(), "what people have stopped is theirs to tell");
    let officers = it.platform.officers_letters();
    assert!(read(officers.last().unwrap()).contains("It was not posted; see"), "{officers:?}");
}

#[tokio::test]
async fn what_is_stopped_by_people_too_is_one_case_whoever_is_told_of_first() {
    let rows = [
        ("you worstlo", ("removed", (1, 1))),
        ("a stronko evening", ("hidden", (0, 0))),
        ("a medlo evening", ("hidden", (0, 0))),
        ("good morning", ("hidden", (0, 0))),
    ];
    for (text, want) in rows {
        for is_theirs_first in [true, false] {
            let it = Harness::new().await;
            let both = [stopped(&it, "1", "alice", text), stopped_by_people(&it, "1", "alice", text)];
            let order = if is_theirs_first { [1, 0, 1, 0] } else { [0, 1, 0, 1] };
            for which in order {
                hands_in(&it, both[which].clone()).await;
            }
            let what = format!("{text}, by people first: {is_theirs_first}");
            assert_eq!((it.state(1).await, it.strikes("alice").await), want, "{what}");
            assert!(it.case(2).await.is_none(), "{what}");
            assert_eq!(it.told("alice").len(), 1, "{what}");
        }
    }
}

#[tokio::test]
async fn what_was_stopped_and_is_not_told_is_said_to_be_unknown() {
    let it = Harness::new().await;
    let silent = Post { surfaces: Vec::new(), ..stopped(&it, "1", "alice", "") };
    hands_in(&it, silent).await;
    assert_eq!((it.state(1).await, it.strikes("alice").await), ("hidden", (0, 0)));
    assert!(it.letters_from("alice", 0).contains("We do not have the text"));
    assert!(it.command("mo", "case B-0001").await.contains("Its text was not given to me."));
    let answer = it.command("mo", "restore B-0001").await;
    assert!(answer.contains("its text was not given to me, so it cannot be put back"), "{answer}");
    it.direct("alice", "appeal B-0001 I said nothing").await;
    let answer = it.command("mo", "decide B-0001 accept").await;
    assert!(answer.contains("its text was not given to me, so it cannot be put back"), "{answer}");
    assert!(it.platform.quotations().is_empty());
    it.command("mo", "confirm B-0001").await;
    assert_eq!(it.strikes("alice").await, (0, 0), "nobody answers for what nobody has read");
}

#[tokio::test]
async fn a_platform_that_stops_words_is_handed_them_at_every_start_change_and_hour() {
    let it = Harness::new().await;
    it.settle().await;
    let told = it.platform.stopped();
    assert_eq!((told.len(), spellings(told.last())), (1, vec![]), "one that stops nothing is told that once");
    it.platform.set_stops(true);
    let it = it.restart().await;
    it.settle().await;
    assert_eq!(spellings(it.platform.stopped().last()), ["worstlo"]);
    let handed = it.platform.stopped().len();
    it.settle().await;
    it.post("1", "alice", "good morning").await;
    assert_eq!(it.platform.stopped().len(), handed, "not for nothing");

    it.command("asha", "wordlist add strongest general word zzyzx").await;
    assert_eq!(spellings(it.platform.stopped().last()), ["worstlo", "zzyzx"]);
    it.command("asha", "wordlist remove worstlo").await;
    assert_eq!(spellings(it.platform.stopped().last()), ["zzyzx"]);
    it.command("asha", "policy set strong delete").await;
    assert_eq!(spellings(it.platform.stopped().last()), ["zzyzx", "stronko"]);
    it.command("asha", "policy set strongest hide").await;
    assert_eq!(spellings(it.platform.stopped().last()), ["stronko"]);
    it.command("asha", "mode shadow").await;
    assert_eq!(spellings(it.platform.stopped().last()), [""; 0], "in shadow mode nothing is stopped");
    it.command("asha", "mode live").await;
    assert_eq!(spellings(it.platform.stopped().last()), ["stronko"]);

    let handed = it.platform.stopped().len();
    it.clock.advance(60 * 60);
    it.settle().await;
    assert_eq!(it.platform.stopped().len(), handed + 1, "somebody may have changed them there");
}

#[tokio::test]
async fn words_that_could_not_be_handed_down_are_handed_down_later() {
    let it = Harness::new().await;
    it.platform.set_stops(true);
    it.platform.fail(Call::Stop, 1, Fault::Unreachable);
    it.platform.fail(Call::Stop, 2, Fault::RateLimited(std::time::Duration::from_secs(3)));
    for handed in [0, 0, 1, 1] {
        it.settle().await;
        assert_eq!(it.platform.stopped().len(), handed);
    }
    it.platform.fail(Call::Stop, 1, Fault::Forbidden);
    it.command("asha", "mode shadow").await;
    it.settle().await;
    assert_eq!(it.platform.stopped().len(), 1, "what it may not do is not asked for again and again");
    it.clock.advance(60 * 60);
    it.settle().await;
    assert_eq!(it.platform.stopped().len(), 2);
}
