//! What becomes of posts, and what officers do to them.

use platform::fake::Call;
use platform::{Inbound, Intake};
use policy::{MessageText, Mode, Post, PostKind, Surface, SurfaceKind};

use crate::harness::{Harness, case_ref, charter, group, member, post, read};

#[tokio::test]
async fn each_grade_meets_its_verdict() {
    let it = Harness::new().await;
    it.post("1", "alice", "well mildo").await;
    it.post("2", "alice", "well medlo").await;
    it.post("3", "alice", "well stronko").await;
    it.post("4", "alice", "well worstlo").await;
    assert_eq!(it.state(1).await, "flagged");
    assert_eq!(it.state(2).await, "hidden");
    assert_eq!(it.state(3).await, "removed");
    assert_eq!(it.state(4).await, "none");
    assert_eq!(["1", "2", "3", "4"].map(|id| it.stands(id)), [true, true, false, false]);
    assert_eq!(it.strikes("alice").await, (1, 1));
    assert_eq!(it.told("alice"), ["Your post is hidden for now", "Your post was removed"]);
    assert_eq!(it.platform.officers_letters().len(), 3);
}

/// As what a server is called, or an emoji.
#[tokio::test]
async fn what_no_bot_can_take_away_is_shown_to_the_officers_and_nothing_else_comes_of_it() {
    let it = Harness::new().await;
    let bad = Post { kind: PostKind::Fixture, ..post(&it, "tea", "1", "alice", "worstlo") };
    it.takes(bad.clone()).await;
    it.settle().await;
    assert_eq!((it.state(1).await, it.stands("1")), ("flagged", true));
    let kinds: Vec<_> = it.platform.effects().iter().map(|(_, action)| Call::from(action)).collect();
    assert_eq!(kinds, [Call::TellOfficers]);
    insta::assert_snapshot!(
        read(&it.platform.officers_letters()[0]),
        @"B-0001 flagged words in what the group itself is made of, by alice: strongest general (language, version 1). I cannot change it. If it has to go, please have it changed by hand: see `case B-0001`, and `void` it then."
    );
    for line in
        ["remove B-1 abuse rude", "hide B-1", "confirm B-1", "restore B-1", "enforce B-1 language rude"]
    {
        let answer = it.command("mo", line).await;
        assert!(answer.contains("have it changed by hand"), "{line}: {answer}");
    }
    assert_eq!(it.command("mo", "void B-1 the Chair has renamed it").await, "B-0001 is now dismissed.");
    // Set again it is looked at again.
    it.hands_in(Post { revision: 1, ..bad }).await;
    it.settle().await;
    assert_eq!(it.state(1).await, "flagged");
    assert_eq!((it.strikes("alice").await, it.told("alice").len()), ((0, 0), 0));
    assert!(it.stands("1"));
}

#[tokio::test]
async fn a_post_is_one_case_and_one_strike_however_often_it_arrives() {
    let it = Harness::new().await;
    let bad = post(&it, "tea", "1", "alice", "worstlo");
    it.takes(bad.clone()).await;
    tokio::join!(it.hands_in(bad.clone()), it.hands_in(bad.clone()), it.hands_in(bad.clone()));
    it.settle().await;
    for revision in 1..4 {
        it.hands_in(Post { revision, ..bad.clone() }).await;
        it.settle().await;
    }
    assert_eq!(it.strikes("alice").await, (1, 1));
    assert!(it.case(2).await.is_none());
    assert_eq!(it.told("alice").len(), 1);
    let told = "removal, notice, the officers' line, word of a proposal to the two who may sign, and the removal of what \
                was edited into it since, three times";
    assert_eq!(it.platform.effects().len(), 8, "{told}");
}

#[tokio::test]
async fn how_far_a_channel_has_been_read_never_goes_back() {
    let it = Harness::new().await;
    it.takes(post(&it, "tea", "1", "alice", "good morning")).await;
    it.takes(post(&it, "tea", "2", "alice", "worstlo")).await;
    it.settle().await;
    let positions = it.ledger.positions(&group("tea")).await.unwrap();
    assert_eq!(positions.iter().map(|(_, position)| position.as_str()).collect::<Vec<_>>(), ["2"]);
    it.takes(post(&it, "tea", "3", "alice", "good evening")).await;
    it.settle().await;
    let positions = it.ledger.positions(&group("tea")).await.unwrap();
    assert_eq!(positions[0].1, "3");
}

