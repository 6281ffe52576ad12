//! Whether somebody is called a word: spoken to by it, said to be it, cursed with it.

use super::sentence::{Gap, Sentence, Word};
use super::tables::Role;
use super::{among, is};

/// How many words may stand between “you” and what somebody is called.
const ADJECTIVES_MAX: usize = 4;

impl Sentence {
    /// Whether somebody is called it by the grammar alone.
    pub(super) fn is_said_of_somebody(&self) -> bool {
        self.is_addressed()
            || self.is_predicate()
            || self.is_exclaimed()
            || self.is_named_so()
            || self.is_vocative()
    }

    /// “you knob”, “you utter cock”, “you jumped-up little prick”.
    pub(super) fn is_addressed(&self) -> bool {
        let between =
            |word: &&Word| !word.is(Role::YOU) && !word.is(Role::BREAKS) && !word.gap.has(Gap::PAUSE);
        if self.gap_before.has(Gap::PAUSE) {
            return false;
        }
        let skipped = self.before.iter().take_while(between).count();
        if skipped > ADJECTIVES_MAX {
            return false;
        }
        let Some(you) = self.before.get(skipped) else { return false };
        if !you.is(Role::YOU) || (you.gap.has(Gap::PAUSE) && skipped > 0) {
            return self.is_addressed_as_many();
        }
        let adjectives = &self.before[..skipped];
        let strong = adjectives.iter().any(|word| word.is(Role::INTENSE));
        let weak = adjectives.iter().any(|word| word.is(Role::WEAK));
        let known = adjectives.iter().all(|word| word.is(Role::INTENSE) || word.is(Role::WEAK));
        let closes = self.ends() || is(self.after.first(), Role::GOES_ON);
        // “your knob” is something of yours; “you’re a knob” is heard elsewhere.
        if you.is(Role::YOURS) && !(you.among("ya ur") && closes) {
            return false;
        }
        strong || (weak && known) || (skipped == 0 && closes) || (skipped <= 2 && self.ends())
    }

    /// “you lot of …”, “you bunch of …”.
    pub(super) fn is_addressed_as_many(&self) -> bool {
        among(self.before.first(), "of") && is(self.before.get(1), Role::GROUP) && self.has_second_person()
    }

    /// “absolute bender”; an age or a size alone says nothing.
    pub(super) fn is_intensified(&self, person: bool) -> bool {
        let Some(word) = self.before.first().filter(|_| !self.gap_before.has(Gap::PAUSE)) else {
            return false;
        };
        word.is(Role::INTENSE) || (word.is(Role::WEAK) && person)
    }

    /// “His wife is a slag”, “stop being a dick to the stewards”, “is he a nonce”; not “it is a cock”.
    pub(super) fn is_predicate(&self) -> bool {
        if self.gap_before.has(Gap::PAUSE) && !among(self.before.first(), "a an") {
            // “What are you, a nonce?” has its pause before the article.
            return false;
        }
        let fills = |word: &&Word| word.is(Role::FILLER) || word.is(Role::INTENSE) || word.is(Role::WEAK);
        let skipped = self.before.iter().take(6).take_while(fills).count();
        let article =
            self.before[..skipped].iter().any(|word| word.is(Role::ARTICLE) || word.is(Role::INTENSE));
        if !article && !self.plural {
            return self.is_bare_predicate(skipped);
        }
        let Some(verb) = self.before.get(skipped) else { return false };
        // “It would only be a small prick”: what stands between says nothing of who it is.
        let between = |word: &&Word| word.is(Role::MODAL) || (word.is(Role::FILLER) && !word.is(Role::THING));
        let behind = self.before[skipped + 1..].iter().take_while(between).count();
        let subject = self.before.get(skipped + 1 + behind);
        let next = self.after.first();
        let closes =
            self.ends() || [Role::GOES_ON, Role::BREAKS, Role::POINTER].iter().any(|role| is(next, *role));
        if closes
            && (verb.is(Role::PERSON_IS)
                || (article && verb.clipped && !verb.is(Role::THING) && !verb.among("theres heres wheres")))
        {
            return true;
        }
        // “Why is Gary always a dick”
        if (verb.capital || verb.is(Role::PERSON))
            && (is(subject, Role::BEING)
                || (is(subject, Role::POSSESSIVE) || among(subject, "the"))
                    && is(self.before.get(skipped + behind + 2), Role::BEING))
            && closes
        {
            return true;
        }
        // “Are you a nonce?”, “why is he such a dick”
        if verb.is(Role::PRONOUN) && (is(subject, Role::BEING) || among(subject, "being")) {
            return true;
        }
        if among(Some(verb), "of from into") {
            return false;
        }
        if !verb.is(Role::BEING) {
            return among(Some(verb), "like as") && is(subject, Role::BEING);
        }
        let thing = is(subject, Role::THING) || verb.among("its thats");
        if thing || (self.plural && !verb.among("being acting") && !self.before.iter().any(Word::is_somebody))
        {
            return false;
        }
        let ends = self.ends() || is(self.after.first(), Role::GOES_ON);
        // A noun that follows makes it a knob cover, or a tit box.
        let person =
            is(subject, Role::PRONOUN) || is(subject, Role::PERSON) || verb.among("being acting acts");
        ends || (person && self.after.len() <= 1 && self.joins_on() && self.after.is_empty())
    }

