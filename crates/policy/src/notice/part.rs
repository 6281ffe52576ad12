//! Parts of letters, and those that many letters have.

use super::Offer;
use super::facts::{CitedRule, Handler, KeptFiles, Remedy, SignOff, Standing, Why, WhyKept};
use crate::ladder::Step;
use crate::post::PostKind;
use crate::time::Timestamp;

/// One message of the texts, with what fills it.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// Its key in the texts.
    pub(super) id: &'static str,
    /// Its variables.
    pub(super) values: Vec<(&'static str, Value)>,
    /// What it says that can be done.
    pub(super) offer: Option<Offer>,
}

/// What fills a variable; how it is written is up to the language.
#[derive(Debug, Clone)]
pub(super) enum Value {
    /// A number that chooses between singular and plural.
    Count(u32),
    /// A name, put in as it is.
    Text(String),
    /// A day.
    Date(Timestamp),
    /// A day and the time of day.
    DateTime(Timestamp),
    /// Another part.
    Phrase(Part),
}

/// One piece of a letter.
#[derive(Debug, Clone)]
pub(super) enum Piece {
    /// What it is about and the dateline, in one line.
    Heading(Part, Part),
    /// A part.
    Part(Part),
    /// A part that only a group's own texts have.
    Own(Part),
    /// The member's own words after an introduction, or a part that says that they are gone.
    Excerpt(Part, Part),
    /// The officers' words after an introduction, if there are any.
    Reason(Part),
}

pub(super) fn part(id: &'static str) -> Part {
    Part { id, values: Vec::new(), offer: None }
}

impl Piece {
    /// What it says that can be done.
    pub(super) fn offer(&self) -> Option<Offer> {
        match self {
            Self::Part(part) => part.offer,
            // What a group puts into words of its own, what is quoted and headings tell of nothing to do.
            Self::Heading(..) | Self::Own(_) | Self::Excerpt(..) | Self::Reason(_) => None,
        }
    }
}

impl Part {
    pub(super) fn offering(self, offer: Offer) -> Self {
        Self { offer: Some(offer), ..self }
    }

    pub(super) fn with(mut self, name: &'static str, value: Value) -> Self {
        self.values.push((name, value));
        self
    }

    pub(super) fn text(self, name: &'static str, text: &str) -> Self {
        self.with(name, Value::Text(text.to_owned()))
    }

    pub(super) fn count(self, name: &'static str, count: u32) -> Self {
        self.with(name, Value::Count(count))
    }

    pub(super) fn date(self, name: &'static str, at: Timestamp) -> Self {
        self.with(name, Value::Date(at))
    }

    pub(super) fn date_time(self, name: &'static str, at: Timestamp) -> Self {
        self.with(name, Value::DateTime(at))
    }

    pub(super) fn phrase(self, name: &'static str, phrase: Part) -> Self {
        self.with(name, Value::Phrase(phrase))
    }
}

pub(super) fn post(kind: PostKind) -> Part {
    part(match kind {
        // Of what the group itself is made of, no notice is written.
        PostKind::Message | PostKind::Fixture => "post-message",
        PostKind::Nickname => "post-nickname",
        PostKind::Title => "post-title",
        PostKind::Topic => "post-topic",
    })
}

pub(super) fn step(step: Step) -> Part {
    part(match step {
        Step::Warning => "step-warning",
        Step::Suspension => "step-suspension",
        Step::Expulsion => "step-expulsion",
    })
}

pub(super) fn handler(handler: &Handler) -> Value {
    Value::Phrase(part(match handler {
        Handler::AdminTeam => "handler-admin-team",
        Handler::NamedOfficer => "handler-named-officer",
        Handler::Secretary => "handler-secretary",
        Handler::Alternate => "handler-alternate",
        Handler::Executive => "handler-executive",
        Handler::External(body) => return Value::Text(body.clone()),
    }))
}

pub(super) fn rule(rule: &CitedRule) -> Part {
    let cited = |id| part(id).text("title", &rule.title).text("text", &rule.text);
    match rule.version {
        None => cited("rule"),
        Some(version) => cited("rule-versioned").count("version", version),
    }
}

pub(super) fn strikes(standing: &Standing) -> Part {
    part("strikes").count("strikes", standing.strikes)
}

pub(super) fn standing(id: &'static str, standing: &Standing) -> Piece {
    Piece::Part(part(id).phrase("total", strikes(standing)))
}

pub(super) fn counts(counts: bool, of: &Standing) -> Piece {
    if !counts {
        return standing("counts-not", of);
    }
    let part = part("counts").phrase("total", strikes(of)).count("months", of.strike_months);
    Piece::Part(part.phrase("next", step(of.next)))
}

pub(super) fn voided(voided: bool, of: &Standing) -> Piece {
    standing(if voided { "strike-cancelled" } else { "total" }, of)
}

pub(super) fn sign_off(by: &SignOff) -> Piece {
    let signed = part("sign-off").count("signed", by.signed).count("of", by.of);
    Piece::Part(signed.date("date", by.at))
}

pub(super) fn why(why: &Why) -> Piece {
    Piece::Part(match why {
        Why::First => part("why-first"),
        Why::AfterWarning { served_at, live_until } => {
            part("why-after-warning").date("served", *served_at).date("until", *live_until)
        }
        Why::AfterSuspension { ended_at, live_until } => {
            part("why-after-suspension").date("ended", *ended_at).date("until", *live_until)
        }
        Why::Milder { ladder } => part("why-milder").phrase("ladder", step(*ladder)),
    })
}

pub(super) fn remedy(remedy: &Remedy) -> Vec<Piece> {
    let what = match (remedy.now, remedy.was) {
        (Some(now), was) => part("remedy-reduced").phrase("was", step(was)).phrase("now", step(now)),
        (None, Step::Warning) => part("remedy-void-warning"),
        (None, Step::Suspension) => part("remedy-void-suspension"),
        (None, Step::Expulsion) => part("remedy-void-expulsion"),
    };
    let lifted = remedy.lifted.then(|| Piece::Part(part("remedy-lifted")));
    [Some(Piece::Part(what)), lifted].into_iter().flatten().collect()
}

pub(super) fn kept_files(kept: &KeptFiles) -> Part {
    let why = part(match kept.why {
        WhyKept::Held => "kept-held",
        WhyKept::UnderAppeal => "kept-under-appeal",
        WhyKept::InForce => "kept-in-force",
        WhyKept::SanctionCounts => "kept-sanction-counts",
        WhyKept::StrikeCounts => "kept-strike-counts",
        WhyKept::RestsOnIt => "kept-rests-on-it",
        WhyKept::Open => "kept-open",
    });
    let files: Vec<_> = kept.files.iter().map(ToString::to_string).collect();
    part("erasure-kept-files").text("files", &files.join(", ")).date("until", kept.until).phrase("why", why)
}
