//! What was answered so far.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::question::{Context, Kind, Question, Scope};
use super::questions;
use super::secrets::Secret;
use super::text;
use crate::config::{Config, ConfigProblem, Home, Platform, RawConfig};

/// The answers about one group, or about the installation. One that was answered with nothing is there and empty.
#[derive(Debug, Clone, Default)]
pub(super) struct Answers {
    values: BTreeMap<&'static str, Vec<String>>,
    secrets: BTreeMap<&'static str, Secret>,
}

static NOTHING: Answers = Answers { values: BTreeMap::new(), secrets: BTreeMap::new() };

impl Answers {
    pub(super) fn platform(&self) -> Option<Platform> {
        self.one("platform")?.parse().ok()
    }

    fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// The answer to a question that has one; nothing also when it was left out.
    pub(super) fn one(&self, name: &str) -> Option<&str> {
        self.all(name).first().map(String::as_str).filter(|value| !value.is_empty())
    }

    pub(super) fn all(&self, name: &str) -> &[String] {
        self.values.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn secret(&self, name: &str) -> Option<&Secret> {
        self.secrets.get(name)
    }

    fn put(&mut self, name: &'static str, values: Vec<String>) {
        self.values.insert(name, values);
    }

    fn forget(&mut self, name: &str) {
        self.values.remove(name);
        self.secrets.remove(name);
    }
}

/// One question, of one group or of the installation.
#[derive(Clone, Copy)]
pub(crate) struct Step {
    pub(super) question: &'static Question,
    pub(super) group: usize,
}

/// A configuration that is there, to which groups are added.
#[derive(Debug, Clone)]
pub(crate) struct Existing {
    /// What stands in it, to the byte.
    pub(crate) text: String,
    /// What that means.
    pub(crate) config: Config,
}

/// What is to be set up, as far as it was answered.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    file: PathBuf,
    existing: Option<Existing>,
    groups: Vec<Answers>,
    whole: Answers,
}

impl Setup {
    /// Nothing is answered yet. `file` is the configuration, as it was named.
    pub(crate) fn new(file: &Path, existing: Option<Existing>) -> Self {
        Self { file: file.to_owned(), existing, groups: Vec::new(), whole: Answers::default() }
    }

