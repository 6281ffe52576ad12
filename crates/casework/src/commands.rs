//! The command set, defined once: names, arguments, help, role and place. Every front end is made from it.
//!
//! The definition is a `clap` command, which front ends walk: a text front end hands in a line, and one with
//! structured commands builds its options from [`definition`].

mod arguments;
mod parse;

use clap::Subcommand;
use policy::report::Outcome;
use policy::{Category, Complaint, Grade, Language, Mode, Month, Reference, Role, Ruling, Step};

use crate::export::{Format, Names, Source};
use crate::rights::Audience;

pub(crate) use arguments::account;
pub use arguments::{Minuted, RecordForm, Reported, Target};
use arguments::{OneOf, languages, one_of};
pub use parse::{CONFIRMED, LENGTHY, NotACommand, definition, for_members, names, offices, parse};

const MODERATORS: Audience = Audience::Officers(&[Role::Moderator]);
const ADMINS: Audience = Audience::Officers(&[Role::Admin]);
const EXECUTIVE: Audience = Audience::Officers(&[Role::Executive]);
/// Those who hear appeals, at either tier; and every officer, of whom reports ask one or another.
const HEARERS: Audience = Audience::Officers(&[Role::Moderator, Role::Executive]);

/// Admins and the Executive: who may sign, since the Executive helps out where there are too few, and who takes copies.
const SIGNATORIES: Audience = Audience::Officers(&[Role::Admin, Role::Executive]);

/// Where a command was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// In the platform's way of giving commands, where others see it, answered privately.
    Command,
    /// In the platform's way of giving commands, where nobody else sees it.
    PrivateCommand,
    /// In a private message to the bot.
    Direct,
    /// In the place that a member shares with the officers, who read the answer.
    WithOfficers,
}

