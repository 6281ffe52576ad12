//! Every text of an event that a member can have typed.
//!
//! There is no list of event types with their fields: clients invent both, faster than anybody keeps up. The content
//! is searched at every depth for the names under which clients put what they show. What stands under other names is
//! shown by none of them: ids, addresses, keys, ciphertext. It is left alone, for what nobody reads offends nobody, and
//! a random key must not be taken for a word.

use std::collections::HashSet;

use policy::matcher::TEXT_LEN_MAX;
use policy::{MessageText, Surface, SurfaceKind};

use super::event::{Content, DEPTH_MAX, Event};
use super::html;
use super::json::{Field, Read};

/// The event that another one answers, which old clients quote in it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Answered<'a> {
    /// It answers none. What looks like a quotation is the member's own text.
    Nothing,
    /// This one. It is judged by itself, so what merely repeats it is not judged again.
    Known(&'a Event),
    /// One that is gone or cannot be read.
    Unknown,
}

/// How many surfaces there are at most; further texts are put together.
pub(crate) const SURFACES_MAX: usize = 64;

/// What two surfaces have in common where a text is too long for one, so that no word is cut in both.
const OVERLAP: usize = 256;

/// What stands last in the name of a field that holds a text, behind any namespace: `m.text`,
/// `org.matrix.msc1767.text`, `og:title`.
const TEXTS: [&str; 21] = [
    "attribution",
    "body",
    "caption",
    "description",
    "display_name",
    "displayname",
    "filename",
    "formatted_body",
    "formatted_caption",
    "html",
    "label",
    "message",
    "name",
    "question",
    "reason",
    "shortcode",
    "subtitle",
    "summary",
    "text",
    "title",
    "topic",
];

/// Those among them that hold HTML.
const FORMATTED: [&str; 3] = ["formatted_body", "formatted_caption", "html"];

/// Every text of an event, each once. A quotation of the event it answers is left out where it repeats that event.
pub(crate) fn surfaces(event: &Event, answered: Answered<'_>) -> Vec<Surface> {
    let mut reader = Reader::new(event, answered);
    reader.content(&event.content);
    let surface = |(kind, text): (_, String)| Surface { kind, text: MessageText::new(text) };
    reader.texts.into_iter().map(surface).collect()
}

/// What of a plain text a client put before it: who is answered and, in lines with `>`, with what words.
pub(crate) fn split_fallback(body: &str) -> (Option<&str>, &str) {
    let begins = |line: &str| line.starts_with("> <@") || line.starts_with("> * <@");
    if !begins(body) {
        return (None, body);
    }
    let quoted = body.split_inclusive('\n').take_while(|line| line.starts_with('>')).map(str::len).sum();
    let (fallback, own) = body.split_at(quoted);
    (Some(fallback), own.trim_start_matches(['\r', '\n']))
}

/// Where a field stands.
#[derive(Clone, Copy)]
struct At {
    /// What a text would be here.
    kind: SurfaceKind,
    /// How it is written; nothing where a text is none that anybody is shown.
    form: Option<Form>,
    within: Within,
}

#[derive(Clone, Copy)]
enum Form {
    Plain,
    Html,
    /// An emoji or any text, or where a picture is.
    Reaction,
}

/// What the nearest field with a meaning of its own is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Nothing,
    List,
    /// What says which other event it belongs to.
    Relation,
    /// Pictures by their names.
    Pictures,
}

impl At {
    const TOP: Self = Self { kind: SurfaceKind::Body, form: None, within: Within::Nothing };

    /// The place of a field with this name, in an object that is read here.
    fn at(self, name: &str, is_html: bool) -> Self {
        let last = name.rsplit(['.', ':']).next().unwrap_or(name);
        let form = match last {
            "body" if is_html => Some(Form::Html),
            "key" if self.within == Within::Relation => Some(Form::Reaction),
            _ if FORMATTED.contains(&last) => Some(Form::Html),
            _ => TEXTS.contains(&last).then_some(Form::Plain),
        };
        // A client copies them from the page that is linked to.
        let is_preview = name.starts_with("og:") || last == "linkpreviews";
        let kind = match last {
            _ if is_preview => SurfaceKind::Quotation,
            "displayname" if self.kind == SurfaceKind::Body => SurfaceKind::Name,
            _ => self.kind,
        };
        let within = match last {
            "relates_to" => Within::Relation,
            "images" => Within::Pictures,
            _ => Within::Nothing,
        };
        Self { kind, form, within }
    }

