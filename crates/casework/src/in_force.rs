//! The rules in force: what the files say, with what the groups' admins changed while running.
//!
//! A reload builds everything anew and swaps it in at the end, so that a broken file leaves the old rules in force.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use ledger::{KeptWord, Ledger, OwnWords, Settings, WordIs};
use policy::event::WordsInForce;
use policy::guard::{self, Guard};
use policy::matcher::Matcher;
use policy::notice::TemplateProblem;
use policy::wordlist::{Entry, Fingerprint, Listed, Matching, Usage, Wordlist, term_key};
use policy::{Allow, Category, Charter, Grade, GroupId, Mode, Policy, Templates};

use crate::error::CaseworkError;

/// Where configuration and wordlists are read from, at start and on each reload.
pub trait Source: Send + Sync {
    /// Reads everything there is.
    ///
    /// # Errors
    /// All problems, each with file, line and fix.
    fn load(&self) -> Result<Loaded, LoadError>;

    /// Told what is in force from now on: at start, and after each reload that was accepted. Whoever acts by what groups
    /// have settled, and does not see the rules, takes it from here.
    fn in_force(&self, _charters: &[Charter]) {}
}

/// What the files say.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The groups.
    pub charters: Vec<Charter>,
    /// The wordlists, shared by all groups.
    pub lists: Vec<Wordlist>,
    /// Innocent texts that no list may flag.
    pub guard: Guard,
}

/// What is wrong with the files, one problem a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct LoadError(pub Vec<String>);

/// What is in force in one group.
#[derive(Debug)]
pub(crate) struct InForce {
    pub(crate) charter: Charter,
    pub(crate) mode: Mode,
    pub(crate) policy: Policy,
    pub(crate) matcher: Arc<Matcher>,
    pub(crate) settings: Settings,
    /// What tells one wording of the shared lists from another.
    pub(crate) files: Fingerprint,
    /// The words of its notices.
    pub(crate) templates: Templates,
}

impl InForce {
    /// What admins changed while running goes over what the files say.
    fn new(
        charter: Charter,
        settings: Settings,
        files: Fingerprint,
        matcher: Arc<Matcher>,
    ) -> Result<Self, LoadError> {
        let (version, texts) = (charter.wording.in_force(), charter.wording.texts.clone());
        let broken =
            |problems: Vec<TemplateProblem>| LoadError(problems.iter().map(ToString::to_string).collect());
        let templates = Templates::new(version, texts).map_err(broken)?;
        let (mode, policy) = settings.over(&charter);
        let policy = policy.clone();
        Ok(Self { mode, policy, matcher, charter, settings, files, templates })
    }

    /// Which words posts are judged by.
    pub(crate) fn words(&self) -> WordsInForce {
        WordsInForce { own: self.settings.words.version, files: self.files }
    }
}

/// What is in force everywhere.
#[derive(Debug)]
pub(crate) struct Rules {
    loaded: Arc<Loaded>,
    files: Fingerprint,
    shared: Arc<Matcher>,
    groups: HashMap<GroupId, Arc<InForce>>,
}

impl Rules {
    /// Builds everything from what was read, adding what each group changed while running.
    pub(crate) async fn build(loaded: Loaded, ledger: &Ledger) -> Result<Self, CaseworkError> {
        let shared = Arc::new(compile(&loaded.lists)?);
        let innocent = loaded.guard.check(&shared, guard::is_offensive);
        innocent.map_err(|hit| LoadError(vec![hit.to_string()]))?;
        let files = Fingerprint::of_all(&loaded.lists);
        let mut rules = Self { loaded: Arc::new(loaded), files, shared, groups: HashMap::new() };
        for charter in rules.loaded.charters.clone() {
            let settings = ledger.settings(&charter.group).await?;
            crate::templates::unchanged(&charter, &ledger.templates(&charter.group).await?)?;
            let in_force = rules.in_force(charter, settings)?;
            rules.groups.insert(in_force.charter.group.clone(), Arc::new(in_force));
        }
        Ok(rules)
    }

    /// The same rules with one group's changes as `settings` has them now.
    pub(crate) fn with(&self, group: &GroupId, settings: Settings) -> Result<Self, CaseworkError> {
        let before = self.group(group)?;
        let in_force = if before.settings.words == settings.words {
            // Compiling takes long; only words need it.
            let matcher = Arc::clone(&before.matcher);
            Arc::new(InForce::new(before.charter.clone(), settings, self.files, matcher)?)
        } else {
            Arc::new(self.in_force(before.charter.clone(), settings)?)
        };
        let mut groups = self.groups.clone();
        groups.insert(group.clone(), in_force);
        let (loaded, shared) = (Arc::clone(&self.loaded), Arc::clone(&self.shared));
        Ok(Self { loaded, files: self.files, shared, groups })
    }

