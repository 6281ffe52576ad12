//! From findings to a verdict: the group's table of grade × category × whether it is aimed at somebody.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::finding::{Category, Finding, Grade, UnknownWord, words};
use crate::post::Post;

/// What becomes of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It stands.
    Allow,
    /// It stands, and the officers are shown it.
    Flag,
    /// It is removed until a moderator has looked.
    Hide,
    /// It is removed.
    Delete,
}

words!(Verdict { Allow = "allow", Flag = "flag", Hide = "hide", Delete = "delete" });

/// What the table says for one kind of word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Measure {
    /// What becomes of the post.
    pub verdict: Verdict,
    /// Whether a removal is a strike: at once for a delete, on confirmation for a hide, and for a flag when a
    /// moderator removes the post.
    pub counts: bool,
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let removes = matches!(self.verdict, Verdict::Hide | Verdict::Delete);
        write!(f, "{}{}", self.verdict, if removes && !self.counts { " no-strike" } else { "" })
    }
}

impl FromStr for Measure {
    type Err = UnknownWord;

    /// Reads `allow`, `flag`, `hide`, `delete`, and the latter two with ` no-strike` behind.
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let unknown = || UnknownWord {
            what: "measure",
            choices: "allow, flag, hide, hide no-strike, delete, delete no-strike".to_owned(),
        };
        let mut words = text.split_whitespace();
        let verdict: Verdict = words.next().unwrap_or("").parse().map_err(|_| unknown())?;
        let removes = matches!(verdict, Verdict::Hide | Verdict::Delete);
        match (words.next(), words.next()) {
            (None, _) => Ok(Self { verdict, counts: verdict > Verdict::Allow }),
            (Some("no-strike"), None) if removes => Ok(Self { verdict, counts: false }),
            _ => Err(unknown()),
        }
    }
}

/// A ready-made table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// Removes only discriminatory words and the strongest when aimed at somebody.
    Relaxed,
    /// Deletes the strongest and the discriminatory, hides strong, flags medium, leaves mild alone.
    Standard,
    /// Deletes strong too, hides medium, flags mild.
    Strict,
}

words!(Preset { Relaxed = "relaxed", Standard = "standard", Strict = "strict" });

impl Preset {
    fn measure(self, grade: Grade, category: Category, directed: bool) -> Measure {
        use Verdict::{Allow, Delete, Flag, Hide};
        let discriminatory = category.is_discriminatory();
        let verdict = match (self, grade) {
            (Self::Relaxed, Grade::Mild) => Allow,
            (Self::Relaxed, Grade::Medium) if discriminatory => Hide,
            (Self::Relaxed, Grade::Medium) => Allow,
            (Self::Relaxed, Grade::Strong | Grade::Strongest) if discriminatory => Delete,
            (Self::Relaxed, Grade::Strong) => Flag,
            (Self::Relaxed, Grade::Strongest) if directed => Hide,
            (Self::Relaxed, Grade::Strongest) => Flag,

            (Self::Standard, Grade::Mild) => Allow,
            (Self::Standard, Grade::Medium | Grade::Strong) if discriminatory => Delete,
            (Self::Standard, Grade::Medium) => Flag,
            (Self::Standard, Grade::Strong) => Hide,
            (Self::Standard, Grade::Strongest) => Delete,

            (Self::Strict, Grade::Mild) if discriminatory => Delete,
            (Self::Strict, Grade::Mild) => Flag,
            (Self::Strict, Grade::Medium) if discriminatory => Delete,
            (Self::Strict, Grade::Medium) => Hide,
            (Self::Strict, Grade::Strong | Grade::Strongest) => Delete,
        };
        Measure { verdict, counts: verdict > Allow }
    }
}

/// Which words an exception to the preset is about: `strong`, `medium.insult`, `any.discriminatory.directed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Selector {
    grade: Option<Grade>,
    kind: Kind,
    directed: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Kind {
    Any,
    Discriminatory,
    One(Category),
}

impl Selector {
    fn covers(self, grade: Grade, category: Category, directed: bool) -> bool {
        let kind = match self.kind {
            Kind::Any => true,
            Kind::Discriminatory => category.is_discriminatory(),
            Kind::One(one) => one == category,
        };
        kind && self.grade.is_none_or(|one| one == grade) && self.directed.is_none_or(|one| one == directed)
    }