    /// Which of several fields of one object is read first, so that of two that say the same the other is left out:
    /// what an edit puts in the place of its original, before the copy beside it for old clients; what is plain, before
    /// the same with formatting.
    fn rank(self, name: &str) -> u8 {
        match self.at(name, false).form {
            _ if name == "m.new_content" => 0,
            Some(Form::Plain) if name == "body" => 1,
            Some(Form::Plain | Form::Reaction) => 2,
            Some(Form::Html) => 3,
            None => 4,
        }
    }
}

struct Reader<'a> {
    names_sender: bool,
    answered: Answered<'a>,
    /// The words of the event it answers, once asked for.
    original: Option<String>,
    /// What the texts say, as it is compared.
    said: HashSet<(SurfaceKind, String)>,
    texts: Vec<(SurfaceKind, String)>,
}

impl<'a> Reader<'a> {
    fn new(event: &Event, answered: Answered<'a>) -> Self {
        // What is set about somebody else, an invitation above all, holds the name that they chose, unless the sender put
        // another there.
        let names_sender = event.kind != "m.room.member" || event.is_about_sender();
        Self { names_sender, answered, original: None, said: HashSet::new(), texts: Vec::new() }
    }

    fn content(&mut self, content: &Content) {
        self.field(content.whole(), At::TOP, 0);
    }

    fn field(&mut self, field: Field<'_>, at: At, depth: usize) {
        // The field itself is one level into the content.
        if depth > DEPTH_MAX + 1 {
            return;
        }
        match field.read() {
            Read::Text(text) => match at.form {
                Some(Form::Plain) => self.plain(&text, at),
                Some(Form::Html) => self.html(&text, at),
                Some(Form::Reaction) => self.push(at.kind, said_by(&text)),
                None => {}
            },
            Read::List(elements) => {
                for element in elements {
                    self.field(element, At { within: Within::List, ..at }, depth + 1);
                }
            }
            Read::Object(members) => self.object(members, at, depth + 1),
            Read::Other => {}
        }
    }

