//! Everything that is kept: what, of whom, why, how, who sees it and for how long. The sheet and `SECURITY.md` are made of it.

use casework::commands::offices;
use casework::export::EXPORT_DAYS;
use ledger::{BACKUP_DAYS_MAX, GONE_DAYS};
use policy::{Procedure, Role};

use super::{Count, days, markdown, months};
pub use crate::config::Platform as On;

/// One sort of thing that is kept.
#[derive(Debug)]
pub struct Stored {
    /// What it is.
    pub what: &'static str,
    /// Whom it is about; nothing where it names nobody.
    pub about: Option<&'static str>,
    /// Why it is kept.
    pub why: &'static str,
    /// Where and how.
    pub how: &'static str,
    /// Who can see it.
    pub seen: Seen,
    /// For how long it is kept.
    pub life: Life,
    /// The tables of the ledger that hold it.
    pub tables: &'static [&'static str],
    /// The only platform with groups of which it is kept.
    pub only_on: Option<On>,
}

/// Who can see something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// Those whose office may give a command, which shows it.
    With(&'static str),
    /// No officer: the bot uses it.
    ByTheBot,
    /// Whoever looks after the machine.
    AtTheMachine,
}

/// For how long something is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// As long as its file.
    File,
    /// As long as the file of a report, which may be one that led to nothing.
    Report,
    /// As long as its file; where no breach came of it, until nobody can appeal any more and some days.
    Text,
    /// As long as a file, from its own date.
    Dated,
    /// The number and the date stay, the rest is gone with its file.
    Register,
    /// As long as something else refers to it.
    Referred,
    /// As long as there is anything about either of two accounts.
    Link,
    /// As long as the expulsion.
    Expulsion,
    /// As copies are.
    Copy,
    /// As long as the group is served.
    Group,
    /// As what is gone is known.
    Gone,
    /// As backups are.
    Backup,
    /// As the bot's notes on Discord are.
    Notes,
    /// Until somebody deletes it.
    Deleted,
    /// As the machine's own settings have it.
    Machine,
}

impl Life {
    /// For how long, in a group with this procedure.
    pub fn says(self, procedure: &Procedure) -> String {
        let retention = procedure.retention;
        let file = months(retention.file_months);
        match self {
            Self::File => format!("{file} after the last dated letter in its file"),
            Self::Report => format!(
                "{file} after the last dated letter in its file; {} when nothing came of it",
                months(retention.report_months)
            ),
            Self::Text => format!(
                "{file} after the last dated letter in its file; where it was no breach, {} after the last day to \
                 appeal ({} from the letter, and as long as a strike counts); at once where a flagged post is left \
                 standing",
                days(retention.text_days),
                months(procedure.periods.appeal_months)
            ),
            Self::Dated => format!("{file} after its date"),
            Self::Register => {
                format!(
                    "{file} after the last dated letter in its file; after that only a number and a date stay"
                )
            }
            Self::Referred => "as long as anything else that is kept refers to it".to_owned(),
            Self::Link => format!(
                "as long as there is anything about either account or one is an officer's; {file} once ended or if \
                 never confirmed"
            ),
            Self::Expulsion => format!(
                "as long as the expulsion lasts; the Executive looks at it again every {}",
                months(retention.review_months)
            ),
            Self::Copy => {
                format!("{}, or until what it is a copy of has gone", Count(EXPORT_DAYS, "day"))
            }
            Self::Group => "as long as the bot serves the group".to_owned(),
            Self::Gone => {
                format!("{}, and longer while no new backup is taken", Count(GONE_DAYS, "day"))
            }
            Self::Backup => format!(
                "as many days and weeks as are configured, {} at most; the newest until the next is taken",
                Count(BACKUP_DAYS_MAX, "day")
            ),
            Self::Notes => notes(),
            Self::Deleted => "until somebody deletes it".to_owned(),
            Self::Machine => "as the machine is set up".to_owned(),
        }
    }
}

