//! Words as rules of AutoMod: what each of them holds, within what Discord takes, and whether one stands so already.

use std::collections::BTreeSet;

use platform::Outright;
use policy::Within;
use serde_json::{Value, json};

use crate::ids::Snowflake;
use crate::json;

/// How many rules of this sort a server has at most, of all who make some.
pub(crate) const RULES_MAX: usize = 6;
/// How many words one holds.
const WORDS_MAX: usize = 1_000;
/// How many innocent ones.
const ALLOWED_MAX: usize = 100;
/// How long a word is at most, with its stars.
const WORD_LEN_MAX: usize = 60;
/// What the bot's rules are called, each with its number behind; people see it in the server's settings.
const NAME: &str = "Beadle";
/// What whoever tries to post something is shown at once. What it was about and how to appeal is in the letter.
const SAID: &str = "Not posted, and nobody saw it: it has a word of this group's list. You will get a message about it, with \
                    how to appeal.";

/// What Discord calls it when somebody sends a message, a rule that looks for words, and keeping a message back.
const MESSAGE_SEND: u64 = 1;
const KEYWORD: u64 = 1;
const BLOCK_MESSAGE: u64 = 1;

/// The rules that the bot is to have in a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) rules: Vec<Rule>,
    /// How many words there is no room for.
    pub(crate) left_out: usize,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    number: usize,
    words: BTreeSet<String>,
    allowed: BTreeSet<String>,
    /// Where members appeal, and may have to say what they said.
    exempt: Snowflake,
}

impl Plan {
    /// The rules for these words beside so many rules of people's. The words come as they weigh: what there is no room for is
    /// the last of them.
    pub(crate) fn of(words: &[Outright], people: usize, exempt: Snowflake) -> Self {
        let room = RULES_MAX.saturating_sub(people);
        let mut plan = Self { rules: Vec::new(), left_out: 0 };
        for word in words {
            let (keyword, allowed) = keyword(word);
            if keyword.chars().count() > WORD_LEN_MAX {
                plan.left_out += 1;
                continue;
            }
            if !plan.rules.last().is_some_and(|rule| rule.has_room(&allowed)) {
                if plan.rules.len() == room {
                    plan.left_out += 1;
                    continue;
                }
                let number = plan.rules.len() + 1;
                plan.rules.push(Rule { number, words: BTreeSet::new(), allowed: BTreeSet::new(), exempt });
            }
            if let Some(rule) = plan.rules.last_mut() {
                rule.words.insert(keyword);
                rule.allowed.extend(allowed);
            }
        }
        plan
    }
}

impl Rule {
    fn has_room(&self, allowed: &BTreeSet<String>) -> bool {
        self.words.len() < WORDS_MAX && self.allowed.union(allowed).count() <= ALLOWED_MAX
    }

    /// The rule as Discord is told of it.
    pub(crate) fn body(&self) -> Value {
        json!({
            "name": format!("{NAME} {}", self.number),
            "event_type": MESSAGE_SEND,
            "trigger_type": KEYWORD,
            "trigger_metadata": {
                "keyword_filter": self.words,
                "regex_patterns": [],
                "allow_list": self.allowed,
            },
            "actions": [{ "type": BLOCK_MESSAGE, "metadata": { "custom_message": SAID } }],
            "enabled": true,
            "exempt_roles": [],
            "exempt_channels": [self.exempt.to_string()],
        })
    }

    /// Whether a rule that stands is this one, in whatever order it has its words.
    pub(crate) fn stands_as(&self, found: &Value) -> bool {
        let body = self.body();
        let same = |path: &[&str]| words_at(found, path) == words_at(&body, path);
        let lists: [&[&str]; 5] = [
            &["trigger_metadata", "keyword_filter"],
            &["trigger_metadata", "regex_patterns"],
            &["trigger_metadata", "allow_list"],
            &["exempt_roles"],
            &["exempt_channels"],
        ];
        let [action] = json::list(found, "actions") else { return false };
        let said = json::at(action, &["metadata", "custom_message"]).and_then(Value::as_str);
        lists.into_iter().all(same)
            && json::text(found, "name") == json::text(&body, "name")
            && json::number(found, "event_type") == Some(MESSAGE_SEND)
            && json::number(action, "type") == Some(BLOCK_MESSAGE)
            && json::is_true(found, "enabled")
            && said == Some(SAID)
    }
}

/// Whether a rule is one that the bot made to look for words: by its name, for others may make rules in the bot's, or because
/// it is known to be.
pub(crate) fn is_mine(rule: &Value, me: Snowflake, known: &BTreeSet<Snowflake>) -> bool {
    let is_known = json::id(rule, "id").is_some_and(|id| known.contains(&id));
    let is_named = json::text(rule, "name")
        .and_then(|name| name.strip_prefix(NAME)?.strip_prefix(' '))
        .is_some_and(|number| number.parse::<usize>().is_ok());
    (is_named || is_known) && is_keyword_rule(rule) && json::id(rule, "creator_id") == Some(me)
}

/// Whether a rule looks for words.
pub(crate) fn is_keyword_rule(rule: &Value) -> bool {
    json::number(rule, "trigger_type") == Some(KEYWORD)
}

/// A word as AutoMod is told to look for it, and what it is to pass over. It knows no letters but those that stand there: a
/// word that stands in too many innocent ones is looked for by itself alone, between spaces.
fn keyword(word: &Outright) -> (String, BTreeSet<String>) {
    let anywhere = |word: &str| format!("*{word}*");
    let keyword = match &word.within {
        Within::Words(_) => word.spelling.clone(),
        Within::Anything(_) => anywhere(&word.spelling),
    };
    (keyword, word.within.innocent().iter().map(|word| anywhere(word)).collect())
}

