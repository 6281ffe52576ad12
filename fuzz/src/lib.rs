//! The shipped lists, compiled once for all inputs.

use std::path::Path;
use std::sync::LazyLock;

use policy::{Matcher, Wordlist};

/// Every shipped list.
pub static MATCHER: LazyLock<Matcher> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wordlists");
    let files =
        std::fs::read_dir(folder).expect("the wordlists").map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> =
        files.filter(|file| file.extension().is_some_and(|ending| ending == "toml")).collect();
    files.sort();
    let parse = |file: &std::path::PathBuf| {
        let text = std::fs::read_to_string(file).expect("a readable list");
        Wordlist::parse(&file.to_string_lossy(), &text).expect("a sound list")
    };
    let lists: Vec<Wordlist> = files.iter().map(parse).collect();
    Matcher::new(&lists).expect("lists that go together")
});
