//! The breaker: far more removals than usual, of several members, leave the rest to people, who say when it is over.

use policy::{Breaker, Charter, Event, MessageText, Post, PostId, Surface, SurfaceKind, Verdict};

use crate::harness::{Harness, case_ref, charter, group, member, post, read};

const DAY: i64 = 24 * 60 * 60;
const FIVE: [&str; 5] = ["alice", "bob", "carol", "dave", "erin"];

/// A group whose breaker trips with six removals, of each member two at most.
fn tight(id: &str) -> Charter {
    let mut group = charter(id);
    group.procedure.breaker = Breaker { enabled: true, floor: 6, factor: 2, per_member: 2 };
    group
}

impl Harness {
    async fn with_tight_breaker() -> Self {
        Self::with_members(vec![tight("tea")]).await
    }

    async fn with_members(charters: Vec<Charter>) -> Self {
        let it = Self::with(charters).await;
        for name in &FIVE[2..] {
            it.platform.add_member(&member(name), name);
        }
        it
    }

    /// So many posts of these members are hidden, one after the other; a second passes between them.
    async fn hides(&self, first: u32, by: &[&str]) {
        for (post, author) in (first..).zip(by) {
            self.clock.advance(1);
            self.post(&post.to_string(), author, "stronko indeed").await;
        }
    }

    /// Six posts of three members are hidden, B-1 to B-6; the group's own file is B-7.
    async fn trips(&self) {
        self.hides(1, &["alice", "alice", "bob", "bob", "carol", "carol"]).await;
        assert!(self.has_tripped().await);
    }

    async fn has_tripped(&self) -> bool {
        self.ledger.fuse(&group("tea")).await.unwrap().tripped_at.is_some()
    }

    async fn spared(&self, number: u32) -> Option<Verdict> {
        self.case(number).await.unwrap().spared
    }

    /// The words that the platform was handed last.
    fn to_be_stopped(&self) -> Vec<String> {
        let words = self.platform.stopped().pop().unwrap_or_default();
        words.into_iter().map(|word| word.spelling).collect()
    }

    /// What officers were told of the breaker.
    fn told_of_breaker(&self) -> Vec<String> {
        let told = self.platform.officers_letters();
        told.iter().map(read).filter(|told| told.contains("BREAKER")).collect()
    }
}

#[tokio::test]
async fn far_more_removals_than_usual_leave_the_rest_to_people() {
    let it = Harness::with_tight_breaker().await;
    it.hides(1, &["alice", "alice", "bob", "bob", "carol"]).await;
    assert!(!it.has_tripped().await);
    it.hides(6, &["carol"]).await;
    assert!(it.has_tripped().await && !it.stands("6"), "the one that was too many went as well");
    insta::assert_snapshot!(it.told_of_breaker().join("\n--\n"));

    let (letters, strikes) = (it.platform.letters(&member("dave")).len(), it.strikes("dave").await);
    it.post("7", "dave", "a worstlo evening it was").await;
    it.post("8", "erin", "and a stronko morning").await;
    assert!(it.stands("7") && it.stands("8"));
    assert_eq!((it.state(8).await, it.state(9).await), ("flagged", "flagged"));
    assert_eq!((it.spared(8).await, it.spared(9).await), (Some(Verdict::Delete), Some(Verdict::Hide)));
    assert_eq!((it.platform.letters(&member("dave")).len(), it.strikes("dave").await), (letters, strikes));
    // What is flagged by itself was never to go.
    it.post("9", "erin", "medlo").await;
    assert_eq!((it.state(10).await, it.spared(10).await), ("flagged", None));
    insta::assert_snapshot!(it.command("mo", "queue").await);
    insta::assert_snapshot!(it.command("mo", "case B-8").await);
    let told = it.platform.officers_letters();
    insta::assert_snapshot!(read(&told[told.len() - 3]), @"B-0008 left dave's post in general standing, flagged: strongest general (language, version 1). I would delete it, but the breaker has tripped. Please decide: `case B-0008`.");

    // People decide, as about anything that is flagged.
    assert!(it.command("mo", "remove B-8").await.contains("is now removed"));
    assert!(it.command("mo", "hide B-9").await.contains("is now hidden"));
    assert!(it.command("mo", "void B-10").await.contains("is now dismissed"));
    assert_eq!((it.stands("7"), it.stands("8"), it.stands("9")), (false, false, true));
    assert_eq!(it.strikes("dave").await, (1, 1));
    assert_eq!(it.told_of_breaker().len(), 1, "once");
}

