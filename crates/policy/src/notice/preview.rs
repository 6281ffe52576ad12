//! Made-up notices of every kind, for previews and tests.

use chrono_tz::Tz;

use super::facts::{
    About, Breach, Cause, CitedRule, ErasureAnswer, Grounds, Handler, Hearer, KeptFiles, Matter, Relief,
    Remedy, SanctionAppeal, SignOff, Standing, Varied, Why, WhyKept,
};
use super::{Language, Letter, Notice, NoticeKind, Templates, Unwritable};
use crate::ids::Reference;
use crate::ladder::Step;
use crate::post::PostKind;
use crate::report::Outcome;
use crate::rule::Rulebook;
use crate::text::MessageText;
use crate::time::Timestamp;

/// 11 May 2026, 11:00 in London.
const WRITTEN_AT: i64 = 1_778_493_600;
const DAY: i64 = 86_400;

impl Templates {
    /// Letters of the kind with this word ([`NoticeKind::WORDS`]) as members of the group would get them, filled
    /// with made-up data: one letter for each way in which the kind can be. None for a word that is no kind.
    ///
    /// # Errors
    /// As [`Notice::write`].
    pub fn preview(
        &self,
        word: &str,
        group_name: &str,
        contact: &str,
        zone: Tz,
        language: Language,
    ) -> Result<Vec<Letter>, Unwritable> {
        let Some(reference) = Reference::new(42) else { return Ok(Vec::new()) };
        let kinds = samples().into_iter().filter(|kind| kind.word() == word);
        let letters = kinds.map(|kind| {
            let notice = Notice {
                reference,
                kind,
                group_name: group_name.to_owned(),
                zone,
                written_at: after(0),
                contact: contact.to_owned(),
                language,
                template: self.version(),
            };
            let excerpt = MessageText::new("(what the member wrote)");
            let reason = MessageText::new("(what the officers say about it)");
            notice.write(self, Some(&excerpt), Some(&reason))
        });
        letters.collect()
    }
}

fn after(days: i64) -> Timestamp {
    Timestamp::from_millis(WRITTEN_AT * 1000).plus_seconds(days * DAY)
}

fn about(post_kind: PostKind) -> About {
    let rulebook = Rulebook::default();
    let rule = rulebook.rules().first().map(|rule| CitedRule::new(rule, Some(1)));
    let rule = rule.unwrap_or_else(|| CitedRule {
        code: String::new(),
        version: None,
        title: String::new(),
        text: String::new(),
    });
    About { post_kind, post_written_at: after(0).plus_seconds(-600), rule, stopped: false }
}

/// Kinds of notices with made-up data: each kind at least once, and each way in which its parts differ.
pub fn samples() -> Vec<NoticeKind> {
    let mut all = of_posts();
    all.extend(of_appeals());
    all.extend(of_sanctions());
    all.extend(of_reports_and_records());
    all
}

fn standing(strikes: u32) -> Standing {
    Standing { strikes, strike_months: 12, next: Step::Warning }
}

fn of_posts() -> Vec<NoticeKind> {
    let message = || about(PostKind::Message);
    let unversioned = || About { rule: CitedRule { version: None, ..message().rule }, ..message() };
    let appeal_until = after(365);
    let removed = |about, by_filter, counts, strikes| NoticeKind::Removed {
        about,
        by_filter,
        counts,
        standing: standing(strikes),
        appeal_until,
    };
    let hidden = |by_filter| NoticeKind::Hidden {
        about: unversioned(),
        by_filter,
        review_due: after(3),
        standing: standing(1),
        appeal_until,
    };
    let carried = |by_filter| NoticeKind::CascadeRemoved {
        about: message(),
        by_filter,
        standing: standing(0),
        appeal_until,
    };
    let confirmed =
        |counts| NoticeKind::Confirmed { about: unversioned(), counts, standing: standing(1), appeal_until };
    let restored =
        |strike_voided| NoticeKind::Restored { about: message(), strike_voided, standing: standing(0) };
    vec![
        removed(unversioned(), true, true, 1),
        removed(message(), false, true, 2),
        removed(about(PostKind::Nickname), true, false, 0),
        removed(about(PostKind::Title), true, true, 1),
        removed(about(PostKind::Topic), false, true, 1),
        removed(About { stopped: true, ..message() }, true, true, 1),
        hidden(true),
        hidden(false),
        NoticeKind::Quoted { about: unversioned(), standing: standing(1), appeal_until },
        carried(true),
        carried(false),
        confirmed(true),
        confirmed(false),
        NoticeKind::StrikeVoided { about: message(), standing: standing(0) },
        restored(true),
        restored(false),
        NoticeKind::RestoredAlong { about: message(), standing: standing(0) },
    ]
}

