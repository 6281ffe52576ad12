//! Texts that must pass.

use crate::Draft;
use crate::chance::Chance;
use crate::disguise::{self, Loss, Way, capitalised, snowflake};
use crate::material::{Material, data, guard, one};
use crate::offensive::{spoken, told};

const GIVEN: &[&str] = &[
    "Alan",
    "Agnieszka",
    "Ahmed",
    "Aoife",
    "Arjun",
    "Barbara",
    "Bethan",
    "Bronagh",
    "Callum",
    "Carys",
    "Charlotte",
    "Colin",
    "Dafydd",
    "Deepa",
    "Dick",
    "Dorothy",
    "Eilidh",
    "Eirlys",
    "Elspeth",
    "Emeka",
    "Fanny",
    "Farah",
    "Ffion",
    "Fiona",
    "Gareth",
    "Geraint",
    "Graham",
    "Gwen",
    "Hamish",
    "Hassan",
    "Hye-jin",
    "Ikram",
    "Ines",
    "Iqbal",
    "Isla",
    "Jamal",
    "Jean",
    "Jürgen",
    "Kavita",
    "Keith",
    "Kwame",
    "Lech",
    "Lin",
    "Mairi",
    "Malcolm",
    "Mei",
    "Mick",
    "Mohammed",
    "Morag",
    "Nancy",
    "Ngozi",
    "Niamh",
    "Nigel",
    "Olu",
    "Oonagh",
    "Paddy",
    "Patrick",
    "Peter",
    "Priya",
    "Rajesh",
    "Randy",
    "Rhys",
    "Roger",
    "Rosalind",
    "Ruth",
    "Sanjay",
    "Seán",
    "Siobhán",
    "Siân",
    "Sofia",
    "Tariq",
    "Terry",
    "Tomasz",
    "Trevor",
    "Uma",
    "Vikram",
    "Walter",
    "Wei",
    "Willy",
    "Winifred",
    "Xavier",
    "Yasmin",
    "Yuki",
    "Zofia",
];
const SURNAMES: &[&str] = &[
    "Adcock",
    "Alcock",
    "Babcock",
    "Badcock",
    "Hancock",
    "Hitchcock",
    "Woodcock",
    "Glasscock",
    "Cockburn",
    "Cockcroft",
    "Dickson",
    "Dickinson",
    "Dickens",
    "Shitrit",
    "Akshay",
    "Lakshit",
    "Dixit",
    "Kuntz",
    "Kunz",
    "Fuchs",
    "Fux",
    "Fukuda",
    "Fukuyama",
    "Fukushima",
    "Wankhede",
    "Wang",
    "Wankowski",
    "Twatley",
    "Titterington",
    "Titchmarsh",
    "Butt",
    "Butterworth",
    "Bottomley",
    "Longbottom",
    "Ramsbottom",
    "Sidebottom",
    "Higginbottom",
    "Rowbotham",
    "Pratt",
    "Gaylord",
    "Gay",
    "Hoare",
    "Whorwood",
    "Hore",
    "Slutsky",
    "Slutskaya",
    "Bich",
    "Bichsel",
    "Shittu",
    "Shitta-Bey",
    "Phuc",
    "Phuong",
    "Nguyen Phuc",
    "Dong",
    "Wong",
    "Kok",
    "Cox",
    "Koch",
    "Kuhn",
    "Cumming",
    "Cummings",
    "Cumberbatch",
    "Assange",
    "Assad",
    "Bass",
    "Glass",
    "Massey",
    "Nasser",
    "Hassall",
    "Arsenault",
    "Arsenyev",
    "Bastardo",
    "Weiner",
    "Seaman",
    "Semen",
    "Penistone",
    "Peniston",
    "Hooker",
    "Tinker",
    "Black",
    "White",
    "Coon",
    "Coontz",
    "Negrelli",
    "Negroponte",
    "Niger",
    "Nigel",
    "Spicer",
    "Spick",
    "Mongan",
    "Mongomery",
    "Retallack",
    "Tranter",
    "Fagan",
    "Faggetter",
    "Fagg",
    "Wogan",
    "Paxman",
    "Packie",
    "Pakington",
    "Pikett",
    "Pickett",
    "Goebbels",
    "Muff",
    "Minger",
    "Scroggs",
    "Crapper",
    "Crapp",
    "Turd",
    "Knobbs",
    "Nobbs",
    "Balls",
    "Bollack",
    "Bollard",
    "Bollom",
    "Bullock",
    "Shiffer",
    "Schitz",
    "Schmidt",
    "Shipton",
    "Shute",
    "Shotton",
    "Whitehead",
    "Dykes",
    "Van Dyke",
    "Dyke",
    "Poole",
    "Pooley",
    "Snatcher",
];

