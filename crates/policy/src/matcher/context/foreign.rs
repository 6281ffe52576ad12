//! Whether a sentence is in another language than English.
//!
//! Many an English swear word is an ordinary word elsewhere: Swedish *slut* (the end), Dutch *kunt* (can), German
//! *dick* (thick). A foreign sentence shows itself by its small words, by accents, and by holding few words that
//! an English dictionary knows.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use rustc_hash::FxBuildHasher;

use crate::dictionary::Dictionary;
use crate::matcher::candidate::letters;
use crate::normalise::{Cell, Marks};

/// How many words on either side are looked at.
const WORDS_MAX: usize = 8;
/// How many cells on either side are looked at.
const CELLS_MAX: usize = 120;
/// How many words of more than a letter make a language certain.
const LONG_MIN: usize = 3;

/// The languages in which Beadle's lists have words of their own: theirs are never excused by their own sentences.
const LISTED: u64 = 0b110;

/// Small and frequent words of languages, accents left out: first English, then those of [`LISTED`].
const LANGUAGES: &[&str] = &[
    "the of and to is you that it for was with are his they at this have from by not what but were when your there use \
     how said each she which do their if will about then them these some would make like him has more go see could than \
     been who its now my over down only after our where most know get did im youre hes shes dont cant just out up \
     off her we got very lol lmao smh tbh omg wtf ffs innit gonna wanna ya yer thats lads a an i in on me no so or as \
     all be he us any new good back one two why here too can had let man men ta mate ok oi s t d m ll re ve don isn day am into still want need come came",
    // Welsh
    "y yn yr ei eu mae oes ddim fod gan wedi hefyd ond neu na i o ar am at gyda bod roedd oedd yw ydy dw dwi rwyn rydw \
     hi fe fi ni chi nhw hwn hon hynny iawn da dda bore heddiw cymru cael mynd eisiau lle pan beth pwy sut un dau tri",
    // Irish and Gaelic
    "agus ata nil mar leis maith agat bhi raibh anseo an na ag ar go le is ni se si me tu muid siad seo sin ach don den \
     faoi gan nach cad cen conas inniu tha bha chan eil air aig gu mi thu sinn iad gum",
    // Dutch and Afrikaans
    "het een niet voor zijn wij jij mijn jouw deze dit dat ook maar naar heeft hebben wordt worden kunt kun kan wil ik je \
     van der den de en in op te met als aan bij uit door om er nog wel geen moet moeten zal zou hij zij ze ons onze hun \
     hoe waar wat wie dan of is was over al veel meer alleen nie wees sal hulle ons jy hy dis n vir nou baie wees",
    // German
    "der die das den dem des ein eine einen einem einer und ist nicht mit auf fur fuer ich wir ihr sie sein auch wenn aber \
     noch nach bei vom zum zur uber ueber sehr wie oder bin bist sind haben hat wird werden kann von zu im in am an es er \
     du so als nur schon was wer wo mein dein kein keine hier heute man mal ja nein sich war durch gegen aus dass immer",
    // Swedish
    "och att det som inte jag ett en av pa med vi ni hon han ar var har till fran men eller ska mycket hog i om for den \
     de dem sig du mig dig min din sitt kan nar dar har hur vad nu sa bara ocksa efter under utan over alla inget ingen \
     bli blir blev finns mot mellan detta denna dessa vara",
    // Norwegian and Danish
    "ikke jeg og til af er vaer ja nei nej hvor hva hvad meget det som en et den de pa paa med vi i at for har kan skal vil \
     men eller av fra om ved var blir bliver ble blev dette denne disse ingen noget noe sig seg min din han hun der da nar \
     naar ud op ned eit ein dei ikkje eg kunne liste over alle efter etter mer mere under uten uden kva vere vera vart",
    // Icelandic and Faroese
    "og ad er ekki thad sem en i a um fyrir med var eru til vid eg thu hann hun thetta fra ur yvir ikki eru hja tad teir",
    // French
    "les des une un dans avec pour sur est pas que qui ses mon ton notre votre nous vous ils elle elles aux ce cette ces et \
     sont suis etes mais tres chez leur je tu il on sans sous plus le la de du en au ne se sa son par ou si bien tout tous \
     toute fait comme etre avoir cest jai quil nest aussi meme encore deja y a lui",
    // Spanish and Galician
    "el los las una un unos unas del con por para como esta este esto pero muy mas es su sus mi nos que porque cuando donde \
     tiene hay yo ella ellos y en la de lo se al a o si no ya sin sobre entre ser son fue tu te me le les todo todos bien \
     cada hasta desde mismo e do da nos ao unha non os as",
    // Catalan
    "els les una un amb per que no es de la el en del al dels i o com mes pero aquest aquesta seva seu hi ha ho son esta \
     han pot sobre entre fins quan on tot tots molt be sense ser nom",
    // Italian, Friulian, Sardinian
    "gli della dello delle degli nel nella nelle che di il lo la le i sono non per piu una un uno sei anche ho hai ha abbiamo \
     questo questa mio tuo suo loro dopo e in con da del dei al alla ai come se ma ci si mi ti oggi fa fare essere molto \
     tutto tutti dove quando perche senza solo e stato lis des dal tal cun par su is de pro sa sos",
    // Portuguese
    "os um uma dos das em na no nas nos ao aos com nao voce ele ela eles isso muito mas seu sua meu minha foi o a e de do da \
     que para por se mais como ou ser sao esta este essa tem ja so quando onde pelo pela sem sobre ate entre todos tudo",
    // Romanian
    "si in la de pe cu nu este sunt un o care mai din sa ca se a al ale lui ei pentru dar sau fi fost am ai are noi voi ei \
     acest aceasta foarte ce cum unde cand prin dupa fara daca numai toate",
    // Latin, Esperanto, Interlingua
    "et est non in ad ut cum sed quod qui quae quam ex ab per si sunt esse nec aut atque enim homo ab la kaj estas de al en \
     ne mi vi li si ni ili por kun sed tio tiu kiu kio estis povas ankau ciu oni pri sur da du tute bone le del pro con",
    // Polish
    "nie jest sie na w z ze jak ale czy tak byl byla ja ty ona ono oni co i a o do od po za to ten ta te tego dla przy pod \
     nad przez juz tylko moze aby lub albo ktory ktora ktore gdy bardzo jego jej ich moj twoj mnie nas",
    // Czech and Slovak
    "je se si byt jsou jsem aby pro na v z s k o u do od po za to ten ta ktery ktera co jak ale nebo jako tak uz jen pri \
     pod nad pred nie som sme ste sa ako ale alebo pre ze kde kdy jeho jeji byl byla bylo neni nelze muze ve ke",
    // Serbian, Croatian, Bosnian, Slovene
    "je se u na i da za od do s sa o ne nije su sam si smo ste ili ali kao koji koja koje ovo taj bio bila samo jos sto kako \
     gdje kada iz po pri ce in ni v z so bil ki pa kot tudi lahko ter med ob",
    // Hungarian
    "nincs egy hogy es az a ez nem van volt is meg de csak mint vagy ha mar meg ki mi en te o nagyon kell lesz azt ezt",
    // Finnish and Estonian
    "ei ole on ja se mina olen tama ovat ollut han me te he sina kun jos niin kuin mutta myos tai vain voi oli mita missa \
     kuidas ma sa ta ning oma kui aga siis seda see selle mis kes olid pole juba veel hyva hyvaa taynna",
    // Turkish and Azerbaijani
    "ve bir bu icin degil cok ne da de o su ile gibi daha var yok en mi kadar olarak olan ben sen biz siz onlar ama veya her \
     ya ki bana iyi neden nasil ucun deyil",
    // Indonesian and Malay
    "yang dan di ke dari untuk dengan ini itu tidak adalah saya kamu aku dia kita kami mereka akan pada atau juga sudah bisa \
     ada oleh dalam tak lagi hanya seperti karena tersebut berkas boleh telah bagi",
    // Tagalog
    "ang ng mga sa na at ay ko mo siya ako ikaw kami tayo sila ito iyon hindi kung para may wala po din rin lang naman si ni \
     nang kay isang",
    // Swahili and other Bantu languages
    "ya na wa kwa ni la za katika hii hiyo yake yangu yako lakini sana hapa leo kama si watu mtu au cha vya kwamba",
    // Basque
    "eta da ez du bat dira izan hau hori ere baina edo da zure nire gure oso ezin egin dute daude zen ziren duen",
    // Lithuanian and Latvian
    "ir yra ne kad su bet tai is kaip i nuo iki po uz dar jau tik jei arba un ir nav ka ar no uz par lai bet vai tas sis",
    // Albanian
    "nje dhe per ne te me nga se eshte nuk ka kjo ky por si qe do jane nese ose i e",
    // Vietnamese
    "khong cua va la co cho trong mot cac nay duoc voi nhung toi ban den tu khi de neu hay da se con ra vao lam theo tren \
     phai chi tin tap bi nao doi hoac thu",
    // Maltese, Kurdish, Hausa
    "il li u ma ta hija huwa dan din biex minn fuq mhux u li di ji bo ku ne ye ev bi da ba shi ce wannan yana",
];