fn of_appeals() -> Vec<NoticeKind> {
    let message = || about(PostKind::Message);
    let post = Matter::Post { post_kind: PostKind::Message, post_written_at: after(0).plus_seconds(-600) };
    let sanction = |step| Matter::Sanction { step };
    let minute = || "EC 2026/14".to_owned();
    let external_body = || "the national complaints team".to_owned();
    let received = |matter, hearer| NoticeKind::AppealReceived { matter, hearer, due: Some(after(5)) };
    let dismissed = |same_moderator| NoticeKind::AppealDismissed {
        about: message(),
        same_moderator,
        standing: standing(1),
        appeal_until: after(365),
    };
    let allowed = |matter, relief| NoticeKind::AppealAllowed {
        matter,
        minute: minute(),
        relief,
        standing: standing(0),
    };
    let remedy = |was, now, lifted| Some(Remedy { was, now, lifted });
    let undone = |sanction| Relief { post_back: false, strike_voided: false, sanction };
    let varied = |matter, varied| NoticeKind::AppealVaried {
        matter,
        minute: minute(),
        varied,
        external_body: external_body(),
    };
    vec![
        received(post, Hearer::Moderator),
        received(post, Hearer::SameModerator),
        received(sanction(Step::Warning), Hearer::Executive),
        NoticeKind::AppealReceived { matter: post, hearer: Hearer::Moderator, due: None },
        NoticeKind::AppealAccepted { about: message(), strike_voided: true, standing: standing(0) },
        NoticeKind::AppealAccepted { about: message(), strike_voided: false, standing: standing(0) },
        dismissed(false),
        dismissed(true),
        NoticeKind::ExecutiveAsked { matter: post, due: Some(after(28)) },
        NoticeKind::ExecutiveAsked { matter: post, due: None },
        NoticeKind::AppealEscalated { matter: post, was_due: after(-1), due: after(28) },
        NoticeKind::AppealProgress {
            matter: sanction(Step::Suspension),
            lodged_at: after(-14),
            due: after(14),
            again_at: after(14),
        },
        NoticeKind::AppealProgress {
            matter: sanction(Step::Suspension),
            lodged_at: after(-42),
            due: after(-14),
            again_at: after(14),
        },
        NoticeKind::AppealBeyond { matter: sanction(Step::Suspension), external_body: external_body() },
        allowed(post, Relief { post_back: true, strike_voided: true, sanction: None }),
        allowed(sanction(Step::Warning), undone(remedy(Step::Warning, None, false))),
        allowed(sanction(Step::Suspension), undone(remedy(Step::Suspension, None, true))),
        allowed(sanction(Step::Expulsion), undone(remedy(Step::Expulsion, None, true))),
        varied(sanction(Step::Expulsion), Varied::Reduced { was: Step::Expulsion, now: Step::Suspension }),
        varied(sanction(Step::Suspension), Varied::Shortened { until: after(7) }),
        varied(post, Varied::NoStrike),
        NoticeKind::AppealDismissedFinal {
            matter: sanction(Step::Suspension),
            heard: true,
            minute: minute(),
            external_body: external_body(),
        },
        NoticeKind::AppealDismissedFinal {
            matter: sanction(Step::Suspension),
            heard: false,
            minute: minute(),
            external_body: external_body(),
        },
    ]
}

