//! Sanctions: proposed by the ladder, decided by people, ended by the clock, taken back when their grounds go.

use std::time::Duration;

use platform::Change;
use platform::fake::{Call, Fault};
use policy::{Charter, Periods, Procedure, Role};

use crate::harness::{Harness, case_ref, charter, group, member, post, read};

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;
pub(crate) const WHY: &str = "He has been asked three times to stop.";

/// The group `tea` with a second executive, and members heard before a warning too.
fn hearing() -> Charter {
    let mut charter = Charter { procedure: Procedure::default(), ..charter("tea") };
    charter.roster.appoint(member("kit"), Role::Admin);
    charter.roster.appoint(member("eve"), Role::Executive);
    charter
}

pub(crate) async fn hearing_group() -> Harness {
    let it = Harness::with(vec![hearing()]).await;
    for name in ["kit", "eve"] {
        it.platform.add_member(&member(name), name);
    }
    it
}

impl Harness {
    /// Has an officer open a file and sign it.
    pub(crate) async fn signs(&self, officer: &str, line: &str) -> String {
        let reference = line.split(' ').next().unwrap_or_default();
        self.command(officer, &format!("case {reference}")).await;
        self.command(officer, &format!("sign {line}")).await
    }

    pub(crate) async fn sanction(&self, number: u32) -> &'static str {
        let sanction = self.ledger.sanction(&group("tea"), case_ref(number)).await.unwrap();
        sanction.map_or("none", |sanction| sanction.state.word())
    }

    pub(crate) async fn days(&self, days: i64) {
        self.clock.advance(days * DAY);
        self.settle().await;
    }

    pub(crate) fn is_shut_out(&self, name: &str) -> bool {
        self.platform.exclusion(&member(name)).is_some()
    }

    /// From nothing to a warning that was served: B-1 the post, B-2 the warning.
    pub(crate) async fn warned(&self) {
        self.post("1", "alice", "worstlo").await;
        self.direct("alice", "reply B-2 It slipped out.").await;
        assert!(self.signs("asha", &format!("B-2 warning {WHY}")).await.contains("is decided"));
        assert_eq!(self.sanction(2).await, "live");
    }

    /// From nothing to a warning that reached nobody: B-1 the post, B-2 the warning.
    async fn warned_in_vain(&self) {
        self.post("1", "alice", "worstlo").await;
        self.days(8).await;
        self.platform.set_takes_messages(&member("alice"), false);
        let next = self.platform.calls(Call::DirectWithOfficers) + 1;
        self.platform.fail(Call::DirectWithOfficers, next, Fault::Forbidden);
        self.signs("asha", &format!("B-2 warning {WHY}")).await;
        assert_eq!(self.sanction(2).await, "unserved");
    }

    /// From a warning that was served to a suspension for which one signature is missing: B-3 the post, B-4 the suspension.
    pub(crate) async fn nearly_suspended(&self) {
        self.warned().await;
        self.days(30).await;
        self.post("2", "alice", "worstlo").await;
        self.days(8).await;
        assert!(self.signs("asha", &format!("B-4 suspension {WHY}")).await.contains("1 of 2"));
    }

    /// From a warning that was served to a suspension in force.
    pub(crate) async fn suspended(&self) {
        self.nearly_suspended().await;
        assert!(self.signs("sam", &format!("B-4 suspension {WHY}")).await.contains("is decided"));
        assert!(self.is_shut_out("alice"));
    }
}