/// The words of a list, in any order and however they are written.
fn words_at(rule: &Value, path: &[&str]) -> BTreeSet<String> {
    let list = json::at(rule, path).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(Value::as_str).map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use policy::Grade;

    use super::*;

    fn exempt() -> Snowflake {
        Snowflake::new(9).unwrap()
    }

    fn inside(spelling: &str, innocent: &[&str]) -> Outright {
        let innocent = innocent.iter().map(|word| (*word).to_owned()).collect();
        Outright {
            spelling: spelling.to_owned(),
            grade: Grade::Strongest,
            within: Within::Anything(innocent),
        }
    }

    fn whole(spelling: &str) -> Outright {
        Outright { within: Within::Words(Vec::new()), ..inside(spelling, &[]) }
    }

    #[test]
    fn words_become_a_rule_that_keeps_back_and_says_so() {
        let plan = Plan::of(&[inside("qorb", &["qorbham"]), whole("wug")], 0, exempt());
        let [rule] = plan.rules.as_slice() else { panic!("one rule: {plan:?}") };
        let body = rule.body();
        assert_eq!(body["trigger_metadata"]["keyword_filter"], json!(["*qorb*", "wug"]));
        assert_eq!(body["trigger_metadata"]["allow_list"], json!(["*qorbham*"]));
        assert_eq!(
            body["actions"],
            json!([{"type": 1, "metadata": {"custom_message": SAID}}]),
            "and alerts nobody"
        );
        assert_eq!((&body["name"], &body["exempt_roles"]), (&json!("Beadle 1"), &json!([])));
        assert!(SAID.chars().count() <= 150, "{}", SAID.chars().count());
    }

    #[test]
    fn what_stands_so_already_is_known_in_any_order() {
        let plan = Plan::of(&[inside("qorb", &["qorbham"]), whole("wug")], 0, exempt());
        let rule = &plan.rules[0];
        let mut found = rule.body();
        found["id"] = json!("77");
        found["trigger_metadata"]["keyword_filter"] = json!(["WUG", "*qorb*"]);
        assert!(rule.stands_as(&found));
        for (path, value) in [
            ("/name", json!("Beadle 2")),
            ("/enabled", json!(false)),
            ("/exempt_roles", json!(["5"])),
            ("/exempt_channels", json!([])),
            ("/trigger_metadata/keyword_filter", json!(["wug"])),
            ("/trigger_metadata/allow_list", json!([])),
            ("/trigger_metadata/regex_patterns", json!(["x"])),
            ("/actions", json!([])),
            ("/actions/0/metadata/custom_message", json!("No.")),
            ("/actions/0/type", json!(2)),
        ] {
            let mut other = found.clone();
            *other.pointer_mut(path).unwrap() = value;
            assert!(!rule.stands_as(&other), "{path}");
        }
    }

    #[test]
    fn there_is_room_for_so_much_beside_what_people_made() {
        let many: Vec<_> = (0..2_500).map(|number| whole(&format!("word{number}"))).collect();
        let sizes = |people| {
            let plan = Plan::of(&many, people, exempt());
            (plan.rules.iter().map(|rule| rule.words.len()).collect::<Vec<_>>(), plan.left_out)
        };
        assert_eq!(sizes(0), (vec![1_000, 1_000, 500], 0));
        assert_eq!(sizes(4), (vec![1_000, 1_000], 500));
        assert_eq!(sizes(6), (vec![], 2_500));
        assert_eq!(sizes(9), (vec![], 2_500));
        let innocent: Vec<_> = (0..150).map(|number| format!("innocent{number}")).collect();
        let innocent: Vec<_> = innocent.iter().map(String::as_str).collect();
        let crowded =
            [inside("a", &innocent[..60]), inside("b", &innocent[60..120]), inside("c", &innocent[120..])];
        assert_eq!(Plan::of(&crowded, 0, exempt()).rules.len(), 2);
        let long = Plan::of(&[whole(&"x".repeat(61)), whole("wug")], 0, exempt());
        assert_eq!((long.rules.len(), long.left_out), (1, 1));
        assert_eq!(Plan::of(&[], 0, exempt()), Plan { rules: vec![], left_out: 0 });
    }

    #[test]
    fn peoples_rules_are_not_the_bots() {
        let me = Snowflake::new(1).unwrap();
        let rule = |name: &str, creator: &str, trigger: u64| json!({"name": name, "creator_id": creator, "trigger_type": trigger});
        for (found, want) in [
            (rule("Beadle 1", "1", 1), true),
            (rule("Beadle 12", "1", 1), true),
            (rule("Beadle 1", "2", 1), false),
            (rule("Beadle", "1", 1), false),
            (rule("Beadle's own", "1", 1), false),
            (rule("Beadle 1", "1", 4), false),
            (rule("Swearing", "2", 1), false),
        ] {
            assert_eq!(is_mine(&found, me, &BTreeSet::new()), want, "{found}");
        }
        // Somebody gave it another name.
        let known = BTreeSet::from([Snowflake::new(77).unwrap()]);
        for (creator, want) in [("1", true), ("2", false)] {
            let mut renamed = rule("Swearing", creator, 1);
            renamed["id"] = json!("77");
            assert_eq!(is_mine(&renamed, me, &known), want, "{renamed}");
            assert!(!is_mine(&renamed, me, &BTreeSet::new()));
        }
    }
}
