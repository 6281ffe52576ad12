//! Every way of writing, with words and carriers of our own: recall by family, and the same shapes round
//! innocent words. Seeded; nothing here is taken from the sample files.

use std::collections::BTreeMap;

use policy::Disguise;

use crate::support::{findings, is_flagged};

/// Words that must be found however they are written.
const WORDS: &[&str] = &[
    "fucking",
    "fucker",
    "cunt",
    "cunts",
    "wanker",
    "wankers",
    "bollocks",
    "bastard",
    "bastards",
    "twat",
    "bellend",
    "arsehole",
    "arseholes",
    "dickhead",
    "gobshite",
    "shite",
    "bullshit",
    "shitting",
    "shitheads",
    "knobhead",
    "slut",
    "whore",
    "motherfucker",
    "nigger",
    "fuckwits",
    "spastic",
    "retarded",
    "bollocking",
    "pikey",
    "golliwog",
];

/// Innocent words of the same lengths.
const INNOCENTS: &[&str] = &[
    "duckling",
    "trucker",
    "count",
    "aunts",
    "banker",
    "thanks",
    "hillocks",
    "custard",
    "mustard",
    "boat",
    "weekend",
    "porthole",
    "flagpole",
    "forehead",
    "website",
    "white",
    "bulletin",
    "sitting",
    "witches",
    "arrowhead",
    "shot",
    "shore",
    "bigger",
    "maggots",
    "fantastic",
    "rewarded",
    "toaster",
    "picnic",
    "penistone",
    "scunthorpe",
    "cocktail",
    "class",
    "assistant",
    "therapist",
    "analysis",
    "document",
    "peacock",
    "sussex",
    "titanic",
    "shitake",
    "swanky",
    "raccoon",
    "pakistan",
    "arsenal",
    "prickly",
    "pussyfoot",
    "hancock",
    "dickens",
    "matsushita",
    "essex",
];

const CARRIERS: &[&str] =
    &["{}", "what a load of {} this is", "honestly {}, no more", "Morning all. {}", "He said \"{}\"", "{}!!"];

/// A small generator of numbers: xorshift, seeded for every family.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).expect("a small number")
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.roll(of.len())]
    }
}

