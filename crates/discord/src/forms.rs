//! Forms, for what a press needs in somebody's own words. A form composes a line, as a button does.
//!
//! In the classic shape, a row for each field: the newer one arrives empty at libraries and old clients.

use std::collections::HashMap;

use platform::typed::{NO_REASON, or};
use policy::{Offer, PostId};
use serde_json::{Value, json};

use crate::buttons::{Press, Tag};
use crate::markdown_out::is_snowflake;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Form {
    /// What the button for an offer needs beside itself.
    Offer(Offer),
    /// Why a message is reported.
    Report {
        /// Which.
        post: PostId,
    },
    /// Under which rule a message goes.
    Enforce {
        /// Which.
        post: PostId,
    },
}

/// The names of the forms that begin at a message.
const REPORT: &str = "report";
const ENFORCE: &str = "enforce";
/// What sets the name of a form apart from that of a button.
const SIGN: char = 'f';
const VERSION: &str = "1";

/// How much may be written into a field: as much as Discord takes, or what one word needs.
const WORDS_LEN_MAX: u16 = 4_000;
const WORD_LEN_MAX: u16 = 60;

/// One field.
struct Field {
    name: &'static str,
    label: &'static str,
    /// What stands in it until something is written.
    hint: &'static str,
    is_long: bool,
    required: bool,
}

impl Field {
    const fn words(label: &'static str, required: bool) -> Self {
        Self { name: WORDS, label, hint: "", is_long: true, required }
    }

    const fn word(name: &'static str, label: &'static str, hint: &'static str, required: bool) -> Self {
        Self { name, label, hint, is_long: false, required }
    }

    fn row(&self) -> Value {
        let mut input = json!({
            "type": 4,
            "custom_id": self.name,
            "label": self.label,
            "style": if self.is_long { 2 } else { 1 },
            "required": self.required,
            "max_length": if self.is_long { WORDS_LEN_MAX } else { WORD_LEN_MAX },
        });
        if !self.hint.is_empty() {
            input["placeholder"] = json!(self.hint);
        }
        json!({ "type": 1, "components": [input] })
    }
}

const WORDS: &str = "words";
const STEP: &str = "step";
const RULE: &str = "rule";
const KIND: &str = "kind";

const APPEAL: &[Field] = &[Field::words("Why was it wrong?", true)];
const REPLY: &[Field] = &[Field::words("Your side, in your own words", true)];
const TOLD: &[Field] = &[Field::words("What the member is told about it", false)];
const SIGNED: &[Field] = &[Field::words("Why; the member may read it", true)];
const STEPPED: &[Field] = &[
    Field::word(STEP, "The step you agree to", "warning, suspension or expulsion", true),
    Field::words("Why; the member may read it", true),
];
const DECLINED: &[Field] = &[Field::words("Why", true)];
const REPORTED: &[Field] = &[
    Field::word(
        KIND,
        "What is it?",
        "abuse, harassment, spam, privacy, safeguarding, …; or leave it empty",
        false,
    ),
    Field::words("What is wrong? Only officers read it", false),
];
const ENFORCED: &[Field] = &[
    Field::word(RULE, "The code of the rule it breaks", "as `rules` shows it", true),
    Field::words("What the member is told about it", false),
];

impl Form {
    /// The form that the button for an offer opens, if it opens one.
    pub(crate) fn of(offer: Offer) -> Option<Self> {
        match offer {
            Offer::Appeal(_)
            | Offer::Reply(_)
            | Offer::Confirm(_)
            | Offer::Restore(_)
            | Offer::Sign(..)
            | Offer::Decline(_) => Some(Self::Offer(offer)),
            Offer::Acknowledge | Offer::MyRecord | Offer::Case(_) => None,
        }
    }

    /// The form as Discord shows it, for a group.
    pub(crate) fn modal(&self, tag: &Tag) -> Value {
        json!({
            "custom_id": self.custom_id(tag),
            "title": self.title(),
            "components": self.fields().iter().map(Field::row).collect::<Vec<_>>(),
        })
    }

    fn title(&self) -> String {
        let offer = match self {
            Self::Report { .. } => return "Report to moderators".to_owned(),
            Self::Enforce { .. } => return "Remove under a rule".to_owned(),
            Self::Offer(offer) => *offer,
        };
        match offer {
            Offer::Appeal(file) => format!("Appeal about {file}"),
            Offer::Reply(file) => format!("Your side of {file}"),
            Offer::Confirm(file) => format!("Confirm {file}: it counts as a strike"),
            Offer::Restore(file) => format!("Restore {file}"),
            Offer::Sign(file, Some(step)) => format!("Sign {file}: {step}"),
            Offer::Sign(file, None) => format!("Sign {file}"),
            Offer::Decline(file) => format!("Decline {file}"),
            Offer::Acknowledge | Offer::MyRecord | Offer::Case(_) => offer.to_string(),
        }
    }

