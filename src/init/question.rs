//! What a question is.

use std::path::Path;

use super::setup::{Answers, Setup};
use crate::config::{KEY_LEN_MAX, Platform};

/// The room that an id leaves for a number behind it.
const NUMBER_LEN_MAX: usize = 4;

/// Something that has to be known.
pub(crate) struct Question {
    /// What files of answers call it.
    pub(super) name: &'static str,
    /// What flags call it.
    pub(super) flag: &'static str,
    /// What it is, in the help of the command line and where it is missing.
    pub(super) about: &'static str,
    /// How it is asked.
    pub(super) asks: &'static str,
    /// Where the answer is found, and what comes of it.
    pub(super) explains: fn(&Context<'_>) -> String,
    /// What stands for the answer in the help of the command line.
    pub(super) value: &'static str,
    pub(super) kind: Kind,
    pub(super) by: By,
    pub(super) scope: Scope,
    /// Where a group is of which it is asked.
    pub(super) on: &'static [Platform],
    /// Whether it is asked, given what was answered before.
    pub(super) applies: fn(&Context<'_>) -> bool,
    /// What holds when nothing is answered.
    pub(super) preset: fn(&Context<'_>) -> Preset,
    /// Something valid, to look at the other answers with.
    pub(super) stand_in: fn(&Context<'_>) -> Vec<String>,
    /// What the configuration's own checks cannot know.
    pub(super) check: fn(&Context<'_>, &[String]) -> Result<(), String>,
}

/// What an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A line.
    Line,
    /// One of these words, each with what it means.
    Words(&'static [(&'static str, &'static str)]),
    /// Several, a line each.
    List,
    /// What nobody may see.
    Secret,
}

/// How an answer comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// By whoever is asked, by a flag or in a file.
    Any,
    /// By whoever is asked alone: a secret stands on no command line and in no file of answers.
    Asking,
    /// By a flag or in a file alone: hardly anybody needs it.
    Giving,
}

/// What it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// One group.
    Group,
    /// The installation.
    Whole,
}

/// What holds when nothing is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Preset {
    /// Nothing: it has to be answered.
    None,
    /// This, where somebody is asked and sees it.
    Offered(Vec<String>),
    /// This.
    Taken(Vec<String>),
}

impl Preset {
    pub(super) fn taken(value: &str) -> Self {
        Self::Taken(vec![value.to_owned()])
    }

    pub(super) fn left_out() -> Self {
        Self::Taken(Vec::new())
    }
}

/// A line about any group, that has to be answered. The others are told by how they differ.
pub(super) const LINE: Question = Question {
    name: "",
    flag: "",
    about: "",
    asks: "",
    explains: |_| String::new(),
    value: "TEXT",
    kind: Kind::Line,
    by: By::Any,
    scope: Scope::Group,
    on: &Platform::ALL,
    applies: |_| true,
    preset: |_| Preset::None,
    stand_in: |_| Vec::new(),
    check: |_, _| Ok(()),
};

impl Question {
    /// Whether a flag or a file can answer it.
    pub(super) fn can_be_given(&self) -> bool {
        self.by != By::Asking
    }
}

/// What was answered before, and is where.
pub(super) struct Context<'s> {
    pub(super) setup: &'s Setup,
    /// Which group it is about; the first for what is about none.
    pub(super) group: usize,
}

impl Context<'_> {
    fn answers(&self) -> &Answers {
        self.setup.group(self.group)
    }

    /// Where the group is.
    pub(super) fn platform(&self) -> Option<Platform> {
        self.answers().platform()
    }

    /// What was answered, if that is not nothing.
    pub(super) fn answer(&self, name: &str) -> Option<&str> {
        self.answers().one(name)
    }

    pub(super) fn answers_to(&self, name: &str) -> &[String] {
        self.answers().all(name)
    }

    pub(super) fn is(&self, name: &str, word: &str) -> bool {
        self.answer(name) == Some(word)
    }

    /// The folder of the configuration, from which paths in it begin.
    pub(super) fn folder(&self) -> &Path {
        self.setup.folder()
    }

    /// Whether the account that was named is set up already, in the file or for a group before.
    pub(super) fn knows_account(&self) -> bool {
        let (Some(platform), Some(account)) = (self.platform(), self.answer("account")) else { return false };
        self.setup.accounts_before(self.group, platform).iter().any(|known| known == account)
    }

    /// The file that the secret of a new account is in, or is to be.
    pub(super) fn secret_file(&self) -> Option<&str> {
        let names = ["token_file", "password_file", "access_token_file"];
        names.into_iter().find_map(|name| self.answer(name))
    }

    /// Whether the secret of a new account is nowhere yet.
    pub(super) fn lacks_secret(&self) -> bool {
        let file = self.secret_file().map(|file| self.folder().join(file));
        !self.knows_account() && file.is_some_and(|file| !file.exists())
    }

    /// An id made of the group's name, that no group has yet; nothing when there is nothing to make it of.
    pub(super) fn new_id(&self) -> Option<String> {
        let name = self.answer("name")?.to_lowercase();
        let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let mut id = words.collect::<Vec<_>>().join("-");
        id.truncate(KEY_LEN_MAX - NUMBER_LEN_MAX);
        let id = id.trim_end_matches('-');
        if id.is_empty() {
            return None;
        }
        let taken = self.setup.ids_before(self.group);
        let numbered = (2..).map(|number: usize| format!("{id}-{number}"));
        std::iter::once(id.to_owned()).chain(numbered).find(|id| !taken.contains(&id.as_str()))
    }
}