#[tokio::test]
async fn abuse_aimed_at_somebody_still_goes_unless_its_word_is_new() {
    let it = Harness::with_tight_breaker().await;
    it.trips().await;
    let aimed = |id: &str, text: &str| Post { directed: true, ..post(&it, "tea", id, "dave", text) };
    it.takes(aimed("7", "you worstlo")).await;
    it.settle().await;
    assert_eq!((it.stands("7"), it.state(8).await, it.strikes("dave").await), (false, "removed", (1, 1)));
    // What is less strong waits for people, also where it is aimed.
    it.takes(aimed("8", "you stronko")).await;
    it.settle().await;
    assert!(it.stands("8"));
    let answer = it.command("asha", "wordlist add strongest general word kettlo").await;
    assert!(answer.contains("kettlo"), "{answer}");
    it.clock.advance(60);
    it.takes(aimed("9", "you kettlo")).await;
    it.settle().await;
    assert!(it.stands("9"), "it may be the mistake");
    it.clock.advance(29 * DAY);
    it.takes(aimed("10", "you kettlo")).await;
    it.settle().await;
    assert!(!it.stands("10"), "by now nobody has found it to be one");
}

#[tokio::test]
async fn what_carries_on_what_a_person_removed_goes_all_the_same_heard_or_not() {
    for is_heard_first in [true, false] {
        let it = Harness::with_tight_breaker().await;
        it.trips().await;
        it.clock.advance(1);
        let story = "a worstlo story, told at great length";
        it.post("7", "dave", story).await;
        it.clock.advance(1);
        let copy = post(&it, "tea", "8", "erin", story);
        it.platform.put(copy.clone());
        if is_heard_first {
            it.hands_in(copy.clone()).await;
            it.settle().await;
        }
        assert!(it.stands("7") && it.stands("8"));
        it.command("mo", "remove B-8").await;
        assert!(!it.stands("7") && !it.stands("8"), "heard first: {is_heard_first}");
        it.hands_in(copy).await;
        it.settle().await;
        assert_eq!(it.strikes("erin").await, (0, 0));
    }
}

#[tokio::test]
async fn while_it_has_tripped_the_platform_stops_nothing_and_what_it_still_stopped_is_hidden() {
    let it = Harness::with_tight_breaker().await;
    it.platform.set_stops(true);
    it.settle().await;
    assert_eq!(it.to_be_stopped(), ["worstlo"]);
    it.trips().await;
    assert_eq!(it.to_be_stopped(), [""; 0], "people decide what goes");
    insta::assert_snapshot!(it.told_of_breaker()[0].lines().nth(3).unwrap(), @"Meanwhile I have the platform stop no words before anybody sees them. What it stops all the same, because it had not heard of that yet, cannot stand: it is hidden, without a strike, its author is told, and it waits in `queue` too.");
    assert!(it.command("mo", "breaker").await.contains("the platform stop no words"));

    // On its way when that was said.
    let stopped = |id: &str, text: &str| {
        let id = PostId::stopped(id).unwrap();
        Post { id, ..post(&it, "tea", "1", "dave", text) }
    };
    it.hands_in(stopped("1", "a worstlo evening it was")).await;
    it.settle().await;
    assert_eq!((it.state(8).await, it.spared(8).await), ("hidden", None));
    assert_eq!(it.strikes("dave").await, (0, 0));
    assert_eq!(it.told("dave"), ["Your post is hidden for now"]);
    assert!(it.letters_from("dave", 0).contains("Nobody else saw it."));
    let told = it.platform.officers_letters();
    insta::assert_snapshot!(read(told.last().unwrap()), @"B-0008 hid dave's post in general, stopped before anybody saw it: strongest general (language, version 1). Please look by 14 May 2026: `case B-0008`.");
    assert!(it.command("mo", "restore B-8").await.contains("is now restored"));
    assert_eq!(it.platform.quotations().len(), 1, "nobody is told that it stands");

    // A program that is started anew hands nothing down either.
    let it = it.restart().await;
    it.settle().await;
    assert_eq!(it.to_be_stopped(), [""; 0]);
    it.command("asha", "breaker reset").await;
    assert_eq!(it.to_be_stopped(), ["worstlo"]);
    let id = PostId::stopped("2").unwrap();
    it.hands_in(Post { id, ..post(&it, "tea", "1", "dave", "another worstlo one") }).await;
    it.settle().await;
    assert_eq!((it.state(9).await, it.strikes("dave").await), ("removed", (1, 1)));
}

