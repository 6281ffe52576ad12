//! What a word would have done to the posts that stand, before it is added.

use std::fs;

use platform::fake::{Call, Fault};
use policy::{ChannelId, Post, SurfaceKind};

use crate::harness::{Harness, case_ref, group, member, post};

/// Stands in posts, and nowhere else.
const CANARY: &str = "Kanarienvogel";

async fn with_posts(texts: &[(&str, &str)]) -> Harness {
    let it = Harness::new().await;
    for (number, (author, text)) in (1..).zip(texts) {
        it.clock.advance(60);
        it.post(&number.to_string(), author, text).await;
    }
    it
}

#[tokio::test]
async fn a_word_shows_what_it_would_have_done_before_it_is_added() {
    let it = with_posts(&[
        ("alice", "good morning"),
        ("bob", "you zzyzx, @alice"),
        ("alice", "a zzyzx is\na made-up word"),
        ("bob", "you utter medlo"),
        ("carol", "you medlo and zzyzx"),
    ])
    .await;
    insta::assert_snapshot!(it.command("asha", "wordlist preview zzyzx 100 strongest insult word").await);
    insta::assert_snapshot!(it.command("asha", "wordlist preview zzyzx").await);
    assert!(it.command("asha", "wordlist list").await.lines().all(|line| !line.contains("zzyzx")));
    for id in ["1", "2", "3", "4", "5"] {
        assert!(it.stands(id), "{id}");
    }
    assert_eq!(it.command("mo", "wordlist preview zzyzx").await.lines().count(), 1, "it is for admins");
}

#[tokio::test]
async fn what_looks_like_a_mistake_comes_first_with_its_reason() {
    let it = with_posts(&[
        ("alice", "you grolm"),
        ("bob", "plum crumble for all"),
        ("carol", "a plum"),
        ("dave", "plums again"),
        ("erin", "my plum tree"),
        ("fred", "you rotten plum"),
    ])
    .await;
    let mut quoted = post(&it, "tea", "7", "alice", "you plum");
    quoted.surfaces[0].kind = SurfaceKind::Quotation;
    it.takes(quoted).await;
    insta::assert_snapshot!(it.command("asha", "wordlist preview plum 50 strong insult stem").await);
}

#[tokio::test]
async fn a_listed_word_and_the_lists_as_they_are_can_be_looked_at_as_well() {
    let mut watched = crate::harness::charter("tea");
    watched.mode = policy::Mode::Shadow;
    let it = Harness::with(vec![watched]).await;
    for (id, author, text) in
        [("1", "alice", "you worstlo"), ("2", "bob", "you stronko"), ("3", "bob", "medlo")]
    {
        it.clock.advance(60);
        it.post(id, author, text).await;
    }
    insta::assert_snapshot!(it.command("asha", "wordlist preview worstlo").await);
    let all = it.command("asha", "wordlist preview").await;
    insta::assert_snapshot!(all);
    let latest = it.command("asha", "wordlist preview 2").await;
    assert!(latest.contains("of the latest 2 posts"), "a number alone says how many: {latest}");
    assert!(latest.contains("`wordlist preview 2 1000` tries it as a word"), "{latest}");
    assert!(latest.contains("1 would have been flagged, 1 hidden, 0 deleted"), "{latest}");
}

#[tokio::test]
async fn a_word_that_was_taken_out_is_tried_as_it_would_be_added_now() {
    let it = with_posts(&[("alice", "a stronko")]).await;
    it.command("asha", "wordlist remove worstlo").await;
    it.post("2", "bob", "you worstlo").await;
    let answer = it.command("asha", "wordlist preview worstlo 10 medium general word").await;
    assert!(answer.contains("By it alone: 1 would have been flagged, 0 hidden, 0 deleted"), "{answer}");
}

#[tokio::test]
async fn a_phrase_is_tried_with_hyphens_for_its_spaces() {
    let it = with_posts(&[("alice", "you vex zaw")]).await;
    let answer = it.command("asha", "wordlist preview vex-zaw 10 strong insult word").await;
    assert!(answer.starts_with("Were \"vex zaw\" added"), "{answer}");
    assert!(answer.contains("By it alone: 0 would have been flagged, 1 hidden, 0 deleted"), "{answer}");
}

