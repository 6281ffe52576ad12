//! From rows to the words of policy and back: the only place that knows how an enum is spelt in a column.

use std::str::FromStr;

use policy::{
    Actor, Appeal, AppealState, Case, ChannelId, DrawnBy, Event, Grounds, GroupId, Likeness, MemberId,
    PostId, PostKind, PostRef, Reference, RuleRef, State, Strike, Timestamp, Voided,
};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::LedgerError;
use crate::files::FileKind;

type Result<T> = std::result::Result<T, LedgerError>;

pub(crate) struct CaseRow {
    pub(crate) number: i64,
    pub(crate) channel: String,
    pub(crate) post: String,
    pub(crate) post_kind: String,
    pub(crate) revision: i64,
    pub(crate) written_at_ms: i64,
    pub(crate) author: String,
    pub(crate) opened_by: String,
    pub(crate) opener: Option<String>,
    pub(crate) opened_at_ms: i64,
    pub(crate) rule: String,
    pub(crate) rule_version: i64,
    pub(crate) grade: Option<String>,
    pub(crate) category: Option<String>,
    pub(crate) counts: bool,
    pub(crate) state: String,
    pub(crate) since_ms: i64,
    pub(crate) verdict: Option<String>,
    pub(crate) review_due_at_ms: Option<i64>,
    pub(crate) decider: Option<String>,
    pub(crate) conduct_at_ms: Option<i64>,
    pub(crate) voided_at_ms: Option<i64>,
    pub(crate) voided_by: Option<String>,
    pub(crate) voider: Option<String>,
    pub(crate) drawn_by: Option<i64>,
    pub(crate) drawn_percent: Option<i64>,
    pub(crate) drawn_run: Option<i64>,
    pub(crate) spared: Option<String>,
}

impl TryFrom<CaseRow> for Case {
    type Error = LedgerError;

    fn try_from(row: CaseRow) -> Result<Self> {
        let grounds = match (row.grade, row.category) {
            (Some(grade), Some(category)) => {
                Some(Grounds { grade: word(&grade, "grade")?, category: word(&category, "category")? })
            }
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => return Err(LedgerError::Inconsistent("grounds by halves")),
        };
        let strike = row.conduct_at_ms.map(|at| strike(at, row.voided_at_ms, row.voided_by, row.voider));
        Ok(Self {
            reference: reference(row.number)?,
            post: PostRef {
                channel: ChannelId::new(row.channel).ok_or(LedgerError::Inconsistent("channel"))?,
                id: PostId::new(row.post).ok_or(LedgerError::Inconsistent("post"))?,
                kind: post_kind(&row.post_kind)?,
                revision: small(row.revision, "revision")?,
                author: member(row.author)?,
                written_at: Timestamp::from_millis(row.written_at_ms),
            },
            opened_by: actor(&row.opened_by, row.opener)?,
            opened_at: Timestamp::from_millis(row.opened_at_ms),
            rule: RuleRef { code: row.rule, version: small(row.rule_version, "version of a rule")? },
            grounds,
            counts: row.counts,
            state: state(&row.state, row.verdict.as_deref(), row.review_due_at_ms)?,
            since: Timestamp::from_millis(row.since_ms),
            strike: strike.transpose()?,
            decided_by: row.decider.map(member).transpose()?,
            drawn: drawn(row.drawn_by, row.drawn_percent, row.drawn_run)?,
            spared: row.spared.map(|verdict| word(&verdict, "verdict")).transpose()?,
        })
    }
}

fn drawn(by: Option<i64>, percent: Option<i64>, run: Option<i64>) -> Result<Option<DrawnBy>> {
    let (Some(by), Some(percent), Some(run)) = (by, percent, run) else {
        return Ok(None);
    };
    let wrong = LedgerError::Inconsistent("likeness");
    let (Ok(percent), Ok(run)) = (u8::try_from(percent), u16::try_from(run)) else { return Err(wrong) };
    let likeness = Likeness { percent, run };
    Ok(Some(DrawnBy { source: reference(by)?, likeness }))
}

pub(crate) struct StrikeRow {
    pub(crate) number: i64,
    pub(crate) conduct_at_ms: i64,
    pub(crate) voided_at_ms: Option<i64>,
    pub(crate) voided_by: Option<String>,
    pub(crate) voider: Option<String>,
}

impl TryFrom<StrikeRow> for (Reference, Strike) {
    type Error = LedgerError;