    /// “he's a soft pansy”: with words between that are in no table.
    pub(super) fn is_loosely_predicate(&self) -> bool {
        let near = &self.before[..self.before.len().min(ADJECTIVES_MAX)];
        let Some(at) = near.iter().position(|word| word.among("a an")) else { return false };
        let plain = near[..at].iter().all(|word| !word.is(Role::BREAKS) && !word.gap.has(Gap::PAUSE));
        let (verb, subject) = (self.before.get(at + 1), self.before.get(at + 2));
        let person = is(verb, Role::PERSON_IS)
            || (is(verb, Role::BEING) && (is(subject, Role::PRONOUN) || is(subject, Role::PERSON)))
            || verb.is_some_and(|verb| verb.clipped && verb.is(Role::PERSON));
        at > 0 && plain && person && self.ends() && !self.gap_before.has(Gap::HYPHEN)
    }

    /// “he's queer”: no article, and nothing after it.
    pub(super) fn is_bare_predicate(&self, skipped: usize) -> bool {
        let verb = self.before.get(skipped);
        let subject = self.before.get(skipped + 1);
        let ends = self.ends() || is(self.after.first(), Role::GOES_ON);
        ends && (is(verb, Role::PERSON_IS) || (is(verb, Role::BEING) && is(subject, Role::PRONOUN)))
    }

    /// “what a dick”, “such a knob”, “some prick”.
    pub(super) fn is_exclaimed(&self) -> bool {
        let fills = |word: &&Word| word.is(Role::INTENSE) || word.is(Role::WEAK);
        let skipped = self.before.iter().take(3).take_while(fills).count();
        let article = self.before.get(skipped);
        // “What a knob the treasurer is”, “… Kev has been”
        let told = self.joins_on()
            && self.after.len() > 1
            && (among(self.after.first(), "the that this his her my our your their")
                || is(self.after.first(), Role::PERSON)
                || self.after[0].capital)
            && self.after.iter().skip(1).any(|word| word.is(Role::BEING));
        let ends = self.ends()
            || told
            || is(self.after.first(), Role::GOES_ON)
            || is(self.after.first(), Role::PRONOUN);
        if self.gap_before.has(Gap::PAUSE) || !ends {
            return false;
        }
        (among(article, "a an") && among(self.before.get(skipped + 1), "what such"))
            || among(article, "such") && self.plural
            || (among(self.before.get(skipped), "what") && (self.plural || skipped > 0))
    }

    /// “he called me a dyke”, “called her a fat slag”.
    pub(super) fn is_named_so(&self) -> bool {
        let before = self.before.iter().take(6);
        let at = before.clone().position(|word| word.is(Role::NAMES));
        at.is_some_and(|at| {
            at >= 1
                && self.before[..at].iter().all(|word| {
                    word.is(Role::OBJECT)
                        || word.is(Role::ARTICLE)
                        || word.is(Role::INTENSE)
                        || word.is(Role::WEAK)
                        || word.is(Role::PERSON)
                        || word.is(Role::POSSESSIVE)
                        || word.is(Role::PRONOUN)
                        || word.capital
                })
                && self.before[..at]
                    .iter()
                    .any(|word| !word.is(Role::ARTICLE) && !word.is(Role::INTENSE) && !word.is(Role::WEAK))
        })
    }

