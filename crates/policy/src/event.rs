//! What happens in files, in order, for their history and for the officers.

use serde::{Deserialize, Serialize};

use crate::appeal::{FinalRuling, Ruling};
use crate::case::{Act, DrawnBy};
use crate::ids::Reference;
use crate::ladder::Step;
use crate::notice::ErasureAnswer;
use crate::reception::Deafness;
use crate::report::{Outcome, Tier};
use crate::retention::Implausible;
use crate::rule::Edition;
use crate::time::Timestamp;
use crate::verdict::Verdict;
use crate::wordlist::Fingerprint;

/// Which words a post was judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct WordsInForce {
    /// The version of the group's own list; 0 for a group that has none.
    pub own: u32,
    /// What tells one wording of the lists in files from another.
    pub files: Fingerprint,
}

/// Something that happened in a file; its own history, and what officers are told. It holds nobody's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// It was opened, or went further because of an edit.
    Judged {
        /// What became of the post.
        verdict: Verdict,
        /// By which words; none where a person judged, or a program that did not write it down yet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        words: Option<WordsInForce>,
    },
    /// The filter would have taken the post away, and left that to people because the breaker had tripped.
    Spared {
        /// What it would have done.
        verdict: Verdict,
    },
    /// An officer acted.
    Acted {
        /// How.
        act: Act,
    },
    /// The author appealed.
    AppealLodged,
    /// A moderator decided the appeal.
    AppealRuled {
        /// How.
        ruling: Ruling,
    },
    /// The author asked the Executive.
    ExecutiveAsked,
    /// Nobody has looked at the hidden post in time.
    ReviewDue,
    /// Nobody has looked a day later either.
    ReviewOverdue,
    /// The appeal still waits for a moderator.
    AppealWaits,
    /// No moderator decided the appeal in time: it is before the Executive.
    AppealOverdue,
    /// The appeal still waits for the Executive.
    ExecutiveWaits,
    /// The Executive decided the appeal.
    AppealSettled {
        /// How.
        ruling: FinalRuling,
    },
    /// A notice could not be delivered: somebody has to serve it by hand.
    NoticeRefused,
    /// Something recorded could not be done on the platform: the bot lacks a permission.
    EffectRefused,
    /// The platform refused to put a member out who had been told of it: they are told that it was not carried out.
    NotCarriedOut,
    /// The removed text was erased by destroying its key.
    TextErased,
    /// A sanction is proposed by the ladder.
    Proposed {
        /// Which step.
        step: Step,
    },
    /// The ladder now says otherwise: signatures begin anew.
    Reformed {
        /// The step it proposes now.
        step: Step,
    },
    /// The grounds of a proposal have gone.
    Withdrawn,
    /// The member gave their side.
    SideGiven,
    /// Officers can sign: the member has answered, or had the time to.
    Heard,
    /// An officer signed.
    Signed {
        /// The heaviest step they agree to.
        step: Step,
    },
    /// The signature that was needed came: a sanction is decided.
    Decided {
        /// Which step.
        step: Step,
    },
    /// An officer declined a proposal.
    Declined,
    /// A proposal is neither signed nor declined in time.
    SigningOverdue,
    /// Too few officers have no part in it to sign.
    BenchTooSmall,
    /// The warning reached the member and counts from then on.
    Served,
    /// A suspension is over.
    SuspensionOver,
    /// A sanction has become a lighter one, because of what it rested on.
    Reduced {
        /// The step it is now.
        step: Step,
    },
    /// A sanction is taken back.
    Voided,
    /// An officer said that they have a part in it.
    ConflictDeclared,
    /// Somebody who is shut out came back in: they are put out again.
    CameBackIn,
    /// The ledger shuts somebody out, and the platform lets them in.
    NotShutOut,
    /// A human shuts somebody out whom the ledger shuts out too: it stays until a human lifts it.
    ShutOutByHandToo,
    /// A human put somebody out.
    PutOutByHand,
    /// A human let somebody in.
    LetInByHand,
    /// A human kept somebody from posting.
    MutedByHand,
    /// A human let somebody post again.
    UnmutedByHand,
    /// A human made somebody leave, who may come back.
    RemovedByHand,
    /// A human took posts of somebody away.
    PostsTakenDown {
        /// How many.
        posts: u32,
    },
    /// A moderator keeps a member from posting for some hours.
    Muted,
    /// Officers are to look at a mute again.
    MuteReview,
    /// A member can post again.
    Unmuted,
    /// Two accounts are said to be one person's: another has to confirm it.
    LinkSaid,
    /// Two accounts are one person's.
    Linked,
    /// They are not.
    Unlinked,
    /// The member took an appeal back.
    AppealWithdrawn,
    /// A body outside the group has it: nothing more is decided here.
    WentOutside,
    /// A member reported something.
    ReportReceived,
    /// Those whose turn the report is were reminded of it.
    ReportWaits,
    /// Nobody answered the report in time: it went up.
    ReportOverdue {
        /// Whose turn it is now.
        tier: Tier,
    },
    /// The Executive has not answered the report in time either. Said again until it is answered.
    ReportLate,
    /// The report was answered.
    ReportAnswered {
        /// What came of it.
        outcome: Outcome,
    },
    /// The reporter was not content with the answer: the report went up.
    ReportContested {
        /// Whose turn it is now.
        tier: Tier,
    },
    /// Those whose turn the report was have a part in it: it went to others.
    ReportPassedOn {
        /// Whose turn it is now.
        tier: Tier,
    },
    /// Nobody is left in the group who could deal with the report without having a part in it: an outside body is next.
    ReportBeyond,
    /// A notice to somebody whom officers need not know could not be delivered: it waits until they write.
    AnswerRefused,
    /// An officer served a notice by hand.
    NoticeServed {
        /// When the member got it.
        at: Timestamp,
    },
    /// The rules were sent to a new member.
    RulesSent {
        /// In which wording.
        edition: Edition,
    },
    /// The member says that they have read the rules.
    RulesAcknowledged {
        /// In which wording.
        edition: Edition,
    },
    /// The rules were posted in a channel.
    RulesPosted {
        /// In which wording.
        edition: Edition,
    },
    /// The post came under this case because of a removed one.
    Drawn {
        /// Which, and how alike.
        by: DrawnBy,
    },
    /// The post was put back; posts that went with it stay away.
    DrawnStay {
        /// How many.
        posts: u32,
    },
    /// An officer set the file apart from every purge and erasure.
    Held,
    /// The file is no longer held.
    HoldReleased,
    /// It is time to look whether the file still has to be held.
    HoldReviewDue,
    /// Files were put on the list of what will be purged; the Secretary is told which.
    PurgeListed {
        /// How many.
        files: u32,
        /// The first moment at which they may go.
        due: Timestamp,
    },
    /// Files were purged, because their time was over.
    Purged {
        /// How many.
        files: u32,
    },
    /// A member asked for what is kept about them to be erased.
    ErasureAsked,
    /// An officer answered such a request.
    ErasureAnswered {
        /// How.
        answer: ErasureAnswer,
    },
    /// A member asked for a correction of what is kept about them.
    CorrectionAsked,
    /// An officer added a correction.
    Corrected,
    /// The clock cannot be believed: nobody is let back and nothing is purged.
    ClockDoubted {
        /// Why.
        why: Implausible,
    },
    /// The clock is believed again.
    ClockBelieved,
    /// The record was put back from a backup: what it still had to do waits for a person.
    PutBack {
        /// When the backup was taken.
        taken_at: Timestamp,
        /// When it was put back.
        put_back_at: Timestamp,
        /// How many letters wait.
        letters: u32,
        /// How much waits that is to be done to posts and members.
        deeds: u32,
        /// How many suspensions are over by now.
        suspensions: u32,
    },
    /// An officer had what waited go on.
    Resumed,
    /// An officer took a copy out of the ledger.
    Exported,
    /// The file of an expulsion is on the list of what will be purged: the expulsion outlives it.
    Outlived {
        /// The first moment at which the file may go.
        due: Timestamp,
    },
    /// Expulsions that outlived their files are to be reaffirmed or lifted.
    TombstonesDue {
        /// How many accounts they keep out.
        accounts: u32,
    },
    /// The Executive lifted an expulsion that had outlived its file.
    Readmitted,
    /// The Secretary is sent the counts of a month.
    DigestSent {
        /// When that month began.
        from: Timestamp,
        /// When it was over.
        until: Timestamp,
    },
    /// A member's request to erase is soon to be answered: the Secretary was reminded.
    ErasureWaits {
        /// The last moment for it.
        due: Timestamp,
    },
    /// A member's request to erase was not answered in time: the Secretary was told.
    ErasureOverdue {
        /// When the answer was due.
        due: Timestamp,
    },
    /// Nobody of the Executive may hear the appeal: it is for a body outside the group. Said again until it is there.
    AppealBeyond,
    /// The Executive has not decided the appeal in time. Said again until it has.
    AppealLate,
    /// The post was put back because the one that had drawn it along was.
    DrawnBack {
        /// The case of that one.
        source: Reference,
    },
    /// Somebody's posts in a channel cannot be decrypted.
    Unreadable {
        /// Under which number the ledger keeps whose and where.
        sender: u32,
    },
    /// The bot cannot do something in a channel, because it may not.
    Limited {
        /// The change under which the ledger keeps what and where.
        change: u32,
    },
    /// The bot can do again what it could not.
    Unlimited {
        /// The change under which the ledger keeps what and where.
        change: u32,
    },
    /// The group is not heard.
    Deaf {
        /// Since when.
        since: Timestamp,
        /// Why, where that is known.
        why: Option<Deafness>,
        /// Until when, where that is known.
        until: Option<Timestamp>,
    },
    /// The group is heard again, and what was written in between was read on.
    HearsAgain {
        /// Since when it was not.
        since: Timestamp,
        /// Until when.
        until: Timestamp,
        /// Why it was not, as was said last.
        why: Option<Deafness>,
        /// Whether the program was not running for some of that time.
        was_away: bool,
    },
    /// Something that the group needs stopped being right, or is right again.
    CheckedUp {
        /// The look with which the ledger keeps what.
        look: u32,
    },
    /// The filter took away far more than usual: from then on it leaves to people what it would have taken away.
    BreakerTripped {
        /// How many posts, in ten minutes.
        posts: u32,
        /// Of how many members.
        members: u32,
    },
    /// The breaker has tripped, and nobody has said that it is over. Said again until somebody does.
    BreakerStands {
        /// Since when.
        since: Timestamp,
    },
    /// An officer said that the filter may take posts away again.
    BreakerReset,
    /// The Secretary corrected the day on which a notice had been served by hand.
    ServiceCorrected {
        /// When it had counted from.
        was: Timestamp,
        /// When the member got it.
        at: Timestamp,
    },
}