fn carried(material: &Material, chance: &mut Chance, text: &str, base: &str) -> Option<Draft> {
    let (_, carried) = spoken(material, chance, text);
    Some(Draft::innocent(carried, base))
}

/// An innocent word: an everyday one, one that holds a term, or a name.
fn base(material: &Material, chance: &mut Chance) -> &'static str {
    match chance.below(10) {
        0..=3 => chance.draw::<&str>(&material.everyday),
        4..=6 => chance.draw(&material.inside).0,
        7 => chance.draw(&material.near).0,
        8 => chance.draw::<&str>(&material.trap_names),
        _ => chance.draw::<&str>(&material.common),
    }
}

pub(crate) fn disguised(material: &Material, chance: &mut Chance, way: Way) -> Option<Draft> {
    let word = base(material, chance);
    if word.len() < 4 || word.len() > 14 {
        return None;
    }
    let written = (way.write)(chance, word)?;
    if material.could_be_term(&written.text, way.loss) {
        return None;
    }
    let draft = told(material, chance, written, word);
    Some(Draft::innocent(draft.text, word))
}

pub(crate) fn mask_heavy(material: &Material, chance: &mut Chance) -> Option<Draft> {
    disguised(material, chance, Way { write: disguise::mask_heavy, loss: Loss::Masked })
}

/// Two everyday words where one ends and the other begins as a term does, with the term.
fn joint(material: &Material, chance: &mut Chance) -> Option<(&'static str, &'static str, String)> {
    let forms = &material.staples[chance.below(material.staples.len())];
    let listed = chance.draw(&material.listed);
    let term = if chance.percent(70) { forms[chance.below(forms.len())] } else { listed };
    if term.len() < 4 {
        return None;
    }
    let (left, right) = term.split_at(chance.between(1, term.len() - 1));
    let first = material.endings.get(left).filter(|words| !words.is_empty())?;
    let second = material.beginnings.get(right).filter(|words| !words.is_empty())?;
    let (first, second) = (*chance.draw(first), *chance.draw(second));
    // Two whole words that are the term are the term, with a space in it.
    let together = format!("{first}{second}");
    let whole = first == left && second == right || material.terms.contains(&together);
    (!whole).then(|| (first, second, term.to_owned()))
}

pub(crate) fn join_across_space(material: &Material, chance: &mut Chance) -> Option<Draft> {
    let (first, second, term) = joint(material, chance)?;
    let gap = chance.pick(&[" ", " ", " ", " ", " ", ", ", "; ", " - ", "\n", ": ", "... ", " / "]);
    let text = format!("{first}{gap}{second}");
    let text = match chance.below(6) {
        0 => capitalised(&text),
        1 => format!("the {text} one"),
        2 => format!("{first} and {text}"),
        _ => text,
    };
    carried(material, chance, &text, &term)
}

pub(crate) fn join_written(material: &Material, chance: &mut Chance) -> Option<Draft> {
    let text = one(chance, data!("joins"));
    if chance.percent(50) {
        return Some(Draft::innocent(text, ""));
    }
    carried(material, chance, text, "")
}

