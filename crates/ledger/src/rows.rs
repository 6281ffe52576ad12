//! From rows to the words of policy and back: the only place that knows how an enum is spelt in a column.

use std::str::FromStr;

use policy::{
    Act, Actor, Appeal, AppealState, Case, ChannelId, Event, Grounds, GroupId, MemberId, PostId, PostKind,
    PostRef, Reference, Ruling, State, Strike, Timestamp, Verdict, Voided,
};

use crate::error::LedgerError;

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
    pub(crate) grade: Option<String>,
    pub(crate) category: Option<String>,
    pub(crate) counts: bool,
    pub(crate) state: String,
    pub(crate) verdict: Option<String>,
    pub(crate) review_due_at_ms: Option<i64>,
    pub(crate) decider: Option<String>,
    pub(crate) conduct_at_ms: Option<i64>,
    pub(crate) voided_at_ms: Option<i64>,
    pub(crate) voided_by: Option<String>,
    pub(crate) voider: Option<String>,
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
            rule: row.rule,
            grounds,
            counts: row.counts,
            state: state(&row.state, row.verdict.as_deref(), row.review_due_at_ms)?,
            strike: strike.transpose()?,
            decided_by: row.decider.map(member).transpose()?,
        })
    }
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
    pub(crate) state_at_ms: Option<i64>,
    pub(crate) decider: Option<String>,
}

impl TryFrom<AppealRow> for Appeal {
    type Error = LedgerError;

    fn try_from(row: AppealRow) -> Result<Self> {
        let at = row.state_at_ms.map(Timestamp::from_millis);
        let by = row.decider.map(member).transpose()?;
        let state = match (row.state.as_str(), at, by) {
            ("lodged", None, None) => AppealState::Lodged,
            ("accepted", Some(at), Some(by)) => AppealState::Accepted { by, at },
            ("dismissed", Some(at), Some(by)) => AppealState::Dismissed { by, at },
            ("executive", Some(at), None) => AppealState::Executive { at },
            _ => return Err(LedgerError::Inconsistent("state of an appeal")),
        };
        Ok(Self { lodged_at: Timestamp::from_millis(row.lodged_at_ms), state })
    }
}

/// An appeal's state in columns: its word, since when, by whom.
pub(crate) fn appeal_columns(state: &AppealState) -> (&'static str, Option<i64>, Option<&MemberId>) {
    match state {
        AppealState::Lodged => (state.word(), None, None),
        AppealState::Accepted { by, at } | AppealState::Dismissed { by, at } => {
            (state.word(), Some(at.as_millis()), Some(by))
        }
        AppealState::Executive { at } => (state.word(), Some(at.as_millis()), None),
    }
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
    Reference::new(small(number, "case number")?).ok_or(LedgerError::Inconsistent("case number"))
}

pub(crate) fn member(id: String) -> Result<MemberId> {
    MemberId::new(id).ok_or(LedgerError::Inconsistent("member id"))
}

pub(crate) fn group(key: String) -> Result<GroupId> {
    GroupId::new(key).ok_or(LedgerError::Inconsistent("group"))
}

pub(crate) fn actor(word: &str, officer: Option<String>) -> Result<Actor> {
    match (word, officer) {
        ("filter", None) => Ok(Actor::Filter),
        ("officer", Some(id)) => Ok(Actor::Officer(member(id)?)),
        ("author", None) => Ok(Actor::Author),
        _ => Err(LedgerError::Inconsistent("actor")),
    }
}

pub(crate) fn actor_columns(actor: &Actor) -> (&'static str, Option<&MemberId>) {
    match actor {
        Actor::Filter => ("filter", None),
        Actor::Officer(id) => ("officer", Some(id)),
        Actor::Author => ("author", None),
    }
}

fn post_kind(word: &str) -> Result<PostKind> {
    match word {
        "message" => Ok(PostKind::Message),
        "nickname" => Ok(PostKind::Nickname),
        _ => Err(LedgerError::Inconsistent("kind of post")),
    }
}

pub(crate) fn post_kind_word(kind: PostKind) -> &'static str {
    match kind {
        PostKind::Message => "message",
        PostKind::Nickname => "nickname",
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

pub(crate) fn event(event: &str, detail: &str) -> Result<Event> {
    match (event, detail) {
        ("judged", detail) => word::<Verdict>(detail, "verdict").map(|verdict| Event::Judged { verdict }),
        ("acted", detail) => word::<Act>(detail, "act").map(|act| Event::Acted { act }),
        ("appeal_lodged", "") => Ok(Event::AppealLodged),
        ("appeal_ruled", detail) => {
            word::<Ruling>(detail, "ruling").map(|ruling| Event::AppealRuled { ruling })
        }
        ("executive_asked", "") => Ok(Event::ExecutiveAsked),
        ("notice_refused", "") => Ok(Event::NoticeRefused),
        ("effect_refused", "") => Ok(Event::EffectRefused),
        ("text_erased", "") => Ok(Event::TextErased),
        _ => Err(LedgerError::Inconsistent("event")),
    }
}

/// An event in columns: its word, and the verdict, act or ruling.
pub(crate) fn event_columns(event: Event) -> (&'static str, &'static str) {
    match event {
        Event::Judged { verdict } => ("judged", verdict.word()),
        Event::Acted { act } => ("acted", act.word()),
        Event::AppealLodged => ("appeal_lodged", ""),
        Event::AppealRuled { ruling } => ("appeal_ruled", ruling.word()),
        Event::ExecutiveAsked => ("executive_asked", ""),
        Event::NoticeRefused => ("notice_refused", ""),
        Event::EffectRefused => ("effect_refused", ""),
        Event::TextErased => ("text_erased", ""),
    }
}
