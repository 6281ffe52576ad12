//! The corpus, and the words of dictionaries.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Target;

/// Longer files are no seeds.
const LEN_MAX: u64 = 64 * 1024;

/// What inputs for a target are made from.
#[derive(Debug, Clone)]
pub struct Seeds {
    /// Whole inputs, in the order of their names.
    pub inputs: Vec<Vec<u8>>,
    /// Parts of inputs, from its dictionary.
    pub words: Vec<Vec<u8>>,
}

/// The top of the project.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

impl Seeds {
    /// Those of a target. A dictionary it need not have.
    ///
    /// # Panics
    /// When they cannot be read, for then nothing is tested.
    pub fn of(target: &Target) -> Self {
        let own = format!("fuzz/corpus/{}", target.name);
        let folders = std::iter::once(own.as_str()).chain(target.more.iter().copied());
        let inputs: Vec<Vec<u8>> = folders.flat_map(|folder| files(&root().join(folder))).collect();
        assert!(!inputs.is_empty(), "there is no corpus of {}", target.name);
        let dictionary = root().join(format!("fuzz/dictionaries/{}.dict", target.name));
        let words = fs::read_to_string(dictionary).unwrap_or_default();
        Self { inputs, words: words.lines().filter_map(word).collect() }
    }
}

fn files(folder: &Path) -> Vec<Vec<u8>> {
    let listed = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = listed.filter_map(|file| Some(file.ok()?.path())).collect();
    files.retain(|file| file.metadata().is_ok_and(|about| about.is_file() && about.len() <= LEN_MAX));
    files.retain(|file| !is_found(file));
    files.sort();
    let read = |file: &PathBuf| fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    files.iter().map(read).collect()
}

/// Whether libFuzzer put it there, under its SHA-1: another machine has others.
fn is_found(file: &Path) -> bool {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.len() == 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A word as libFuzzer's dictionaries have it: `"\"type\":\x20"`, with or without a name before it.
fn word(line: &str) -> Option<Vec<u8>> {
    let line = line.trim();
    let quoted = line.get(line.find('"')? + 1..)?.strip_suffix('"').filter(|_| !line.starts_with('#'))?;
    let mut word = Vec::new();
    let mut rest = quoted.bytes();
    while let Some(byte) = rest.next() {
        word.push(match byte {
            b'\\' => match rest.next()? {
                b'x' => {
                    let digits = [rest.next()?, rest.next()?];
                    u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
                }
                escaped => escaped,
            },
            byte => byte,
        });
    }
    Some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_dictionaries_are_read() {
        let rows: [(&str, Option<&[u8]>); 7] = [
            ("# \"no\"", None),
            ("", None),
            ("\"a b\"", Some(b"a b")),
            ("  name=\"a\"  ", Some(b"a")),
            (r#""\"id\":\x00\xe2\\""#, Some(b"\"id\":\0\xe2\\")),
            (r#""\x4""#, None),
            ("\"", None),
        ];
        for (line, want) in rows {
            assert_eq!(word(line).as_deref(), want, "{line}");
        }
    }

    #[test]
    fn every_target_has_inputs_that_fit_and_every_line_of_a_dictionary_is_a_word() {
        for target in crate::TARGETS {
            let seeds = Seeds::of(target);
            assert!(!seeds.words.is_empty(), "{} has no dictionary", target.name);
            // Some are there because they are refused.
            let unfit = seeds.inputs.iter().filter(|input| (target.run)(input) != crate::Fit::Read);
            let unfit: Vec<_> = unfit.map(|input| String::from_utf8_lossy(input)).collect();
            assert!(4 * unfit.len() <= seeds.inputs.len(), "{}: {unfit:?}", target.name);
            let file = root().join(format!("fuzz/dictionaries/{}.dict", target.name));
            let lines = fs::read_to_string(file).unwrap();
            let said = lines.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
            assert_eq!(said.count(), seeds.words.len(), "{}", target.name);
        }
    }
}
