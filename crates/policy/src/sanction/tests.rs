use chrono_tz::Europe::London;
use proptest::prelude::*;

use super::*;
use crate::testing::member;

const DAY: i64 = 24 * 60 * 60;
const WHY: &str = "Read it all; it was aimed at Bob.";

fn at(day: i64) -> Timestamp {
    Timestamp::EPOCH.plus_seconds(day * DAY)
}

fn number(number: u32) -> Reference {
    Reference::new(number).unwrap()
}

fn proposal(step: Step, basis: &[u32]) -> Proposal {
    Proposal {
        step,
        because: Because::First,
        platform: PlatformId::new("terminal").unwrap(),
        basis: basis.iter().copied().map(number).collect(),
    }
}

fn roster() -> Roster {
    let mut roster = Roster::default();
    for (name, role) in [
        ("mo", Role::Moderator),
        ("asha", Role::Admin),
        ("sam", Role::Secretary),
        ("tess", Role::Admin),
        ("tess-phone", Role::Admin),
        ("ed", Role::Executive),
        ("eve", Role::Executive),
    ] {
        roster.appoint(member(name), role);
    }
    roster
}

fn persons() -> Persons {
    Persons::linked([(member("tess"), member("tess-phone"))])
}

fn about(subject: &str) -> Parties {
    Parties { subject: Some(member(subject)), ..Parties::default() }
}

fn signing(step: Step) -> Sanction {
    Sanction::propose(number(9), member("alice"), &proposal(step, &[1]), None, at(12), at(0))
}

fn with(mut sanction: Sanction, by: &str, step: Step) -> Sanction {
    sanction.signatures.push(Signature { by: member(by), step, at: at(1) });
    sanction
}

