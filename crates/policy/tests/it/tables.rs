//! Tables of texts and what must be found in them, one file a property.

use serde::Deserialize;

use policy::matcher::Context;

use crate::support::{MATCHER, data};

#[derive(Deserialize)]
struct Table {
    case: Vec<Case>,
}

/// One row: a text, and the findings in it, if any.
#[derive(Deserialize)]
struct Case {
    name: String,
    text: String,
    #[serde(default)]
    directed: bool,
    #[serde(default)]
    want: Vec<Want>,
}

#[derive(Deserialize)]
struct Want {
    /// What the span covers.
    found: String,
    term: Option<String>,
    disguise: Option<String>,
}

fn check(file: &str) {
    let table: Table = toml::from_str(&data(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    for case in table.case {
        let hits = MATCHER.find(&case.text, Context { directed: case.directed });
        let name = format!("{file}: {}: {:?} gave {hits:#?}", case.name, case.text);
        assert_eq!(hits.len(), case.want.len(), "{name}");
        for (hit, want) in hits.iter().zip(&case.want) {
            assert_eq!(case.text[hit.finding.span.clone()], want.found, "{name}");
            assert!(want.term.as_ref().is_none_or(|term| *term == hit.finding.term), "{name}");
            assert!(
                want.disguise.as_ref().is_none_or(|disguise| *disguise == hit.finding.disguise.word()),
                "{name}"
            );
        }
    }
}

#[test]
fn disguises_are_seen_through_and_named() {
    check("disguises.toml");
}

#[test]
fn ambiguous_words_act_only_in_abusive_context() {
    check("context.toml");
}

#[test]
fn innocent_texts_pass() {
    check("innocent.toml");
}