#[tokio::test]
async fn what_stands_in_no_history_moves_no_position() {
    let it = Harness::new().await;
    let beside =
        |id: &str, text: &str| Inbound::Post { post: post(&it, "tea", id, "alice", text), position: None };
    for (id, text) in [("name-1", "good morning"), ("name-2", "worstlo")] {
        it.casework.take(beside(id, text)).await.unwrap();
        it.settle().await;
    }
    assert_eq!(it.ledger.positions(&group("tea")).await.unwrap(), []);
    assert_eq!(it.strikes("alice").await, (1, 1), "it is judged all the same");
    it.hands_in(post(&it, "tea", "3", "alice", "good evening")).await;
    // Also before that was written down.
    it.casework.take(beside("name-4", "stronko")).await.unwrap();
    it.settle().await;
    let positions = it.ledger.positions(&group("tea")).await.unwrap();
    assert_eq!(positions.iter().map(|(_, position)| position.as_str()).collect::<Vec<_>>(), ["3"]);
}

#[tokio::test]
async fn an_edit_into_something_worse_takes_the_case_further() {
    let it = Harness::new().await;
    let first = post(&it, "tea", "1", "alice", "medlo");
    it.takes(first.clone()).await;
    it.settle().await;
    assert_eq!(it.state(1).await, "flagged");
    let surfaces = vec![Surface { kind: SurfaceKind::Body, text: MessageText::new("worstlo") }];
    it.takes(Post { revision: 1, surfaces, ..first }).await;
    it.settle().await;
    assert_eq!(it.state(1).await, "removed");
    assert_eq!(it.strikes("alice").await, (1, 1));
    assert!(!it.stands("1"));
    assert!(it.command("mo", "case B-1").await.contains("> worstlo"));
}

#[tokio::test]
async fn quoting_goes_too_and_is_no_breach() {
    let it = Harness::new().await;
    let mut quoting = post(&it, "tea", "2", "bob", "I do not like this");
    quoting.surfaces.insert(0, Surface { kind: SurfaceKind::Quotation, text: MessageText::new("worstlo") });
    it.takes(quoting).await;
    it.settle().await;
    assert_eq!(it.state(1).await, "removed");
    assert!(!it.stands("2"));
    assert_eq!(it.strikes("bob").await, (0, 0));
    assert_eq!(it.told("bob"), ["Your post was removed"]);
}

#[tokio::test]
async fn shadow_mode_leaves_no_trace_for_members() {
    let it = Harness::with(vec![policy::Charter { mode: Mode::Shadow, ..charter("tea") }]).await;
    it.post("1", "alice", "worstlo").await;
    assert_eq!(it.state(1).await, "watched");
    assert!(it.stands("1"));
    assert_eq!(it.strikes("alice").await, (0, 0));
    assert!(it.told("alice").is_empty());
    assert!(it.command("mo", "remove 1 abuse").await.contains("shadow mode"));
    assert!(it.direct("alice", "my-record").await.contains("no cases"));
    // What was written while it watched stays without consequence after it goes live.
    it.command("asha", "mode live").await;
    it.hands_in(post(&it, "tea", "1", "alice", "worstlo")).await;
    it.settle().await;
    assert_eq!(it.strikes("alice").await, (0, 0));
    assert!(it.stands("1"));
    let officers = it.platform.officers_letters();
    assert_eq!(officers.len(), 1);
}

