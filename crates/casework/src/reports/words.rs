//! Reports in words, for those whose turn they are.

use policy::{About, Event, Lane, Letter, Report, ReportState, Tier, Timestamp};

use crate::in_force::InForce;
use crate::letters;

/// The line for officers about something that happened to a report, where it says more than the history.
pub(crate) fn news(report: &Report, event: Event, in_force: &InForce) -> Option<Letter> {
    let (reference, complaint) = (report.reference, report.complaint);
    let about = about_words(&report.about);
    let due = match report.state {
        ReportState::Open { due, .. } => due.long_date(in_force.charter.zone),
        ReportState::Answered { outcome, .. } => {
            return Some(Letter::line(format!("{reference} the report of {about} is answered: {outcome}.")));
        }
        ReportState::External { .. } => return None,
    };
    let please = format!("Please answer by {due}: see `case {reference}`, then `answer`.");
    let text = match event {
        Event::ReportReceived => format!("{reference} a member reports {about}: {complaint}. {please}"),
        Event::ReportWaits => {
            format!("{reference} the report of {about} still waits for an answer. {please}")
        }
        Event::ReportOverdue { .. } => {
            format!(
                "{reference} nobody answered the report of {about} in time; now it is your turn. {please}"
            )
        }
        Event::ReportContested { .. } => format!(
            "{reference} the reporter is not content with the answer about {about}; now it is your turn. {please}"
        ),
        Event::ReportPassedOn { .. } => format!(
            "{reference} those who were to answer the report of {about} have a part in it; now it is your turn. {please}"
        ),
        Event::ReportLate => format!(
            "{reference} the report of {about} should have been answered by {due} and is LATE: see `case {reference}`, \
             then `answer`."
        ),
        _ => return None,
    };
    Some(letters::looked_at(reference, text))
}

/// What a report points at, in words.
fn about_words(about: &About) -> String {
    match about {
        About::Post { post, author } => format!("post {} by {}", post.as_str(), author.as_str()),
        About::Member { member } => member.as_str().to_owned(),
        About::Moderation { file: Some(file) } => format!("the moderation in {file}"),
        About::Moderation { file: None } => "the moderation".to_owned(),
    }
}

/// One line about a report for lists.
pub(crate) fn summary(report: &Report, in_force: &InForce, now: Timestamp) -> String {
    let zone = in_force.charter.zone;
    let stands = match report.state {
        ReportState::Open { tier, due } => {
            let tier = match (tier, report.complaint.lane()) {
                (Tier::Admins, Lane::Safeguarding | Lane::Legal) => "the officer in charge of such matters",
                (Tier::Admins | Tier::Secretary | Tier::Executive, _) => letters::tier_words(tier),
            };
            let date = due.long_date(zone);
            if due < now {
                format!("before {tier}, answer OVERDUE since {date}")
            } else {
                format!("before {tier}, answer due by {date}")
            }
        }
        ReportState::Answered { outcome, at, .. } => format!("answered {}: {outcome}", at.long_date(zone)),
        ReportState::External { at } => {
            format!("beyond the group since {}: {}", at.long_date(zone), in_force.charter.external_body)
        }
    };
    format!(
        "{} {} about {}, {}; {stands}",
        report.reference,
        report.complaint,
        about_words(&report.about),
        report.received_at.long_date_time(zone),
    )
}
