//! Copies for people to read elsewhere: a file, or the register, as a table for a spreadsheet or as a page to print.
//!
//! What is in a copy is collected here, once; how it is written is up to `csv` and `html`. Each copy says who took
//! it and when, and so does the ledger.

mod csv;
mod html;
pub(crate) mod store;

pub use html::page;
pub use store::EXPORT_DAYS;

use std::collections::BTreeSet;
use std::str::FromStr;

use ::ledger::{Access, Addressee, File, RegisterKind, WordsKind};
use policy::{
    Actor, AppealState, Block, Conflict, Event, GroupId, Letter, MemberId, Offer, Reference, Role, Timestamp,
};

use crate::answers::refuse;
use crate::commands::{Command, Place};
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;
use crate::letters;
use crate::mask::{Mask, role_name};
use crate::parties::View;
use crate::rights::{Permit, authorise};

/// How many lines of the register a copy has at most.
const LINES_MAX: u32 = 1_000_000;

/// What stands in the register for whoever has a part in the matter, or whose turn a report never was: the words are
/// the same, so that nobody learns from them that they were reported.
const OTHERS_MATTER: &str = "a matter that others see to";

/// What a copy is taken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The register.
    Register,
    /// One file.
    File(Reference),
}

impl FromStr for Source {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "register" => Ok(Self::Register),
            other => {
                other.parse().map(Self::File).map_err(|_| "say `register`, or name a file such as B-0042")
            }
        }
    }
}

/// How a copy is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A table for a spreadsheet.
    Csv,
    /// A page to read and print.
    Html,
}

impl Format {
    /// The word for it, which is how the file's name ends.
    pub fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Html => "html",
        }
    }
}

impl FromStr for Format {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "csv" => Ok(Self::Csv),
            "html" => Ok(Self::Html),
            _ => Err("choose one of csv, html"),
        }
    }
}

/// Whose names a copy has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// Everybody's.
    All,
    /// That of the member it is about.
    Redacted,
}

impl FromStr for Names {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "redacted" => Ok(Self::Redacted),
            _ => Err("say `redacted`, or nothing"),
        }
    }
}

/// What is in a copy, however it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Sheet {
    title: String,
    /// Who took it, when, and what it leaves out.
    marks: Vec<String>,
    columns: Vec<&'static str>,
    parts: Vec<Part>,
}

/// Rows under one heading, each with a cell for every column.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    heading: &'static str,
    rows: Vec<Vec<String>>,
}

impl Casework {
    /// The bytes of a copy that an officer takes, or why they cannot; it is on record before it is made.
    ///
    /// # Errors
    /// When the ledger cannot be read or written, or the group is not configured.
    pub async fn copy(
        &self,
        group: &GroupId,
        officer: &MemberId,
        source: Source,
        format: Format,
        names: Names,
    ) -> Result<Result<Vec<u8>, String>, CaseworkError> {
        let in_force = self.in_force(group)?;
        let names_asked = (names == Names::Redacted).then_some(names);
        let command = Command::Export { source, format, names: names_asked };
        let permit = match authorise(&command, officer, Place::Command, &in_force) {
            Ok(permit) => permit,
            Err(denied) => return Ok(Err(denied.to_string())),
        };
        Ok(match self.sheet(&permit, source, names).await? {
            Ok(sheet) => Ok(written(&sheet, format)),
            Err(refusal) => Err(in_lines(&refusal)),
        })
    }

