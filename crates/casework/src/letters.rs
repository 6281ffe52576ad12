//! How cases are put into words for officers.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{File, Listed, Snapshot};
use policy::notice::ErasureAnswer;
use policy::{
    Actor, Appeal, AppealState, Because, Case, DrawnBy, Event, FinalRuling, Letter, MemberId, MessageText,
    Offer, PostKind, Reference, RuleRef, Ruling, Sanction, SanctionState, State, SurfaceKind, Tier,
    Timestamp, Verdict,
};

use crate::in_force::InForce;
use crate::reports;

/// The line for officers about something that happened in a file. Holds nobody's words.
pub(crate) fn news(file: &File, event: Event, in_force: &InForce) -> Letter {
    let reference = file.reference();
    let about = file.subject().map_or("the group", MemberId::as_str);
    let (told, look) = (Letter::line, |text| looked_at(reference, text));
    let letter = match (event, file) {
        (Event::EffectRefused, File::Group { .. }) => Some(told(format!(
            "{reference} the rules were NOT posted: the platform refused it. Is there such a channel, and may the \
             bot post there?"
        ))),
        (_, File::Case(case)) => case_news(case, event, in_force),
        (_, File::Report(report)) => reports::news(report, event, in_force),
        _ => None,
    };
    let letter = letter.or_else(|| Some(match event {
        Event::AppealLodged => {
            look(format!("{reference} {about} appealed. See `case {reference}` and `decide`."))
        }
        Event::AppealRuled { ruling: Ruling::Accept } => told(format!("{reference} the appeal was accepted.")),
        Event::AppealRuled { ruling: Ruling::Dismiss } => told(format!("{reference} the appeal was dismissed.")),
        Event::AppealSettled { ruling } => {
            told(format!("{reference} the Executive decided the appeal: {}.", final_ruling(ruling)))
        }
        Event::ExecutiveAsked => told(format!("{reference} {about} asked the Executive to hear the appeal.")),
        Event::AppealWaits => {
            look(format!("{reference} the appeal still waits for a moderator: `case {reference}` and `decide`."))
        }
        Event::AppealOverdue => told(format!(
            "{reference} nobody decided the appeal in time: it is before the Executive. See `appeals` and `minute`."
        )),
        Event::ExecutiveWaits => {
            told(format!("{reference} the appeal still waits for the Executive: see `appeals`."))
        }
        Event::AppealBeyond => told(format!(
            "{reference} nobody of the Executive may hear {about}'s appeal: each of them has a part in it or decided before. \
             It is for {}: hand it on, and put that on record with `outside {reference}`.",
            in_force.charter.external_body
        )),
        Event::AppealLate => told(format!(
            "{reference} the Executive should have decided {about}'s appeal by now, and it is LATE: see `appeals` and \
             `minute`."
        )),
        Event::NoticeRefused => look(format!(
            "{reference} {about} takes no private messages: the notice was NOT delivered. Please serve it by hand: \
             `case {reference}` shows it, and `serve {reference}` puts it on record."
        )),
        Event::AnswerRefused => told(format!(
            "{reference} a notice was NOT delivered: whom it is for takes no private messages, and gets it when they \
             write to me."
        )),
        Event::EffectRefused => told(format!(
            "{reference} NOT done: the platform refused it. The bot may lack a permission. It is tried again."
        )),
        Event::NotCarriedOut => told(format!(
            "{reference} {about} was NOT put out: the platform refused it. They had been told of it, and are told now that it \
             was not carried out. Please give me the permission to put members out, and a rank above theirs. As soon as I \
             see that I have it, or else within some days, they are told again and put out."
        )),
        Event::Proposed { step } | Event::Reformed { step } => look(format!(
            "{reference} the ladder proposes {} for {about}. See `case {reference}`; it can be signed once they had their \
             say.",
            step.one()
        )),
        Event::Signed { step } => look(format!(
            "{reference} one more signature for {}, against {about}. See `case {reference}`.",
            step.one()
        )),
        Event::Decided { step } => told(format!("{reference} {} was decided against {about}.", step.one())),
        Event::Voided => told(format!("{reference} the sanction against {about} is taken back.")),
        Event::Declined => told(format!("{reference} what was proposed for {about} was declined.")),
        Event::Heard | Event::SideGiven => look(format!(
            "{reference} {}. See `case {reference}`, then `sign` or `decline`.",
            self::event(event, &Actor::Bot)
        ))
        .offering(Offer::Sign(reference, None))
        .offering(Offer::Decline(reference)),
        Event::SigningOverdue => look(format!(
            "{reference} nobody has signed or declined what is proposed for {about}. Please do: `case {reference}`."
        )),
        Event::HoldReviewDue => look(format!(
            "{reference} is still held. Does it have to be? `case {reference}` says why it is; `release {reference}` \
             ends it. Otherwise you are asked again."
        )),
        Event::ErasureAsked => look(format!(
            "{reference} {about} asks for what is kept about them to be erased. See `case {reference}`, and answer with \
             `erase {about} WHY` within {}.",
            months(in_force.charter.procedure.retention.request_months)
        )),
        Event::ErasureWaits { due } => look(format!(
            "{reference} {about} is to have an answer by {} to their request to erase what is kept about them. See `case \
             {reference}`, and answer with `erase {about} WHY`.",
            due.long_date(in_force.charter.zone)
        )),
        Event::ErasureOverdue { due } => look(format!(
            "{reference} {about} should have had an answer by {} to their request to erase what is kept about them, and has \
             none. The law sets that time: see `case {reference}`, and answer with `erase {about} WHY` now.",
            due.long_date(in_force.charter.zone)
        )),
        Event::CorrectionAsked => look(format!(
            "{reference} {about} asks for a correction. See `case {reference}`, and answer with `rectify {reference} …`."
        )),
        Event::ClockDoubted { why } => told(format!(
            "{reference} The clock cannot be believed: {why}. Nobody is let back and nothing is purged until it is put \
             right. An admin who knows that it is right says so with `clock confirm`."
        )),
        Event::Outlived { due } => look(format!(
            "{reference} the file of this expulsion goes after {}. The expulsion outlives it, without a name or a reason: \
             the Executive is to reaffirm it or lift it before. Look at it with `case {reference}`; they lift it with \
             `minute {reference} allow PLACE WHY`, and whoever does nothing reaffirms it.",
            due.long_date(in_force.charter.zone)
        )),
        Event::TombstonesDue { accounts } => told(format!(
            "{reference} accounts that are shut out for good, whose files are gone: {accounts} to be looked at again. The \
             Executive reaffirms them, or lets one in with `readmit ACCOUNT WHY`. It is asked again."
        )),
        Event::PutBack { taken_at, put_back_at, letters, deeds, suspensions } => {
            let [taken_at, put_back_at] =
                [taken_at, put_back_at].map(|at| at.long_date_time(in_force.charter.zone));
            told(format!(
                "{reference} The record was put back from a backup. It knows nothing of what happened from {taken_at} to \
                 {put_back_at}: cases, appeals, signatures and letters of that time are not in it, and their numbers are \
                 not given again. Posts are judged as always; nothing else is done until an admin says `resume`. These \
                 wait: letters, {letters}; removals, exclusions and the like, {deeds}; suspensions that are over by now, \
                 {suspensions}. Before that, please look on the platform who is shut out and who is not: whoever was shut \
                 out in that time is not on record, and what `resume` lifts may have been followed by something longer."
            ))
        }
        Event::Resumed => told(format!("{reference} What waited since the record was put back goes on.")),
        Event::ClockBelieved => {
            told(format!("{reference} The clock is believed again. What waited for it goes on."))
        }
        _ => return None,
    }));
    // What needs no words of its own is told as the history has it.
    letter.unwrap_or_else(|| told(format!("{reference} {about}: {}.", self::event(event, &Actor::Bot))))
}

