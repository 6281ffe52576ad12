//! Reports, their days and whose turn they are.

use super::*;
use crate::charter::Duties;
use crate::notice::Handler;
use crate::person::{Parties, Persons};
use crate::role::{Role, Roster};
use crate::testing::member;
use chrono::DateTime;
use chrono_tz::Europe::London;

fn at(text: &str) -> Timestamp {
    Timestamp::from_millis(DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis())
}

fn report(complaint: Complaint, received: &str) -> Report {
    let received_at = at(received);
    let due = ReportClock::default().due(complaint.lane(), Tier::Admins, received_at, London);
    Report {
        reference: Reference::new(7).unwrap(),
        complaint,
        about: About::Moderation { file: None },
        received_at,
        state: ReportState::Open { tier: Tier::Admins, due },
    }
}

fn due(report: &Report) -> Timestamp {
    match report.state {
        ReportState::Open { due, .. } => due,
        _ => panic!("closed"),
    }
}

/// Five days end at midnight closing the fifth, by the group's clocks.
#[test]
fn days_are_counted_in_full() {
    let rows = [
        (Complaint::Abuse, "2026-07-01T09:00:00Z", "2026-07-06T22:59:59.999Z"),
        (Complaint::Abuse, "2026-07-01T23:30:00Z", "2026-07-07T22:59:59.999Z"),
        (Complaint::Spam, "2026-10-23T12:00:00Z", "2026-10-28T23:59:59.999Z"),
        (Complaint::Legal, "2026-07-01T09:00:00Z", "2026-07-03T09:00:00Z"),
        (Complaint::DataProtection, "2026-07-01T09:00:00Z", "2026-07-31T22:59:59.999Z"),
    ];
    for (complaint, received, want) in rows {
        assert_eq!(due(&report(complaint, received)), at(want), "{complaint} {received}");
    }
    let clock = ReportClock::default();
    let reminders = clock.reminders(Lane::Ordinary, Tier::Admins, at("2026-07-01T09:00:00Z"), London);
    assert_eq!(reminders, [at("2026-07-04T11:00:00Z"), at("2026-07-05T11:00:00Z")], "noon of days 3 and 4");
}

/// Unanswered or contested, it goes up one tier at a time, and no further than the Executive.
#[test]
fn silence_and_discontent_go_up() {
    let clock = ReportClock::default();
    let early = at("2026-07-02T09:00:00Z");
    let late = at("2026-07-07T09:00:00Z");
    let first = report(Complaint::Abuse, "2026-07-01T09:00:00Z");
    assert_eq!(first.overdue(clock, early, London), Err(CannotMove::NotYet));
    assert_eq!(first.contested(clock, late, London), Err(CannotMove::NotYet));
    let second = first.overdue(clock, late, London).unwrap();
    assert!(matches!(second.state, ReportState::Open { tier: Tier::Secretary, .. }));
    let answered = second.answered(Outcome::NoBreach, late).unwrap();
    assert_eq!(answered.answered(Outcome::Acted, late), Err(CannotMove::Answered));
    assert_eq!(answered.overdue(clock, at("2027-01-01T00:00:00Z"), London), Err(CannotMove::Answered));
    let third = answered.contested(clock, late, London).unwrap();
    assert!(matches!(third.state, ReportState::Open { tier: Tier::Executive, .. }));
    assert_eq!(third.overdue(clock, at("2027-01-01T00:00:00Z"), London), Err(CannotMove::NothingAbove));
    let last = third.answered(Outcome::Acted, late).unwrap();
    assert_eq!(last.contested(clock, late, London), Err(CannotMove::NothingAbove));
}

fn roster(offices: &[(&str, Role)]) -> Roster {
    let mut roster = Roster::default();
    for (officer, role) in offices {
        roster.appoint(member(officer), *role);
    }
    roster
}

fn full() -> Roster {
    roster(&[
        ("mo", Role::Moderator),
        ("nia", Role::Moderator),
        ("asha", Role::Admin),
        ("sam", Role::Secretary),
        ("ed", Role::Executive),
    ])
}