    /// Takes a copy and puts it into the data directory; the answer says where it stands.
    pub(crate) async fn export(
        &self,
        permit: &Permit<'_>,
        source: Source,
        format: Format,
        names: Names,
    ) -> Result<Letter, CaseworkError> {
        let sheet = match self.sheet(permit, source, names).await? {
            Ok(sheet) => sheet,
            Err(refusal) => return Ok(refusal),
        };
        let what = match source {
            Source::Register => "register".to_owned(),
            Source::File(file) => file.to_string(),
        };
        let group = &permit.in_force().charter.group;
        let name = format!("{}{}.{}", store::stem(group, &what), self.now().as_millis(), format.word());
        Ok(match self.put_away(&name, &written(&sheet, format)) {
            Ok(()) => Letter::line(format!(
                "The copy is on the bot's machine, in its data directory: exports/{name}. Whoever keeps the machine can \
                 hand it to you. It is deleted there after {} days.",
                store::EXPORT_DAYS
            )),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a copy could not be written");
                refuse("The copy could not be written on the bot's machine.")
            }
        })
    }

    /// What a copy holds, or why this officer cannot have it.
    async fn sheet(
        &self,
        permit: &Permit<'_>,
        source: Source,
        names: Names,
    ) -> Result<Result<Sheet, Letter>, CaseworkError> {
        let in_force = permit.in_force();
        let charter = &in_force.charter;
        let whole = charter.roster.holds(permit.who(), Role::Admin);
        let now = self.now();
        match source {
            Source::Register if !whole => Ok(Err(refuse(
                "The register is the Secretary's and the admins'; you can have a file whose appeal is before the \
                 Executive.",
            ))),
            Source::Register => {
                let mut tx = self.ledger.begin().await?;
                let own = tx.group_file(&charter.group, now).await?;
                let by = Actor::Officer(permit.who().clone());
                tx.note(&charter.group, own, &by, Event::Exported, now).await?;
                tx.commit().await?;
                self.opens(permit, &[own], Access::Exported).await?;
                self.register_sheet(permit, names, now).await.map(Ok)
            }
            Source::File(reference) => {
                let file = self.ledger.file(&charter.group, reference).await?;
                let Some(file) = self.seen_by(permit.who(), in_force, file).await? else {
                    return Ok(Err(refuse(format_args!("There is no file {reference} in this group."))));
                };
                match self.part_of(permit.who(), &charter.group, &file).await? {
                    None => {}
                    Some(Conflict::Subject) => {
                        let letter = refuse("It is about you: `my-record` is yours.");
                        return Ok(Err(letter.offering(Offer::MyRecord)));
                    }
                    Some(conflict) => {
                        return Ok(Err(refuse(format_args!(
                            "{reference}: you have a part in this matter ({conflict}), so others see it."
                        ))));
                    }
                }
                let appeal = self.ledger.appeal(&charter.group, reference).await?;
                let before_them =
                    appeal.is_some_and(|appeal| matches!(appeal.state, AppealState::Executive { .. }));
                if !whole && !before_them {
                    return Ok(Err(refuse(format_args!(
                        "No appeal about {reference} is before the Executive."
                    ))));
                }
                let mut tx = self.ledger.begin().await?;
                let by = Actor::Officer(permit.who().clone());
                tx.note(&charter.group, reference, &by, Event::Exported, now).await?;
                tx.commit().await?;
                self.opens(permit, &[reference], Access::Exported).await?;
                self.file_sheet(permit, &file, names, now).await.map(Ok)
            }
        }
    }

    async fn register_sheet(
        &self,
        permit: &Permit<'_>,
        names: Names,
        now: Timestamp,
    ) -> Result<Sheet, CaseworkError> {
        let in_force = permit.in_force();
        let charter = &in_force.charter;
        let zone = charter.zone;
        let mask = Mask::none(&charter.roster);
        let who = |member: &MemberId| match names {
            Names::All => mask.name(member),
            Names::Redacted => match crate::access::office(&charter.roster, member) {
                Some(role) => role_name(role).to_owned(),
                None => "a member".to_owned(),
            },
        };
        let to_whom = |to: &Addressee| match to {
            Addressee::Member(member) => who(member),
            Addressee::Reporter => to.as_str().to_owned(),
        };
        let hidden = self.others_matters(permit).await?;
        let mut lines = self.ledger.register(&charter.group, LINES_MAX).await?;
        lines.reverse();
        let rows = lines.iter().map(|line| {
            let (what, whom) = match &line.kind {
                RegisterKind::Notice { to, kind, .. } => {
                    (format!("notice: {}", kind.word().replace('_', " ")), format!("to {}", to_whom(to)))
                }
                RegisterKind::Decision { by, event } => {
                    let by = match by {
                        Actor::Officer(officer) => who(officer),
                        Actor::Bot | Actor::Member => mask.actor(by),
                    };
                    (letters::what(*event), format!("by {by}"))
                }
                RegisterKind::Purged => ("no longer kept".to_owned(), String::new()),
            };
            let (what, whom, rules) = match line.file {
                Some(file) if hidden(file) => (OTHERS_MATTER.to_owned(), String::new(), String::new()),
                Some(_) | None => (what, whom, letters::rules(&line.rules)),
            };
            let file = line.file.map(|file| file.to_string()).unwrap_or_default();
            vec![line.number.to_string(), line.at.long_date_time(zone), file, what, whom, rules]
        });
        Ok(Sheet {
            title: format!("Register of {}", charter.name),
            marks: marks(permit, names, now),
            columns: vec!["Number", "Date", "File", "What", "Whom", "Rules"],
            parts: vec![Part { heading: "Notices and decisions", rows: rows.collect() }],
        })
    }

    /// Which files whoever asks may not see, so that the register does not show them more than `case` would.
    async fn others_matters(
        &self,
        permit: &Permit<'_>,
    ) -> Result<impl Fn(Reference) -> bool + use<>, CaseworkError> {
        let in_force = permit.in_force();
        let group = &in_force.charter.group;
        let part = self.own_part(permit.who(), group).await?;
        let mut unseen = BTreeSet::new();
        for report in self.ledger.reports(group).await? {
            let reference = report.reference;
            if self.seen_by(permit.who(), in_force, Some(File::Report(report))).await?.is_none() {
                unseen.insert(reference);
            }
        }
        Ok(move |file| unseen.contains(&file) || part.is_in(file, None))
    }

    async fn file_sheet(
        &self,
        permit: &Permit<'_>,
        file: &File,
        names: Names,
        now: Timestamp,
    ) -> Result<Sheet, CaseworkError> {
        let in_force = permit.in_force();
        let charter = &in_force.charter;
        let reference = file.reference();
        let mask = match (names, file.subject()) {
            (Names::Redacted, Some(subject)) => {
                let known = self.known_names(in_force).await?;
                Mask::all_but(subject, &charter.roster, &known)
            }
            (Names::Redacted | Names::All, _) => Mask::none(&charter.roster),
        };
        let parts = vec![
            Part { heading: "The matter", rows: self.matter_rows(in_force, file, &mask).await? },
            Part { heading: "What happened", rows: self.event_rows(in_force, reference, &mask).await? },
            Part { heading: "What people said", rows: self.words_rows(in_force, file, &mask).await? },
            Part {
                heading: "What the member was told",
                rows: self.notice_rows(in_force, reference, &mask).await?,
            },
        ];
        Ok(Sheet {
            title: format!("File {reference} of {}", charter.name),
            marks: marks(permit, names, now),
            columns: vec!["Date", "Who", "What", "Words"],
            parts,
        })
    }

    async fn matter_rows(
        &self,
        in_force: &InForce,
        file: &File,
        mask: &Mask<'_>,
    ) -> Result<Vec<Vec<String>>, CaseworkError> {
        let group = &in_force.charter.group;
        let zone = in_force.charter.zone;
        let about = file.subject().map(|subject| mask.name(subject)).unwrap_or_default();
        let mut rows = Vec::new();
        if let File::Case(case) = file {
            let at = case.post.written_at.long_date_time(zone);
            let what = format!("a post, {}: {}", case.state.word(), letters::grounds(case));
            let words = self.ledger.snapshot(group, case.reference).await?;
            let words = words.map(|snapshot| mask.post(&snapshot).expose().to_owned());
            rows.push(vec![
                at,
                about,
                what,
                words.unwrap_or_else(|| "[the text has been erased]".to_owned()),
            ]);
        } else if let File::Sanction(sanction) = file {
            let at = sanction.formed_at.long_date_time(zone);
            let basis = self.cases_under(View::Ledger(&self.ledger), group, sanction).await?;
            let basis: Vec<_> =
                basis.iter().map(|case| format!("{} ({})", case.reference, case.rule)).collect();
            let why = format!("{} It rests on {}.", letters::because(sanction, in_force), basis.join(", "));
            rows.push(vec![at, about, format!("{}, {}", sanction.step.one(), sanction.state.word()), why]);
        } else if let Some(keeping) = self.ledger.keeping(group, file.reference()).await? {
            let at = keeping.opened_at.long_date_time(zone);
            rows.push(vec![at, about, format!("a {}", keeping.kind), String::new()]);
        }
        Ok(rows)
    }

    async fn event_rows(
        &self,
        in_force: &InForce,
        file: Reference,
        mask: &Mask<'_>,
    ) -> Result<Vec<Vec<String>>, CaseworkError> {
        let events = self.ledger.events(&in_force.charter.group, file).await?;
        let rows = events.iter().map(|noted| {
            let at = noted.at.long_date_time(in_force.charter.zone);
            vec![at, mask.doer(&noted.actor, noted.event), letters::what(noted.event), String::new()]
        });
        Ok(rows.collect())
    }

    async fn words_rows(
        &self,
        in_force: &InForce,
        file: &File,
        mask: &Mask<'_>,
    ) -> Result<Vec<Vec<String>>, CaseworkError> {
        let mut rows = Vec::new();
        for &kind in WordsKind::ALL {
            // Why a file is held is for officers.
            if kind == WordsKind::Hold && mask.covers() {
                continue;
            }
            let own = is_subjects(file, kind);
            for words in self.ledger.words(&in_force.charter.group, file.reference(), kind).await? {
                let at = words.at.long_date_time(in_force.charter.zone);
                let text = if own { mask.own_words(&words.words) } else { mask.words(&words.words) };
                rows.push((
                    words.at,
                    vec![at, String::new(), said(kind).to_owned(), text.expose().to_owned()],
                ));
            }
        }
        rows.sort_by_key(|(at, _)| *at);
        Ok(rows.into_iter().map(|(_, row)| row).collect())
    }

    /// What was sent about a file, each letter as it was sent.
    async fn notice_rows(
        &self,
        in_force: &InForce,
        file: Reference,
        mask: &Mask<'_>,
    ) -> Result<Vec<Vec<String>>, CaseworkError> {
        let group = &in_force.charter.group;
        let mut rows = Vec::new();
        for record in self.ledger.notices_of(group, file).await?.iter().rev() {
            let notice = &record.notice;
            let heading = notice.heading(&self.templates_of(group, notice.template).await?)?;
            let delivery = crate::answers::delivery(&record.delivery, notice);
            let letter = self.in_full(group, record, mask).await?;
            rows.push(vec![
                notice.written_at.long_date_time(in_force.charter.zone),
                mask.addressee(&record.to),
                format!("{heading}: {delivery}"),
                in_lines(&letter),
            ]);
        }
        Ok(rows)
    }
}