#[tokio::test]
async fn a_strike_leads_to_a_proposal_the_member_answers_and_officers_sign() {
    let it = hearing_group().await;
    it.post("1", "alice", "worstlo").await;
    assert_eq!(it.told("alice"), ["Your post was removed", "We want to hear your side"]);
    assert_eq!(it.sanction(2).await, "hearing");
    let early = it.signs("asha", &format!("B-2 warning {WHY}")).await;
    assert!(early.contains("may still give their side"), "{early}");
    assert!(it.direct("bob", "reply B-2 I saw it").await.contains("I know nothing B-0002"));
    assert!(it.direct("alice", "reply B-2 It slipped out.").await.contains("Thank you"));
    let shown = it.command("asha", "case B-2").await;
    for part in
        ["> It slipped out.", "> worstlo", "Why this step: nothing", "1 strike of the last 12 months counts"]
    {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(it.command("asha", "sign B-2 suspension too mild otherwise, I think").await.contains("or less"));
    assert!(it.command("asha", "sign B-2 warning short").await.contains("at least 20"));
    assert!(it.command("sam", &format!("sign B-2 warning {WHY}")).await.contains("open the evidence"));
    assert!(it.command("mo", &format!("sign B-2 warning {WHY}")).await.contains("which you do not hold"));
    assert!(it.command("asha", &format!("sign B-2 warning {WHY}")).await.contains("a warning is decided"));
    assert_eq!(it.sanction(2).await, "live", "the warning was served");
    assert_eq!(it.told("alice").last().unwrap(), "A written warning");
    let letter = read(it.platform.letters(&member("alice")).last().unwrap());
    assert!(letter.contains("Signed off by the admin team (1 of 3)") && letter.contains(WHY), "{letter}");
    assert!(!letter.contains("asha"), "officers sign as a team: {letter}");
}

#[tokio::test]
async fn a_letter_tells_nobody_that_an_officer_stood_aside() {
    let it = hearing_group().await;
    it.post("1", "alice", "worstlo").await;
    it.command("sam", "conflict B-1").await;
    it.days(8).await;
    assert!(it.signs("asha", &format!("B-2 warning {WHY}")).await.contains("is decided"));
    let letter = read(it.platform.letters(&member("alice")).last().unwrap());
    assert!(letter.contains("Signed off by the admin team (1 of 3)"), "{letter}");
}

#[tokio::test]
async fn silence_is_waited_for_and_then_officers_may_sign() {
    let it = hearing_group().await;
    it.post("1", "alice", "worstlo").await;
    it.days(6).await;
    assert_eq!(it.sanction(2).await, "hearing");
    it.days(2).await;
    assert_eq!(it.sanction(2).await, "signing");
    it.days(6).await;
    assert!(it.told("sam").iter().any(|line| line.contains("nobody has signed or declined")));
    it.command("asha", "case B-2").await;
    assert!(it.command("asha", "decline B-2 It was the first time, and a slip.").await.contains("declined"));
    assert_eq!(it.told("alice").last().unwrap(), "Nothing more follows");
    // What was declined is closed; the next strike is a matter of its own.
    it.post("2", "alice", "worstlo").await;
    assert_eq!(it.sanction(4).await, "hearing");
    let next = it.ledger.sanction(&group("tea"), case_ref(4)).await.unwrap().unwrap();
    assert_eq!(next.basis.into_iter().collect::<Vec<_>>(), [case_ref(3)]);
}

#[tokio::test]
async fn strikes_before_service_are_one_matter_and_the_member_hears_of_each() {
    let it = hearing_group().await;
    it.post("1", "alice", "worstlo").await;
    it.direct("alice", "reply B-2 sorry").await;
    assert_eq!(it.sanction(2).await, "signing");
    it.command("asha", "case B-2").await;
    it.clock.advance(HOUR);
    it.post("2", "alice", "worstlo").await;
    assert_eq!(it.sanction(2).await, "hearing", "they are asked about what was added");
    assert_eq!(it.sanction(4).await, "none");
    it.days(4).await;
    assert!(
        it.command("asha", &format!("sign B-2 warning {WHY}")).await.contains("open the evidence"),
        "it changed since she looked"
    );
    assert!(it.signs("asha", &format!("B-2 warning {WHY}")).await.contains("is decided"));
}

/// What a burst of posts leaves to be read: how often the member was asked for their side, and how often an officer was told
/// of what is proposed.
fn asked_and_told(it: &Harness, officer: &str) -> (usize, usize) {
    let asked = it.told("alice").iter().filter(|line| *line == "We want to hear your side").count();
    let told = it.told(officer).iter().filter(|line| line.contains("the ladder proposes")).count();
    (asked, told)
}

#[tokio::test]
async fn a_burst_is_asked_about_twice_at_most_and_officers_are_told_once() {
    let it = hearing_group().await;
    for id in ["1", "2", "3", "4"] {
        it.post(id, "alice", "worstlo").await;
        it.clock.advance(60);
    }
    assert_eq!(asked_and_told(&it, "asha"), (1, 1));
    assert_eq!(it.strikes("alice").await, (4, 4));
    it.clock.advance(HOUR);
    it.settle().await;
    // What is kept: the member is asked about every breach before anybody signs.
    assert_eq!(asked_and_told(&it, "asha"), (2, 1));
    let letter = read(it.platform.letters(&member("alice")).last().unwrap());
    for case in ["B-0001", "B-0003", "B-0004", "B-0005"] {
        assert!(letter.contains(case), "{case}: {letter}");
    }
    it.days(6).await;
    assert_eq!(it.sanction(2).await, "hearing");
    it.days(2).await;
    assert_eq!((it.sanction(2).await, asked_and_told(&it, "asha")), ("signing", (2, 1)));
    assert!(it.signs("asha", &format!("B-2 warning {WHY}")).await.contains("is decided"));
}

#[tokio::test]
async fn whoever_answers_before_they_were_asked_about_all_is_asked_about_the_rest() {
    let it = hearing_group().await;
    for id in ["1", "2", "3"] {
        it.post(id, "alice", "worstlo").await;
    }
    let answer = it.direct("alice", "reply B-2 The first slipped out.").await;
    assert!(answer.contains("More was added to B-0002"), "{answer}");
    assert_eq!((it.sanction(2).await, asked_and_told(&it, "asha")), ("hearing", (2, 1)));
    it.clock.advance(2 * HOUR);
    it.settle().await;
    assert_eq!(asked_and_told(&it, "asha"), (2, 1), "they were asked already");
    assert!(it.direct("alice", "reply B-2 And so did the others.").await.contains("can decide"));
    assert_eq!(it.sanction(2).await, "signing");
    assert!(it.command("asha", "case B-2").await.contains("> The first slipped out."));
}

#[tokio::test]
async fn what_was_added_at_the_end_of_the_hearing_is_asked_about_with_time_to_answer() {
    let it = hearing_group().await;
    it.post("1", "alice", "worstlo").await;
    it.days(6).await;
    it.post("2", "alice", "worstlo").await;
    it.clock.advance(HOUR + 60);
    it.settle().await;
    assert_eq!(asked_and_told(&it, "asha"), (2, 1));
    it.days(2).await;
    assert_eq!(it.sanction(2).await, "hearing", "three days at least");
    it.days(2).await;
    assert_eq!(it.sanction(2).await, "signing");
}

#[tokio::test]
async fn what_was_added_and_taken_away_again_is_asked_about_by_nobody() {
    let it = hearing_group().await;
    for id in ["1", "2"] {
        it.post(id, "alice", "worstlo").await;
    }
    it.command("mo", "void B-3").await;
    it.days(6).await;
    assert_eq!((it.sanction(2).await, asked_and_told(&it, "asha").0), ("hearing", 1));
    it.days(2).await;
    assert_eq!(it.sanction(2).await, "signing");
}

#[tokio::test]
async fn where_nobody_is_heard_officers_hear_again_once_somebody_has_signed() {
    let it = Harness::with(vec![charter("tea")]).await;
    for id in ["1", "2", "3"] {
        it.post(id, "alice", "worstlo").await;
    }
    assert_eq!(asked_and_told(&it, "asha"), (0, 1));
    assert!(it.signs("asha", &format!("B-2 warning {WHY}")).await.contains("is decided"));
}

#[tokio::test]
async fn a_voided_strike_takes_its_proposal_along() {
    let it = hearing_group().await;
    it.post("1", "alice", "worstlo").await;
    it.command("mo", "void B-1").await;
    assert_eq!(it.sanction(2).await, "withdrawn");
    assert_eq!(it.told("alice").last().unwrap(), "Nothing more follows");
    assert!(it.direct("alice", "reply B-2 hello").await.contains("I know nothing"));
}

#[tokio::test]
async fn a_suspension_is_told_first_carried_out_and_lifted_in_time() {
    let it = hearing_group().await;
    it.suspended().await;
    let effects = it.platform.effects();
    let excluded = effects.iter().position(|(_, action)| Call::from(action) == Call::Exclude).unwrap();
    let told = effects.iter().rposition(|(_, action)| {
        matches!(action, platform::Action::Direct { to, letter, .. } if *to == member("alice")
            && read(letter).starts_with("You are suspended"))
    });
    assert!(told.unwrap() < excluded, "whoever is put out is told first");
    it.days(29).await;
    assert!(it.is_shut_out("alice"), "never early");
    it.days(2).await;
    assert!(!it.is_shut_out("alice"));
    assert_eq!(it.sanction(4).await, "ended");
    let last = it.platform.letters(&member("alice"));
    assert!(last.iter().any(|letter| read(letter).starts_with("Welcome back")));
}

#[tokio::test]
async fn whoever_was_not_let_in_yet_is_when_what_shut_them_out_is_taken_back() {
    for (officer, line) in
        [("ed", "minute B-4 allow 7 It was somebody else."), ("mo", "void B-1 It was no breach.")]
    {
        let it = hearing_group().await;
        it.suspended().await;
        // Its time is over, and before anybody is let in an officer acts.
        it.clock.advance(31 * DAY);
        it.command(officer, line).await;
        assert!(!it.is_shut_out("alice"), "{line}");
        it.days(1).await;
        assert!(!it.is_shut_out("alice"), "{line}");
    }
}

/// Whoever is put out afterwards cannot be told any more, it may be; so it waits for a letter that waits for its turn.
#[tokio::test]
async fn an_exclusion_waits_for_a_letter_that_is_put_off_but_not_for_ever() {
    let put_off = [Fault::NotYet(Duration::from_secs(300)), Fault::RateLimited(Duration::from_secs(300))];
    for fault in put_off {
        let it = hearing_group().await;
        it.nearly_suspended().await;
        it.platform.fail(Call::Direct, 1, fault);
        it.signs("sam", &format!("B-4 suspension {WHY}")).await;
        it.clock.advance(299);
        it.settle().await;
        assert!(!it.is_shut_out("alice"), "{fault:?}");
        it.clock.advance(2);
        it.settle().await;
        assert!(it.is_shut_out("alice"));
        assert_eq!(it.told("alice").last().unwrap(), "You are suspended");
    }
    let it = hearing_group().await;
    it.nearly_suspended().await;
    it.platform.fail(Call::Direct, 1, Fault::NotYet(Duration::from_secs(7200)));
    it.signs("sam", &format!("B-4 suspension {WHY}")).await;
    it.clock.advance(14 * 60);
    it.settle().await;
    assert!(!it.is_shut_out("alice"));
    it.clock.advance(60);
    it.settle().await;
    assert!(it.is_shut_out("alice"), "nobody stays in for as long as a letter is held up");
    assert_ne!(it.told("alice").last().unwrap(), "You are suspended");
    it.clock.advance(7200);
    it.settle().await;
    assert_eq!(it.told("alice").last().unwrap(), "You are suspended", "it comes nevertheless");
}

#[tokio::test]
async fn a_closed_inbox_never_holds_up_an_exclusion() {
    let it = hearing_group().await;
    it.warned().await;
    it.days(30).await;
    it.post("2", "alice", "worstlo").await;
    it.platform.set_takes_messages(&member("alice"), false);
    it.days(8).await;
    it.signs("asha", &format!("B-4 suspension {WHY}")).await;
    it.signs("sam", &format!("B-4 suspension {WHY}")).await;
    assert!(it.is_shut_out("alice"));
}

#[tokio::test]
async fn a_warning_that_never_arrived_does_not_count() {
    let it = hearing_group().await;
    it.warned_in_vain().await;
    it.days(1).await;
    it.post("2", "alice", "worstlo").await;
    let proposed = it.ledger.sanctions_of(&group("tea"), &member("alice")).await.unwrap();
    assert_eq!(proposed.len(), 1, "what came before service is one matter with it");
    // Served by hand, it counts from the day on which the member had it.
    assert!(
        it.command("sam", "serve B-2 2026-05-19 by post").await.contains("counts as served on 19 May 2026")
    );
    assert_eq!(it.sanction(2).await, "live");
}

#[tokio::test]
async fn the_secretary_corrects_a_day_of_service_and_the_ladder_is_looked_at_again() {
    let it = hearing_group().await;
    it.warned_in_vain().await;
    it.days(4).await;
    it.command("sam", "serve B-2 2026-05-20 by post").await;
    it.post("2", "alice", "worstlo").await;
    let step = async || {
        let sanctions = it.ledger.sanctions_of(&group("tea"), &member("alice")).await.unwrap();
        sanctions
            .iter()
            .filter(|sanction| sanction.is_proposal())
            .map(|sanction| sanction.proposed)
            .collect::<Vec<_>>()
    };
    assert_eq!(step().await, [policy::Step::Suspension]);
    it.days(3).await;
    for (who, line, why) in [
        ("sam", "serve B-2 2026-05-24", "no notice that waits"),
        ("asha", "serve B-2 2026-05-24 it came later", "only the Secretary"),
        ("sam", "serve B-2 2026-05-12 it came earlier", "written after that day"),
        ("sam", "serve B-2 2026-06-24 it comes later", "has not come yet"),
        ("sam", "serve B-2 2026-05-20 by post", "already"),
    ] {
        let answer = it.command(who, line).await;
        assert!(answer.contains(why) && answer.contains("Nothing was changed"), "{line}: {answer}");
    }
    let answer = it.command("sam", "serve B-2 2026-05-24 The slip says so.").await;
    assert!(answer.contains("counts as served on 24 May 2026, and no longer on 20 May 2026"), "{answer}");
    assert_eq!(step().await, [], "what came before service is one matter with it");
    let case = it.command("sam", "case B-2").await;
    for part in [
        "served by hand 24 May 2026",
        "> Served on 24 May 2026, not on 20 May 2026: The slip says so.",
        "corrected by sam",
        "since 24 May 2026",
    ] {
        assert!(case.contains(part), "{part}: {case}");
    }
    let register = it.ledger.register(&group("tea"), 100).await.unwrap();
    let days = register.iter().filter(|line| {
        matches!(&line.kind, ledger::RegisterKind::Decision { event, .. }
            if matches!(event, policy::Event::NoticeServed { .. } | policy::Event::ServiceCorrected { .. }))
    });
    assert_eq!(days.count(), 2);
    // Put right again, the ladder has it as it was.
    it.command("sam", "serve B-2 2026-05-20 The first was right.").await;
    assert_eq!(step().await, [policy::Step::Suspension]);
}

#[tokio::test]
async fn officers_with_a_part_in_it_neither_see_nor_sign() {
    let it = hearing_group().await;
    it.post("1", "asha", "worstlo").await;
    it.days(8).await;
    for line in ["case B-2".to_owned(), format!("sign B-2 warning {WHY}"), "case B-1".to_owned()] {
        let answer = it.command("asha", &line).await;
        assert!(answer.contains("you have a part in this matter (subject)"), "{line}: {answer}");
    }
    assert!(it.command("asha", "proposals").await.contains("No sanction is proposed"));
    assert!(it.command("asha", "queue").await.contains("Nothing waits"));
    assert!(it.command("asha", "history asha").await.contains("your own record"));
    // One who says so is treated alike, and is told nothing more.
    assert!(it.command("sam", "conflict B-1").await.contains("on record"));
    assert!(
        it.command("sam", "case B-2").await.contains("(declared)"),
        "it carries over to what rests on it"
    );
    assert!(it.signs("kit", &format!("B-2 warning {WHY}")).await.contains("is decided"));
    let officers = it.platform.officers_letters();
    assert!(!officers.iter().any(|letter| read(letter).contains("asha")), "she reads that channel");
}

#[tokio::test]
async fn two_accounts_of_one_officer_are_one_signer() {
    let it = hearing_group().await;
    it.warned().await;
    it.days(30).await;
    it.post("2", "alice", "worstlo").await;
    it.days(8).await;
    it.command("asha", "link sam kit").await;
    assert!(it.command("asha", "link sam kit").await.contains("another admin has to confirm"));
    it.direct("kit", "link sam kit").await;
    assert!(
        it.direct("sam", "link kit sam").await.contains("another admin has to confirm"),
        "not half and half"
    );
    it.signs("sam", &format!("B-4 suspension {WHY}")).await;
    assert_eq!(it.sanction(4).await, "signing");
}

#[tokio::test]
async fn whoever_is_shut_out_does_not_come_back_by_rejoining() {
    let it = hearing_group().await;
    it.suspended().await;
    it.platform.change_by_hand(&member("alice"), Change::Admitted);
    it.hands(Change::Admitted, "alice", Some("mo")).await;
    assert!(!it.is_shut_out("alice"), "what a human did is reported, not overwritten");
    assert!(it.command("kit", "case B-4").await.contains("mo let them in"));
    it.platform.join(&member("alice"));
    it.joins("alice").await;
    assert!(it.is_shut_out("alice"), "the door stays shut");
}

#[tokio::test]
async fn whoever_comes_in_while_the_end_waits_for_the_clock_is_put_out_again() {
    let it = hearing_group().await;
    it.suspended().await;
    it.platform.change_by_hand(&member("alice"), Change::Admitted);
    it.clock.set(40 * 24 * 60 * 60);
    it.settle().await;
    assert_eq!(it.sanction(4).await, "live", "a clock ends nothing");
    it.platform.join(&member("alice"));
    it.joins("alice").await;
    assert!(it.is_shut_out("alice"));
}

#[tokio::test]
async fn the_platform_gives_back_what_it_took_also_where_a_human_let_them_in_before() {
    let it = hearing_group().await;
    it.suspended().await;
    it.platform.change_by_hand(&member("alice"), Change::Admitted);
    assert_eq!(it.platform.calls(Call::Admit), 0);
    it.days(31).await;
    assert_eq!(it.sanction(4).await, "ended");
    assert_eq!(it.platform.calls(Call::Admit), 1);
}

/// Right after a start, a platform cannot say yet whom it shuts out.
#[tokio::test]
async fn what_a_human_did_meanwhile_is_found_as_soon_as_the_platform_can_be_asked() {
    let it = hearing_group().await;
    it.suspended().await;
    it.platform.change_by_hand(&member("alice"), Change::Admitted);
    let it = it.restart().await;
    let asked = it.platform.calls(Call::Exclusions);
    it.platform.fail(Call::Exclusions, 1, Fault::NotYet(std::time::Duration::from_secs(1)));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let work = it.casework.deliver_until(async move { drop(stopped.await) });
    let is_found = async || {
        let events = it.ledger.events(&group("tea"), case_ref(4)).await.unwrap();
        events.iter().any(|noted| noted.event == policy::Event::NotShutOut)
    };
    let feed = async {
        it.takes(post(&it, "tea", "9", "bob", "worstlo")).await;
        while !is_found().await {
            tokio::task::yield_now().await;
        }
        stop.send(()).unwrap();
    };
    tokio::join!(work, feed);
    assert_eq!(it.platform.calls(Call::Exclusions) - asked, 2);
}

#[tokio::test]
async fn whoever_acted_past_the_bot_is_named_with_an_office_or_without() {
    let it = hearing_group().await;
    for (change, by) in [
        (Change::Excluded, Some("mo")),
        (Change::Admitted, Some("zed")),
        (Change::Muted, None),
        (Change::Unmuted, Some("zed")),
    ] {
        it.hands(change, "bob", by).await;
    }
    let told: Vec<_> = it.platform.officers_letters().iter().map(read).collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    B-0001 bob: put out by hand, past the bot, by mo.
    B-0001 bob: let in by hand, past the bot, by zed.
    B-0001 bob: muted by hand, past the bot, by somebody.
    B-0001 bob: unmuted by hand, past the bot, by zed.
    ");
    let case = it.command("mo", "case B-1").await;
    assert!(case.contains("let in by hand, past the bot, by zed"), "{case}");
}

#[tokio::test]
async fn an_exclusion_by_hand_outlasts_ours() {
    let it = hearing_group().await;
    it.suspended().await;
    it.platform.change_by_hand(&member("alice"), Change::Admitted);
    it.platform.change_by_hand(&member("alice"), Change::Excluded);
    it.days(31).await;
    assert_eq!(it.sanction(4).await, "ended");
    assert!(it.is_shut_out("alice"), "a human did that");
    assert!(it.command("kit", "case B-4").await.contains("only a human can lift that"));
}

#[tokio::test]
async fn an_appeal_against_a_suspension_goes_to_the_executive_and_undoes_it() {
    let it = hearing_group().await;
    it.suspended().await;
    it.direct("alice", "appeal B-4 I was provoked for weeks.").await;
    assert!(it.told("ed").iter().any(|line| line.contains("asked the Executive")));
    assert!(it.command("asha", "minute B-4 allow 7 no").await.contains("which you do not hold"));
    assert!(it.command("ed", "minute B-4 vary 2026/7 half").await.contains("say what it becomes"));
    assert!(it.command("ed", "minute B-4 allow 2026/7 She was provoked.").await.contains("on record"));
    assert_eq!(it.sanction(4).await, "void");
    assert!(!it.is_shut_out("alice"));
    assert!(it.told("alice").contains(&"Your appeal was allowed".to_owned()));
    assert_eq!(it.ledger.sanctions_of(&group("tea"), &member("alice")).await.unwrap().len(), 2, "not anew");
}

#[tokio::test]
async fn a_suspension_falls_to_a_warning_when_the_warning_it_rested_on_falls() {
    let it = hearing_group().await;
    it.suspended().await;
    it.direct("alice", "appeal B-1 I never said that.").await;
    it.command("mo", "decide B-1 accept").await;
    assert_eq!(it.sanction(2).await, "void", "nothing is left of the warning");
    assert_eq!(it.sanction(4).await, "live", "it is a warning now, and was served");
    assert!(!it.is_shut_out("alice"), "all in one pass");
    let told = it.told("alice");
    assert_eq!(told.iter().filter(|heading| *heading == "We made a mistake").count(), 2, "{told:?}");
    assert!(told.contains(&"A written warning".to_owned()));
}

#[tokio::test]
async fn nothing_heavier_is_signed_while_what_it_rests_on_is_appealed() {
    let it = hearing_group().await;
    it.warned().await;
    it.days(30).await;
    it.post("2", "alice", "worstlo").await;
    it.days(8).await;
    it.direct("alice", "appeal B-1 I never said that.").await;
    let answer = it.signs("asha", &format!("B-4 suspension {WHY}")).await;
    assert!(answer.contains("B-0001, on which it rests, is under appeal"), "{answer}");
}

#[tokio::test]
async fn what_one_officer_signed_an_admin_takes_back_and_what_several_did_the_executive() {
    let it = hearing_group().await;
    it.suspended().await;
    assert!(it.command("mo", "void B-4 wrong person").await.contains("an admin takes sanctions back"));
    let answer = it.command("kit", "void B-4 It was somebody else.").await;
    assert!(answer.contains("2 officers signed it") && answer.contains("Nothing was changed"), "{answer}");
    assert!(it.is_shut_out("alice"));
    assert!(it.command("ed", "minute B-4 dismiss 7 no").await.contains("No appeal about B-0004"));
    assert!(it.command("ed", "minute B-4 allow 2026/7").await.contains("say why"));
    assert!(it.command("ed", "minute B-4 allow 2026/7 It was somebody else.").await.contains("taken back"));
    assert!(!it.is_shut_out("alice"));
    assert!(it.command("kit", "case B-4").await.contains("> 2026/7: It was somebody else."));
    assert!(it.command("ed", "minute B-4 allow 2026/7 again").await.contains("nothing that was decided"));
    assert!(it.command("kit", "void B-2 It was somebody else.").await.contains("taken back"));
    assert!(it.told("alice").contains(&"We made a mistake".to_owned()));
}

#[tokio::test]
async fn linked_accounts_share_a_record_and_unlinking_takes_back_what_rested_on_it() {
    let it = hearing_group().await;
    it.warned().await;
    it.command("asha", "link alice bob").await;
    assert!(!it.letters_from("bob", 0).contains("taken for one"), "it is not confirmed yet");
    assert!(it.command("kit", "link bob alice").await.contains("taken for one person's"));
    for (account, other) in [("alice", "bob"), ("bob", "alice")] {
        let letter = read(it.platform.letters(&member(account)).last().unwrap());
        for part in [
            "taken for one person\u{2019}s",
            &format!("> {other}"),
            "count together",
            "Reply here with: correct B-",
        ] {
            assert!(letter.contains(part), "{part}: {letter}");
        }
    }
    it.days(10).await;
    it.post("9", "bob", "worstlo").await;
    let proposed = it.ledger.sanctions_of(&group("tea"), &member("bob")).await.unwrap();
    assert_eq!(proposed[0].proposed, policy::Step::Suspension);
    let reference = proposed[0].reference;
    it.days(8).await;
    it.signs("asha", &format!("{reference} suspension {WHY}")).await;
    it.signs("sam", &format!("{reference} suspension {WHY}")).await;
    assert!(it.is_shut_out("bob") && it.is_shut_out("alice"), "both accounts");
    it.command("asha", "unlink alice bob").await;
    assert!(!it.is_shut_out("bob") && !it.is_shut_out("alice"));
    assert!(it.told("bob").contains(&"We made a mistake".to_owned()));
    for account in ["alice", "bob"] {
        assert!(it.letters_from(account, 0).contains("no longer taken for one person\u{2019}s"), "{account}");
    }
}

#[tokio::test]
async fn a_mute_is_short_looked_at_again_and_no_strike() {
    let it = hearing_group().await;
    assert!(it.command("mo", "mute alice 100 calm").await.contains("1 to 72 hours"));
    assert!(it.command("mo", "mute mo 2 calm").await.contains("a part in this matter"));
    assert!(it.command("mo", "mute alice 48 To let tempers cool.").await.contains("cannot post until"));
    assert!(it.platform.muting(&member("alice")).is_some());
    assert!(it.command("nia", "mute alice 2 again").await.contains("muted already"));
    it.clock.advance(25 * HOUR);
    it.settle().await;
    assert!(it.platform.officers_letters().iter().any(|letter| read(letter).contains("is still muted")));
    it.clock.advance(24 * HOUR);
    it.settle().await;
    assert!(it.platform.muting(&member("alice")).is_none());
    assert_eq!(it.told("alice"), ["You cannot post for now", "You can post again"]);
    assert!(it.command("mo", "mute alice 48 again").await.contains("an admin who did not decide"));
    assert!(it.command("asha", "mute alice 48 It goes on.").await.contains("cannot post until"));
    it.command("kit", "unmute alice").await;
    assert!(it.platform.muting(&member("alice")).is_none());
    assert_eq!(it.strikes("alice").await, (0, 0));
}

#[tokio::test]
async fn where_too_few_can_sign_the_executive_helps_out_and_somebody_is_told() {
    let charter = Charter {
        procedure: Procedure {
            periods: Periods { hearing_before_warning: false, ..Periods::default() },
            ..Procedure::default()
        },
        ..charter("tea")
    };
    let it = Harness::with(vec![charter]).await;
    it.post("1", "sam", "worstlo").await;
    assert!(it.signs("asha", &format!("B-2 warning {WHY}")).await.contains("is decided"));
    it.days(30).await;
    it.post("2", "sam", "worstlo").await;
    it.days(8).await;
    assert!(it.signs("asha", &format!("B-4 suspension {WHY}")).await.contains("1 of 2"));
    assert!(it.signs("ed", &format!("B-4 suspension {WHY}")).await.contains("is decided"));
    assert!(it.is_shut_out("sam"));
}

#[tokio::test]
async fn what_the_executive_upheld_is_not_appealed_again_by_its_cases() {
    let it = hearing_group().await;
    it.suspended().await;
    it.direct("alice", "appeal B-4 I was provoked for weeks.").await;
    it.command("ed", "minute B-4 dismiss 2026/7 It was heard, and it stands.").await;
    let case = it.ledger.sanction(&group("tea"), case_ref(4)).await.unwrap().unwrap();
    let case = *case.basis.iter().next().unwrap();
    let answer = it.direct("alice", &format!("appeal {case} it was about a raffle")).await;
    assert!(answer.contains("the Executive has decided about B-0004, which rests on it"), "{answer}");
    assert!(it.is_shut_out("alice"));
    assert!(it.direct("alice", "appeal B-1 I never said that").await.contains("on record"), "another matter");
}

/// Who may sign is looked at again with every signature, and with the last for all of them.
#[tokio::test]
async fn a_signature_stops_counting_when_its_officer_has_a_part_or_is_another_signer() {
    let it = hearing_group().await;
    it.warned().await;
    it.days(30).await;
    it.post("2", "alice", "worstlo").await;
    it.days(8).await;
    assert!(it.signs("asha", &format!("B-4 suspension {WHY}")).await.contains("1 of 2"));
    it.command("asha", "conflict B-4").await;
    assert!(it.signs("sam", &format!("B-4 suspension {WHY}")).await.contains("1 of 2"));
    assert!(!it.is_shut_out("alice"));
    // And two accounts that turn out to be one person's have signed once.
    let mut tx = it.ledger.begin().await.unwrap();
    let (now, accounts) = (it.ledger.latest().await.unwrap().unwrap(), (member("sam"), member("kit")));
    tx.say_linked(&group("tea"), (&accounts.0, &accounts.1), &member("ed"), now).await.unwrap();
    tx.confirm_linked(&group("tea"), (&accounts.0, &accounts.1), &member("nia"), now).await.unwrap();
    tx.commit().await.unwrap();
    assert!(it.signs("kit", &format!("B-4 suspension {WHY}")).await.contains("signed already"));
    assert!(!it.is_shut_out("alice"));
}

#[tokio::test]
async fn no_single_officer_takes_back_the_strike_on_which_several_officers_sanction_rests() {
    let it = hearing_group().await;
    it.suspended().await;
    for line in ["void B-3 a mistake", "restore B-3 a mistake"] {
        for officer in ["mo", "asha", "sam"] {
            let answer = it.command(officer, line).await;
            assert!(answer.contains("B-0004 rests on it, which 2 officers signed"), "{officer}: {answer}");
        }
    }
    assert!(it.is_shut_out("alice"));
    assert!(it.command("ed", "minute B-4 allow EC/7 a mistake").await.contains("taken back"));
    assert!(!it.is_shut_out("alice"));
    assert!(it.command("mo", "void B-3 a mistake").await.contains("is now"));
}

/// What had its time and was purged has not fallen: what followed it stands.
#[tokio::test]
async fn a_suspension_outlives_the_file_of_its_warning() {
    let it = hearing_group().await;
    it.suspended().await;
    it.days(31).await;
    assert_eq!(it.sanction(4).await, "ended");
    let mut tx = it.ledger.begin().await.unwrap();
    let (now, tea) = (it.ledger.latest().await.unwrap().unwrap(), group("tea"));
    // As when their time is over: the warning first, then what it rests on.
    for file in [2, 1] {
        let listed = ledger::Listed { file: case_ref(file), listed_at: now, due: now };
        tx.list_for_purge(&tea, &listed).await.unwrap();
    }
    assert_eq!(tx.purge(&tea, &[case_ref(2), case_ref(1)], now, now).await.unwrap().len(), 2);
    tx.commit().await.unwrap();
    let told = it.told("alice").len();
    it.post("3", "alice", "worstlo").await;
    assert_eq!(it.sanction(4).await, "ended", "{}", it.letters_from("alice", told));
    let proposed = it.ledger.sanction(&tea, case_ref(6)).await.unwrap().unwrap();
    assert_eq!(proposed.proposed.word(), "expulsion");
}

#[tokio::test]
async fn nothing_is_signed_while_anything_below_it_is_appealed_or_outside() {
    let it = hearing_group().await;
    it.suspended().await;
    it.days(31).await;
    it.post("3", "alice", "worstlo").await;
    it.days(8).await;
    it.direct("alice", "appeal B-1 that was never a breach").await;
    let answer = it.signs("asha", &format!("B-6 expulsion {WHY}")).await;
    assert!(answer.contains("B-0001") && answer.contains("appeal"), "{answer}");
}

#[tokio::test]
async fn a_link_that_nobody_confirmed_is_taken_back_without_a_word_to_the_members() {
    let it = hearing_group().await;
    it.command("asha", "link alice bob").await;
    it.command("sam", "unlink alice bob").await;
    assert_eq!((it.told("alice").len(), it.told("bob").len()), (0, 0));
}

#[tokio::test]
async fn whoever_is_shut_out_is_shut_out_under_the_account_that_is_found_to_be_theirs() {
    let it = hearing_group().await;
    it.suspended().await;
    it.command("asha", "link alice bob").await;
    assert!(!it.is_shut_out("bob"));
    it.command("sam", "link alice bob").await;
    assert!(it.is_shut_out("bob"), "at once, and not only when they come back");
    assert!(it.told("bob").iter().any(|line| line.contains("account")), "{:?}", it.told("bob"));
    let record = it.direct("bob", "my-record").await;
    assert!(!record.contains("suspension for alice"), "{record}");
}
