//! What a word, or the lists as they are, would have done to the posts that stand: looked at once, and kept nowhere.
//!
//! Nothing is written for it and nobody waits for it: the posts are read, judged by two sets of rules in memory, counted and
//! dropped, in each group for one admin at a time. Only what that admin sees on the platform by themselves is among them. The
//! answer holds a few of them, for the one admin who asked; in those, the names of others are covered.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use ledger::{OwnWord, WordIs};
use platform::History;
use policy::hindsight::{Doubt, Rules, doubts, is_excused};
use policy::wordlist::{Entry, Matching, term_key, tidy};
use policy::{
    Category, Finding, Grade, Judgement, Letter, MemberId, MessageText, Mode, Post, Timestamp, Verdict,
};

use crate::answers::refuse;
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::{InForce, new_entry};
use crate::rights::Permit;
use crate::wordlists::AsListed;

/// How many posts are looked at, unless it is said.
const POSTS: u32 = 1_000;
/// How many are looked at at most.
const POSTS_MAX: u32 = 5_000;
/// How many examples are shown at most.
const EXAMPLES_MAX: usize = 10;
/// After so many posts, others go first.
const AT_ONCE: usize = 50;
/// From so many authors on, it is said how many they are.
const AUTHORS_MIN: usize = 5;
/// How much of a post is shown on either side of what was found in it, in characters.
const ROUND_MAX: usize = 60;

/// What is to be looked at beforehand.
pub(crate) struct Previewed<'a> {
    /// The word; without one, the lists as they are.
    term: Option<&'a str>,
    /// At how many posts.
    posts: Option<u32>,
    /// A number that stands alone says at how many, though it may be a word.
    is_lone_number: bool,
    /// As what it would be added.
    as_what: AsWhat,
}

/// As what a word would be listed, as far as it is said.
type AsWhat = (Option<Grade>, Option<Category>, Option<Matching>);

impl<'a> Previewed<'a> {
    /// As it is asked for: a number alone says at how many posts to look.
    pub(crate) fn new(term: Option<&'a str>, posts: Option<u32>, as_what: AsWhat) -> Self {
        match term.and_then(|term| term.parse().ok()) {
            Some(number) if posts.is_none() => {
                Self { term: None, posts: Some(number), is_lone_number: true, as_what }
            }
            Some(_) | None => Self { term, posts, is_lone_number: false, as_what },
        }
    }
}

/// Two sets of rules to compare.
struct Trial {
    /// What is tried, in words.
    what: String,
    /// The term that is tried.
    term: Option<String>,
    /// With it.
    with: Arc<InForce>,
    /// Without it.
    without: Option<Arc<InForce>>,
    /// What else is to be known of it.
    remarks: Vec<String>,
}

/// A post to which something would happen.
struct Hit<'p> {
    post: &'p Post,
    judgement: Judgement,
    finding: Finding,
    doubts: Vec<Doubt>,
}

/// What would happen to how many posts.
#[derive(Default)]
struct Tally {
    flagged: usize,
    hidden: usize,
    deleted: usize,
    counting: usize,
}

impl Casework {
    /// What a word, or the lists as they are, would have done to the latest posts of the group.
    pub(crate) async fn wordlist_preview(
        &self,
        permit: &Permit<'_>,
        asked: &Previewed<'_>,
    ) -> Result<Letter, CaseworkError> {
        let posts = asked.posts.unwrap_or(POSTS);
        if !(1..=POSTS_MAX).contains(&posts) {
            return Ok(refuse(format_args!("I look at 1 to {POSTS_MAX} posts.")));
        }
        let group = &permit.in_force().charter.group;
        let turn = self.previewing.get(group).ok_or_else(|| CaseworkError::UnknownGroup(group.clone()))?;
        let Ok(_alone) = turn.try_lock() else {
            return Ok(refuse(
                "A preview is running in this group already. Please ask again when it is done.",
            ));
        };
        let trial = match self.trial(permit, asked)? {
            Ok(trial) => trial,
            Err(why) => return Ok(refuse(why)),
        };
        let limit = usize::try_from(posts).unwrap_or(usize::MAX);
        let history = match self.platform(group)?.history(group, permit.who(), limit).await {
            Ok(history) => history,
            Err(error) => {
                return Ok(refuse(format_args!(
                    "I could not read the latest posts: {error}. Please try again."
                )));
            }
        };
        Ok(trial.of(&history).await)
    }

