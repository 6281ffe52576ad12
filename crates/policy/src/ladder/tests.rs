//! The edge cases of the ladder as a table. `tests/it/ladder.rs` walks small worlds beside a naive oracle.

use chrono::DateTime;
use chrono_tz::Europe::London;

use super::*;

fn at(text: &str) -> Timestamp {
    Timestamp::from_millis(DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis())
}

fn day(text: &str) -> Timestamp {
    at(&format!("{text}T12:00:00Z"))
}

fn number(number: u32) -> Reference {
    Reference::new(number).unwrap()
}

fn platform(name: &str) -> PlatformId {
    PlatformId::new(name).unwrap()
}

fn breach(case: u32, conduct: &str) -> Breach {
    let blind = BTreeSet::new();
    Breach { case: number(case), conduct_at: day(conduct), platform: platform("discord"), blind }
}

fn elsewhere(breach: &Breach) -> Breach {
    Breach { platform: platform("matrix"), ..breach.clone() }
}

fn imposed(sanction: u32, step: Step, basis: &[u32], signed: &str) -> Imposed {
    let signed_at = day(signed);
    Imposed {
        earlier_is_gone: false,
        sanction: number(sanction),
        step,
        platform: platform("discord"),
        basis: basis.iter().copied().map(number).collect(),
        signed_at,
        since: Some(signed_at),
        until: (step == Step::Suspension).then(|| Ladder::default().suspension_end(signed_at, London)),
    }
}

fn warning(sanction: u32, basis: &[u32], served: &str) -> Imposed {
    imposed(sanction, Step::Warning, basis, served)
}

fn unserved(warning: Imposed) -> Imposed {
    Imposed { since: None, ..warning }
}

/// What is proposed, in a line: the step, where, and the cases it rests on.
fn proposed(breaches: &[Breach], imposed: &[Imposed]) -> String {
    match Ladder::default().propose(breaches, imposed, London) {
        None => "nothing".to_owned(),
        Some(proposal) => {
            let basis: Vec<_> = proposal.basis.iter().map(|case| case.number().to_string()).collect();
            format!("{} on {} for {}", proposal.step, proposal.platform.as_str(), basis.join(", "))
        }
    }
}

#[test]
fn each_step_follows_the_one_before() {
    let first = [breach(1, "2026-01-10")];
    let warned = warning(2, &[1], "2026-01-20");
    let second = [breach(1, "2026-01-10"), breach(3, "2026-06-01")];
    let suspended = imposed(4, Step::Suspension, &[3], "2026-06-10");
    let third = [second.to_vec(), vec![breach(5, "2026-09-01")]].concat();
    let expelled = imposed(6, Step::Expulsion, &[5], "2026-09-10");
    let again = [third.clone(), vec![breach(7, "2027-09-01")]].concat();
    let rows = [
        ("no breach", proposed(&[], &[]), "nothing"),
        ("the first", proposed(&first, &[]), "warning on discord for 1"),
        ("dealt with", proposed(&first, std::slice::from_ref(&warned)), "nothing"),
        ("again", proposed(&second, std::slice::from_ref(&warned)), "suspension on discord for 3"),
        ("and again", proposed(&third, &[warned.clone(), suspended.clone()]), "expulsion on discord for 5"),
        ("expelled", proposed(&again, &[warned, suspended, expelled]), "nothing"),
    ];
    for (name, got, want) in rows {
        assert_eq!(got, want, "{name}");
    }
}

/// The windows, to the day in the group's time zone.
#[test]
fn a_window_ends_with_its_corresponding_date() {
    let conduct = |when: &str| Breach { conduct_at: at(when), ..breach(3, "2020-01-01") };
    let after_warning = |served: &str, when: &str| proposed(&[conduct(when)], &[warning(2, &[1], served)]);
    let after_suspension =
        |signed: &str, when: &str| proposed(&[conduct(when)], &[imposed(2, Step::Suspension, &[1], signed)]);
    let suspension = "suspension on discord for 3";
    let expulsion = "expulsion on discord for 3";
    let fresh = "warning on discord for 3";
    let rows = [
        ("last day", after_warning("2026-05-10", "2027-05-10T22:59:59Z"), suspension),
        ("the day after", after_warning("2026-05-10", "2027-05-10T23:00:00Z"), fresh),
        ("leap day", after_warning("2024-02-29", "2025-02-28T23:59:59Z"), suspension),
        ("leap day, the day after", after_warning("2024-02-29", "2025-03-01T00:00:00Z"), fresh),
        ("not 365 days", after_warning("2027-03-01", "2028-03-01T12:00:00Z"), suspension),
        ("suspension, last day", after_suspension("2026-03-10", "2027-04-09T22:59:59Z"), expulsion),
        ("suspension, the day after", after_suspension("2026-03-10", "2027-04-09T23:00:00Z"), fresh),
        ("the moment it ends", after_suspension("2026-03-10", "2026-04-09T11:00:00Z"), "nothing"),
        ("just after it ends", after_suspension("2026-03-10", "2026-04-09T11:00:00.001Z"), expulsion),
    ];
    for (name, got, want) in rows {
        assert_eq!(got, want, "{name}");
    }
}

