//! What goes with a removed post.

use platform::fake::{Call, Fault};
use policy::{ChannelId, MessageText, Mode, Post, PostId, Surface, SurfaceKind};

use crate::harness::{Harness, charter, member, post, read};

const SPITE: &str = "Dave's van was outside number twelve again last night, ask his wife about it";

fn quoting(it: &Harness, id: &str, author: &str, quotation: &str, body: &str) -> Post {
    let surface = |kind, text: &str| Surface { kind, text: MessageText::new(text) };
    let surfaces = vec![surface(SurfaceKind::Quotation, quotation), surface(SurfaceKind::Body, body)];
    Post { surfaces, ..post(it, "tea", id, author, "") }
}

fn answering(it: &Harness, id: &str, author: &str, to: &str, text: &str) -> Post {
    Post { answers: PostId::new(to), ..post(it, "tea", id, author, text) }
}

fn forwarding(it: &Harness, id: &str, author: &str, of: &str, channel: &str) -> Post {
    let channel = ChannelId::new(channel).unwrap();
    Post { forwards: PostId::new(of), channel, ..quoting(it, id, author, SPITE, "") }
}

/// Spite by bob that no list knows, and what others made of it, before a moderator sees it.
async fn spite() -> Harness {
    let it = Harness::new().await;
    it.post("1", "bob", SPITE).await;
    it.takes(answering(&it, "2", "alice", "1", "That is nobody's business.")).await;
    it.takes(quoting(&it, "3", "nia", SPITE, "this is shameful, please look")).await;
    it.takes(forwarding(&it, "4", "asha", "1", "tearoom")).await;
    it.takes(post(&it, "tea", "5", "alice", "Who brings the cake on Friday?")).await;
    it.settle().await;
    it
}

#[tokio::test]
async fn what_carries_the_words_goes_without_a_strike_and_answers_are_offered() {
    let it = spite().await;
    it.command("mo", "remove 1 privacy").await;
    let standing: Vec<_> = ["1", "2", "3", "4", "5"].into_iter().filter(|id| it.stands(id)).collect();
    assert_eq!(standing, ["2", "5"]);
    assert_eq!(it.strikes("bob").await, (1, 1));
    for quoter in ["nia", "asha"] {
        assert_eq!(it.strikes(quoter).await, (0, 0));
        let letter = read(&it.platform.letters(&member(quoter))[0]);
        assert!(letter.contains("not a strike"), "{letter}");
    }
    assert!(it.told("alice").is_empty(), "nothing happened to her");
    let queue = it.command("mo", "queue").await;
    assert!(
        queue.contains(
            "answers or repeats the removed post B-0001; carries 0 % of its words (privacy, version 1) by alice"
        ),
        "{queue}"
    );
    let case = it.command("mo", "case B-1").await;
    assert_eq!(case.matches("It drew B-").count(), 3, "{case}");
    let quoted =
        it.ledger.drawn_by(&crate::harness::group("tea"), crate::harness::case_ref(1)).await.unwrap();
    assert!(quoted.iter().all(|case| case.rule.code == "privacy" && !case.counts));
}

#[tokio::test]
async fn looking_again_opens_no_second_case() {
    let it = spite().await;
    it.platform.fail(Call::After, 1, Fault::Unreachable);
    it.platform.fail(Call::After, 3, Fault::Unreachable);
    it.command("mo", "remove 1 privacy").await;
    assert!(it.stands("3"), "nobody could look yet");
    for _ in 0..3 {
        it.clock.advance(60);
        it.settle().await;
    }
    assert!(!it.stands("3") && !it.stands("4"));
    // The posts arrive again, as after a restart of the platform.
    let again = answering(&it, "2", "alice", "1", "That is nobody's business.");
    it.hands_in(again).await;
    it.settle().await;
    let all = it.ledger.drawn_by(&crate::harness::group("tea"), crate::harness::case_ref(1)).await.unwrap();
    assert_eq!(all.len(), 3);
    assert_eq!(it.told("nia").iter().filter(|heading| heading.starts_with("Your post")).count(), 1);
}

#[tokio::test]
async fn a_look_that_a_crash_cut_short_is_taken_up_again() {
    let it = spite().await;
    it.platform.fail(Call::After, 1, Fault::Unreachable);
    it.command("mo", "remove 1 privacy").await;
    let it = it.restart().await;
    it.clock.advance(60);
    it.settle().await;
    assert!(!it.stands("1") && !it.stands("3") && !it.stands("4"));
    assert_eq!(it.told("nia").iter().filter(|heading| heading.starts_with("Your post")).count(), 1);
}

