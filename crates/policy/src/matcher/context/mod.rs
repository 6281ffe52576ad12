//! Whether a word that has an innocent sense is used as abuse, as far as the sentence tells.
//!
//! Witnesses are heard for both sides, none of them looking further than the sentence: the part the word plays
//! (somebody is called it, is said to be one, is ordered about with it), hostile company, talk of bodies; against
//! them words of the innocent sense, names, titles, uses as a verb. Each gives points; what a term needs is told
//! by its entry (see `wordlists/README.md`): most ambiguous words are innocent in doubt, a *suspect* one needs but
//! a weak witness, and one with `unless` is abuse until something innocent is shown.
//!
//! The words and their parts stand in `tables`, the fields of innocent senses in `senses`.

mod body;
mod code;
mod foreign;
mod groups;
mod innocent;
mod person;
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
        let person = !usage.literal && self.is_said_of_somebody();
        self.speak_for(entry, known, person, &mut scales);
        self.speak_against(entry, person, &mut scales);
        scales.points >= ABUSE_MIN
    }

    fn speak_for(&self, entry: &Entry, known: Known, person: bool, scales: &mut Scales<'_>) {
        let usage = &entry.usage;
        let suspect = usage.suspect || usage.unless.is_some();
        let body = matches!(entry.category, Category::BodyPart | Category::Sexual);
        let group = entry.category.is_discriminatory();
        if !usage.literal {
            scales.hear(self.is_addressed(), 3, Reason::Addressed);
            scales.hear(self.is_predicate() || self.is_exclaimed(), 3, Reason::SaidOfSomebody);
            scales.hear(self.is_named_so(), 3, Reason::Called);
            scales.hear(self.is_intensified(person), 2, Reason::Intensified);
            let belittled = is(self.before.first(), Role::WEAK) && self.has_second_person() && !person;
            scales.hear(belittled && !self.gap_before.has(Gap::PAUSE), 1, Reason::Intensified);
            // “Dick, can you bring the urn?”
            let by_name = usage.name && self.capital && self.before.is_empty();
            scales.hear(self.is_vocative() && !by_name, 4, Reason::Called);
            scales.hear(self.is_loosely_predicate(), 2, Reason::SaidOfSomebody);
            scales.hear(
                self.is_pointed_at(group, body || !suspect),
                if self.is_barred() { 3 } else { 2 },
                Reason::PointedAt,
            );
            scales.hear(self.is_turned_on(), 2, Reason::PointedAt);
            scales.hear(group && self.is_told_of_all(), 1, Reason::AgainstGroup);
            scales.hear(self.is_said_to_be_after(), 2, Reason::PointedAt);
            scales.hear(suspect && self.is_one_of_two(), 1, Reason::SaidOfSomebody);
            scales.hear(self.is_likeness(), 2, Reason::SaidOfSomebody);
            scales.hear(self.is_of_a_person(), 6, Reason::SaidOfSomebody);
            scales.hear(self.does_to_somebody(), 1, Reason::OfSomebody);
            scales.hear(self.owns(), 3, Reason::OfSomebody);
            scales.hear(self.is_always_one(), 3, Reason::SaidOfSomebody);
            scales.hear(self.is_harmed(), 2, Reason::AgainstGroup);
            scales.hear(self.is_attitude(), 3, Reason::AbusivePhrase);
            scales.hear(self.does_as_people_do(), 3, Reason::OfSomebody);
            scales.hear(self.is_summed_up(group || suspect), 5, Reason::PointedAt);
            scales.hear(self.is_sneered_at(group), 2, Reason::AgainstGroup);
            scales.hear(group && self.is_unwanted(), 2, Reason::AgainstGroup);
            scales.hear(self.is_in_apposition(), 3, Reason::SaidOfSomebody);
            scales.hear(entry.category != Category::BodyPart && self.is_done_to(), 2, Reason::PointedAt);
            scales.hear(self.is_one_of_many(), 2, Reason::PointedAt);
            scales.hear(group && self.is_against_a_group(), 2, Reason::AgainstGroup);
            scales.hear(body && self.is_lewd(), 2, Reason::Lewd);
            scales.hear(body && self.is_on_somebody(), 2, Reason::Lewd);
            scales.hear(known.directed || self.has_second_person(), 1, Reason::SecondPerson);
            let near_person = self.speaks_of_somebody();
            let pointed = !self.is_pointed_at(group, body || !suspect)
                && among(self.before.first(), "that those these them some this all");
            let placed = group && self.any(Role::AMONG_GROUPS);
            scales.hear(suspect && (near_person || placed), 1, Reason::OfSomebody);
            scales.hear(suspect && pointed, 1, Reason::PointedAt);
        }
        scales.hear(body && self.is_hit(), 5, Reason::Lewd);
        // What was heard as hatred of a group is not heard again.
        let hostile = self.words().any(|word| word.is(Role::HOSTILE));
        scales.hear(hostile && !(group && self.is_against_a_group()), 1, Reason::Hostile);
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

    fn speak_against(&self, entry: &Entry, person: bool, scales: &mut Scales<'_>) {
        let usage = &entry.usage;
        let companions = self.companions(usage, person);
        scales.hear(companions > 0, -1 - companions.min(COMPANIONS_MAX), Reason::InnocentSense);
        // “to fanny about”, and “a fanny about it”.
        let busy = person && among(self.after.first(), "about around");
        let phrase = (among(self.before.first(), &usage.before) && !self.gap_before.has(Gap::PAUSE))
            || (among(self.after.first(), &usage.after) && self.joins_on() && !busy);
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

    /// How many words of the innocent sense are in the sentence. What comes behind a pause excuses nobody who has
    /// been called names: “what a cock, the cockerel was nice”.
    fn companions(&self, usage: &Usage, person: bool) -> i32 {
        let behind = if person && self.gap_after.has(Gap::PAUSE) { &[][..] } else { &self.after[..] };
        let near = self.before.iter().chain(behind).filter(|word| {
            (usage.senses != Senses::NONE && word.signs.senses.meet(usage.senses)) || word.among(&usage.near)
        });
        i32::try_from(near.take(COMPANIONS_MAX as usize).count()).unwrap_or(COMPANIONS_MAX)
    }
}