    /// What is to be compared; or why it cannot be.
    fn trial(
        &self,
        permit: &Permit<'_>,
        asked: &Previewed<'_>,
    ) -> Result<Result<Trial, String>, CaseworkError> {
        let now = self.in_force(&permit.in_force().charter.group)?;
        let Some(typed) = asked.term.map(tidy) else {
            let remarks = asked.is_lone_number.then(|| {
                let number = asked.posts.unwrap_or(POSTS);
                format!("{number} says at how many posts to look; `wordlist preview {number} {POSTS}` tries it as a word.")
            });
            return Ok(Ok(Trial {
                what: "By the words and the policy as they are".to_owned(),
                term: None,
                with: self.were_words(permit, &now, &now.settings.words.plain())?,
                without: None,
                remarks: remarks.into_iter().collect(),
            }));
        };
        match (self.listed(&now, &typed), asked.as_what) {
            (Some(listed), (None, None, None)) => self.without_listed(permit, &now, &listed).map(Ok),
            (Some(listed), as_what) => self.listed_anew(permit, &now, &listed, as_what),
            // A phrase is typed with hyphens here, and kept with spaces.
            (None, as_what) => self.with_added(permit, &now, &typed.replace(['-', '_'], " "), as_what),
        }
    }

    /// A word that is listed, against the lists without it.
    fn without_listed(
        &self,
        permit: &Permit<'_>,
        now: &InForce,
        listed: &AsListed,
    ) -> Result<Trial, CaseworkError> {
        let AsListed { list, term, .. } = listed;
        Ok(Trial {
            what: format!("By {term:?} as it is listed, in {list}"),
            term: Some(term.clone()),
            with: self.were_words(permit, now, &now.settings.words.plain())?,
            without: Some(self.were_words(permit, now, &without(now, term))?),
            remarks: Vec::new(),
        })
    }

    /// A word that is listed as something else, against the lists as they are; or why it cannot be.
    fn listed_anew(
        &self,
        permit: &Permit<'_>,
        now: &InForce,
        listed: &AsListed,
        (grade, category, matching): AsWhat,
    ) -> Result<Result<Trial, String>, CaseworkError> {
        let AsListed { list, term, .. } = listed;
        let grade = grade.unwrap_or(listed.grade);
        let category = category.unwrap_or(listed.category);
        let matching = matching.unwrap_or(listed.matching);
        let was = format!("{} {}, {}, in {list}", listed.grade, listed.category, listed.matching);
        let what = format!("Were {term:?} {grade} {category}, {matching}, and no longer {was}");
        let entry = new_entry(term, grade, category, matching);
        self.with_entry(permit, now, &entry, without(now, term), what)
    }

    /// The lists with one word more, against the lists as they are; or why it cannot be a word of theirs.
    fn with_added(
        &self,
        permit: &Permit<'_>,
        now: &InForce,
        term: &str,
        (grade, category, matching): AsWhat,
    ) -> Result<Result<Trial, String>, CaseworkError> {
        let grade = grade.unwrap_or(Grade::Medium);
        let category = category.unwrap_or(Category::Insult);
        let matching = matching.unwrap_or(Matching::Stem);
        let what = format!("Were {term:?} added ({grade} {category}, {matching})");
        self.with_entry(
            permit,
            now,
            &new_entry(term, grade, category, matching),
            now.settings.words.plain(),
            what,
        )
    }

    /// An entry beside these words of the group's own, against the lists as they are; or why it cannot be one.
    fn with_entry(
        &self,
        permit: &Permit<'_>,
        now: &InForce,
        entry: &Entry,
        mut words: Vec<OwnWord>,
        what: String,
    ) -> Result<Result<Trial, String>, CaseworkError> {
        let Entry { grade, category, matching, .. } = *entry;
        let reach = self.reach(now, entry);
        words.push(OwnWord { term: entry.term.clone(), what: WordIs::Term { grade, category, matching } });
        let with = match self.were_words(permit, now, &words) {
            Ok(rules) => rules,
            Err(CaseworkError::Load(error)) => {
                return Ok(Err(reach.err().unwrap_or_else(|| error.to_string())));
            }
            Err(error) => return Err(error),
        };
        let remarks = match reach {
            Ok(reach) if reach.words.is_empty() => Vec::new(),
            Ok(reach) => vec![format!("Of the dictionary it finds {}.", reach.words)],
            // It would not be added so. What it does here may still say how it could be.
            Err(why) => vec![format!("`wordlist add` would refuse it so: {why}")],
        };
        let without = self.were_words(permit, now, &now.settings.words.plain())?;
        Ok(Ok(Trial { what, term: Some(entry.term.clone()), with, without: Some(without), remarks }))
    }

    /// The rules of the group, were its own list these words and had it always been.
    fn were_words(
        &self,
        permit: &Permit<'_>,
        now: &InForce,
        words: &[OwnWord],
    ) -> Result<Arc<InForce>, CaseworkError> {
        let mut settings = now.settings.clone();
        settings.words = settings.words.changed(words, permit.who(), Timestamp::EPOCH);
        // No list reaches back in time; here it is asked what it would have done.
        settings.words.words.iter_mut().for_each(|kept| kept.at = Timestamp::EPOCH);
        let group = &permit.in_force().charter.group;
        self.rules.load().with(group, settings)?.group(group)
    }
}