#[tokio::test]
async fn a_listed_word_is_known_however_it_is_written_and_is_tried_as_something_else() {
    let it = with_posts(&[("alice", "you vex-zaw")]).await;
    it.command("asha", "wordlist add strong insult word vex zaw").await;
    for line in ["wordlist preview vex-zaw", "wordlist preview vex_zaw 10"] {
        let answer = it.command("asha", line).await;
        assert!(answer.starts_with("By \"vex zaw\" as it is listed, in the group's own words"), "{answer}");
        assert!(answer.contains("By it alone: 0 would have been flagged, 1 hidden, 0 deleted"), "{answer}");
        // Whether it was there already when they were written makes no difference to what is asked.
        assert!(answer.contains("1 could count as strikes"), "{answer}");
    }
    for (line, was) in [
        ("wordlist preview vex-zaw 10 strongest", "strong insult, word, in the group's own words"),
        ("wordlist preview stronko 10 mild", "strong insult, word, in made-up"),
    ] {
        let answer = it.command("asha", line).await;
        assert!(answer.contains(&format!("and no longer {was}")), "{answer}");
        assert!(!answer.contains("would refuse"), "{answer}");
        assert_eq!(
            answer.contains("By it alone: 0 would have been flagged, 0 hidden, 1 deleted"),
            was.ends_with("words"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_said_and_keeps_nothing_else_from_being_read() {
    let it = with_posts(&[("alice", "you zzyzx")]).await;
    let elsewhere = ChannelId::new("elsewhere").unwrap();
    it.takes(Post { channel: elsewhere.clone(), ..post(&it, "tea", "2", "bob", "zzyzx") }).await;
    it.platform.close_channel(&elsewhere);
    let answer = it.command("asha", "wordlist preview zzyzx").await;
    assert!(answer.contains("of the latest 1 post in 1 channel"), "{answer}");
    assert!(answer.contains("I did not look at everything: 1 channel that I cannot read."), "{answer}");
    it.platform.fail(Call::History, 1, Fault::Unreachable);
    let answer = it.command("asha", "wordlist preview zzyzx").await;
    assert!(
        answer.contains("could not read the latest posts") && answer.contains("Nothing was changed"),
        "{answer}"
    );
    for (line, why) in [
        ("wordlist preview zzyzx 0", "I look at 1 to 5000 posts"),
        ("wordlist preview zzyzx 5001", "I look at 1 to 5000 posts"),
        ("wordlist preview x", "one letter long"),
        ("wordlist preview zzyzx 10 awful", "will not do for"),
    ] {
        let answer = it.command("asha", line).await;
        assert!(answer.contains(why), "{line}: {answer}");
    }
}

#[tokio::test]
async fn whoever_asks_is_shown_nothing_that_they_do_not_see_themselves() {
    let it = with_posts(&[("alice", "you zzyzx")]).await;
    let council = ChannelId::new("council").unwrap();
    let confided = format!("you zzyzx, {CANARY}");
    it.takes(Post { channel: council.clone(), ..post(&it, "tea", "2", "bob", &confided) }).await;
    let answer = it.command("asha", "wordlist preview zzyzx").await;
    assert!(answer.contains("in 2 channels") && answer.contains(CANARY), "{answer}");
    it.platform.hide_channel(&council, &member("asha"));
    let answer = it.command("asha", "wordlist preview zzyzx").await;
    assert!(answer.contains("of the latest 1 post in 1 channel"), "{answer}");
    let left_out = "I did not look at everything: 1 channel that you cannot see, or not so far back.";
    assert!(answer.contains(left_out), "{answer}");
    assert!(!answer.contains(CANARY), "{answer}");
    it.platform.leave(&member("asha"));
    let answer = it.command("asha", "wordlist preview zzyzx").await;
    assert!(answer.contains("of no posts at all, in 0 channels"), "{answer}");
    assert!(answer.contains("2 channels that you cannot see"), "{answer}");
}

#[tokio::test]
async fn nothing_of_what_was_looked_at_is_kept_or_done() {
    let it = with_posts(&[("alice", &format!("you zzyzx {CANARY}"))]).await;
    let (asked, told) = (it.platform.asked().len(), it.platform.officers_letters().len());
    let answer = it.command("asha", "wordlist preview zzyzx 10 strongest insult word").await;
    assert!(answer.contains(CANARY), "it is shown to whoever asked: {answer}");
    assert!(
        it.command("asha", &format!("wordlist preview {CANARY}")).await.contains("1 would have been flagged")
    );
    assert_eq!((it.platform.asked().len(), it.platform.officers_letters().len()), (asked, told));
    assert_eq!(it.ledger.case(&group("tea"), case_ref(1)).await.unwrap(), None, "no case is opened");
    assert_eq!(it.ledger.strikes(&group("tea"), &member("alice")).await.unwrap(), []);
    for entry in fs::read_dir(it.ledger.directory()).unwrap() {
        let path = entry.unwrap().path();
        let Ok(bytes) = fs::read(&path) else { continue };
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        assert!(!text.contains(&CANARY.to_lowercase()), "{}", path.display());
        assert!(!text.contains("zzyzx"), "{}", path.display());
    }
}
