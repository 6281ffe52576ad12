use chrono_tz::Europe::London;

use super::*;
use crate::ladder::{Because, Ladder, Proposal};
use crate::testing::{case_in, every_state, member};

const OPEN: Timestamp = Timestamp::EPOCH;
const DAY: i64 = 24 * 60 * 60;

fn lodged(case: &Case, earlier: Option<AppealState>, now: Timestamp) -> Result<AppealState, CannotAppeal> {
    let earlier = earlier.map(|state| Appeal { lodged_at: OPEN, state });
    lodge(&Contested::Case(case), earlier.as_ref(), None, Periods::default(), London, now)
}

fn suspended(at: Timestamp) -> Sanction {
    let proposal = Proposal {
        step: Step::Suspension,
        because: Because::First,
        platform: crate::ids::PlatformId::new("terminal").unwrap(),
        basis: [Reference::new(1).unwrap()].into(),
    };
    Sanction::propose(Reference::new(2).unwrap(), member("alice"), &proposal, None, at, at)
}

#[test]
fn only_what_was_removed_can_be_appealed() {
    for state in every_state() {
        let removed = matches!(state, State::Hidden { .. } | State::Removed);
        assert_eq!(lodged(&case_in(state), None, OPEN).is_ok(), removed, "{state:?}");
    }
}

#[test]
fn the_second_appeal_goes_to_the_executive_and_there_is_no_third() {
    let by = || member("mo");
    let at = OPEN;
    let asked = AppealState::Executive { since: OPEN, came: Came::Asked };
    let first = AppealState::Lodged { due: OPEN.end_of_day_after(5, London) };
    let settled =
        AppealState::Settled { by: by(), at, ruling: FinalRuling::Dismissed, minute: "12/3".into() };
    let rows = [
        (None, Ok(first.clone())),
        (Some(first.clone()), Err(CannotAppeal::AlreadyLodged)),
        (Some(AppealState::Dismissed { by: by(), at }), Ok(asked.clone())),
        (Some(asked), Err(CannotAppeal::AlreadyExecutive)),
        (Some(AppealState::Withdrawn { at }), Ok(first)),
        (Some(settled), Err(CannotAppeal::Final)),
        (Some(AppealState::External { at }), Err(CannotAppeal::Frozen)),
    ];
    for (earlier, want) in rows {
        assert_eq!(lodged(&case_in(State::Removed), earlier.clone(), OPEN), want, "{earlier:?}");
    }
}

#[test]
fn the_window_is_open_to_its_last_instant_and_while_the_strike_counts() {
    let case = case_in(State::Removed);
    let closes = Contested::Case(&case).closes_at(Periods::default(), London);
    assert_eq!(closes, case.post.written_at.window_end(12, London));
    let without_strike = Case { counts: false, ..case.clone() };
    let shorter = Contested::Case(&without_strike).closes_at(Periods::default(), London);
    assert_eq!(shorter, case.opened_at.window_end(6, London));
    assert!(matches!(lodged(&case, None, closes), Ok(AppealState::Lodged { .. })));
    let late = AppealState::Executive { since: closes.plus_seconds(1), came: Came::Late };
    assert_eq!(
        lodged(&case, None, closes.plus_seconds(1)),
        Ok(late),
        "late ones are for the Executive to admit"
    );
}

/// A sanction is the Executive's to judge from the first, and only once it is one.
#[test]
fn a_sanction_is_appealed_to_the_executive() {
    let proposed = suspended(OPEN);
    let lodge_at = |sanction: &Sanction, now| {
        lodge(&Contested::Sanction(sanction), None, None, Periods::default(), London, now)
    };
    assert_eq!(lodge_at(&proposed, OPEN), Err(CannotAppeal::NothingDecided));
    let decided = proposed.decided(Step::Suspension, &Ladder::default(), OPEN, London);
    let directly = AppealState::Executive { since: OPEN, came: Came::Directly };
    assert_eq!(lodge_at(&decided, OPEN), Ok(directly));
    assert_eq!(lodge_at(&decided.voided(), OPEN), Err(CannotAppeal::Void));
    let half_a_year_after_its_end = OPEN.plus_days(30, London).window_end(6, London);
    let last = lodge_at(&decided, half_a_year_after_its_end);
    assert!(matches!(last, Ok(AppealState::Executive { came: Came::Directly, .. })), "{last:?}");
}

