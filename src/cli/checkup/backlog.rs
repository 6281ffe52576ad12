//! What lies about in a group, in words: counts, with the command that shows them, and no names.

use chrono_tz::Tz;
use ledger::{Backlog, Checked, Pile};
use platform::checkup::{Check, Finding, Of, Standing};
use policy::{Charter, Timestamp};

const HOUR_S: i64 = 60 * 60;
const DAY_S: i64 = 24 * HOUR_S;
/// How long a letter may wait to be served by hand before that is wrong.
const UNSERVED_MAX_S: i64 = 3 * DAY_S;
/// How long a letter may be on its way before people should know, and before that is wrong.
const ON_ITS_WAY_S: i64 = 6 * HOUR_S;
const ON_ITS_WAY_MAX_S: i64 = 2 * DAY_S;

/// What lies about in a group.
pub(in crate::cli) fn backlog(
    charter: &Charter,
    backlog: &Backlog,
    now: Timestamp,
    is_clock_believed: bool,
) -> Vec<Finding> {
    let of = || Of::Group(charter.group.clone());
    let mut findings = vec![put_back(of(), backlog.waits)];
    findings.push(unserved(of(), backlog.unserved, now, charter.zone));
    findings.push(undelivered(charter, backlog.undelivered, now));
    findings.push(deeds(of(), backlog.stuck, charter.zone));
    for (check, count, what, right, remedy) in overdue(backlog) {
        findings.push(if count == 0 {
            Finding::right(check, of(), right)
        } else {
            Finding::wrong(check, of(), format!("{what}: {count}"), remedy)
        });
    }
    findings.push(breaker(charter, backlog.tripped_since));
    // What waits for a person, or for the clock, is told of as such.
    if !backlog.waits && is_clock_believed {
        findings.push(deadlines(of(), backlog.deadlines, charter.zone));
    }
    findings
}

/// The letters of a group that have been on their way for long.
pub(in crate::cli) fn undelivered(charter: &Charter, letters: Pile, now: Timestamp) -> Finding {
    let (check, of) = (Check::Undelivered, Of::Group(charter.group.clone()));
    let age = |since: Timestamp| (now.as_millis() - since.as_millis()) / 1000;
    let said = counted("letters that are not delivered yet", letters, charter.zone);
    let remedy =
        "whoever runs the bot finds why in its log; the letters go as soon as the platform takes them";
    match letters.since.map(age) {
        Some(age) if age > ON_ITS_WAY_MAX_S => Finding::wrong(check, of, said, remedy),
        Some(age) if age > ON_ITS_WAY_S => Finding::attention(check, of, said, remedy),
        Some(_) | None => Finding::right(check, of, "letters are delivered"),
    }
}

/// Whether it could be tried that the bot hears a group: only the program that serves it knows that, and notes it.
pub(in crate::cli) fn canary(charter: &Charter, noted: Vec<Checked>) -> Option<Finding> {
    // What was found before it was switched off is over.
    let is_tried = charter.procedure.canary.enabled;
    let noted = noted.into_iter().find(|noted| is_tried && noted.check == Check::Canary)?;
    let said = format!("{} (when the bot looked last)", noted.said);
    let found = Finding::right(noted.check, Of::Group(charter.group.clone()), said);
    Some(Finding { standing: noted.watched.standing, remedy: noted.remedy, ..found })
}

fn put_back(of: Of, waits: bool) -> Finding {
    if !waits {
        return Finding::right(Check::PutBack, of, "the record waits for nobody");
    }
    Finding::wrong(
        Check::PutBack,
        of,
        "the record was put back from a backup, and nothing of what waited is done",
        "have an officer look on the platform who is shut out and who is not, and an admin say `resume`",
    )
}

fn unserved(of: Of, letters: Pile, now: Timestamp, zone: Tz) -> Finding {
    let Some(since) = letters.since else {
        return Finding::right(Check::Unserved, of, "no letter waits to be served by hand");
    };
    let said = counted("letters that somebody has to serve by hand", letters, zone);
    let found =
        Finding::wrong(Check::Unserved, of, said, "`queue` shows them, and `serve` puts it on record");
    let is_recent = now <= since.plus_seconds(UNSERVED_MAX_S);
    if is_recent { found.no_worse_than(Standing::Attention) } else { found }
}

fn deeds(of: Of, stuck: Pile, zone: Tz) -> Finding {
    if stuck.count == 0 {
        return Finding::right(Check::Deeds, of, "the platform refuses nothing that is to be done");
    }
    let said = counted("removals, exclusions and the like that could not be done", stuck, zone);
    let remedy =
        "`queue` shows them; give the bot the permission, and a rank above those whom it is to put out";
    Finding::wrong(Check::Deeds, of, said, remedy)
}

fn breaker(charter: &Charter, tripped_since: Option<Timestamp>) -> Finding {
    let (check, of) = (Check::Breaker, Of::Group(charter.group.clone()));
    match tripped_since {
        _ if !charter.procedure.breaker.enabled => Finding::right(check, of, "the breaker is switched off"),
        None => Finding::right(check, of, "no more posts went than usual"),
        Some(since) => {
            let since = since.long_date_time(charter.zone);
            let said = format!("far more posts went than usual: since {since} they are left to officers");
            Finding::wrong(check, of, said, "`breaker` shows what went; an admin says `breaker reset`")
        }
    }
}

fn deadlines(of: Of, late: Pile, zone: Tz) -> Finding {
    if late.count == 0 {
        return Finding::right(Check::Deadlines, of, "what falls due happens");
    }
    let said = counted("what should have happened by now", late, zone);
    Finding::wrong(Check::Deadlines, of, said, "start the bot; where it runs, its log says why")
}

/// What is overdue, how many, and what there is to do: in words for where there is some, and for where there is none.
fn overdue(backlog: &Backlog) -> [(Check, u32, &'static str, &'static str, &'static str); 7] {
    [
        (
            Check::Reviews,
            backlog.reviews,
            "posts at which somebody should have looked by now",
            "posts that waited were looked at in time",
            "a moderator sees them with `queue`",
        ),
        (
            Check::Appeals,
            backlog.appeals,
            "appeals that a moderator should have decided by now",
            "appeals were decided in time",
            "a moderator sees them with `appeals`, and says `decide`",
        ),
        (
            Check::Executive,
            backlog.executive,
            "appeals that the Executive should have decided by now",
            "the Executive decided in time",
            "`appeals` shows them, and `minute` puts on record what the Executive decided",
        ),
        (
            Check::Reports,
            backlog.reports,
            "reports that should have been answered by now",
            "reports were answered in time",
            "`reports` shows them to those whose turn they are",
        ),
        (
            Check::Proposals,
            backlog.proposals,
            "proposals that should have been signed or declined by now",
            "proposals were signed or declined in time",
            "an admin sees them with `proposals`, and says `sign` or `decline`",
        ),
        (
            Check::Suspensions,
            backlog.suspensions,
            "suspensions that should be over by now",
            "suspensions ended on their day",
            "start the bot; where it runs, `queue` shows what the platform refuses, and its log says why",
        ),
        (
            Check::Requests,
            backlog.requests,
            "requests to erase that should have been answered by now",
            "requests to erase were answered in time",
            "the Secretary answers them with `erase`; the law sets that time",
        ),
    ]
}

/// `letters that somebody has to serve by hand: 2, the oldest since 2 March 2026 at 10:00`.
fn counted(what: &str, pile: Pile, zone: Tz) -> String {
    let since = pile.since.map(|since| format!(", the oldest since {}", since.long_date_time(zone)));
    format!("{what}: {}{}", pile.count, since.unwrap_or_default())
}
