//! Words with their vowels dropped: `bllcks`, `fckng`, `knbhd`.

use super::index;

/// Whether a letter is dropped when people write without vowels; `y` may stay or go.
pub(super) fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u')
}

fn goes(letter: u8) -> bool {
    is_vowel(letter) || letter == b'y'
}

/// Hash of the consonants, doubled ones once and `ck` as `k`: the same however many vowels were dropped.
pub(super) fn skeleton(word: &[u8]) -> u64 {
    let mut bones = [0; index::LEN_MAX];
    let mut len = 0_usize;
    for letter in word.iter().filter(|letter| !goes(**letter)) {
        match len.checked_sub(1).map(|last| bones[last]) {
            Some(last) if last == *letter => {}
            Some(b'c') if *letter == b'k' => bones[len - 1] = b'k',
            _ if len < bones.len() => {
                bones[len] = *letter;
                len += 1;
            }
            _ => break,
        }
    }
    index::hash(&bones[..len])
}

/// What is missing from a word; compared by consonants first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Missing {
    /// Half of a doubled letter, or the `c` of `ck`.
    pub(super) consonants: usize,
    pub(super) vowels: usize,
}

/// A single vowel.
pub(super) const ONE: Missing = Missing { consonants: 0, vowels: 1 };

/// What `word` leaves out of `full`, if only vowels and half-heard consonants are missing.
pub(super) fn missing(word: &[u8], full: &[u8]) -> Option<Missing> {
    let mut missing = Missing { consonants: 0, vowels: 0 };
    let mut rest = word.iter().peekable();
    for (at, letter) in full.iter().enumerate() {
        if rest.peek() == Some(&letter) {
            rest.next();
        } else if goes(*letter) {
            missing.vowels += 1;
        } else if at > 0 && full[at - 1] == *letter || *letter == b'c' && full.get(at + 1) == Some(&b'k') {
            missing.consonants += 1;
        } else {
            return None;
        }
    }
    (rest.next().is_none() && missing.vowels > 0).then_some(missing)
}

/// Vowel-less words people mean, though an ordinary word has the same consonants or the word is short.
pub(super) const MEANT: &str = "\
arshl arshls bllcks bllnd bllnds bllsht bstrd bstrds btch btchs btchy cnt cntfc cntng cnts dckhd dckhds fck \
fckd fckn fckng fckr fckrs fcks fckwt fggt fggts fk fkd fkn fkng fkr fkrs fks gbsht knbhd knbhds mthrfckr \
nggr nggrs pky pkys prck prcks rshl rshls rtrd rtrds sht shthd shthds shtng shts shtt shtty slt sltty slty \
spstc trnny twt twts twttd wnk wnkng wnkr wnkrs wnks wnky";

/// Abbreviations of texts, notes and trades: their vowels were dropped from other words.
pub(super) const ABBREVIATIONS: &str = "\
acct agm amt appt apptmnt assn bckgrnd bcs bcz bdr bfr bks blck blcks bldg blk blks bn bnd bndr bnds bnr bnrs \
brkfst btl btls btm btn btns bttm btw btwn chk chks chrmn cllr cllrs cmnd cmnt cmte cntct cntr cntrl cntry \
cnty ctr dgs dpt dr drk drks flds flt fltr flts fnd frnd frnds fwd gd gds gk gks gng grp grps hr hrs jbs jp \
jps knd kndr lb lbs lts mgmt mgr mgrs mngr mnt mnth mnths mntn msg msgs mtg mtgs nght ngr ngrs nmbr ntwrk pcs \
pkg pkgs pks pkt pkts pls plz ppl prd prds prk prks pts qm qms qty rd rds rgd rgds rly rng rtd rtn schl shld \
shldr shp shps shr shrt sld slts smth smthng spcs spds spk spks splt sprt sprts srry std stds str strs strt \
sts tbh tg tgs thks tht thts thx tks tmrw tnk tnks tnx trf trfs trn trns txt txts wd wds wg wgs whrs wk wkly \
wknd wknds wkr wkrs wks wld wnt wrk wrkr wrkrs wrks wth yd yds yr yrs";