#[test]
fn what_nobody_decides_goes_up_by_itself() {
    let case = case_in(State::Removed);
    let state = lodged(&case, None, OPEN).unwrap();
    let deadlines = state.deadlines(OPEN, Periods::default(), London);
    let kinds: Vec<_> = deadlines.iter().map(|deadline| deadline.kind).collect();
    assert_eq!(
        kinds,
        [DeadlineKind::AppealReminder, DeadlineKind::AppealReminder, DeadlineKind::AppealDue],
        "reminded twice"
    );
    assert!(deadlines.is_sorted_by_key(|deadline| deadline.due));
    let appeal = Appeal { lodged_at: OPEN, state };
    let due = deadlines[2].due;
    assert_eq!(overdue(&appeal, due), None, "the last day counts in full");
    let now = due.plus_seconds(1);
    let up = overdue(&appeal, now).expect("it is overdue");
    assert_eq!(up, AppealState::Executive { since: now, came: Came::Overdue });
    let [progress, late] = up.deadlines(now, Periods::default(), London)[..] else {
        panic!("a word to the member, and one when it is late")
    };
    assert_eq!((progress.kind, late.kind), (DeadlineKind::AppealProgress, DeadlineKind::AppealLate));
    assert!(progress.due > now.plus_seconds(13 * DAY) && progress.due < now.plus_seconds(15 * DAY));
    assert_eq!(late.due, now.end_of_day_after(Periods::default().executive_days, London));
}

#[test]
fn nobody_judges_their_own_matter_while_somebody_else_can() {
    let roster = |names: &[&str]| {
        let mut roster = Roster::default();
        names.iter().for_each(|name| roster.appoint(member(name), Role::Moderator));
        roster
    };
    let persons = Persons::linked([(member("mo"), member("mo-phone"))]);
    let rows = [
        ("the filter decided", &[][..], "mo", &["mo"][..], Ok(Hearing::Fresh)),
        ("another decided", &["nia"], "mo", &["mo", "nia"], Ok(Hearing::Fresh)),
        ("own decision, another is there", &["mo"], "mo", &["mo", "nia"], Err(CannotHear::OwnDecision)),
        ("under another account", &["mo-phone"], "mo", &["mo", "nia"], Err(CannotHear::OwnDecision)),
        (
            "hid it, another confirmed",
            &["mo", "nia"],
            "mo",
            &["mo", "nia", "sam"],
            Err(CannotHear::OwnDecision),
        ),
        ("everybody had part in it", &["mo", "nia"], "mo", &["mo", "nia"], Ok(Hearing::SameModerator)),
        ("own decision, nobody else", &["mo"], "mo", &["mo"], Ok(Hearing::SameModerator)),
        ("the only other is the author", &["mo"], "mo", &["mo", "alice"], Ok(Hearing::SameModerator)),
        ("the only other reported it", &["mo"], "mo", &["mo", "rita"], Ok(Hearing::SameModerator)),
        ("own post", &[], "alice", &["mo", "alice"], Err(CannotHear::OwnPost)),
        ("own report", &[], "rita", &["mo", "rita"], Err(CannotHear::Conflicted(Conflict::Reporter))),
    ];
    let parties =
        Parties { subject: Some(member("alice")), reporters: vec![member("rita")], ..Parties::default() };
    for (name, deciders, hears, officers, want) in rows {
        let deciders: Vec<_> = deciders.iter().map(|name| member(name)).collect();
        let got = hearing(&parties, &deciders, &member(hears), &roster(officers), &persons);
        assert_eq!(got, want, "{name}");
    }
}

#[test]
fn the_panel_is_without_those_who_decided_before() {
    let mut roster = Roster::default();
    for name in ["ed", "eve", "sam", "alice"] {
        roster.appoint(member(name), Role::Executive);
    }
    let parties =
        Parties { subject: Some(member("alice")), declared: vec![member("eve")], ..Parties::default() };
    let sits = |deciders: &[&str]| {
        let deciders: Vec<_> = deciders.iter().map(|name| member(name)).collect();
        panel(&parties, &deciders, &roster, &Persons::default())
    };
    assert_eq!(sits(&[]), [member("ed"), member("sam")]);
    assert_eq!(sits(&["sam"]), [member("ed")]);
    assert_eq!(sits(&["sam", "ed"]), [], "nobody is left: the body outside is next");
}
