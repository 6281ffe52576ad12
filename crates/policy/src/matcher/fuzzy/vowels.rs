//! Words with their vowels dropped: `bllcks`, `fckng`, `knbhd`.

use std::sync::LazyLock;

use super::index;
use crate::matcher::lexicon::{Words, words};

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

impl Missing {
    /// A single vowel.
    pub(super) const ONE_VOWEL: Self = Self { consonants: 0, vowels: 1 };
}

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

/// How words begin that are one term only, whatever is joined to it: `fckfc`, `mthrfckng`.
const BEGINNINGS: [&[u8]; 5] = [b"fck", b"mthrf", b"mothrf", b"bllsht", b"dckhd"];

/// Whether a word that lacks most of its vowels begins with the bones of a term; `fckl` is fickle.
pub(super) fn begins_meant(word: &[u8]) -> bool {
    let vowels = word.iter().filter(|letter| is_vowel(**letter)).count();
    let begins = BEGINNINGS.iter().any(|bones| word.starts_with(bones));
    begins && vowels * 4 <= word.len() && !word.starts_with(b"fckl")
}

/// Vowel-less words people mean, though an ordinary word has the same consonants or the word is short.
const MEANT: &str = "\
arshl arshls arslckr bllck bllckd bllcks bllcksd bllnd bllndry bllnds bllsht bllshtr bllshttng bllshttr bndnd \
bstrd bstrdd bstrds btch btchd btchng btchs btchss btchy bttyby bttybys ccksckng ccksckr ccksckrs cckskr chnk \
chnks chnky chnkys cnt cntd cntfc cntfcd cntng cnts cntsh cntwpp dck dckfc dckhd dckhds dckpc dcks dckwd faggtry \
fck fcka fckas fckd fckfc fckhd fckn fckng fckoff fckr fckrs fcks fckt fckup fckups fckwt fggt fggtry fggts \
fggty fgt fgts fk fkd fked fker fkers fkin fking fkn fkng fkoff fkr fkrs fks gbshit gbsht gbshts hrsht knbhd \
knbhdd knbhds knbnd knbnds mothrfckng mthrfckd mthrfcking mthrfckn mthrfckng mthrfckr mthrfckrs mthrfkng mthrfkr \
mthrfkrs nbhd nbhds nggr nggrs nggs nggz nncyby nncybys pftr pky pkys prck prckd prcks pssrt rghd rghds rshl \
rshls rslckr rtrd rtrdd rtrds sht shtbg shtbgs shtfc shtgbbn shthd shthds shthl shthls shtng shts shtstn shtt \
shttin shttng shttr shttrs shtty sknk sknks sknky slt sltbg slts slttng slttr sltty slty spstc spstcs spzz trnns \
trnny trnnys twlhd twt twtfc twts twtsh twttd twttng whrbg wnk wnkd wnkn wnkng wnkr wnkrd wnkrng wnkrs wnks \
wnkstn wnky";

/// Whether a word is written so by people who mean a term.
pub(super) fn is_meant(word: &[u8]) -> bool {
    static KNOWN: LazyLock<Words> = LazyLock::new(|| words(MEANT));
    KNOWN.contains(word)
}

/// Whether a word is one of the abbreviations people use.
pub(super) fn is_abbreviation(word: &[u8]) -> bool {
    static KNOWN: LazyLock<Words> = LazyLock::new(|| words(ABBREVIATIONS));
    !word.iter().any(|letter| is_vowel(*letter)) && KNOWN.contains(word)
}