#[test]
fn edge_cases_of_proposals() {
    let live = warning(2, &[1], "2026-01-20");
    let two_before = [breach(1, "2026-01-10"), breach(3, "2026-01-15")];
    let here = imposed(4, Step::Suspension, &[3], "2026-03-01");
    let during = breach(5, "2026-03-10");
    let rows = [
        (
            "E1 several before service are one matter",
            proposed(&two_before, &[]),
            "warning on discord for 1, 3",
        ),
        ("E1 and stay one when it is served", proposed(&two_before, std::slice::from_ref(&live)), "nothing"),
        (
            "E3 a breach between decision and service",
            proposed(&[breach(3, "2026-02-01")], &[unserved(live.clone())]),
            "nothing",
        ),
        (
            "E4 while suspended there",
            proposed(std::slice::from_ref(&during), &[live.clone(), here.clone()]),
            "nothing",
        ),
        (
            "E4 while suspended there once more, by officers who chose less",
            proposed(
                &[breach(7, "2026-06-10")],
                &[here.clone(), imposed(6, Step::Suspension, &[5], "2026-06-01")],
            ),
            "nothing",
        ),
        (
            "E5 elsewhere while suspended here",
            proposed(&[elsewhere(&during)], &[live.clone(), here.clone()]),
            "suspension on matrix for 5",
        ),
        (
            "E18 a warning that never arrived is no warning",
            proposed(&[breach(3, "2027-06-01")], &[unserved(live)]),
            "nothing",
        ),
        (
            "breaches count across platforms",
            proposed(&[elsewhere(&breach(7, "2026-06-01"))], &[here]),
            "expulsion on matrix for 7",
        ),
    ];
    for (name, got, want) in rows {
        assert_eq!(got, want, "{name}");
    }
}

/// What is taken back when strikes or sanctions are voided.
#[test]
fn reductions_walk_the_ladder_again() {
    let (b1, b2, b3) = (breach(1, "2026-01-10"), breach(3, "2026-06-01"), breach(5, "2026-09-01"));
    let warned = warning(2, &[1], "2026-01-20");
    let suspended = imposed(4, Step::Suspension, &[3], "2026-06-10");
    let expelled = imposed(6, Step::Expulsion, &[5], "2026-09-10");
    let all = [warned.clone(), suspended.clone(), expelled.clone()];
    let replay = |breaches: &[&Breach], imposed: &[Imposed]| {
        let breaches: Vec<_> = breaches.iter().copied().cloned().collect();
        let reductions = Ladder::default().replay(&breaches, imposed, London);
        let words = reductions.iter().map(|(sanction, reduction)| match reduction {
            Reduction::Void => format!("{} void", sanction.number()),
            Reduction::To(step) => format!("{} {step}", sanction.number()),
        });
        words.collect::<Vec<_>>().join(", ")
    };
    let rows = [
        ("nothing changed", replay(&[&b1, &b2, &b3], &all), ""),
        ("the last strike", replay(&[&b1, &b2], &all), "6 void"),
        (
            "E7 the middle one: expulsion becomes suspension",
            replay(&[&b1, &b3], &all),
            "4 void, 6 suspension",
        ),
        (
            "E6 the first: the second becomes a warning, the third one matter with it",
            replay(&[&b2, &b3], &all),
            "2 void, 4 warning, 6 void",
        ),
        ("E6 the warning itself is void", replay(&[&b1, &b2], std::slice::from_ref(&suspended)), "4 warning"),
        (
            "E7 the suspension itself is void",
            replay(&[&b1, &b2, &b3], &[warned.clone(), expelled]),
            "6 suspension",
        ),
        (
            "officers had chosen less",
            replay(&[&b1, &b2], &[warned, Imposed { step: Step::Warning, until: None, ..suspended }]),
            "",
        ),
        ("none is left", replay(&[], &all), "2 void, 4 void, 6 void"),
    ];
    for (name, got, want) in rows {
        assert_eq!(got, want, "{name}");
    }
}

#[test]
fn a_lighter_step_credits_the_time_served() {
    let ladder = Ladder::default();
    let expelled = imposed(6, Step::Expulsion, &[5], "2026-03-10");
    let suspended = ladder.reduced(&expelled, Step::Suspension, London);
    assert_eq!(suspended.until, Some(at("2026-04-09T11:00:00Z")), "thirty days from when it began");
    let warned = ladder.reduced(&expelled, Step::Warning, London);
    assert_eq!((warned.since, warned.until), (None, None), "a warning counts once it is served");
}

/// A person with two accounts, of which one was warned: what the other did before it was known to be theirs stays by
/// itself, what it did after climbs.
#[test]
fn what_was_imposed_on_an_account_linked_later_does_not_count() {
    let one = |breach: &Breach, imposed: &Imposed| {
        proposed(std::slice::from_ref(breach), std::slice::from_ref(imposed))
    };
    let served = warning(10, &[1], "2025-01-10");
    let after = breach(2, "2025-02-01");
    let blind = |breach: &Breach| Breach { blind: [number(10)].into(), ..breach.clone() };
    assert_eq!(one(&after, &served), "suspension on discord for 2");
    assert_eq!(one(&blind(&after), &served), "warning on discord for 2");
    let before = breach(3, "2025-01-05");
    assert_eq!(one(&before, &served), "nothing", "it was one matter");
    assert_eq!(one(&blind(&before), &served), "warning on discord for 3");
    let expelled = imposed(11, Step::Expulsion, &[1], "2025-01-10");
    assert_eq!(one(&after, &expelled), "nothing");
    assert_eq!(one(&blind(&after), &expelled), "nothing", "blind to the other sanction only");
    let unseen = Breach { blind: [number(11)].into(), ..after };
    assert_eq!(one(&unseen, &expelled), "warning on discord for 2");
}