/// Which languages have a word, one bit each; English is the first.
fn languages(word: &[u8]) -> u64 {
    static KNOWN: LazyLock<HashMap<&[u8], u64, FxBuildHasher>> = LazyLock::new(|| {
        let mut known: HashMap<_, u64, _> = HashMap::default();
        for (at, words) in LANGUAGES.iter().enumerate() {
            for word in words.split_ascii_whitespace() {
                *known.entry(word.as_bytes()).or_default() |= 1 << at;
            }
        }
        known
    });
    KNOWN.get(word).copied().unwrap_or_default()
}

/// How foreign a sentence is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::matcher) enum Foreignness {
    /// English, or nothing tells.
    None,
    /// Most likely in another language: enough for words that are known to be innocent elsewhere, and for guesses.
    Likely,
    /// In a language whose small words are there, and that has no list: enough for whatever only resembles a term.
    Certain,
}

/// How foreign the sentence round `span` is, as far as a few words on either side tell.
pub(in crate::matcher) fn foreignness(
    cells: &[Cell],
    span: &Range<usize>,
    dictionary: &Dictionary,
) -> Foreignness {
    // Another sentence may be in another language.
    let ends = |at: usize| {
        b".!?".contains(&cells[at].byte) && cells.get(at + 1).is_none_or(|next| next.byte == b' ')
    };
    let from = span.start.saturating_sub(CELLS_MAX);
    let from = (from..span.start).rfind(|at| ends(*at)).unwrap_or(from);
    let to = cells.len().min(span.end + CELLS_MAX);
    let to = (span.end..to).find(|at| ends(*at)).unwrap_or(to);
    let mut tally = Tally::default();
    tally.hear_words(cells[from..span.start].rsplit(|cell| !cell.is_letter()), dictionary);
    tally.hear_words(cells[span.end..to].split(|cell| !cell.is_letter()), dictionary);
    // A small word that only resembles a term: Danish *ikke*.
    let own = &cells[span.clone()];
    if own.iter().all(|cell| cell.is_letter() && cell.marks == Marks::NONE) {
        tally.own = languages(&letters(own));
    }
    tally.foreignness()
}