/// Abbreviations of texts, notes and trades: their vowels were dropped from other words.
const ABBREVIATIONS: &str = "\
twnty mkng tkng rstrd mntrd shld schld pssng pssd pssngr pckd cvts slvr slct brstd tss tsss pst psst brr grr shh \
acct agm amt appt apptmnt assn bck bckgrnd bcks bcm bcs bcz bdr bfr bks blck blckd blcks bldg blk blks blnk bn \
bnd bndr bnds bnkr bnkrs bnr bnrs brd brds brk brkfst brkn brks brng brthr bsc bsktbll bst bstr btl btls btm btn \
btns bttm bttn bttns bttr btw btwn bxs cbd cbs cct cfm chckn chckng chcs chk chks chld chldn chldrn chngd chrch \
chrmn clck clckd clcks cllr cllrs clnt clnts clr clrs cls cmnd cmnt cmpny cmptr cmte cncl cnclr cnfrm cnn cns \
cntct cntr cntrb cntrl cntrs cntry cnty cpl cpt cpts crd crds crs crss crtd css ctl ctr ctrl ctrs ctys cvr cvrs \
dctr dctrs ddr ddt dfw dgs dgtl dhcp dlr dlrs dlvr dlvry dns dprt dpt dr drcr drct drctr drk drks drn drnk drnks \
drvr drvrs dscnt dstrct dtls dvd dvds dvt dwn fbk fght fgr flds flg flgs flm flms flt fltr flts flw flwrs flws \
fm fnd fndng fndr fndrs fng frgt frm frms frnd frnds frst frt frts fshng fst ftbl ftbll fttng ftwr fwd fxtr \
fxtrs gd gdn gdns gds ghz gk gks gls glss gmt gnd gng gnrl gntlmn gpc gps grdn grdns grld grn grnd grp grps grt \
grwth gtwy hdd hdr hdrs hlp hlpd hlth hmwrk hnds hppn hppnd hppy hr hrdwr hrs hsptl html http https hwy jbs jcb \
jp jpg jps jrnl jst kbd kbps kckd kcks khz kms knd kndr kntng knw kph ktchn lb lbl lbls lbr lbs lcl ldr ldrs lft \
lggd lght lghts lnch lnk lnks lst ltd ltr ltrs lts lttr lttrs lv lvl lvls lvng lwyr mbps mchn mcr mdl mdls mgmt \
mgr mgrs mgs mhz mkt mktg mktng mls mmbr mmbrs mnd mndy mng mngr mnt mnth mnths mntn mntng mny mph mrng mrnng \
msg msgd msgng msgs msm msr mst mtch mtchs mtg mtgs mtr mtrs mvmnt nbr nbrs nckl nclr nght ngr ngrs ngt nhs nmbr \
nrth ntn ntwrk nvr nw nxt nzd pbs pcb pcbs pckd pckg pckng pcks pckt pckts pcs pct pdf pfc ph phd phn phns phrm \
pht phts pkg pkgs pks pkt pkts plcy plnd plnt plnts pls plyr plyrs plz pndng png pnk pnl pnls pns pnts ppl prb \
prblm prbly prcs prcss prd prds prfct prgrm prjct prk prkng prks prmt prnt prntr prnts prsn prsnl prss prt prtnr \
prts psbl pss pssd psswrd pst psts psv ptnr ptrl pts pvc pvt pwd pwr qm qms qty rcpt rcv rcvd rcvr rd rdng rds \
rdy rfc rgb rgd rgds rght rgn rgstr rltr rly rmv rnd rnds rng rntd rpm rpms rpt rpts rqrd rqst rsp rspnd rss \
rstrnt rsvp rtd rtl rtn rtr rtrn rtrnd rtrs rts sbj schdl schl schls sclr scnd scr scrn scrns sct sctn sctry sd \
sdcrd sgt shft shfts shld shldr shlf shll shlls shp shpd shpng shppd shppng shps shr shrd shrt shrts shtdwn shtr \
shttl shttrd shwd shwr shwrs sld sldr sldrs slds sls smk smkd sml smll smth smthng snd snds sngl snt spc \
spcl spcng spcs spd spds spk spks splr splt splts spprt sprt sprts spt sqft sql srry srvc srvcs srvr srvrs ssh \
stck stckd stcks std stdnt stdnts stds stff stn stnd stndrd stps str strct strng strs strt strtd sts stt stts \
svc svcs sw swch swtch sync syst tbc tbh tbl tbls tbsp tckt tckts tcp tdy tg tgs tgthr thgh thk thks thnk thnks \
thr thrd thrsdy tht thts thx tks tlk tlkng tmp tmpl tmr tmrw tms tnght tnk tnks tnt tnx tph trck trcks trf trffc \
trfs trk trks trn trnng trnr trnrs trns trst trvl tsdy tsp tst tstd tsts ttl ttls tv twn twns txt txtd txtng \
txts typ vch vhcl vld vldtn vls vlv vrs vrsn vst vsts wd wdnsdy wds wdth wg wgs whrs wht wk wkdy wkly wknd wknds \
wkr wkrs wks wld wll wllt wmn wnd wndw wndws wng wnng wnr wnrs wns wnt wntr wrd wrds wrk wrkr wrkrs wrks wrld \
wrng wrt wrtn wsh wshng wth wtr wtrs wts xml yd yds ydy yld yng yr yrd yrds yrs yth";
