//! Whether people are spoken of by a word: pointed at, barred, despised, done away with.

use super::sentence::{Gap, Sentence, Word};
use super::tables::Role;
use super::{among, is};

impl Sentence {
    /// “That chink can't drive”, “No coons in our pub”, “Lock up that nonce.”
    pub(super) fn is_pointed_at(&self, group: bool, thing: bool) -> bool {
        let fills =
            |word: &&Word| word.is(Role::INTENSE) || word.is(Role::WEAK) || word.among("two three four few");
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
        // “Some … on the M6 cut me up”
        let placed = among(self.after.first(), "of and or for in on at with to from");
        let wronged = || self.after.iter().skip(1).any(|word| word.is(Role::OBJECT) || word.is(Role::DID));
        let some = among(pointer, "some")
            && !self.plural
            && self.joins_on()
            && !self.after.is_empty()
            && (!placed || (wronged() && self.before.len() == skipped + 1));
        // “String that … up”
        let dealt_with = self.before.len() == skipped + 2
            && (among(pointer, "that this those these") || (group && self.plural && among(pointer, "the")))
            && among(self.after.first(), "up out down off away back")
            && self.after.len() <= 2;
        ((acts || seen) && !the) || barred || them || that || some || dealt_with
    }

    /// “No coons in our pub”
    pub(super) fn is_barred(&self) -> bool {
        const WHERE: &str = "in out here allowed welcome on wanted please thanks round near at";
        self.plural
            && self.before.len() == 1
            && among(self.before.first(), "no")
            && among(self.after.first(), WHERE)
    }

    /// “a bunch of …s”, “full of …s”.
    pub(super) fn is_one_of_many(&self) -> bool {
        let fills = |word: &&Word| word.is(Role::INTENSE) || word.is(Role::WEAK);
        let skipped = self.before.iter().take(3).take_while(fills).count();
        self.plural
            && among(self.before.get(skipped), "of with")
            && is(self.before.get(skipped + 1), Role::GROUP)
    }

    /// A people, a faith, a sort of people is spoken of as of vermin.
    pub(super) fn is_against_a_group(&self) -> bool {
        let hostile = self.words().filter(|word| word.is(Role::HOSTILE_TO_GROUPS)).count();
        let article = self.before.iter().take(2).any(|word| word.is(Role::ARTICLE) || word.is(Role::POINTER));
        let more = self.words().filter(|word| word.is(Role::AMONG_GROUPS)).count();
        hostile > 1
            || hostile + more > 2
            || (hostile > 0 && (article || self.plural || more > 0))
            || (more > 1 && self.plural)
    }

    /// “only a cock would”, “typical paddy”, “who invited the dyke?”, “tea is for nancies”
    pub(super) fn is_turned_on(&self) -> bool {
        let (first, second) = (self.before.first(), self.before.get(1));
        let whose = among(self.before.last(), "who whos");
        (among(first, "a an") && among(second, "only"))
            || (among(first, "only")
                && self.plural
                && self.before.len() == 1
                && self.joins_on()
                && !self.ends())
            || (among(self.before.last(), "typical") && self.before.len() <= 2 && self.ends())
            || (whose
                && self.ends()
                && among(first, "the this that")
                && among(second, "let lets invited invite brought hired asked picked made voted elected"))
            || (self.plural && self.ends() && among(first, "for") && self.is_meant_for())
    }

    /// “tea is for …”, “Rugby's not for …”: what stands before “for”.
    fn is_meant_for(&self) -> bool {
        let fills = |word: &&Word| word.among("not only just strictly never really");
        let verb = self.before.iter().skip(1).find(|word| !fills(word));
        verb.is_some_and(|verb| verb.is(Role::BEING) || verb.clipped)
    }

    /// “Chinks eat dogs”: a plural by itself, of which is said what only the living do.
    pub(super) fn is_told_of_all(&self) -> bool {
        const LIVING: &str =
            "eat ate drink drank stink smell breed pray worship spread carry drive work live";
        let fills = |word: &Word| word.is(Role::INTENSE) || word.among("all most typical these those them");
        self.plural
            && self.before.iter().all(fills)
            && self.joins_on()
            && among(self.after.first(), LIVING)
            && self.after.len() > 1
    }

    /// “All them hoes at the bar are after money”: many are said to want what only people want.
    pub(super) fn is_said_to_be_after(&self) -> bool {
        const WANTED: &str =
            "money cash attention husband husbands men benefit benefits job jobs one thing houses";
        let led = among(self.before.first(), "them those these all the")
            || self.before.is_empty()
            || is(self.before.first(), Role::INTENSE);
        let after = self.after.iter().position(|word| word.among("after"));
        let are = |at: usize| self.after[..at].iter().any(|word| word.is(Role::BEING) || word.among("only"));
        self.plural
            && led
            && self.joins_on()
            && after.is_some_and(|at| {
                are(at) && self.after.iter().skip(at + 1).take(3).any(|word| word.among(WANTED))
            })
    }

    /// “I wouldn't trust a mick”, “she married some paddy”
    pub(super) fn is_done_to(&self) -> bool {
        let fills = |word: &&Word| {
            word.is(Role::ARTICLE) || word.is(Role::INTENSE) || word.is(Role::WEAK) || word.is(Role::POINTER)
        };
        let skipped = self.before.iter().take(4).take_while(fills).count();
        let ends = self.ends() || is(self.after.first(), Role::GOES_ON) || is(self.after.first(), Role::DOES);
        (skipped > 0 || self.plural) && ends && is(self.before.get(skipped), Role::TO_PERSON)
    }

    /// “fat coon”, “big poof with a perm”: a sneer is the whole message, or begins it.
    pub(super) fn is_sneered_at(&self, group: bool) -> bool {
        let adjective = |word: &Word| {
            (word.is(Role::INTENSE) || word.is(Role::WEAK) || word.among("soft")) && !word.gap.has(Gap::PAUSE)
        };
        !self.before.is_empty()
            && !self.gap_before.has(Gap::PAUSE)
            && self.before.iter().all(adjective)
            && (group || self.before.iter().any(|word| word.is(Role::INTENSE)))
            && (self.ends() || among(self.after.first(), "with who"))
    }

    /// “never lend money to a …”, “I'd never buy a car off a …”
    fn is_traded_with(&self) -> bool {
        self.ends()
            && among(self.before.first(), "a an")
            && among(self.before.get(1), "to from off by with")
            && self.before.iter().skip(2).take(4).any(|word| word.is(Role::TRADES))
    }

    /// “I don't want … teaching my kids”, “there's a … about”
    pub(super) fn is_unwanted(&self) -> bool {
        let doing = self.after.first().is_some_and(|word| word.letters().ends_with(b"ing"));
        let unwanted =
            self.plural && doing && self.joins_on() && among(self.before.first(), "want of having allow let");
        let any = self.plural
            && among(self.before.first(), "any no more")
            && among(self.before.get(1), "want need wants allow");
        let here = among(self.before.first(), "a")
            && among(self.before.get(1), "having want need allowing")
            && among(self.before.get(2), "not dont never wont im");
        let about = among(self.before.first(), "a")
            && among(self.before.get(1), "theres is was")
            && among(self.after.first(), "about around")
            && self.after.len() == 1;
        unwanted || any || here || about || self.is_traded_with()
    }
}
