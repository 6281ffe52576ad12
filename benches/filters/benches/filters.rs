//! All filters on ordinary chat, dirty and hostile texts in one run: `cargo bench --manifest-path
//! benches/filters/Cargo.toml`. `src/main.rs` prints the ratios.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use filters::{Filter, chat, dirty};

fn bench(criterion: &mut Criterion) {
    let filters = Filter::NAMES.map(|name| (name, Filter::load(name)));
    let hostile: Vec<String> = corpus::hostile(4_000).map(|(_, text)| text).collect();
    for (kind, texts) in [("chat", chat()), ("dirty", dirty()), ("hostile", hostile)] {
        let bytes = texts.iter().map(|text| text.len() as u64).sum();
        let measures =
            [("bytes", Throughput::Bytes(bytes)), ("messages", Throughput::Elements(texts.len() as u64))];
        for (unit, throughput) in measures {
            let mut group = criterion.benchmark_group(format!("{kind}, {unit}"));
            group.sample_size(10).throughput(throughput);
            for (name, filter) in &filters {
                group.bench_function(*name, |bench| {
                    bench.iter(|| texts.iter().filter(|text| filter.sees(black_box(text))).count());
                });
            }
            group.finish();
        }
    }
    let mut group = criterion.benchmark_group("load");
    group.sample_size(10);
    group.bench_function("beadle", |bench| bench.iter(|| Filter::load("beadle")));
    group.bench_function("aho-corasick", |bench| bench.iter(|| Filter::load("aho-corasick")));
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