/// What can be asked of the bot.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
#[command(disable_help_subcommand = true)]
pub enum Command {
    /// What waits for a moderator
    Queue,
    /// One case: the post, why, and what happened since
    Case {
        /// The case, such as B-0042
        case: Reference,
    },
    /// Remove a post; it counts as a strike
    Remove {
        /// The case, or the post's own number
        target: Target,
        /// The code of the rule it breaks; see `rules`
        rule: Option<String>,
        /// What the member is told about it
        #[arg(trailing_var_arg = true, num_args = 0.., allow_hyphen_values = true)]
        reason: Vec<String>,
    },
    /// Remove a post until a moderator has looked
    Hide {
        /// The case, or the post's own number
        target: Target,
        /// The code of the rule it may break; see `rules`
        rule: Option<String>,
        /// What the member is told about it
        #[arg(trailing_var_arg = true, num_args = 0.., allow_hyphen_values = true)]
        reason: Vec<String>,
    },
    /// Do to a post what the rule it breaks says: remove it or hide it
    Enforce {
        /// The case, or the post's own number
        target: Target,
        /// The code of the rule it breaks; see `rules`
        rule: String,
        /// What the member is told about it
        #[arg(trailing_var_arg = true, num_args = 0.., allow_hyphen_values = true)]
        reason: Vec<String>,
    },
    /// Put a removed post back; a strike that came of it no longer counts
    Restore {
        /// The case, such as B-0042
        case: Reference,
        /// What the member is told about it
        #[arg(trailing_var_arg = true, num_args = 0.., allow_hyphen_values = true)]
        reason: Vec<String>,
    },
    /// A hidden post stays away, and counts as a strike
    Confirm {
        /// The case, such as B-0042
        case: Reference,
        /// What the member is told about it
        #[arg(trailing_var_arg = true, num_args = 0.., allow_hyphen_values = true)]
        reason: Vec<String>,
    },
    /// Close a case without a strike; a removed post stays away, a flagged one stays. Takes back what one officer signed
    Void {
        /// The case, such as B-0042
        case: Reference,
        /// What the member is told about it; the author of a flagged post is told nothing
        #[arg(trailing_var_arg = true, num_args = 0.., allow_hyphen_values = true)]
        reason: Vec<String>,
    },
    /// A member's record: strikes that count, and cases
    History {
        /// The member's account name
        member: String,
    },
    /// Appeals that wait for a decision
    Appeals,
    /// Decide an appeal
    Decide {
        /// The case, such as B-0042
        case: Reference,
        /// `accept` puts the post back; `dismiss` leaves it away
        #[arg(value_parser = one_of!(Ruling))]
        ruling: Ruling,
        /// What the member is told about it; a dismissal needs it
        #[arg(trailing_var_arg = true, num_args = 0.., allow_hyphen_values = true)]
        reason: Vec<String>,
    },
    /// Enter what the Executive decided about an appeal; `allow` also takes back a sanction that nobody appealed
    Minute {
        /// The case, such as B-0042
        case: Reference,
        /// `allow` undoes it; `vary` cancels a strike only; `warning` or `suspension` instead; `dismiss`; `refuse` a late one
        #[arg(value_parser = OneOf::<Minuted, _>::new(Minuted::WORDS))]
        ruling: Minuted,
        /// Where the minutes have it, in one word, such as 2026-11/7
        minute: String,
        /// What the member is told about it
        #[arg(trailing_var_arg = true, num_args = 0.., allow_hyphen_values = true)]
        reason: Vec<String>,
    },
    /// Sanctions that are proposed
    Proposals,
    /// Agree to a proposed sanction, or to a lighter one; open it with `case` first
    Sign {
        /// The sanction, such as B-0042
        sanction: Reference,
        /// The step you agree to: warning, suspension or expulsion
        #[arg(value_parser = one_of!(Step))]
        step: Step,
        /// Why; the member reads what the last officer to sign writes
        #[arg(trailing_var_arg = true, num_args = 1.., required = true, allow_hyphen_values = true)]
        reason: Vec<String>,
    },
    /// Close a proposed sanction without one; open it with `case` first
    Decline {
        /// The sanction, such as B-0042
        sanction: Reference,
        /// Why
        #[arg(trailing_var_arg = true, num_args = 1.., required = true, allow_hyphen_values = true)]
        reason: Vec<String>,
    },
    /// Say that you have a part in a matter: others see and decide it from then on
    Conflict {
        /// The case or sanction, such as B-0042
        file: Reference,
    },
    /// Keep a member from posting for some hours, while a matter is looked at; no strike
    Mute {
        /// The member's account name
        member: String,
        /// For how many hours
        hours: u32,
        /// Why; the member reads it
        #[arg(trailing_var_arg = true, num_args = 1.., required = true, allow_hyphen_values = true)]
        reason: Vec<String>,
    },
    /// Let a muted member post again
    Unmute {
        /// The member's account name
        member: String,
    },
    /// Say or confirm that two accounts are one person's: two admins, or the person from both
    Link {
        /// An account
        one: String,
        /// The other account
        other: String,
    },
    /// Say that two accounts are not one person's
    Unlink {
        /// An account
        one: String,
        /// The other account
        other: String,
    },
    /// Record that a body outside the group has a matter: nothing more is decided here
    Outside {
        /// The case or sanction, such as B-0042
        file: Reference,
    },
    /// Give your side of what is proposed against you
    Reply {
        /// The sanction; it stands in the message you got
        sanction: Reference,
        /// Your side, in your own words
        #[arg(trailing_var_arg = true, num_args = 1.., required = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
    /// Take an appeal back
    Withdraw {
        /// What it is about, such as B-0042
        file: Reference,
    },
    /// The words the filter looks for
    #[command(subcommand, subcommand_required = true)]
    Wordlist(WordlistCommand),
    /// What becomes of which words
    #[command(subcommand, subcommand_required = true)]
    Policy(PolicyCommand),
    /// Act (live), or only watch (shadow)
    Mode {
        /// `live` or `shadow`
        #[arg(value_parser = one_of!(Mode))]
        mode: Mode,
    },
    /// Ask for a removal to be looked at again
    Appeal {
        /// The case, such as B-0042; it stands in the message you got
        case: Reference,
        /// Why it was wrong, in your own words
        #[arg(trailing_var_arg = true, num_args = 1.., required = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
    /// Everything we hold about you
    MyRecord {
        /// `json`, to hand it on to another program
        #[arg(value_parser = OneOf::<RecordForm, _>::new(["json"]))]
        form: Option<RecordForm>,
    },
    /// The rules of the group
    #[command(subcommand_required = false, arg_required_else_help = false)]
    Rules {
        /// What to do with them
        #[command(subcommand)]
        what: Option<RulesCommand>,
    },
    /// What you can ask me
    Help,
    /// Reports that wait for your answer
    Reports,
    /// Answer a report; the reporter is sent your words
    Answer {
        /// The report, such as B-0042
        report: Reference,
        /// `acted`, `no-breach`, `advice`, `mediated` or `referred`
        #[arg(value_parser = one_of!(Outcome))]
        outcome: Outcome,
        /// What the reporter is told
        #[arg(trailing_var_arg = true, num_args = 1.., required = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
    /// Tell the officers of a post, a member or the moderation; nobody else hears that it was you
    Report {
        /// `abuse`, `harassment`, `discrimination`, `inaccurate`, `inappropriate`, `spam`, `suspicious`, `privacy`,
        /// `safeguarding`, `legal`, `data-protection` or `moderation`
        #[arg(value_parser = one_of!(Complaint))]
        category: Complaint,
        /// #POST, @MEMBER, a reference such as B-0042, or `moderation`
        about: Reported,
        /// What is wrong, in your own words
        #[arg(trailing_var_arg = true, num_args = 1.., required = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
    /// Put on record that the oldest undelivered notice of a file was served by hand
    Serve {
        /// The file, such as B-0042
        file: Reference,
        /// The day on which the member got it, such as 2026-01-31; today without it
        day: Option<String>,
        /// How it was served
        #[arg(trailing_var_arg = true, num_args = 0.., allow_hyphen_values = true)]
        words: Vec<String>,
    },
    /// The words of notices
    #[command(subcommand, subcommand_required = true)]
    Template(TemplateCommand),
    /// The language I write to you in: `en`, or `cy` for Welsh
    Language {
        /// `en` or `cy`
        #[arg(value_parser = languages())]
        language: Language,
    },
    /// Say that you have read the rules
    Acknowledge,
    /// Keep a file from being purged or erased
    Hold {
        /// The file, such as B-0042
        file: Reference,
        /// Why; officers see it
        #[arg(trailing_var_arg = true, num_args = 1.., required = true, allow_hyphen_values = true)]
        why: Vec<String>,
    },
    /// Hold a file no longer: it goes when its time is over
    Release {
        /// The file, such as B-0042
        file: Reference,
    },
    /// Erase what may go of a file, or of all files about a member, and tell the member
    Erase {
        /// The file, such as B-0042, or the member's account name
        target: String,
        /// What the member is told about it
        #[arg(trailing_var_arg = true, num_args = 0.., allow_hyphen_values = true)]
        reason: Vec<String>,
    },
    /// Add a correction to a file, beside what it says
    Rectify {
        /// The file, such as B-0042
        file: Reference,
        /// What is right
        #[arg(trailing_var_arg = true, num_args = 1.., required = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
    /// Ask for what we hold about you to be erased
    EraseMe {
        /// What you want to say about it
        #[arg(trailing_var_arg = true, num_args = 0.., allow_hyphen_values = true)]
        words: Vec<String>,
    },
    /// Ask for a correction of what we hold about you
    Correct {
        /// The file, such as B-0042
        file: Reference,
        /// What is wrong, and what is right
        #[arg(trailing_var_arg = true, num_args = 1.., required = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
    /// The clock of the machine the bot runs on
    #[command(subcommand, subcommand_required = true)]
    Clock(ClockCommand),
    /// Go on after the record was put back from a backup: do what has waited since
    Resume,
    /// Whether far more posts went than usual, so that the filter leaves them to you
    #[command(subcommand_required = false, arg_required_else_help = false)]
    Breaker {
        /// What to do with it
        #[command(subcommand)]
        what: Option<BreakerCommand>,
    },
    /// Take a copy of the register or of a file; it is put on the bot's machine
    Export {
        /// `register`, or the file, such as B-0042
        source: Source,
        /// `csv` for a spreadsheet, `html` to read and print
        #[arg(value_parser = OneOf::<Format, _>::new(["csv", "html"]))]
        format: Format,
        /// `redacted` leaves out the names of other people
        #[arg(value_parser = OneOf::<Names, _>::new(["redacted"]))]
        names: Option<Names>,
    },
    /// Counts for the committee: of a month, or of the last 30 days
    Digest {
        /// The month, such as 2026-11
        month: Option<Month>,
    },
    /// Let in an account whose expulsion has outlived its file
    Readmit {
        /// The account
        account: String,
        /// Why
        #[arg(trailing_var_arg = true, num_args = 1.., required = true, allow_hyphen_values = true)]
        why: Vec<String>,
    },
}

/// What is done with the rules.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum RulesCommand {
    /// Post the rules in a channel
    Post {
        /// The channel
        channel: String,
    },
}

/// What is done with the breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub enum BreakerCommand {
    /// Have the filter take posts away by itself again, and count anew
    Reset,
}

/// The words of notices.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum TemplateCommand {
    /// Which words are in force, and which kinds of notices there are
    List,
    /// A notice with made-up facts
    Preview {
        /// The kind, as `template list` has it
        kind: String,
        /// `en` or `cy`
        #[arg(value_parser = languages())]
        language: Option<Language>,
    },
}

/// The clock of the machine the bot runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub enum ClockCommand {
    /// Say that it is right, so that what waits for it goes on
    Confirm,
}

/// The words the filter looks for.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum WordlistCommand {
    /// The lists and this group's own words, or the listed words that contain a text
    List {
        /// Part of a word
        part: Option<String>,
    },
    /// What the filter makes of a text, and why
    Test {
        /// The text
        #[arg(trailing_var_arg = true, num_args = 1.., required = true, allow_hyphen_values = true)]
        text: Vec<String>,
    },
    /// What a word, or the lists as they are, would have done to the latest posts; nothing of them is kept
    Preview {
        /// The word, in which hyphens stand for spaces; without one, the lists as they are
        term: Option<String>,
        /// At how many posts to look; 1000 without it
        messages: Option<u32>,
        /// mild, medium, strong or strongest, as it would be added; medium without it
        #[arg(value_parser = one_of!(Grade))]
        grade: Option<Grade>,
        /// general, sexual, body_part, insult, or a discriminatory kind such as race; insult without it
        #[arg(value_parser = one_of!(Category))]
        category: Option<Category>,
        /// `word`, `stem` or `anywhere`; stem without it
        #[arg(value_parser = one_of!(policy::wordlist::Matching))]
        matching: Option<policy::wordlist::Matching>,
    },
    /// Add a word for this group, from now on
    Add {
        /// mild, medium, strong or strongest
        #[arg(value_parser = one_of!(Grade))]
        grade: Grade,
        /// general, sexual, body_part, insult, or a discriminatory kind such as race
        #[arg(value_parser = one_of!(Category))]
        category: Category,
        /// `word` (this form only), `stem` (with inflections and compounds) or `anywhere`
        #[arg(value_parser = one_of!(policy::wordlist::Matching))]
        matching: policy::wordlist::Matching,
        /// The word
        #[arg(trailing_var_arg = true, num_args = 1.., required = true)]
        term: Vec<String>,
    },
    /// Take a word out for this group
    Remove {
        /// The word
        #[arg(trailing_var_arg = true, num_args = 1.., required = true)]
        term: Vec<String>,
    },
    /// Look again for a word of the lists that was taken out
    Restore {
        /// The word
        #[arg(trailing_var_arg = true, num_args = 1.., required = true)]
        term: Vec<String>,
    },
    /// Never flag an innocent word in this group
    Allow {
        /// The word or phrase
        #[arg(trailing_var_arg = true, num_args = 1.., required = true)]
        word: Vec<String>,
    },
    /// Take back that a word is allowed
    Disallow {
        /// The word or phrase
        #[arg(trailing_var_arg = true, num_args = 1.., required = true)]
        word: Vec<String>,
    },
    /// Add several words for this group, as one change
    Import {
        /// mild, medium, strong or strongest
        #[arg(value_parser = one_of!(Grade))]
        grade: Grade,
        /// general, sexual, body_part, insult, or a discriminatory kind such as race
        #[arg(value_parser = one_of!(Category))]
        category: Category,
        /// `word` (this form only), `stem` (with inflections and compounds) or `anywhere`
        #[arg(value_parser = one_of!(policy::wordlist::Matching))]
        matching: policy::wordlist::Matching,
        /// The words, with commas between
        #[arg(trailing_var_arg = true, num_args = 1.., required = true)]
        words: Vec<String>,
    },
    /// What changed in this group's words, by whom and when, the latest first
    Log {
        /// Show the versions before this one
        before: Option<u32>,
    },
    /// Take back the last change of this group's words, which may be an undo; `wordlist back` goes further
    Undo,
    /// Put an earlier version of this group's words in force again
    Back {
        /// Its number, as `wordlist log` has it
        version: u32,
    },
    /// Read the configuration and the wordlist files again
    Reload,
}

/// What becomes of which words.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum PolicyCommand {
    /// The table in force
    Show,
    /// Change it: `policy set preset strict`, `policy set medium.insult hide`
    Set {
        /// `preset`, or a kind of word, such as `strong` or `medium.insult.directed`
        what: String,
        /// The preset; or allow, flag, hide or delete, the latter two also with `no-strike`
        #[arg(trailing_var_arg = true, num_args = 1.., required = true)]
        value: Vec<String>,
    },
}

