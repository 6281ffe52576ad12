//! Whether a group's own texts can be written out, and say what they have to.

use std::collections::BTreeSet;

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Message, Pattern, PatternElement};
pub(super) use fluent_syntax::parser::ParserError;

use super::{OWN_PARTS, OWN_VARIABLES, TemplateText, built_in};
use crate::notice::language::Language;
use crate::place::place;

/// Parts without which nothing is lost; a group may leave them empty.
const OPTIONAL: [&str; 2] = ["interim-ended-early", "rules-intro"];

/// What the bot understands, which these parts have to tell letter for letter.
const COMMANDS: [(&str, &str); 6] = [
    ("appeal-case", "appeal { $reference }"),
    ("appeal-next", "appeal { $reference }"),
    ("appeal-sanction", "appeal { $reference }"),
    ("report-next", "appeal { $reference }"),
    ("side-reply", "reply { $reference }"),
    ("rules-acknowledge", "acknowledge"),
];

/// A part longer than this is no part of a short letter; many platforms cut messages at 2,000 characters.
const PART_LEN_MAX: usize = 1_000;

/// What need not be said in every part, though ours may.
const NEED_NOT: [&str; 2] = ["group", "post"];

/// One problem of a group's texts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {}{problem}; {fix}", place(file, *line), message.as_ref().map(|id| format!("part “{id}”: ")).unwrap_or_default())]
pub struct TemplateProblem {
    /// The file it is in.
    pub file: String,
    /// Where, counted from 1; nothing when the whole file is meant.
    pub line: Option<usize>,
    /// The part of the letter, where it is one.
    pub message: Option<String>,
    /// What is wrong.
    pub problem: String,
    /// What to do about it.
    pub fix: String,
}

/// The messages of a text.
pub(in crate::notice) fn messages(resource: &FluentResource) -> impl Iterator<Item = &Message<&str>> {
    resource.entries().filter_map(|entry| match entry {
        Entry::Message(message) => Some(message),
        Entry::Term(_)
        | Entry::Comment(_)
        | Entry::GroupComment(_)
        | Entry::ResourceComment(_)
        | Entry::Junk { .. } => None,
    })
}

/// Two files for one language.
pub(super) fn second_file(text: &TemplateText) -> TemplateProblem {
    TemplateProblem {
        file: text.file.clone(),
        line: Some(1),
        message: None,
        problem: format!("there is another file for {}", text.language),
        fix: "put all parts of a language into one file".to_owned(),
    }
}

/// Everything that is wrong with a text.
pub(super) fn problems(
    text: &TemplateText,
    resource: &FluentResource,
    errors: &[ParserError],
) -> Vec<TemplateProblem> {
    let broken = errors.iter().map(|error| TemplateProblem {
        file: text.file.clone(),
        line: Some(line_of(&text.text, error.pos.start)),
        message: None,
        problem: format!("it cannot be read here: {error}"),
        fix: "write a part as `name = words`, its further lines set in by four spaces".to_owned(),
    });
    let mut problems: Vec<_> = broken.collect();
    let mut seen = BTreeSet::new();
    for entry in resource.entries() {
        let (id, found) = match entry {
            Entry::Message(message) if seen.insert(message.id.name) => (message.id.name, of_message(message)),
            Entry::Message(message) => (
                message.id.name,
                vec![("it is in the file twice".to_owned(), "keep the one that is meant".to_owned())],
            ),
            Entry::Term(term) => (
                term.id.name,
                vec![(
                    "a name that begins with - is no part of a letter".to_owned(),
                    "write its words where they are used".to_owned(),
                )],
            ),
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) | Entry::Junk { .. } => {
                continue;
            }
        };
        // Names are slices of the text as it was read.
        let offset = (id.as_ptr() as usize).saturating_sub(resource.source().as_ptr() as usize);
        problems.extend(found.into_iter().map(|(problem, fix)| TemplateProblem {
            file: text.file.clone(),
            line: Some(line_of(&text.text, offset)),
            message: Some(id.to_owned()),
            problem,
            fix,
        }));
    }
    problems.sort_by_key(|problem| problem.line);
    problems
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

/// What is wrong with one part, and what to do about it.
fn of_message(message: &Message<&str>) -> Vec<(String, String)> {
    let id = message.id.name;
    let ours = messages(&built_in(Language::English).resource).find(|ours| ours.id.name == id);
    let (known, needed) = match ours.and_then(|ours| ours.value.as_ref()) {
        Some(pattern) => {
            let needed = shown(pattern).into_iter().filter(|name| !NEED_NOT.contains(name));
            (Uses::of(pattern).variables, needed.collect())
        }
        None if OWN_PARTS.contains(&id) => (OWN_VARIABLES.into_iter().collect(), BTreeSet::new()),
        None => return vec![("there is no such part".to_owned(), nearest(id))],
    };
    let mut found = Vec::new();
    let Some(pattern) = &message.value else {
        found.push(("it has no words of its own".to_owned(), "write them after the `=`".to_owned()));
        return found;
    };
    if !message.attributes.is_empty() {
        found.push(("it has attributes".to_owned(), "take out the lines that begin with a dot".to_owned()));
    }
    let uses = Uses::of(pattern);
    for name in uses.variables.difference(&known) {
        found.push((format!("it asks for ${name}, which this part does not have"), choices(&known)));
    }
    if uses.other {
        found.push((
            "it refers to another part or a function".to_owned(),
            "write the words out; only variables like { $group } can stand in braces".to_owned(),
        ));
    }
    if uses.length > PART_LEN_MAX {
        found.push((format!("it has {} characters", uses.length), format!("keep it within {PART_LEN_MAX}")));
    }
    let may_be_empty = OPTIONAL.contains(&id) || OWN_PARTS.contains(&id);
    if !may_be_empty && !always_says_something(pattern) {
        found.push((
            "it can come out empty, and members have a right to it".to_owned(),
            "give it words, or take the part out of the file to keep ours".to_owned(),
        ));
    }
    for name in needed.difference(&shown(pattern)) {
        found.push((
            format!("it does not always tell the member ${name}"),
            format!("put {{ ${name} }} into it, in every one of its choices"),
        ));
    }
    for (_, command) in COMMANDS.iter().filter(|(part, _)| *part == id) {
        if !outside_choices(pattern).contains(command) {
            found.push((
                "it does not tell the member what to reply".to_owned(),
                format!("put “{command}” into it: that is what the bot understands"),
            ));
        }
    }
    found
}

