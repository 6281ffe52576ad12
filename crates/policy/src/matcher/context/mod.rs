//! Whether a word that has an innocent sense is used as abuse, as far as the sentence tells.
//!
//! Witnesses are heard for both sides, none of them looking further than the sentence: the part the word plays
//! (somebody is called it, is said to be one, is ordered about with it), hostile company, talk of bodies; against
//! them words of the innocent sense, names, titles, uses as a verb. Each gives points; what a term needs is told
//! by its entry (see `wordlists/README.md`): most ambiguous words are innocent in doubt, a *suspect* one needs but
//! a weak witness, and one with `unless` is abuse until something innocent is shown.
//!
//! The words and their parts stand in `tables`, the fields of innocent senses in `senses`.

mod foreign;
pub(crate) mod senses;
mod sentence;
mod shape;
mod tables;

use super::explain::Reason;
use crate::finding::Category;
use crate::wordlist::{Entry, Usage};

pub(super) use foreign::{Foreignness, foreignness};
pub(super) use sentence::Sentence;
pub(super) use shape::shape;

use self::senses::Senses;
use self::sentence::{Gap, Word};
use self::tables::Role;

/// From how many points a word counts as abuse.
const ABUSE_MIN: i32 = 2;
/// The points with which a suspect word starts, and one that is abuse unless shown otherwise.
const SUSPECT: i32 = 1;
const UNLESS: i32 = 2;
/// How many witnesses of one innocent field are heard.
const COMPANIONS_MAX: i32 = 3;
/// How many words may stand between “you” and what somebody is called.
const ADJECTIVES_MAX: usize = 4;

/// What is known about a word besides its sentence.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    /// Whether the post is aimed at somebody.
    pub(super) directed: bool,
    /// Whether letters were hidden; nobody hides a cockerel.
    pub(super) hidden: bool,
}

/// Adds up what witnesses say.
struct Scales<'a> {
    points: i32,
    reasons: &'a mut Vec<Reason>,
}

impl Scales<'_> {
    fn hear(&mut self, holds: bool, weight: i32, reason: Reason) {
        if holds {
            self.points += weight;
            if !self.reasons.contains(&reason) {
                self.reasons.push(reason);
            }
        }
    }
}

fn is(word: Option<&Word>, role: Role) -> bool {
    word.is_some_and(|word| word.is(role))
}

fn among(word: Option<&Word>, list: &str) -> bool {
    word.is_some_and(|word| word.among(list))
}

impl Sentence {
    /// Whether somebody is addressed.
    pub(super) fn has_second_person(&self) -> bool {
        self.any(Role::YOU)
    }

    /// Weighs a word of `entry` that has an innocent sense.
    pub(super) fn is_abuse(&self, entry: &Entry, known: Known, reasons: &mut Vec<Reason>) -> bool {
        let usage = &entry.usage;
        let prior = match (&usage.unless, usage.suspect) {
            (Some(_), _) => UNLESS,
            (None, true) => SUSPECT,
            (None, false) => 0,
        };
        let mut scales = Scales { points: prior, reasons };
        self.speak_for(entry, known, prior > 0, &mut scales);
        self.speak_against(entry, &mut scales);
        scales.points >= ABUSE_MIN
    }

