//! Effects on a platform that refuses, stalls and lies low.

use std::time::Duration;

use platform::fake::{Call, Fault, effect};
use platform::{Action, Intake, Outbound};
use policy::Clock;

use crate::harness::{Harness, charter, group, loaded, member, post};

#[tokio::test]
async fn removal_goes_out_first() {
    let it = Harness::new().await;
    it.post("1", "alice", "worstlo").await;
    let kinds: Vec<_> = it.platform.effects().iter().map(|(_, action)| Call::from(action)).collect();
    // The last two go to those who may sign what the ladder proposes.
    let want = [Call::Remove, Call::Direct, Call::TellOfficers, Call::Direct, Call::Direct];
    assert_eq!(kinds, want);
}

#[tokio::test]
async fn a_closed_inbox_is_gone_round_by_the_place_shared_with_the_officers() {
    let it = Harness::new().await;
    it.platform.set_takes_messages(&member("alice"), false);
    it.post("1", "alice", "worstlo").await;
    assert!(it.told("alice").is_empty());
    let shared = it.platform.letters_with_officers(&member("alice"));
    assert!(crate::harness::read(&shared[0]).contains("We removed your post"));
    assert_eq!(it.command("mo", "queue").await, "Nothing waits for a moderator.");
    assert!(it.command("mo", "case B-1").await.contains("delivered in the place shared with the officers"));
}

#[tokio::test]
async fn when_no_way_is_left_the_secretary_is_told_and_it_is_shown_in_the_members_record() {
    let it = Harness::new().await;
    it.platform.set_takes_messages(&member("alice"), false);
    it.platform.fail(Call::DirectWithOfficers, 1, Fault::Forbidden);
    it.post("1", "alice", "worstlo").await;
    let secretary = it.platform.letters(&member("sam"));
    let told = |letter| crate::harness::read(letter).contains("serve it by hand");
    assert!(secretary.iter().any(told));
    assert!(it.command("mo", "queue").await.contains("NOT delivered: serve it by hand"));
    assert!(it.command("mo", "case B-1").await.contains("We removed your post"), "what is to be served");
    it.platform.fail(Call::DirectWithOfficers, 1, Fault::Forbidden);
    assert!(it.direct("alice", "my-record").await.contains("We removed your post"));
}

#[tokio::test]
async fn when_the_secretary_cannot_be_reached_either_the_officers_are_told() {
    let it = Harness::new().await;
    for who in ["alice", "sam"] {
        it.platform.set_takes_messages(&member(who), false);
    }
    it.platform.fail(Call::DirectWithOfficers, 1, Fault::Gone);
    it.post("1", "alice", "worstlo").await;
    let officers = it.platform.officers_letters();
    assert!(officers.iter().any(|letter| crate::harness::read(letter).contains("serve it by hand")));
}

#[tokio::test]
async fn what_is_served_by_hand_counts_from_the_day_the_officer_names() {
    let it = Harness::new().await;
    it.platform.set_takes_messages(&member("alice"), false);
    it.platform.fail(Call::DirectWithOfficers, 1, Fault::Forbidden);
    // 11 May 2026, 11:00 in London.
    it.post("1", "alice", "worstlo").await;
    it.clock.advance(5 * 86_400);
    let tea = crate::harness::group("tea");
    for (line, why) in [
        ("serve B-9", "no file B-0009"),
        ("serve B-1 2026-05-17 by post", "has not come yet"),
        ("serve B-1 2026-05-10", "written after that day"),
    ] {
        let answer = it.command("sam", line).await;
        assert!(answer.contains(why) && answer.ends_with("Nothing was changed."), "{answer}");
    }
    let before = it.ledger.register(&tea, 99).await.unwrap().len();
    let answer = it.command("sam", "serve B-1 2026-05-13 by recorded post").await;
    assert_eq!(answer, "B-0001: “Your post was removed” counts as served on 13 May 2026.");
    let notice = &it.ledger.notices_of(&tea, crate::harness::case_ref(1)).await.unwrap()[0];
    let ledger::NoticeDelivery::ByHand { at } = notice.delivery else { panic!("{:?}", notice.delivery) };
    assert_eq!(at.long_date_time(chrono_tz::Europe::London), "13 May 2026 at 12:00");
    assert_eq!(it.ledger.register(&tea, 99).await.unwrap().len(), before + 1);
    let case = it.command("mo", "case B-1").await;
    assert!(case.contains("served by hand 13 May 2026") && case.contains("> by recorded post"), "{case}");
    assert!(it.command("sam", "serve B-1").await.contains("no notice that waits"), "it is served once");
    // Whoever writes later is not sent again what they have.
    it.platform.set_takes_messages(&member("alice"), true);
    it.direct("alice", "rules").await;
    assert!(it.told("alice").is_empty());
    assert_eq!(it.command("mo", "queue").await, "Nothing waits for a moderator.");
}