    fn fields(&self) -> &'static [Field] {
        match self {
            Self::Report { .. } => REPORTED,
            Self::Enforce { .. } => ENFORCED,
            Self::Offer(offer) => match offer {
                Offer::Appeal(_) => APPEAL,
                Offer::Reply(_) => REPLY,
                Offer::Confirm(_) | Offer::Restore(_) => TOLD,
                Offer::Sign(_, Some(_)) => SIGNED,
                Offer::Sign(_, None) => STEPPED,
                Offer::Decline(_) => DECLINED,
                Offer::Acknowledge | Offer::MyRecord | Offer::Case(_) => &[],
            },
        }
    }

    /// How Discord gives it back: as a button's, with a sign before it.
    fn custom_id(&self, tag: &Tag) -> String {
        match self {
            Self::Offer(offer) => format!("{SIGN}{}", Press::Offer(*offer).custom_id(tag)),
            Self::Report { post } => format!("{SIGN}{VERSION}:{REPORT}:{}:{}", post.as_str(), tag.as_str()),
            Self::Enforce { post } => format!("{SIGN}{VERSION}:{ENFORCE}:{}:{}", post.as_str(), tag.as_str()),
        }
    }

    /// Which form came back, and for which group; nothing for what no version of ours wrote.
    pub(crate) fn read(custom_id: &str) -> Option<(Self, Tag)> {
        let inner = custom_id.strip_prefix(SIGN)?;
        match Press::read(inner) {
            Some((Press::Offer(offer), tag)) => return Self::of(offer).map(|form| (form, tag)),
            Some((Press::List, _)) => return None,
            None => {}
        }
        let mut parts = inner.splitn(4, ':');
        let mut part = || parts.next();
        let (VERSION, kind, post, tag) = (part()?, part()?, part()?, part()?) else { return None };
        let post = PostId::new(post).filter(|post| is_snowflake(post.as_str()))?;
        let form = match kind {
            REPORT => Self::Report { post },
            ENFORCE => Self::Enforce { post },
            _ => return None,
        };
        Some((form, Tag::read(tag)?))
    }

    /// The line that a form as it came back composes, as somebody would type it.
    pub(crate) fn line(&self, components: &Value) -> String {
        let values = values(components);
        let value = |name: &str| values.get(name).map_or("", |value| value.trim());
        let words = value(WORDS);
        let line = match self {
            Self::Offer(offer @ Offer::Sign(_, None)) => {
                format!("{offer} {} {words}", one_word(value(STEP)).to_lowercase())
            }
            Self::Offer(offer) => format!("{offer} {words}"),
            Self::Report { post } => {
                let kind = one_word(value(KIND)).to_lowercase();
                format!("report {} #{} {}", or(&kind, "inappropriate"), post.as_str(), or(words, NO_REASON))
            }
            Self::Enforce { post } => {
                format!("enforce #{} {} {words}", post.as_str(), one_word(value(RULE)))
            }
        };
        line.trim_end().to_owned()
    }
}

/// What was written into a field for one word. Of several, none is taken for the beginning of the next argument.
fn one_word(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join("-")
}