/// Whether this is what a human does with the platform's own means.
pub(crate) fn is_by_hand(event: Event) -> bool {
    matches!(
        event,
        Event::PutOutByHand
            | Event::LetInByHand
            | Event::MutedByHand
            | Event::UnmutedByHand
            | Event::RemovedByHand
            | Event::PostsTakenDown { .. }
            | Event::ShutOutByHandToo
            | Event::NotShutOut
    )
}

/// The line for officers about that, and about who it was.
pub(crate) fn by_hand(file: &File, event: Event, by: &Actor) -> Letter {
    let about = file.subject().map_or("the group", MemberId::as_str);
    Letter::line(format!("{} {about}: {}.", file.reference(), self::event(event, by)))
}

/// A line that says how to see its file.
pub(crate) fn looked_at(file: Reference, text: String) -> Letter {
    Letter::line(text).offering(Offer::Case(file))
}

/// The line about something that happened to a post, where it says more than the history.
fn case_news(case: &Case, event: Event, in_force: &InForce) -> Option<Letter> {
    let reference = case.reference;
    let author = case.post.author.as_str();
    let whose = match case.post.kind {
        PostKind::Message if case.post.id.is_stopped() => {
            format!("{author}'s post in {}, stopped before anybody saw it", case.post.channel.as_str())
        }
        PostKind::Message => format!("{author}'s post in {}", case.post.channel.as_str()),
        PostKind::Nickname => format!("{author}'s name"),
        PostKind::Title => format!("{author}'s title of {}", case.post.channel.as_str()),
        PostKind::Topic => format!("{author}'s topic of {}", case.post.channel.as_str()),
        PostKind::Fixture => format!("words in what the group itself is made of, by {author}"),
    };
    let grounds = grounds(case);
    let (told, look) = (Letter::line, |text| looked_at(reference, text));
    let letter = match event {
        Event::Judged { verdict, .. } => match (case.state, verdict) {
            (State::Watched { .. }, _) => {
                told(format!("{reference} (shadow) would {verdict} {whose}: {grounds}. Nothing was done."))
            }
            (_, Verdict::Allow | Verdict::Flag) if !case.post.kind.is_removable() => look(format!(
                "{reference} flagged {whose}: {grounds}. I cannot change it. If it has to go, please have it changed by hand: \
                 see `case {reference}`, and `void` it then."
            )),
            (_, Verdict::Allow | Verdict::Flag) => {
                let stands = if case.post.id.is_stopped() { "It was not posted" } else { "It stands" };
                look(format!("{reference} flagged {whose}: {grounds}. {stands}; see `case {reference}`."))
            }
            (_, Verdict::Hide) => look(format!(
                "{reference} hid {whose}: {grounds}. Please look by {}: `case {reference}`.",
                review_due(case, in_force)
            )),
            (_, Verdict::Delete) => {
                look(format!("{reference} deleted {whose}: {grounds}. See `case {reference}`."))
            }
        },
        Event::Spared { verdict } => look(format!(
            "{reference} left {whose} standing, flagged: {grounds}. I would {verdict} it, but the breaker has tripped. Please \
             decide: `case {reference}`."
        )),
        Event::Acted { act } => {
            let by = case.decided_by.as_ref().map_or("an officer", |by| by.as_str());
            told(format!("{reference} {whose}: {act} by {by}; now {}.", case.state.word()))
        }
        Event::ReviewDue => look(format!(
            "{reference} {whose} is still hidden, and nobody has looked. Please do: `case {reference}`."
        )),
        Event::ReviewOverdue => look(format!(
            "{reference} {whose} was hidden and should have been looked at by {}. Nobody has: `case {reference}`.",
            review_due(case, in_force)
        )),
        Event::Drawn { by } if case.state.post_stands() => look(format!(
            "{reference} flagged {whose}: {}. It stands; see `case {reference}`.",
            drawn(case, by)
        )),
        Event::Drawn { by } => told(format!("{reference} removed {whose}: {}. No strike.", drawn(case, by))),
        Event::DrawnStay { posts } => look(format!(
            "{reference} {whose} was put back. {} away: see `case {reference}`, and `restore` each that should \
             come back.",
            posts_with(posts)
        )),
        Event::DrawnBack { source } => told(format!(
            "{reference} {whose} was put back, because it went with {source} and that was put back."
        )),
        _ => return None,
    };
    Some(letter)
}