pub(crate) fn join_hashtag(material: &Material, chance: &mut Chance) -> Option<Draft> {
    let (first, second, term) = joint(material, chance)?;
    let (one, two) = (capitalised(first), capitalised(second));
    let text = match chance.below(4) {
        0 => format!("{one}{two}"),
        1 => format!("https://www.{first}-{second}.co.uk"),
        _ => format!("#{one}{two}"),
    };
    carried(material, chance, &text, &term)
}

pub(crate) fn inside_word(material: &Material, chance: &mut Chance) -> Option<Draft> {
    let all = if chance.percent(70) { &material.inside } else { &material.inside_rare };
    let (word, term) = *chance.draw(all);
    let text = match chance.below(6) {
        0 => word.to_uppercase(),
        1 => capitalised(word),
        2 => format!("What does “{word}” mean?"),
        3 => format!("Just learnt the word {word}"),
        _ => word.to_owned(),
    };
    if chance.percent(50) {
        carried(material, chance, &text, term)
    } else {
        Some(Draft::innocent(text, term))
    }
}

pub(crate) fn near_word(material: &Material, chance: &mut Chance) -> Option<Draft> {
    let all = if chance.percent(70) { &material.near } else { &material.near_rare };
    let (word, term) = chance.draw(all);
    let written = disguise::plain(chance, word)?;
    carried(material, chance, &written.text, term)
}

pub(crate) fn near_name(material: &Material, chance: &mut Chance) -> Option<Draft> {
    let (name, term) = chance.draw(&material.near_names);
    let name = capitalised(name);
    let text = match chance.below(5) {
        0 => format!("{} {name} rang", chance.pick(GIVEN)),
        1 => format!("Mr {name}"),
        2 => format!("Mrs {name}'s raffle"),
        3 => format!("Mr {name} called"),
        _ => return carried(material, chance, &name, term),
    };
    Some(Draft::innocent(text, term))
}

pub(crate) fn person_name(material: &Material, chance: &mut Chance) -> Option<Draft> {
    let name = match chance.below(3) {
        0 => one(chance, guard!("names")).to_owned(),
        1 => format!("{} {}", chance.pick(GIVEN), capitalised(chance.draw::<&str>(&material.trap_names))),
        _ => format!("{} {}", chance.pick(GIVEN), chance.pick(SURNAMES)),
    };
    let text = match chance.below(6) {
        0 => format!("Thanks to {name} for the flowers."),
        1 => format!("Proposed by {name}, seconded by {}.", chance.pick(GIVEN)),
        // Of some names nothing but a term is left; nobody could tell.
        2 | 3 if material.terms.contains(&name.to_lowercase().replace([' ', '\''], "")) => return None,
        2 => format!("@{}", name.replace([' ', '\''], "")),
        3 => format!("{} has joined", name.to_lowercase().replace([' ', '\''], ".")),
        4 => format!("Has anybody a number for {name}?"),
        _ => name.clone(),
    };
    Some(Draft::innocent(text, name))
}

pub(crate) fn place_name(material: &Material, chance: &mut Chance) -> Option<Draft> {
    let place = one(chance, guard!("places"));
    let text = match chance.below(7) {
        0 => format!("Away at {place} on Saturday."),
        1 if place.matches(' ').count() > 2 => return None,
        1 if material.terms.contains(&place.to_lowercase().replace([' ', '\''], "")) => return None,
        1 => format!("#{}", place.replace([' ', '\''], "")),
        2 => format!("The bus to {place} leaves at ten"),
        3 => place.to_uppercase(),
        4 => place.to_lowercase(),
        5 => format!("{place}, then left at the church."),
        _ => place.to_owned(),
    };
    Some(Draft::innocent(text, place))
}

