//! What the filter makes of a text, and why: each finding with its place, its list, its rule and what comes of it.

use std::ops::Range;

use ledger::WordIs;
use policy::matcher::{Context, Hit, Reason};
use policy::normalise::fold;
use policy::wordlist::Listed;
use policy::{
    ChannelId, Charter, Judgement, Letter, Measure, MemberId, MessageText, Mode, Post, PostId, PostKind,
    Rulebook, Surface, SurfaceKind, Timestamp, Verdict, Wordlist,
};

use crate::in_force::{InForce, OWN_LIST};
use crate::wordlists::own_allowed;

/// Stands for the channel and the post that there would be.
const NOWHERE: &str = "test";
/// How many words more than the found ones an allowed phrase is looked for in.
const PHRASE_REACH: usize = 5;

/// What the filter makes of a text as the text of a message, and what would become of that.
pub(super) fn explained(
    in_force: &InForce,
    lists: &[Wordlist],
    text: &str,
    who: &MemberId,
    now: Timestamp,
) -> Letter {
    let hits = in_force.matcher.explain(text, Context::default());
    if hits.is_empty() {
        return Letter::line("Nothing is found in it.");
    }
    let explaining = Explaining { in_force, lists, listed: Listed::new(lists), text };
    let letter = hits.iter().fold(Letter::default(), |letter, hit| explaining.hit(letter, hit));
    whole(in_force, text, who, now).into_iter().fold(letter, Letter::text)
}

struct Explaining<'a> {
    in_force: &'a InForce,
    lists: &'a [Wordlist],
    listed: Listed<'a>,
    text: &'a str,
}

impl Explaining<'_> {
    fn hit(&self, letter: Letter, hit: &Hit) -> Letter {
        let finding = &hit.finding;
        let measure = self.in_force.policy.measure(finding.grade, finding.category, finding.directed);
        let accepted = hit.explanation.accepted;
        let verdict = if accepted { measure.to_string() } else { "innocent".to_owned() };
        let letter = letter.text(format!(
            "{verdict}: {} ({} {}), characters {} to {} of the text of a message",
            finding.term,
            finding.grade,
            finding.category,
            self.text[..finding.span.start].chars().count() + 1,
            self.text[..finding.span.end].chars().count(),
        ));
        let mut lines = vec![format!("listed: {}", self.origin(&finding.term))];
        lines.extend(hit.explanation.lines());
        if hit.explanation.reasons.contains(&Reason::Allowed)
            && let Some(by) = self.allowed_by(hit)
        {
            lines.push(format!("allowed: {by}"));
        }
        if accepted {
            lines.push(format!("aimed at somebody: {}", if finding.directed { "yes" } else { "no" }));
            let code = Rulebook::code_for(finding.category);
            lines.push(format!("rule: {}", cited(&self.in_force.charter, code)));
            lines.push(format!("strike: {}", strike(measure)));
        }
        lines.into_iter().fold(letter, |letter, line| letter.text(format!("  {line}")))
    }

    /// Which list has a term, and which version of it.
    fn origin(&self, term: &str) -> String {
        let words = &self.in_force.settings.words;
        let own = words
            .words
            .iter()
            .find(|kept| kept.word.term == *term && matches!(kept.word.what, WordIs::Term { .. }));
        let out = words.taken_out().any(|out| out == term);
        let file = self.lists.iter().find(|list| !out && list.entries.iter().any(|entry| entry.term == term));
        match (file, own) {
            (Some(list), _) => format!("{}, version {}", list.name, list.fingerprint),
            (None, Some(kept)) => format!(
                "{OWN_LIST}, version {}; added in version {} by {} on {}",
                words.version,
                kept.version,
                kept.by.as_str(),
                kept.at.long_date(self.in_force.charter.zone)
            ),
            (None, None) => "in no list any more".to_owned(),
        }
    }

    /// The allowed word that stands there, or the shortest allowed phrase.
    fn allowed_by(&self, hit: &Hit) -> Option<String> {
        let (words, span) = (words(self.text), &hit.finding.span);
        let first = words.iter().position(|word| word.end > span.start)?;
        let last = words.iter().rposition(|word| word.start < span.end)?;
        let around =
            (0..=PHRASE_REACH).flat_map(|more| (0..=more).map(move |before| (before, more - before)));
        let mut around = around.filter_map(|(before, after)| {
            let (from, to) = (words.get(first.checked_sub(before)?)?, words.get(last + after)?);
            self.text.get(from.start..to.end)
        });
        around.find_map(|words| self.innocent_in(words))
    }

    /// Which list has a word or phrase for innocent, as it stands or without the end of a plural or a possessive.
    fn innocent_in(&self, words: &str) -> Option<String> {
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let words = fold(&words);
        let mut whole =
            [Some(&*words), words.strip_suffix("'s"), words.strip_suffix('s')].into_iter().flatten();
        whole.find_map(|word| {
            if let Some(kept) = own_allowed(self.in_force, word) {
                return Some(format!("“{}” in {OWN_LIST}, version {}", kept.word.term, kept.version));
            }
            Some(format!("“{word}” in {}", self.listed.allow(word)?.name))
        })
    }
}

