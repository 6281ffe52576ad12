//! What officers are told at once, in one letter: a burst of posts is one thing to read, not a hundred.
//!
//! The letter is asked for under the name of the first effect in it. Which others are in it is recorded before, so that
//! the same ones are in it when it may have been sent and is asked for again.

use ledger::{Effect, EffectState};
use policy::{Block, Letter, Reference};

use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::letters;

/// How many things one letter tells at most, so that none is too long for a platform, or to be read.
const TOLD_MAX: u32 = 20;

impl Casework {
    /// What goes along in the letter of that effect: those of a letter that may have been sent, or else all that is to be
    /// told now.
    pub(crate) async fn told_along(&self, leader: &Effect) -> Result<Vec<Effect>, CaseworkError> {
        if leader.state == EffectState::Unknown {
            return Ok(self.ledger.along(leader.id).await?);
        }
        let mut due = self.ledger.due_like(leader, self.now(), TOLD_MAX).await?;
        due.retain(|effect| effect.id != leader.id && effect.state == EffectState::Pending);
        let mut along = Vec::new();
        for effect in due {
            // What cannot be read holds up nothing else: it is tried alone.
            if self.told(&effect).await.is_ok() {
                along.push(effect);
            }
        }
        Ok(along)
    }

    /// One letter that tells all of this.
    pub(crate) async fn bulletin(&self, leader: &Effect, along: &[Effect]) -> Result<Letter, CaseworkError> {
        let first = self.told(leader).await?;
        if along.is_empty() {
            return Ok(first);
        }
        let mut told = vec![(leader.file, first)];
        for effect in along {
            let letter = self.told(effect).await.unwrap_or_else(|_| {
                let file = effect.file;
                let line = format!("{file} something happened that I cannot read now. See `case {file}`.");
                letters::looked_at(file, line)
            });
            told.push((effect.file, letter));
        }
        Ok(join(&told))
    }
}

/// Several letters in one, in order, offering what each of them does. What more than one of them says is said once, at the
/// end.
fn join(told: &[(Reference, Letter)]) -> Letter {
    let mut letter = Letter::default();
    let mut at_the_end: Vec<&Block> = Vec::new();
    let mut looked_at = None;
    for (file, one) in told {
        for block in &one.blocks {
            if is_repeated(block, told) {
                if !at_the_end.contains(&block) {
                    at_the_end.push(block);
                }
                continue;
            }
            letter.blocks.push(match block {
                Block::Text(text) => Block::Text(without_hint(text, *file).map_or_else(
                    || text.clone(),
                    |short| {
                        looked_at.get_or_insert(*file);
                        short.to_owned()
                    },
                )),
                Block::Quote(_) => block.clone(),
            });
        }
    }
    letter.blocks.extend(at_the_end.into_iter().cloned());
    letter = told.iter().flat_map(|(_, one)| &one.offers).copied().fold(letter, Letter::offering);
    match looked_at {
        Some(file) => letter.text(format!("To see one of them: `case` and its number, as in `case {file}`.")),
        None => letter,
    }
}

fn is_repeated(block: &Block, told: &[(Reference, Letter)]) -> bool {
    told.iter().filter(|(_, letter)| letter.blocks.contains(block)).count() > 1
}

/// A line without its last sentence, if that only says how to see its file.
fn without_hint(line: &str, file: Reference) -> Option<&str> {
    line.strip_suffix(&format!(" See `case {file}`."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_several_say_is_said_once() {
        let file = |number| Reference::new(number).unwrap();
        let deleted = |number| {
            let file = file(number);
            (file, letters::looked_at(file, format!("{file} deleted a post. See `case {file}`.")))
        };
        let unreadable = |who| {
            (file(3), Letter::line(format!("{} I cannot read {who}.", file(3))).text("Ask them to restart."))
        };
        let told = [
            deleted(1),
            unreadable("alice"),
            deleted(2),
            unreadable("bob"),
            (file(4), Letter::line("B-0004 an appeal.")),
        ];
        let letter = join(&told);
        assert_eq!(letter.offers, [1, 2].map(|number| policy::Offer::Case(file(number))));
        let lines: Vec<_> = letter
            .blocks
            .into_iter()
            .map(|block| match block {
                Block::Text(text) => text,
                Block::Quote(_) => panic!("nobody is quoted"),
            })
            .collect();
        insta::assert_snapshot!(lines.join("\n"), @r"
        B-0001 deleted a post.
        B-0003 I cannot read alice.
        B-0002 deleted a post.
        B-0003 I cannot read bob.
        B-0004 an appeal.
        Ask them to restart.
        To see one of them: `case` and its number, as in `case B-0001`.
        ");
    }
}