impl Command {
    /// Whose command it is.
    pub fn audience(&self) -> Audience {
        match self {
            Self::Queue
            | Self::Remove { .. }
            | Self::Hide { .. }
            | Self::Enforce { .. }
            | Self::Restore { .. }
            | Self::Confirm { .. }
            | Self::Void { .. }
            | Self::History { .. }
            | Self::Breaker { what: None }
            | Self::Decide { .. } => MODERATORS,
            Self::Mute { .. } | Self::Unmute { .. } => MODERATORS,
            Self::Case { .. }
            | Self::Appeals
            | Self::Conflict { .. }
            | Self::Reports
            | Self::Answer { .. } => HEARERS,
            Self::Proposals | Self::Sign { .. } | Self::Decline { .. } | Self::Outside { .. } => SIGNATORIES,
            Self::Unlink { .. } => ADMINS,
            Self::Minute { .. } | Self::Readmit { .. } => EXECUTIVE,
            Self::Wordlist(_)
            | Self::Policy(_)
            | Self::Mode { .. }
            | Self::Rules { what: Some(RulesCommand::Post { .. }) }
            | Self::Serve { .. }
            | Self::Template(_)
            | Self::Hold { .. }
            | Self::Release { .. }
            | Self::Erase { .. }
            | Self::Rectify { .. }
            | Self::Clock(_)
            | Self::Breaker { what: Some(BreakerCommand::Reset) }
            | Self::Resume => ADMINS,
            Self::Export { .. } | Self::Digest { .. } => SIGNATORIES,
            Self::Appeal { .. }
            | Self::Reply { .. }
            | Self::Withdraw { .. }
            | Self::Link { .. }
            | Self::MyRecord { .. }
            | Self::Rules { what: None }
            | Self::Help
            | Self::Report { .. }
            | Self::Language { .. }
            | Self::Acknowledge
            | Self::EraseMe { .. }
            | Self::Correct { .. } => Audience::Member,
        }
    }