    /// How narrow it is; the narrower of two exceptions wins, whatever order they were written in.
    fn narrowness(self) -> u8 {
        let kind = match self.kind {
            Kind::Any => 0,
            Kind::Discriminatory => 1,
            Kind::One(_) => 2,
        };
        kind * 4 + u8::from(self.grade.is_some()) * 2 + u8::from(self.directed.is_some())
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.grade.map_or("any", Grade::word))?;
        match self.kind {
            Kind::Any => {}
            Kind::Discriminatory => f.write_str(".discriminatory")?,
            Kind::One(category) => write!(f, ".{category}")?,
        }
        match self.directed {
            None => Ok(()),
            Some(true) => f.write_str(".directed"),
            Some(false) => f.write_str(".undirected"),
        }
    }
}

impl FromStr for Selector {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let unknown = || UnknownWord {
            what: "kind of word",
            choices: "GRADE[.CATEGORY][.directed|.undirected] with a grade (or any), then a category (or \
                      discriminatory), such as strong, medium.insult, any.discriminatory.directed"
                .to_owned(),
        };
        let mut parts = text.split('.').peekable();
        let grade = match parts.next() {
            Some("any") => None,
            Some(word) => Some(word.parse().map_err(|_| unknown())?),
            None => return Err(unknown()),
        };
        let mut kind = Kind::Any;
        let mut directed = None;
        for part in parts {
            match part {
                "directed" if directed.is_none() => directed = Some(true),
                "undirected" if directed.is_none() => directed = Some(false),
                "discriminatory" if kind == Kind::Any && directed.is_none() => kind = Kind::Discriminatory,
                word if kind == Kind::Any && directed.is_none() => {
                    kind = Kind::One(word.parse().map_err(|_| unknown())?);
                }
                _ => return Err(unknown()),
            }
        }
        Ok(Self { grade, kind, directed })
    }
}

impl TryFrom<String> for Selector {
    type Error = UnknownWord;
    fn try_from(text: String) -> Result<Self, UnknownWord> {
        text.parse()
    }
}

impl From<Selector> for String {
    fn from(selector: Selector) -> String {
        selector.to_string()
    }
}

/// A group's table: a preset and its exceptions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    preset: Preset,
    exceptions: Vec<(Selector, Measure)>,
}

/// What the policy makes of a post's findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// What becomes of the post.
    pub verdict: Verdict,
    /// Whether its removal is, or may become, a strike.
    pub counts: bool,
    /// Whether it rests on somebody else's words, which the author only quotes.
    pub quoted: bool,
    /// The finding that weighed most, by its place in the findings; none when nothing was found.
    pub worst: Option<usize>,
    /// Whether it is left to people whatever the verdict says, because the group's breaker has tripped.
    pub spared: bool,
}

impl Judgement {
    /// The same of what would go, while people are to look at it first. It stands until they have; but what its platform
    /// stopped stands nowhere, and waits for them as what is hidden does, so that its author is told.
    #[must_use]
    pub fn left_to_people(self, post: &Post) -> Self {
        if post.id.is_stopped() {
            Self { verdict: self.verdict.min(Verdict::Hide), ..self }
        } else {
            Self { spared: true, ..self }
        }
    }
}

impl Policy {
    /// The preset as it is.
    pub fn new(preset: Preset) -> Self {
        Self { preset, exceptions: Vec::new() }
    }

    /// The preset it rests on.
    pub fn preset(&self) -> Preset {
        self.preset
    }

    /// The exceptions to the preset, the narrowest last.
    pub fn exceptions(&self) -> &[(Selector, Measure)] {
        &self.exceptions
    }

    /// The same with one more exception; it takes the place of an older one for the same words.
    #[must_use]
    pub fn with(mut self, selector: Selector, measure: Measure) -> Self {
        self.exceptions.retain(|(older, _)| *older != selector);
        self.exceptions.push((selector, measure));
        self.exceptions.sort_by_key(|(selector, _)| (selector.narrowness(), *selector));
        self
    }

    /// What the table says for one kind of word.
    pub fn measure(&self, grade: Grade, category: Category, directed: bool) -> Measure {
        self.exceptions
            .iter()
            .rev()
            .find(|(selector, _)| selector.covers(grade, category, directed))
            .map_or_else(|| self.preset.measure(grade, category, directed), |(_, measure)| *measure)
    }

