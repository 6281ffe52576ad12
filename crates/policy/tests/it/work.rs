//! Hostile texts cost no more than their length: counted in steps, not in time. More shapes, and several sizes, are read
//! by `crates/corpus/tests/properties.rs`.

use crate::support::MATCHER;

/// The steps a byte may cost.
const STEPS_MAX: u64 = 64;

#[test]
fn hostile_texts_are_read_in_linear_work() {
    let texts: &[(&str, String)] = &[
        ("asterisks", "*".repeat(65_000)),
        ("combining marks", format!("f{}", "\u{0301}".repeat(32_000))),
        ("near misses", "fuc shi bolloc wan cun ".repeat(2_800)),
        ("one long word", "fucshiwancun".repeat(5_400)),
        ("a long word of terms", "fuckshit".repeat(8_000)),
        ("masked terms", "f*ck s**t ".repeat(6_500)),
        ("masks and letters", "f*".repeat(32_000)),
        ("letters apart", "f u c ".repeat(10_000)),
        ("letters and stars", "s*h*i*".repeat(10_000)),
        ("digits", "1".repeat(65_000)),
        ("leet", "5h1".repeat(21_000)),
        ("leet apart", "5.1.".repeat(16_000)),
        ("nested markup", "||**__f".repeat(9_000)),
        ("brackets", "(".repeat(65_000)),
        ("emoji", "🔥".repeat(16_000)),
        ("spaces", "f          u          ".repeat(3_000)),
        ("overrides", "\u{202E}tihs ".repeat(8_000)),
        ("cyrillic", "ѕһіт ".repeat(7_000)),
    ];
    for (name, text) in texts {
        let steps = MATCHER.steps(text);
        let half = MATCHER.steps(&text[..text.floor_char_boundary(text.len() / 2)]);
        let per_byte = steps as f64 / text.len() as f64;
        assert!(steps <= STEPS_MAX * text.len() as u64, "{name}: {per_byte} steps a byte");
        assert!(steps <= half * 5 / 2 + 1_000, "{name}: {half} steps for half, {steps} for all");
    }
}
