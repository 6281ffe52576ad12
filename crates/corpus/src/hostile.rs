//! Texts that are written to keep a filter busy.

/// What is repeated, by name: shapes of every reading the filter has, and near misses of each.
const SHAPES: &[(&str, &str, &str)] = &[
    ("asterisks", "", "*"),
    ("combining marks", "f", "\u{0301}"),
    ("zalgo", "", "s\u{336}\u{322}\u{31B}\u{32A}h\u{321}\u{32F}\u{331}i\u{327}\u{321}f\u{335}\u{489} "),
    ("nested markup", "", "||**__~~f"),
    ("unclosed spoilers", "", "||sh `*_"),
    ("near misses", "", "fuc shi bolloc wan cun "),
    ("near misses of phrases", "", "son of a bith pen pid bum bo "),
    ("near misses in spelling", "", "fcuck shjt wnaker cvnts bolocks "),
    ("near misses in one word", "", "fucshiwancun"),
    ("dropped vowels", "", "fckng shtt wnkr bstrds "),
    ("terms", "", "fuck shit "),
    ("terms in one word", "", "fuckshit"),
    ("masked terms", "", "f*ck s**t "),
    ("masks and letters", "", "f*"),
    ("masks that fit nothing", "", "q*x**z k***y "),
    ("letters apart", "", "f u c "),
    ("letters and stars", "", "s*h*i*"),
    ("letters and dots", "", "w.a.n."),
    ("leet", "", "5h1"),
    ("leet apart", "", "5.1."),
    ("leet and symbols", "", "$#|7@(_)<|< "),
    ("digits", "", "1"),
    ("brackets", "", "("),
    ("brackets round letters", "", "(f)[u](c)"),
    ("tags", "", "sh<b>i</b>x"),
    ("unclosed tags", "", "<b a=\"&#<!--&x"),
    ("entities", "", "&#102;&#117;&amp;c "),
    ("emoji", "", "🔥"),
    ("emoji between letters", "", "f🔥u🔥c"),
    ("regional indicators", "", "🇫🇺🇨"),
    ("cyrillic look-alikes", "", "ѕһіх "),
    ("cyrillic", "", "Собрание клуба "),
    ("mathematical", "", "𝒻𝓊𝒸 "),
    ("zero width", "", "f\u{200B}u\u{200B}"),
    ("overrides", "", "\u{202E}xihs "),
    ("upside down", "", "ʇᴉɥ "),
    ("repeats", "", "fuuuuuuuucccccc "),
    ("spaces", "", "f          u          "),
    ("hashtags", "", "#ShiFucWan"),
    ("user names", "", "@fuc_shi.wan"),
    ("links", "", "https://fuc.shi/wan?cun=1 "),
    ("random letters", "", "xqzvbn kjhgtr wpmlsd "),
];

/// One text of each hostile shape, of at least `len` characters and no more than a shape longer.
pub fn hostile(len: usize) -> impl Iterator<Item = (&'static str, String)> {
    SHAPES.iter().map(move |(name, first, again)| {
        let times = len.div_ceil(again.chars().count());
        (*name, format!("{first}{}", again.repeat(times)))
    })
}
