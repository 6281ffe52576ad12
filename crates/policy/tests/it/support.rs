//! The shipped lists, the sample files, and what “flagged” means under the preset `standard`.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use policy::matcher::Context;
use policy::{Finding, Grade, Matcher, Wordlist};

/// The shipped lists, read from the files that go into the installation.
pub(crate) fn shipped() -> Vec<Wordlist> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wordlists");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(&folder).expect("the wordlists folder").map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    let parse = |file: &PathBuf| {
        let name = file.file_name().expect("a file").to_string_lossy().into_owned();
        let toml = std::fs::read_to_string(file).expect("a readable list");
        Wordlist::parse(&name, &toml).unwrap_or_else(|problems| panic!("{}", join(&problems)))
    };
    files.iter().map(parse).collect()
}

/// The shipped lists, compiled once for all tests.
pub(crate) static MATCHER: LazyLock<Matcher> =
    LazyLock::new(|| Matcher::new(&shipped()).unwrap_or_else(|problems| panic!("{}", join(&problems))));

pub(crate) fn join(problems: &[impl ToString]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

pub(crate) fn data(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(crate) fn findings(text: &str) -> Vec<Finding> {
    MATCHER.find(text, Context::default()).into_iter().map(|hit| hit.finding).collect()
}

/// Whether the preset `standard` acts on any of these.
pub(crate) fn is_flagged(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.grade >= Grade::Medium || finding.category.is_discriminatory())
}