/// As the name of a server's owner, which no bot may change.
#[tokio::test]
async fn what_can_never_be_removed_silences_nothing_else() {
    let it = Harness::new().await;
    it.platform.fail(Call::Remove, 1, Fault::Forbidden);
    it.post("1", "alice", "worstlo").await;
    it.post("2", "alice", "worstlo").await;
    assert!(it.stands("1") && !it.stands("2"));
    assert_eq!(it.told("alice").len(), 1, "she hears of what was removed, and not of what was not");
    let case = it.command("mo", "case B-1").await;
    assert!(case.contains("held back") && case.contains("`serve B-0001`"), "{case}");
    assert!(case.contains("We removed your post"), "what is to be served: {case}");
    let answer = it.command("sam", "serve B-1 spoke to her after the meeting").await;
    assert!(answer.contains("counts as served"), "{answer}");
    let told = it.platform.officers_letters().len();
    it.platform.fail(Call::Remove, 1, Fault::Forbidden);
    it.clock.advance(60);
    it.settle().await;
    assert!(it.stands("1"));
    assert_eq!(it.platform.officers_letters().len(), told, "that it was refused again is no news");
    it.clock.advance(15 * 60);
    it.settle().await;
    assert!(!it.stands("1"), "it is tried again all the same");
    assert_eq!(it.told("alice").len(), 1, "and nobody is told twice");
}

#[tokio::test]
async fn a_rate_limit_is_waited_for_and_nothing_less_urgent_overtakes() {
    let it = Harness::new().await;
    it.platform.fail(Call::Remove, 1, Fault::RateLimited(Duration::from_secs(30)));
    it.post("1", "alice", "worstlo").await;
    assert!(it.stands("1"));
    it.takes(crate::harness::post(&it, "tea", "2", "bob", "worstlo")).await;
    it.settle().await;
    assert!(it.stands("2"), "what came later waits behind it");
    assert!(it.told("alice").is_empty(), "and so does all that is less urgent");
    assert!(
        it.command("mo", "queue")
            .await
            .contains("B-0001 removing the post is NOT done (1 attempts; tried again)")
    );
    assert_eq!(it.platform.calls(Call::Remove), 1, "the platform is left in peace");
    it.clock.advance(29);
    it.settle().await;
    assert!(it.stands("1"));
    it.clock.advance(3);
    it.settle().await;
    assert!(!it.stands("1") && !it.stands("2"));
    assert_eq!(it.platform.calls(Call::Remove), 3);
    assert_eq!((it.told("alice").len(), it.told("bob").len()), (1, 1));
    let kinds: Vec<_> = it.platform.effects().iter().map(|(_, action)| Call::from(action)).collect();
    assert_eq!(kinds[..3], [Call::Remove, Call::Remove, Call::Direct], "most urgent first, then by age");
}

/// Where a letter about one post would keep the next one standing, it waits until there is nothing to remove; what is
/// removed meanwhile does not wait.
#[tokio::test]
async fn where_removals_want_peace_what_is_said_comes_after_them() {
    let it = Harness::new().await;
    it.platform.set_lull(Duration::from_secs(1));
    let calls = || [Call::Remove, Call::Direct, Call::TellOfficers].map(|call| it.platform.calls(call));
    it.post("1", "alice", "worstlo").await;
    it.post("2", "bob", "worstlo").await;
    assert_eq!(calls(), [2, 0, 0]);
    it.clock.advance(1);
    it.casework.settle().await.unwrap();
    let [removed, told, officers] = calls();
    assert_eq!((removed, officers), (2, 1));
    assert!(told >= 2, "each author is told: {told}");
    // Removals without end are no reason to tell nobody.
    let thirty_seconds_of_removals = 3..=63;
    for number in thirty_seconds_of_removals {
        it.post(&number.to_string(), "alice", "worstlo").await;
        it.clock.advance_ms(500);
    }
    let [removed, told_now, _] = calls();
    assert_eq!(removed, 63);
    assert!(told_now > told, "{told_now}");
}

