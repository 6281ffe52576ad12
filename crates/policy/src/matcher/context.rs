//! Whether a word that has an innocent sense is used as abuse, as far as the sentence tells.
//!
//! A small table of witnesses: who is addressed, what stands before and after the word. None of them looks
//! further than the sentence. In doubt the word is innocent.

use std::ops::Range;

use super::explain::Reason;
use crate::finding::Category;
use crate::normalise::{Cell, SYMBOL};

/// How many words on either side are looked at.
const WORDS_MAX: usize = 8;
/// How many cells on either side are looked at.
const CELLS_MAX: usize = 120;
/// From how many points a word counts as abuse.
const ABUSE_MIN: i32 = 2;

const SECOND_PERSON: &str = "you your youre yours yourself ye yer ya u ur youse yous yall thee";
const INTENSIFIERS: &str = "utter absolute total complete fucking fuckin bloody stupid dirty filthy fat lazy ugly \
    useless pathetic daft dumb lying cheating thick miserable sad selfish arrogant ignorant silly old little big \
    massive right proper real such fucked sick vile nasty smug sweaty bald greedy mouthy horrible disgusting damn \
    fecking feckin effing friggin frigging flaming sodding blithering raging giant huge gigantic whiny two-faced";
const BEING: &str = "is was be being been are were am s re m such become becoming aint isnt wasnt";
const ARTICLES: &str = "a an the such some one";
const THINGS: &str = "it this there here these those";
const GOES_ON: &str =
    "to and who for all but about when if because as with or so than at isnt arent mate on lol";
const IMPERATIVES: &str = "listen push shut piss fuck get go look oi hey sod bugger jog do give pay move shove clear \
    come wind pipe calm grow shift stop wise what oh right well sorry thanks cheers nice no yes";
const POINTERS: &str = "that this those these them some no all every another any";
const PERSON_DOES: &str = "cant cannot can will wont wants needs should thinks said says drives did didnt does doesnt \
    who has hasnt owes stole lied keeps deserves just never always ought belongs go went out here are";
const SEEN: &str =
    "at up hate sack ban report kill get stop deport remove arrest kick throw with tell ask told asked";
const POSSESSIVES: &str = "my your his her their yer ur";
const ENDEARMENTS: &str = "sweetheart love darling babe baby doll darlin gorgeous sexy hun";
const SEXUAL_VERBS: &str =
    "suck sucks sucking sucked lick licking licks show flash grab wank stroke ride kiss got";
const LIKENESS: &str = "like";
const NICE: &str = "nice lovely big massive huge fit great";

/// What is known about a word besides its sentence.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    /// Whether the post is aimed at somebody.
    pub(super) directed: bool,
    /// Whether letters were hidden; nobody hides a cockerel.
    pub(super) hidden: bool,
}

/// The sentence round a word.
pub(super) struct Sentence {
    /// Words before, the nearest first.
    before: Vec<Vec<u8>>,
    /// Words after, the nearest first.
    after: Vec<Vec<u8>>,
    comma_before: bool,
    stop_after: bool,
    plural: bool,
    named: bool,
}

fn among(list: &str, word: Option<&Vec<u8>>) -> bool {
    word.is_some_and(|word| list.split_ascii_whitespace().any(|listed| listed.as_bytes() == word.as_slice()))
}

impl Sentence {
    /// Reads the sentence round `span`.
    pub(super) fn round(cells: &[Cell], span: &Range<usize>) -> Self {
        let left = &cells[span.start.saturating_sub(CELLS_MAX)..span.start];
        let right = &cells[span.end..cells.len().min(span.end + CELLS_MAX)];
        let (before, comma_before) = side(left.iter().rev(), true);
        let (after, stop_after) = side(right.iter(), false);
        let word = &cells[span.clone()];
        let next_upper = right.iter().find(|cell| cell.is_letter()).is_some_and(|cell| cell.upper);
        let capital =
            word.first().is_some_and(|cell| cell.upper) && word.iter().skip(1).any(|cell| !cell.upper);
        Self {
            named: capital && (next_upper || !before.is_empty()),
            plural: word.last().is_some_and(|cell| cell.byte == b's'),
            before,
            after,
            comma_before,
            stop_after,
        }
    }

    /// Whether somebody is addressed.
    pub(super) fn has_second_person(&self) -> bool {
        self.before.iter().chain(&self.after).any(|word| among(SECOND_PERSON, Some(word)))
    }

    /// Weighs an ambiguous word of `category`, whose innocent sense is described in `innocent`.
    pub(super) fn is_abuse(
        &self,
        category: Category,
        innocent: &str,
        known: Known,
        reasons: &mut Vec<Reason>,
    ) -> bool {
        let mut points = 0;
        let mut weigh = |holds: bool, weight: i32, reason: Reason| {
            if holds {
                points += weight;
                reasons.push(reason);
            }
        };
        weigh(self.is_addressed(), 2, Reason::Addressed);
        weigh(self.is_intensified(), 2, Reason::Intensified);
        weigh(self.is_predicate(), 2, Reason::SaidOfSomebody);
        weigh(self.is_vocative(), 2, Reason::Called);
        weigh(self.is_pointed_at(category), 2, Reason::PointedAt);
        weigh(
            among(ARTICLES, self.before.first()) && among(LIKENESS, self.before.get(1)),
            2,
            Reason::SaidOfSomebody,
        );
        let body = matches!(category, Category::BodyPart | Category::Sexual);
        weigh(body && self.is_lewd(), 2, Reason::Lewd);
        weigh(known.directed || self.has_second_person(), 1, Reason::SecondPerson);
        weigh(known.hidden, 2, Reason::Hidden);
        weigh(self.is_about(innocent), -2, Reason::InnocentSense);
        weigh(self.named && !among(SECOND_PERSON, self.before.first()), -2, Reason::Name);
        points >= ABUSE_MIN
    }