#[tokio::test]
async fn a_hidden_post_is_confirmed_or_restored_by_a_moderator() {
    let it = Harness::new().await;
    it.post("1", "alice", "stronko").await;
    it.post("2", "alice", "stronko").await;
    assert_eq!(it.strikes("alice").await, (0, 0));
    assert_eq!(
        it.command("mo", "confirm B-1 It was rude.").await,
        "B-0001 is now removed. The member is told."
    );
    assert_eq!(it.strikes("alice").await, (1, 1));
    assert_eq!(it.command("mo", "restore B-2").await, "B-0002 is now restored. The member is told.");
    assert_eq!(it.strikes("alice").await, (1, 1));
    let quotations = it.platform.quotations();
    assert_eq!(quotations.len(), 1);
    assert_eq!(
        it.command("mo", "confirm B-1").await,
        "B-0001: the post is gone already: `restore` it, or `void` its strike. Nothing was changed."
    );
}

#[tokio::test]
async fn a_moderator_removes_what_no_list_has() {
    let it = Harness::new().await;
    it.post("1", "alice", "something rude in other words").await;
    assert!(it.command("mo", "remove 1").await.contains("Name the rule"));
    assert!(it.command("mo", "remove 1 nonsense").await.contains("Choose one of: language, abuse"));
    assert!(it.command("mo", "remove 99 abuse").await.contains("There is no post 99"));
    assert!(it.case(1).await.is_none());
    assert_eq!(
        it.command("mo", "remove 1 abuse That was personal.").await,
        "B-0001 is now removed. The member is told."
    );
    assert!(!it.stands("1"));
    assert_eq!(it.strikes("alice").await, (1, 1));
    let letter = crate::harness::read(&it.platform.letters(&member("alice"))[0]);
    assert!(letter.contains("A moderator removed your post"), "{letter}");
    assert!(letter.contains("> That was personal."), "{letter}");
    assert!(letter.contains("No personal attacks"), "{letter}");
}

#[tokio::test]
async fn what_goes_is_what_stands_there_now() {
    let it = Harness::new().await;
    let first = post(&it, "tea", "1", "alice", "medlo");
    it.takes(first.clone()).await;
    it.settle().await;
    let surfaces = vec![Surface { kind: SurfaceKind::Body, text: MessageText::new("lovely") }];
    it.takes(Post { revision: 1, surfaces, ..first }).await;
    it.command("mo", "remove B-1 derailing").await;
    let letter = crate::harness::read(&it.platform.letters(&member("alice"))[0]);
    assert!(letter.contains("> lovely") && !letter.contains("medlo"), "{letter}");

    it.post("2", "alice", "medlo").await;
    it.platform.delete(&policy::PostId::new("2").unwrap());
    assert!(it.command("mo", "remove B-3").await.contains("the post is gone already"));
    assert_eq!(it.strikes("alice").await, (1, 1));
}

#[tokio::test]
async fn a_post_left_standing_and_removed_after_all_comes_with_its_words() {
    let it = Harness::new().await;
    it.post("1", "alice", "medlo").await;
    it.command("mo", "void B-1").await;
    it.command("mo", "remove B-1").await;
    let letter = crate::harness::read(&it.platform.letters(&member("alice"))[0]);
    assert!(letter.contains("> medlo"), "{letter}");
    it.direct("alice", "appeal B-1 why").await;
    it.command("nia", "decide B-1 accept").await;
    assert_eq!(it.platform.quotations().len(), 1);
}

#[tokio::test]
async fn a_watched_post_can_go_once_the_group_is_live_and_is_never_a_strike() {
    let it = Harness::with(vec![policy::Charter { mode: Mode::Shadow, ..charter("tea") }]).await;
    let first = post(&it, "tea", "1", "alice", "medlo");
    it.takes(first.clone()).await;
    let surfaces = vec![Surface { kind: SurfaceKind::Body, text: MessageText::new("worstlo") }];
    it.takes(Post { revision: 1, surfaces, ..first }).await;
    it.settle().await;
    let told: String = it.platform.officers_letters().iter().map(crate::harness::read).collect();
    assert_eq!(told.matches("(shadow) would").count(), 2, "an edit into something worse is told too: {told}");
    it.command("asha", "mode live").await;
    assert!(it.command("mo", "remove B-1").await.contains("is now removed"));
    assert!(!it.stands("1"));
    assert_eq!(it.strikes("alice").await, (0, 0));
}

