//! What stands on the platform against what the ledger says: looked at every hour, told once, never overwritten.

use platform::fake::{Call, Fault};
use platform::{Change, Inbound, Intake};
use policy::Event;

use crate::harness::{Harness, case_ref, group, member, read};

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;
const WHY: &str = "He has been asked three times to stop.";

impl Harness {
    async fn hours(&self, hours: i64) {
        for _ in 0..hours {
            self.clock.advance(HOUR);
            self.settle().await;
        }
    }

    /// From nothing to a suspension in force, B-4.
    async fn suspends(&self) {
        self.post("1", "alice", "worstlo").await;
        for officer in ["asha", "sam"] {
            self.command(officer, "case B-2").await;
            self.command(officer, &format!("sign B-2 warning {WHY}")).await;
        }
        self.clock.advance(30 * DAY);
        self.post("2", "alice", "worstlo").await;
        self.clock.advance(8 * DAY);
        self.settle().await;
        for officer in ["asha", "sam"] {
            self.command(officer, "case B-4").await;
            self.command(officer, &format!("sign B-4 suspension {WHY}")).await;
        }
        assert!(self.is_out(), "the story begins with a suspension");
    }

    fn is_out(&self) -> bool {
        self.platform.exclusion(&member("alice")).is_some()
    }

    /// How often something is on record in a file.
    async fn noted(&self, file: u32, event: Event) -> usize {
        let events = self.ledger.events(&group("tea"), case_ref(file)).await.unwrap();
        events.iter().filter(|noted| noted.event == event).count()
    }
}

#[tokio::test]
async fn every_hour_what_a_human_did_unheard_is_found_once_and_left() {
    let it = Harness::new().await;
    it.suspends().await;
    it.platform.change_by_hand(&member("alice"), Change::Admitted);
    it.clock.advance(HOUR - 60);
    it.settle().await;
    assert_eq!(it.noted(4, Event::NotShutOut).await, 0, "it is not looked at all the time");
    it.hours(5).await;
    assert_eq!(it.noted(4, Event::NotShutOut).await, 1, "told once");
    assert!(!it.is_out(), "and not overwritten");
    // Whoever comes back in is put out again; what a human does then is news.
    it.joins("alice").await;
    assert!(it.is_out());
    it.hours(2).await;
    assert_eq!(it.noted(4, Event::NotShutOut).await, 1);
    it.platform.change_by_hand(&member("alice"), Change::Admitted);
    it.hours(3).await;
    assert_eq!(it.noted(4, Event::NotShutOut).await, 2);
    it.platform.change_by_hand(&member("alice"), Change::Excluded);
    it.hours(3).await;
    assert_eq!(it.noted(4, Event::ShutOutByHandToo).await, 1);
    it.clock.advance(40 * DAY);
    it.settle().await;
    assert!(it.is_out(), "the end of ours is not the end of theirs");
}

#[tokio::test]
async fn a_platform_that_is_heard_again_is_looked_at_without_waiting_for_the_hour() {
    let it = Harness::new().await;
    it.suspends().await;
    it.settle().await;
    it.platform.change_by_hand(&member("alice"), Change::Admitted);
    it.platform.fail(Call::Exclusions, 1, Fault::Unreachable);
    it.casework.take(Inbound::Back { group: group("tea") }).await.unwrap();
    it.settle().await;
    assert_eq!(it.noted(4, Event::NotShutOut).await, 0, "it could not be asked");
    it.settle().await;
    assert_eq!(it.noted(4, Event::NotShutOut).await, 1);
    let (asked, mended) = (it.platform.calls(Call::Exclusions), it.platform.calls(Call::Mend));
    it.settle().await;
    assert_eq!(it.platform.calls(Call::Exclusions), asked, "nor is it asked again at once");
    it.hours(1).await;
    assert_eq!(it.platform.calls(Call::Mend), mended + 1, "what leaks is looked at as well");
}

#[tokio::test]
async fn where_nobody_is_out_no_platform_is_asked() {
    let it = Harness::new().await;
    it.post("1", "alice", "worstlo").await;
    it.hours(5).await;
    let asked = [Call::Exclusions, Call::Mutes, Call::Mend].map(|call| it.platform.calls(call));
    assert_eq!(asked, [0, 0, 0]);
}

