//! How fast texts are read: clean, dirty and hostile, beside one plain Aho-Corasick pass with the same terms.
//!
//! `cargo bench -p beadle-policy --bench filter`; criterion's throughput is in bytes, and `messages` repeats the
//! clean case in messages a second.

use std::hint::black_box;
use std::path::Path;

use aho_corasick::AhoCorasick;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use policy::matcher::Context;
use policy::normalise::letter_count;
use policy::{Matcher, Wordlist};

const CHAT: &[&str] = &[
    "Morning all, the AGM is on Thursday at 7pm in the usual room, tea and biscuits from half past six.",
    "Has anyone got the minutes from last month? I can't find them anywhere on the drive.",
    "I don't agree with the motion as it stands, but I'd support it with Jean's amendment.",
    "Leaflets for the Saturday stall are printed, thanks to Ravi and Moira for folding 2,000 of them!",
    "We need two more people for the door-knocking session in Cockfosters on Sunday afternoon.",
    "The treasurer's report shows £1,245.60 in the account, and the hall is paid until December.",
    "That's a fair point, though I'd still like to hear what the other branches think of it.",
    "See https://example.org/events/1234 for the details, and please say if you can give somebody a lift.",
];

const DIRTY: &[&str] = &[
    "what a load of bollocks that was",
    "he is an absolute w4nker and you know it",
    "f*ck this, I'm off home",
    "stop being such a knobhead, you utter c u n t",
    "that ｆｕｌｌwidth ｓｈｉｔ won't work either, fuuuuck",
];

fn lists() -> Vec<Wordlist> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wordlists");
    let files =
        std::fs::read_dir(folder).expect("the wordlists folder").map(|entry| entry.expect("an entry").path());
    let lists = files.filter(|file| file.extension().is_some_and(|extension| extension == "toml"));
    lists
        .map(|file| {
            let toml = std::fs::read_to_string(&file).expect("a readable list");
            Wordlist::parse(&file.to_string_lossy(), &toml).expect("a sound list")
        })
        .collect()
}

/// Folding alone: a byte of any text should cost about what a byte of ASCII does.
fn folding(criterion: &mut Criterion) {
    let texts = [
        ("ascii", "Has anyone got the minutes from last month? ".repeat(90)),
        ("accented", "Où est passé le café préféré de Zoë, à côté du château? ".repeat(60)),
        ("cyrillic", "Собрание клуба состоится в четверг в обычном зале. ".repeat(45)),
        (
            "zalgo",
            "s\u{336}\u{322}\u{31B}\u{32A}\u{318}h\u{321}\u{32F}\u{331}\u{353}i\u{327}\u{321} ".repeat(150),
        ),
        (
            "html soup",
            "sh<b>i</b>te &amp; f&#x75;n <span class=\"x\">a<b && c>d</span> <<b <!-- &lt ".repeat(50),
        ),
        ("open marks", "<b a=\"&#<!--&x".repeat(280)),
    ];
    let mut group = criterion.benchmark_group("fold");
    for (name, text) in &texts {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(*name, |bench| bench.iter(|| letter_count(black_box(text))));
    }
    group.finish();
}

fn bench(criterion: &mut Criterion) {
    let lists = lists();
    let matcher = Matcher::new(&lists).expect("sound lists");
    let terms = lists.iter().flat_map(|list| list.entries.iter().map(|entry| entry.term.as_str()));
    let plain = AhoCorasick::builder().ascii_case_insensitive(true).build(terms).expect("a plain automaton");

    let texts = [
        ("clean", CHAT.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>()),
        ("dirty", DIRTY.iter().map(|text| (*text).to_owned()).collect()),
        ("hostile asterisks", vec!["*".repeat(4_000)]),
        ("hostile combining", vec!["f\u{0301}".repeat(1_400)]),
        ("hostile near misses", vec!["fuc shi bolloc wan ".repeat(210)]),
        ("hostile masks", vec!["f*ck s**t ".repeat(400)]),
    ];
    for (name, texts) in &texts {
        let mut group = criterion.benchmark_group(*name);
        group.throughput(Throughput::Bytes(texts.iter().map(|text| text.len() as u64).sum()));
        group.bench_function("beadle", |bench| {
            bench.iter(|| {
                texts
                    .iter()
                    .map(|text| matcher.find(black_box(text), Context::default()).len())
                    .sum::<usize>()
            });
        });
        group.bench_function("plain aho-corasick", |bench| {
            bench.iter(|| texts.iter().map(|text| plain.find_iter(black_box(text)).count()).sum::<usize>());
        });
        group.finish();
    }

    let mut group = criterion.benchmark_group("messages");
    group.throughput(Throughput::Elements(CHAT.len() as u64));
    group.bench_function("beadle", |bench| {
        bench.iter(|| {
            CHAT.iter().map(|text| matcher.find(black_box(text), Context::default()).len()).sum::<usize>()
        });
    });
    group.finish();

    folding(criterion);

    criterion.bench_function("compile the shipped lists", |bench| {
        bench.iter(|| Matcher::new(black_box(&lists)).expect("sound lists"));
    });
}

criterion_group!(benches, bench);
criterion_main!(benches);