/// Where the words of a text stand.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’' | '-');
    for (at, c) in text.char_indices().filter(|(_, c)| is_part(*c)) {
        match words.last_mut() {
            Some(word) if word.end == at => word.end += c.len_utf8(),
            _ => words.push(at..at + c.len_utf8()),
        }
    }
    words
}

/// What would become of the whole post, as somebody's own words and as somebody else's.
fn whole(in_force: &InForce, text: &str, who: &MemberId, now: Timestamp) -> Vec<String> {
    let Some(mut post) = post(in_force, text, who, now) else { return Vec::new() };
    let findings = in_force.matcher.assess(&post);
    let own = in_force.policy.judge(&findings, &post);
    let mut lines = vec![format!("The whole message: {}", becomes(in_force, &own))];
    for surface in &mut post.surfaces {
        surface.kind = SurfaceKind::Quotation;
    }
    let quoted = in_force.policy.judge(&findings, &post);
    if quoted.verdict > Verdict::Allow {
        lines.push(format!("Where its author only quotes it: {}", becomes(in_force, &quoted)));
    }
    if in_force.mode == Mode::Shadow {
        lines.push("The group is in shadow mode: officers would be told, and nothing done.".to_owned());
    }
    lines
}

fn becomes(in_force: &InForce, judgement: &Judgement) -> String {
    let Judgement { verdict, counts, .. } = *judgement;
    match verdict {
        Verdict::Allow => "allow; it stands, and nothing comes of it.".to_owned(),
        Verdict::Flag | Verdict::Hide | Verdict::Delete => {
            let shadow = if in_force.mode == Mode::Shadow { " (in live mode)" } else { "" };
            format!("{verdict}{shadow}; strike: {}.", strike(Measure { verdict, counts }))
        }
    }
}

/// Whether a strike comes of it, and when.
fn strike(measure: Measure) -> &'static str {
    match (measure.verdict, measure.counts) {
        (Verdict::Allow, _) => "none, for it may stand",
        (_, false) => "none comes of it",
        (Verdict::Flag, true) => "one, if an officer removes it",
        (Verdict::Hide, true) => "one, once an officer confirms it",
        (Verdict::Delete, true) => "one, at once",
    }
}

/// A rule as a notice cites it.
fn cited(charter: &Charter, code: &str) -> String {
    match charter.rulebook.find(code) {
        Some(rule) => format!("{} ({code})", rule.title),
        None => code.to_owned(),
    }
}

/// The message that there would be.
fn post(in_force: &InForce, text: &str, who: &MemberId, now: Timestamp) -> Option<Post> {
    Some(Post {
        group: in_force.charter.group.clone(),
        channel: ChannelId::new(NOWHERE)?,
        id: PostId::new(NOWHERE)?,
        revision: 0,
        author: who.clone(),
        author_name: MessageText::default(),
        kind: PostKind::Message,
        written_at: now,
        surfaces: vec![Surface { kind: SurfaceKind::Body, text: MessageText::new(text) }],
        answers: None,
        directed: false,
        addressed: Vec::new(),
        forwards: None,
        promised: false,
    })
}