/// What the words of a sentence are.
#[derive(Debug, Default)]
struct Tally {
    words: usize,
    /// How many of them are more than a letter.
    long: usize,
    /// Words that English has.
    english: usize,
    /// Of each language how many of its small words there are.
    small: [usize; LANGUAGES.len()],
    /// How many English small words there are that each language has not.
    alien: [usize; LANGUAGES.len()],
    /// Small words that English has not, and words with accents that English does not write.
    foreign: usize,
    accented: usize,
    /// Words that no dictionary knows.
    unknown: usize,
    /// The languages that have the word itself.
    own: u64,
}

impl Tally {
    fn hear_words<'a>(&mut self, words: impl Iterator<Item = &'a [Cell]>, dictionary: &Dictionary) {
        for word in words.filter(|word| !word.is_empty()).take(WORDS_MAX) {
            self.hear(word, dictionary);
        }
    }

    fn hear(&mut self, word: &[Cell], dictionary: &Dictionary) {
        let plain = letters(word);
        let accented = word.iter().any(|cell| cell.marks.has(Marks::ACCENTS));
        self.words += 1;
        self.long += usize::from(plain.len() > 1);
        // A disguise is no foreign word.
        let honest = word.iter().all(|cell| cell.marks == Marks::NONE || cell.marks == Marks::ACCENTS);
        let mut among = languages(&plain);
        if accented {
            among &= !1;
        }
        if !honest {
            among &= 1;
        }
        if among != 0 {
            for at in 0..LANGUAGES.len() {
                self.small[at] += usize::from(among & (1 << at) != 0);
                self.alien[at] += usize::from(among & 1 != 0 && among & (1 << at) == 0);
            }
            if among & 1 == 0 {
                self.foreign += usize::from(plain.len() > 1 || accented);
                self.accented += usize::from(accented);
            } else {
                self.english += 1;
            }
        } else if honest && plain.len() >= 3 {
            match dictionary.standing(&plain) {
                Some(standing) if standing.is_common() && !accented => self.english += 1,
                // Names are written in every language.
                Some(standing) if standing.is_name() && word[0].upper => self.words -= 1,
                Some(standing) if standing.is_word() && !accented => {}
                _ if accented => {
                    self.foreign += 1;
                    self.accented += 1;
                }
                _ => self.unknown += 1,
            }
        }
    }

    fn foreignness(&self) -> Foreignness {
        let others = 1..LANGUAGES.len();
        let share = |at: &usize| self.small[*at] + usize::from(self.own & (1 << *at) != 0);
        // Of two languages with as many words the one that accounts for more of those that English has as well.
        let best = others.max_by_key(|at| (share(at), std::cmp::Reverse(self.alien[*at]))).unwrap_or(1);
        let small = share(&best);
        let alien = self.alien[best];
        let english = self.english.saturating_sub(self.small[0].saturating_sub(alien)).max(alien);
        let strange = self.foreign + self.unknown;
        let own = self.own & !1 != 0 && self.own & 1 == 0;
        let spoken =
            small >= 2 && small > 2 * alien && strange + usize::from(own) > 0 && strange + small > english;
        let written = self.accented >= 1 && strange >= 3 && strange > 2 * english && alien == 0;
        if (spoken && self.foreign + usize::from(own) > 0 || written)
            && LISTED & (1 << best) == 0
            && self.long >= LONG_MIN
        {
            return Foreignness::Certain;
        }
        let likely = spoken
            || written
            || (self.foreign >= 2 && alien == 0 && strange * 2 >= self.words)
            || (self.foreign > 0 && self.foreign + strange > 2 * self.english && strange * 2 >= self.words)
            || (self.unknown >= 2 && self.small[0] == 0 && self.unknown > self.english)
            || (own && alien == 0 && strange > 0 && strange + small > english);
        if likely { Foreignness::Likely } else { Foreignness::None }
    }
}

#[cfg(test)]
mod tests {
    use super::{Foreignness, foreignness};
    use crate::dictionary::Dictionary;
    use crate::normalise::Folded;

    #[test]
    fn sentences_of_other_languages_are_told_from_english_ones() {
        let foreign = [
            "Je kunt het boek morgen ophalen.",
            "Filmen är slut nu.",
            "Das Eis ist zu dick.",
            "El gato negro duerme en la casa.",
            "Il est trop tard pour partir.",
            "Ik hoor de vogels in de tuin.",
            "Det ska bli en lugn kväll.",
        ];
        let english = [
            "You are such a slut, get out of my house.",
            "lol what a dick smh",
            "Bloody hell, dick",
            "slut",
            "The van der Berg family called him a dick.",
            "Oi, fag, come here tbh",
        ];
        let ask = |text: &str| {
            foreignness(&Folded::new(text).cells, &(0..0), Dictionary::british()) > Foreignness::None
        };
        for text in foreign {
            assert!(ask(text), "{text}");
        }
        for text in english {
            assert!(!ask(text), "{text}");
        }
    }
}