fn named() -> Duties {
    Duties { alternate: Some(member("mo")), safeguarding: Some(member("nia")), legal: Some(member("asha")) }
}

type Row<'a> = (Lane, Tier, &'a [&'a str], &'a [&'a str], Option<(Handler, &'a [&'a str])>);

/// A lane and tier, those with a part in it, those who answered before; whose turn it is, and what they are called.
#[test]
fn whose_turn_it_is() {
    use Handler::{AdminTeam, Alternate, Executive, NamedOfficer, Secretary};
    use Lane::{DataProtection, Legal, Ordinary, Safeguarding};
    let (roster, persons) = (full(), Persons::linked([(member("sam"), member("sam-phone"))]));
    let (none, all): (&[&str], &[&str]) = (&[], &["mo", "nia", "asha", "sam", "ed"]);
    let rows: &[Row<'_>] = &[
        (Ordinary, Tier::Admins, none, none, Some((AdminTeam, &["asha", "sam"]))),
        (DataProtection, Tier::Admins, none, none, Some((AdminTeam, &["asha", "sam"]))),
        (Safeguarding, Tier::Admins, none, none, Some((NamedOfficer, &["nia"]))),
        (Legal, Tier::Admins, none, none, Some((NamedOfficer, &["asha"]))),
        (Ordinary, Tier::Admins, &["asha"], none, Some((AdminTeam, &["sam"]))),
        (Ordinary, Tier::Admins, &["asha", "sam-phone"], none, Some((Alternate, &["mo"]))),
        (Safeguarding, Tier::Admins, &["nia"], none, Some((Secretary, &["sam"]))),
        (Safeguarding, Tier::Admins, &["nia", "sam"], none, Some((Alternate, &["mo"]))),
        (Ordinary, Tier::Secretary, none, none, Some((Secretary, &["sam"]))),
        (Ordinary, Tier::Secretary, &["sam-phone"], none, Some((Alternate, &["mo"]))),
        (Ordinary, Tier::Secretary, none, &["sam"], Some((Alternate, &["mo"]))),
        (Ordinary, Tier::Secretary, &["sam", "mo"], none, Some((Executive, &["ed"]))),
        (Ordinary, Tier::Executive, none, none, Some((Executive, &["ed"]))),
        (Ordinary, Tier::Executive, &["ed"], none, None),
        (Ordinary, Tier::Admins, all, none, None),
    ];
    for (lane, tier, conflicted, answered, want) in rows {
        let ids = |names: &[&str]| names.iter().map(|name| member(name)).collect::<Vec<_>>();
        let (parties, answered) =
            (Parties { declared: ids(conflicted), ..Parties::default() }, ids(answered));
        let duties = named();
        let desk = Desk {
            roster: &roster,
            duties: &duties,
            parties: &parties,
            answered: &answered,
            persons: &persons,
        };
        let turn = desk.turn(*lane, *tier).map(|turn| (turn.handler, turn.officers));
        let want = want.clone().map(|(handler, officers)| (handler, ids(officers)));
        assert_eq!(turn, want, "{lane:?} {tier} {conflicted:?} {answered:?}");
    }
}

/// Whoever has a part in it never has a turn and never sees it, at any tier of any lane; and the turn only goes up.
#[test]
fn officers_with_a_part_in_it_are_as_if_absent() {
    let officers = ["mo", "nia", "asha", "sam", "ed"];
    let lanes = [Lane::Ordinary, Lane::Safeguarding, Lane::Legal, Lane::DataProtection];
    let (roster, persons) = (full(), Persons::default());
    for set in 0_u32..1 << officers.len() {
        let chosen = officers.iter().enumerate().filter(|(n, _)| set & (1 << n) != 0);
        let declared: Vec<_> = chosen.map(|(_, name)| member(name)).collect();
        let parties = Parties { declared: declared.clone(), ..Parties::default() };
        for duties in [named(), Duties::default()] {
            let desk = Desk {
                roster: &roster,
                duties: &duties,
                parties: &parties,
                answered: &[],
                persons: &persons,
            };
            for (&lane, &tier) in lanes.iter().flat_map(|lane| Tier::ALL.iter().map(move |tier| (lane, tier)))
            {
                let turn = desk.turn(lane, tier);
                if let Some(turn) = &turn {
                    assert!(turn.tier >= tier && !turn.officers.is_empty());
                    assert!(turn.officers.iter().all(|officer| !declared.contains(officer)));
                    assert!(turn.officers.iter().all(|officer| desk.may_see(lane, turn.tier, officer)));
                }
                assert!(declared.iter().all(|officer| !desk.may_see(lane, tier, officer)));
                if let Some(after) = desk.after(lane, tier) {
                    assert!(after.tier > tier);
                    let had = turn.filter(|turn| turn.tier == tier).map(|turn| turn.officers);
                    let again = had == Some(after.officers) && after.tier != Tier::Executive;
                    assert!(!again, "nobody is asked twice in a row");
                }
            }
        }
    }
}

/// One of the admins answered: the next tier is the Secretary all the same, unless it was they who answered.
#[test]
fn discontent_goes_to_somebody_else() {
    let (roster, duties, persons, parties) =
        (full(), Duties::default(), Persons::default(), Parties::default());
    for (lane, answered, want) in [
        (Lane::Ordinary, "asha", Handler::Secretary),
        (Lane::Ordinary, "sam", Handler::Executive),
        (Lane::Safeguarding, "sam", Handler::Executive),
    ] {
        let answered = [member(answered)];
        let desk = Desk {
            roster: &roster,
            duties: &duties,
            parties: &parties,
            answered: &answered,
            persons: &persons,
        };
        let next = desk.after(lane, Tier::Admins).unwrap();
        assert_eq!(next.handler, want, "{lane:?} {answered:?}");
    }
}

/// A safeguarding report is its officer's alone until it reaches another tier.
#[test]
fn what_is_for_one_officer_is_seen_by_one() {
    let (roster, duties, persons, parties) = (full(), named(), Persons::default(), Parties::default());
    let desk = Desk { roster: &roster, duties: &duties, parties: &parties, answered: &[], persons: &persons };
    let seen = |tier| {
        let officers = ["mo", "nia", "asha", "sam", "ed"].into_iter();
        officers
            .filter(|officer| desk.may_see(Lane::Safeguarding, tier, &member(officer)))
            .collect::<Vec<_>>()
    };
    assert_eq!(seen(Tier::Admins), ["nia"]);
    assert_eq!(seen(Tier::Secretary), ["nia", "sam"]);
    assert_eq!(seen(Tier::Executive), ["nia", "sam", "ed"]);
}

#[test]
fn what_falls_due_is_two_reminders_and_the_end() {
    let since = at("2026-07-01T09:00:00Z");
    let clock = ReportClock::default();
    let rows = [
        (Lane::Ordinary, Tier::Admins, 3),
        (Lane::Safeguarding, Tier::Admins, 3),
        (Lane::Legal, Tier::Admins, 1),
        (Lane::Legal, Tier::Secretary, 3),
        (Lane::DataProtection, Tier::Admins, 3),
    ];
    for (lane, tier, want) in rows {
        let deadlines = clock.deadlines(lane, tier, since, London);
        assert_eq!(deadlines.len(), want, "{lane:?} {tier}");
        let last = deadlines.last().copied().unwrap();
        let due = Deadline { kind: DeadlineKind::ReportDue, due: clock.due(lane, tier, since, London) };
        assert_eq!(last, due);
        assert!(deadlines.is_sorted_by_key(|deadline| deadline.due), "{lane:?} {tier}");
    }
}

#[test]
fn the_same_again_is_known_and_grievances_are_not() {
    let post = |id: &str| About::Post { post: PostId::new(id).unwrap(), author: member("bob") };
    assert!(post("1").repeats(&post("1")));
    assert!(!post("1").repeats(&post("2")));
    assert!(!post("1").repeats(&About::Member { member: member("bob") }));
    let of = |file| About::Moderation { file };
    assert!(of(Reference::new(4)).repeats(&of(Reference::new(4))));
    assert!(!of(None).repeats(&of(None)));
}