/// Who tries to sign what, and what comes of it.
#[test]
fn signing_takes_distinct_unconflicted_readers_with_reasons() {
    let expulsion = proposal(Step::Expulsion, &[1]);
    let lighter_ladder = proposal(Step::Suspension, &[1]);
    let heard = Sanction::propose(number(9), member("alice"), &expulsion, Some(at(7)), at(12), at(0));
    let fresh = signing(Step::Expulsion);
    let one = with(fresh.clone(), "asha", Step::Expulsion);
    let two = with(one.clone(), "sam", Step::Expulsion);
    struct Row<'a> {
        name: &'a str,
        sanction: &'a Sanction,
        officer: &'a str,
        lighter: Option<Step>,
        reason: &'a str,
        opened: Option<i64>,
        now: Option<&'a Proposal>,
        appealed: &'a [Reference],
        parties: Parties,
        want: &'a str,
    }
    let usual = Row {
        name: "",
        sanction: &fresh,
        officer: "asha",
        lighter: None,
        reason: WHY,
        opened: Some(1),
        now: Some(&expulsion),
        appealed: &[],
        parties: about("alice"),
        want: "1 of 3",
    };
    let declared = Parties { declared: vec![member("sam")], ..about("alice") };
    let appealed = [number(1)];
    let rows = [
        Row { name: "the first of three", ..usual },
        Row {
            name: "the second",
            sanction: &one,
            officer: "sam",
            parties: about("alice"),
            want: "2 of 3",
            ..usual
        },
        Row {
            name: "the third decides",
            sanction: &two,
            officer: "tess",
            parties: about("alice"),
            want: "decided: expulsion",
            ..usual
        },
        Row {
            name: "less may be chosen, and needs fewer",
            sanction: &one,
            officer: "sam",
            lighter: Some(Step::Suspension),
            parties: about("alice"),
            want: "decided: suspension",
            ..usual
        },
        Row {
            name: "a warning by the first",
            lighter: Some(Step::Warning),
            parties: about("alice"),
            want: "decided: warning",
            ..usual
        },
        Row {
            name: "one signs twice",
            sanction: &one,
            parties: about("alice"),
            want: "signed already",
            ..usual
        },
        Row {
            name: "one person, two accounts",
            sanction: &with(fresh.clone(), "tess", Step::Expulsion),
            officer: "tess-phone",
            parties: about("alice"),
            want: "signed already",
            ..usual
        },
        Row { name: "a moderator", officer: "mo", parties: about("alice"), want: "the admins sign", ..usual },
        Row {
            name: "the Executive while there are admins enough",
            officer: "ed",
            parties: about("alice"),
            want: "the admins sign",
            ..usual
        },
        Row {
            name: "the Executive where there are too few",
            officer: "ed",
            parties: declared.clone(),
            want: "1 of 3",
            ..usual
        },
        Row { name: "the subject", officer: "asha", parties: about("asha"), want: "(subject)", ..usual },
        Row { name: "a declared conflict", officer: "sam", parties: declared, want: "(declared)", ..usual },
        Row {
            name: "the reporter, under another account",
            officer: "tess",
            parties: Parties { reporters: vec![member("tess-phone")], ..about("alice") },
            want: "(reporter)",
            ..usual
        },
        Row {
            name: "before the member was heard",
            sanction: &heard,
            parties: about("alice"),
            want: "may still give their side",
            ..usual
        },
        Row { name: "unread", opened: None, parties: about("alice"), want: "open the evidence", ..usual },
        Row {
            name: "read before it changed",
            opened: Some(-1),
            parties: about("alice"),
            want: "open the evidence",
            ..usual
        },
        Row {
            name: "no reason to speak of",
            reason: "  because          ",
            parties: about("alice"),
            want: "say why",
            ..usual
        },
        Row {
            name: "the ladder came down",
            now: Some(&lighter_ladder),
            parties: about("alice"),
            want: "the ladder now says otherwise",
            ..usual
        },
        Row {
            name: "the grounds have gone",
            now: None,
            parties: about("alice"),
            want: "the ladder now says otherwise",
            ..usual
        },
        Row {
            name: "an appeal is open",
            appealed: &appealed,
            parties: about("alice"),
            want: "B-0001, on which it rests, is under appeal",
            ..usual
        },
    ];
    for row in rows {
        let bench = Bench::of(&roster(), row.parties, &persons(), 3);
        let officer = member(row.officer);
        let hand = Hand {
            officer: &officer,
            lighter: row.lighter,
            reason: row.reason,
            opened_at: row.opened.map(at),
            proposal: row.now,
            under_appeal: row.appealed,
            now: at(2),
        };
        let got = match row.sanction.sign(&hand, &bench, Quorums::default(), &persons()) {
            Ok(Signed::Counted { signatures, quorum }) => format!("{signatures} of {quorum}"),
            Ok(Signed::Decided { step }) => format!("decided: {step}"),
            Err(error) => error.to_string(),
        };
        assert!(got.contains(row.want), "{}: {got}", row.name);
    }
}

#[test]
fn nobody_chooses_more_than_the_ladder_proposes() {
    let officer = member("asha");
    let warning = proposal(Step::Warning, &[1]);
    let hand = Hand {
        officer: &officer,
        lighter: Some(Step::Suspension),
        reason: WHY,
        opened_at: Some(at(1)),
        proposal: Some(&warning),
        under_appeal: &[],
        now: at(2),
    };
    let bench = Bench::of(&roster(), about("alice"), &persons(), 1);
    let signed = signing(Step::Warning).sign(&hand, &bench, Quorums::default(), &persons());
    assert_eq!(signed, Err(CannotSign::Heavier(Step::Warning)));
}

#[test]
fn a_proposal_takes_the_form_the_ladder_gives_it() {
    let signed = with(signing(Step::Suspension), "asha", Step::Suspension);
    let wider = proposal(Step::Suspension, &[1, 3]);
    assert!(signed.is_current(Some(&proposal(Step::Suspension, &[1]))));
    assert!(!signed.is_current(Some(&wider)), "another strike joined it");
    let reformed = signed.reformed(Some(&wider), at(3));
    assert!(reformed.is_current(Some(&wider)));
    assert_eq!((reformed.signatures.len(), reformed.formed_at), (0, at(3)), "to be read and signed anew");
    assert_eq!(reformed.state, signed.state, "the time to answer goes on");
    assert_eq!(signed.reformed(None, at(3)).state, SanctionState::Withdrawn);
}

