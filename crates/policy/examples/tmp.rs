fn main() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wordlists");
    let lists: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "toml"))
        .map(|p| policy::Wordlist::parse("x", &std::fs::read_to_string(p).unwrap()).unwrap())
        .collect();
    let mode = std::env::args().nth(1).unwrap();
    let file = std::env::args().nth(2).unwrap();
    let n: usize = std::env::args().nth(3).unwrap().parse().unwrap();
    let text = std::fs::read_to_string(file).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let t = std::time::Instant::now();
    let matcher = policy::Matcher::new(&lists).unwrap();
    eprintln!("compile {:?}", t.elapsed());
    let terms: Vec<_> = lists.iter().flat_map(|l| l.entries.iter().map(|e| e.term.as_str())).collect();
    let ac = aho_corasick::AhoCorasick::builder().ascii_case_insensitive(true).build(terms).unwrap();
    let mut found = 0;
    let mut best = std::time::Duration::MAX;
    for _ in 0..n {
        let t = std::time::Instant::now();
        for l in &lines {
            found += match mode.as_str() {
                "ac" => ac.find_iter(l).count(),
                "find" => matcher.find(l, Default::default()).len(),
                "explain" => matcher.explain(l, Default::default()).len(),
                _ => 0,
            };
        }
        best = best.min(t.elapsed());
    }
    println!("{mode}: best {:?} {:.1} MB/s {found}", best, text.len() as f64 / 1e6 / best.as_secs_f64());
}
