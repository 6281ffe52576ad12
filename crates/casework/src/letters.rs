//! How cases are put into words for officers.

use std::collections::BTreeMap;

use ledger::{File, Listed, Snapshot};
use policy::notice::ErasureAnswer;
use policy::{
    Actor, Appeal, AppealState, Case, Event, FinalRuling, Letter, MemberId, MessageText, PostKind, Ruling,
    State, SurfaceKind, Timestamp, Verdict,
};

use crate::in_force::InForce;

/// The line for officers about something that happened in a file. Holds nobody's words.
pub(crate) fn news(file: &File, event: Event, in_force: &InForce) -> Letter {
    let reference = file.reference();
    let about = file.subject().map_or("the group", MemberId::as_str);
    let line = match (event, file) {
        (_, File::Case(case)) => case_news(case, event, in_force),
        _ => None,
    };
    let line = line.or_else(|| match event {
        Event::AppealLodged => {
            Some(format!("{reference} {about} appealed. See `case {reference}` and `decide`."))
        }
        Event::AppealRuled { ruling: Ruling::Accept } => Some(format!("{reference} the appeal was accepted.")),
        Event::AppealRuled { ruling: Ruling::Dismiss } => Some(format!("{reference} the appeal was dismissed.")),
        Event::AppealSettled { ruling } => {
            Some(format!("{reference} the Executive decided the appeal: {}.", final_ruling(ruling)))
        }
        Event::ExecutiveAsked => Some(format!("{reference} {about} asked the Executive to hear the appeal.")),
        Event::AppealWaits => {
            Some(format!("{reference} the appeal still waits for a moderator: `case {reference}` and `decide`."))
        }
        Event::AppealOverdue => Some(format!(
            "{reference} nobody decided the appeal in time: it is before the Executive. See `appeals` and `minute`."
        )),
        Event::ExecutiveWaits => {
            Some(format!("{reference} the appeal still waits for the Executive: see `appeals`."))
        }
        Event::NoticeRefused => Some(format!(
            "{reference} {about} takes no private messages: the notice was NOT delivered. Please serve it by hand; \
             `case {reference}` shows it."
        )),
        Event::EffectRefused => Some(format!(
            "{reference} NOT done: the platform refused it. The bot may lack a permission. It is tried again."
        )),
        Event::HoldReviewDue => Some(format!(
            "{reference} is still held. Does it have to be? `case {reference}` says why it is; `release {reference}` \
             ends it. Otherwise you are asked again."
        )),
        Event::ErasureAsked => Some(format!(
            "{reference} {about} asks for what is kept about them to be erased. See `case {reference}`, and answer with \
             `erase {about} WHY` within a month."
        )),
        Event::CorrectionAsked => Some(format!(
            "{reference} {about} asks for a correction. See `case {reference}`, and answer with `rectify {reference} …`."
        )),
        Event::ClockDoubted { why } => Some(format!(
            "{reference} The clock cannot be believed: {why}. Nobody is let back and nothing is purged until it is put \
             right. An admin who knows that it is right says so with `clock confirm`."
        )),
        Event::ClockBelieved => {
            Some(format!("{reference} The clock is believed again. What waited for it goes on."))
        }
        _ => None,
    });
    // What needs no words of its own is told as the history has it.
    Letter::line(line.unwrap_or_else(|| format!("{reference} {about}: {}.", self::event(event, &Actor::Bot))))
}

