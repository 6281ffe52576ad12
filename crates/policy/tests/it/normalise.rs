//! What characters stand for: alphabets, markup, letters drawn with signs, letters turned.

use std::ops::Range;

use policy::Disguise;
use policy::normalise::{Sign, fold, letter_count, readings};
use proptest::prelude::*;

use crate::support::{MATCHER, findings};

/// The first reading as text: `*` for a letter of no Latin shape, `?` for a symbol.
fn folded(text: &str) -> String {
    spelt(&readings(text)[0])
}

fn spelt(signs: &[Sign]) -> String {
    let shown = |sign: &Sign| match sign.read {
        '\u{1}' => '?',
        '\u{2}' => '*',
        read => read,
    };
    signs.iter().map(shown).collect()
}

/// Alphabets as code points of their first letter, in order from a to z, with the letters Unicode left out.
const ALPHABETS: &[(&str, u32, &str)] = &[
    ("fullwidth capitals", 0xFF21, ""),
    ("fullwidth", 0xFF41, ""),
    ("parenthesised", 0x249C, ""),
    ("parenthesised capitals", 0x1F110, ""),
    ("circled capitals", 0x24B6, ""),
    ("circled", 0x24D0, ""),
    ("squared", 0x1F130, ""),
    ("negative circled", 0x1F150, ""),
    ("negative squared", 0x1F170, ""),
    ("regional indicators", 0x1F1E6, ""),
    ("bold capitals", 0x1D400, ""),
    ("bold", 0x1D41A, ""),
    ("italic capitals", 0x1D434, ""),
    ("italic", 0x1D44E, "h"),
    ("bold italic capitals", 0x1D468, ""),
    ("bold italic", 0x1D482, ""),
    ("script capitals", 0x1D49C, "befhilmr"),
    ("script", 0x1D4B6, "ego"),
    ("bold script capitals", 0x1D4D0, ""),
    ("bold script", 0x1D4EA, ""),
    ("Fraktur capitals", 0x1D504, "chirz"),
    ("Fraktur", 0x1D51E, ""),
    ("double-struck capitals", 0x1D538, "chnpqrz"),
    ("double-struck", 0x1D552, ""),
    ("bold Fraktur capitals", 0x1D56C, ""),
    ("bold Fraktur", 0x1D586, ""),
    ("sans capitals", 0x1D5A0, ""),
    ("sans", 0x1D5BA, ""),
    ("bold sans capitals", 0x1D5D4, ""),
    ("bold sans", 0x1D5EE, ""),
    ("italic sans capitals", 0x1D608, ""),
    ("italic sans", 0x1D622, ""),
    ("bold italic sans capitals", 0x1D63C, ""),
    ("bold italic sans", 0x1D656, ""),
    ("monospace capitals", 0x1D670, ""),
    ("monospace", 0x1D68A, ""),
];

#[test]
fn every_styled_alphabet_reads_as_its_letters() {
    for (name, first, missing) in ALPHABETS {
        for letter in ('a'..='z').filter(|letter| !missing.contains(*letter)) {
            let c = char::from_u32(first + u32::from(letter) - u32::from('a')).expect("a character");
            assert_eq!(folded(&c.to_string()), letter.to_string(), "{name} {c:?}");
            assert_eq!(fold(&c.to_string()), letter.to_string(), "{name} {c:?}");
        }
    }
}