    /// The gravest of what the table says for each finding.
    ///
    /// A post counts only for words of the author's own, and only for terms in force when it was written:
    /// quoting is no breach, and no list reaches back in time. Where the author's own words are enough to remove
    /// the post, it rests on them, whatever it quotes. What no bot can take away is flagged at most. What a platform stopped
    /// at our behest is hidden at least, whatever is found in it: it is gone, so that its author is told and a person looks.
    pub fn judge(&self, findings: &[Finding], post: &Post) -> Judgement {
        let judgement = self.weigh(findings, post);
        if !post.kind.is_removable() {
            return Judgement { verdict: judgement.verdict.min(Verdict::Flag), counts: false, ..judgement };
        }
        if post.promised {
            return Judgement { verdict: judgement.verdict.max(Verdict::Hide), ..judgement };
        }
        judgement
    }

    fn weigh(&self, findings: &[Finding], post: &Post) -> Judgement {
        let own = self.gravest(findings, post, false);
        if own.verdict >= Verdict::Hide {
            return own;
        }
        let quoted = self.gravest(findings, post, true);
        if quoted.verdict > own.verdict { quoted } else { own }
    }

    fn gravest(&self, findings: &[Finding], post: &Post, quoted: bool) -> Judgement {
        let is_quoted = |finding: &Finding| {
            post.surfaces.get(finding.surface).is_some_and(|surface| !surface.kind.is_own())
        };
        let nothing =
            Judgement { verdict: Verdict::Allow, counts: false, quoted: false, worst: None, spared: false };
        findings
            .iter()
            .enumerate()
            .filter(|(_, finding)| is_quoted(finding) == quoted)
            .map(|(index, finding)| {
                let measure = self.measure(finding.grade, finding.category, finding.directed);
                let in_force = finding.since.is_none_or(|since| since <= post.written_at);
                let counts = measure.counts && !quoted && in_force && post.author.is_person();
                (measure.verdict, counts, finding.grade, std::cmp::Reverse(index))
            })
            .max()
            .filter(|(verdict, ..)| *verdict > Verdict::Allow)
            .map_or(nothing, |(verdict, counts, _, index)| Judgement {
                verdict,
                counts,
                quoted,
                worst: Some(index.0),
                spared: false,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Disguise;
    use crate::ids::PostId;
    use crate::post::{PostKind, SurfaceKind};
    use crate::testing::post;

    fn finding(grade: Grade, category: Category, directed: bool) -> Finding {
        Finding {
            term: "spoilt".to_owned(),
            grade,
            category,
            surface: 0,
            span: 0..5,
            disguise: Disguise::None,
            directed,
            since: None,
        }
    }

    #[test]
    fn presets_say_what_they_promise() {
        let verdict = |preset, grade, category, directed| {
            Policy::new(preset).measure(grade, category, directed).verdict.word()
        };
        let rows = [
            (Preset::Relaxed, Grade::Strongest, Category::General, false, "flag"),
            (Preset::Relaxed, Grade::Strongest, Category::General, true, "hide"),
            (Preset::Relaxed, Grade::Strong, Category::Race, false, "delete"),
            (Preset::Relaxed, Grade::Medium, Category::Insult, true, "allow"),
            (Preset::Standard, Grade::Mild, Category::General, true, "allow"),
            (Preset::Standard, Grade::Medium, Category::Insult, true, "flag"),
            (Preset::Standard, Grade::Medium, Category::Disability, false, "delete"),
            (Preset::Standard, Grade::Strong, Category::Sexual, false, "hide"),
            (Preset::Standard, Grade::Strongest, Category::General, false, "delete"),
            (Preset::Strict, Grade::Mild, Category::General, false, "flag"),
            (Preset::Strict, Grade::Medium, Category::General, false, "hide"),
            (Preset::Strict, Grade::Strong, Category::General, false, "delete"),
        ];
        for (preset, grade, category, directed, want) in rows {
            assert_eq!(
                verdict(preset, grade, category, directed),
                want,
                "{preset} {grade} {category} {directed}"
            );
        }
    }

    /// Every kind of post × preset × grade × category × whether it is aimed at somebody × whose words.
    #[test]
    fn what_no_bot_can_take_away_is_flagged_at_most_and_counts_for_nobody() {
        let kinds =
            [PostKind::Message, PostKind::Nickname, PostKind::Title, PostKind::Topic, PostKind::Fixture];
        let mut graver = 0;
        for (preset, grade, category) in Preset::ALL.iter().flat_map(|&preset| {
            Grade::ALL
                .iter()
                .flat_map(move |&grade| Category::ALL.iter().map(move |&category| (preset, grade, category)))
        }) {
            for (directed, whose) in [SurfaceKind::Body, SurfaceKind::Quotation]
                .into_iter()
                .flat_map(|kind| [(false, kind), (true, kind)])
            {
                let finding = finding(grade, category, directed);
                for kind in kinds {
                    let mut post = Post { kind, ..post(0) };
                    post.surfaces[0].kind = whose;
                    let policy = Policy::new(preset);
                    let judged = policy.judge(std::slice::from_ref(&finding), &post);
                    let table = policy.measure(grade, category, directed).verdict;
                    let want = if kind == PostKind::Fixture { table.min(Verdict::Flag) } else { table };
                    assert_eq!(judged.verdict, want, "{kind:?} {preset} {grade} {category}");
                    if kind == PostKind::Fixture {
                        assert!(!judged.counts, "{preset} {grade} {category}");
                        graver += usize::from(table > Verdict::Flag);
                    }
                }
            }
        }
        assert!(graver > 0);
    }

    #[test]
    fn what_was_stopped_is_hidden_at_least_and_counts_for_no_more_than_it_says() {
        let stopped = Post { id: PostId::stopped("1").unwrap(), promised: true, ..post(0) };
        let theirs = Post { promised: false, ..stopped.clone() };
        for (preset, grade) in
            Preset::ALL.iter().flat_map(|&preset| Grade::ALL.iter().map(move |&grade| (preset, grade)))
        {
            let policy = Policy::new(preset);
            let finding = finding(grade, Category::General, false);
            let table = policy.judge(std::slice::from_ref(&finding), &post(0));
            let judged = policy.judge(std::slice::from_ref(&finding), &stopped);
            assert_eq!(judged.verdict, table.verdict.max(Verdict::Hide), "{preset} {grade}");
            assert_eq!((judged.counts, judged.worst), (table.counts, table.worst), "{preset} {grade}");
            let nothing = policy.judge(&[], &stopped);
            assert_eq!((nothing.verdict, nothing.counts, nothing.worst), (Verdict::Hide, false, None));
            // Of what people had stopped nobody was promised anything.
            let by_theirs = policy.judge(std::slice::from_ref(&finding), &theirs);
            assert_eq!(by_theirs, policy.judge(std::slice::from_ref(&finding), &post(0)), "{preset} {grade}");
        }
    }

    #[test]
    fn the_narrowest_exception_wins_in_any_order() {
        let exceptions = [("any", "flag"), ("strong", "hide"), ("strong.insult", "delete no-strike")];
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let policy = order.iter().fold(Policy::new(Preset::Relaxed), |policy, &i| {
                let (selector, measure) = exceptions[i];
                policy.with(selector.parse().unwrap(), measure.parse().unwrap())
            });
            let say = |grade, category| policy.measure(grade, category, false).to_string();
            assert_eq!(say(Grade::Mild, Category::General), "flag");
            assert_eq!(say(Grade::Strong, Category::General), "hide");
            assert_eq!(say(Grade::Strong, Category::Insult), "delete no-strike");
        }
    }

    #[test]
    fn selectors_and_measures_read_back_what_they_write() {
        for text in ["any", "strong", "medium.insult", "any.discriminatory.directed", "mild.race.undirected"]
        {
            assert_eq!(text.parse::<Selector>().unwrap().to_string(), text);
        }
        for text in ["allow", "flag", "hide", "delete no-strike"] {
            assert_eq!(text.parse::<Measure>().unwrap().to_string(), text);
        }
        for bad in ["", "insult", "strong.strong", "any.race.race", "any.directed.race", "any..race"] {
            assert!(bad.parse::<Selector>().is_err(), "{bad:?}");
        }
        for bad in ["", "ban", "flag no-strike", "hide maybe", "hide no-strike now"] {
            assert!(bad.parse::<Measure>().is_err(), "{bad:?}");
        }
    }
}