fn of_sanctions() -> Vec<NoticeKind> {
    let breach = |number, days| {
        let about = About { post_written_at: after(days), ..about(PostKind::Message) };
        Reference::new(number).map(|reference| Breach { reference, about })
    };
    let grounds = || Grounds { breaches: [breach(38, -9), breach(41, -1)].into_iter().flatten().collect() };
    let after_warning = Why::AfterWarning { served_at: after(-90), live_until: after(275) };
    let after_suspension = Why::AfterSuspension { ended_at: after(-60), live_until: after(305) };
    let appeal = SanctionAppeal { until: after(184), answer_days: 28 };
    let sign_off = |signed| SignOff { signed, of: 3, at: after(0) };
    let invited = |step, why, quorum| NoticeKind::SideInvited {
        step,
        why,
        grounds: grounds(),
        until: after(7),
        suspension_days: 30,
        quorum,
    };
    let suspended = |why| NoticeKind::Suspended {
        why,
        grounds: grounds(),
        from: after(0),
        until: after(30),
        live_months: 12,
        sign_off: sign_off(2),
        appeal,
    };
    let not_carried_out = |step| NoticeKind::NotCarriedOut { step, told_at: after(-1), appeal };
    let ended = |late: i64| NoticeKind::SuspensionEnded {
        due: after(0).plus_seconds(-late),
        lifted_at: after(0),
        live_until: after(365),
    };
    let corrected = |cause, strike_voided, sanction| NoticeKind::Corrected {
        cause,
        strike_voided,
        sanction,
        standing: standing(0),
    };
    let reduced = Remedy { was: Step::Suspension, now: Some(Step::Warning), lifted: true };
    vec![
        invited(Step::Warning, Why::First, 1),
        invited(Step::Suspension, after_warning, 2),
        invited(Step::Expulsion, after_suspension, 3),
        NoticeKind::WarningIssued {
            grounds: grounds(),
            live_months: 12,
            suspension_days: 30,
            sign_off: sign_off(2),
            appeal,
        },
        suspended(after_warning),
        suspended(Why::Milder { ladder: Step::Expulsion }),
        NoticeKind::Expelled {
            why: after_suspension,
            grounds: grounds(),
            from: after(0),
            sign_off: sign_off(3),
            appeal,
        },
        not_carried_out(Step::Suspension),
        not_carried_out(Step::Expulsion),
        NoticeKind::SanctionDeclined { step: Step::Warning, standing: standing(1) },
        ended(60),
        ended(2 * 3_600),
        NoticeKind::InterimMuted { until: after(3) },
        NoticeKind::InterimEnded { early: false },
        NoticeKind::InterimEnded { early: true },
        corrected(Cause::Appeal, true, Some(reduced)),
        corrected(Cause::Review, true, None),
        corrected(
            Cause::MistakenIdentity,
            false,
            Some(Remedy { was: Step::Warning, now: None, lifted: false }),
        ),
    ]
}

fn of_reports_and_records() -> Vec<NoticeKind> {
    let received = |handler| NoticeKind::ReportReceived { handler, due: after(5) };
    let answered = |handler, outcome, next| NoticeKind::ReportAnswered { handler, outcome, next };
    let escalated = |was_due, handler| NoticeKind::ReportEscalated { was_due, handler, due: after(5) };
    let rules = Rulebook::default().rules().iter().map(|rule| CitedRule::new(rule, Some(1))).collect();
    let kept = |why, files: &[u32]| {
        let files = files.iter().filter_map(|number| Reference::new(*number)).collect();
        KeptFiles { why, files, until: after(180) }
    };
    let external = || Handler::External("the national complaints team".to_owned());
    vec![
        received(Handler::AdminTeam),
        received(Handler::NamedOfficer),
        answered(Handler::AdminTeam, Outcome::NoBreach, Handler::Secretary),
        answered(Handler::AdminTeam, Outcome::Acted, Handler::Secretary),
        answered(Handler::NamedOfficer, Outcome::Referred, Handler::Secretary),
        answered(Handler::Secretary, Outcome::Mediated, Handler::Executive),
        answered(Handler::Executive, Outcome::Advice, external()),
        escalated(Some(after(-1)), Handler::Secretary),
        escalated(None, external()),
        escalated(None, Handler::Executive),
        escalated(None, Handler::Alternate),
        NoticeKind::RulesWelcome { rules },
        NoticeKind::ErasureAnswered { answer: ErasureAnswer::Erased, kept: Vec::new() },
        NoticeKind::ErasureAnswered {
            answer: ErasureAnswer::PartlyErased { until: after(180) },
            kept: vec![
                kept(WhyKept::StrikeCounts, &[38, 41]),
                kept(WhyKept::RestsOnIt, &[40]),
                kept(WhyKept::Open, &[44]),
            ],
        },
        NoticeKind::ErasureAnswered {
            answer: ErasureAnswer::Kept { until: after(180) },
            kept: vec![
                kept(WhyKept::Held, &[38]),
                kept(WhyKept::UnderAppeal, &[41]),
                kept(WhyKept::InForce, &[43]),
                kept(WhyKept::SanctionCounts, &[45]),
            ],
        },
        NoticeKind::RecordPurged { opened_at: after(-730), kept_months: 24 },
        NoticeKind::AccountsLinked,
        NoticeKind::AccountsUnlinked,
        NoticeKind::Readmitted,
    ]
}
