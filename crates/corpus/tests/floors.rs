//! Holds the filter to `floors.toml`, and the corpus to being sound.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use corpus::{Group, Item, KINDS};
use policy::matcher::Context;
use policy::{Matcher, Policy, Preset, Verdict, Wordlist};

/// The texts of this test: not those that anybody looks at while building the filter.
const SEED: u64 = 20_261;
const PER_KIND: usize = 60;
/// How far below what is reached a suggested floor stands, in texts of a kind.
const LEEWAY: usize = 1;

fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Every shipped list.
fn matcher() -> Matcher {
    let files = std::fs::read_dir(repository().join("wordlists")).expect("the lists are there");
    let mut paths: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    paths.sort();
    let lists: Vec<Wordlist> = paths
        .iter()
        .map(|path| {
            let text = std::fs::read_to_string(path).expect("the list can be read");
            Wordlist::parse(&path.display().to_string(), &text).expect("the list is sound")
        })
        .collect();
    Matcher::new(&lists).expect("the lists go together")
}

/// One table of the floors' file.
fn bounds(table: &str) -> BTreeMap<String, f64> {
    let text = std::fs::read_to_string(repository().join("crates/corpus/floors.toml"))
        .expect("the floors are there");
    let file: toml::Table = text.parse().expect("the floors are TOML");
    let percent =
        |value: &toml::Value| value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64));
    let table = file[table].as_table().expect("a table");
    table.iter().map(|(kind, value)| (kind.clone(), percent(value).expect("per cent"))).collect()
}

#[derive(Default)]
struct Count {
    texts: usize,
    flagged: usize,
    wrong: Vec<String>,
}

impl Count {
    fn percent(&self) -> f64 {
        100.0 * self.flagged as f64 / self.texts as f64
    }
}

fn measured() -> BTreeMap<&'static str, Count> {
    let (matcher, policy) = (matcher(), Policy::new(Preset::Standard));
    let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
    for item in corpus::items(SEED, PER_KIND) {
        let hits = matcher.find(&item.text, Context::default());
        let is_flagged = hits.iter().any(|hit| {
            let finding = &hit.finding;
            policy.measure(finding.grade, finding.category, finding.directed).verdict >= Verdict::Flag
        });
        let count = counts.entry(item.family).or_default();
        count.texts += 1;
        count.flagged += usize::from(is_flagged);
        if is_flagged != (item.label == 1) {
            count.wrong.push(format!("{:?} ({})", item.text, item.base));
        }
    }
    counts
}

/// What the file could hold now: a kind's share less the leeway, rounded down; a whole kind has none.
fn suggestion(counts: &BTreeMap<&str, Count>) -> String {
    let mut text = String::new();
    for (offensive, title) in [(true, "floors"), (false, "ceilings")] {
        writeln!(text, "[{title}]").expect("written");
        for kind in KINDS.iter().filter(|kind| kind.group.is_offensive() == offensive) {
            let Count { texts, flagged, .. } = counts[kind.name];
            let share = |part: usize| 100.0 * part as f64 / texts as f64;
            let bound =
                if offensive { share(flagged.saturating_sub(LEEWAY)).floor() } else { share(flagged).ceil() };
            writeln!(text, "{} = {bound}", kind.name).expect("written");
        }
        writeln!(text).expect("written");
    }
    text
}

#[test]
#[expect(clippy::print_stdout, reason = "shown when the test fails, and to whoever raises the floors")]
fn the_filter_keeps_every_floor_and_ceiling() {
    let counts = measured();
    let (floors, ceilings) = (bounds("floors"), bounds("ceilings"));
    let mut table = String::new();
    let mut short = Vec::new();
    for kind in KINDS {
        let count = &counts[kind.name];
        let reached = count.percent();
        let (bounds, what) = if kind.group.is_offensive() { (&floors, "≥") } else { (&ceilings, "≤") };
        // That every kind has a bound is seen to below.
        let bound =
            bounds.get(kind.name).copied().unwrap_or(if kind.group.is_offensive() { 0.0 } else { 100.0 });
        let kept = if kind.group.is_offensive() { reached >= bound } else { reached <= bound };
        let mark = if kept { "" } else { "  ← falls short" };
        let (name, group) = (kind.name, kind.group.word());
        writeln!(table, "{group:<8}  {name:<24}  {:>4}  {reached:>6.2} % {what} {bound}{mark}", count.texts)
            .expect("written");
        if !kept {
            short.push(format!(
                "{name}:\n  {}",
                count.wrong.iter().take(8).cloned().collect::<Vec<_>>().join("\n  ")
            ));
        }
    }
    let mut averages = BTreeMap::<Group, (f64, f64)>::new();
    for kind in KINDS {
        let all = averages.entry(kind.group).or_default();
        *all = (all.0 + counts[kind.name].percent(), all.1 + 1.0);
    }
    for (group, (sum, kinds)) in averages {
        writeln!(table, "{:<8}  average {:.2} %", group.word(), sum / kinds).expect("written");
    }
    println!("{table}\nfloors that would hold now:\n\n{}", suggestion(&counts));
    assert!(short.is_empty(), "the filter falls short in\n{}", short.join("\n"));
}

#[test]
fn bounds_are_about_kinds_that_there_are() {
    for (table, offensive) in [("floors", true), ("ceilings", false)] {
        let kinds: BTreeSet<String> = KINDS
            .iter()
            .filter(|kind| kind.group.is_offensive() == offensive)
            .map(|kind| kind.name.to_owned())
            .collect();
        assert_eq!(bounds(table).into_keys().collect::<BTreeSet<_>>(), kinds, "{table}");
    }
}

#[test]
fn every_kind_has_texts_with_words_where_they_are_said_to_be() {
    let items: Vec<Item> = corpus::items(3, 20).collect();
    let mut texts: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for item in &items {
        assert!(texts.entry(item.family).or_default().insert(&item.text), "twice: {item:?}");
        if let Some((start, end)) = item.span {
            assert!(start < end && item.text.get(start..end).is_some(), "{item:?}");
        }
        assert_eq!(item.label == 1, item.span.is_some(), "{item:?}");
    }
    for kind in KINDS {
        let count = texts.get(kind.name).map_or(0, BTreeSet::len);
        assert!(count >= 10, "{} has {count} texts", kind.name);
    }
}

#[test]
fn the_same_seed_gives_the_same_texts_and_another_gives_others() {
    let texts = |seed, per_kind| corpus::items(seed, per_kind).map(|item| item.text).collect::<Vec<_>>();
    let first = texts(1, 4);
    assert_eq!(first, texts(1, 4));
    let second: BTreeSet<String> = texts(2, 4).into_iter().collect();
    let common = first.iter().filter(|text| second.contains(*text)).count();
    assert!(common * 5 < first.len(), "{common} of {} are common", first.len());
}