type Way = (&'static str, Disguise, fn(&str, &mut Dice) -> String);

fn each(word: &str, change: impl FnMut(char) -> String) -> String {
    word.chars().map(change).collect()
}

fn offset(word: &str, base: u32) -> String {
    each(word, |c| char::from_u32(base + u32::from(c) - u32::from('a')).expect("a letter").to_string())
}

fn joined(word: &str, by: &str) -> String {
    word.chars().map(String::from).collect::<Vec<_>>().join(by)
}

/// Puts `before` and `after` round one inner letter.
fn round_one(word: &str, before: &str, after: &str, dice: &mut Dice) -> String {
    let at = 1 + dice.roll(word.len() - 2);
    format!("{}{before}{}{after}{}", &word[..at], &word[at..=at], &word[at + 1..])
}

fn insert(word: &str, what: &str, dice: &mut Dice) -> String {
    let at = 1 + dice.roll(word.len() - 1);
    format!("{}{what}{}", &word[..at], &word[at..])
}

fn swapped(word: &str, table: &[(char, &str)], dice: &mut Dice) -> String {
    each(word, |c| match table.iter().find(|(from, _)| *from == c) {
        Some((_, to)) => dice.pick(&to.chars().collect::<Vec<_>>()).to_string(),
        None => c.to_string(),
    })
}

const DIGITS: &[(char, &str)] = &[('a', "4"), ('e', "3"), ('i', "1"), ('o', "0")];
const SYMBOLS: &[(char, &str)] = &[('a', "@"), ('s', "$"), ('i', "!"), ('e', "€")];
const CYRILLIC: &[(char, &str)] = &[
    ('a', "а"),
    ('e', "е"),
    ('o', "о"),
    ('c', "с"),
    ('p', "р"),
    ('s', "ѕ"),
    ('i', "і"),
    ('h', "һ"),
    ('k', "к"),
    ('b', "Ь"),
    ('n', "п"),
];
const GREEK: &[(char, &str)] = &[
    ('a', "α"),
    ('e', "ε"),
    ('o', "ο"),
    ('i', "ι"),
    ('t', "τ"),
    ('k', "κ"),
    ('n', "η"),
    ('u', "υ"),
    ('w', "ω"),
    ('r', "г"),
];
const SMALL_CAPS: &str = "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡxʏᴢ";
const SUPERSCRIPT: &str = "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖqʳˢᵗᵘᵛʷˣʸᶻ";

fn lookup(word: &str, table: &str) -> String {
    let table: Vec<char> = table.chars().collect();
    each(word, |c| table[usize::try_from(u32::from(c) - u32::from('a')).expect("a letter")].to_string())
}

const WAYS: &[Way] = &[
    ("plain", Disguise::None, |word, _| word.to_owned()),
    ("capitals", Disguise::None, |word, _| word.to_uppercase()),
    ("case_alternate", Disguise::None, |word, dice| {
        each(word, |c| if dice.roll(2) == 0 { c.to_uppercase().to_string() } else { c.to_string() })
    }),
    ("accents", Disguise::Accents, |word, _| {
        swapped(
            word,
            &[('a', "á"), ('e', "é"), ('i', "ï"), ('o', "ö"), ('u', "û"), ('c', "ç"), ('n', "ñ")],
            &mut Dice(3),
        )
    }),
    ("combining", Disguise::Accents, |word, _| each(word, |c| format!("{c}\u{0336}\u{0301}"))),
    ("fullwidth", Disguise::Styled, |word, _| offset(word, 0xFF41)),
    ("bold_script", Disguise::Styled, |word, _| offset(word, 0x1D4EA)),
    ("sans", Disguise::Styled, |word, _| offset(word, 0x1D5BA)),
    ("circled", Disguise::Styled, |word, _| offset(word, 0x24D0)),
    ("squared", Disguise::Styled, |word, _| offset(word, 0x1F130)),
    ("negative_circled", Disguise::Styled, |word, _| offset(word, 0x1F150)),
    ("negative_squared", Disguise::Styled, |word, _| offset(word, 0x1F170)),
    ("regional", Disguise::Styled, |word, _| offset(word, 0x1F1E6)),
    ("regional_spaced", Disguise::Styled, |word, _| joined(&offset(word, 0x1F1E6), " ")),
    ("small_caps", Disguise::Styled, |word, _| lookup(word, SMALL_CAPS)),
    ("superscript", Disguise::Styled, |word, _| lookup(word, SUPERSCRIPT)),
    ("zero_width", Disguise::Invisible, |word, dice| {
        let what = dice.pick(&[
            "\u{200B}",
            "\u{200C}",
            "\u{200D}",
            "\u{2060}",
            "\u{FEFF}",
            "\u{180E}",
            "\u{E0061}",
            "\u{034F}",
        ]);
        joined(word, what)
    }),
    ("soft_hyphen", Disguise::Invisible, |word, dice| insert(word, "\u{00AD}", dice)),
    ("bidi", Disguise::Invisible, |word, dice| {
        let what = dice.pick(&["\u{200E}", "\u{200F}", "\u{202D}", "\u{2066}"]);
        insert(word, what, dice)
    }),
    ("bidi_override", Disguise::Invisible, |word, _| {
        format!("\u{202E}{}\u{202C}", word.chars().rev().collect::<String>())
    }),
    ("cyrillic", Disguise::LookAlike, |word, dice| swapped(word, CYRILLIC, dice)),
    ("greek", Disguise::LookAlike, |word, dice| swapped(word, GREEK, dice)),
    ("leet_digit", Disguise::Leet, |word, dice| swapped(word, DIGITS, dice)),
    ("leet_symbol", Disguise::Leet, |word, dice| swapped(word, SYMBOLS, dice)),
    ("repeats", Disguise::Repeats, |word, dice| {
        let at = dice.roll(word.len());
        format!("{}{}{}", &word[..at], word[at..=at].repeat(3 + dice.roll(4)), &word[at + 1..])
    }),
    ("doubled", Disguise::Repeats, |word, _| each(word, |c| format!("{c}{c}"))),
    ("mask_star", Disguise::Mask, |word, dice| {
        let vowels: Vec<usize> =
            (1..word.len()).filter(|at| b"aeiou".contains(&word.as_bytes()[*at])).collect();
        let at = dice.pick(&vowels);
        format!("{}*{}", &word[..at], &word[at + 1..])
    }),
    ("mask_heavy", Disguise::Mask, |word, _| {
        format!("{}{}{}", &word[..1], "*".repeat(word.len() - 2), &word[word.len() - 1..])
    }),
    ("mask_grawlix", Disguise::Mask, |word, dice| {
        format!("{}{}{}", &word[..1], dice.pick(&["#", "^", "%", "&"]), &word[2..])
    }),
    ("sep_dot", Disguise::Separated, |word, _| joined(word, ".")),
    ("sep_dash", Disguise::Separated, |word, dice| joined(word, dice.pick(&["-", "–", " - ", "—"]))),
    ("sep_other", Disguise::Separated, |word, dice| {
        joined(word, dice.pick(&[",", ":", "/", "\\", "~", "·", "•", "+", "'", "|"]))
    }),
    ("space_all", Disguise::Separated, |word, dice| joined(word, &" ".repeat(1 + dice.roll(3)))),
    ("newline", Disguise::Separated, |word, dice| joined(word, dice.pick(&["\n", "\n\n", "\r\n", " \n"]))),
    ("markdown", Disguise::Markup, |word, dice| {
        let mark = dice.pick(&["**", "__", "~~", "`"]);
        round_one(word, mark, mark, dice)
    }),
    ("spoiler", Disguise::Markup, |word, dice| round_one(word, "||", "||", dice)),
    ("spoiler_all", Disguise::Markup, |word, _| each(word, |c| format!("||{c}||"))),
    ("bracketed", Disguise::Markup, |word, dice| {
        let (open, close) =
            dice.pick(&[("(", ")"), ("[", "]"), ("{", "}"), ("<", ">"), ("\"", "\""), ("'", "'")]);
        round_one(word, open, close, dice)
    }),
    ("emoji_insert", Disguise::Separated, |word, dice| {
        let what = dice.pick(&["🔥", "❤️", "👏🏽", "⚡"]);
        insert(word, what, dice)
    }),
    ("emoji_all", Disguise::Separated, |word, dice| joined(word, dice.pick(&["👏", "🎉", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "❄️"]))),
    ("emoji_name", Disguise::None, |word, dice| {
        dice.pick(&[":{}:", "<:{}:123456789012345678>", "<a:pepe_{}:123456789012345678>"]).replace("{}", word)
    }),
    ("hashtag", Disguise::None, |word, dice| {
        let camel = format!("{}{}", word[..1].to_uppercase(), &word[1..]);
        dice.pick(&["#{}", "#Total{}United", "#What{}Club"]).replace("{}", &camel)
    }),
    ("username", Disguise::None, |word, dice| {
        dice.pick(&["{}99", "the_{}", "{}_london", "xX{}Xx", "@{}"]).replace("{}", word)
    }),
    ("url", Disguise::None, |word, dice| {
        dice.pick(&[
            "www.{}.co.uk",
            "https://example.org/{}",
            "discord.gg/{}",
            "https://example.com/a/what-a-{}/12",
        ])
        .replace("{}", word)
    }),
    ("word_join", Disguise::None, |word, dice| {
        dice.pick(&["youutter{}", "stupid{}off", "whatthe{}", "such{}people"]).replace("{}", word)
    }),
];

#[test]
fn recall_by_way_of_writing() {
    let mut table = BTreeMap::new();
    let mut missing = Vec::new();
    for (name, disguise, write) in WAYS {
        let mut dice = Dice(0x9E37_79B9 + name.len() as u64);
        let (mut found, mut named, mut spans, mut all) = (0_usize, 0_usize, 0_usize, 0_usize);
        let mut missed = Vec::new();
        for word in WORDS {
            for carrier in CARRIERS {
                let written = write(word, &mut dice);
                let text = carrier.replace("{}", &written);
                let hits = findings(&text);
                all += 1;
                if is_flagged(&hits) {
                    found += 1;
                    let hit = &hits[0];
                    named += usize::from(hit.disguise == *disguise || written == *word);
                    let place = text.find(&written).expect("the word is there");
                    spans += usize::from(hit.span.start >= place && hit.span.end <= place + written.len());
                } else if missed.len() < 6 {
                    missed.push(text);
                }
            }
        }
        missing.push(format!("{name}: {found} of {all}, named {named}, spans {spans}, missed {missed:?}"));
        table.insert(*name, (found, spans, all));
    }
    for (name, (found, spans, all)) in table {
        // `p***y` may be a mild word: where several fit, nobody is taken to have meant the worst.
        let floor = if name == "mask_heavy" { 95 } else { 97 };
        assert!(found * 100 >= all * floor, "{name}\n{}", missing.join("\n"));
        assert!(spans * 100 >= found * 97, "{name}\n{}", missing.join("\n"));
    }
}

#[test]
fn the_same_shapes_round_innocent_words_pass() {
    let mut flagged = Vec::new();
    let mut all = 0;
    for (name, _, write) in WAYS.iter().filter(|(name, ..)| !name.starts_with("mask")) {
        let mut dice = Dice(0x51ED_270B + name.len() as u64);
        for word in INNOCENTS {
            for carrier in CARRIERS {
                all += 1;
                let text = carrier.replace("{}", &write(word, &mut dice));
                let hits = findings(&text);
                if is_flagged(&hits) {
                    flagged.push(format!("{name}: {text:?} {} {}", hits[0].term, hits[0].disguise));
                }
            }
        }
    }
    assert!(flagged.len() * 200 <= all, "{} of {all}\n{}", flagged.len(), flagged.join("\n"));
}