pub(crate) fn nature_and_food(material: &Material, chance: &mut Chance) -> Option<Draft> {
    let thing = one(chance, data!("nature"));
    match chance.below(4) {
        0 => Some(Draft::innocent(capitalised(thing), thing)),
        1 => Some(Draft::innocent(format!("Saw it today: {thing}!"), thing)),
        2 => Some(Draft::innocent(format!("Anyone for {thing}?"), thing)),
        _ => Some(Draft::innocent(
            format!("{} {thing}", chance.pick(&["lovely", "fresh", "more", "no", "two"])),
            thing,
        )),
    }
    .filter(|draft| !material.terms.contains(&draft.text))
}

pub(crate) fn title(_: &Material, chance: &mut Chance) -> Option<Draft> {
    let title = one(chance, data!("titles"));
    let text = match chance.below(6) {
        0 => format!("Film night: “{title}”, 7.30"),
        1 => format!("We read *{title}* next"),
        2 => format!("has anybody still got {}", title.to_lowercase()),
        3 => title.to_uppercase(),
        4 => format!("'{title}' is on again"),
        _ => format!("Two tickets for {title} going"),
    };
    Some(Draft::innocent(text, title))
}

fn drawn(chance: &mut Chance, letters: &str, low: usize, high: usize) -> String {
    (0..chance.between(low, high)).map(|_| chance.letter(letters)).collect()
}

const HEX: &str = "0123456789abcdef";
const DIGITS: &str = "0123456789";
const CAPITALS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const PLATE: &str = "ABCDEFGHJKLMNOPRSTUVWXY";
const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const TOKEN: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

/// Random letters that spell something are the wrong dice, not the wrong filter.
fn spells(material: &Material, text: &str) -> bool {
    let letters = text.to_lowercase();
    material.staples.iter().flatten().filter(|word| word.len() > 2).any(|word| letters.contains(word))
}