    /// Whether it holds a member's own affairs and belongs in a private message.
    pub fn only_in_private(&self) -> bool {
        matches!(
            self,
            Self::Appeal { .. }
                | Self::Reply { .. }
                | Self::Withdraw { .. }
                | Self::MyRecord { .. }
                | Self::Language { .. }
                | Self::Acknowledge
                | Self::EraseMe { .. }
                | Self::Correct { .. }
        )
    }

    /// Whether it is about what a member was written, so that officers who read along may read the answer.
    pub fn may_be_read_along(&self) -> bool {
        matches!(
            self,
            Self::Appeal { .. }
                | Self::Reply { .. }
                | Self::Withdraw { .. }
                | Self::Correct { .. }
                | Self::EraseMe { .. }
                | Self::Acknowledge
                | Self::Language { .. }
                | Self::Rules { what: None }
                | Self::Help
        )
    }

    /// What people type for it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Case { .. } => "case",
            Self::Remove { .. } => "remove",
            Self::Hide { .. } => "hide",
            Self::Enforce { .. } => "enforce",
            Self::Restore { .. } => "restore",
            Self::Confirm { .. } => "confirm",
            Self::Void { .. } => "void",
            Self::History { .. } => "history",
            Self::Appeals => "appeals",
            Self::Decide { .. } => "decide",
            Self::Minute { .. } => "minute",
            Self::Proposals => "proposals",
            Self::Sign { .. } => "sign",
            Self::Decline { .. } => "decline",
            Self::Conflict { .. } => "conflict",
            Self::Mute { .. } => "mute",
            Self::Unmute { .. } => "unmute",
            Self::Link { .. } => "link",
            Self::Unlink { .. } => "unlink",
            Self::Outside { .. } => "outside",
            Self::Reply { .. } => "reply",
            Self::Withdraw { .. } => "withdraw",
            Self::Wordlist(WordlistCommand::List { .. }) => "wordlist list",
            Self::Wordlist(WordlistCommand::Test { .. }) => "wordlist test",
            Self::Wordlist(WordlistCommand::Preview { .. }) => "wordlist preview",
            Self::Wordlist(WordlistCommand::Add { .. }) => "wordlist add",
            Self::Wordlist(WordlistCommand::Remove { .. }) => "wordlist remove",
            Self::Wordlist(WordlistCommand::Restore { .. }) => "wordlist restore",
            Self::Wordlist(WordlistCommand::Allow { .. }) => "wordlist allow",
            Self::Wordlist(WordlistCommand::Disallow { .. }) => "wordlist disallow",
            Self::Wordlist(WordlistCommand::Import { .. }) => "wordlist import",
            Self::Wordlist(WordlistCommand::Log { .. }) => "wordlist log",
            Self::Wordlist(WordlistCommand::Undo) => "wordlist undo",
            Self::Wordlist(WordlistCommand::Back { .. }) => "wordlist back",
            Self::Wordlist(WordlistCommand::Reload) => "wordlist reload",
            Self::Policy(PolicyCommand::Show) => "policy show",
            Self::Policy(PolicyCommand::Set { .. }) => "policy set",
            Self::Mode { .. } => "mode",
            Self::Appeal { .. } => "appeal",
            Self::MyRecord { .. } => "my-record",
            Self::Rules { what: None } => "rules",
            Self::Rules { what: Some(RulesCommand::Post { .. }) } => "rules post",
            Self::Help => "help",
            Self::Reports => "reports",
            Self::Answer { .. } => "answer",
            Self::Report { .. } => "report",
            Self::Serve { .. } => "serve",
            Self::Template(TemplateCommand::List) => "template list",
            Self::Template(TemplateCommand::Preview { .. }) => "template preview",
            Self::Language { .. } => "language",
            Self::Acknowledge => "acknowledge",
            Self::Hold { .. } => "hold",
            Self::Release { .. } => "release",
            Self::Erase { .. } => "erase",
            Self::Rectify { .. } => "rectify",
            Self::EraseMe { .. } => "erase-me",
            Self::Correct { .. } => "correct",
            Self::Clock(ClockCommand::Confirm) => "clock confirm",
            Self::Resume => "resume",
            Self::Breaker { what: None } => "breaker",
            Self::Breaker { what: Some(BreakerCommand::Reset) } => "breaker reset",
            Self::Export { .. } => "export",
            Self::Digest { .. } => "digest",
            Self::Readmit { .. } => "readmit",
        }
    }

    /// Whose command `name` is, for help.
    pub(crate) fn audience_of(name: &str) -> Audience {
        match name.split(' ').next().unwrap_or_default() {
            _ if name == "rules post" || name == "breaker reset" => ADMINS,
            "wordlist" | "policy" | "mode" | "unlink" | "serve" | "template" => ADMINS,
            "case" | "appeals" | "conflict" | "reports" | "answer" => HEARERS,
            "proposals" | "sign" | "decline" | "outside" => SIGNATORIES,
            "minute" | "readmit" => EXECUTIVE,
            "hold" | "release" | "erase" | "rectify" | "clock" | "resume" => ADMINS,
            "export" | "digest" => SIGNATORIES,
            "appeal" | "reply" | "withdraw" | "link" | "my-record" | "rules" | "help" | "report"
            | "language" | "acknowledge" | "erase-me" | "correct" => Audience::Member,
            _ => MODERATORS,
        }
    }
}

#[cfg(test)]
mod tests;