#[cfg(feature = "discord")]
fn notes() -> String {
    let each = discord::NOTES.iter().map(|(what, number)| format!("{what}: {}", Count(*number, "day")));
    format!("at most, {}", each.collect::<Vec<_>>().join("; "))
}

#[cfg(not(feature = "discord"))]
fn notes() -> String {
    "this build knows nothing of Discord and keeps none".to_owned()
}

impl Seen {
    /// Who it is.
    pub fn says(self) -> String {
        match self {
            Self::With(command) => titles(&offices(command)),
            Self::ByTheBot => "no officer; the bot uses it".to_owned(),
            Self::AtTheMachine => "whoever looks after the machine".to_owned(),
        }
    }
}

/// Offices as they are written in a text: `moderators, admins and the Secretary`.
pub(super) fn titles(offices: &[Role]) -> String {
    let titles: Vec<&str> = offices
        .iter()
        .map(|office| match office {
            Role::Moderator => "moderators",
            Role::Admin => "admins",
            Role::Secretary => "the Secretary",
            Role::Executive => "the Executive",
        })
        .collect();
    match titles.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => "nobody".to_owned(),
    }
}

/// Everything that is kept, in the order in which it is told.
pub const STORED: &[Stored] = &[
    Stored {
        what: "cases: which post was acted on, who wrote it, where and when; which rule it broke; how strong the worst \
               word was and of what sort; what was decided, by whom and when",
        about: Some("whoever wrote the post; officers"),
        why: "so that each decision can be explained, appealed and undone",
        how: "in the ledger, by the account's id",
        seen: Seen::With("case"),
        life: Life::File,
        tables: &["file", "case", "case_target", "event", "deadline", "conflict"],
        only_on: None,
    },
    Stored {
        what: "strikes: that a post counts as a breach, since when, and whether it was taken back",
        about: Some("whoever wrote the post"),
        why: "so that a repeated breach can be told from a first one",
        how: "in the ledger",
        seen: Seen::With("history"),
        life: Life::File,
        tables: &["strike"],
        only_on: None,
    },
    Stored {
        what: "people's words: the text of a post that was removed, hidden, flagged or reported, and the words found in \
               it; members' appeals, replies, reports and requests; officers' reasons",
        about: Some("whoever wrote them, and whoever they name"),
        why: "for those who decide, for the member's appeal, and to put the post back",
        how: "in the ledger, encrypted under a key of its own for each file (XChaCha20-Poly1305)",
        seen: Seen::With("case"),
        life: Life::Text,
        tables: &["sealed", "file_key"],
        only_on: None,
    },
    Stored {
        what: "letters to members: what they were told and when, and whether it reached them",
        about: Some("whoever was written to"),
        why: "so that a member was told, and can show what they were told",
        how: "in the ledger; what people wrote in them is encrypted",
        seen: Seen::With("case"),
        life: Life::File,
        tables: &["notice", "effect"],
        only_on: None,
    },
    Stored {
        what: "sanctions: what was proposed and why, who signed it, since when and until when it holds",
        about: Some("the member; the officers who signed"),
        why: "so that nobody is put out without several people who answer for it, nor for longer than was decided",
        how: "in the ledger",
        seen: Seen::With("case"),
        life: Life::File,
        tables: &["sanction", "sanction_basis", "signature"],
        only_on: None,
    },
    Stored {
        what: "appeals: what is appealed, where it stands, who decided it and how",
        about: Some("the member; the officer who decided"),
        why: "so that each appeal is answered, by somebody who had no part in it",
        how: "in the ledger; the words are encrypted",
        seen: Seen::With("appeals"),
        life: Life::File,
        tables: &["appeal"],
        only_on: None,
    },
    Stored {
        what: "reports by members: about which post, person or decision, of what sort, and how they were answered",
        about: Some("whoever is reported"),
        why: "so that each report is answered in time",
        how: "in the ledger; the words are encrypted",
        seen: Seen::With("reports"),
        life: Life::Report,
        tables: &["report"],
        only_on: None,
    },
    Stored {
        what: "who brought a report",
        about: Some("whoever reported"),
        why: "to answer them, and so that they do not judge what they reported",
        how: "in the ledger, apart from the report, encrypted under a key of its own; found again by a keyed hash",
        seen: Seen::ByTheBot,
        life: Life::Report,
        tables: &["reporter"],
        only_on: None,
    },
    Stored {
        what: "accounts: the id that the platform gives an account, and the language it is written to in",
        about: Some("members and officers of whom anything is kept"),
        why: "to know whose matter something is",
        how: "in the ledger, once; everything else has a number of ours",
        seen: Seen::With("case"),
        life: Life::Referred,
        tables: &["member"],
        only_on: None,
    },
    Stored {
        what: "a member's own file: mutes, what they asked of their record, that they acknowledged the rules, what \
               officers did to them past the bot",
        about: Some("the member"),
        why: "so that it can be looked up, and so that a mute ends",
        how: "in the ledger; words are encrypted",
        seen: Seen::With("history"),
        life: Life::Dated,
        tables: &["member_file", "mute"],
        only_on: None,
    },
    Stored {
        what: "accounts that are one person's, and who said so",
        about: Some("the member; the officers who said so"),
        why: "so that strikes, signatures and conflicts of interest count once",
        how: "in the ledger",
        seen: Seen::With("history"),
        life: Life::Link,
        tables: &["link"],
        only_on: None,
    },
    Stored {
        what: "the register: a numbered line for each letter and decision",
        about: Some("whoever the letter or decision is about"),
        why: "so that nothing can be left out or added later unseen",
        how: "in the ledger",
        seen: Seen::With("export"),
        life: Life::Register,
        tables: &["register"],
        only_on: None,
    },
    Stored {
        what: "who opened or copied which file, under which office and when",
        about: Some("officers"),
        why: "so that a member can be told who looked at their file",
        how: "in the ledger",
        seen: Seen::With("export"),
        life: Life::Dated,
        tables: &["access"],
        only_on: None,
    },
    Stored {
        what: "files that are held back from deletion, by whom; files that will go soon",
        about: Some("officers; whoever the file is about"),
        why: "so that what is still needed is kept, and looked at again",
        how: "in the ledger; the reason is encrypted",
        seen: Seen::With("hold"),
        life: Life::File,
        tables: &["hold", "purge_list"],
        only_on: None,
    },
    Stored {
        what: "that somebody is expelled, once their file has gone",
        about: Some("whoever was expelled"),
        why: "so that nobody is let in by forgetting",
        how: "in the ledger: a keyed hash of group and account and two dates; no name, no reason",
        seen: Seen::ByTheBot,
        life: Life::Expulsion,
        tables: &["tombstone"],
        only_on: None,
    },
    Stored {
        what: "posts that could not be decrypted: whose, where and when; what the bot may not do, and to whom",
        about: Some("whoever wrote them; members above the bot"),
        why: "so that they are read when the key comes, and officers know what the bot misses",
        how: "in the ledger",
        seen: Seen::With("queue"),
        life: Life::Dated,
        tables: &["unreadable", "unreadable_sender", "channel_limit"],
        only_on: None,
    },
    Stored {
        what: "words, settings and modes that officers chose, and which officer did",
        about: Some("officers"),
        why: "so that the group knows who settled what",
        how: "in the ledger",
        seen: Seen::With("policy show"),
        life: Life::Group,
        tables: &["setting", "words_version", "own_word"],
        only_on: None,
    },
    Stored {
        what: "what names nobody: counts of what was deleted, texts of letters by version, how far channels were read, \
               since when the group is heard or not and why, how what it needs stood when it was looked at, since when the \
               filter leaves removals to officers, when the clock was doubted, when the record was put back from a backup, \
               numbers",
        about: None,
        why: "so that the program goes on where it was, and numbers are never given twice",
        how: "in the ledger",
        seen: Seen::AtTheMachine,
        life: Life::Group,
        tables: &[
            "group",
            "vault",
            "template",
            "purge",
            "retention_look",
            "clock_doubt",
            "position",
            "put_back",
            "reception",
            "checkup",
            "breaker",
        ],
        only_on: None,
    },
    Stored {
        what: "what the bot notes for itself on Discord",
        about: Some("members"),
        why: "so that nothing is done twice after a restart, and roles that were taken are given back",
        how: "in the ledger, encrypted, under keyed names",
        seen: Seen::ByTheBot,
        life: Life::Notes,
        tables: &["memo"],
        only_on: Some(On::Discord),
    },
    Stored {
        what: "the bot's account on Matrix (`matrix/`): its session, the keys of its device and of encrypted rooms, who is \
               in which room under which name, what the bot did",
        about: Some("everybody in the rooms"),
        why: "to read encrypted rooms, and to do nothing twice",
        how: "files that only the bot's account can read; not encrypted",
        seen: Seen::AtTheMachine,
        life: Life::Deleted,
        tables: &[],
        only_on: Some(On::Matrix),
    },
    Stored {
        what: "the simulated chat (`group.json`): posts that stand, letters not yet shown; and the lines typed at the prompt \
               (`history`)",
        about: Some("whoever is played in the terminal"),
        why: "so that the group in the terminal is still there next time",
        how: "files that only their owner can read; not encrypted",
        seen: Seen::AtTheMachine,
        life: Life::Deleted,
        tables: &[],
        only_on: Some(On::Terminal),
    },
    Stored {
        what: "copies that officers took (`exports/`)",
        about: Some("whoever the file is about"),
        why: "to hand them to a committee or an appeal",
        how: "files that only the bot's account can read; keep them out of backups",
        seen: Seen::AtTheMachine,
        life: Life::Copy,
        tables: &[],
        only_on: None,
    },
    Stored {
        what: "what was erased and purged (`erasures.log`, and beside the backups): numbers of files, and of expulsions \
               whose file has gone",
        about: Some("whoever it was about; it names nobody"),
        why: "so that it does not come back with a backup",
        how: "in the ledger, and in files of their own, encrypted: numbers and keyed hashes",
        seen: Seen::ByTheBot,
        life: Life::Gone,
        tables: &["gone"],
        only_on: None,
    },
    Stored {
        what: "backups, where they are configured: the ledger and its key, as they were when each was taken",
        about: Some("whoever is in the ledger"),
        why: "to go on when the machine is lost",
        how: "a file each, encrypted under a key of their own (ChaCha20-Poly1305)",
        seen: Seen::AtTheMachine,
        life: Life::Backup,
        tables: &[],
        only_on: None,
    },
    Stored {
        what: "the key file (`ledger.key`)",
        about: None,
        why: "without it, nothing that is encrypted in the ledger can be read",
        how: "a file beside the ledger, made on the first run, that only its owner can read",
        seen: Seen::AtTheMachine,
        life: Life::Deleted,
        tables: &[],
        only_on: None,
    },
    Stored {
        what: "the log: what the program did and what went wrong; nobody's words or names",
        about: None,
        why: "to find faults",
        how: "on stderr, for the service manager to keep",
        seen: Seen::AtTheMachine,
        life: Life::Machine,
        tables: &[],
        only_on: None,
    },
];

/// The table of everything that is kept, as it stands in `SECURITY.md`.
pub fn overview() -> String {
    let procedure = Procedure::default();
    let row = |stored: &Stored| {
        [stored.what.to_owned(), stored.why.to_owned(), stored.how.to_owned(), stored.life.says(&procedure)]
            .into()
    };
    markdown::table(
        &["what", "why", "where and how", "how long"],
        &STORED.iter().map(row).collect::<Vec<Vec<String>>>(),
    )
}