impl Event {
    /// Whether something was decided by it, so that it belongs in the register.
    pub fn is_decision(self) -> bool {
        match self {
            Self::Acted { .. }
            | Self::AppealRuled { .. }
            | Self::AppealOverdue
            | Self::AppealSettled { .. }
            | Self::Signed { .. }
            | Self::Decided { .. }
            | Self::Declined
            | Self::SuspensionOver
            | Self::Reduced { .. }
            | Self::Voided
            | Self::Muted
            | Self::Unmuted
            | Self::Linked
            | Self::Unlinked
            | Self::WentOutside
            | Self::ReportOverdue { .. }
            | Self::ReportAnswered { .. }
            | Self::ReportBeyond
            | Self::ReportPassedOn { .. }
            | Self::NoticeServed { .. }
            | Self::RulesPosted { .. }
            | Self::Held
            | Self::HoldReleased
            | Self::ErasureAnswered { .. }
            | Self::Corrected
            | Self::Readmitted
            | Self::DrawnBack { .. }
            | Self::ServiceCorrected { .. } => true,
            Self::Judged { .. }
            | Self::Spared { .. }
            | Self::AppealLodged
            | Self::ExecutiveAsked
            | Self::ReviewDue
            | Self::ReviewOverdue
            | Self::AppealWaits
            | Self::ExecutiveWaits
            | Self::NoticeRefused
            | Self::EffectRefused
            | Self::NotCarriedOut
            | Self::TextErased
            | Self::Proposed { .. }
            | Self::Reformed { .. }
            | Self::Withdrawn
            | Self::SideGiven
            | Self::Heard
            | Self::SigningOverdue
            | Self::BenchTooSmall
            | Self::Served
            | Self::ConflictDeclared
            | Self::CameBackIn
            | Self::NotShutOut
            | Self::ShutOutByHandToo
            | Self::PutOutByHand
            | Self::LetInByHand
            | Self::MutedByHand
            | Self::UnmutedByHand
            | Self::RemovedByHand
            | Self::PostsTakenDown { .. }
            | Self::MuteReview
            | Self::LinkSaid
            | Self::AppealWithdrawn
            | Self::ReportReceived
            | Self::ReportWaits
            | Self::ReportLate
            | Self::ReportContested { .. }
            | Self::AnswerRefused
            | Self::RulesSent { .. }
            | Self::RulesAcknowledged { .. }
            | Self::Drawn { .. }
            | Self::DrawnStay { .. }
            | Self::HoldReviewDue
            | Self::PurgeListed { .. }
            | Self::Purged { .. }
            | Self::ErasureAsked
            | Self::CorrectionAsked
            | Self::ClockDoubted { .. }
            | Self::ClockBelieved
            | Self::PutBack { .. }
            | Self::Resumed
            | Self::Exported
            | Self::Outlived { .. }
            | Self::TombstonesDue { .. }
            | Self::DigestSent { .. }
            | Self::ErasureWaits { .. }
            | Self::ErasureOverdue { .. }
            | Self::AppealBeyond
            | Self::AppealLate
            | Self::Unreadable { .. }
            | Self::Limited { .. }
            | Self::Unlimited { .. }
            | Self::Deaf { .. }
            | Self::HearsAgain { .. }
            | Self::CheckedUp { .. }
            | Self::BreakerTripped { .. }
            | Self::BreakerStands { .. }
            | Self::BreakerReset => false,
        }
    }
}