/// The line about something that happened to a post, where it says more than the history.
fn case_news(case: &Case, event: Event, in_force: &InForce) -> Option<String> {
    let reference = case.reference;
    let author = case.post.author.as_str();
    let whose = match case.post.kind {
        PostKind::Message => format!("{author}'s post in {}", case.post.channel.as_str()),
        PostKind::Nickname => format!("{author}'s name"),
    };
    let grounds = grounds(case);
    let line = match event {
        Event::Judged { verdict } => match (case.state, verdict) {
            (State::Watched { .. }, _) => {
                format!("{reference} (shadow) would {verdict} {whose}: {grounds}. Nothing was done.")
            }
            (_, Verdict::Allow | Verdict::Flag) => {
                format!("{reference} flagged {whose}: {grounds}. It stands; see `case {reference}`.")
            }
            (_, Verdict::Hide) => format!(
                "{reference} hid {whose}: {grounds}. Please look by {}: `case {reference}`.",
                review_due(case, in_force)
            ),
            (_, Verdict::Delete) => {
                format!("{reference} deleted {whose}: {grounds}. See `case {reference}`.")
            }
        },
        Event::Acted { act } => {
            let by = case.decided_by.as_ref().map_or("an officer", |by| by.as_str());
            format!("{reference} {whose}: {act} by {by}; now {}.", case.state.word())
        }
        Event::ReviewDue => {
            format!(
                "{reference} {whose} is still hidden, and nobody has looked. Please do: `case {reference}`."
            )
        }
        Event::ReviewOverdue => format!(
            "{reference} {whose} was hidden and should have been looked at by {}. Nobody has: `case {reference}`.",
            review_due(case, in_force)
        ),
        _ => return None,
    };
    Some(line)
}

fn review_due(case: &Case, in_force: &InForce) -> String {
    match case.state {
        State::Hidden { review_due } => review_due.long_date(in_force.charter.zone),
        State::Watched { .. } | State::Flagged | State::Dismissed | State::Removed | State::Restored => {
            "today".to_owned()
        }
    }
}

/// What a case rests on: `strong general (language)`.
pub(crate) fn grounds(case: &Case) -> String {
    match case.grounds {
        Some(grounds) => format!("{} {} ({})", grounds.grade, grounds.category, case.rule.code),
        None => format!("a moderator's judgement ({})", case.rule.code),
    }
}

/// One line about a case for lists.
pub(crate) fn summary(case: &Case, in_force: &InForce, now: Timestamp) -> String {
    let zone = in_force.charter.zone;
    let strike = match &case.strike {
        None => "",
        Some(strike) if !strike.counts() => ", strike voided",
        Some(strike) if strike.counts_at(now, in_force.charter.procedure.periods.strike_months, zone) => {
            ", strike"
        }
        Some(_) => ", strike spent",
    };
    let due = match case.state {
        State::Hidden { review_due } if review_due < now => {
            format!(", review OVERDUE since {}", review_due.long_date(zone))
        }
        State::Hidden { review_due } => format!(", review due {}", review_due.long_date(zone)),
        State::Watched { .. } | State::Flagged | State::Dismissed | State::Removed | State::Restored => {
            String::new()
        }
    };
    format!(
        "{} {}{strike}{due}: {} by {} in {}, {}",
        case.reference,
        case.state.word(),
        grounds(case),
        case.post.author.as_str(),
        case.post.channel.as_str(),
        case.post.written_at.long_date_time(zone),
    )
}

/// One line about an appeal for lists.
pub(crate) fn appeal(file: &File, appeal: &Appeal, in_force: &InForce) -> String {
    let (reference, author) = (file.reference(), file.subject().map_or("the group", MemberId::as_str));
    let lodged = appeal.lodged_at.long_date(in_force.charter.zone);
    match appeal.state {
        AppealState::Executive { .. } => {
            format!("{reference} before the Executive since {lodged}, by {author}")
        }
        AppealState::Lodged { .. }
        | AppealState::Accepted { .. }
        | AppealState::Dismissed { .. }
        | AppealState::Settled { .. }
        | AppealState::Withdrawn { .. }
        | AppealState::External { .. } => {
            format!("{reference} appeal {} on {lodged} by {author}", appeal.state.word())
        }
    }
}

