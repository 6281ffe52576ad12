//! What Tab offers.

use crate::line::{BY_HAND, VERBS};

/// Every word that can be completed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Vocabulary {
    pub(crate) members: Vec<String>,
    pub(crate) officers: Vec<String>,
    pub(crate) channels: Vec<String>,
    /// Names of commands without their slash.
    pub(crate) commands: Vec<String>,
}

impl Vocabulary {
    /// What can stand at the end of `line` instead of its last word, and where that word begins.
    pub(crate) fn complete(&self, line: &str) -> (usize, Vec<String>) {
        let start = line.rfind(char::is_whitespace).map_or(0, |at| at + last_char_len(line, at));
        let (before, word) = line.split_at(start);
        let before: Vec<&str> = before.split_whitespace().collect();
        let candidates = match before.as_slice() {
            [] => self.first_words(),
            ["as"] => self.officers.clone(),
            [who] if self.members.iter().any(|member| member == who) => self.second_words(who),
            [who, verb] if self.is_officer(who) && BY_HAND.iter().any(|(by_hand, _)| by_hand == verb) => {
                self.members.clone()
            }
            _ => Vec::new(),
        };
        let fitting = candidates.into_iter().filter(|candidate| candidate.starts_with(word));
        (start, fitting.collect())
    }

    fn first_words(&self) -> Vec<String> {
        let members = self.members.iter().cloned();
        members.chain(["as ".to_owned(), "exit".to_owned()]).chain(self.slashed()).collect()
    }

    fn second_words(&self, who: &str) -> Vec<String> {
        let by_hand = BY_HAND.iter().map(|(verb, _)| *verb).filter(|_| self.is_officer(who));
        let verbs = VERBS.into_iter().chain(by_hand).map(|verb| format!("{verb} "));
        let channels = self.channels.iter().map(|channel| format!("#{channel}: "));
        verbs.chain(channels).chain(self.slashed()).collect()
    }

    fn is_officer(&self, who: &str) -> bool {
        self.officers.iter().any(|officer| officer == who)
    }

    fn slashed(&self) -> impl Iterator<Item = String> {
        self.commands.iter().map(|command| format!("/{command} "))
    }
}

fn last_char_len(line: &str, at: usize) -> usize {
    line[at..].chars().next().map_or(0, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tab_offers_what_can_stand_there() {
        let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        let vocabulary = Vocabulary {
            members: owned(&["alice", "mo"]),
            officers: owned(&["mo"]),
            channels: owned(&["general"]),
            commands: owned(&["queue", "case"]),
        };
        let table: [(&str, usize, &[&str]); 13] = [
            ("al", 0, &["alice"]),
            ("a", 0, &["alice", "as "]),
            ("/q", 0, &["/queue "]),
            ("as ", 3, &["mo"]),
            ("alice f", 6, &["forwards "]),
            ("alice re", 6, &["replies ", "renames: "]),
            ("alice #", 6, &["#general: "]),
            ("mo un", 3, &["unmutes "]),
            ("alice un", 6, &[]),
            ("mo mutes al", 9, &["alice"]),
            ("mo /c", 3, &["/case "]),
            ("alice: he", 7, &[]),
            ("nobody re", 7, &[]),
        ];
        for (line, start, want) in table {
            assert_eq!(vocabulary.complete(line), (start, owned(want)), "{line}");
        }
    }
}