    fn speak_for(&self, entry: &Entry, known: Known, suspect: bool, scales: &mut Scales<'_>) {
        let usage = &entry.usage;
        let body = matches!(entry.category, Category::BodyPart | Category::Sexual);
        let group = entry.category.is_discriminatory();
        if !usage.literal {
            let person =
                self.is_addressed() || self.is_predicate() || self.is_exclaimed() || self.is_named_so();
            scales.hear(self.is_addressed(), 3, Reason::Addressed);
            scales.hear(self.is_predicate() || self.is_exclaimed(), 3, Reason::SaidOfSomebody);
            scales.hear(self.is_named_so(), 3, Reason::Called);
            scales.hear(self.is_intensified(person), 2, Reason::Intensified);
            let belittled = is(self.before.first(), Role::WEAK) && self.has_second_person() && !person;
            scales.hear(belittled && !self.gap_before.has(Gap::PAUSE), 1, Reason::Intensified);
            scales.hear(self.is_vocative(), 4, Reason::Called);
            scales.hear(self.is_loosely_predicate(), 2, Reason::SaidOfSomebody);
            scales.hear(
                self.is_pointed_at(group, body || !suspect),
                if self.is_barred() { 3 } else { 2 },
                Reason::PointedAt,
            );
            scales.hear(self.is_turned_on(), 2, Reason::PointedAt);
            scales.hear(self.is_likeness(), 2, Reason::SaidOfSomebody);
            scales.hear(self.is_in_apposition(), 3, Reason::SaidOfSomebody);
            scales.hear(entry.category != Category::BodyPart && self.is_done_to(), 2, Reason::PointedAt);
            scales.hear(self.is_one_of_many(), 2, Reason::PointedAt);
            scales.hear(group && self.is_against_a_group(), 2, Reason::AgainstGroup);
            scales.hear(body && self.is_lewd(), 2, Reason::Lewd);
            scales.hear(known.directed || self.has_second_person(), 1, Reason::SecondPerson);
            let near_person = [Role::PRONOUN, Role::OBJECT, Role::PERSON, Role::POSSESSIVE]
                .iter()
                .any(|role| self.any(*role));
            let pointed = among(self.before.first(), "that those these them some this");
            let placed = group && self.any(Role::AMONG_GROUPS);
            scales.hear(suspect && (near_person || placed), 1, Reason::OfSomebody);
            scales.hear(suspect && pointed, 1, Reason::PointedAt);
        }
        scales.hear(body && self.is_hit(), 4, Reason::Lewd);
        let hostile = self.words().filter(|word| word.is(Role::HOSTILE)).count();
        scales.hear(hostile > 0, 1, Reason::Hostile);
        scales.hear(known.hidden, 2, Reason::Hidden);
        let described = |word: &&Word| word.is(Role::LEWD_SIDE) || word.is(Role::INTENSE);
        let adjectives = self.before.iter().take(2).take_while(described).count();
        let before = among(self.before.first(), &usage.abusive_before)
            || among(self.before.get(adjectives), &usage.abusive_before);
        scales.hear(before && !self.gap_before.has(Gap::PAUSE), 3, Reason::AbusivePhrase);
        scales.hear(
            among(self.after.first(), &usage.abusive_after) && self.joins_on(),
            3,
            Reason::AbusivePhrase,
        );
        scales.hear(self.words().any(|word| word.among(&usage.abusive_near)), 2, Reason::AbusivePhrase);
    }

    fn speak_against(&self, entry: &Entry, scales: &mut Scales<'_>) {
        let usage = &entry.usage;
        let companions = self.companions(usage);
        scales.hear(companions > 0, -1 - companions.min(COMPANIONS_MAX), Reason::InnocentSense);
        let phrase = (among(self.before.first(), &usage.before) && !self.gap_before.has(Gap::PAUSE))
            || (among(self.after.first(), &usage.after) && self.joins_on());
        scales.hear(phrase, -3, Reason::InnocentPhrase);
        // “My nan's faggots”: what somebody has is no people.
        let owned = self.before.first().is_some_and(|word| word.clipped && !word.is(Role::YOU));
        let group = entry.category.is_discriminatory() && !self.gap_before.has(Gap::PAUSE);
        scales.hear(group && owned && !is(self.before.first(), Role::PRONOUN), -2, Reason::InnocentPhrase);
        scales.hear(usage.verb && self.is_verb(), -4, Reason::Verb);
        scales.hear(self.is_name(usage), -3, Reason::Name);
        scales.hear(self.is_title(usage.unless.is_some()), -3, Reason::Title);
    }

    /// Whether the next word belongs to the same phrase.
    fn joins_on(&self) -> bool {
        !self.gap_after.has(Gap::PAUSE)
    }

    /// How many words of the innocent sense are in the sentence.
    fn companions(&self, usage: &Usage) -> i32 {
        let near = self.words().filter(|word| {
            (usage.senses != Senses::NONE && word.signs.senses.meet(usage.senses)) || word.among(&usage.near)
        });
        i32::try_from(near.take(COMPANIONS_MAX as usize).count()).unwrap_or(COMPANIONS_MAX)
    }

