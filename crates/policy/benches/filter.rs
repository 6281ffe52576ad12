//! How fast texts are read: clean, dirty and hostile, beside one plain Aho-Corasick pass with the same terms.
//!
//! `cargo bench -p beadle-policy --bench filter`; criterion's throughput is in bytes, and `messages` repeats the
//! clean case in messages a second. Hostile texts are to take at most three times as long a byte as clean ones;
//! `benches/filters` prints such ratios, and has other filters beside ours.

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use aho_corasick::AhoCorasick;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use policy::matcher::Context;
use policy::normalise::letter_count;
use policy::{Matcher, Wordlist};

/// How many messages of ordinary chat are read, and how many offensive texts of each kind.
const MESSAGES: usize = 3_000;
const DIRTY_PER_KIND: usize = 40;
/// How long hostile texts are, in characters.
const HOSTILE_LEN: [usize; 2] = [4_000, 65_000];

/// The texts of the shipped lists, with the names of their files.
fn list_texts() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wordlists");
    let files =
        std::fs::read_dir(folder).expect("the wordlists folder").map(|entry| entry.expect("an entry").path());
    let lists = files.filter(|file| file.extension().is_some_and(|extension| extension == "toml"));
    let text = |file: &Path| std::fs::read_to_string(file).expect("a readable list");
    lists.map(|file| (file.to_string_lossy().into_owned(), text(&file))).collect()
}

fn parsed(texts: &[(String, String)]) -> Vec<Wordlist> {
    texts.iter().map(|(name, toml)| Wordlist::parse(name, toml).expect("a sound list")).collect()
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
    let list_texts = list_texts();
    let lists = parsed(&list_texts);
    let matcher = Matcher::new(&lists).expect("sound lists");
    let terms = lists.iter().flat_map(|list| list.entries.iter().map(|entry| entry.term.as_str()));
    let plain = AhoCorasick::builder().ascii_case_insensitive(true).build(terms).expect("a plain automaton");

    let chat: Vec<String> = corpus::chat(1, MESSAGES).collect();
    let dirty = corpus::items(1, DIRTY_PER_KIND).filter(|item| item.label == 1).map(|item| item.text);
    let mut texts = vec![("clean".to_owned(), chat.clone()), ("dirty".to_owned(), dirty.collect())];
    for len in HOSTILE_LEN {
        let hostile = corpus::hostile(len);
        texts.extend(hostile.map(|(shape, text)| (format!("hostile {shape} {len}"), vec![text])));
    }
    for (name, texts) in &texts {
        let mut group = criterion.benchmark_group(name);
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
    group.throughput(Throughput::Elements(chat.len() as u64));
    group.bench_function("beadle", |bench| {
        bench.iter(|| {
            chat.iter().map(|text| matcher.find(black_box(text), Context::default()).len()).sum::<usize>()
        });
    });
    group.finish();

    folding(criterion);

    criterion.bench_function("compile the shipped lists", |bench| {
        bench.iter(|| Matcher::new(black_box(&lists)).expect("sound lists"));
    });
    criterion.bench_function("load the shipped lists", |bench| {
        bench.iter(|| Matcher::new(&parsed(black_box(&list_texts))).expect("sound lists"));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    targets = bench
}
criterion_main!(benches);
