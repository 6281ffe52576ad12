//! Whether a body is spoken of lewdly, or hit.

use super::sentence::{Gap, Sentence};
use super::tables::Role;
use super::{among, is};

impl Sentence {
    /// “Nice tits, sweetheart”, “suck my cock”.
    pub(super) fn is_lewd(&self) -> bool {
        let first = self.before.first();
        let endeared = self.words().any(|word| word.is(Role::ENDEARMENT));
        let owned = is(first, Role::POSSESSIVE)
            || is(self.before.get(1), Role::POSSESSIVE) && is(first, Role::LEWD_SIDE);
        let acted = self.words().any(|word| word.is(Role::LEWD));
        let shown = among(self.after.first(), "out pic pics in")
            && (is(first, Role::POSSESSIVE) || acted)
            && self.joins_on();
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
        had || (is(first, Role::NICE) && endeared) || (owned && acted) || shown || self.is_on_somebody()
    }

    /// “kicked in the balls”, “grabbed her by the …”
    pub(super) fn is_hit(&self) -> bool {
        let whom = self.before.get(2);
        among(self.before.first(), "the")
            && among(self.before.get(1), "in by up")
            && (is(whom, Role::OBJECT)
                || is(whom, Role::PERSON)
                || among(whom, "kicked kick punched hit knee kneed booted whacked grabbed"))
    }

    /// “the tits on her”
    pub(super) fn is_on_somebody(&self) -> bool {
        // “the pricks on that holly” are on something.
        let bare = self.after.len() == 2
            || self.after.get(2).is_some_and(|word| {
                word.among("one lot bird girl woman") || word.is(Role::PERSON) || word.gap.has(Gap::PAUSE)
            });
        among(self.after.first(), "on of")
            && (among(self.after.get(1), "her him you them me she")
                || (among(self.after.get(1), "that") && bare))
    }
}