/// The group's own words, so that a term is not looked for.
fn without(now: &InForce, term: &str) -> Vec<OwnWord> {
    let mut words = now.settings.words.plain();
    let is_it = |word: &OwnWord| term_key(&word.term) == term_key(term);
    words.retain(|word| !(is_it(word) && matches!(word.what, WordIs::Term { .. } | WordIs::Out)));
    words.push(OwnWord { term: term.to_owned(), what: WordIs::Out });
    words
}

impl Trial {
    /// What comes of it for these posts.
    async fn of(&self, history: &History) -> Letter {
        let (mut all, mut before, mut alone) = (Tally::default(), Tally::default(), Vec::new());
        let mut excused = 0_usize;
        for (number, post) in history.posts.iter().enumerate() {
            if number % AT_ONCE == AT_ONCE - 1 {
                tokio::task::yield_now().await;
            }
            let was = self.without.as_ref().and_then(|without| rules(without).make_of(post));
            if let Some((judgement, _)) = &was {
                before.add(judgement);
            }
            if let Some((judgement, finding)) = rules(&self.with).make_of(post) {
                all.add(&judgement);
                if was.is_none_or(|(was, _)| was.verdict < judgement.verdict) {
                    let doubts = doubts(&self.with.matcher, post, &finding);
                    alone.push(Hit { post, judgement, finding, doubts });
                }
            } else if let Some(term) = &self.term
                && is_excused(&self.with.matcher, term, post)
            {
                excused += 1;
            }
        }
        let mut letter = Letter::line(format!("{}, {}:", self.what, looked_at(history, &self.with)));
        letter = letter.text(format!("{all}"));
        if self.without.is_some() {
            let mut by_it = Tally::default();
            alone.iter().for_each(|hit| by_it.add(&hit.judgement));
            letter = letter.text(format!("Without it: {before}")).text(format!("By it alone: {by_it}"));
        }
        if excused > 0 {
            letter = letter.text(format!("In an innocent sense it stands in {excused} more, which stay."));
        }
        letter = self.remarks.iter().cloned().chain(not_read(history)).fold(letter, Letter::text);
        letter = examples(letter, alone, &self.with);
        if self.with.mode == Mode::Shadow {
            letter = letter.text("The group is in shadow mode: for now I only watch, whatever this says.");
        }
        letter.text("Nothing was changed, and I keep nothing of this.")
    }
}

fn rules(in_force: &InForce) -> Rules<'_> {
    Rules { matcher: &in_force.matcher, policy: &in_force.policy }
}

impl Tally {
    fn add(&mut self, judgement: &Judgement) {
        match judgement.verdict {
            Verdict::Allow => return,
            Verdict::Flag => self.flagged += 1,
            Verdict::Hide => self.hidden += 1,
            Verdict::Delete => self.deleted += 1,
        }
        self.counting += usize::from(judgement.counts && judgement.verdict >= Verdict::Hide);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { flagged, hidden, deleted, counting } = self;
        if flagged + hidden + deleted == 0 {
            return f.write_str("nothing would have been flagged, hidden or deleted.");
        }
        write!(
            f,
            "{flagged} would have been flagged, {hidden} hidden, {deleted} deleted; {counting} could count as strikes."
        )
    }
}

/// At how much was looked.
fn looked_at(history: &History, in_force: &InForce) -> String {
    let posts = counted(history.posts.len(), "post", "posts");
    let channels = usize::try_from(history.channels).unwrap_or(usize::MAX);
    let channels = counted(channels, "channel", "channels");
    match history.posts.last() {
        None => format!("of no posts at all, in {channels}"),
        Some(oldest) => format!(
            "of the latest {posts} in {channels}, since {}",
            oldest.written_at.long_date_time(in_force.charter.zone)
        ),
    }
}

