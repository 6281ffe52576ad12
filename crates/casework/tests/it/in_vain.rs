//! Somebody was told that they are put out, and the platform refuses it: what they read is put right, and nobody is put out
//! who was not told before.

use platform::fake::{Call, Fault};
use platform::{Action, Inbound, Intake, Limit};
use policy::{ChannelId, NoticeKind};

use crate::harness::{Harness, case_ref, group, member, read};
use crate::sanctions::{WHY, hearing_group};

const SUSPENDED: &str = "You are suspended";
const STILL_THERE: &str = "You are still in the group";

impl Harness {
    /// The missing signature comes, and each of the next tries to put alice out fails so.
    async fn decided_in_vain(&self, faults: &[Fault]) {
        for (nth, fault) in (1..).zip(faults) {
            self.platform.fail(Call::Exclude, nth, *fault);
        }
        assert!(self.signs("sam", &format!("B-4 suspension {WHY}")).await.contains("is decided"));
    }

    /// What alice can read about whether she is put out.
    fn reads(&self) -> Vec<String> {
        let told = self.told("alice").into_iter();
        told.filter(|heading| [SUSPENDED, STILL_THERE].contains(&heading.as_str())).collect()
    }

    async fn notices(&self) -> Vec<&'static str> {
        let mut notices = self.ledger.notices_of(&group("tea"), case_ref(4)).await.unwrap();
        notices.reverse();
        notices.iter().map(|record| record.notice.kind.word()).collect()
    }

    fn officers_heard(&self, part: &str) -> usize {
        self.platform.officers_letters().iter().filter(|letter| read(letter).contains(part)).count()
    }

    async fn limits(&self, limits: &[Limit]) {
        let (group, channel) = (group("tea"), ChannelId::new("general").unwrap());
        let inbound = Inbound::Limits { group, channel, limits: limits.to_vec() };
        assert_eq!(self.casework.take(inbound).await.unwrap(), None);
        self.settle().await;
    }
}

async fn nearly_suspended() -> Harness {
    let it = hearing_group().await;
    it.nearly_suspended().await;
    it
}

#[tokio::test]
async fn what_the_platform_refuses_is_put_right_where_it_stands_and_told_again_before_it_is_done() {
    let it = nearly_suspended().await;
    it.decided_in_vain(&[Fault::Forbidden]).await;
    assert!(!it.is_shut_out("alice"));
    assert_eq!(it.reads(), [STILL_THERE], "in the place of what was not true");
    let letter = it.letters_from("alice", 0);
    for part in ["B-0004", "you have not been put out", "We will write to you again", "appeal B-0004"] {
        assert!(letter.contains(part), "{part}: {letter}");
    }
    assert_eq!(it.officers_heard("B-0004 alice was NOT put out"), 1);
    assert_eq!(it.officers_heard("It is tried again"), 0, "in one word to the officers");
    let queue = it.command("mo", "queue").await;
    assert!(queue.contains("B-0004 shutting the member out is NOT done (1 attempts; refused"), "{queue}");

    let before = it.platform.effects().len();
    it.days(2).await;
    assert!(it.is_shut_out("alice"));
    assert_eq!(it.reads(), [SUSPENDED], "and nothing says otherwise any more");
    assert!(it.letters_from("alice", 0).contains(WHY), "with the officers' words");
    let done = it.platform.effects_after(before);
    let at = |wanted: Call| done.iter().position(|(_, action)| Call::from(action) == wanted);
    assert!(at(Call::Rewrite).unwrap() < at(Call::Exclude).unwrap(), "told first: {done:?}");
    let queue = it.command("mo", "queue").await;
    assert!(!queue.contains("B-0004"), "{queue}");
    assert_eq!(it.notices().await[1..], ["suspended", "not_carried_out", "suspended"], "all of it on record");
    it.days(20).await;
    assert_eq!(it.platform.calls(Call::Exclude), 2);
}

#[tokio::test]
async fn where_the_letter_is_gone_the_correction_is_one_of_its_own() {
    for fault in [Fault::Gone, Fault::Forbidden] {
        let it = nearly_suspended().await;
        it.platform.fail(Call::Rewrite, 1, fault);
        it.decided_in_vain(&[Fault::Forbidden]).await;
        assert_eq!(it.reads(), [SUSPENDED, STILL_THERE], "{fault:?}");
        it.days(2).await;
        assert!(it.is_shut_out("alice"));
        assert_eq!(it.reads(), [SUSPENDED, SUSPENDED], "that is rewritten in its turn");
    }
}

#[tokio::test]
async fn a_letter_in_the_officers_place_is_put_right_there() {
    let it = nearly_suspended().await;
    it.platform.set_takes_messages(&member("alice"), false);
    it.decided_in_vain(&[Fault::Forbidden]).await;
    let shared = it.platform.letters_with_officers(&member("alice"));
    assert!(read(shared.last().unwrap()).starts_with(STILL_THERE));
    assert!(!shared.iter().any(|letter| read(letter).starts_with(SUSPENDED)));
    let shown = it.command("asha", "case B-4").await;
    assert_eq!(shown.matches("delivered in the place shared with the officers").count(), 2, "{shown}");
}

