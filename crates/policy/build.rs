//! Packs the dictionary's lists of words into one automaton, so that starting up reads none of them.

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};

/// The files with the bit that says a word is in them; see `src/dictionary.rs`.
const FILES: [(&str, u64); 6] = [
    ("everyday.txt", 1),
    ("common.txt", 2),
    ("rare.txt", 4),
    ("names.txt", 8),
    ("places.txt", PLACE),
    ("offensive.txt", 32),
];
/// The bit of places. They stand in the automaton whole, spaces included, and by their telling words.
const PLACE: u64 = 16;
/// The shortest word that tells a place, if no dictionary has it: “peover”, not “lane”.
const TELLING_LEN_MIN: usize = 5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../wordlists/dictionary");
    let mut words: BTreeMap<String, u64> = BTreeMap::new();
    for (file, bit) in FILES {
        let file = folder.join(file);
        println!("cargo::rerun-if-changed={}", file.display());
        let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        for word in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            *words.entry(word.to_owned()).or_default() |= bit;
        }
    }
    let telling: Vec<String> = words
        .iter()
        .filter(|(_, bits)| **bits & PLACE != 0)
        .flat_map(|(place, _)| place.split(' '))
        .filter(|word| word.len() >= TELLING_LEN_MIN && !words.contains_key(*word))
        .map(str::to_owned)
        .collect();
    words.extend(telling.into_iter().map(|word| (word, PLACE)));
    let packed = fst::Map::from_iter(words)?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("british.fst"), packed.as_fst().as_bytes())?;
    Ok(())
}
