//! Occasions of notices, each with what it has to tell.

use serde::{Deserialize, Serialize};

use super::facts::{
    About, Cause, CitedRule, ErasureAnswer, Grounds, Handler, Hearer, KeptFiles, Matter, Relief, Remedy,
    SanctionAppeal, SignOff, Standing, Varied, Why,
};
use crate::ladder::Step;
use crate::report::Outcome;
use crate::rule::RuleRef;
use crate::time::Timestamp;

/// What a member is written to about, with the data of it. It holds nobody's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NoticeKind {
    /// A post was removed.
    Removed {
        /// The post and the rule.
        about: About,
        /// By the filter, or by a moderator.
        by_filter: bool,
        /// Whether it is a strike.
        counts: bool,
        /// The member's strikes, this one included.
        standing: Standing,
        /// Until when the member can appeal.
        appeal_until: Timestamp,
    },
    /// A post was removed until a moderator has looked.
    Hidden {
        /// The post and the rule.
        about: About,
        /// By the filter, or by a moderator.
        by_filter: bool,
        /// When a moderator is to look.
        review_due: Timestamp,
        /// The member's strikes.
        standing: Standing,
        /// Until when the member can appeal.
        appeal_until: Timestamp,
    },
    /// A post was removed because it quotes words that break a rule. Never a strike.
    Quoted {
        /// The post and the rule.
        about: About,
        /// The member's strikes.
        standing: Standing,
        /// Until when the member can appeal.
        appeal_until: Timestamp,
    },
    /// A post was removed because it carries words of a removed one on: a quotation, an answer, a forward. Never a
    /// strike.
    CascadeRemoved {
        /// The post and the rule that the other one broke.
        about: About,
        /// By the bot, or by a moderator.
        by_filter: bool,
        /// The member's strikes.
        standing: Standing,
        /// Until when the member can appeal.
        appeal_until: Timestamp,
    },
    /// A moderator looked at a hidden post: it stays away.
    Confirmed {
        /// The post and the rule.
        about: About,
        /// Whether it is a strike.
        counts: bool,
        /// The member's strikes, this one included.
        standing: Standing,
        /// Until when the member can appeal.
        appeal_until: Timestamp,
    },
    /// A moderator looked again: the strike no longer counts.
    StrikeVoided {
        /// The post and the rule.
        about: About,
        /// The strikes that are left.
        standing: Standing,
    },
    /// A post was put back.
    Restored {
        /// The post and the rule.
        about: About,
        /// Whether it had been a strike until then.
        strike_voided: bool,
        /// The strikes that are left.
        standing: Standing,
    },
    /// A post was put back that had gone because of another one, which was put back.
    RestoredAlong {
        /// The post and the rule.
        about: About,
        /// The member's strikes.
        standing: Standing,
    },

    /// An appeal has arrived.
    AppealReceived {
        /// What it is about.
        matter: Matter,
        /// Who hears it.
        hearer: Hearer,
        /// By when it is to be answered, where that is promised.
        due: Option<Timestamp>,
    },
    /// A moderator said yes to an appeal.
    AppealAccepted {
        /// The post and the rule.
        about: About,
        /// Whether it had been a strike until then.
        strike_voided: bool,
        /// The strikes that are left.
        standing: Standing,
    },
    /// A moderator said no to an appeal.
    AppealDismissed {
        /// The post and the rule.
        about: About,
        /// The moderator had taken the decision too, because the group has no other.
        same_moderator: bool,
        /// The member's strikes.
        standing: Standing,
        /// Until when the member can ask the Executive.
        appeal_until: Timestamp,
    },
    /// The member asked the Executive, after a moderator had said no.
    ExecutiveAsked {
        /// What the appeal is about.
        matter: Matter,
        /// By when it is to be answered, where that is promised.
        due: Option<Timestamp>,
    },
    /// Nobody answered an appeal in time: it went to the Executive by itself.
    AppealEscalated {
        /// What the appeal is about.
        matter: Matter,
        /// When the answer was due.
        was_due: Timestamp,
        /// By when the Executive is to answer.
        due: Timestamp,
    },
    /// An appeal still waits for the Executive.
    AppealProgress {
        /// What the appeal is about.
        matter: Matter,
        /// When it was lodged.
        lodged_at: Timestamp,
        /// By when it is to be answered.
        due: Timestamp,
        /// When the member hears again if there is no answer before.
        again_at: Timestamp,
    },
    /// Nobody of the Executive may hear an appeal: it is for a body outside the group.
    AppealBeyond {
        /// What the appeal is about.
        matter: Matter,
        /// Who stands beyond the Executive.
        external_body: String,
    },
    /// The Executive said yes.
    AppealAllowed {
        /// What the appeal was about.
        matter: Matter,
        /// Where the minutes have it.
        minute: String,
        /// What follows.
        relief: Relief,
        /// The strikes that are left.
        standing: Standing,
    },
    /// The Executive said: in part.
    AppealVaried {
        /// What the appeal was about.
        matter: Matter,
        /// Where the minutes have it.
        minute: String,
        /// What holds now.
        varied: Varied,
        /// Who stands beyond the Executive.
        external_body: String,
    },
    /// The Executive said no.
    AppealDismissedFinal {
        /// What the appeal was about.
        matter: Matter,
        /// Whether it was heard; one that came too late may not be.
        heard: bool,
        /// Where the minutes have it.
        minute: String,
        /// Who stands beyond the Executive.
        external_body: String,
    },

    /// A sanction is proposed: the member is asked for their side.
    SideInvited {
        /// Which.
        step: Step,
        /// Why it is this step.
        why: Why,
        /// What it rests on.
        grounds: Grounds,
        /// By when the member can answer.
        until: Timestamp,
        /// How many days a suspension takes.
        suspension_days: u32,
        /// How many officers have to agree.
        quorum: u32,
    },
    /// A written warning.
    WarningIssued {
        /// What it rests on.
        grounds: Grounds,
        /// How many months from service it stays live.
        live_months: u32,
        /// How many days the next step takes.
        suspension_days: u32,
        /// Who agreed.
        sign_off: SignOff,
        /// How to appeal.
        appeal: SanctionAppeal,
    },
    /// A suspension.
    Suspended {
        /// Why it is this step.
        why: Why,
        /// What it rests on.
        grounds: Grounds,
        /// Since when.
        from: Timestamp,
        /// Until when.
        until: Timestamp,
        /// For how many months after its end a breach may lead to expulsion.
        live_months: u32,
        /// Who agreed.
        sign_off: SignOff,
        /// How to appeal.
        appeal: SanctionAppeal,
    },
    /// An expulsion.
    Expelled {
        /// Why it is this step.
        why: Why,
        /// What it rests on.
        grounds: Grounds,
        /// Since when.
        from: Timestamp,
        /// Who agreed.
        sign_off: SignOff,
        /// How to appeal.
        appeal: SanctionAppeal,
    },
    /// A suspension or expulsion that the member was told of was refused by the platform: they are still in the group.
    NotCarriedOut {
        /// Which.
        step: Step,
        /// When they were told of it.
        told_at: Timestamp,
        /// How to appeal.
        appeal: SanctionAppeal,
    },
    /// The officers did not agree to a sanction.
    SanctionDeclined {
        /// Which was proposed.
        step: Step,
        /// The member's strikes.
        standing: Standing,
    },
    /// A suspension is over.
    SuspensionEnded {
        /// When it was to end.
        due: Timestamp,
        /// When it was lifted.
        lifted_at: Timestamp,
        /// Until when a breach may lead to expulsion.
        live_until: Timestamp,
    },
    /// A member cannot post for some hours.
    InterimMuted {
        /// Until when.
        until: Timestamp,
    },
    /// The member can post again.
    InterimEnded {
        /// Ended by an officer before its time.
        early: bool,
    },
    /// Something was wrong: what rested on it is undone.
    Corrected {
        /// How that came to light.
        cause: Cause,
        /// Whether a strike was cancelled.
        strike_voided: bool,
        /// What becomes of the sanction that rested on it.
        sanction: Option<Remedy>,
        /// The strikes that are left.
        standing: Standing,
    },

    /// A report has arrived.
    ReportReceived {
        /// Who deals with it.
        handler: Handler,
        /// By when it is to be answered.
        due: Timestamp,
    },
    /// A report is answered. What was found is said in the officers' own words.
    ReportAnswered {
        /// Who answers.
        handler: Handler,
        /// What came of it.
        outcome: Outcome,
        /// Who is next if the member is not content.
        next: Handler,
    },
    /// Nobody answered a report in time, or the member was not content: it went up; or nobody is left to deal with it, and
    /// an outside body is next.
    ReportEscalated {
        /// When the answer was due, if that is why.
        was_due: Option<Timestamp>,
        /// Who deals with it now.
        handler: Handler,
        /// By when it is to be answered.
        due: Timestamp,
    },

    /// The group's standards, for somebody new.
    RulesWelcome {
        /// The rules, in order.
        rules: Vec<CitedRule>,
    },
    /// A request to erase or to correct what is kept is answered.
    ErasureAnswered {
        /// How.
        answer: ErasureAnswer,
        /// What is kept, and why.
        kept: Vec<KeptFiles>,
    },
    /// A file was deleted, because its time was over.
    RecordPurged {
        /// When it was opened.
        opened_at: Timestamp,
        /// How many months files are kept.
        kept_months: u32,
    },
    /// Two accounts are taken for one person's. Which the other is, the words that go with it say.
    AccountsLinked,
    /// Two accounts are no longer taken for one person's. Which the other is, the words that go with it say.
    AccountsUnlinked,
    /// An expulsion that had outlived its file is lifted.
    Readmitted,
}