    /// “Listen, bitch, pay up.”, “Push off, faggot.”, “Oi knob!”; not a list of dishes.
    pub(super) fn is_vocative(&self) -> bool {
        if self.plural && !self.has_second_person() && !is(self.before.last(), Role::CALL_OUT) {
            return false;
        }
        let opening = self.before.last();
        let ordered = is(opening, Role::ORDER) || is(opening, Role::CALL_OUT);
        let pauses = self.gap_before.has(Gap::PAUSE);
        let list = self.words().filter(|word| word.gap.has(Gap::PAUSE)).count() > 2
            || among(self.after.first(), "and or");
        if pauses && self.ends() && !self.before.is_empty() {
            return !list && (ordered || self.has_second_person());
        }
        // “Shut up dyke”, “Oi, knob”: with or without the comma.
        if self.ends() && !pauses && (1..=4).contains(&self.before.len()) {
            let dismissed = among(self.before.first(), "off up oi hey lost away here it") && ordered;
            let called = self.before.len() == 1 && is(self.before.first(), Role::CALL_OUT);
            let long = self.before.len() >= 3 && among(opening, "fuck piss shut sod get");
            return dismissed || called || (long && among(self.before.first(), "off up lost"));
        }
        // “Knob, move your car.”
        let first = self.before.is_empty() || (self.before.len() == 1 && is(opening, Role::CALL_OUT));
        first
            && self.gap_after.has(Gap::PAUSE)
            && !self.after.is_empty()
            && !list
            && self.before.is_empty()
            && self.after.iter().any(|word| word.is(Role::YOU))
            && !self.plural
    }

    /// “She did it again, the prick.”
    pub(super) fn is_in_apposition(&self) -> bool {
        let fills = |word: &&Word| word.is(Role::INTENSE) || word.is(Role::WEAK);
        let skipped = self.before.iter().take(3).take_while(fills).count();
        let whom = self.before.get(skipped + 1);
        among(self.before.get(skipped), "the")
            && self.ends()
            && whom.is_some_and(|word| word.gap.has(Gap::PAUSE))
            && self.before[skipped + 1..].iter().any(|word| {
                word.is(Role::PRONOUN) || word.is(Role::OBJECT) || word.is(Role::PERSON) || word.is(Role::YOU)
            })
    }

    /// “behaved like a dick”
    pub(super) fn is_likeness(&self) -> bool {
        let fills = |word: &&Word| word.is(Role::ARTICLE) || word.is(Role::INTENSE) || word.is(Role::WEAK);
        let skipped = self.before.iter().take(4).take_while(fills).count();
        let ends = self.ends() || is(self.after.first(), Role::GOES_ON);
        (skipped > 0 || self.plural)
            && ends
            && among(self.before.get(skipped), "like")
            && self
                .before
                .get(skipped + 1)
                .is_some_and(|word| !word.is(Role::PRONOUN) && !word.among("do would id youd dont really"))
            && !self.before[skipped + 1..].iter().any(|word| word.is(Role::THING))
    }

    /// “a right hallion and a hoor”
    pub(super) fn is_one_of_two(&self) -> bool {
        let behind = self.before.iter().skip(2).take(ADJECTIVES_MAX);
        among(self.before.first(), "a an")
            && among(self.before.get(1), "and")
            && self.ends()
            && behind.clone().any(|word| word.is(Role::INTENSE) || word.is(Role::WEAK))
            && behind.clone().any(|word| word.among("a an"))
    }

    /// “a proper knob of a manager”
    pub(super) fn is_of_a_person(&self) -> bool {
        among(self.after.first(), "of")
            && among(self.after.get(1), "a an")
            && self.joins_on()
            && self.after.iter().skip(2).take(2).any(|word| word.is(Role::PERSON))
    }

    /// “such a dick move”, “typical faggot behaviour”
    pub(super) fn is_attitude(&self) -> bool {
        const ATTITUDES: &str = "move behaviour behavior attitude mentality energy";
        self.joins_on() && among(self.after.first(), ATTITUDES)
    }