    pub(crate) fn group(&self, group: &GroupId) -> Result<Arc<InForce>, CaseworkError> {
        self.groups.get(group).cloned().ok_or_else(|| CaseworkError::UnknownGroup(group.clone()))
    }

    /// Whether every one of these groups is there.
    pub(crate) fn cover<'a>(&self, mut groups: impl Iterator<Item = &'a GroupId>) -> Result<(), LoadError> {
        match groups.find(|group| !self.groups.contains_key(group)) {
            None => Ok(()),
            Some(missing) => Err(LoadError(vec![format!(
                "the group {} is gone from the configuration; restart without it, or put it back",
                missing.as_str()
            )])),
        }
    }

    /// The groups, as the files say.
    pub(crate) fn charters(&self) -> &[Charter] {
        &self.loaded.charters
    }

    /// The lists that all groups share.
    pub(crate) fn lists(&self) -> &[Wordlist] {
        &self.loaded.lists
    }

    /// The innocent texts that no list may flag.
    pub(crate) fn guard(&self) -> &Guard {
        &self.loaded.guard
    }

    fn in_force(&self, charter: Charter, settings: Settings) -> Result<InForce, CaseworkError> {
        let matcher = if settings.words.words.is_empty() {
            Arc::clone(&self.shared)
        } else {
            Arc::new(compile(&in_group(&self.loaded.lists, &settings.words)?)?)
        };
        Ok(InForce::new(charter, settings, self.files, matcher)?)
    }
}

/// The name of a group's own list in messages about it.
pub const OWN_LIST: &str = "the group's own words";

/// Where the words of such a list come from.
pub(crate) const OWN_SOURCE: &str = "the group's admins";

/// The lists as they are in force in a group: the shared ones without what it took out, and its own as the last.
///
/// # Errors
/// When the group's own words make no sound list.
pub fn in_group(lists: &[Wordlist], words: &OwnWords) -> Result<Vec<Wordlist>, LoadError> {
    let out: HashSet<String> = words.taken_out().map(term_key).collect();
    let mut lists = lists.to_vec();
    if !out.is_empty() {
        for list in &mut lists {
            list.entries.retain(|entry| !out.contains(&term_key(&entry.term)));
        }
    }
    let own = own_list(words, &lists)?;
    lists.push(own);
    Ok(lists)
}

/// The group's own words as a list. A word that has come into the shared lists since is theirs from then on.
fn own_list(words: &OwnWords, lists: &[Wordlist]) -> Result<Wordlist, LoadError> {
    let listed = Listed::new(lists);
    let (mut entries, mut allow, mut without) = (Vec::new(), Vec::new(), Vec::new());
    for kept in &words.words {
        let term = &kept.word.term;
        match kept.word.what {
            WordIs::Term { .. } if listed.term(term).is_none() => entries.extend(own_entry(kept)),
            WordIs::Allowed { kind } if listed.allow(term).is_none() => {
                allow.push(Allow {
                    term: term.clone(),
                    kind,
                    source: Some(OWN_SOURCE.to_owned()),
                    line: None,
                });
            }
            WordIs::Out => without.push(term.clone()),
            WordIs::Term { .. } | WordIs::Allowed { .. } => {}
        }
    }
    let list = Wordlist::runtime(OWN_LIST, entries, allow);
    let list = list.map_err(|problems| LoadError(problems.iter().map(ToString::to_string).collect()))?;
    Ok(Wordlist { without, ..list })
}

/// An entry for a word of the group's own, if it is looked for.
pub(crate) fn own_entry(kept: &KeptWord) -> Option<Entry> {
    let WordIs::Term { grade, category, matching } = kept.word.what else { return None };
    Some(Entry { since: Some(kept.at), ..new_entry(&kept.word.term, grade, category, matching) })
}

/// An entry of the group's own, that counts for whatever was written.
pub(crate) fn new_entry(term: &str, grade: Grade, category: Category, matching: Matching) -> Entry {
    Entry {
        term: term.to_owned(),
        grade,
        category,
        matching,
        forms: Vec::new(),
        ambiguous: None,
        usage: Usage::default(),
        note: None,
        source: OWN_SOURCE.to_owned(),
        since: None,
        line: None,
    }
}

fn compile(lists: &[Wordlist]) -> Result<Matcher, LoadError> {
    Matcher::new(lists).map_err(|problems| LoadError(problems.iter().map(ToString::to_string).collect()))
}
