//! Reads the text files that people write for Beadle.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Why a file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The line it is about, counted from 1.
    pub(crate) line: Option<usize>,
    /// What is wrong.
    pub(crate) what: String,
    /// What to do about it.
    pub(crate) fix: &'static str,
}

/// The text in `file`, unless that is longer than `len_max` bytes.
pub(crate) fn read(file: &Path, len_max: u64) -> Result<String, Refusal> {
    let unreadable = |error| Refusal {
        line: None,
        what: format!("the file cannot be read ({error})"),
        fix: "check its name and who may read it",
    };
    let mut bytes = Vec::new();
    let handle = File::open(file).map_err(unreadable)?;
    handle.take(len_max + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > len_max {
        let what = format!("the file is longer than {len_max} bytes");
        return Err(Refusal { line: None, what, fix: "split it" });
    }
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        Refusal { line: Some(line), what: "this is not UTF-8".to_owned(), fix: "save the file as UTF-8" }
    })
}