/// A letter as it stands in a cell, with what it quotes marked.
fn in_lines(letter: &Letter) -> String {
    let lines = letter.blocks.iter().map(|block| match block {
        Block::Text(text) => text.clone(),
        Block::Quote(text) => {
            text.expose().lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n")
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Whether words of this kind in a file are those of the member the file is about.
fn is_subjects(file: &File, kind: WordsKind) -> bool {
    match (file, kind) {
        // What stands in a report is the reporter's.
        (File::Report(_), _) => false,
        (_, WordsKind::Side | WordsKind::Appeal | WordsKind::Request) => true,
        (
            _,
            WordsKind::Reason
            | WordsKind::Report
            | WordsKind::Service
            | WordsKind::Hold
            | WordsKind::Correction,
        ) => false,
    }
}

/// Whose words of this kind are.
pub(crate) fn said(kind: WordsKind) -> &'static str {
    match kind {
        WordsKind::Reason => "an officer's reason",
        WordsKind::Side => "the member's side",
        WordsKind::Appeal => "the member's appeal",
        WordsKind::Report => "what was reported",
        WordsKind::Service => "how a notice was served",
        WordsKind::Hold => "why it is held",
        WordsKind::Request => "what the member asks about this file",
        WordsKind::Correction => "a correction",
    }
}

fn marks(permit: &Permit<'_>, names: Names, now: Timestamp) -> Vec<String> {
    let taken = format!(
        "Confidential. Taken by {} on {}.",
        permit.who().as_str(),
        now.long_date_time(permit.in_force().charter.zone)
    );
    match names {
        Names::All => vec![taken],
        Names::Redacted => vec![taken, "Names of other people are left out.".to_owned()],
    }
}

fn written(sheet: &Sheet, format: Format) -> Vec<u8> {
    match format {
        Format::Csv => csv::write(sheet),
        Format::Html => html::write(sheet),
    }
}