#[tokio::test]
async fn posts_that_come_later_go_too_and_so_do_edits() {
    let it = Harness::new().await;
    it.post("1", "bob", SPITE).await;
    it.post("2", "nia", "Good morning").await;
    it.command("mo", "remove 1 privacy").await;
    it.takes(quoting(&it, "3", "alice", SPITE, "did he mean me?")).await;
    it.takes(answering(&it, "4", "asha", "1", "Well said.")).await;
    let edit = Post { revision: 1, ..quoting(&it, "2", "nia", SPITE, "look at this") };
    it.takes(edit).await;
    it.settle().await;
    assert!(!it.stands("2") && !it.stands("3") && it.stands("4"));
    // An answer that was offered and is edited to carry the words goes after all; one that was left stays.
    let edit = Post { revision: 1, ..answering(&it, "4", "asha", "1", SPITE) };
    it.takes(edit).await;
    it.settle().await;
    assert!(!it.stands("4"));
    assert_eq!((it.strikes("alice").await, it.strikes("asha").await), ((0, 0), (0, 0)));

    // So does what is quoted by hand.
    it.post("5", "alice", &format!("did you see this?\n> {SPITE}")).await;
    assert!(!it.stands("5"));

    // A week later nobody remembers.
    it.clock.advance(8 * 86_400);
    it.takes(quoting(&it, "6", "alice", SPITE, "what was that?")).await;
    it.settle().await;
    assert!(it.stands("6"));
}

#[tokio::test]
async fn what_the_filter_removes_takes_along_too() {
    let it = Harness::new().await;
    it.takes(post(&it, "tea", "1", "bob", "you worstlo")).await;
    it.takes(answering(&it, "2", "alice", "1", "How rude.")).await;
    it.settle().await;
    assert!(!it.stands("1") && it.stands("2"));
    assert!(it.command("mo", "queue").await.contains("answers or repeats the removed post B-0001"));
}

/// A look may come before the post is heard. Whichever is first, the same comes of it.
#[tokio::test]
async fn what_breaks_a_rule_by_itself_is_judged_by_itself_also_where_it_is_found_with_another() {
    let tirade = "you worstlo, and that is all there is to be said";
    for is_heard_first in [true, false] {
        let it = Harness::new().await;
        it.clock.advance(60);
        let first = post(&it, "tea", "1", "bob", tirade);
        it.clock.advance(60);
        let again = [
            post(&it, "tea", "2", "bob", &format!("{tirade}, once more")),
            answering(&it, "3", "nia", "1", "worstlo yourself"),
            quoting(&it, "4", "asha", tirade, "did he mean me?"),
        ];
        for one in again.iter().chain([&first]) {
            it.platform.put(one.clone());
        }
        it.hands_in(first).await;
        if !is_heard_first {
            it.settle().await;
        }
        for one in again {
            it.hands_in(one).await;
        }
        it.settle().await;
        assert!(["1", "2", "3", "4"].iter().all(|id| !it.stands(id)), "heard first: {is_heard_first}");
        let strikes = [it.strikes("bob").await, it.strikes("nia").await, it.strikes("asha").await];
        assert_eq!(strikes, [(2, 2), (1, 1), (0, 0)], "heard first: {is_heard_first}");
        let posts = |to| it.told(to).into_iter().filter(|heading| heading.starts_with("Your post")).count();
        assert_eq!(["bob", "nia", "asha"].map(posts), [2, 1, 1], "heard first: {is_heard_first}");
    }
}

#[tokio::test]
async fn what_was_heard_is_not_judged_again_by_rules_that_came_later() {
    for is_restarted in [false, true] {
        let it = Harness::new().await;
        it.command("asha", "wordlist remove worstlo").await;
        it.clock.advance(60);
        it.takes(post(&it, "tea", "1", "bob", SPITE)).await;
        it.clock.advance(60);
        it.takes(answering(&it, "2", "nia", "1", "oh worstlo, it is")).await;
        it.takes(quoting(&it, "3", "asha", SPITE, "worstlo!")).await;
        it.settle().await;
        it.command("sam", "wordlist restore worstlo").await;
        let it = if is_restarted { it.restart().await } else { it };
        it.clock.advance(60);
        it.command("mo", "remove 1 privacy").await;
        assert!(!it.stands("1") && it.stands("2") && !it.stands("3"), "restarted: {is_restarted}");
        assert_eq!((it.strikes("nia").await, it.strikes("asha").await), ((0, 0), (0, 0)));
        let told = it.told("nia");
        assert!(
            !told.iter().any(|heading| heading.starts_with("Your post")),
            "allowed stays allowed: {told:?}"
        );
    }
}

