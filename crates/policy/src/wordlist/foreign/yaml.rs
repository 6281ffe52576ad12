//! Texts at known places of a YAML file, with their lines. The file is read event by event: no tree is built of it, and
//! what an alias stands for is not put in its place, so that a small file is never a large one.

use saphyr_parser::{Event, Parser};

use super::Refusal;

/// How deeply what is read may be nested.
const DEPTH_MAX: usize = 64;

/// What a file holds.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// Whether there was a list at one of the places.
    pub(super) has_list: bool,
    /// What stands in it.
    pub(super) listed: Vec<Found>,
    /// Texts under the other key, wherever that stands.
    pub(super) others: Vec<Found>,
}

/// Something in a file.
#[derive(Debug)]
pub(super) struct Found {
    /// Its line, from 1.
    pub(super) line: usize,
    /// The text, if it is one.
    pub(super) text: Option<String>,
}

/// Where in a file the reader is.
enum Frame {
    /// In a mapping, at the value of a key; without one, at the next key.
    Mapping(Option<String>),
    /// In a sequence; whether it is one that is read.
    Sequence(bool),
}

/// The items of the sequences at `places`, and the texts under the key `other`.
pub(super) fn read(text: &str, places: &[&[&str]], other: &str) -> Result<Read, Refusal> {
    const FIX: &str = "correct the YAML there";
    let mut reader = Reader { places, other, frames: Vec::new(), read: Read::default() };
    for next in Parser::new_from_str(text) {
        let (event, span) =
            next.map_err(|error| (Some(error.marker().line()), "this is no YAML".to_owned(), FIX))?;
        let line = span.start.line();
        match event {
            Event::Scalar(text, style, ..) => {
                let is_nothing =
                    style == saphyr_parser::ScalarStyle::Plain && matches!(&*text, "" | "~" | "null");
                reader.value(line, (!is_nothing).then(|| text.into_owned()));
            }
            Event::Alias(..) => reader.value(line, None),
            Event::SequenceStart(..) => reader.open(line, true),
            Event::MappingStart(..) => reader.open(line, false),
            Event::SequenceEnd | Event::MappingEnd => reader.close(),
            _ => {}
        }
        if reader.frames.len() > DEPTH_MAX {
            return Err((
                Some(line),
                "it is nested too deeply".to_owned(),
                "save the part with the words alone",
            ));
        }
    }
    Ok(reader.read)
}

struct Reader<'p> {
    places: &'p [&'p [&'p str]],
    other: &'p str,
    frames: Vec<Frame>,
    read: Read,
}

impl Reader<'_> {
    /// A text, or something that is none, where the reader is.
    fn value(&mut self, line: usize, text: Option<String>) {
        match self.frames.last_mut() {
            // A key that is no text is none that is looked for.
            Some(Frame::Mapping(key @ None)) => *key = Some(text.unwrap_or_default()),
            Some(Frame::Mapping(key @ Some(_))) => {
                if key.as_deref() == Some(self.other) {
                    self.read.others.push(Found { line, text });
                }
                *key = None;
            }
            Some(Frame::Sequence(true)) => self.read.listed.push(Found { line, text }),
            Some(Frame::Sequence(false)) | None => {}
        }
    }

    fn open(&mut self, line: usize, is_sequence: bool) {
        if matches!(self.frames.last(), Some(Frame::Sequence(true))) {
            self.read.listed.push(Found { line, text: None });
        }
        if !is_sequence {
            return self.frames.push(Frame::Mapping(None));
        }
        let wanted = self.is_at_a_place();
        self.read.has_list |= wanted;
        self.frames.push(Frame::Sequence(wanted));
    }

    fn close(&mut self) {
        self.frames.pop();
        // What was closed was a value, or a key that nothing looks for.
        match self.frames.last_mut() {
            Some(Frame::Mapping(key @ Some(_))) => *key = None,
            Some(Frame::Mapping(key @ None)) => *key = Some(String::new()),
            Some(Frame::Sequence(_)) | None => {}
        }
    }

    fn is_at_a_place(&self) -> bool {
        let keys = self.frames.iter().map(|frame| match frame {
            Frame::Mapping(key) => key.as_deref(),
            Frame::Sequence(_) => None,
        });
        let keys: Option<Vec<&str>> = keys.collect();
        keys.is_some_and(|keys| self.places.contains(&keys.as_slice()))
    }
}
