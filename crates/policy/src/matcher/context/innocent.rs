//! Whether a word is something else than a noun for somebody: a verb, a name, a title.

use super::sentence::{Gap, Sentence};
use super::tables::Role;
use super::{among, is};
use crate::wordlist::Usage;

impl Sentence {
    /// “prick the pastry”, “to cock an ear”, “it cripples us”.
    pub(super) fn is_verb(&self) -> bool {
        let first = self.before.first().filter(|_| !self.gap_before.has(Gap::PAUSE));
        let noun_before = is(first, Role::ARTICLE)
            || is(first, Role::POINTER)
            || is(first, Role::POSSESSIVE)
            || is(first, Role::INTENSE);
        let object = is(self.after.first(), Role::OF_VERB) && self.joins_on();
        let plain = is(first, Role::MODAL) && (object || !self.ends() || !among(first, "to"));
        let you = is(first, Role::YOU) && !is(first, Role::YOURS) && !self.verbal;
        (plain && !noun_before)
            || (self.verbal && !noun_before && !is(first, Role::YOU))
            || (object
                && !noun_before
                && !you
                && !self.plural
                && !among(self.after.first(), "out off with up about"))
            || (object
                && self.plural
                && !noun_before
                && self.before.len() < 3
                && !among(self.after.first(), "out off with up about"))
            || (you && object)
    }

    /// “Dick Turpin”, “Aunt Fanny”, “Are you coming, Dick?”
    pub(super) fn is_name(&self, usage: &Usage) -> bool {
        if !self.capital {
            return false;
        }
        let (first, next) = (self.before.first(), self.after.first());
        let titled = is(first, Role::TITLE) && first.is_some_and(|word| word.capital);
        let in_the_middle = !self.before.is_empty() && !self.gap_before.has(Gap::QUOTE);
        let beside = next.is_some_and(|word| word.capital) && self.joins_on()
            || (first.is_some_and(|word| word.capital && !word.is(Role::YOU)) && self.before.len() > 1);
        // “Are you Fanny?” asks for a name.
        let asked = usage.name && among(self.before.get(1), "are");
        let insulted = (is(first, Role::YOU) && !asked) || is(first, Role::INTENSE);
        // Families have no plural here: “the Micks” are a people.
        let told = usage.unless.is_some() && (is(first, Role::POINTER) || among(first, "the"));
        let insulted = insulted || told || self.plural || (is(first, Role::ARTICLE) && among(first, "a"));
        titled
            || (beside && !insulted && usage.unless.is_none())
            || (usage.name && in_the_middle && !insulted)
            || (usage.name && beside)
    }

    /// “the film Cock and Bull”, “‘Pussy Riot’”: a capital in a title that is announced or quoted.
    pub(super) fn is_title(&self, strict: bool) -> bool {
        if !self.capital {
            return false;
        }
        let announced = self.words().any(|word| word.is(Role::WORK));
        let beside = self.before.iter().take(2).any(|word| word.capital && !word.gap.has(Gap::PAUSE))
            || self.after.iter().take(2).any(|word| word.capital && !word.gap.has(Gap::PAUSE));
        let opened = self.gap_before.has(Gap::QUOTE)
            || self.before.iter().take(4).any(|word| word.gap.has(Gap::QUOTE));
        let closed =
            self.gap_after.has(Gap::QUOTE) || self.after.iter().take(4).any(|word| word.gap.has(Gap::QUOTE));
        (!strict && beside && (announced || (opened && closed))) || (announced && opened && closed)
    }

    /// “Holy Fuck (band)”, “the album Fuck World Trade”: a work is named with its kind, whatever the word.
    pub(super) fn is_announced_work(&self) -> bool {
        const KINDS: &str = "band album film movie novel book single song play musical documentary podcast";
        if !self.capital {
            return false;
        }
        let bracketed = self.gap_after.has(Gap::MARK) && among(self.after.first(), KINDS);
        let run = self.before.iter().take_while(|word| word.capital && !word.gap.has(Gap::PAUSE)).count();
        let beside = run > 0 || self.after.first().is_some_and(|word| word.capital && self.joins_on());
        bracketed || (beside && !self.gap_before.has(Gap::PAUSE) && among(self.before.get(run), KINDS))
    }
}
