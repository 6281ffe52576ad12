//! What holds for every disguised text, every message and every hostile text, and not only for those of a table.

use std::path::Path;
use std::sync::LazyLock;

use corpus::Item;
use policy::matcher::Context;
use policy::normalise::fold;
use policy::{Finding, Hit, Matcher, Policy, Preset, Verdict, Wordlist};

const SEED: u64 = 77;
/// A text up to here is read in one window, so that the two ways of reading it see the same.
const SAME_LEN_MAX: usize = 200;
/// How many texts may break a property that all others keep, in a thousand. Each is a fault; the test names them.
const FAULTS_PER_THOUSAND_MAX: usize = 1;
/// The steps a byte may cost; the dearest shape takes a third of it.
const STEPS_MAX: f64 = 64.0;

static MATCHER: LazyLock<Matcher> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wordlists");
    let files = std::fs::read_dir(folder).expect("the lists are there");
    let mut paths: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    paths.sort();
    let lists = paths.iter().map(|path| {
        let text = std::fs::read_to_string(path).expect("the list can be read");
        Wordlist::parse(&path.display().to_string(), &text).expect("the list is sound")
    });
    Matcher::new(&lists.collect::<Vec<_>>()).expect("the lists go together")
});

/// Some of every kind, disguised and innocent.
fn items() -> impl Iterator<Item = Item> {
    corpus::items(SEED, 60)
}

/// Fails when more texts than may be are at fault.
fn few(faults: &[String]) {
    let texts = items().count();
    assert!(
        faults.len() * 1_000 <= texts * FAULTS_PER_THOUSAND_MAX,
        "{} of {texts} are at fault:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

fn find(text: &str) -> Vec<Hit> {
    MATCHER.find(text, Context::default())
}

#[test]
fn what_is_found_is_what_reading_in_every_way_accepts() {
    let mut differ = Vec::new();
    for item in items().filter(|item| item.text.len() <= SAME_LEN_MAX) {
        let mut read = MATCHER.explain(&item.text, Context::default());
        read.retain(|hit| hit.explanation.accepted);
        let found = find(&item.text);
        if found != read {
            let terms =
                |hits: &[Hit]| hits.iter().map(|hit| hit.finding.term.clone()).collect::<Vec<_>>().join(", ");
            differ.push(format!(
                "{} {:?}: finds {}; accepts {}",
                item.family,
                item.text,
                terms(&found),
                terms(&read)
            ));
        }
    }
    few(&differ);
}

#[test]
fn an_innocent_sentence_before_or_after_changes_nothing() {
    let mut differ = Vec::new();
    // Which language a text is in is told from all of it, so that English beside it may change that.
    for item in items().filter(|item| item.family != "other_language") {
        let findings = |hits: Vec<Hit>| hits.into_iter().map(|hit| hit.finding).collect::<Vec<_>>();
        let alone = findings(find(&item.text));
        for (before, after) in [
            ("", ".\n\nThe garden party is on Saturday."),
            ("The garden party is on Saturday.\n\n", ""),
            ("Zoë’s café opens at 10 — naïvely, I’d brought £5.\n\n", ".\n\nSiân said “tomorrow”."),
        ] {
            let mut with = findings(find(&format!("{before}{}{after}", item.text)));
            for Finding { span, .. } in &mut with {
                *span = span.start.saturating_sub(before.len())..span.end.saturating_sub(before.len());
            }
            if with != alone {
                differ.push(format!(
                    "{} {before:?} {:?} {after:?}: {alone:?} {with:?}",
                    item.family, item.text
                ));
            }
        }
    }
    few(&differ);
}

#[test]
fn folding_twice_changes_nothing() {
    for item in items() {
        let once = fold(&item.text);
        assert_eq!(fold(&once), once, "{item:?}");
    }
}

#[test]
fn ordinary_chat_is_left_alone() {
    let policy = Policy::new(Preset::Standard);
    for text in corpus::chat(SEED, 3_000) {
        for hit in find(&text) {
            let finding = &hit.finding;
            let judged = policy.measure(finding.grade, finding.category, finding.directed);
            assert!(judged.verdict < Verdict::Flag, "{text:?} {finding:?}");
        }
    }
}

/// Twice as long, at most about twice the steps; and never more than so many a byte.
#[test]
#[expect(clippy::print_stdout, reason = "the steps of each shape, for whoever looks for the dearest")]
fn hostile_texts_are_read_in_linear_work() {
    const SIZES: [usize; 3] = [4_000, 16_000, 64_000];
    let mut dear = Vec::new();
    let shapes = SIZES.map(|len| corpus::hostile(len).collect::<Vec<_>>());
    for at in 0..shapes[0].len() {
        let name = shapes[0][at].0;
        let per_byte: Vec<f64> = shapes
            .iter()
            .map(|texts| MATCHER.steps(&texts[at].1) as f64 / texts[at].1.len().min(65_536) as f64)
            .collect();
        println!("{name:<26} {per_byte:>8.1?} steps a byte at {SIZES:?} characters");
        let linear = per_byte[2] <= per_byte[0] * 1.25 + 1.0;
        if per_byte.iter().any(|steps| *steps > STEPS_MAX) || !linear {
            dear.push(format!("{name}: {per_byte:?}"));
        }
    }
    assert!(dear.is_empty(), "{}", dear.join("\n"));
}