fn choices(known: &BTreeSet<&str>) -> String {
    if known.is_empty() {
        return "this part has no variables".to_owned();
    }
    let known: Vec<_> = known.iter().map(|name| format!("${name}")).collect();
    format!("choose from {}", known.join(", "))
}

fn nearest(id: &str) -> String {
    let ours = built_in(Language::English).messages();
    let near = ours
        .into_iter()
        .chain(OWN_PARTS)
        .map(|known| (strsim::damerau_levenshtein(id, known), known))
        .filter(|(distance, known)| *distance <= 2.max(known.len() / 3))
        .min_by_key(|(distance, _)| *distance);
    match near {
        Some((_, known)) => format!("did you mean “{known}”?"),
        None => {
            "the parts are those of the notices that come with Beadle, and opening and closing".to_owned()
        }
    }
}

/// What a pattern uses anywhere in it.
#[derive(Default)]
pub(in crate::notice) struct Uses<'p> {
    pub(in crate::notice) variables: BTreeSet<&'p str>,
    /// Other messages, terms or functions.
    other: bool,
    length: usize,
}

impl<'p> Uses<'p> {
    pub(in crate::notice) fn of(pattern: &'p Pattern<&'p str>) -> Self {
        let mut uses = Self::default();
        uses.add_pattern(pattern);
        uses
    }

    fn add_pattern(&mut self, pattern: &'p Pattern<&'p str>) {
        for element in &pattern.elements {
            match element {
                PatternElement::TextElement { value } => self.length += value.chars().count(),
                PatternElement::Placeable { expression } => self.add(expression),
            }
        }
    }

    fn add(&mut self, expression: &'p Expression<&'p str>) {
        match expression {
            Expression::Inline(inline) => self.add_inline(inline),
            Expression::Select { selector, variants } => {
                self.add_inline(selector);
                variants.iter().for_each(|variant| self.add_pattern(&variant.value));
            }
        }
    }

    fn add_inline(&mut self, inline: &'p InlineExpression<&'p str>) {
        match inline {
            InlineExpression::StringLiteral { value } | InlineExpression::NumberLiteral { value } => {
                self.length += value.chars().count();
            }
            InlineExpression::VariableReference { id } => {
                self.variables.insert(id.name);
            }
            InlineExpression::Placeable { expression } => self.add(expression),
            InlineExpression::FunctionReference { .. }
            | InlineExpression::MessageReference { .. }
            | InlineExpression::TermReference { .. } => self.other = true,
        }
    }
}

/// The variables a reader sees whichever choices are taken.
fn shown<'p>(pattern: &'p Pattern<&'p str>) -> BTreeSet<&'p str> {
    let placeables = pattern.elements.iter().filter_map(|element| match element {
        PatternElement::TextElement { .. } => None,
        PatternElement::Placeable { expression } => Some(shown_by(expression)),
    });
    placeables.flatten().collect()
}

fn shown_by<'p>(expression: &'p Expression<&'p str>) -> BTreeSet<&'p str> {
    match expression {
        Expression::Inline(InlineExpression::VariableReference { id }) => BTreeSet::from([id.name]),
        Expression::Inline(InlineExpression::Placeable { expression }) => shown_by(expression),
        Expression::Inline(_) => BTreeSet::new(),
        Expression::Select { variants, .. } => variants
            .iter()
            .map(|variant| shown(&variant.value))
            .reduce(|one, other| one.intersection(&other).copied().collect())
            .unwrap_or_default(),
    }
}

/// The text with its variables, apart from choices.
fn outside_choices(pattern: &Pattern<&str>) -> String {
    let elements = pattern.elements.iter().map(|element| match element {
        PatternElement::TextElement { value } => value.replace('\n', " "),
        PatternElement::Placeable {
            expression: Expression::Inline(InlineExpression::VariableReference { id }),
        } => format!("{{ ${} }}", id.name),
        PatternElement::Placeable { .. } => String::new(),
    });
    elements.collect()
}

/// Whether a reader sees words whichever choices are taken.
fn always_says_something(pattern: &Pattern<&str>) -> bool {
    pattern.elements.iter().any(|element| match element {
        PatternElement::TextElement { value } => value.chars().any(char::is_alphanumeric),
        PatternElement::Placeable { expression } => says_something(expression),
    })
}

fn says_something(expression: &Expression<&str>) -> bool {
    match expression {
        Expression::Inline(InlineExpression::StringLiteral { value }) => {
            value.chars().any(char::is_alphanumeric)
        }
        Expression::Inline(InlineExpression::Placeable { expression }) => says_something(expression),
        Expression::Inline(_) => true,
        Expression::Select { variants, .. } => {
            variants.iter().all(|variant| always_says_something(&variant.value))
        }
    }
}