    /// “The prick never even said sorry”, “Nonces should be hanged”
    pub(super) fn does_as_people_do(&self) -> bool {
        let adjective = |word: &&Word| word.is(Role::INTENSE) || word.is(Role::WEAK);
        let skipped = self.before.iter().take(3).take_while(adjective).count();
        let determiner = self.before.get(skipped);
        // The subject of what follows: “popped out for a fag and missed” has another.
        let opens_at = |at: usize| {
            at >= self.before.len()
                || (at > 0 && self.before[at - 1].gap.has(Gap::PAUSE))
                || self.before[at].among("and but because so if when think reckon why how that cos")
                || (at + 1 == self.before.len() && self.before[at].is(Role::FILLER))
        };
        let opens = opens_at(skipped);
        let led = (is(determiner, Role::POINTER) || among(determiner, "the a an two three four couple"))
            && opens_at(skipped + 1);
        let joined = self.joins_on() && !self.gap_before.has(Gap::PAUSE);
        // “Tell that pansy to grow up”
        let told = is(determiner, Role::POINTER) || among(determiner, "the");
        if told
            && among(self.before.get(skipped + 1), "tell told ask asked warn")
            && among(self.after.first(), "to")
        {
            return joined;
        }
        if !joined || self.verbal || !(led || (opens && self.plural)) {
            return false;
        }
        // The verb may stand behind what tells which of them it is: “the chinks in the takeaway ripped me off”.
        let clause =
            self.after.iter().enumerate().take_while(|(at, word)| *at == 0 || !word.gap.has(Gap::PAUSE));
        let mut clause = clause.map(|(_, word)| word).take(6);
        let human = clause.clone().any(|word| word.is(Role::HUMAN));
        let ought = opens && self.plural && clause.next().is_some_and(|word| word.is(Role::OUGHT));
        human || ought
    }

    /// “Cocks like him”, “dicks, every one of them”, “poofs the lot of them”, “slags everywhere”
    pub(super) fn is_summed_up(&self, everywhere: bool) -> bool {
        if !self.plural {
            return false;
        }
        let after = |at: usize| self.after.get(at);
        let alike = self.joins_on()
            && among(after(0), "like")
            && (among(after(1), "him her you them these those that")
                && (self.after.len() == 2
                    || after(2).is_some_and(|word| {
                        is(Some(word), Role::OUGHT)
                            || is(Some(word), Role::HUMAN)
                            || is(Some(word), Role::DOES)
                    })));
        let all = (among(after(0), "the") && among(after(1), "lot pair"))
            || (among(after(0), "every") && among(after(1), "one single last"))
            || (among(after(0), "all both most")
                && among(after(1), "of")
                && among(after(2), "them you us em"))
            || (among(after(0), "all") && self.after.len() == 1);
        // “pansies and poofs the lot”
        let plain = |word: &&Word| word.is(Role::INTENSE) || word.is(Role::WEAK) || word.among("and");
        let opens = self.before.iter().skip_while(plain).count() < 2;
        alike || (all && opens) || (everywhere && self.before.is_empty() && among(after(0), "everywhere"))
    }

    /// “The prick turned us down”: what people do to people.
    pub(super) fn does_to_somebody(&self) -> bool {
        let human = |pair: &[Word]| pair[0].is(Role::HUMAN) && pair[1].is(Role::OBJECT);
        self.does_as_people_do() && self.after.windows(2).any(human)
    }

    /// “burn the nonce's house down”
    pub(super) fn owns(&self) -> bool {
        among(self.after.first(), "s") && is(self.after.get(1), Role::OWNED)
    }

    /// “Once a nonce, always a nonce”
    pub(super) fn is_always_one(&self) -> bool {
        among(self.before.first(), "a an")
            && (among(self.before.get(1), "always") && self.ends()
                || among(self.before.get(1), "once") && among(self.after.first(), "always"))
    }

    /// “String up the nonces”
    pub(super) fn is_harmed(&self) -> bool {
        let fills = |word: &&Word| {
            word.is(Role::POINTER) || word.is(Role::INTENSE) || word.among("the up off all of out")
        };
        let skipped = self.before.iter().take(4).take_while(fills).count();
        let ordered =
            self.before.len() == skipped + 1 || among(self.before.get(skipped + 1), "should lets must to");
        self.plural && skipped > 0 && ordered && is(self.before.get(skipped), Role::HARM)
    }

    /// Whether the clause speaks of somebody. The speaker counts when unwilling: “I won't work for a …”.
    pub(super) fn speaks_of_somebody(&self) -> bool {
        const SPEAKER: &str = "i im me we us my our";
        let unwilling = || {
            self.clause().any(|word| word.among("wont never cant couldnt wouldnt not sick hate outnumbered"))
        };
        self.clause().any(|word| {
            let somebody = [Role::PRONOUN, Role::OBJECT, Role::POSSESSIVE, Role::PERSON]
                .iter()
                .any(|role| word.is(*role));
            somebody && !word.among("they someone somebody") && (!word.among(SPEAKER) || unwilling())
        })
    }
}