    fn object(&mut self, mut members: Vec<(String, Field<'_>)>, at: At, depth: usize) {
        // One of several ways to say the same: `{"mimetype": "text/html", "body": …}`.
        let is_html = at.within == Within::List
            && members.iter().any(|(name, field)| {
                name == "mimetype" && field.text().is_some_and(|text| text.eq_ignore_ascii_case("text/html"))
            });
        members.sort_by_key(|(name, _)| at.rank(name));
        for (name, field) in members {
            if at.within == Within::Pictures {
                self.push(at.kind, &name);
            }
            let mut at = at.at(&name, is_html);
            if name == "displayname" && !self.names_sender {
                at.kind = SurfaceKind::Quotation;
            }
            self.field(field, at, depth);
        }
    }

    fn plain(&mut self, text: &str, at: At) {
        let (fallback, own) = match self.answered {
            Answered::Nothing => (None, text),
            Answered::Known(_) | Answered::Unknown => split_fallback(text),
        };
        if let Some(fallback) = fallback {
            let quoted: Vec<&str> =
                fallback.lines().map(|line| line.trim_start_matches('>').trim_start()).collect();
            let quoted = quoted.join("\n");
            let (who, words) = match quoted.trim_start_matches("* ").split_once('>') {
                Some((who, words)) => (who.trim_start_matches('<'), words),
                None => ("", quoted.as_str()),
            };
            self.quoted(who, words);
        }
        self.push(at.kind, own);
    }

    fn html(&mut self, formatted: &str, at: At) {
        let shown = html::shown(formatted);
        if let Some(fallback) = &shown.fallback {
            let (first, rest) = fallback.split_once('\n').unwrap_or((fallback, ""));
            match first.strip_prefix("In reply to") {
                Some(who) => self.quoted(who.trim_start_matches([' ', '*']), rest),
                None => self.quoted("", fallback),
            }
        }
        self.push(at.kind, &shown.text);
    }

    /// What an old client quotes of the event that is answered: `who` wrote it, and the words.
    fn quoted(&mut self, who: &str, words: &str) {
        match self.answered {
            Answered::Nothing => self.push(SurfaceKind::Body, &format!("{who}\n{words}")),
            Answered::Unknown => self.push(SurfaceKind::Quotation, &format!("{who}\n{}", words.trim_start())),
            Answered::Known(original) => {
                // Some clients have somebody's name there, which is not the words of whoever answers.
                if who != original.sender.as_str() {
                    self.push(SurfaceKind::Quotation, who);
                }
                if !self.repeats(original, words) {
                    self.push(SurfaceKind::Body, words);
                }
            }
        }
    }

    /// Whether the words stand in the original, in a row. Long ones are cut by some clients.
    fn repeats(&mut self, original: &Event, words: &str) -> bool {
        let all = self.original.get_or_insert_with(|| words_of(original));
        let words = words.trim_end_matches(['.', '\u{2026}']);
        all.contains(&format!(" {} ", unmarked(words)))
    }

    fn push(&mut self, kind: SurfaceKind, text: &str) {
        let text = text.trim();
        let folded = folded(text);
        // Before an edit, clients put a star for those that do not know edits.
        let without_star = folded.strip_prefix("* ").unwrap_or(&folded);
        let is_said = |words: &str| self.said.contains(&(kind, words.to_owned()));
        if folded.is_empty() || is_said(&folded) || is_said(without_star) {
            return;
        }
        self.said.insert((kind, unmarked(text)));
        self.said.insert((kind, folded));
        for piece in pieces(text) {
            self.add(kind, piece);
        }
    }

    fn add(&mut self, kind: SurfaceKind, text: &str) {
        let is_full = self.texts.len() >= SURFACES_MAX;
        let same = self.texts.iter_mut().rev().find(|(other, _)| *other == kind);
        match same.filter(|(_, before)| is_full && before.len() + text.len() < TEXT_LEN_MAX) {
            Some((_, before)) => {
                before.push('\n');
                before.push_str(text);
            }
            None => self.texts.push((kind, text.to_owned())),
        }
    }
}

/// A text in pieces that are read to their ends. Unfolded entities can make one longer than the event.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let all = rest.take()?;
        if all.len() <= TEXT_LEN_MAX {
            return Some(all);
        }
        let end = all.floor_char_boundary(TEXT_LEN_MAX);
        rest = Some(&all[all.floor_char_boundary(end - OVERLAP)..]);
        Some(&all[..end])
    })
}

/// All words that an event and its latest edit say, each between spaces.
fn words_of(event: &Event) -> String {
    let mut reader = Reader::new(event, Answered::Nothing);
    for content in [Some(&event.content), event.edit.as_ref()].into_iter().flatten() {
        reader.content(content);
    }
    // A word of its own between any two texts, so that none of one continues in another.
    let texts: Vec<String> = reader.texts.iter().map(|(_, text)| unmarked(text)).collect();
    format!(" {} ", texts.join(" \0 "))
}

/// With one space for all that stands between two words.
fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The same without what stands in a plain body for formatting: stars, backticks, bars and brackets round words. Inside
/// a word they may hide something, and stay.
fn unmarked(text: &str) -> String {
    let is_mark = |c: char| "*_~`>#|-\\[]".contains(c);
    let words = text.split_whitespace().map(|word| {
        let mut kept = String::with_capacity(word.len());
        let mut rest = word;
        while let Some(start) = rest.find(is_mark) {
            let (before, marks) = rest.split_at(start);
            let after = marks.trim_start_matches(is_mark);
            kept.push_str(before);
            let inside = kept.ends_with(char::is_alphanumeric) && after.starts_with(char::is_alphanumeric);
            kept.push_str(if inside { &marks[..marks.len() - after.len()] } else { "" });
            rest = after;
        }
        kept + rest
    });
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What of a reaction somebody chose to say: all of it, but for the id of a picture, which a server made up:
/// `mxc://server/id`. Clients that show no pictures show that.
fn said_by(key: &str) -> &str {
    const MEDIA_ID_LEN_MIN: usize = 16;
    let Some((server, id)) = key.strip_prefix("mxc://").and_then(|rest| rest.split_once('/')) else {
        return key;
    };
    let is_made_up = id.len() >= MEDIA_ID_LEN_MIN && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_made_up { server } else { key }
}

#[cfg(test)]
mod tests;
