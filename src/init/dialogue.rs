//! Asks a person, one thing at a time.

use std::collections::BTreeSet;
use std::io;

use super::check;
use super::given::Given;
use super::papers;
use super::question::{By, Kind, Preset};
use super::setup::{Setup, Step};

/// What goes back to the question before.
const BACK: &str = "<";
/// How wide what is said may be, in characters.
pub(crate) const WIDTH_MAX: usize = 78;

const WELCOME: &str = "Beadle asks what it has to know, one thing at a time. Enter takes what stands in [brackets], < goes back, and \
                       Ctrl-C stops. Nothing is written before the end.";

const NO_TEXT: &str = "Your terminal sent a letter that is no UTF-8, and nothing of that line was taken. Type it again: without such letters, or \
                       once the terminal is set to UTF-8.";

/// Whoever is asked.
pub(crate) trait Person {
    /// Says something, a line or several.
    fn say(&mut self, text: &str) -> io::Result<()>;

    /// Asks for a line; nothing when they stop. What is no text is an error of that kind, and can be asked for again.
    fn line(&mut self, prompt: &str) -> io::Result<Option<String>>;

    /// The same for what nobody may see.
    fn hidden(&mut self, prompt: &str) -> io::Result<Option<String>>;

    /// Whether what they type can be kept from being shown.
    fn can_hide(&self) -> bool;
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Everything is answered, and is to be written.
    Answered,
    /// Nothing is to be written.
    Stopped,
}

/// What somebody did when they were asked.
enum Turn {
    Answered,
    Back,
    Stopped,
}

/// Asks for everything that was not given.
///
/// # Errors
/// When the terminal cannot be used.
pub(crate) fn hold(setup: &mut Setup, mut given: Given, person: &mut dyn Person) -> io::Result<Ended> {
    person.say(&wrapped(WELCOME, ""))?;
    let mut asked: Vec<Step> = Vec::new();
    while let Some(step) = setup.next(&BTreeSet::new()) {
        if is_answered(setup, step, &mut given, person)? {
            continue;
        }
        if step.question.name == "write" {
            for left in given.left(setup) {
                person.say(&format!("\n{}", wrapped(&left, "")))?;
            }
            person.say(&papers::announced(setup, "\nThis will be written:"))?;
        }
        match ask(setup, step, person)? {
            Turn::Answered => asked.push(step),
            Turn::Stopped => return Ok(Ended::Stopped),
            Turn::Back => match asked.pop() {
                Some(before) => setup.forget(before),
                None => person.say("This is the first question.")?,
            },
        }
    }
    Ok(if setup.is_to_be_written() { Ended::Answered } else { Ended::Stopped })
}

/// Answers a question that nobody is asked: with what was given, or with what holds unless something was.
fn is_answered(
    setup: &mut Setup,
    step: Step,
    given: &mut Given,
    person: &mut dyn Person,
) -> io::Result<bool> {
    let question = step.question;
    if question.kind == Kind::Secret && !person.can_hide() {
        let told =
            "This terminal would show a secret as it is typed: you are told at the end where to put it.";
        person.say(&format!("\n{}", wrapped(told, "")))?;
        setup.put_secret(step, None);
        return Ok(true);
    }
    let values = match given.take(step) {
        Some(one) => match check::look(setup, step, &one.values) {
            Ok(()) => one.values,
            Err(problem) => {
                person.say(&format!("\n{}", wrapped(&format!("{}: {problem}", one.origin), "")))?;
                return Ok(false);
            }
        },
        None if question.by == By::Giving => offered(setup, step).0.unwrap_or_default(),
        None => return Ok(false),
    };
    setup.put(step, values);
    Ok(true)
}

fn ask(setup: &mut Setup, step: Step, person: &mut dyn Person) -> io::Result<Turn> {
    let question = step.question;
    person.say(&format!("\n{}", wrapped(question.asks, "")))?;
    let explained = (question.explains)(&setup.context(step));
    if !explained.is_empty() {
        person.say(&wrapped(&explained, ""))?;
    }
    match question.kind {
        Kind::Line => ask_line(setup, step, person),
        Kind::Words(words) => {
            for (word, meaning) in words.iter().filter(|(_, meaning)| !meaning.is_empty()) {
                person.say(&format!("  {}", wrapped(&format!("{word}: {meaning}"), "    ")))?;
            }
            ask_line(setup, step, person)
        }
        Kind::List => ask_list(setup, step, person),
        Kind::Secret => ask_secret(setup, step, person),
    }
}

/// What holds when somebody only presses Enter, and the prompt that shows it.
fn offered(setup: &Setup, step: Step) -> (Option<Vec<String>>, String) {
    match (step.question.preset)(&setup.context(step)) {
        Preset::None => (None, "> ".to_owned()),
        Preset::Offered(values) | Preset::Taken(values) if values.is_empty() => {
            (Some(values), "> ".to_owned())
        }
        Preset::Offered(values) | Preset::Taken(values) => {
            let prompt = format!("[{}] > ", values.join(", "));
            (Some(values), prompt)
        }
    }
}