    /// The configuration, as it was named.
    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    pub(crate) fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }

    pub(crate) fn existing(&self) -> Option<&Existing> {
        self.existing.as_ref()
    }

    /// What the configuration will mean.
    ///
    /// # Errors
    /// What is wrong with it, where not everything was looked at.
    pub(crate) fn config(&self) -> Result<Config, Vec<ConfigProblem>> {
        Config::resolve(RawConfig::parse(&self.file, &text::of(self)))
    }

    pub(super) fn group(&self, group: usize) -> &Answers {
        self.groups.get(group).unwrap_or(&NOTHING)
    }

    pub(super) fn whole(&self) -> &Answers {
        &self.whole
    }

    /// How many groups are set up: one, and one more for each time that another is wanted.
    pub(super) fn group_count(&self) -> usize {
        (0..)
            .take_while(|before| *before == 0 || self.group(before - 1).one("another") == Some("yes"))
            .count()
    }

    /// The first question that is to be answered, and was not and is not left aside.
    pub(super) fn next(&self, aside: &BTreeSet<&str>) -> Option<Step> {
        let of_groups = (0..self.group_count()).flat_map(|group| {
            let of_group = questions::all().filter(|question| question.scope == Scope::Group);
            of_group.map(move |question| Step { question, group })
        });
        let of_whole = questions::all().filter(|question| question.scope == Scope::Whole);
        let mut all = of_groups.chain(of_whole.map(|question| Step { question, group: 0 }));
        all.find(|step| {
            self.asks(*step) && !self.of(*step).has(step.question.name) && !aside.contains(step.question.name)
        })
    }

    /// Whether a question is asked at all, by what was answered to those before it.
    pub(super) fn asks(&self, step: Step) -> bool {
        let context = self.context(step);
        let question = step.question;
        // Until it is known where the group is, all that can be asked is that, and what is asked of every group.
        let fits = match (question.scope, context.platform()) {
            (Scope::Whole, _) => true,
            (Scope::Group, Some(platform)) => question.on.contains(&platform),
            (Scope::Group, None) => question.on.len() == Platform::ALL.len(),
        };
        fits && (question.applies)(&context)
    }

    pub(super) fn context(&self, step: Step) -> Context<'_> {
        Context { setup: self, group: step.group }
    }

    fn of(&self, step: Step) -> &Answers {
        match step.question.scope {
            Scope::Group => self.group(step.group),
            Scope::Whole => &self.whole,
        }
    }

    fn of_mut(&mut self, step: Step) -> &mut Answers {
        match step.question.scope {
            Scope::Whole => &mut self.whole,
            Scope::Group => {
                if self.groups.len() <= step.group {
                    self.groups.resize_with(step.group + 1, Answers::default);
                }
                &mut self.groups[step.group]
            }
        }
    }

    /// Takes an answer that was looked at.
    pub(super) fn put(&mut self, step: Step, values: Vec<String>) {
        self.of_mut(step).put(step.question.name, values);
    }

    /// Takes a secret that was looked at; nothing where it is put into its place by hand.
    pub(super) fn put_secret(&mut self, step: Step, secret: Option<Secret>) {
        let name = step.question.name;
        debug_assert_eq!(step.question.kind, Kind::Secret);
        let answers = self.of_mut(step);
        answers.put(name, Vec::new());
        if let Some(secret) = secret {
            answers.secrets.insert(name, secret);
        }
    }

    /// Whether nobody had second thoughts.
    pub(super) fn is_to_be_written(&self) -> bool {
        self.whole.one("write") == Some("yes")
    }

    /// Takes an answer back.
    pub(super) fn forget(&mut self, step: Step) {
        self.of_mut(step).forget(step.question.name);
        // A group that nobody wants any more has no answers.
        self.groups.truncate(self.group_count());
    }

    /// The accounts on a platform that are set up before a group is: in the file, and for the groups before it.
    pub(super) fn accounts_before(&self, group: usize, platform: Platform) -> Vec<String> {
        let existing = self.existing.as_ref().map(|existing| &existing.config);
        let mut accounts: Vec<String> = match platform {
            Platform::Discord => {
                existing.iter().flat_map(|config| &config.discord).map(|bot| bot.id.clone()).collect()
            }
            Platform::Matrix => {
                existing.iter().flat_map(|config| &config.matrix).map(|account| account.id.clone()).collect()
            }
            Platform::Terminal => Vec::new(),
        };
        for answers in self.groups.iter().take(group).filter(|answers| answers.platform() == Some(platform)) {
            accounts.extend(
                answers.one("account").map(str::to_owned).filter(|account| !accounts.contains(account)),
            );
        }
        accounts
    }

    /// The files of the secrets that were asked for with the groups before one.
    pub(super) fn secret_files_before(&self, group: usize) -> Vec<PathBuf> {
        let of_group =
            |group| Context { setup: self, group }.secret_file().map(|file| self.folder().join(file));
        (0..group).filter_map(of_group).collect()
    }

    /// The ids of the groups before one.
    pub(super) fn ids_before(&self, group: usize) -> Vec<&str> {
        let existing = self.existing.iter().flat_map(|existing| &existing.config.groups);
        let existing = existing.map(|group| group.charter.group.as_str());
        existing.chain(self.groups.iter().take(group).filter_map(|answers| answers.one("id"))).collect()
    }

    /// Whether somebody is in the terminal already, beside whom no other group is served.
    pub(super) fn is_in_terminal(&self) -> bool {
        let mut groups = self.existing.iter().flat_map(|existing| &existing.config.groups);
        groups.any(|group| matches!(group.home, Home::Terminal(_)))
    }
}