    fn try_from(row: StrikeRow) -> Result<Self> {
        let strike = strike(row.conduct_at_ms, row.voided_at_ms, row.voided_by, row.voider)?;
        Ok((reference(row.number)?, strike))
    }
}

pub(crate) struct AppealRow {
    pub(crate) lodged_at_ms: i64,
    pub(crate) state: String,
    pub(crate) due_at_ms: Option<i64>,
    pub(crate) state_at_ms: Option<i64>,
    pub(crate) decider: Option<String>,
    pub(crate) came: Option<String>,
    pub(crate) ruling: Option<String>,
    pub(crate) minute: Option<String>,
}

impl TryFrom<AppealRow> for Appeal {
    type Error = LedgerError;

    fn try_from(row: AppealRow) -> Result<Self> {
        let due = row.due_at_ms.map(Timestamp::from_millis);
        let at = row.state_at_ms.map(Timestamp::from_millis);
        let by = row.decider.map(member).transpose()?;
        let came = row.came.map(|came| word(&came, "way of an appeal")).transpose()?;
        let state = match (row.state.as_str(), due, at, by, came) {
            ("lodged", Some(due), None, None, None) => AppealState::Lodged { due },
            ("accepted", None, Some(at), Some(by), None) => AppealState::Accepted { by, at },
            ("dismissed", None, Some(at), Some(by), None) => AppealState::Dismissed { by, at },
            ("executive", None, Some(since), None, Some(came)) => AppealState::Executive { since, came },
            ("settled", None, Some(at), Some(by), None) => match (row.ruling, row.minute) {
                (Some(ruling), Some(minute)) => {
                    AppealState::Settled { by, at, ruling: json(&ruling, "ruling of the Executive")?, minute }
                }
                _ => return Err(LedgerError::Inconsistent("appeal settled by halves")),
            },
            ("withdrawn", None, Some(at), None, None) => AppealState::Withdrawn { at },
            ("external", None, Some(at), None, None) => AppealState::External { at },
            _ => return Err(LedgerError::Inconsistent("state of an appeal")),
        };
        Ok(Self { lodged_at: Timestamp::from_millis(row.lodged_at_ms), state })
    }
}

/// An appeal's state in columns.
pub(crate) struct AppealColumns<'a> {
    pub(crate) state: &'static str,
    pub(crate) due_at_ms: Option<i64>,
    pub(crate) state_at_ms: Option<i64>,
    pub(crate) decider: Option<&'a MemberId>,
    pub(crate) came: Option<&'static str>,
    pub(crate) ruling: Option<String>,
    pub(crate) minute: Option<&'a str>,
}

pub(crate) fn appeal_columns(state: &AppealState) -> Result<AppealColumns<'_>> {
    let columns = AppealColumns {
        state: state.word(),
        due_at_ms: None,
        state_at_ms: None,
        decider: None,
        came: None,
        ruling: None,
        minute: None,
    };
    Ok(match state {
        AppealState::Lodged { due } => AppealColumns { due_at_ms: Some(due.as_millis()), ..columns },
        AppealState::Accepted { by, at } | AppealState::Dismissed { by, at } => {
            AppealColumns { state_at_ms: Some(at.as_millis()), decider: Some(by), ..columns }
        }
        AppealState::Executive { since, came } => {
            AppealColumns { state_at_ms: Some(since.as_millis()), came: Some(came.word()), ..columns }
        }
        AppealState::Settled { by, at, ruling, minute } => AppealColumns {
            state_at_ms: Some(at.as_millis()),
            decider: Some(by),
            ruling: Some(to_json(ruling)?),
            minute: Some(minute),
            ..columns
        },
        AppealState::Withdrawn { at } | AppealState::External { at } => {
            AppealColumns { state_at_ms: Some(at.as_millis()), ..columns }
        }
    })
}

fn strike(
    conduct_at_ms: i64,
    voided_at_ms: Option<i64>,
    voided_by: Option<String>,
    voider: Option<String>,
) -> Result<Strike> {
    let voided = match (voided_at_ms, voided_by) {
        (Some(at), Some(by)) => Some(Voided { at: Timestamp::from_millis(at), by: actor(&by, voider)? }),
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => {
            return Err(LedgerError::Inconsistent("strike voided by halves"));
        }
    };
    Ok(Strike { conduct_at: Timestamp::from_millis(conduct_at_ms), voided })
}