#[tokio::test]
async fn a_mute_that_a_human_lifted_unheard_is_found_once_and_left() {
    let it = Harness::new().await;
    it.command("mo", "mute alice 48 To let tempers cool.").await;
    it.hours(2).await;
    assert_eq!(it.noted(1, Event::UnmutedByHand).await, 0);
    it.platform.change_by_hand(&member("alice"), Change::Unmuted);
    it.hours(5).await;
    assert_eq!(it.noted(1, Event::UnmutedByHand).await, 1);
    assert!(it.platform.muting(&member("alice")).is_none(), "a human lifted it");
    let told: Vec<_> = it.platform.officers_letters().iter().map(read).collect();
    let told: Vec<_> = told.iter().filter(|letter| letter.contains("unmuted by hand")).collect();
    assert_eq!(told.len(), 1, "{told:?}");
}

#[tokio::test]
async fn the_end_of_our_mute_is_not_the_end_of_a_humans() {
    let it = Harness::new().await;
    it.command("mo", "mute alice 24 To let tempers cool.").await;
    it.platform.change_by_hand(&member("alice"), Change::Muted);
    it.hours(30).await;
    let muting = it.platform.muting(&member("alice")).expect("it stands");
    assert!(!muting.ours);
}

#[tokio::test]
async fn what_humans_removed_is_in_the_members_file_and_no_strike() {
    let it = Harness::new().await;
    it.hands(Change::Removed, "alice", Some("nia")).await;
    for (posts, by) in [(1, Some("mo")), (12, None), (0, Some("mo"))] {
        let by = by.map(member);
        let (group, author) = (group("tea"), member("alice"));
        let inbound = Inbound::TakenDown { group, author, posts, by, noted: None };
        it.casework.take(inbound).await.unwrap();
        it.settle().await;
    }
    let told: Vec<_> = it.platform.officers_letters().iter().map(read).collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    B-0001 alice: made to leave by hand, past the bot, by nia; they may come back.
    B-0001 alice: a post was taken down by hand, past the bot, by mo.
    B-0001 alice: 12 posts were taken down by hand, past the bot, by somebody.
    ");
    let case = it.command("mo", "case B-1").await;
    assert!(case.contains("12 posts were taken down by hand, past the bot, by somebody"), "{case}");
    assert!(case.contains("made to leave by hand, past the bot, by nia"), "{case}");
    assert_eq!(it.strikes("alice").await, (0, 0));
    assert_eq!(it.told("alice"), [""; 0], "they are told nothing");
}

#[tokio::test]
async fn a_members_record_has_what_humans_did_in_order_of_time() {
    let it = Harness::new().await;
    it.command("asha", "link alice bob").await;
    assert!(it.command("sam", "link alice bob").await.contains("one person's"));
    for (change, whom, by) in [
        (Change::Removed, "alice", Some("nia")),
        (Change::Muted, "bob", None),
        (Change::Excluded, "alice", Some("asha")),
        (Change::Admitted, "alice", Some("asha")),
    ] {
        it.hands(change, whom, by).await;
        it.clock.advance(60);
    }
    it.takes_down("alice", 3, "mo").await;
    insta::assert_snapshot!(it.command("mo", "history alice").await, @r"
    The record of alice:
    No strikes and no cases.
    B-0001 11 May 2026 at 11:00: made to leave by hand, past the bot, by nia; they may come back
    B-0002 bob, 11 May 2026 at 11:01: muted by hand, past the bot, by somebody
    B-0001 11 May 2026 at 11:02: put out by hand, past the bot, by asha
    B-0001 11 May 2026 at 11:03: let in by hand, past the bot, by asha
    B-0001 11 May 2026 at 11:04: 3 posts were taken down by hand, past the bot, by mo
    ");

    // Whoever has a part in a file reads nothing of it, nor anybody their own.
    it.command("nia", "conflict B-1").await;
    let shown = it.command("nia", "history alice").await;
    assert!(shown.contains("B-0002 bob") && !shown.contains("B-0001"), "{shown}");
    it.takes_down("nia", 1, "mo").await;
    assert!(!it.command("nia", "history nia").await.contains("by hand"));
    assert!(it.command("mo", "history nia").await.contains("a post was taken down by hand"));
    assert!(it.command("alice", "history alice").await.contains("which you do not hold"));
}

#[tokio::test]
async fn of_much_that_humans_did_a_record_has_the_newest() {
    let it = Harness::new().await;
    for posts in 2..=31 {
        it.takes_down("alice", posts, "mo").await;
        it.clock.advance(60);
    }
    let shown = it.command("nia", "history alice").await;
    let lines: Vec<_> = shown.lines().skip(2).collect();
    assert_eq!(
        (lines.len(), lines[0]),
        (26, "\u{2026} and 5 by hand before these, which stand in their files")
    );
    assert!(lines[1].contains("7 posts were") && lines[25].contains("31 posts were"), "{shown}");
}