#[tokio::test]
async fn where_it_is_switched_off_the_platform_stops_words_whatever_went() {
    let mut off = tight("tea");
    off.procedure.breaker.enabled = false;
    let it = Harness::with_members(vec![off]).await;
    it.platform.set_stops(true);
    it.hides(1, &["alice", "alice", "bob", "bob", "carol", "carol", "dave"]).await;
    assert_eq!(it.to_be_stopped(), ["worstlo"]);
}

#[tokio::test]
async fn one_or_two_members_never_trip_it() {
    let it = Harness::with_tight_breaker().await;
    for post in 1..=20 {
        it.hides(post, &[["alice", "bob"][usize::try_from(post).unwrap() % 2]]).await;
    }
    assert!(!it.has_tripped().await);
    // Of two others one post each is enough, for four of those count.
    it.hides(21, &["carol", "dave"]).await;
    assert!(it.has_tripped().await);
}

#[tokio::test]
async fn with_what_a_group_settles_by_itself_forty_removals_of_three_members_trip_nothing() {
    let it = Harness::with_members(vec![charter("tea")]).await;
    for post in 1..=42 {
        it.hides(post, &[FIVE[usize::try_from(post).unwrap() % 3]]).await;
    }
    assert!(!it.has_tripped().await);
    for post in 43..=52 {
        it.hides(post, &["dave"]).await;
    }
    assert!(it.has_tripped().await, "a fourth makes forty, of whom ten each count");
}

#[tokio::test]
async fn removals_count_for_ten_minutes() {
    let it = Harness::with_tight_breaker().await;
    it.hides(1, &["alice", "alice", "bob", "bob", "carol"]).await;
    it.clock.advance(10 * 60);
    it.hides(6, &["alice", "alice", "bob", "bob", "carol"]).await;
    assert!(!it.has_tripped().await);
    it.hides(11, &["dave"]).await;
    assert!(it.has_tripped().await);
}