#[tokio::test]
async fn a_limit_on_letters_holds_back_no_removal_and_no_other_group() {
    let it = Harness::with(vec![charter("tea"), charter("pub")]).await;
    it.platform.fail(Call::Direct, 1, Fault::RateLimited(Duration::from_secs(30)));
    it.post("1", "alice", "stronko").await;
    it.post("2", "bob", "stronko").await;
    assert!(!it.stands("1") && !it.stands("2"));
    assert_eq!((it.told("alice").len(), it.told("bob").len()), (0, 0));
    assert!(it.platform.officers_letters().is_empty());
    it.takes(post(&it, "pub", "3", "bob", "stronko")).await;
    it.settle().await;
    assert_eq!(it.told("bob").len(), 1, "the other group's letter goes");
    it.clock.advance(31);
    it.settle().await;
    assert_eq!((it.told("alice").len(), it.told("bob").len()), (1, 2));
    let to: Vec<_> = it.platform.effects().iter().filter_map(|(_, action)| first_reader(action)).collect();
    assert_eq!(to[..3], ["bob", "alice", "bob"], "the oldest first");
}

fn first_reader(action: &Action) -> Option<String> {
    if let Action::Direct { to, .. } = action { Some(to.as_str().to_owned()) } else { None }
}

#[tokio::test]
async fn a_limit_on_one_sort_of_thing_holds_back_nothing_else() {
    let it = Harness::new().await;
    it.platform.fail(Call::Direct, 1, Fault::NotYet(Duration::from_secs(90)));
    it.post("1", "alice", "stronko").await;
    it.post("2", "bob", "stronko").await;
    assert_eq!((it.told("alice").len(), it.told("bob").len()), (0, 1));
    assert!(!it.platform.officers_letters().is_empty());
    it.clock.advance(89);
    it.settle().await;
    assert!(it.told("alice").is_empty());
    it.clock.advance(2);
    it.settle().await;
    assert_eq!(it.told("alice").len(), 1);
}

/// A restart asks once and learns again; a clock that is set back does not stretch what was learned.
#[tokio::test]
async fn what_a_platform_asked_for_is_known_until_a_restart() {
    for (restart, set, calls) in [(false, 0, 1), (true, 0, 2), (false, -100, 2)] {
        let it = Harness::new().await;
        it.platform.fail(Call::Remove, 1, Fault::RateLimited(Duration::from_secs(30)));
        it.post("1", "alice", "worstlo").await;
        let it = if restart { it.restart().await } else { it };
        it.takes(post(&it, "tea", "2", "bob", "worstlo")).await;
        it.clock.set(set);
        it.takes(post(&it, "tea", "3", "bob", "worstlo")).await;
        it.settle().await;
        assert!(it.platform.calls(Call::Remove) >= calls, "{restart} {set}");
        assert_eq!(it.platform.calls(Call::Remove) == 1, calls == 1, "{restart} {set}");
        it.clock.advance(200);
        it.settle().await;
        assert!(["1", "2", "3"].iter().all(|id| !it.stands(id)));
    }
}