pub(crate) fn code_and_number(material: &Material, chance: &mut Chance) -> Option<Draft> {
    let n = |chance: &mut Chance, low, high| drawn(chance, DIGITS, low, high);
    let text = match chance.below(30) {
        0 => format!("commit {}", drawn(chance, HEX, 40, 40)),
        1 => format!("fixed in {}", drawn(chance, HEX, 7, 12)),
        2 => format!("sha256:{}", drawn(chance, HEX, 64, 64)),
        3 => [8, 4, 4, 4, 12].map(|len| drawn(chance, HEX, len, len)).join("-"),
        4 => format!("{}==", drawn(chance, BASE64, 22, 90)),
        5 => format!("the key is {}", drawn(chance, TOKEN, 16, 44)),
        6 => format!("https://youtu.be/{}", drawn(chance, TOKEN, 11, 11)),
        7 => format!("https://docs.example/d/{}/edit#gid={}", drawn(chance, TOKEN, 33, 44), n(chance, 9, 10)),
        8 => format!("reg {}{} {}", drawn(chance, PLATE, 2, 2), n(chance, 2, 2), drawn(chance, PLATE, 3, 3)),
        9 => format!("old plate {}{} {}", chance.letter(PLATE), n(chance, 1, 3), drawn(chance, PLATE, 3, 3)),
        10 => format!(
            "postcode {}{} {}{}",
            drawn(chance, PLATE, 1, 2),
            n(chance, 1, 2),
            n(chance, 1, 1),
            drawn(chance, PLATE, 2, 2)
        ),
        11 => format!(
            "part no. {}-{}-{}",
            drawn(chance, CAPITALS, 2, 4),
            n(chance, 3, 5),
            drawn(chance, CAPITALS, 1, 2)
        ),
        12 => format!(
            "model {}{}{}",
            drawn(chance, CAPITALS, 1, 3),
            n(chance, 2, 4),
            drawn(chance, CAPITALS, 1, 2)
        ),
        13 => format!(
            "£{}.{} each or {} for £{}",
            chance.between(1, 99),
            n(chance, 2, 2),
            chance.between(2, 9),
            n(chance, 1, 3)
        ),
        14 => format!(
            "{}:{:02}-{}:{:02}",
            chance.between(1, 12),
            chance.below(60),
            chance.between(1, 12),
            chance.below(60)
        ),
        15 => format!(
            "won {}-{}, {}-{}, {}-{}",
            chance.below(22),
            chance.below(22),
            chance.below(22),
            chance.below(22),
            chance.below(22),
            chance.below(22)
        ),
        16 => format!("ring 0{} {} {}", n(chance, 4, 4), n(chance, 3, 3), n(chance, 3, 3)),
        17 => format!("+44 7{} {}", n(chance, 3, 3), n(chance, 6, 6)),
        18 => format!(
            "{}/{}/{} at {}.{:02}",
            chance.between(1, 28),
            chance.between(1, 12),
            chance.between(1990, 2030),
            chance.between(1, 12),
            chance.below(60)
        ),
        19 => format!(
            "sort code {}-{}-{}, account {}",
            n(chance, 2, 2),
            n(chance, 2, 2),
            n(chance, 2, 2),
            n(chance, 8, 8)
        ),
        20 => format!("colour #{}", drawn(chance, HEX, 6, 6)),
        21 => format!("v{}.{}.{}-rc{}", chance.below(9), chance.below(30), chance.below(90), chance.below(9)),
        22 => format!(
            "ISBN 978-{}-{}-{}-{}",
            n(chance, 1, 1),
            n(chance, 3, 5),
            n(chance, 3, 4),
            chance.letter("0123456789X")
        ),
        23 => format!("grid ref {} {} {}", drawn(chance, "HJNOST", 2, 2), n(chance, 3, 5), n(chance, 3, 5)),
        24 => format!("{}x{} bolts, {} off", n(chance, 1, 2), n(chance, 2, 3), chance.between(2, 99)),
        25 => format!(
            "IP 10.{}.{}.{} mac {}",
            chance.below(256),
            chance.below(256),
            chance.below(256),
            [0; 6].map(|_| drawn(chance, HEX, 2, 2)).join(":")
        ),
        26 => format!("ref {}", drawn(chance, "ABCDEFGHJKMNPQRSTUVWXYZ23456789", 6, 10)),
        27 => format!(
            "wifi password: {}",
            drawn(chance, "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!$%*#@", 10, 16)
        ),
        28 => format!(
            "flight {}{} seat {}{}",
            drawn(chance, CAPITALS, 2, 2),
            n(chance, 2, 4),
            chance.between(1, 40),
            chance.letter("ABCDEF")
        ),
        _ => (0..chance.between(3, 12))
            .map(|_| n(chance, 1, 5))
            .collect::<Vec<_>>()
            .join(chance.pick(&[" ", ",", ".", "-", "; ", "\t"])),
    };
    (!spells(material, &text)).then(|| Draft::innocent(text, "code"))
}

pub(crate) fn chat_syntax(material: &Material, chance: &mut Chance) -> Option<Draft> {
    let word = base(material, chance);
    let id = snowflake(chance);
    let text = match chance.below(12) {
        0 => format!("<@{id}>"),
        1 => format!("<@!{id}> you're up"),
        2 => format!("<#{id}>"),
        3 => format!("<@&{id}>"),
        4 => format!("<:{word}:{id}>"),
        5 => format!("<a:{word}_dance:{id}>"),
        6 => format!("<t:1{}:{}>", drawn(chance, DIGITS, 9, 9), chance.letter("tTdDfFR")),
        7 => format!(":{word}: :{}:", base(material, chance)),
        8 => format!("</{word}:{id}>"),
        9 => format!("https://discord.com/channels/{id}/{}/{}", snowflake(chance), snowflake(chance)),
        10 => format!("@{word}.{} @{word}{}", base(material, chance), chance.between(1, 99)),
        _ => format!(
            "https://{word}-{}.org.uk/{}?p={}",
            base(material, chance),
            base(material, chance),
            chance.below(999)
        ),
    };
    carried(material, chance, &text, word)
}

