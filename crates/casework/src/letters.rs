//! How cases are put into words for officers.

use ledger::{File, Snapshot};
use policy::{
    Actor, Appeal, AppealState, Case, DrawnBy, Event, FinalRuling, Letter, MemberId, MessageText, PostKind,
    Ruling, State, SurfaceKind, Timestamp, Verdict,
};

use crate::in_force::InForce;

/// The line for officers about something that happened in a file. Holds nobody's words.
pub(crate) fn news(file: &File, event: Event, in_force: &InForce) -> Letter {
    let reference = file.reference();
    let about = file.subject().map_or("the group", MemberId::as_str);
    let line = match (event, file) {
        (Event::EffectRefused, File::Group { .. }) => Some(format!(
            "{reference} the rules were NOT posted: the platform refused it. Is there such a channel, and may the \
             bot post there?"
        )),
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
            "{reference} {about} takes no private messages: the notice was NOT delivered. Please serve it by hand: \
             `case {reference}` shows it, and `serve {reference}` puts it on record."
        )),
        Event::AnswerRefused => Some(format!(
            "{reference} a notice was NOT delivered: whom it is for takes no private messages, and gets it when they \
             write to me."
        )),
        Event::EffectRefused => Some(format!(
            "{reference} NOT done: the platform refused it. The bot may lack a permission. It is tried again."
        )),
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
        Event::Drawn { by } if case.state.post_stands() => {
            format!("{reference} flagged {whose}: {}. It stands; see `case {reference}`.", drawn(case, by))
        }
        Event::Drawn { by } => format!("{reference} removed {whose}: {}. No strike.", drawn(case, by)),
        Event::DrawnStay { posts } => format!(
            "{reference} {whose} was put back. {} away: see `case {reference}`, and `restore` each that should \
             come back.",
            posts_with(posts)
        ),
        _ => return None,
    };
    Some(line)
}

fn posts_with(posts: u32) -> String {
    if posts == 1 {
        "1 post that went with it stays".to_owned()
    } else {
        format!("{posts} posts that went with it stay")
    }
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
        None => match case.drawn {
            Some(by) => drawn(case, by),
            None => format!("a moderator's judgement ({})", case.rule.code),
        },
    }
}

/// Why a post came under a case because of a removed one: `carries 92 % of the words of B-0007`.
fn drawn(case: &Case, by: DrawnBy) -> String {
    let DrawnBy { source, likeness } = by;
    if case.state.post_stands() {
        format!("answers the removed post {source}; carries {} % of its words", likeness.percent)
    } else {
        format!("carries {} % of the words of {source}, {} in a row", likeness.percent, likeness.run)
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
        Event::AnswerRefused => {
            "a notice could not be delivered; it waits until its member writes".to_owned()
        }
        Event::NoticeServed { .. } => format!("a notice was served by hand by {}", who("the bot")),
        Event::RulesSent { edition } => format!("the rules were sent (wording {edition})"),
        Event::RulesAcknowledged { edition } => format!("the member has read the rules (wording {edition})"),
        Event::RulesPosted { edition } => {
            format!("the rules were posted by {} (wording {edition})", who("the bot"))
        }
        Event::Drawn { by } => format!(
            "drawn along by {}: {} % of its words, {} in a row",
            by.source, by.likeness.percent, by.likeness.run
        ),
        Event::DrawnStay { posts } => format!("put back; of what went with it, {posts} stayed away"),
    }
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