/// Fifty posts in a moment: removals, then notices, then a few letters to the officers.
#[tokio::test]
async fn a_burst_is_removed_first_and_told_to_the_officers_in_few_letters() {
    let it = Harness::new().await;
    for number in 0..50 {
        let author = if number % 2 == 0 { "alice" } else { "bob" };
        it.takes(post(&it, "tea", &number.to_string(), author, "worstlo")).await;
    }
    it.settle().await;
    let kinds: Vec<_> = it.platform.effects().iter().map(|(_, action)| Call::from(action)).collect();
    assert!(kinds[..50].iter().all(|call| *call == Call::Remove), "{kinds:?}");
    assert!((0..50).all(|number| !it.stands(&number.to_string())));
    let officers: Vec<_> = it.platform.officers_letters().iter().map(crate::harness::read).collect();
    assert_eq!(officers.len(), 3, "{officers:#?}");
    let all = officers.join("\n");
    let mut told: Vec<_> = all.lines().filter(|line| line.contains(" deleted ")).collect();
    assert_eq!(told.len(), 50, "each of them");
    told.dedup();
    assert_eq!(told.len(), 50, "once");
    let first: Vec<_> = officers[0].lines().take(2).chain(officers[0].lines().last()).collect();
    insta::assert_snapshot!(first.join("\n"), @r"
    B-0001 deleted alice's post in general: strongest general (language, version 1).
    B-0003 deleted bob's post in general: strongest general (language, version 1).
    To see one of them: `case` and its number, as in `case B-0001`.
    ");
    assert_eq!(all.matches("To see one of them").count(), 3);
}

/// What may have been told is asked for again as it was, with nothing added and nothing left out.
#[tokio::test]
async fn a_letter_that_may_have_been_sent_is_sent_again_with_the_same_in_it() {
    for done in [false, true] {
        let it = Harness::new().await;
        it.platform.fail(Call::TellOfficers, 1, Fault::Unanswered { done });
        for (id, author) in [("1", "alice"), ("2", "bob")] {
            it.takes(post(&it, "tea", id, author, "stronko")).await;
        }
        it.settle().await;
        let it = it.restart().await;
        it.takes(post(&it, "tea", "3", "mo", "stronko")).await;
        it.clock.advance(60);
        it.settle().await;
        let told: Vec<_> = it.platform.officers_letters().iter().map(crate::harness::read).collect();
        let of =
            |reference: &str| told.iter().filter(|text| text.contains(&format!("{reference} hid"))).count();
        assert_eq!([of("B-0001"), of("B-0002")], [1, 1], "done: {done}: {told:#?}");
        let together = told.iter().find(|text| text.contains("B-0001 hid")).unwrap();
        assert!(together.contains("B-0002 hid"), "{told:#?}");
        assert!(it.ledger.next_attempt_at(&[]).await.unwrap().is_none(), "nothing is left");
    }
}

/// The process dies while some of a batch were asked for: none is done twice, none is left.
#[tokio::test]
async fn a_batch_that_was_being_sent_when_the_process_died_is_asked_for_again() {
    let it = Harness::new().await;
    for id in ["1", "2", "3"] {
        it.takes(post(&it, "tea", id, "alice", "stronko")).await;
    }
    let now = policy::Clock::now(&*it.clock);
    let first = it.ledger.next_due(now, &[]).await.unwrap().unwrap();
    let batch = it.ledger.due_like(&first, now, 2).await.unwrap();
    assert_eq!(batch.len(), 2);
    let mut tx = it.ledger.begin().await.unwrap();
    for effect in &batch {
        tx.attempt(effect.id, now).await.unwrap();
    }
    tx.commit().await.unwrap();
    // The first of them arrived.
    let case = it.case(1).await.unwrap().post;
    let action =
        Action::Remove { channel: case.channel, post: case.id, kind: case.kind, author: case.author };
    it.platform.apply(effect(batch[0].name), &action).await.unwrap();
    let it = it.restart().await;
    it.settle().await;
    assert!(["1", "2", "3"].iter().all(|id| !it.stands(id)));
    let removals =
        it.platform.effects().iter().filter(|(_, action)| Call::from(action) == Call::Remove).count();
    assert_eq!(removals, 3);
}

#[tokio::test]
async fn one_removal_that_fails_keeps_none_of_the_others() {
    let it = Harness::new().await;
    for (nth, fault) in
        [(2, Fault::Unreachable), (3, Fault::Unanswered { done: true }), (4, Fault::Forbidden)]
    {
        it.platform.fail(Call::Remove, nth, fault);
    }
    for id in ["1", "2", "3", "4", "5"] {
        it.takes(post(&it, "tea", id, "alice", "stronko")).await;
    }
    it.settle().await;
    let standing: Vec<_> = ["1", "2", "3", "4", "5"].into_iter().filter(|id| it.stands(id)).collect();
    assert_eq!(standing, ["2", "4"]);
    it.clock.advance(60);
    it.settle().await;
    assert!(["1", "2", "3", "4", "5"].iter().all(|id| !it.stands(id)));
    assert_eq!(it.platform.calls(Call::Remove), 8);
}

#[tokio::test]
async fn a_permission_lost_between_two_attempts_is_said_too() {
    let it = Harness::new().await;
    it.platform.fail(Call::Remove, 1, Fault::Unreachable);
    for nth in 2..=9 {
        it.platform.fail(Call::Remove, nth, Fault::Forbidden);
    }
    it.post("1", "alice", "worstlo").await;
    it.clock.advance(3600);
    it.settle().await;
    let officers = it.platform.officers_letters();
    assert_eq!(officers.len(), 1);
    assert!(crate::harness::read(&officers[0]).contains("NOT done"));
    assert!(it.told("alice").is_empty());
}

#[tokio::test]
async fn a_refused_notice_is_sent_again_when_the_member_writes() {
    let it = Harness::new().await;
    it.platform.set_takes_messages(&member("alice"), false);
    for nth in [1, 2] {
        it.platform.fail(Call::DirectWithOfficers, nth, Fault::Forbidden);
    }
    it.post("1", "alice", "worstlo").await;
    it.direct("alice", "my-record").await;
    let told_officers = it.platform.officers_letters().len();
    assert!(it.command("mo", "queue").await.contains("NOT delivered"));
    it.platform.set_takes_messages(&member("alice"), true);
    it.direct("alice", "rules").await;
    assert_eq!(it.told("alice"), ["Your post was removed"]);
    assert_eq!(it.command("mo", "queue").await, "Nothing waits for a moderator.");
    assert_eq!(it.platform.officers_letters().len(), told_officers, "officers are told once");
}

#[tokio::test]
async fn a_notice_is_said_with_an_answer_only_after_every_other_way_was_tried() {
    let it = Harness::new().await;
    it.platform.set_takes_messages(&member("alice"), false);
    it.platform.set_takes_messages(&member("bob"), false);
    it.platform.fail(Call::DirectWithOfficers, 1, Fault::Forbidden);
    it.post("1", "alice", "worstlo").await;
    it.post("2", "bob", "worstlo").await;
    let written = it.clock.now();
    it.clock.advance(60);
    it.platform.fail(Call::DirectWithOfficers, 3, Fault::Forbidden);
    it.private_command("alice", "rules").await;
    let tried = |who: &str| {
        let tried = it.platform.asked().into_iter().filter_map(|action| match action {
            Action::Direct { to, or_shown_since, .. } if to == member(who) => Some(or_shown_since),
            _ => None,
        });
        tried.collect::<Vec<_>>()
    };
    assert_eq!(tried("alice"), [None, Some(written)]);
    assert_eq!(tried("bob"), [None], "it stands in the place shared with the officers");
}

/// Who reads along in the place that a member shares with the officers, letter by letter.
fn readers(it: &Harness) -> Vec<Vec<String>> {
    let of = |(_, action): (_, Action)| match action {
        Action::DirectWithOfficers { officers, .. } => {
            Some(officers.iter().map(|officer| officer.as_str().to_owned()).collect())
        }
        _ => None,
    };
    it.platform.effects().into_iter().filter_map(of).collect()
}

#[tokio::test]
async fn no_moderator_reads_along_who_has_a_part_in_a_matter_of_the_members() {
    let mut tea = charter("tea");
    tea.roster.appoint(member("kit"), policy::Role::Moderator);
    let everybody: Vec<_> =
        tea.roster.holders(policy::Role::Moderator).map(|it| it.as_str().to_owned()).collect();
    let but = |who: &str| everybody.iter().filter(|one| *one != who).cloned().collect::<Vec<_>>();
    let it = Harness::with(vec![tea]).await;
    it.platform.set_takes_messages(&member("alice"), false);
    it.post("1", "alice", "worstlo").await;
    assert_eq!(readers(&it).last(), Some(&everybody), "nobody has a part in it");
    // What was said to Kit is none of Kit's to read, nor is what comes after it in the same place.
    let aimed = policy::Post { addressed: vec![member("kit")], ..post(&it, "tea", "2", "alice", "worstlo") };
    it.takes(aimed).await;
    it.settle().await;
    assert_eq!(readers(&it).last(), Some(&but("kit")));
    it.post("3", "alice", "worstlo").await;
    assert_eq!(readers(&it).last(), Some(&but("kit")), "the letter before stands there");
    let it = Harness::with(vec![charter("tea")]).await;
    it.platform.set_takes_messages(&member("alice"), false);
    it.post("1", "alice", "stronko").await;
    it.command("mo", "conflict B-1").await;
    it.command("asha", "confirm B-1").await;
    assert!(
        readers(&it).last().is_some_and(|readers| !readers.contains(&"mo".to_owned())),
        "it was declared"
    );
}

#[tokio::test]
async fn an_unreachable_platform_is_tried_again_at_growing_distances() {
    let it = Harness::new().await;
    for nth in 1..=6 {
        it.platform.fail(Call::Remove, nth, Fault::Unreachable);
    }
    it.post("1", "alice", "worstlo").await;
    let mut tried_at = vec![0];
    for second in 1..=63 {
        it.clock.advance(1);
        let before = it.platform.calls(Call::Remove);
        it.settle().await;
        if it.platform.calls(Call::Remove) > before {
            tried_at.push(second);
        }
    }
    assert_eq!(tried_at, [0, 1, 3, 7, 15, 31, 63]);
    assert!(!it.stands("1"));
}

#[tokio::test]
async fn an_answer_that_never_came_is_asked_for_again_and_acts_once() {
    for done in [false, true] {
        let it = Harness::new().await;
        it.platform.fail(Call::Direct, 1, Fault::Unanswered { done });
        it.post("1", "alice", "stronko").await;
        assert_eq!(it.told("alice").len(), usize::from(done));
        it.clock.advance(5);
        it.settle().await;
        assert_eq!(it.told("alice").len(), 1, "done: {done}");
        assert_eq!(it.platform.calls(Call::Direct), 2);
    }
}

#[tokio::test]
async fn a_missing_permission_is_said_once_and_never_shown_as_done() {
    let it = Harness::new().await;
    for nth in 1..=3 {
        it.platform.fail(Call::Remove, nth, Fault::Forbidden);
    }
    it.post("1", "alice", "worstlo").await;
    it.clock.advance(3600);
    it.settle().await;
    it.clock.advance(3600);
    it.settle().await;
    let officers = it.platform.officers_letters();
    let refusals = officers.iter().filter(|letter| crate::harness::read(letter).contains("NOT done")).count();
    assert_eq!(refusals, 1);
    assert!(it.stands("1"));
    it.clock.advance(3600);
    it.settle().await;
    assert!(!it.stands("1"), "once the permission is back, it is done");
}

#[tokio::test]
async fn what_is_gone_already_counts_as_removed() {
    let it = Harness::new().await;
    it.platform.fail(Call::Remove, 1, Fault::Gone);
    it.post("1", "alice", "worstlo").await;
    assert!(it.ledger.next_attempt_at(&[]).await.unwrap().is_none(), "nothing is left to do");
}

#[tokio::test]
async fn what_was_recorded_before_a_crash_is_done_after_it() {
    let it = Harness::new().await;
    it.takes(crate::harness::post(&it, "tea", "1", "alice", "worstlo")).await;
    assert!(it.stands("1"), "recorded, not yet delivered");
    let effect = it.ledger.next_due(policy::Clock::now(&*it.clock), &[]).await.unwrap().unwrap();
    let mut tx = it.ledger.begin().await.unwrap();
    tx.attempt(effect.id, policy::Clock::now(&*it.clock)).await.unwrap();
    tx.commit().await.unwrap();
    // Here the process dies: the effect is marked as being sent, and nobody knows whether it was.
    let it = it.restart().await;
    it.settle().await;
    assert!(!it.stands("1"));
    assert_eq!(it.told("alice").len(), 1);
}

/// What was read without consequences is not read again after a crash.
#[tokio::test]
async fn the_worker_writes_down_how_far_channels_were_read() {
    let it = Harness::new().await;
    it.takes(post(&it, "tea", "1", "alice", "hello")).await;
    assert!(it.ledger.positions(&group("tea")).await.unwrap().is_empty());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let work = it.casework.deliver_until(async move { drop(stopped.await) });
    let feed = async {
        while it.ledger.positions(&group("tea")).await.unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        it.takes(post(&it, "tea", "2", "alice", "hello again")).await;
        stop.send(()).unwrap();
    };
    tokio::join!(work, feed);
    let positions = it.ledger.positions(&group("tea")).await.unwrap();
    assert_eq!(positions.iter().map(|(_, position)| position.as_str()).collect::<Vec<_>>(), ["2"]);
}

#[tokio::test]
async fn the_worker_delivers_what_is_recorded_and_stops_when_asked() {
    let it = Harness::new().await;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let work = it.casework.deliver_until(async move {
        // A closed channel means the same.
        drop(stopped.await);
    });
    let feed = async {
        it.takes(crate::harness::post(&it, "tea", "1", "alice", "worstlo")).await;
        while it.ledger.next_attempt_at(&[]).await.unwrap().is_some() {
            tokio::task::yield_now().await;
        }
        stop.send(()).unwrap();
    };
    tokio::join!(work, feed);
    assert!(!it.stands("1"));
}

/// One file that cannot be read holds nothing up: not its removal, and nobody else's letters.
#[tokio::test]
async fn what_cannot_be_read_stops_nothing_else() {
    let it = Harness::new().await;
    it.takes(post(&it, "tea", "1", "alice", "stronko")).await;
    it.takes(post(&it, "tea", "2", "bob", "stronko")).await;
    let spoilt = "update file_key set wrapped = zeroblob(length(wrapped)) where file_id = 1";
    ledger::testing::doctor(&it.ledger, spoilt).await.unwrap();
    it.settle().await;
    assert!(!it.stands("1") && !it.stands("2"), "removals need no words");
    assert_eq!((it.told("alice").len(), it.told("bob").len()), (0, 1));
}

/// What follows from an answer cannot be recorded: it is asked for again, and the others have their turn.
#[tokio::test]
async fn an_answer_that_cannot_be_recorded_stops_nothing_else() {
    let it = Harness::new().await;
    it.platform.set_takes_messages(&member("alice"), false);
    it.platform.fail(Call::DirectWithOfficers, 1, Fault::Forbidden);
    it.takes(post(&it, "tea", "1", "alice", "stronko")).await;
    it.takes(post(&it, "tea", "2", "bob", "stronko")).await;
    let unlocked = "drop trigger event_is_never_changed";
    ledger::testing::doctor(&it.ledger, unlocked).await.unwrap();
    let spoilt = "update event set event = '{\"event\":\"unheard_of\"}' where file_id = 1";
    ledger::testing::doctor(&it.ledger, spoilt).await.unwrap();
    it.settle().await;
    assert_eq!((it.told("alice").len(), it.told("bob").len()), (0, 1));
    let mended = "update event set event = '{\"event\":\"review_due\"}' where file_id = 1";
    ledger::testing::doctor(&it.ledger, mended).await.unwrap();
    it.clock.advance(60);
    it.settle().await;
    assert_eq!(it.platform.letters_with_officers(&member("alice")).len(), 1, "it was asked for again");
}

#[tokio::test]
async fn what_is_left_of_a_group_that_nobody_configures_stops_nothing_else() {
    let it = Harness::with(vec![charter("tea"), charter("pub")]).await;
    it.takes(post(&it, "pub", "1", "alice", "stronko")).await;
    it.takes(post(&it, "tea", "2", "bob", "stronko")).await;
    it.files.replace(Ok(loaded(vec![charter("tea")])));
    let it = it.restart().await;
    it.settle().await;
    assert!(it.stands("1") && !it.stands("2"));
    it.files.replace(Ok(loaded(vec![charter("tea"), charter("pub")])));
    let it = it.restart().await;
    it.clock.advance(60);
    it.settle().await;
    assert!(!it.stands("1"), "it waited for its group");
}