/// Alphabets without an order of code points; a space stands where a set has no letter of its own.
const SPELT: &[(&str, &str)] = &[
    ("small capitals", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡ ʏᴢ"),
    ("superscript", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖ ʳˢᵗᵘᵛʷˣʸᶻ"),
    ("modifier capitals", "ᴬᴮ ᴰᴱ ᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾ ᴿ ᵀᵁⱽᵂ   "),
    ("subscript", "ₐ   ₑ  ₕᵢⱼₖₗₘₙₒₚ ᵣₛₜᵤᵥ ₓ  "),
    ("letterlike, where mathematics has none", " ℬℂ ℯℱℊℎℐ  ℒℳℕℴℙℚℝ       ℤ"),
    ("Cyrillic", "аЬсԁеғ һіјкӏмпорԛгѕтцѵѡху "),
    ("Cyrillic capitals", "АВС Е  НІЈК М ОРԚ ЅТ ѴԜХУ "),
    ("Greek capitals", "ΑΒ  Ε  ΗΙ Κ ΜΝΟΡ   Τ   ΧΥΖ"),
    ("Armenian", "   ժ  ցհ յ լ ոօքզ   ս աҳ  "),
    ("Cherokee", "ᎪᏴᏟᎠᎬ ᏀᎻᎥᎫᏦᏞᎷ  Ꮲ ᏒᏚᎢ ᏙᎳ ᎩᏃ"),
    ("small Cherokee", "ꭺᏼꮯꭰꭼ ꮐꮋꭵꭻꮶꮮꮇ  ꮲ ꮢꮪꭲ ꮩꮃ ꭹꮓ"),
    ("Lisu", "ꓮꓐꓚꓓꓰꓝꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑ ꓣꓢꓔꓴꓦꓪꓫꓬꓜ"),
    ("Coptic", "ⲀⲂⲤ Ⲉ  ⲎⲒ Ⲕ ⲘⲚⲞⲢ   Ⲧ  ⲰⲬⲨⲌ"),
    ("syllabics", "ᗩᗷᑕᗪᗴᖴᘜᕼ ᒍᛕᒪᗰᑎᗝᑭᑫᖇᔕᖶᑌᐯᗯ᙭ ᘔ"),
    ("strokes of Han", "卂乃匚ᗪ乇千 卄丨 Ҝㄥ爪几ㄖ卩 尺丂ㄒㄩᐯ山乂ㄚ乙"),
    ("kana", " 乃ᄃり ｷムんﾉﾌズﾚﾶ刀のｱゐ尺丂ｲひ   ﾘ乙"),
    ("Thai and others", "ค๒ς๔єŦﻮђ  кɭ๓ภ๏ק гรՇยשฬאץչ"),
    ("Ethiopic", "ልጌርዕቿቻኗዘጎጋጕረጠክዐየዒዪነፕሁሀሠሸሃጊ"),
    ("Yi", "ꋫꃃꏸꁕꍟꄘꁍꑛꂑꀭꀗ꒒ꁒꁹꆂꉣꁸ꒓ꌚ꓅ꐇꏝꅐꇓꐟꁴ"),
    ("Runic", "ᚨᛒᚲᛞᛖᚠᚷᚺᛁᛃᚴᛚᛗᚾᛟᛈᛩᚱᛊᛏᚢᚡᚹᛪᚤᛉ"),
    ("Old Italic", "𐌀𐌁𐌂𐌃𐌄𐌅  𐌉 𐌊𐌋𐌌𐌍  𐌒𐌐𐌔𐌕𐌵   𐌙 "),
    ("barred", "ȺɃȻĐɆ ǤĦƗɈꝀŁ  ØⱣꝖɌ ŧɄ   ɎƵ"),
    ("hooked", "ąცƈɖɛʄɠɧıʝƙƖɱŋơ℘զཞʂɬų۷ῳҳყʑ"),
    ("faux Cyrillic", "ДБСↁЭFG ІЈК МИФР ЯЅТЦ ШЖУ "),
    ("turned", "ɐ ɔ ǝɟᵷɥᴉ ʞꞁ     ɹ ʇ ʌʍ ʎ "),
];

#[test]
fn every_spelt_alphabet_reads_as_its_letters() {
    let mut wrong = Vec::new();
    for (name, alphabet) in SPELT {
        for (letter, c) in ('a'..='z').zip(alphabet.chars()).filter(|(_, c)| *c != ' ') {
            if folded(&c.to_string()) != letter.to_string() {
                wrong.push(format!("{name}: {c:?} is {} for {letter}", folded(&c.to_string())));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn letters_of_no_latin_shape_stay_letters() {
    for text in ["ждчл", "한국어", "語彙", "كتب", "ภาษา"] {
        for c in text.chars().filter(|c| "ждчл한국어語彙كتبษ".contains(*c)) {
            assert_eq!(folded(&c.to_string()), "*", "{c:?}");
        }
    }
}

#[test]
fn markup_is_undone() {
    let cases: &[(&str, &str)] = &[
        ("wor<b>l</b>d", "world"),
        ("w<i></i>orld", "world"),
        ("wo<B>r</B>ld", "world"),
        ("wo<em>r</em>ld", "world"),
        ("w<span style=\"x\">o</span>rld", "world"),
        ("w<span style='a>b' id=x>o</span>rld", "world"),
        ("w<a href=https://x.example/>o</a>rld", "world"),
        ("wo<wbr>rld", "world"),
        ("wo<wbr/>rld", "world"),
        ("wo<!-- c -->rld", "world"),
        ("wo<!---->rld", "world"),
        ("wo<!-- a --><!-- b -->rld", "world"),
        ("w&#x6f;rld", "world"),
        ("w&#X6F;rld", "world"),
        ("w&#111;rld", "world"),
        ("w&#111rld", "world"),
        ("w&#00111;rld", "world"),
        ("wo&shy;rld", "world"),
        ("wo&zwnj;rld", "world"),
        ("wo&zwj;rld", "world"),
        ("wo&#8203;rld", "world"),
        ("wo&#x200b;rld", "world"),
        ("w&oacute;rld", "world"),
        ("w&oslash;rld", "world"),
        ("w&ofr;rl&dopf;", "world"),
        ("w&omicron;rld", "world"),
        ("w&#x43e;rld", "world"),
        ("w&ast;rld", "w*rld"),
        ("R&amp;D", "r&d"),
        ("a&nbsp;b", "a b"),
        ("wo<br>rld", "world"),
        ("one<br>Two", "one two"),
        ("one. <br />two", "one.  two"),
        ("<p>one</p><p>two</p>", " one  two "),
        ("w\\*rld", "w*rld"),
        ("wor\\_ld", "wor_ld"),
        ("a\\\\b", "a\\b"),
    ];
    for (text, want) in cases {
        assert_eq!(folded(text), *want, "{text}");
    }
}

#[test]
fn what_only_looks_like_markup_stays() {
    let cases = [
        "a<b and c>d",
        "if a<b then",
        "i <3 you",
        "<:emoji:123>",
        "<a:emoji:123>",
        "<@123>",
        "<@!123>",
        "<@&123>",
        "<#123>",
        "<t:1700000000:r>",
        "</command:1>",
        "x < y > z",
        "<https://example.org/a>",
        "<someone@example.org>",
        "w<o>rld",
        "w<u>rld",
        "<insert name here>",
        "r&d",
        "at&t",
        "q&a;",
        "fish & chips",
        "&;",
        "&#;",
        "&#x;",
        "&#99999999999;",
        "&#0;",
        "a & b; c",
        "<b",
        "<b a=\"",
        "<!-- not closed",
        "c:\\users",
        "a\\/b",
        "\\",
        "f\\u\\n",
    ];
    for text in cases {
        assert_eq!(folded(text), text);
    }
}

#[test]
fn what_was_undone_is_named_and_covered() {
    let cases: &[(&str, &str, Disguise)] = &[
        ("he wrote dickh<b>e</b>ad there", "dickh<b>e</b>ad", Disguise::Markup),
        ("oh f&#x75;ck that", "f&#x75;ck", Disguise::Markup),
        ("what a f&shy;uckwit", "f&shy;uckwit", Disguise::Markup),
        ("sh<!-- x -->ite", "sh<!-- x -->ite", Disguise::Markup),
        ("a <b>wanker</b> he is", "wanker", Disguise::None),
        ("f\\*ck this", "f\\*ck", Disguise::Mask),
        ("f|_|c|< you", "f|_|c|<", Disguise::Leet),
        ("k|\\|ob|-|3a|)", "k|\\|ob|-|3a|)", Disguise::Leet),
        ("$|-|!te weather", "$|-|!te", Disguise::Leet),
        ("ʇ,uop ɟɟo ʞɔnɟ", "ɟɟo ʞɔnɟ", Disguise::Turned),
        ("you ɟnɔʞ", "ɟnɔʞ", Disguise::Turned),
        ("what ɘƚiʜƨ", "ɘƚiʜƨ", Disguise::Turned),
        ("ᴚƎꓘNⱯM", "ᴚƎꓘNⱯM", Disguise::Turned),
    ];
    for (text, covered, disguise) in cases {
        let found = findings(text);
        let found: Vec<_> = found.iter().map(|hit| (&text[hit.span.clone()], hit.disguise)).collect();
        assert!(found.contains(&(*covered, *disguise)), "{text}: {found:?}");
    }
}

#[test]
fn letters_drawn_with_signs_are_put_together() {
    let cases: &[(&str, &str)] = &[
        ("|-|ouse", "house"),
        ("]-[ouse", "house"),
        ("(-)ouse", "house"),
        ("}{ouse", "house"),
        ("/-/ouse", "house"),
        ("ho|_|se", "house"),
        ("ho(_)se", "house"),
        ("h()use", "house"),
        ("h[]use", "house"),
        ("<ar|>", "<arp"),
        ("ba|\\|k", "bank"),
        ("ba/\\/k", "bank"),
        ("la|\\/|p", "lamp"),
        ("la/\\/\\p", "lamp"),
        ("l/\\mp", "lamp"),
        ("l/-\\mp", "lamp"),
        ("|3arn", "barn"),
        ("13arn", "barn"),
        ("|)og", "dog"),
        ("|]og", "dog"),
        ("\\/an", "van"),
        ("\\/\\/ill", "will"),
        ("vvill", "will"),
        ("|=ish", "fish"),
        ("|*ond", "pond"),
        ("|°ond", "pond"),
        ("|2oad", "road"),
        ("|?oad", "road"),
        ("bo><", "box"),
        ("pon'/", "pony"),
        ("|_amp", "lamp"),
        ("-|-able", "table"),
        ("']['able", "table"),
        ("ca|<e", "cake"),
        ("c|<", "ck"),
        ("c|og|\\|", "dogn"),
        ("one tvvo |)og", "one two dog"),
    ];
    for (text, want) in cases {
        let all = readings(text);
        assert!(all.len() > 1, "{text}: nothing put together");
        assert_eq!(spelt(&all[1]), *want, "{text}");
    }
}

#[test]
fn ordinary_signs_draw_no_letters() {
    let texts = [
        "fish and chips",
        "a photo of the 13 of us (and the dog)",
        "see [1] and (2)",
        "||a secret||",
        "||**bold**||",
        "well... | think",
        "f() and g[]",
        "| a | b |",
        "50% :) ;-)",
        "C:\\temp",
        "user_1_2",
        "£13,000",
        "",
    ];
    for text in texts {
        assert_eq!(readings(text).len(), 1, "{text}: {:?}", readings(text).get(1).map(|signs| spelt(signs)));
    }
}

#[test]
fn innocent_words_drawn_with_signs_pass() {
    for text in [
        "|-|ouse",
        "the |=is|-| |*on|)",
        "(_) ()",
        "/\\ tree /\\/\\",
        "c()ckatoo",
        "bask|_|t",
        "p|-|oto",
        "sh|)",
    ] {
        assert!(findings(text).is_empty(), "{text}: {:?}", findings(text));
    }
}

#[test]
fn turned_words_are_read_as_they_are_meant() {
    let cases: &[(&str, &str)] = &[
        ("ǝsnoɥ", "house"),
        ("pɐǝɹq puɐ ɹǝʇʇnq", "butter and bread"),
        ("say \"ǝsnoɥ\", no", "house"),
        ("Ǝ⅂ՈꓤW", "mrule"),
        ("ɘƨuoʜ", "house"),
        ("ɥonsǝ", "house"),
    ];
    for (text, want) in cases {
        let all = readings(text);
        assert!(
            all[1..].iter().any(|signs| spelt(signs) == *want),
            "{text}: {:?}",
            all.iter().map(|signs| spelt(signs)).collect::<Vec<_>>()
        );
    }
    for text in ["house", "Привет, мир", "café au lait", "naïve", "🔥🔥", "日本語"] {
        assert_eq!(readings(text).len(), 1, "{text}");
    }
}

#[test]
fn folding_hostile_marks_is_bounded() {
    // No text folds into more characters than it has bytes, whatever is left open in it.
    let texts = [
        "<",
        "&",
        "<b",
        "<b a=\"",
        "<!--",
        "&#",
        "&#x",
        "<b>",
        "</b>",
        "\\",
        "<b a=b ",
        "<i><u><b>",
        "|_",
        "ɐ",
    ];
    for piece in texts {
        let text = piece.repeat(65_000 / piece.len());
        assert!(letter_count(&text) <= text.len(), "{piece}");
        for signs in readings(&text) {
            assert!(signs.len() <= text.len(), "{piece}");
        }
    }
}

#[test]
fn other_readings_of_hostile_texts_are_linear_work() {
    for piece in ["|_f", "|-|", "/\\", "<b>f", "f<i></i>", "&#102;", "f&shy;", "f\\*", "ɟn", "ςhi", "vv|"] {
        let text = piece.repeat(40_000 / piece.len());
        let half = MATCHER.steps(&piece.repeat(20_000 / piece.len()));
        let all = MATCHER.steps(&text);
        assert!(all <= half * 5 / 2 + 1_000, "{piece}: {half} steps for half, {all} for all");
        assert!(all <= 600 * text.len() as u64, "{piece}: {all} steps for {}", text.len());
    }
}

/// Texts close to what is undone.
fn wild() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z<>&;#|/\\\\_()\\-\\[\\] 3]{0,10}",
        "\\PC{0,4}",
        "&(#[0-9]{1,4}|#x[0-9a-f]{1,4}|amp|shy|eacute|[a-z]{1,5});?",
        "</?(b|i|em|span|br|p|x)( [a-z]=\"[a-z]?\")?/?>",
        Just("<!-- x -->".to_owned()),
        Just("pɐǝɹq ".to_owned()),
        Just("|\\/|".to_owned()),
        Just("\u{202E}abc\u{202C}".to_owned()),
        Just("e\u{301}\u{34F}\u{336}".to_owned()),
        any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat())
}

/// The first sign of a reading of `text` that covers nothing, or comes before the place of the one before it ends.
fn disorder_of(text: &str) -> Option<(Sign, Range<usize>)> {
    readings(text).into_iter().find_map(|mut signs| {
        // Words on their heads come in the order in which they are meant.
        signs.sort_by_key(|sign| sign.span.start);
        let mut last = 0..0;
        signs.into_iter().find_map(|sign| {
            let covers = text.get(sign.span.clone()).is_some_and(|covered| !covered.is_empty());
            // The parts of one sign share where it starts; marks after it belong to the last of them.
            let follows = sign.span.start >= last.end || sign.span.start == last.start;
            let before = std::mem::replace(&mut last, sign.span.clone());
            (!covers || !follows).then_some((sign, before))
        })
    })
}

#[test]
fn characters_of_several_signs_stay_together() {
    for text in ["ﬀ\u{CF3}|\\/|", "ﬁ\u{301}", "ﬄ\u{336}<b>n</b>", "|\\/|/&#xbe", "|\\/|/¾", "¾/|\\/|"]
    {
        assert_eq!(disorder_of(text), None, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn spans_are_of_their_own_text_and_in_order(text in wild()) {
        let disorder = disorder_of(&text);
        prop_assert!(disorder.is_none(), "{disorder:?}");
    }

    #[test]
    fn folding_twice_changes_nothing(text in wild()) {
        let once = fold(&text).into_owned();
        prop_assert_eq!(fold(&once), once.as_str());
    }

    #[test]
    fn plain_words_are_never_changed(text in "[a-zA-Z0-9 .,!?']{0,40}") {
        prop_assert_eq!(folded(&text), text.to_lowercase());
    }
}
