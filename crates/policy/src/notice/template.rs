//! The words of notices: Beadle's own, and what a group puts in their place.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, LazyLock};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use super::Filled;
use super::language::Language;

mod check;

pub use check::TemplateProblem;
#[cfg(test)]
pub(super) use check::{Uses, messages};

/// Parts a group may have in addition, for words of its own.
pub(super) const OWN_PARTS: [&str; 2] = ["opening", "closing"];

/// What the parts of a group's own can use.
pub(super) const OWN_VARIABLES: [&str; 2] = ["group", "contact"];

static ENGLISH: LazyLock<Texts> =
    LazyLock::new(|| Texts::parse(Language::English, include_str!("en-GB.ftl")).0);
static WELSH: LazyLock<Texts> = LazyLock::new(|| Texts::parse(Language::Welsh, include_str!("cy.ftl")).0);

/// The texts that come with Beadle.
pub(super) fn built_in(language: Language) -> &'static Texts {
    match language {
        Language::English => &ENGLISH,
        Language::Welsh => &WELSH,
    }
}

/// A letter cannot be written, because a text lacks a part or asks for what there is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {language} notices lack a usable part `{part}`")]
pub struct Unwritable {
    /// In which language.
    pub language: Language,
    /// Which part.
    pub part: String,
}

/// A group's own texts in one language, as they were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateText {
    /// What the file is called, for problems.
    pub file: String,
    /// Its language.
    pub language: Language,
    /// Its text: parts in the syntax of Fluent.
    pub text: String,
}

/// The words of a group's notices. Cheap to clone.
///
/// What a group does not word itself is as it comes with Beadle.
#[derive(Debug, Clone, Default)]
pub struct Templates {
    version: u32,
    own: Vec<(Language, Arc<Texts>)>,
}

impl Templates {
    /// A group's own words, checked; `version` is written into every notice made with them.
    ///
    /// # Errors
    /// All problems, each with file, line and fix: a part that is not there, one that may not be left out but is
    /// empty, one that does not say what it has to, one that asks for what there is not.
    pub fn new(version: u32, overrides: Vec<TemplateText>) -> Result<Self, Vec<TemplateProblem>> {
        let mut problems = Vec::new();
        let mut own: Vec<(Language, Arc<Texts>)> = Vec::new();
        for text in overrides {
            let (texts, errors) = Texts::parse(text.language, &text.text);
            problems.extend(check::problems(&text, &texts.resource, &errors));
            if own.iter().any(|(language, _)| *language == text.language) {
                problems.push(check::second_file(&text));
            }
            own.push((text.language, Arc::new(texts)));
        }
        if problems.is_empty() { Ok(Self { version, own }) } else { Err(problems) }
    }

    /// A group's own words as notices were once written with them. They were checked then; a part that this program
    /// cannot use any more is as it comes with Beadle.
    pub fn kept(version: u32, texts: Vec<TemplateText>) -> Self {
        let own = texts
            .into_iter()
            .map(|text| (text.language, Arc::new(Texts::parse(text.language, &text.text).0)));
        Self { version, own: own.collect() }
    }

    /// Which version of the group's words this is; 0 for those that come with Beadle.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Whether there is such a part.
    pub(super) fn has(&self, language: Language, id: &str) -> bool {
        self.texts(language).any(|texts| texts.bundle.has_message(id))
    }

    /// A part with its variables filled in.
    pub(super) fn format(
        &self,
        language: Language,
        id: &str,
        values: &[(&'static str, Filled)],
    ) -> Result<String, Unwritable> {
        let mut arguments = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            match value {
                Filled::Count(count) => arguments.set(*name, *count),
                Filled::Text(text) => arguments.set(*name, FluentValue::from(text.as_str())),
            }
        }
        // Beadle's own wording stands in for one of the group's that fails after all.
        let text = self.texts(language).find_map(|texts| texts.format(id, &arguments));
        text.ok_or_else(|| Unwritable { language, part: id.to_owned() })
    }

    fn texts(&self, language: Language) -> impl Iterator<Item = &Texts> {
        let own = self.own.iter().filter(move |(of, _)| *of == language).map(|(_, texts)| &**texts);
        own.chain([built_in(language)])
    }
}

/// Messages of one language.
pub(super) struct Texts {
    pub(super) bundle: FluentBundle<Arc<FluentResource>>,
    pub(super) resource: Arc<FluentResource>,
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Texts").field("messages", &self.messages()).finish_non_exhaustive()
    }
}

impl Texts {
    fn parse(language: Language, text: &str) -> (Self, Vec<check::ParserError>) {
        let (resource, errors) = match FluentResource::try_new(text.to_owned()) {
            Ok(resource) => (resource, Vec::new()),
            Err((resource, errors)) => (resource, errors),
        };
        let resource = Arc::new(resource);
        // Our own codes are well formed, as a test makes sure; the name of a language only chooses its plurals.
        let mut bundle = FluentBundle::new_concurrent(vec![language.word().parse().unwrap_or_default()]);
        // Marks that set variables apart by direction would stand in the text where a platform shows them.
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(Arc::clone(&resource));
        (Self { bundle, resource }, errors)
    }

    fn format(&self, id: &str, arguments: &FluentArgs<'_>) -> Option<String> {
        let pattern = self.bundle.get_message(id)?.value()?;
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(arguments), &mut errors);
        errors.is_empty().then(|| text.into_owned())
    }

    /// The keys of all messages.
    pub(super) fn messages(&self) -> BTreeSet<&str> {
        check::messages(&self.resource).map(|message| message.id.name).collect()
    }
}