/// The value a word stands for.
pub(crate) fn word<T: FromStr>(text: &str, what: &'static str) -> Result<T> {
    text.parse().map_err(|_| LedgerError::Inconsistent(what))
}

pub(crate) fn small(number: i64, what: &'static str) -> Result<u32> {
    u32::try_from(number).map_err(|_| LedgerError::Inconsistent(what))
}

pub(crate) fn reference(number: i64) -> Result<Reference> {
    Reference::new(small(number, "number of a file")?).ok_or(LedgerError::Inconsistent("number of a file"))
}

pub(crate) fn member(id: String) -> Result<MemberId> {
    MemberId::new(id).ok_or(LedgerError::Inconsistent("member id"))
}

pub(crate) fn group(key: String) -> Result<GroupId> {
    GroupId::new(key).ok_or(LedgerError::Inconsistent("group"))
}

pub(crate) fn file_kind(word: &str) -> Result<FileKind> {
    match word {
        "case" => Ok(FileKind::Case),
        "sanction" => Ok(FileKind::Sanction),
        "report" => Ok(FileKind::Report),
        "member" => Ok(FileKind::Member),
        "group" => Ok(FileKind::Group),
        _ => Err(LedgerError::Inconsistent("kind of a file")),
    }
}

pub(crate) fn actor(word: &str, officer: Option<String>) -> Result<Actor> {
    match (word, officer) {
        ("bot", None) => Ok(Actor::Bot),
        ("officer", Some(id)) => Ok(Actor::Officer(member(id)?)),
        ("member", None) => Ok(Actor::Member),
        _ => Err(LedgerError::Inconsistent("actor")),
    }
}

pub(crate) fn actor_columns(actor: &Actor) -> (&'static str, Option<&MemberId>) {
    match actor {
        Actor::Bot => ("bot", None),
        Actor::Officer(id) => ("officer", Some(id)),
        Actor::Member => ("member", None),
    }
}

fn post_kind(word: &str) -> Result<PostKind> {
    match word {
        "message" => Ok(PostKind::Message),
        "nickname" => Ok(PostKind::Nickname),
        "title" => Ok(PostKind::Title),
        "topic" => Ok(PostKind::Topic),
        "fixture" => Ok(PostKind::Fixture),
        _ => Err(LedgerError::Inconsistent("kind of post")),
    }
}

pub(crate) fn post_kind_word(kind: PostKind) -> &'static str {
    match kind {
        PostKind::Message => "message",
        PostKind::Nickname => "nickname",
        PostKind::Title => "title",
        PostKind::Topic => "topic",
        PostKind::Fixture => "fixture",
    }
}

fn state(name: &str, verdict: Option<&str>, review_due_at_ms: Option<i64>) -> Result<State> {
    match (name, verdict, review_due_at_ms) {
        ("watched", Some(verdict), None) => Ok(State::Watched { verdict: word(verdict, "verdict")? }),
        ("flagged", None, None) => Ok(State::Flagged),
        ("dismissed", None, None) => Ok(State::Dismissed),
        ("hidden", None, Some(due)) => Ok(State::Hidden { review_due: Timestamp::from_millis(due) }),
        ("removed", None, None) => Ok(State::Removed),
        ("restored", None, None) => Ok(State::Restored),
        _ => Err(LedgerError::Inconsistent("state of a case")),
    }
}

/// A case's state in columns: its word, the verdict, when the review is due.
pub(crate) fn state_columns(state: State) -> (&'static str, Option<&'static str>, Option<i64>) {
    match state {
        State::Watched { verdict } => (state.word(), Some(verdict.word()), None),
        State::Hidden { review_due } => (state.word(), None, Some(review_due.as_millis())),
        State::Flagged | State::Dismissed | State::Removed | State::Restored => (state.word(), None, None),
    }
}

/// The value that a column holds as JSON.
pub(crate) fn json<T: DeserializeOwned>(text: &str, what: &'static str) -> Result<T> {
    serde_json::from_str(text).map_err(|_| LedgerError::Inconsistent(what))
}

/// A value as JSON for a column.
pub(crate) fn to_json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|_| LedgerError::Inconsistent("a value that is no JSON"))
}

pub(crate) fn event(json: &str) -> Result<Event> {
    self::json(json, "event")
}

pub(crate) fn event_json(event: Event) -> Result<String> {
    to_json(&event)
}