/// What is done about a notice to a member who takes no private messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fallback {
    /// It goes to a place that the member shares with the officers; failing that, somebody serves it by hand.
    Officers,
    /// Officers must not learn to whom it goes: it waits until the member writes to the bot.
    Unnamed,
    /// It waits until the member writes to the bot, and nobody has to do anything about it.
    Waits,
}

impl NoticeKind {
    /// Every word a kind can have, in order.
    pub const WORDS: [&'static str; 37] = [
        "removed",
        "hidden",
        "quoted",
        "cascade_removed",
        "confirmed",
        "strike_voided",
        "restored",
        "restored_along",
        "appeal_received",
        "appeal_accepted",
        "appeal_dismissed",
        "executive_asked",
        "appeal_escalated",
        "appeal_progress",
        "appeal_beyond",
        "appeal_allowed",
        "appeal_varied",
        "appeal_dismissed_final",
        "side_invited",
        "warning_issued",
        "suspended",
        "expelled",
        "not_carried_out",
        "sanction_declined",
        "suspension_ended",
        "interim_muted",
        "interim_ended",
        "corrected",
        "report_received",
        "report_answered",
        "report_escalated",
        "rules_welcome",
        "erasure_answered",
        "record_purged",
        "accounts_linked",
        "accounts_unlinked",
        "readmitted",
    ];