/// What could not be looked at, and why.
fn not_read(history: &History) -> Option<String> {
    let rows = [
        (history.closed, "channel that I cannot read", "channels that I cannot read"),
        (
            history.unseen,
            "channel that you cannot see, or not so far back",
            "channels that you cannot see, or not so far back",
        ),
        (
            history.cut_short,
            "channel further back, which took too long",
            "channels further back, which took too long",
        ),
        (history.unreadable, "post whose words I am not given", "posts whose words I am not given"),
    ];
    let left_out = rows.into_iter().filter(|(count, ..)| *count > 0);
    let left_out =
        left_out.map(|(count, one, many)| counted(usize::try_from(count).unwrap_or_default(), one, many));
    let left_out: Vec<_> = left_out.collect();
    (!left_out.is_empty()).then(|| format!("I did not look at everything: {}.", left_out.join("; ")))
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Some of what would happen; first what looks like a mistake.
fn examples(mut letter: Letter, mut hits: Vec<Hit<'_>>, in_force: &InForce) -> Letter {
    if hits.is_empty() {
        return letter;
    }
    let authors: BTreeSet<&MemberId> = hits.iter().map(|hit| &hit.post.author).collect();
    if authors.len() >= AUTHORS_MIN {
        letter = letter.text(format!(
            "{} members wrote them, each at least one: what so many say is seldom meant as abuse.",
            authors.len()
        ));
    }
    let doubtful = hits.iter().filter(|hit| hit.is_doubtful()).count();
    if doubtful > 0 {
        letter = letter.text(match doubtful {
            1 => "1 of them looks like a mistake.".to_owned(),
            many => format!("{many} of them look like mistakes."),
        });
    }
    // Of what is alike, the newest stays first.
    hits.sort_by_key(|hit| std::cmp::Reverse((hit.is_doubtful(), hit.judgement.verdict)));
    for hit in hits.iter().take(EXAMPLES_MAX) {
        letter = letter.text(hit.headline(in_force)).quote(hit.excerpt());
    }
    match hits.len().checked_sub(EXAMPLES_MAX) {
        Some(more) if more > 0 => letter.text(format!("\u{2026} and {more} more")),
        _ => letter,
    }
}

impl Hit<'_> {
    /// Whether more than its aim makes it look like a mistake: strong words are no better for being aimed at nobody.
    fn is_doubtful(&self) -> bool {
        self.doubts.iter().any(|doubt| *doubt != Doubt::AtNobody)
    }

    /// Which post, what would become of it, and why that may be wrong. Whose it is says nothing about the word.
    fn headline(&self, in_force: &InForce) -> String {
        let doubts: Vec<_> = self.doubts.iter().map(ToString::to_string).collect();
        let doubts = if doubts.is_empty() { String::new() } else { format!(" ({})", doubts.join("; ")) };
        format!(
            "{} for {:?}: `#{}` in {}, {}{doubts}",
            self.judgement.verdict,
            self.finding.term,
            self.post.id.as_str(),
            self.post.channel.as_str(),
            self.post.written_at.long_date(in_force.charter.zone),
        )
    }

    /// What stands round the finding, in one line.
    fn excerpt(&self) -> MessageText {
        let surface = self.post.surfaces.get(self.finding.surface);
        let text = surface.map(|surface| surface.text.expose()).unwrap_or_default();
        MessageText::new(excerpt(text, &self.finding.span))
    }
}

/// So much of a text as says what a part of it means, in one line, without the names that begin with `@`.
fn excerpt(text: &str, part: &std::ops::Range<usize>) -> String {
    let (Some(before), Some(found), Some(after)) =
        (text.get(..part.start), text.get(part.clone()), text.get(part.end..))
    else {
        return String::new();
    };
    let from = before.char_indices().rev().nth(ROUND_MAX).map_or(0, |(at, letter)| at + letter.len_utf8());
    let to = after.char_indices().nth(ROUND_MAX).map_or(after.len(), |(at, _)| at);
    let (open, close) =
        (if from > 0 { "\u{2026}" } else { "" }, if to < after.len() { "\u{2026}" } else { "" });
    let shown = format!("{open}{}{found}{}{close}", &before[from..], &after[..to]);
    shown.split_whitespace().map(covered).collect::<Vec<_>>().join(" ")
}

/// A word, unless it is a mention of somebody.
fn covered(word: &str) -> &str {
    let is_mention = word.trim_start_matches(|sign: char| !sign.is_alphanumeric()).len() < word.len()
        && word.split(char::is_alphanumeric).next().is_some_and(|signs| signs.contains('@'));
    if is_mention { "[somebody]" } else { word }
}

#[cfg(test)]
mod tests {
    use super::excerpt;

    #[test]
    fn an_excerpt_is_one_line_round_what_was_found_and_names_nobody() {
        let long = "x".repeat(100);
        let round = "x".repeat(60);
        let rows = [
            ("you plum".to_owned(), "plum", "you plum".to_owned()),
            ("two\nlines\tof plum".to_owned(), "plum", "two lines of plum".to_owned()),
            (
                "@bob is a plum, <@1234> says".to_owned(),
                "plum",
                "[somebody] is a plum, [somebody] says".to_owned(),
            ),
            (format!("{long}plum{long}"), "plum", format!("\u{2026}{round}plum{round}\u{2026}")),
            ("a@b plum".to_owned(), "plum", "a@b plum".to_owned()),
        ];
        for (text, part, want) in rows {
            let at = text.find(part).unwrap();
            assert_eq!(excerpt(&text, &(at..at + part.len())), want);
        }
    }
}