fn months(months: u32) -> String {
    if months == 1 { "a month".to_owned() } else { format!("{months} months") }
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

/// What a case rests on: `strong general (language, version 1)`.
pub(crate) fn grounds(case: &Case) -> String {
    match case.grounds {
        Some(grounds) => format!("{} {} ({})", grounds.grade, grounds.category, case.rule),
        None => match case.drawn {
            Some(by) => format!("{} ({})", drawn(case, by), case.rule),
            None if case.post.id.is_stopped() => {
                format!("a listed word as the platform reads, and none as I do ({})", case.rule)
            }
            None => format!("a moderator's judgement ({})", case.rule),
        },
    }
}

/// The rules that something rests on, in one line: `abuse, version 1; language, version 2`.
pub(crate) fn rules<'r>(rules: impl IntoIterator<Item = &'r RuleRef>) -> String {
    let cited: BTreeSet<_> = rules.into_iter().collect();
    cited.into_iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Why a post came under a case because of a removed one: `carries 92 % of the words of B-0007`.
fn drawn(case: &Case, by: DrawnBy) -> String {
    let DrawnBy { source, likeness } = by;
    if case.state.post_stands() {
        format!("answers or repeats the removed post {source}; carries {} % of its words", likeness.percent)
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
    let spared = match (case.state, case.spared) {
        (State::Flagged, Some(verdict)) => {
            format!(", left standing by the breaker (the filter would {verdict} it)")
        }
        _ => String::new(),
    };
    format!(
        "{} {}{spared}{strike}{due}: {} by {} in {}, {}",
        case.reference,
        case.state.word(),
        grounds(case),
        case.post.author.as_str(),
        case.post.channel.as_str(),
        case.post.written_at.long_date_time(zone),
    )
}

/// What a case waits for as it stands.
pub(crate) fn awaited(case: &Case) -> Vec<Offer> {
    match case.state {
        State::Hidden { .. } => vec![Offer::Confirm(case.reference), Offer::Restore(case.reference)],
        State::Watched { .. } | State::Flagged | State::Dismissed | State::Removed | State::Restored => {
            Vec::new()
        }
    }
}

/// What a sanction waits for as it stands.
pub(crate) fn awaited_of(sanction: &Sanction) -> Vec<Offer> {
    let reference = sanction.reference;
    match sanction.state {
        SanctionState::Signing { .. } => {
            vec![Offer::Sign(reference, Some(sanction.step)), Offer::Decline(reference)]
        }
        SanctionState::Hearing { .. }
        | SanctionState::Declined
        | SanctionState::Withdrawn
        | SanctionState::Unserved { .. }
        | SanctionState::Live { .. }
        | SanctionState::Ended { .. }
        | SanctionState::Void => Vec::new(),
    }
}

/// One line about a sanction for lists.
pub(crate) fn sanction(sanction: &Sanction, in_force: &InForce) -> String {
    let zone = in_force.charter.zone;
    let (reference, step, member) = (sanction.reference, sanction.step, sanction.member.as_str());
    match sanction.state {
        SanctionState::Hearing { until } => format!(
            "{reference} {step} proposed for {member}, who may give their side until {}",
            until.long_date_time(zone)
        ),
        SanctionState::Signing { due } => {
            let quorum = in_force.charter.procedure.quorums.of(sanction.proposed);
            format!(
                "{reference} {step} proposed for {member}, {} of {quorum} signed, due {}",
                sanction.signatures.len(),
                due.long_date(zone)
            )
        }
        SanctionState::Declined => format!("{reference} {step} for {member}, declined"),
        SanctionState::Withdrawn => format!("{reference} {step} for {member}, withdrawn"),
        SanctionState::Unserved { .. } => format!("{reference} {step} for {member}, NOT served yet"),
        SanctionState::Live { since, until: None, .. } => {
            format!("{reference} {step} for {member}, since {}", since.long_date(zone))
        }
        SanctionState::Live { since, until: Some(until), .. } => format!(
            "{reference} {step} for {member}, {} to {}",
            since.long_date(zone),
            until.long_date_time(zone)
        ),
        SanctionState::Ended { until, .. } => {
            format!("{reference} {step} for {member}, ended {}", until.long_date(zone))
        }
        SanctionState::Void => format!("{reference} {step} for {member}, taken back"),
    }
}

/// Why it is this step, in words for officers.
pub(crate) fn because(sanction: &Sanction, in_force: &InForce) -> String {
    let zone = in_force.charter.zone;
    match sanction.because {
        Because::First => "Why this step: nothing that was decided before counts.".to_owned(),
        Because::Warned { sanction, since, until } => format!(
            "Why this step: the warning {sanction} was served on {} and counts until the end of {}.",
            since.long_date(zone),
            until.long_date(zone)
        ),
        Because::Suspended { sanction, since, until } => format!(
            "Why this step: the suspension {sanction} ended on {} and counts until the end of {}.",
            since.long_date(zone),
            until.long_date(zone)
        ),
    }
}

/// One line about an appeal for lists.
pub(crate) fn appeal(file: &File, appeal: &Appeal, in_force: &InForce, now: Timestamp) -> String {
    let (reference, author) = (file.reference(), file.subject().map_or("the group", MemberId::as_str));
    let lodged = appeal.lodged_at.long_date(in_force.charter.zone);
    match appeal.state {
        AppealState::Executive { since, .. } => {
            let zone = in_force.charter.zone;
            let due = since.end_of_day_after(in_force.charter.procedure.periods.executive_days, zone);
            let when = if due < now { "OVERDUE since" } else { "due" };
            let due = due.long_date(zone);
            format!("{reference} before the Executive since {lodged}, {when} {due}, by {author}")
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
        Event::Judged { verdict, words: Some(words) } if words.own > 0 => {
            let version = words.own;
            format!(
                "judged by {}: {verdict}, with version {version} of the group's own words",
                who("the filter")
            )
        }
        Event::Judged { verdict, .. } => format!("judged by {}: {verdict}", who("the filter")),
        Event::Spared { verdict } => {
            format!(
                "judged by {}: {verdict}; left standing, because the breaker had tripped",
                who("the filter")
            )
        }
        Event::Acted { act } => format!("{act} by {}", who("the bot")),
        Event::AppealLodged => "appeal lodged".to_owned(),
        Event::AppealRuled { ruling } => format!("appeal: {ruling} by {}", who("the bot")),
        Event::ExecutiveAsked => "the Executive was asked".to_owned(),
        Event::ReviewDue => "nobody had looked in time: the officers were reminded".to_owned(),
        Event::ReviewOverdue => "nobody had looked a day later: the Secretary was told".to_owned(),
        Event::AppealWaits => "the moderators were reminded of the appeal".to_owned(),
        Event::AppealOverdue => "nobody decided the appeal in time: it went to the Executive".to_owned(),
        Event::ExecutiveWaits => "the appeal still waited for the Executive".to_owned(),
        Event::ServiceCorrected { .. } => {
            format!("the day on which a notice was served by hand was corrected by {}", who("the bot"))
        }
        Event::DrawnBack { source } => format!("put back, because {source} was put back"),
        Event::AppealBeyond => {
            "nobody of the Executive may hear the appeal: it is for an outside body".to_owned()
        }
        Event::AppealLate => "the Executive had not decided the appeal in time".to_owned(),
        Event::AppealSettled { ruling } => {
            format!("appeal to the Executive: {}; entered by {}", final_ruling(ruling), who("the bot"))
        }
        Event::NoticeRefused => "a notice could not be delivered".to_owned(),
        Event::EffectRefused => "the platform refused what was to be done".to_owned(),
        Event::NotCarriedOut => {
            "the platform refused to put the member out, who was told that it was not carried out".to_owned()
        }
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
        Event::PutBack { .. } => {
            "the record was put back from a backup: what happened since that was taken is not in it"
                .to_owned()
        }
        Event::Resumed => format!("what waited since the record was put back goes on, by {}", who("the bot")),
        Event::Exported => format!("a copy was taken by {}", who("the bot")),
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
        Event::Proposed { step } => format!("the ladder proposed {}", step.one()),
        Event::Reformed { step } => format!("the ladder now proposes {}: signatures begin anew", step.one()),
        Event::Withdrawn => "its grounds are gone, so the proposal was withdrawn".to_owned(),
        Event::SideGiven => "the member gave their side".to_owned(),
        Event::Heard => "the member had their time to answer: officers can sign".to_owned(),
        Event::Signed { step } => format!("signed for {} by {}", step.one(), who("an officer")),
        Event::Decided { step } => {
            format!("{} was decided; the last signature by {}", step.one(), who("an officer"))
        }
        Event::Declined => format!("declined by {}", who("an officer")),
        Event::SigningOverdue => "nobody signed or declined in time: officers were reminded".to_owned(),
        Event::BenchTooSmall => {
            "too few officers have no part in it to sign: the outside body may have to".to_owned()
        }
        Event::Served => "the warning reached the member and counts from then on".to_owned(),
        Event::SuspensionOver => "the suspension is over".to_owned(),
        Event::Reduced { step } => format!("made lighter: now {}", step.one()),
        Event::Voided => format!("taken back by {}", who("the ladder, whose grounds have gone")),
        Event::ConflictDeclared => format!("{} has a part in it", who("an officer")),
        Event::CameBackIn => "came back in while shut out, and is put out again".to_owned(),
        Event::NotShutOut => {
            format!(
                "is shut out by the ledger, and {} let them in; they are put out again when they come back in",
                who("a human")
            )
        }
        Event::ShutOutByHandToo => {
            format!("{} shuts them out as well: only a human can lift that", who("a human"))
        }
        Event::PutOutByHand => format!("put out by hand, past the bot, by {}", who("somebody")),
        Event::LetInByHand => format!("let in by hand, past the bot, by {}", who("somebody")),
        Event::MutedByHand => format!("muted by hand, past the bot, by {}", who("somebody")),
        Event::RemovedByHand => {
            format!("made to leave by hand, past the bot, by {}; they may come back", who("somebody"))
        }
        Event::PostsTakenDown { posts } => {
            let posts = if posts == 1 { "a post was".to_owned() } else { format!("{posts} posts were") };
            format!("{posts} taken down by hand, past the bot, by {}", who("somebody"))
        }
        Event::UnmutedByHand => format!("unmuted by hand, past the bot, by {}", who("somebody")),
        Event::Muted => format!("muted for some hours by {}: please look at it again", who("a moderator")),
        Event::MuteReview => "is still muted: please look whether it is still needed".to_owned(),
        Event::Unmuted => format!("can post again, by {}", who("the clock")),
        Event::LinkSaid => format!("said by {} to have another account", who("somebody")),
        Event::Linked => "has another account: the two are taken for one person's".to_owned(),
        Event::Unlinked => format!("{} said that an account is not theirs after all", who("an officer")),
        Event::AppealWithdrawn => "the member took the appeal back".to_owned(),
        Event::WentOutside => "a body outside the group has it".to_owned(),
        Event::ReportReceived => "a member reported it".to_owned(),
        Event::ReportWaits => "those whose turn it is were reminded".to_owned(),
        Event::ReportOverdue { tier } => format!("nobody answered in time: it went to {}", tier_words(tier)),
        Event::ReportLate => "the Executive had not answered in time either".to_owned(),
        Event::ReportAnswered { outcome } => format!("answered by {}: {outcome}", who("the bot")),
        Event::ReportContested { tier } => {
            format!("the reporter was not content with the answer: it went to {}", tier_words(tier))
        }
        Event::ReportPassedOn { tier } => {
            format!("those whose turn it was have a part in it: it went to {}", tier_words(tier))
        }
        Event::Outlived { .. } => "its file will be purged; the expulsion outlives it".to_owned(),
        Event::TombstonesDue { accounts } => {
            format!("accounts shut out for good whose files are gone, to be looked at again: {accounts}")
        }
        Event::Readmitted => {
            format!("let in again, after the file of the expulsion was gone, by {}", who("the bot"))
        }
        Event::DigestSent { .. } => "the counts of a month were sent to the Secretary".to_owned(),
        Event::ErasureWaits { .. } => {
            "the request to erase was soon to be answered: the Secretary was reminded".to_owned()
        }
        Event::ErasureOverdue { .. } => {
            "the request to erase was not answered in time: the Secretary was told".to_owned()
        }
        Event::Unreadable { .. } => {
            "somebody's posts in a channel could not be decrypted: officers were told".to_owned()
        }
        Event::Limited { .. } => {
            "the bot was not allowed to do something in a channel: officers were told".to_owned()
        }
        Event::Unlimited { .. } => {
            "the bot was allowed again what it had not been: officers were told".to_owned()
        }
        Event::Deaf { .. } => "the group was not heard: officers were told".to_owned(),
        Event::HearsAgain { .. } => "the group was heard again: officers were told".to_owned(),
        Event::CheckedUp { .. } => {
            "what the group needs was looked at, and something was not as before: officers were told"
                .to_owned()
        }
        Event::BreakerTripped { posts, members } => format!(
            "the breaker tripped, because the filter took away {posts} posts of {members} members within ten minutes"
        ),
        Event::BreakerStands { .. } => "the breaker had not been reset: officers were reminded".to_owned(),
        Event::BreakerReset => format!("the breaker was reset by {}", who("the bot")),
        Event::ReportBeyond => "nobody without a part in it was left in the group to deal with it".to_owned(),
    }
}

/// Whose turn a report is, in words.
pub(crate) fn tier_words(tier: Tier) -> &'static str {
    match tier {
        Tier::Admins => "the admins",
        Tier::Secretary => "the Secretary",
        Tier::Executive => "the Executive",
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

/// What a post said; nothing where the platform did not give that.
pub(crate) fn known_text(snapshot: &Snapshot) -> Option<MessageText> {
    Some(post_text(snapshot)).filter(|text| !text.expose().is_empty())
}

/// Why a post cannot be put back, where its text is not there.
pub(crate) fn why_gone(snapshot: Option<&Snapshot>) -> Option<&'static str> {
    match snapshot {
        None => Some("the text has been erased"),
        Some(snapshot) if known_text(snapshot).is_none() => Some("its text was not given to me"),
        Some(_) => None,
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