    /// “you knob”, “you utter cock”, “you jumped-up little prick”.
    fn is_addressed(&self) -> bool {
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
    fn is_addressed_as_many(&self) -> bool {
        among(self.before.first(), "of") && is(self.before.get(1), Role::GROUP) && self.has_second_person()
    }

    /// “absolute bender”; an age or a size alone says nothing.
    fn is_intensified(&self, person: bool) -> bool {
        let Some(word) = self.before.first().filter(|_| !self.gap_before.has(Gap::PAUSE)) else {
            return false;
        };
        word.is(Role::INTENSE) || (word.is(Role::WEAK) && person)
    }

    /// “His wife is a slag”, “stop being a dick to the stewards”, “is he a nonce”; not “it is a cock”.
    fn is_predicate(&self) -> bool {
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
        let subject = self.before.get(skipped + 1);
        let next = self.after.first();
        let closes =
            self.ends() || [Role::GOES_ON, Role::BREAKS, Role::POINTER].iter().any(|role| is(next, *role));
        if closes
            && (verb.is(Role::PERSON_IS)
                || (article && verb.clipped && !verb.is(Role::THING) && !verb.among("theres heres wheres")))
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
        let thing = self.before.iter().skip(skipped + 1).take(1).any(|word| word.is(Role::THING))
            || verb.among("its thats");
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
    fn is_loosely_predicate(&self) -> bool {
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
    fn is_bare_predicate(&self, skipped: usize) -> bool {
        let verb = self.before.get(skipped);
        let subject = self.before.get(skipped + 1);
        let ends = self.ends() || is(self.after.first(), Role::GOES_ON);
        ends && (is(verb, Role::PERSON_IS) || (is(verb, Role::BEING) && is(subject, Role::PRONOUN)))
    }

    /// “what a dick”, “such a knob”, “some prick”.
    fn is_exclaimed(&self) -> bool {
        let fills = |word: &&Word| word.is(Role::INTENSE) || word.is(Role::WEAK);
        let skipped = self.before.iter().take(3).take_while(fills).count();
        let article = self.before.get(skipped);
        let ends =
            self.ends() || is(self.after.first(), Role::GOES_ON) || is(self.after.first(), Role::PRONOUN);
        if self.gap_before.has(Gap::PAUSE) || !ends {
            return false;
        }
        (among(article, "a an") && among(self.before.get(skipped + 1), "what such"))
            || among(article, "such") && self.plural
            || (among(self.before.get(skipped), "what") && (self.plural || skipped > 0))
    }

    /// “he called me a dyke”, “called her a fat slag”.
    fn is_named_so(&self) -> bool {
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
    fn is_vocative(&self) -> bool {
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
        if self.ends() && !pauses && self.before.len() <= 4 {
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

    /// “That chink can't drive”, “No coons in our pub”, “Lock up that nonce.”
    fn is_pointed_at(&self, group: bool, thing: bool) -> bool {
        let fills = |word: &&Word| word.is(Role::INTENSE) || word.is(Role::WEAK);
        let skipped = self.before.iter().take(3).take_while(fills).count();
        let pointer = self.before.get(skipped);
        let the = group && self.plural && among(pointer, "the");
        let pointed = (is(pointer, Role::POINTER) || the) && !self.gap_before.has(Gap::PAUSE);
        if !pointed {
            return false;
        }
        // A knob comes off, needs oil and works again; it neither lies nor thinks.
        let next = self.after.first();
        let clitic =
            among(next, "s") && among(self.after.get(1), "been just always got gone a such not never");
        let acts = (clitic
            || (is(next, Role::DOES) && !(thing && is(next, Role::THING_DOES)))
            || is(next, Role::DID))
            && self.joins_on();
        let at = self.before.get(skipped + 1);
        let seen = (is(at, Role::SEEN) || is(at, Role::NAMES))
            && among(pointer, "that this those these them all some");
        let barred = self.is_barred();
        let them = among(pointer, "them those these") && self.plural && group;
        let that = among(pointer, "that") && group && !thing && (self.before.len() > 1 || !self.ends());
        let some = among(pointer, "some")
            && !self.plural
            && self.joins_on()
            && !self.after.is_empty()
            && !among(self.after.first(), "of and or for in on at with to from");
        // “String that … up”
        let dealt_with = self.before.len() == skipped + 2
            && (among(pointer, "that this those these") || (group && self.plural && among(pointer, "the")))
            && among(self.after.first(), "up out down off away back")
            && self.after.len() <= 2;
        ((acts || seen) && !the) || barred || them || that || some || dealt_with
    }

    /// “No coons in our pub”
    fn is_barred(&self) -> bool {
        const WHERE: &str = "in out here allowed welcome on wanted please thanks round near at";
        self.plural
            && self.before.len() == 1
            && among(self.before.first(), "no")
            && among(self.after.first(), WHERE)
    }

    /// “a bunch of …s”, “full of …s”.
    fn is_one_of_many(&self) -> bool {
        let fills = |word: &&Word| word.is(Role::INTENSE) || word.is(Role::WEAK);
        let skipped = self.before.iter().take(3).take_while(fills).count();
        self.plural
            && among(self.before.get(skipped), "of with")
            && is(self.before.get(skipped + 1), Role::GROUP)
    }

    /// A people, a faith, a sort of people is spoken of as of vermin.
    fn is_against_a_group(&self) -> bool {
        let hostile = self.words().filter(|word| word.is(Role::HOSTILE_TO_GROUPS)).count();
        let article = self.before.iter().take(2).any(|word| word.is(Role::ARTICLE) || word.is(Role::POINTER));
        let more = self.words().filter(|word| word.is(Role::AMONG_GROUPS)).count();
        hostile > 1
            || hostile + more > 2
            || (hostile > 0 && (article || self.plural || more > 0))
            || (more > 1 && self.plural)
    }

    /// “Nice tits, sweetheart”, “suck my cock”.
    fn is_lewd(&self) -> bool {
        let first = self.before.first();
        let endeared = self.words().any(|word| word.is(Role::ENDEARMENT));
        let owned = is(first, Role::POSSESSIVE)
            || is(self.before.get(1), Role::POSSESSIVE) && is(first, Role::LEWD_SIDE);
        let acted = self.words().any(|word| word.is(Role::LEWD));
        let shown = among(self.after.first(), "out pic pics in")
            && (is(first, Role::POSSESSIVE) || acted)
            && self.joins_on();
        let on_her =
            among(self.after.first(), "on of") && among(self.after.get(1), "her him you that them me she");
        let sized = self
            .before
            .iter()
            .take(3)
            .take_while(|word| {
                word.is(Role::LEWD_SIDE) || word.is(Role::WEAK) || word.among("really very so pretty")
            })
            .count();
        let had = sized > 0
            && self.ends()
            && among(self.before.get(sized), "a")
            && among(self.before.get(sized + 1), "had has have got with having")
            && self.any(Role::PRONOUN);
        had || (is(first, Role::NICE) && endeared) || (owned && acted) || shown || on_her
    }

    /// “only a cock would”, “typical paddy”, “who invited the dyke?”, “tea is for nancies”
    fn is_turned_on(&self) -> bool {
        let (first, second) = (self.before.first(), self.before.get(1));
        let whose = among(self.before.last(), "who whos");
        (among(first, "a an") && among(second, "only"))
            || (among(self.before.last(), "typical") && self.before.len() <= 2 && self.ends())
            || (whose
                && self.ends()
                && among(first, "the this that")
                && among(second, "let lets invited invite brought hired asked picked made voted elected"))
            || (self.plural && self.ends() && among(first, "for") && is(second, Role::BEING))
    }

    /// “She did it again, the prick.”
    fn is_in_apposition(&self) -> bool {
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
    fn is_likeness(&self) -> bool {
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

    /// “I wouldn't trust a mick”, “she married some paddy”
    fn is_done_to(&self) -> bool {
        let fills = |word: &&Word| {
            word.is(Role::ARTICLE) || word.is(Role::INTENSE) || word.is(Role::WEAK) || word.is(Role::POINTER)
        };
        let skipped = self.before.iter().take(4).take_while(fills).count();
        let ends = self.ends() || is(self.after.first(), Role::GOES_ON) || is(self.after.first(), Role::DOES);
        (skipped > 0 || self.plural) && ends && is(self.before.get(skipped), Role::TO_PERSON)
    }

    /// “kicked in the balls”, “grabbed her by the …”
    fn is_hit(&self) -> bool {
        let whom = self.before.get(2);
        among(self.before.first(), "the")
            && among(self.before.get(1), "in by up")
            && (is(whom, Role::OBJECT)
                || is(whom, Role::PERSON)
                || among(whom, "kicked kick punched hit knee kneed booted whacked grabbed"))
    }

    /// “prick the pastry”, “to cock an ear”, “it cripples us”.
    fn is_verb(&self) -> bool {
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
    fn is_name(&self, usage: &Usage) -> bool {
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
    fn is_title(&self, strict: bool) -> bool {
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
}