/// Something that happened to a case, in words.
pub(crate) fn event(event: Event, actor: &Actor) -> String {
    // What the bot judges by is its filter.
    let who = |bot| match actor {
        Actor::Bot => bot,
        Actor::Officer(officer) => officer.as_str(),
        Actor::Member => "the author",
    };
    match event {
        Event::Judged { verdict } => format!("judged by {}: {verdict}", who("the filter")),
        Event::Acted { act } => format!("{act} by {}", who("the bot")),
        Event::AppealLodged => "appeal lodged".to_owned(),
        Event::AppealRuled { ruling } => format!("appeal: {ruling} by {}", who("the bot")),
        Event::ExecutiveAsked => "the Executive was asked".to_owned(),
        Event::ReviewDue => "nobody had looked in time: the officers were reminded".to_owned(),
        Event::ReviewOverdue => "nobody had looked a day later: the Secretary was told".to_owned(),
        Event::AppealWaits => "the moderators were reminded of the appeal".to_owned(),
        Event::AppealOverdue => "nobody decided the appeal in time: it went to the Executive".to_owned(),
        Event::ExecutiveWaits => "the appeal still waited for the Executive".to_owned(),
        Event::AppealSettled { ruling } => {
            format!("appeal to the Executive: {}; entered by {}", final_ruling(ruling), who("the bot"))
        }
        Event::NoticeRefused => "a notice could not be delivered".to_owned(),
        Event::EffectRefused => "the platform refused what was to be done".to_owned(),
        Event::TextErased => "the text was erased".to_owned(),
        Event::Held => format!("held by {}", who("the bot")),
        Event::HoldReleased => format!("no longer held, by {}", who("the bot")),
        Event::HoldReviewDue => "it was time to look whether it has to be held".to_owned(),
        Event::PurgeListed { files, .. } => format!("files on the list of what will go: {files}"),
        Event::Purged { files } => format!("files purged, because their time was over: {files}"),
        Event::ErasureAsked => "the member asked for what is kept to be erased".to_owned(),
        Event::ErasureAnswered { answer } => {
            let answer = match answer {
                ErasureAnswer::Erased => "everything was erased",
                ErasureAnswer::PartlyErased { .. } => "some was erased",
                ErasureAnswer::Kept { .. } => "all is kept",
            };
            format!("answered by {}: {answer}", who("the bot"))
        }
        Event::CorrectionAsked => "the member asked for a correction".to_owned(),
        Event::Corrected => format!("corrected by {}", who("the bot")),
        Event::ClockDoubted { why } => format!("the clock was not believed: {why}"),
        Event::ClockBelieved => format!("the clock was believed again, as seen by {}", who("the bot")),
        Event::Exported => format!("a copy was taken by {}", who("the bot")),
    }
}

/// What happened, without who did it, for copies that have a place for that.
pub(crate) fn what(event: Event) -> String {
    let text = self::event(event, &Actor::Bot);
    for by in
        [" by the filter", " by the bot", "; entered by the bot", ", by the bot", ", as seen by the bot"]
    {
        if let Some((before, after)) = text.split_once(by) {
            return format!("{before}{after}");
        }
    }
    text
}

/// How many references the list of what will go names at most.
const LISTED_MAX: usize = 300;

/// What will be purged, for the Secretary: by reference, and by nothing else.
pub(crate) fn purge_list<'l>(listed: impl Iterator<Item = &'l Listed>, in_force: &InForce) -> Letter {
    let mut by_day = BTreeMap::<Timestamp, Vec<String>>::new();
    for listed in listed {
        by_day.entry(listed.due).or_default().push(listed.file.to_string());
    }
    let letter = Letter::line("The time of these files will be over, and then they go:");
    let letter = by_day.iter().fold(letter, |letter, (due, files)| {
        let more = files.len().saturating_sub(LISTED_MAX);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        let named: Vec<_> = files.iter().take(LISTED_MAX).map(String::as_str).collect();
        letter.text(format!("After {}: {}{more}", due.long_date(in_force.charter.zone), named.join(", ")))
    });
    letter.text("What has to stay can be held: hold FILE WHY. What is still open then stays by itself.")
}

/// What the Executive decided, in words.
fn final_ruling(ruling: FinalRuling) -> String {
    match ruling {
        FinalRuling::Allowed => "allowed".to_owned(),
        FinalRuling::Reduced(step) => format!("varied to a {step}"),
        FinalRuling::NoStrike => "varied: no strike counts".to_owned(),
        FinalRuling::Dismissed => "dismissed".to_owned(),
        FinalRuling::NotAdmitted => "not heard, because it came too late".to_owned(),
    }
}

/// What a post said, its quotations marked as such.
pub(crate) fn post_text(snapshot: &Snapshot) -> MessageText {
    let surfaces = snapshot.surfaces.iter().map(|surface| match surface.kind {
        SurfaceKind::Body | SurfaceKind::Name => surface.text.expose().to_owned(),
        SurfaceKind::Quotation => {
            surface.text.expose().lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n")
        }
    });
    MessageText::new(surfaces.collect::<Vec<_>>().join("\n"))
}