/// What somebody answers; asked again where their terminal sends what is no text.
fn heard(
    person: &mut dyn Person,
    ask: impl Fn(&mut dyn Person) -> io::Result<Option<String>>,
) -> io::Result<Option<String>> {
    loop {
        match ask(person) {
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                person.say(&format!("\n{}", wrapped(NO_TEXT, "")))?;
            }
            heard => return heard,
        }
    }
}

fn ask_line(setup: &mut Setup, step: Step, person: &mut dyn Person) -> io::Result<Turn> {
    let (preset, prompt) = offered(setup, step);
    loop {
        let Some(line) = heard(person, |person| person.line(&prompt))? else { return Ok(Turn::Stopped) };
        let values = match (line.trim(), &preset) {
            (BACK, _) => return Ok(Turn::Back),
            ("", None) => {
                person.say("This has to be answered.")?;
                continue;
            }
            ("", Some(preset)) => preset.clone(),
            (typed, _) => vec![meant(step, typed)],
        };
        match check::look(setup, step, &values) {
            Ok(()) => {
                setup.put(step, values);
                return Ok(Turn::Answered);
            }
            Err(problem) => person.say(&wrapped(&problem, ""))?,
        }
    }
}

/// The word that somebody began to type, where only one begins so.
fn meant(step: Step, typed: &str) -> String {
    if let Kind::Words(words) = step.question.kind {
        let mut begin =
            words.iter().map(|(word, _)| *word).filter(|word| word.starts_with(&typed.to_lowercase()));
        if let (Some(only), None) = (begin.next(), begin.next()) {
            return only.to_owned();
        }
    }
    typed.to_owned()
}

fn ask_list(setup: &mut Setup, step: Step, person: &mut dyn Person) -> io::Result<Turn> {
    let (preset, first) = offered(setup, step);
    person.say("One on each line; Enter on an empty line when that was all.")?;
    let mut values: Vec<String> = Vec::new();
    loop {
        let prompt = if values.is_empty() { first.as_str() } else { "> " };
        let Some(line) = heard(person, |person| person.line(prompt))? else { return Ok(Turn::Stopped) };
        match (line.trim(), &preset) {
            (BACK, _) => match values.pop() {
                Some(last) => person.say(&format!("Without {last}."))?,
                None => return Ok(Turn::Back),
            },
            ("", None) if values.is_empty() => person.say("This has to be answered.")?,
            ("", preset) => {
                let all = match preset {
                    Some(preset) if values.is_empty() => preset.clone(),
                    _ => values.clone(),
                };
                match check::look(setup, step, &all) {
                    Ok(()) => {
                        setup.put(step, all);
                        return Ok(Turn::Answered);
                    }
                    Err(problem) => person.say(&wrapped(&problem, ""))?,
                }
            }
            (typed, _) => match check::look_at_one(setup, step, &values, typed) {
                Ok(()) => values.push(typed.to_owned()),
                Err(problem) => person.say(&wrapped(&problem, ""))?,
            },
        }
    }
}

fn ask_secret(setup: &mut Setup, step: Step, person: &mut dyn Person) -> io::Result<Turn> {
    loop {
        let Some(typed) = heard(person, |person| person.hidden("> "))? else { return Ok(Turn::Stopped) };
        match typed.trim() {
            BACK => return Ok(Turn::Back),
            "" => {
                setup.put_secret(step, None);
                return Ok(Turn::Answered);
            }
            typed => match check::look_at_secret(setup, step, typed) {
                Ok(secret) => {
                    setup.put_secret(step, Some(secret));
                    return Ok(Turn::Answered);
                }
                Err(problem) => person.say(&wrapped(&problem, ""))?,
            },
        }
    }
}

/// A text on lines that fit, with `indent` before all but the first. What is longer than a line, such as a link, stays whole.
pub(crate) fn wrapped(text: &str, indent: &str) -> String {
    let mut wrapped = String::new();
    for paragraph in text.split('\n') {
        if !wrapped.is_empty() {
            wrapped.push('\n');
            wrapped.push_str(indent);
        }
        let mut width = indent.chars().count();
        let mut is_first = true;
        for word in paragraph.split_whitespace() {
            let len = word.chars().count();
            if !is_first && width + 1 + len > WIDTH_MAX {
                wrapped.push('\n');
                wrapped.push_str(indent);
                width = indent.chars().count();
            } else if !is_first {
                wrapped.push(' ');
                width += 1;
            }
            wrapped.push_str(word);
            width += len;
            is_first = false;
        }
    }
    wrapped
}
