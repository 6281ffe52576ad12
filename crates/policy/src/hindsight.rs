//! What other rules would have made of posts that stand, and what of that looks like a mistake.

use std::fmt;

use crate::dictionary::Dictionary;
use crate::finding::Finding;
use crate::matcher::{Context, Hit, Matcher, Reason, View};
use crate::post::Post;
use crate::verdict::{Judgement, Policy, Verdict};

/// Lists and a table.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'r> {
    /// The lists.
    pub matcher: &'r Matcher,
    /// The table.
    pub policy: &'r Policy,
}

/// Something that makes a finding look like a mistake.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Doubt {
    /// It is, or is a part of, this word of the dictionary.
    Word(String),
    /// It is, or is a part of, this name of a person or a place.
    Name(String),
    /// It is spelt otherwise and only taken for the term.
    Spelling,
    /// What spoke against it when it was weighed.
    Against(Reason),
    /// The words are somebody else's.
    Quoted,
    /// It is aimed at nobody.
    AtNobody,
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => write!(f, "“{word}” is an ordinary word"),
            Self::Name(name) => write!(f, "“{name}” is a name"),
            Self::Spelling => f.write_str("it is spelt otherwise, and only taken for the term"),
            Self::Against(reason) => f.write_str(reason.words()),
            Self::Quoted => f.write_str("it is quoted"),
            Self::AtNobody => f.write_str("it is aimed at nobody"),
        }
    }
}

impl Rules<'_> {
    /// What they make of a post, and for which finding; nothing where they let it stand without a word.
    pub fn make_of(&self, post: &Post) -> Option<(Judgement, Finding)> {
        let findings = self.matcher.assess(post);
        let judgement = self.policy.judge(&findings, post);
        let finding = findings.into_iter().nth(judgement.worst?)?;
        (judgement.verdict > Verdict::Allow).then_some((judgement, finding))
    }
}

/// Whether a term is found in a post in a sense that is innocent there, and nowhere else in it.
pub fn is_excused(matcher: &Matcher, term: &str, post: &Post) -> bool {
    let context = Context { directed: post.directed };
    let hits = post.surfaces.iter().flat_map(|surface| matcher.explain(surface.text.expose(), context));
    let of_it: Vec<Hit> = hits.filter(|hit| hit.finding.term == term).collect();
    !of_it.is_empty() && of_it.iter().all(|hit| !hit.explanation.accepted)
}

/// What makes a finding in a post look like a mistake; nothing where it does not.
pub fn doubts(matcher: &Matcher, post: &Post, finding: &Finding) -> Vec<Doubt> {
    let Some(surface) = post.surfaces.get(finding.surface) else { return Vec::new() };
    let text = surface.text.expose();
    let mut doubts = Vec::new();
    if let Some(word) = word_round(text, finding)
        && let Some(standing) = Dictionary::british().standing(word.to_lowercase())
        && !standing.is_offensive()
    {
        doubts.push(if standing.is_word() { Doubt::Word(word) } else { Doubt::Name(word) });
    }
    let hits = matcher.find(text, Context { directed: post.directed });
    if let Some(hit) = hits.iter().find(|hit| hit.finding.span == finding.span) {
        doubts.extend((hit.explanation.view == View::Meant).then_some(Doubt::Spelling));
        let against = hit.explanation.reasons.iter().filter(|reason| !reason.speaks_for());
        doubts.extend(against.map(|reason| Doubt::Against(*reason)));
    }
    doubts.extend((!surface.kind.is_own()).then_some(Doubt::Quoted));
    doubts.extend((!finding.directed).then_some(Doubt::AtNobody));
    doubts
}

/// The word that a finding is, or that it is a part of, where that is one of plain letters.
fn word_round(text: &str, finding: &Finding) -> Option<String> {
    let is_part = |letter: &char| letter.is_alphanumeric();
    let span = &finding.span;
    let before: usize = text.get(..span.start)?.chars().rev().take_while(is_part).map(char::len_utf8).sum();
    let after: usize = text.get(span.end..)?.chars().take_while(is_part).map(char::len_utf8).sum();
    let word = text.get(span.start - before..span.end + after)?;
    word.bytes().all(|byte| byte.is_ascii_alphabetic()).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::post::SurfaceKind;
    use crate::testing::post;
    use crate::text::MessageText;
    use crate::verdict::Preset;
    use crate::wordlist::Wordlist;

    const LIST: &str = r#"
[list]
name = "made-up"
language = "en-GB"
description = "Words nobody uses"
licence = "Apache-2.0"

[[entry]]
term = "zzyzx"
grade = "strongest"
category = "insult"
match = "stem"
source = "made up"

[[entry]]
term = "plum"
grade = "medium"
category = "insult"
match = "stem"
source = "made up"

[[entry]]
term = "spanner"
grade = "medium"
category = "insult"
match = "word"
ambiguous = "a tool"
source = "made up"
"#;

    fn matcher(list: &str) -> Matcher {
        Matcher::new(&[Wordlist::parse("made-up.toml", list).unwrap()]).unwrap()
    }

    fn says(text: &str, kind: SurfaceKind) -> Post {
        let mut post = post(0);
        post.surfaces[0].kind = kind;
        post.surfaces[0].text = MessageText::new(text);
        post
    }

    #[test]
    fn what_looks_like_a_mistake_is_told_with_its_reason() {
        let (matcher, policy) = (matcher(LIST), Policy::new(Preset::Standard));
        let rules = Rules { matcher: &matcher, policy: &policy };
        let table = [
            ("you zzyzx", SurfaceKind::Body, "delete"),
            ("zzyzx", SurfaceKind::Body, "delete: it is aimed at nobody"),
            ("you zzyzx", SurfaceKind::Quotation, "delete: it is quoted"),
            ("two plums", SurfaceKind::Body, "flag: “plums” is an ordinary word; it is aimed at nobody"),
            ("good morning", SurfaceKind::Body, "-"),
        ];
        for (text, kind, want) in table {
            let post = says(text, kind);
            let told = rules.make_of(&post).map(|(judgement, finding)| {
                let doubts = doubts(&matcher, &post, &finding);
                let doubts: Vec<_> = doubts.iter().map(ToString::to_string).collect();
                let because = if doubts.is_empty() { "" } else { ": " };
                format!("{}{because}{}", judgement.verdict, doubts.join("; "))
            });
            assert_eq!(told.as_deref().unwrap_or("-"), want, "{text}");
        }
    }

    #[test]
    fn a_term_that_is_found_and_found_innocent_is_excused() {
        let matcher = matcher(LIST);
        let is_so = |text| is_excused(&matcher, "spanner", &says(text, SurfaceKind::Body));
        assert!(is_so("pass me the spanner for that bolt"));
        assert!(!is_so("you utter spanner"));
        assert!(!is_so("pass me the hammer"));
    }
}