#[test]
fn a_sanction_lives_and_ends_by_the_ledger_alone() {
    let ladder = Ladder::default();
    let decided = |step| signing(step).decided(step, &ladder, at(10), London);
    let warning = decided(Step::Warning);
    assert_eq!(warning.imposed().unwrap().since, None, "no window before it is served");
    assert_eq!(warning.served(at(14)).imposed().unwrap().since, Some(at(14)));
    assert_eq!(warning.served(at(2)).imposed().unwrap().since, Some(at(10)), "never before it was signed");
    let suspension = decided(Step::Suspension);
    assert_eq!(suspension.served(at(14)), suspension, "it began when it was signed");
    assert!(suspension.excludes(at(39)) && !suspension.excludes(at(40)));
    assert_eq!(suspension.ended(at(39)), None, "never early");
    let ended = suspension.ended(at(45)).expect("its time is over");
    assert_eq!(ended.imposed().unwrap().until, Some(at(40)), "however late it was noticed");
    let expulsion = decided(Step::Expulsion);
    assert!(expulsion.excludes(at(9999)) && expulsion.ended(at(9999)).is_none());
    assert!(!expulsion.voided().excludes(at(20)) && expulsion.voided().imposed().is_none());
}

#[test]
fn a_reduction_credits_time_and_never_adds_weight() {
    let ladder = Ladder::default();
    let expulsion = signing(Step::Expulsion).decided(Step::Expulsion, &ladder, at(10), London);
    let early = expulsion.reduced(Step::Suspension, &ladder, at(20), London);
    assert!(early.excludes(at(20)) && !early.excludes(at(40)));
    let late = expulsion.reduced(Step::Suspension, &ladder, at(50), London);
    assert_eq!(late.state.word(), "ended");
    let warned = expulsion.reduced(Step::Warning, &ladder, at(50), London);
    assert_eq!((warned.state.word(), warned.excludes(at(50))), ("unserved", false));
    assert_eq!(warned.reduced(Step::Expulsion, &ladder, at(50), London), warned);
}

proptest! {
    /// Whoever signs in whatever order: it is decided by a quorum of distinct persons on the bench, and by none before.
    #[test]
    fn no_sanction_without_its_quorum(
        steps in proptest::collection::vec((0_usize..8, 0_usize..3), 1..12),
        proposed in 0_usize..3,
    ) {
        const NAMES: [&str; 8] = ["mo", "asha", "sam", "tess", "tess-phone", "ed", "eve", "alice"];
        let proposal = proposal(Step::ALL[proposed], &[1]);
        let quorums = Quorums::default();
        let bench = Bench::of(&roster(), about("alice"), &persons(), quorums.of(proposal.step));
        let mut sanction = signing(proposal.step);
        for (who, lighter) in steps {
            let officer = member(NAMES[who]);
            let hand = Hand {
                officer: &officer,
                lighter: Some(Step::ALL[lighter]),
                reason: WHY,
                opened_at: Some(at(1)),
                proposal: Some(&proposal),
                under_appeal: &[],
                now: at(2),
            };
            let signed = sanction.sign(&hand, &bench, quorums, &persons());
            if signed.is_ok() {
                sanction.signatures.push(Signature { by: officer, step: Step::ALL[lighter], at: at(2) });
            }
            if let Ok(Signed::Decided { step }) = signed {
                let mut signers: Vec<_> =
                    sanction.signatures.iter().map(|one| persons().first_of(&one.by).clone()).collect();
                signers.sort();
                signers.dedup();
                prop_assert!(signers.len() >= quorums.of(step) as usize);
                prop_assert!(step <= proposal.step);
                prop_assert!(sanction.signatures.iter().all(|one| step <= one.step));
                prop_assert!(!signers.contains(&member("alice")) && !signers.contains(&member("mo")));
                break;
            }
            prop_assert!(u32::try_from(sanction.signatures.len()).unwrap() < quorums.of(proposal.step));
        }
    }
}
