//! scratch
use policy::{Matcher, Wordlist, matcher::Context};
fn main() {
    let mut lists = vec![];
    for e in std::fs::read_dir("wordlists").unwrap() {
        let p = e.unwrap().path();
        if p.extension().is_some_and(|x| x == "toml") {
            lists.push(
                Wordlist::parse(&p.display().to_string(), &std::fs::read_to_string(&p).unwrap())
                    .unwrap_or_else(|e| {
                        for x in e {
                            println!("{x}");
                        }
                        panic!()
                    }),
            );
        }
    }
    let t = std::time::SystemTime::now();
    let m = Matcher::new(&lists).unwrap();
    println!("compile {:?}", t.elapsed());
    for a in std::env::args().skip(1) {
        println!("{a:?} steps {}", m.steps(&a));
        for h in m.explain(&a, Context::default()) {
            println!("   {:?}", h);
        }
    }
}