    /// The word for it, the same as in its JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Removed { .. } => "removed",
            Self::Hidden { .. } => "hidden",
            Self::Quoted { .. } => "quoted",
            Self::CascadeRemoved { .. } => "cascade_removed",
            Self::Confirmed { .. } => "confirmed",
            Self::StrikeVoided { .. } => "strike_voided",
            Self::Restored { .. } => "restored",
            Self::RestoredAlong { .. } => "restored_along",
            Self::AppealReceived { .. } => "appeal_received",
            Self::AppealAccepted { .. } => "appeal_accepted",
            Self::AppealDismissed { .. } => "appeal_dismissed",
            Self::ExecutiveAsked { .. } => "executive_asked",
            Self::AppealEscalated { .. } => "appeal_escalated",
            Self::AppealProgress { .. } => "appeal_progress",
            Self::AppealBeyond { .. } => "appeal_beyond",
            Self::AppealAllowed { .. } => "appeal_allowed",
            Self::AppealVaried { .. } => "appeal_varied",
            Self::AppealDismissedFinal { .. } => "appeal_dismissed_final",
            Self::SideInvited { .. } => "side_invited",
            Self::WarningIssued { .. } => "warning_issued",
            Self::Suspended { .. } => "suspended",
            Self::Expelled { .. } => "expelled",
            Self::NotCarriedOut { .. } => "not_carried_out",
            Self::SanctionDeclined { .. } => "sanction_declined",
            Self::SuspensionEnded { .. } => "suspension_ended",
            Self::InterimMuted { .. } => "interim_muted",
            Self::InterimEnded { .. } => "interim_ended",
            Self::Corrected { .. } => "corrected",
            Self::ReportReceived { .. } => "report_received",
            Self::ReportAnswered { .. } => "report_answered",
            Self::ReportEscalated { .. } => "report_escalated",
            Self::RulesWelcome { .. } => "rules_welcome",
            Self::ErasureAnswered { .. } => "erasure_answered",
            Self::RecordPurged { .. } => "record_purged",
            Self::AccountsLinked => "accounts_linked",
            Self::AccountsUnlinked => "accounts_unlinked",
            Self::Readmitted => "readmitted",
        }
    }

    /// The rules it cites as what was broken, each in the wording it cites.
    pub fn rules(&self) -> Vec<RuleRef> {
        let cited: Vec<&CitedRule> = match self {
            Self::Removed { about, .. }
            | Self::Hidden { about, .. }
            | Self::Quoted { about, .. }
            | Self::CascadeRemoved { about, .. }
            | Self::Confirmed { about, .. }
            | Self::StrikeVoided { about, .. }
            | Self::Restored { about, .. }
            | Self::RestoredAlong { about, .. }
            | Self::AppealAccepted { about, .. }
            | Self::AppealDismissed { about, .. } => vec![&about.rule],
            Self::SideInvited { grounds, .. }
            | Self::WarningIssued { grounds, .. }
            | Self::Suspended { grounds, .. }
            | Self::Expelled { grounds, .. } => {
                grounds.breaches.iter().map(|breach| &breach.about.rule).collect()
            }
            Self::AppealReceived { .. }
            | Self::ExecutiveAsked { .. }
            | Self::AppealEscalated { .. }
            | Self::AppealProgress { .. }
            | Self::AppealBeyond { .. }
            | Self::AppealAllowed { .. }
            | Self::AppealVaried { .. }
            | Self::AppealDismissedFinal { .. }
            | Self::NotCarriedOut { .. }
            | Self::SanctionDeclined { .. }
            | Self::SuspensionEnded { .. }
            | Self::InterimMuted { .. }
            | Self::InterimEnded { .. }
            | Self::Corrected { .. }
            | Self::ReportReceived { .. }
            | Self::ReportAnswered { .. }
            | Self::ReportEscalated { .. }
            | Self::RulesWelcome { .. }
            | Self::ErasureAnswered { .. }
            | Self::RecordPurged { .. }
            | Self::AccountsLinked
            | Self::AccountsUnlinked
            | Self::Readmitted => Vec::new(),
        };
        let versioned =
            |rule: &CitedRule| rule.version.map(|version| RuleRef { code: rule.code.clone(), version });
        cited.into_iter().filter_map(versioned).collect()
    }

    /// What is done about it when the member takes no private messages.
    pub fn fallback(&self) -> Fallback {
        match self {
            Self::ReportReceived { .. } | Self::ReportAnswered { .. } | Self::ReportEscalated { .. } => {
                Fallback::Unnamed
            }
            Self::RulesWelcome { .. } => Fallback::Waits,
            Self::Removed { .. }
            | Self::Hidden { .. }
            | Self::Quoted { .. }
            | Self::CascadeRemoved { .. }
            | Self::Confirmed { .. }
            | Self::StrikeVoided { .. }
            | Self::Restored { .. }
            | Self::RestoredAlong { .. }
            | Self::AppealReceived { .. }
            | Self::AppealAccepted { .. }
            | Self::AppealDismissed { .. }
            | Self::ExecutiveAsked { .. }
            | Self::AppealEscalated { .. }
            | Self::AppealProgress { .. }
            | Self::AppealBeyond { .. }
            | Self::AppealAllowed { .. }
            | Self::AppealVaried { .. }
            | Self::AppealDismissedFinal { .. }
            | Self::SideInvited { .. }
            | Self::WarningIssued { .. }
            | Self::Suspended { .. }
            | Self::Expelled { .. }
            | Self::NotCarriedOut { .. }
            | Self::SanctionDeclined { .. }
            | Self::SuspensionEnded { .. }
            | Self::InterimMuted { .. }
            | Self::InterimEnded { .. }
            | Self::Corrected { .. }
            | Self::ErasureAnswered { .. }
            | Self::RecordPurged { .. }
            | Self::AccountsLinked
            | Self::AccountsUnlinked
            | Self::Readmitted => Fallback::Officers,
        }
    }

    /// Whether it tells somebody that they are put out of the group.
    pub fn puts_out(&self) -> bool {
        matches!(self, Self::Suspended { .. } | Self::Expelled { .. })
    }
}