#[tokio::test]
async fn it_stays_so_over_a_restart_until_an_admin_says_that_it_is_over_and_then_counts_anew() {
    let it = Harness::with_tight_breaker().await;
    it.trips().await;
    let it = it.restart().await;
    it.post("7", "dave", "worstlo").await;
    assert!(it.stands("7"));
    assert!(it.command("mo", "breaker reset").await.contains("needs the office of admin"));
    insta::assert_snapshot!(it.command("mo", "breaker").await);
    insta::assert_snapshot!(it.command("asha", "breaker reset").await, @"The filter takes posts away again, and what it takes is counted anew. What was left standing still waits for you: see `queue`.");
    assert_eq!(
        it.command("asha", "breaker reset").await,
        "The breaker has not tripped. Nothing was changed."
    );
    assert_eq!(it.spared(8).await, Some(Verdict::Delete), "what was spared is as it was");
    assert!(!it.command("mo", "queue").await.contains("BREAKER"));
    insta::assert_snapshot!(read(it.platform.officers_letters().last().unwrap()), @"B-0007 The breaker was reset: I take posts away by myself again. What was left standing still waits in `queue`.");

    it.hides(11, &["alice", "alice", "bob", "bob", "carol"]).await;
    assert!(!it.has_tripped().await && !it.stands("15"), "what went before does not count any more");
    insta::assert_snapshot!(it.command("mo", "breaker").await, @"
    The breaker has not tripped. In the last ten minutes I took away 5 posts of 3 members.
    It trips at 6 posts, or at 2 times as many as in the busiest ten minutes of a usual day where that is more: that is 0 here. Of one member 2 posts count at most, and it takes 3 members.
    ");
    it.hides(16, &["carol"]).await;
    assert!(it.has_tripped().await);
    let events = it.ledger.events(&group("tea"), case_ref(7)).await.unwrap();
    let of_it =
        events.iter().map(|noted| noted.event).filter(|event| !matches!(event, Event::ClockDoubted { .. }));
    let tripped = Event::BreakerTripped { posts: 6, members: 3 };
    assert_eq!(of_it.collect::<Vec<_>>(), [tripped, Event::BreakerReset, tripped]);
}

#[tokio::test]
async fn officers_are_reminded_every_day_until_it_is_over() {
    let it = Harness::with_tight_breaker().await;
    it.trips().await;
    it.clock.advance(DAY - 60);
    it.settle().await;
    assert_eq!(it.told_of_breaker().len(), 1);
    it.clock.advance(120);
    it.settle().await;
    assert_eq!(it.told_of_breaker().len(), 2);
    insta::assert_snapshot!(it.told_of_breaker()[1]);
    // A program that was away for days says it once.
    it.clock.advance(5 * DAY);
    it.settle().await;
    it.settle().await;
    assert_eq!(it.told_of_breaker().len(), 3);
    it.command("asha", "breaker reset").await;
    it.clock.advance(5 * DAY);
    it.settle().await;
    assert_eq!(it.told_of_breaker().len(), 3);
}

/// So many hidden posts on one day, of these members.
async fn usual_day(it: &Harness, first: u32, by: &[&str]) {
    it.clock.advance(DAY);
    it.hides(first, by).await;
}

#[tokio::test]
async fn what_is_usual_in_a_busy_group_trips_nothing() {
    let it = Harness::with_tight_breaker().await;
    for day in 0..4 {
        usual_day(&it, day * 10 + 1, &["alice", "alice", "bob", "bob", "carol"]).await;
    }
    it.clock.advance(2 * DAY);
    it.hides(101, &["alice", "alice", "bob", "bob", "carol", "carol", "dave", "dave", "erin"]).await;
    assert!(!it.has_tripped().await, "twice five it takes");
    it.hides(110, &["erin"]).await;
    assert!(it.has_tripped().await);
}

#[tokio::test]
async fn what_was_written_while_the_program_was_away_is_held_against_what_is_usual_in_that_time() {
    for (days, want) in [(0, true), (4, false)] {
        let it = Harness::with_tight_breaker().await;
        for day in 0..days {
            usual_day(&it, day * 10 + 1, &["alice", "alice", "bob", "bob", "carol"]).await;
        }
        it.clock.advance(2 * DAY);
        let now = policy::Clock::now(&*it.clock);
        for nth in 0..20_u32 {
            let author = FIVE[usize::try_from(nth).unwrap() % FIVE.len()];
            let missed = post(&it, "tea", &format!("missed-{nth}"), author, "stronko");
            // Each ten minutes one.
            it.takes(Post { written_at: now.plus_seconds(-600 * i64::from(20 - nth)), ..missed }).await;
        }
        it.settle().await;
        assert_eq!(it.has_tripped().await, want, "after {days} days of which it is known what is usual");
    }
}

#[tokio::test]
async fn an_edit_that_would_go_is_left_to_people_and_what_is_gone_stays_gone() {
    let it = Harness::with_tight_breaker().await;
    it.post("20", "dave", "medlo").await;
    it.trips_from_two().await;
    let edited = |id: &str, author: &str, text: &str| {
        let surface = Surface { kind: SurfaceKind::Body, text: MessageText::new(text) };
        Post { revision: 1, surfaces: vec![surface], ..post(&it, "tea", id, author, "") }
    };
    it.takes(edited("20", "dave", "worstlo")).await;
    it.settle().await;
    assert_eq!((it.stands("20"), it.state(1).await), (true, "flagged"));
    assert_eq!(it.spared(1).await, Some(Verdict::Delete), "officers see what it says now");
    // That one went before.
    it.takes(edited("1", "alice", "worstlo still")).await;
    it.settle().await;
    assert_eq!((it.stands("1"), it.state(2).await), (false, "hidden"));
    // Once it is over, an edit is judged like any other.
    it.command("asha", "breaker reset").await;
    let surface = Surface { kind: SurfaceKind::Body, text: MessageText::new("worstlo again") };
    it.takes(Post { revision: 2, surfaces: vec![surface], ..post(&it, "tea", "20", "dave", "") }).await;
    it.settle().await;
    assert_eq!((it.stands("20"), it.state(1).await, it.spared(1).await), (false, "removed", None));
}

impl Harness {
    /// As [`Harness::trips`], where there is a case already.
    async fn trips_from_two(&self) {
        self.hides(1, &["alice", "alice", "bob", "bob", "carol", "carol"]).await;
        assert!(self.has_tripped().await);
    }
}

#[tokio::test]
async fn what_only_the_filter_took_away_draws_nothing_along_without_a_person() {
    let it = Harness::with_tight_breaker().await;
    let (said, other) =
        ("the kettle is a stronko thing and never boils", "nobody likes the way you sing at all");
    it.post("20", "alice", said).await;
    it.post("21", "dave", other).await;
    assert!(it.command("mo", "remove 21 harassment").await.contains("is now removed"));
    it.trips_from_two().await;
    let quoting = |id: &str, words: &str| {
        let quoted = Surface { kind: SurfaceKind::Quotation, text: MessageText::new(words) };
        let mut post = post(&it, "tea", id, "erin", "did you see this?");
        post.surfaces.push(quoted);
        post
    };
    // Not the word itself, but all of the rest.
    it.takes(quoting("22", "the kettle is a thing and never boils")).await;
    it.takes(quoting("23", other)).await;
    it.settle().await;
    assert!(!it.stands("23"), "an officer took that one away");
    assert!(it.stands("22"));
    let queue = it.command("mo", "queue").await;
    assert!(queue.contains("answers or repeats the removed post B-0001"), "{queue}");
    // What says more by itself is left to people for that.
    let mut own = quoting("24", "the kettle is a thing and never boils");
    own.surfaces[0].text = MessageText::new("stronko indeed");
    it.takes(own).await;
    it.settle().await;
    let case = it.ledger.case_of_post(&group("tea"), &PostId::new("24").unwrap()).await.unwrap().unwrap();
    assert_eq!((it.stands("24"), case.spared, case.drawn), (true, Some(Verdict::Hide), None));
}

#[tokio::test]
async fn nothing_trips_where_nothing_goes_or_where_it_is_switched_off() {
    let mut off = tight("tea");
    off.procedure.breaker.enabled = false;
    let it = Harness::with_members(vec![off]).await;
    it.hides(1, &["alice", "alice", "bob", "bob", "carol", "carol", "dave"]).await;
    assert!(!it.has_tripped().await && !it.stands("7"));
    insta::assert_snapshot!(it.command("mo", "breaker").await, @"The breaker is switched off: however much the filter takes away, it goes on.");

    let it = Harness::with_tight_breaker().await;
    it.command("asha", "mode shadow").await;
    it.hides(1, &["alice", "alice", "bob", "bob", "carol", "carol", "dave"]).await;
    it.command("asha", "mode live").await;
    it.hides(8, &["erin"]).await;
    assert!(!it.has_tripped().await && !it.stands("8"), "what was only watched is not counted");
}

#[tokio::test]
async fn a_breaker_is_one_groups_own() {
    let it = Harness::with_members(vec![tight("tea"), tight("far")]).await;
    it.trips().await;
    it.takes(post(&it, "far", "9", "alice", "worstlo")).await;
    it.settle().await;
    assert!(it.platform.post(&PostId::new("9").unwrap()).is_none());
    assert!(it.command_in("far", "mo", "breaker").await.contains("has not tripped"));
}
