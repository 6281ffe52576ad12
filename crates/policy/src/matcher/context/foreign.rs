//! Whether a sentence is in another language than English.
//!
//! Many an English swear word is an ordinary word elsewhere: Swedish *slut* (the end), Dutch *kunt* (can), German
//! *dick* (thick). A foreign sentence shows itself by its small words, by accents, and by holding few words that
//! an English dictionary knows.

use std::ops::Range;

use crate::dictionary::Dictionary;
use crate::matcher::candidate::letters;
use crate::normalise::{Cell, Marks};

/// How many words on either side are looked at.
const WORDS_MAX: usize = 8;
/// How many cells on either side are looked at.
const CELLS_MAX: usize = 120;

/// Small words of other European languages that are no English words.
const FOREIGN: &str = "\
het een niet voor zijn wij jij mijn jouw deze dit dat ook maar naar heeft hebben wordt worden kunt kun kan wil ik je \
van der das den dem ein eine einen einem einer und ist nicht mit auf fur ich wir ihr sie sein auch wenn aber noch \
nach bei vom zum zur uber sehr wie oder bin bist sind haben wird \
och att det som inte jag ett av pa med vi ni hon han ar var har till fran men eller ska mycket hog ikke jeg og til \
af af er vaer ja nei nej hvor hva hvad meget \
les des une dans avec pour sur est pas que qui ses mon ton notre votre nous vous ils elle elles aux ce cette ces et \
sont suis etes mais tres chez leur je tu il sans sous plus \
el los las una unos unas del con por para como esta este esto pero muy mas es su sus mi nos que porque cuando donde \
tiene hay yo ella ellos y en la de lo se \
gli della dello delle degli nel nella nelle che di il lo sono non per piu una uno sei anche ho hai abbiamo questo \
questa mio tuo suo loro dopo \
os um uma dos das em na nos nas ao aos com nao voce ele ela eles isso muito mas seu sua meu minha foi \
nie jest sie na w z ze jak ale czy tak byl byla ja ty ona ono oni co je se ve si byt jsou jsem aby pro \
nincs egy hogy es az ez kuidas ei ole ma sa ta ja se on mina olen tama ovat ollut bir ve bu icin degil cok ne da de \
y yn yr ei eu mae oes ddim fod gan wedi hefyd ond neu na agus ata nil mar leis maith agat bhi raibh anseo";

/// Small English words; a sentence that holds several is English.
const ENGLISH: &str = "\
the of and to is you that it for was with are his they at this have from by not what but were when your there use \
how said each she which do their if will about then them these some would make like him has more go see could than \
been who its now my over down only after our where most know get did im youre hes shes dont cant just out up \
off her we got very lol lmao smh tbh omg wtf ffs innit gonna wanna ya yer hes shes thats lads";

/// Whether the sentence round `span` is in another language, as far as a few words on either side tell.
pub(in crate::matcher) fn is_foreign(cells: &[Cell], span: &Range<usize>, dictionary: &Dictionary) -> bool {
    let from = span.start.saturating_sub(CELLS_MAX);
    let to = cells.len().min(span.end + CELLS_MAX);
    let mut tally = Tally::default();
    cells[from..span.start].rsplit(|cell| !cell.is_letter()).for_words(dictionary, &mut tally);
    cells[span.end..to].split(|cell| !cell.is_letter()).for_words(dictionary, &mut tally);
    tally.is_foreign()
}

/// Hears the first few words of an iterator over runs of letters.
trait Words<'a> {
    fn for_words(self, dictionary: &Dictionary, tally: &mut Tally);
}

impl<'a, I: Iterator<Item = &'a [Cell]>> Words<'a> for I {
    fn for_words(self, dictionary: &Dictionary, tally: &mut Tally) {
        for word in self.filter(|word| !word.is_empty()).take(WORDS_MAX) {
            tally.hear(word, dictionary);
        }
    }
}

/// What the words of a sentence are.
#[derive(Debug, Default)]
struct Tally {
    words: usize,
    /// Words that English has, and how many of them are its small words.
    english: usize,
    small: usize,
    /// Small words of other languages, and words with accents that English does not write.
    foreign: usize,
    /// Words that no dictionary knows.
    unknown: usize,
}

impl Tally {
    fn hear(&mut self, word: &[Cell], dictionary: &Dictionary) {
        let plain = letters(word);
        let is_in = |list: &str| list.split_ascii_whitespace().any(|listed| listed.as_bytes() == plain);
        let accented = word.iter().any(|cell| cell.marks.has(Marks::ACCENTS));
        self.words += 1;
        // A disguise is no foreign word.
        let honest = word.iter().all(|cell| cell.marks == Marks::NONE || cell.marks == Marks::ACCENTS);
        if is_in(ENGLISH) && !accented {
            self.english += 1;
            self.small += 1;
        } else if honest && is_in(FOREIGN) {
            self.foreign += 1;
        } else if honest && plain.len() >= 3 {
            match dictionary.standing(&plain) {
                Some(standing) if standing.is_common() && !accented => self.english += 1,
                // Names are written in every language.
                Some(standing) if standing.is_name() && word[0].upper => self.words -= 1,
                Some(standing) if standing.is_word() && !accented => {}
                _ if accented => self.foreign += 1,
                _ => self.unknown += 1,
            }
        }
    }

    fn is_foreign(&self) -> bool {
        let strange = self.foreign + self.unknown;
        (self.foreign >= 2 && self.small == 0 && strange * 2 >= self.words)
            || (self.foreign > 0 && self.foreign + strange > 2 * self.english && strange * 2 >= self.words)
            || (self.unknown >= 2 && self.small == 0 && self.unknown > self.english)
    }
}

#[cfg(test)]
mod tests {
    use super::is_foreign;
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
        let ask = |text: &str| is_foreign(&Folded::new(text).cells, &(0..0), Dictionary::british());
        for text in foreign {
            assert!(ask(text), "{text}");
        }
        for text in english {
            assert!(!ask(text), "{text}");
        }
    }
}