pub(crate) fn snippet(material: &Material, chance: &mut Chance) -> Option<Draft> {
    let (word, other) = (base(material, chance), base(material, chance));
    let (a, b, c) = (
        chance.letter("abcdefghijkmnpqrstuvwxyz"),
        chance.letter("abcdefghkmnpqrstuvw"),
        chance.letter("fghkmnrstuxyz"),
    );
    let (x, y) = (chance.between(1, 99), chance.between(1, 99));
    let text = match chance.below(16) {
        0 => format!("let {word} = {other}[{x}];"),
        1 => format!("{a}*{b} + {c}*{a} = {x}"),
        2 => format!("{c}({a}) = {x}{a}^2 - {y}{a} + {b}"),
        3 => format!("if ({word} != {other}) {{ return {x}; }}"),
        4 => format!("{word}.{other}({a}, &{b});"),
        5 => format!("=SUM({}{x}:{}{y})", a.to_ascii_uppercase(), b.to_ascii_uppercase()),
        6 => format!("{x}+{y}={}", x + y),
        7 => format!("s/{word}/{other}/g"),
        8 => format!("{word}_{other}_{x}.pdf"),
        9 => format!("C:\\{word}\\{other}\\{x}.docx"),
        10 => format!("~/{word}/{other}/*.txt"),
        11 => format!("SELECT {word} FROM {other} WHERE {a} < {x}"),
        12 => format!("{word}@{other}.example"),
        13 => format!("{x}% of {word} & {y}% of {other}"),
        14 => format!("{word}/{other}"),
        _ => format!("{word}={x}&{other}={y}"),
    };
    carried(material, chance, &text, word)
}

pub(crate) fn symbols(_: &Material, chance: &mut Chance) -> Option<Draft> {
    let text = one(chance, data!("symbols"));
    Some(Draft::innocent(text, "symbols"))
}

pub(crate) fn other_language(material: &Material, chance: &mut Chance) -> Option<Draft> {
    let text = one(chance, data!("languages"));
    if chance.percent(70) {
        return Some(Draft::innocent(text, "language"));
    }
    let closer = chance.pick(&material.closers);
    Some(Draft::innocent(format!("{text}{closer}"), "language"))
}

pub(crate) fn unpleasant(_: &Material, chance: &mut Chance) -> Option<Draft> {
    Some(Draft::innocent(one(chance, data!("unpleasant")), ""))
}

pub(crate) fn mild_word(material: &Material, chance: &mut Chance) -> Option<Draft> {
    let word = chance.draw(&material.mild);
    carried(material, chance, word, word)
}

pub(crate) fn sentence(material: &Material, chance: &mut Chance) -> Option<Draft> {
    match chance.below(3) {
        0 => Some(Draft::innocent(one(chance, guard!("sentences")), "")),
        1 => {
            let word = *chance.draw(&material.everyday);
            carried(material, chance, word, "")
        }
        _ => {
            let words: Vec<&str> =
                (0..chance.between(4, 14)).map(|_| *chance.draw(&material.everyday)).collect();
            Some(Draft::innocent(format!("{}.", capitalised(&words.join(" "))), ""))
        }
    }
}

pub(crate) fn dictionary_word(material: &Material, chance: &mut Chance) -> Option<Draft> {
    let all = [&material.everyday, &material.common, &material.common, &material.rare][chance.below(4)];
    let word = *chance.draw(all);
    Some(Draft::innocent(disguise::plain(chance, word)?.text, word))
}

pub(crate) fn name(material: &Material, chance: &mut Chance) -> Option<Draft> {
    let name = capitalised(chance.draw::<&str>(&material.names));
    Some(Draft::innocent(
        if chance.percent(50) { format!("{} {name}", chance.pick(GIVEN)) } else { name.clone() },
        name,
    ))
}
