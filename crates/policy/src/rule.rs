//! The group's rules as members read them, and which of them a word breaks.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::finding::Category;
use crate::verdict::Verdict;

/// One rule of the group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What officers type to name it: one word of lower-case letters, digits, `-` and `_`.
    pub code: String,
    /// Its heading.
    pub title: String,
    /// What it asks, in words a member understands.
    pub text: String,
    /// Which wording this is, from 1: whoever changes the words raises it. Cases and notices cite it.
    pub version: u32,
    /// What becomes of a post that breaks it, unless a moderator says otherwise.
    pub verdict: Verdict,
}

/// A rule as a case cites it: by its code, in the wording of the day.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RuleRef {
    /// Its code.
    pub code: String,
    /// Which wording.
    pub version: u32,
}

impl fmt::Display for RuleRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, version {}", self.code, self.version)
    }
}

/// Which wording of all the rules together: another one when a rule comes, goes or has its version raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Edition(u32);

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

/// The rules of a group, in the order in which members read them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rulebook {
    rules: Vec<Rule>,
}

/// Why a list of rules cannot be a rulebook.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RulebookProblem {
    /// A rule the filter's notices rest on is missing.
    #[error("the rule `{0}` is missing: the filter's notices rest on it")]
    Missing(&'static str),
    /// Two rules have one code.
    #[error("two rules have the code `{0}`")]
    Twice(String),
    /// A code that cannot be typed, or a rule without words.
    #[error("the rule `{0}` needs a code of lower-case letters, digits, - and _, a title and a text")]
    Unusable(String),
}

/// Codes of the rules the filter's own removals rest on.
const FILTER_CODES: [&str; 3] = ["language", "abuse", "discrimination"];

impl Rulebook {
    /// The rules, checked.
    ///
    /// # Errors
    /// All problems: a missing rule, a code twice, a code that cannot be typed, empty words.
    pub fn new(rules: Vec<Rule>) -> Result<Self, Vec<RulebookProblem>> {
        let typeable = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        let mut problems = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            let worded = !rule.title.trim().is_empty() && !rule.text.trim().is_empty();
            if rule.code.is_empty() || !rule.code.chars().all(typeable) || !worded {
                problems.push(RulebookProblem::Unusable(rule.code.clone()));
            }
            if rules[..index].iter().any(|earlier| earlier.code == rule.code) {
                problems.push(RulebookProblem::Twice(rule.code.clone()));
            }
        }
        for code in FILTER_CODES {
            if !rules.iter().any(|rule| rule.code == code) {
                problems.push(RulebookProblem::Missing(code));
            }
        }
        if problems.is_empty() { Ok(Self { rules }) } else { Err(problems) }
    }

    /// The rules, in order.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule with this code.
    pub fn find(&self, code: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.code == code)
    }

    /// A rule as it is cited today; one that is not in the book has its first wording.
    pub fn cite(&self, code: &str) -> RuleRef {
        let version = self.find(code).map_or(1, |rule| rule.version);
        RuleRef { code: code.to_owned(), version }
    }

    /// Which wording of the rules this is. Their order makes no difference.
    pub fn edition(&self) -> Edition {
        let mut cited: Vec<_> = self.rules.iter().map(|rule| (rule.code.as_str(), rule.version)).collect();
        cited.sort_unstable();
        let text: String = cited.iter().map(|(code, version)| format!("{code}:{version}\n")).collect();
        // FNV-1a: it has to be the same in every version of the program, and to keep apart what nobody forges.
        let hash = text
            .bytes()
            .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        Edition(hash)
    }

    /// The code of the rule that a word of this category breaks.
    pub fn code_for(category: Category) -> &'static str {
        match category {
            Category::General | Category::Sexual | Category::BodyPart => FILTER_CODES[0],
            Category::Insult => FILTER_CODES[1],
            Category::Race
            | Category::Religion
            | Category::Disability
            | Category::Orientation
            | Category::Gender
            | Category::Sex
            | Category::Age => FILTER_CODES[2],
        }
    }
}

impl Default for Rulebook {
    /// Rules a group can start from, after the public codes of conduct Beadle is made for.
    fn default() -> Self {
        let rule = |verdict, code: &str, title: &str, text: &str| Rule {
            code: code.to_owned(),
            title: title.to_owned(),
            text: text.to_owned(),
            version: 1,
            verdict,
        };
        use Verdict::{Delete, Flag, Hide};
        Self {
            rules: vec![
                rule(
                    Hide,
                    "language",
                    "Polite language",
                    "Keep it polite. No swearing and no offensive words.",
                ),
                rule(
                    Delete,
                    "abuse",
                    "No personal attacks",
                    "Argue with what people say and do. Do not insult, threaten or shame the person.",
                ),
                rule(
                    Delete,
                    "harassment",
                    "Leave people alone who ask you to",
                    "Do not pester, follow or intimidate anybody, here or in private.",
                ),
                rule(
                    Delete,
                    "discrimination",
                    "No discrimination",
                    "Do not attack people for who they are: their race, religion, sex, disability, age, \
                     orientation or gender.",
                ),
                rule(
                    Delete,
                    "sexual",
                    "Nothing sexual",
                    "No sexual words or pictures, and no unwelcome advances.",
                ),
                rule(Hide, "derailing", "Let others talk", "Do not disrupt other people's conversations."),
                rule(
                    Flag,
                    "fairness",
                    "Quote fairly",
                    "Do not twist what others said, and do not describe them in ways they would not.",
                ),
                rule(
                    Delete,
                    "privacy",
                    "Private means private",
                    "Do not share other people's private information without their clear permission.",
                ),
                rule(
                    Delete,
                    "legal",
                    "Within the law",
                    "Nothing unlawful, defamatory or copied without permission, and no support for violence.",
                ),
                rule(
                    Hide,
                    "disrepute",
                    "Think of all of us",
                    "Write nothing that would bring the group into disrepute.",
                ),
                rule(Hide, "spam", "No advertising", "No advertising, no tricks and no endless repetition."),
                rule(
                    Hide,
                    "moderation",
                    "Moderation in private",
                    "Take questions about moderation to the officers, not to the channel.",
                ),
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edition_changes_with_the_versions_and_not_with_the_order() {
        let rules = Rulebook::default().rules().to_vec();
        let edition = |rules: &[Rule]| Rulebook::new(rules.to_vec()).unwrap().edition();
        assert_eq!(edition(&rules).to_string(), "8b4261c3");
        let reversed: Vec<Rule> = rules.iter().rev().cloned().collect();
        assert_eq!(edition(&reversed), edition(&rules));
        let mut raised = rules.clone();
        raised[0].version = 2;
        assert_ne!(edition(&raised), edition(&rules));
        assert_ne!(edition(&rules[..rules.len() - 1]), edition(&rules));
    }
}