#[tokio::test]
async fn long_lists_say_that_there_is_more() {
    let it = Harness::new().await;
    for number in 1..=27 {
        it.takes(post(&it, "tea", &number.to_string(), "alice", "medlo")).await;
    }
    it.settle().await;
    let queue = it.command("mo", "queue").await;
    assert!(queue.ends_with("… and 2 more, which show when these are dealt with"), "{queue}");
}

#[tokio::test]
async fn voiding_a_strike_leaves_the_post_away() {
    let it = Harness::new().await;
    it.post("1", "alice", "worstlo").await;
    it.command("mo", "void B-1").await;
    assert_eq!(it.state(1).await, "removed");
    assert_eq!(it.strikes("alice").await, (1, 0));
    assert_eq!(it.told("alice").last().unwrap(), "A strike was cancelled");
    assert!(it.command("mo", "void B-1").await.contains("no strike counts"));
}

#[tokio::test]
async fn a_flagged_post_left_standing_is_not_kept() {
    let it = Harness::new().await;
    it.post("1", "alice", "medlo").await;
    let tea = group("tea");
    let kept = || it.ledger.snapshot(&tea, crate::harness::case_ref(1));
    assert!(kept().await.unwrap().is_some());
    assert_eq!(it.command("mo", "void B-1").await, "B-0001 is now dismissed.");
    assert!(kept().await.unwrap().is_none());
    assert!(it.stands("1") && it.told("alice").is_empty());
    // An edit into something worse is a matter of its own.
    it.takes(Post { revision: 1, ..post(&it, "tea", "1", "alice", "worstlo") }).await;
    it.settle().await;
    assert_eq!(it.state(1).await, "removed");
    assert!(kept().await.unwrap().is_some());
}

#[tokio::test]
async fn nobody_decides_in_their_own_matter() {
    let it = Harness::new().await;
    it.post("1", "mo", "worstlo").await;
    it.post("2", "mo", "something clean").await;
    for line in ["void B-1", "restore B-1", "remove B-1 derailing", "remove 2 derailing"] {
        assert!(it.command("mo", line).await.contains("nobody decides in their own matter"), "{line}");
    }
    assert_eq!(it.strikes("mo").await, (1, 1));
    assert_eq!(it.command("nia", "void B-1").await, "B-0001 is now removed. The member is told.");
}

#[tokio::test]
async fn a_strike_is_spent_after_its_twelve_months() {
    let it = Harness::new().await;
    it.post("1", "alice", "worstlo").await;
    assert!(it.direct("alice", "my-record").await.contains("1 strike counts, of 1 in all"));
    it.clock.advance(366 * 24 * 3600);
    assert!(it.direct("alice", "my-record").await.contains("0 strikes count, of 1 in all"));
}

#[tokio::test]
async fn an_overdue_review_says_so_in_the_queue() {
    let it = Harness::new().await;
    it.post("1", "alice", "stronko").await;
    assert!(it.command("mo", "queue").await.contains("review due"));
    it.clock.advance(4 * 24 * 3600);
    assert!(it.command("mo", "queue").await.contains("review OVERDUE"));
}

#[tokio::test]
async fn what_no_person_wrote_goes_without_a_notice_or_a_strike_and_officers_hear() {
    let it = Harness::new().await;
    let program = policy::MemberId::nobody("77").unwrap();
    let post = policy::Post { author: program.clone(), ..post(&it, "tea", "1", "alice", "worstlo") };
    it.takes(post).await;
    it.settle().await;
    assert!(!it.stands("1"));
    assert_eq!(it.strikes(program.as_str()).await, (0, 0));
    assert_eq!(it.ledger.notices_of(&group("tea"), case_ref(1)).await.unwrap(), []);
    let told: Vec<_> = it.platform.officers_letters().iter().map(read).collect();
    assert!(told.iter().any(|letter| letter.contains("B-0001 deleted ~77's post")), "{told:?}");
    assert!(!told.iter().any(|letter| letter.contains("could not")), "nothing was to be delivered: {told:?}");
}