#[tokio::test]
async fn a_post_put_back_brings_back_what_went_with_it_and_nothing_else() {
    let it = spite().await;
    it.command("mo", "remove 1 privacy").await;
    let drawn = it.ledger.drawn_by(&crate::harness::group("tea"), crate::harness::case_ref(1)).await.unwrap();
    let answer = drawn.iter().find(|case| case.post.author == member("alice")).unwrap().reference;
    it.command("mo", &format!("remove {answer} abuse")).await;
    it.direct("bob", "appeal B-1 it was about a raffle").await;
    it.command("nia", "decide B-1 accept So it was.").await;
    for (author, back) in [("bob", 1), ("nia", 1), ("asha", 1), ("alice", 0)] {
        let quotations = it.platform.quotations();
        let theirs = quotations.iter().filter(|quotation| quotation.author == member(author)).count();
        assert_eq!(theirs, back, "{author}");
    }
    for author in ["nia", "asha"] {
        let letter = it.letters_from(author, 0);
        assert!(letter.contains("put yours back too"), "{author}: {letter}");
    }
    assert_eq!(it.strikes("alice").await, (1, 1), "it was a breach by itself");
    let told = it.platform.officers_letters();
    assert!(
        told.iter().any(|letter| read(letter).contains("1 post that went with it stays away")),
        "{told:?}"
    );
}

#[tokio::test]
async fn removing_an_offered_answer_is_no_strike_unless_it_broke_a_rule_itself() {
    for (line, strikes) in [("remove B-3", (0, 0)), ("remove B-3 abuse", (1, 1))] {
        let it = Harness::new().await;
        it.post("1", "bob", SPITE).await;
        it.takes(answering(&it, "2", "alice", "1", "Quite right, everybody knows.")).await;
        it.settle().await;
        it.command("mo", "remove 1 privacy").await;
        it.command("nia", line).await;
        assert!(!it.stands("2"));
        assert_eq!(it.strikes("alice").await, strikes, "{line}");
        assert_eq!(it.told("alice").len(), 1);
    }
}

#[tokio::test]
async fn shadow_mode_draws_nothing() {
    let it = Harness::with(vec![policy::Charter { mode: Mode::Shadow, ..charter("tea") }]).await;
    it.takes(post(&it, "tea", "1", "bob", "you worstlo")).await;
    it.takes(quoting(&it, "2", "alice", "you worstlo", "oh dear")).await;
    it.settle().await;
    assert!(it.stands("1") && it.stands("2"));
    assert_eq!(it.platform.calls(Call::After), 0);
}

#[tokio::test]
async fn what_is_said_again_goes_too_and_what_is_like_it_is_offered() {
    let it = Harness::new().await;
    let days = |days: i64| it.clock.advance(days * 86_400);
    it.post("1", "bob", SPITE).await;
    it.command("mo", "remove 1 privacy").await;
    it.post("2", "alice", &format!("{SPITE}!!")).await;
    it.post("3", "nia", "So Dave's van was outside number twelve again last night and why not").await;
    it.post("4", "asha", "Dave's van will bring the chairs on Friday night").await;
    it.post("5", "alice", "ask his wife").await;
    let standing: Vec<_> = ["2", "3", "4", "5"].into_iter().filter(|id| it.stands(id)).collect();
    assert_eq!(standing, ["3", "4", "5"]);
    assert_eq!(it.strikes("alice").await, (0, 0));
    assert!(it.letters_from("alice", 0).contains("not a strike"));
    let queue = it.command("mo", "queue").await;
    assert_eq!(queue.matches("answers or repeats the removed post B-0001").count(), 1, "{queue}");

    // It is looked for where it went, as long as somebody may remember.
    let elsewhere =
        Post { channel: ChannelId::new("tearoom").unwrap(), ..post(&it, "tea", "6", "alice", SPITE) };
    it.takes(elsewhere).await;
    it.settle().await;
    assert!(it.stands("6"));
    days(8);
    it.post("7", "alice", SPITE).await;
    assert!(it.stands("7"));
}