#[tokio::test]
async fn what_did_take_place_is_never_corrected() {
    // Nobody knows whether it happened, and it had; then it may not be asked for any more.
    let it = nearly_suspended().await;
    it.decided_in_vain(&[Fault::Unanswered { done: true }, Fault::Forbidden]).await;
    it.days(1).await;
    assert!(it.is_shut_out("alice"));
    assert_eq!(it.reads(), [SUSPENDED]);
    // It had happened, and whoever came back in is another matter.
    let it = nearly_suspended().await;
    it.decided_in_vain(&[]).await;
    it.platform.change_by_hand(&member("alice"), platform::Change::Admitted);
    it.platform.fail(Call::Exclude, 1, Fault::Forbidden);
    it.joins("alice").await;
    it.days(1).await;
    assert!(it.is_shut_out("alice"));
    assert_eq!(it.reads(), [SUSPENDED]);
}

#[tokio::test]
async fn as_long_as_nobody_knows_who_is_out_nothing_is_corrected() {
    let it = nearly_suspended().await;
    let asked = it.platform.calls(Call::Exclusions);
    it.platform.fail(Call::Exclusions, 1, Fault::Unreachable);
    it.decided_in_vain(&[Fault::Forbidden, Fault::Forbidden]).await;
    assert_eq!(it.platform.calls(Call::Exclusions), asked + 1);
    assert_eq!(it.reads(), [SUSPENDED]);
    it.clock.advance(60);
    it.settle().await;
    assert_eq!(it.reads(), [STILL_THERE]);
}

#[tokio::test]
async fn once_the_bot_may_it_tells_again_and_puts_out_at_once() {
    let it = nearly_suspended().await;
    it.limits(&[Limit::Exclude, Limit::Write]).await;
    it.decided_in_vain(&[Fault::Forbidden, Fault::Forbidden]).await;
    assert_eq!(it.reads(), [STILL_THERE]);
    it.limits(&[Limit::Exclude]).await;
    assert_eq!(it.reads(), [STILL_THERE], "tried, and refused again");
    it.limits(&[]).await;
    assert!(it.is_shut_out("alice"));
    assert_eq!(it.reads(), [SUSPENDED]);
    it.days(9).await;
    assert_eq!((it.reads(), it.platform.calls(Call::Exclude)), (vec![SUSPENDED.to_owned()], 3));
}

#[tokio::test]
async fn what_is_refused_again_and_again_is_tried_ever_more_rarely() {
    let it = nearly_suspended().await;
    it.decided_in_vain(&[Fault::Forbidden; 9]).await;
    let mut tried = Vec::new();
    for day in 1..=25 {
        let before = it.platform.calls(Call::Exclude);
        it.days(1).await;
        assert_eq!(it.reads(), [STILL_THERE], "one letter, whatever was tried");
        if it.platform.calls(Call::Exclude) > before {
            tried.push(day);
        }
    }
    // At noon one, two, four and eight days later, and each day is looked at in the morning.
    assert_eq!(tried, [2, 5, 10, 19]);
    it.days(6).await;
    assert_eq!(it.sanction(4).await, "ended");
    let calls = it.platform.calls(Call::Exclude);
    it.days(10).await;
    assert_eq!(it.platform.calls(Call::Exclude), calls, "what is over is not tried");
    let queue = it.command("mo", "queue").await;
    assert!(!queue.contains("B-0004"), "{queue}");
}

#[tokio::test]
async fn nobody_is_put_out_for_what_was_taken_back_meanwhile() {
    let it = nearly_suspended().await;
    it.decided_in_vain(&[Fault::Forbidden]).await;
    it.command("ed", "minute B-4 allow 7 It was somebody else.").await;
    it.days(30).await;
    assert!(!it.is_shut_out("alice"));
    assert_eq!(it.platform.calls(Call::Exclude), 1);
}

#[tokio::test]
async fn whoever_comes_in_again_meanwhile_is_told_again_before() {
    let it = nearly_suspended().await;
    it.decided_in_vain(&[Fault::Forbidden]).await;
    it.platform.leave(&member("alice"));
    assert!(it.platform.join(&member("alice")));
    it.joins("alice").await;
    it.settle().await;
    assert!(it.is_shut_out("alice"));
    assert_eq!(it.reads(), [SUSPENDED]);
    let effects = it.platform.effects();
    let last = effects.iter().rev().find(|(_, action)| {
        matches!(action, Action::Exclude { .. } | Action::Rewrite { .. } | Action::Direct { .. })
            && !matches!(action, Action::Direct { to, .. } if *to != member("alice"))
    });
    assert!(matches!(last, Some((_, Action::Exclude { .. }))), "{last:?}");
}

#[tokio::test]
async fn a_restart_changes_nothing_about_it() {
    let it = nearly_suspended().await;
    it.decided_in_vain(&[Fault::Forbidden]).await;
    let it = it.restart().await;
    it.settle().await;
    assert_eq!((it.reads(), it.platform.calls(Call::Exclude)), (vec![STILL_THERE.to_owned()], 1));
    assert_eq!(it.officers_heard("a human let them in"), 0, "the officers know better");
    it.days(2).await;
    assert!(it.is_shut_out("alice"));
    assert_eq!(it.reads(), [SUSPENDED]);
    let notices = it.ledger.notices_of(&group("tea"), case_ref(4)).await.unwrap();
    let told = notices.iter().find_map(|record| match record.notice.kind {
        NoticeKind::NotCarriedOut { told_at, .. } => Some(told_at),
        _ => None,
    });
    let first = notices.iter().rfind(|record| record.notice.kind.puts_out()).unwrap();
    assert_eq!(told, Some(first.notice.written_at), "it says what it takes back");
}