    /// “you knob”, “you utter cock”.
    fn is_addressed(&self) -> bool {
        let adjectives = self.before.iter().take_while(|word| among(INTENSIFIERS, Some(word))).count().min(3);
        let addressed = among(SECOND_PERSON, self.before.get(adjectives));
        let possessive = among("your yours ur yer", self.before.get(adjectives));
        addressed && !possessive && (adjectives > 0 || self.stop_after || among(GOES_ON, self.after.first()))
    }

    /// “absolute bender”; an age or a size alone is none.
    fn is_intensified(&self) -> bool {
        let weak = among(
            "old little big right real such sad thick giant huge fat silly proper massive nasty vile",
            self.before.first(),
        );
        among(INTENSIFIERS, self.before.first()) && (!weak || self.has_second_person() || self.is_predicate())
    }

    /// “His wife is a slag”, “stop being a dick to the stewards”; not “it is a cock”.
    fn is_predicate(&self) -> bool {
        let skip = self
            .before
            .iter()
            .take_while(|word| among(ARTICLES, Some(word)) || among(INTENSIFIERS, Some(word)));
        let skipped = skip.count();
        let ends = self.stop_after || among(GOES_ON, self.after.first());
        let what = among("what", self.before.get(skipped))
            && skipped > 0
            && (ends || among("he she you they", self.after.first()));
        let thing = self.before.iter().skip(skipped + 1).take(2).any(|word| among(THINGS, Some(word)));
        skipped > 0 && ((among(BEING, self.before.get(skipped)) && ends && !thing) || what)
            || self.plural
                && among(BEING, self.before.first())
                && ends
                && !thing
                && self.before.len() > 1
                && among("they you them we all", self.before.get(1))
    }

    /// “Listen, bitch, pay up.”, “Push off, faggot.”; not a list of dishes.
    fn is_vocative(&self) -> bool {
        let opening = self.before.last();
        self.comma_before
            && self.stop_after
            && !self.plural
            && (among(IMPERATIVES, opening) || self.has_second_person())
    }

    /// “That chink can't drive”, “No coons in our pub”, “Lock up that nonce.”
    fn is_pointed_at(&self, category: Category) -> bool {
        let person = category.is_discriminatory()
            || matches!(category, Category::Insult | Category::Sexual | Category::General);
        let pointed = among(POINTERS, self.before.first());
        let acts = among(PERSON_DOES, self.after.first());
        let seen =
            among(SEEN, self.before.get(1)) && among("that this those these them all", self.before.first());
        let barred = self.plural
            && among("no", self.before.first())
            && self.before.len() == 1
            && among("in out here allowed welcome on wanted please thanks round near", self.after.first());
        person && pointed && (acts || barred || seen)
    }

    /// “Nice tits, sweetheart”, “suck my cock”.
    fn is_lewd(&self) -> bool {
        let endeared = self.after.iter().take(2).any(|word| among(ENDEARMENTS, Some(word)));
        let owned = among(POSSESSIVES, self.before.first());
        let acted = self.before.iter().skip(1).take(2).any(|word| among(SEXUAL_VERBS, Some(word)));
        (among(NICE, self.before.first()) && endeared) || (owned && acted)
    }

    /// Whether a word of the innocent sense is in the sentence.
    fn is_about(&self, innocent: &str) -> bool {
        let senses = crate::normalise::fold(innocent);
        let senses: Vec<_> =
            senses.split(|c: char| !c.is_ascii_lowercase()).filter(|word| word.len() >= 4).collect();
        self.before.iter().chain(&self.after).any(|word| {
            senses.iter().any(|sense| {
                let (sense, word) = (sense.as_bytes(), word.as_slice());
                word == sense || word.strip_suffix(b"s") == Some(sense)
            })
        })
    }
}

/// The words on one side up to the end of the sentence, and whether punctuation stands next to the term.
fn side<'a>(cells: impl Iterator<Item = &'a Cell>, backwards: bool) -> (Vec<Vec<u8>>, bool) {
    let mut words: Vec<Vec<u8>> = Vec::new();
    let mut word = Vec::new();
    let mut marked = false;
    let mut ended = false;
    for cell in cells {
        // Apostrophes are dropped, so that “can't” is one word.
        if cell.is_letter() {
            word.push(cell.byte);
            continue;
        }
        if cell.byte == b'\'' || (cell.byte == SYMBOL && !word.is_empty()) {
            continue;
        }
        let near = words.is_empty() && word.is_empty();
        if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        marked |= near && cell.byte != b' ' && cell.byte != b'-' && cell.byte != b'/';
        ended = matches!(cell.byte, b'.' | b'!' | b'?');
        if ended || words.len() >= WORDS_MAX {
            break;
        }
    }
    if !word.is_empty() && !ended {
        words.push(word);
    }
    if backwards {
        words.iter_mut().for_each(|word| word.reverse());
    }
    let nothing = words.is_empty();
    (words, marked || (nothing && !backwards))
}