/// What stands in the fields of a form that came back, in the classic shape or the newer one.
fn values(components: &Value) -> HashMap<&str, &str> {
    let rows = components.as_array().map(Vec::as_slice).unwrap_or_default();
    let inputs = rows.iter().flat_map(|row| {
        let classic = row.get("components").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        classic.iter().chain(row.get("component"))
    });
    let values = inputs.filter_map(|input| {
        let text = |field: &str| input.get(field).and_then(Value::as_str);
        Some((text("custom_id")?, text("value")?))
    });
    values.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::{GroupId, Reference, Step};
    use proptest::prelude::*;

    fn tag() -> Tag {
        Tag::of(&GroupId::new("branch").unwrap())
    }

    fn file() -> Reference {
        Reference::new(42).unwrap()
    }

    fn form(offer: Offer) -> Form {
        Form::of(offer).unwrap()
    }

    fn all() -> Vec<Form> {
        let post = || PostId::new("444444444444444444").unwrap();
        vec![
            form(Offer::Appeal(file())),
            form(Offer::Reply(file())),
            form(Offer::Confirm(file())),
            form(Offer::Restore(file())),
            form(Offer::Sign(file(), None)),
            form(Offer::Sign(file(), Some(Step::Suspension))),
            form(Offer::Decline(file())),
            Form::Report { post: post() },
            Form::Enforce { post: post() },
        ]
    }

    fn submitted(fields: &[(&str, &str)]) -> Value {
        let row = |(name, value): &(&str, &str)| json!({"type": 1, "components": [{"type": 4, "custom_id": name, "value": value}]});
        fields.iter().map(row).collect()
    }

    #[test]
    fn every_form_is_within_what_discord_takes() {
        for form in all() {
            let modal = form.modal(&Tag::of(&GroupId::new("long ".repeat(40)).unwrap()));
            let units = |value: &Value| value.as_str().unwrap().encode_utf16().count();
            assert!((1..=45).contains(&units(&modal["title"])), "{form:?}");
            assert!((1..=100).contains(&units(&modal["custom_id"])), "{form:?}");
            let rows = modal["components"].as_array().unwrap();
            assert!((1..=5).contains(&rows.len()), "{form:?}");
            for row in rows {
                let input = &row["components"][0];
                assert!((1..=45).contains(&units(&input["label"])), "{input}");
                assert!(input.get("placeholder").is_none_or(|hint| units(hint) <= 100), "{input}");
                assert!(input["max_length"].as_u64().unwrap() <= 4_000, "{input}");
            }
        }
    }

    #[test]
    fn a_form_is_known_again() {
        for form in all() {
            assert_eq!(Form::read(&form.custom_id(&tag())), Some((form, tag())));
        }
        for forged in [
            "",
            "f",
            "1:appeal:B-0042::branch",
            "f1:case:B-0042::branch",
            "f1:case:::branch",
            "f1:acknowledge:::branch",
            "f1:report:x:branch",
            "f1:report:444444444444444444:",
            "f1:mode:444444444444444444:branch",
            "f2:report:444444444444444444:branch",
        ] {
            assert_eq!(Form::read(forged), None, "{forged}");
        }
    }

    #[test]
    fn what_was_written_becomes_a_line() {
        let fields = submitted(&[
            ("step", " Suspension "),
            ("rule", "bad words"),
            ("kind", "Data Protection"),
            ("words", " it was\na \"quotation\" "),
        ]);
        let lines: Vec<_> = all().iter().map(|form| form.line(&fields)).collect();
        insta::assert_snapshot!(lines.join("\n---\n"), @r#"
        appeal B-0042 it was
        a "quotation"
        ---
        reply B-0042 it was
        a "quotation"
        ---
        confirm B-0042 it was
        a "quotation"
        ---
        restore B-0042 it was
        a "quotation"
        ---
        sign B-0042 suspension it was
        a "quotation"
        ---
        sign B-0042 suspension it was
        a "quotation"
        ---
        decline B-0042 it was
        a "quotation"
        ---
        report data-protection #444444444444444444 it was
        a "quotation"
        ---
        enforce #444444444444444444 bad-words it was
        a "quotation"
        "#);
        let empty: Vec<_> = all().iter().map(|form| form.line(&json!([]))).collect();
        insta::assert_snapshot!(empty.join("\n"), @"
        appeal B-0042
        reply B-0042
        confirm B-0042
        restore B-0042
        sign B-0042
        sign B-0042 suspension
        decline B-0042
        report inappropriate #444444444444444444 No reason was given.
        enforce #444444444444444444
        ");
    }

    #[test]
    fn the_newer_shape_is_read_as_well() {
        let labelled = json!([{"type": 18, "component": {"type": 4, "custom_id": "words", "value": "so"}}]);
        assert_eq!(form(Offer::Appeal(file())).line(&labelled), "appeal B-0042 so");
    }

    #[test]
    fn a_form_as_it_is_shown() {
        let shown = form(Offer::Sign(file(), None)).modal(&tag());
        insta::assert_snapshot!(serde_json::to_string_pretty(&shown).unwrap(), @r#"
        {
          "components": [
            {
              "components": [
                {
                  "custom_id": "step",
                  "label": "The step you agree to",
                  "max_length": 60,
                  "placeholder": "warning, suspension or expulsion",
                  "required": true,
                  "style": 1,
                  "type": 4
                }
              ],
              "type": 1
            },
            {
              "components": [
                {
                  "custom_id": "words",
                  "label": "Why; the member may read it",
                  "max_length": 4000,
                  "required": true,
                  "style": 2,
                  "type": 4
                }
              ],
              "type": 1
            }
          ],
          "custom_id": "f1:sign:B-0042::branch",
          "title": "Sign B-0042"
        }
        "#);
    }

    proptest! {
        #[test]
        fn anything_may_come_back(id in prop_oneof!["\\PC{0,120}", "f1:(report|enforce|sign)?:([0-9]{0,22}|B-0001)?:?\\PC{0,60}"], value in "\\PC{0,40}") {
            if let Some((form, tag)) = Form::read(&id) {
                prop_assert_eq!(form.custom_id(&tag), id);
                let line = form.line(&submitted(&[("words", &value)]));
                prop_assert!(!line.is_empty() && line.trim_end() == line);
            }
        }
    }
}
