//! Shapes of names, places and codes: “Whore Lane”, “Mr Wank”, “the road to Fuqing”, “part no. CUN7-88”.
//!
//! Lists cannot hold every place and every surname of the world. What is written with a capital beside a lane, a county
//! or a given name is one. Capitals alone say nothing: people shout, and begin sentences.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use rustc_hash::FxBuildHasher;

use super::code;
use super::sentence::{Gap, Sentence, Word};
use super::tables::Role;
use crate::dictionary::Dictionary;
use crate::matcher::candidate::{Candidate, View, letters};
use crate::matcher::explain::Reason;
use crate::matcher::lexicon::{is_common, is_partner};
use crate::normalise::{Cell, Marks};

/// How many cells on either side are looked at.
const CELLS_MAX: usize = 40;
/// How far a name goes on beside what was read of it, in cells: none is longer.
const NAME_LEN_MAX: usize = 40;

/// Stand behind the name of a place.
const AFTER_PLACES: &str = "\
lane street road avenue close drive crescent terrace gardens grove mews square walk place park way row court yard rise \
gate hill wood woods forest copse spinney moor moors common heath fell fells pike tor crag down downs dale valley vale \
glen ridge bank brae knoll field fields meadow meadows farm cottage cottages house hall manor lodge grange barn mill \
bridge ford weir lock quay wharf pier harbour haven beach bay cove point head ness island isle islands rock rocks \
river brook burn beck bourne water waters well wells spring springs pond pool lake loch lough reservoir marsh fen \
bottom end green cross corner village town city parish county district station airport hospital school church chapel \
abbey priory castle estate bypass roundabout canal cemetery quarry colliery reserve creek falls mountain mountains \
covert coverts plantation clump drain rig law knowe peak pass canyon province prefecture junction crossing hollow hole clough gill ghyll carr holme hurst thorpe wick";
/// Stand before it.
const BEFORE_PLACES: &str = "\
lac loch lough lake river mount mt monte mont ben glen port fort isle inver los las el san santa santo sao saint villa \
vila castel cerro puerto pico pic val upper lower nether chateau rio ciudad playa cala cabo serra sierra punta ile cap \
la le les residencia bastide colonia barrio praia novo nova nueva nuevo stara novi nowa alto alta baia";
/// Countries, counties and other parts of the world, by the first word of their names.
const REGIONS: &str = "\
england scotland wales ireland britain uk usa us france germany austria switzerland spain portugal italy belgium \
netherlands holland luxembourg denmark sweden norway finland iceland poland czechia slovakia hungary romania bulgaria \
serbia croatia slovenia bosnia albania greece turkey cyprus malta russia ukraine belarus lithuania latvia estonia georgia \
armenia azerbaijan israel lebanon syria iraq iran india pakistan bangladesh nepal china taiwan japan korea vietnam \
thailand laos cambodia malaysia indonesia philippines singapore australia queensland victoria tasmania canada ontario \
quebec alberta manitoba newfoundland mexico guatemala belize honduras nicaragua panama colombia venezuela peru chile \
argentina uruguay paraguay bolivia ecuador brazil cuba jamaica haiti barbados egypt libya tunisia algeria morocco \
senegal ghana nigeria cameroon kenya uganda tanzania zambia zimbabwe malawi mozambique botswana namibia ethiopia sudan \
somalia madagascar bavaria saxony tyrol tuscany umbria sicily sardinia lombardy provence brittany normandy gascony \
catalonia galicia andalusia fujian hunan hebei sichuan bihar punjab bedfordshire berkshire buckinghamshire \
cambridgeshire cheshire cornwall cumbria cumberland westmorland derbyshire devon dorset durham essex gloucestershire \
hampshire herefordshire hertfordshire huntingdonshire kent lancashire leicestershire lincolnshire norfolk \
northamptonshire northumberland nottinghamshire oxfordshire rutland shropshire somerset staffordshire suffolk surrey \
sussex warwickshire wiltshire worcestershire yorkshire aberdeenshire angus argyll ayrshire banffshire caithness fife \
kinross lanarkshire lothian moray orkney peeblesshire perthshire renfrewshire shetland stirlingshire sutherland \
anglesey caernarfonshire cardiganshire carmarthenshire ceredigion clwyd denbighshire dyfed flintshire glamorgan gwent \
gwynedd merioneth monmouthshire pembrokeshire powys antrim armagh down fermanagh tyrone carlow cavan clare cork donegal \
dublin galway kerry kildare kilkenny laois leitrim limerick longford louth mayo meath monaghan offaly roscommon sligo \
tipperary waterford westmeath wexford wicklow alabama alaska arizona arkansas california colorado connecticut delaware \
florida hawaii idaho illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota \
mississippi missouri montana nebraska nevada ohio oklahoma oregon pennsylvania tennessee texas utah vermont virginia \
washington wisconsin wyoming north south east west northern southern eastern western new co county isle greater";
/// Stand between a journey and where it goes.
const TOWARDS: &str = "\
in near at from to through via past towards around into outside beyond by of visit visited visiting reached reaching \
left leaving leave toured between";
/// Speak of journeys and of where people live.
const TRAVEL: &str = "\
train trains bus buses coach road roads motorway bypass junction drive drove driving driven ride rode walk walked \
walking hike hiked cycle cycled flight flew fly ferry sail sailed station airport harbour hotel hostel village town \
city hamlet parish branch depot miles mile km north south east west holiday weekend trip visit visited visiting tour \
lived lives living moved born grew raised stay stayed staying born church pub station postcode map ticket \
tickets return single route detour twinned near outside surrounded region province district county";
/// Stand before a place with “of” between.
const KINDS: &str = "village town hamlet parish city port island isle municipality commune district county north south east west";
/// What a place was, or what it is called today.
const RENAMED: &str = "now formerly today then previously near in pronounced twinned";
/// Stand before a surname.
const TITLES: &str =
    "mr mrs ms miss mx dr prof professor sir lord cllr councillor rev revd reverend sgt sergeant pc";
/// Stand before one who did something.
const DOERS: &str = "by";
/// Surnames that are spelt as a listed word, from the census of the United States of 1990 (public domain) and from
/// knowledge of others.
const SURNAMES: &str = "\
abo balls bastard bastardi bastardo beaner beaver bender boche bosche bong bonk bugger cachu chink cock cocks coon coons \
crapper cracker cum cumming cummings dago dick dicker dicks dike dyke dykes dong faggot fagg fagge fanny felch felcher \
fook fooks fux gash gast gaylord gimp gook hoar hoare hoe hooker hore hussey kike knob knobb kook kraut kuntz langer lesbo \
mick micks minge minger minges mong mongo muff nancy neger negro negri nip nonce paddy paki pansy pikey piker poof poon \
prick puta puto pussy queer raghead schmuck shag shagg shite skank slag slagg slut slutz spade spaz spic spick spunk \
taff taig tart teague tinker titt tits tosser tranny tramp wank wanker wankers wanke wigger woofter wop polack pollack \
pollock yid mongs cachu";
/// Given names that are.
const GIVEN: &str =
    "kike dago mong fanny dick nonce minge pansy nancy gaylord mick paddy taff dong phuc gay randy";

/// Given names of Britain and of those who live there.
const GIVEN_NAMES: &str = "\
aaron abdul abdullah abigail adam adrian agnes ahmed aidan aisha alan alastair albert alec alex alexander alexandra \
alfie alfred ali alice alisha alison alistair allan allen amanda amber amelia amina amir amit amy ana andrea andreas \
andrew andy angela angus anil anita ann anna anne annie anthony antonio anwen archie arjun arnold arthur asha ashley \
audrey ava barbara barry beatrice becky ben benjamin bernard bert beryl beth bethan bethany betty beverley bill billy \
blodwen bob bobby boris brandon brenda brendan brian bridget bronwen bruce bryan callum calum cameron carl carla \
carlos carmen carol caroline carolyn carrie catherine cathy cecil cerys charles charlie charlotte chelsea cheryl chloe \
chris christian christina christine christopher ciara claire clara clare claudia clive clodagh colin colleen conor \
connor corey craig crispin cynthia daisy damian dan daniel danny daphne darren dave david dawn dean deborah debbie \
declan deepak deirdre denis denise dennis derek dermot desmond diana diane dominic donald donna doreen doris dorothy \
doug dougal douglas duncan dylan eamon ed eddie edgar edith edmund edna edward edwin eileen eilidh elaine eleanor elena \
eli elijah elin elizabeth ella ellen elliot ellis elsie emil emily emma emmanuel enid eric erik ernest ernie esther \
ethan ethel eugene euan eva evan eve evelyn ewan faith farah fatima felix ffion fiona finlay finn flora florence \
frances francesca francis frank franz fraser fred freda freddie frederick freya gareth gary gavin gemma gene geoff \
geoffrey george georgia georgina gerald geraldine gerard gethin gillian gina giovanni glen glenda glenn gloria \
glyn glynis gordon grace graeme graham grant greg gregory greta gretel guy gwen gwyn hamish hanna hannah hans harold \
harriet harris harry harvey hassan hayley hazel heather heidi heinrich helen helena helga henrietta henry herbert hilary \
hilda holly howard hugh hugo humphrey huw iain ian ibrahim ifan ilse imogen imran ines ingrid iolo irene iris isaac \
isabel isabella isla ivan ivor ivy jack jackie jacob jacqueline jade jake james jamie jan jane janet janice jasmine \
jason javier jay jayne jean jeff jeffrey jemma jennifer jenny jeremy jermaine jerry jess jessica jessie jill jim jimmy \
jo joan joanna joanne joe joel johan johann john johnny jon jonathan jordan jorge jose josef joseph josephine josh joshua \
joy joyce juan jude judith julia julian julie june jurgen justin kai karen karim karl kate kath katherine kathleen kathryn \
kathy katie kay keiko keir keith kelly ken kenji kenneth kenny kenzie kerry kevin khalid kieran kim kirsten kirsty klaus \
krish kumar kurt kyle kylie lachlan lars laura lauren laurence lawrence leah lee leila lena leo leon leonard leroy les \
lesley leslie lewis liam lily linda lindsay lisa liz lloyd logan lola lorna lorraine lottie lou louis louisa louise lucas \
lucia lucy luigi luis luke lydia lyn lynda lynn lynne mabel maggie mai malcolm manuel marc marcel marco marcus margaret \
maria marian marie mario marion marjorie mark marlene marta martha martin mary maryam mateusz mathew matilda matt matthew \
maud maureen maurice max maxine megan mehmet mei mel melanie melissa michael michelle miguel mike mildred millie milly \
mina miriam mo mohamed mohammad mohammed moira molly mona monica morag morgan moses muhammad muriel myfanwy nadia naomi \
natalie natasha nathan neil nell nerys nia niamh nick nicholas nicola nicole nigel nina noah noel nora norma norman norris \
nuala oliver olive olivia olga olwen omar oonagh orla oscar otto owain owen pablo padraig paige pam pamela pat patricia \
patrick paul paula pauline pedro peggy penelope penny percy pete peter petra phil philip philippa phillip phoebe phyllis \
pierre piotr polly poppy priya rachel raj rajesh ralph ramesh ray raymond rebecca reece reg reggie rhian rhiannon rhodri \
rhona rhys ricardo richard rick ricky rita rob robbie robert roberto robin rod roderick rodney roger roisin roland ron \
ronald ronan ronnie roopa rory rosa rose rosemary rosie ross rowan roy ruby rudolf rudolph rupert russell ruth ryan sabrina \
sadie sally sam samantha samir samuel sana sandra sanjay sara sarah scott sean sebastian sergio seth shane shannon sharon \
shaun sheila shelley shirley sian sid sidney silvia simon sinead siobhan sofia sonia sophia sophie stacey stan stanley \
stefan stella stephanie stephen steve steven stewart stuart sue sunil susan suzanne sven sybil sylvia tara tariq tanya \
ted terence teresa terry thelma theo theresa thomas tim timothy tina toby tom tomas tommy tony tracey tracy trevor trudy \
una ursula valerie vanessa vera verity vernon veronica vic vicky victor victoria vijay vince vincent viola violet virginia \
vivian vivien wally walter wanda warren wayne wendy werner wilf wilfred wilhelm will william willie winifred winston wolfgang \
xavier yasmin yolanda yusuf yvonne zac zach zahra zara zoe";
/// Never a name, whatever stands beside it.
const NEVER: [&[u8]; 9] =
    [b"fuck", b"cunt", b"nigger", b"nigga", b"motherf", b"cocksuck", b"arsehole", b"asshole", b"shithead"];
/// Announce a code.
const CODED: &str = "\
part no number ref reference serial model code plate reg registration sku order item flight isbn key licence license id \
invoice batch version catalogue lot unit room gate bus route account postcode ticket tracking";

/// One of the lists above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum List {
    AfterPlaces,
    BeforePlaces,
    Regions,
    Towards,
    Travel,
    Kinds,
    Renamed,
    Titles,
    Doers,
    Surnames,
    Given,
    GivenNames,
    Coded,
}

const LISTS: [(List, &str); 13] = [
    (List::AfterPlaces, AFTER_PLACES),
    (List::BeforePlaces, BEFORE_PLACES),
    (List::Regions, REGIONS),
    (List::Towards, TOWARDS),
    (List::Travel, TRAVEL),
    (List::Kinds, KINDS),
    (List::Renamed, RENAMED),
    (List::Titles, TITLES),
    (List::Doers, DOERS),
    (List::Surnames, SURNAMES),
    (List::Given, GIVEN),
    (List::GivenNames, GIVEN_NAMES),
    (List::Coded, CODED),
];

impl List {
    fn has(self, word: &[u8]) -> bool {
        static KNOWN: LazyLock<HashMap<&[u8], u16, FxBuildHasher>> = LazyLock::new(|| {
            let mut known: HashMap<_, u16, _> = HashMap::default();
            for (list, words) in LISTS {
                for word in words.split_ascii_whitespace() {
                    *known.entry(word.as_bytes()).or_default() |= 1 << list as u16;
                }
            }
            known
        });
        KNOWN.get(word).is_some_and(|lists| lists & (1 << self as u16) != 0)
    }
}

/// What the word of a reading is written as, if it has the shape of something innocent.
pub(in crate::matcher) fn shape(
    term: &str,
    sentence: &Sentence,
    candidate: &Candidate,
    cells: &[Cell],
) -> Option<Reason> {
    let span = candidate.from..candidate.to;
    let announced = |sentence: &Sentence, words: usize| {
        sentence.before.iter().take(words).any(|word| List::Coded.has(word.letters()))
    };
    let strict = NEVER.iter().any(|never| term.as_bytes().starts_with(never));
    if code::is_code(candidate, cells, &span, strict, announced(sentence, 3))
        || code::is_identifier(sentence, candidate, cells, &span)
        || code::is_key(cells, &span)
        || (candidate.view == View::Apart && code::is_call(sentence, cells, &span))
    {
        return Some(Reason::Code);
    }
    if sentence.is_announced_work() {
        return Some(Reason::Title);
    }
    if candidate.view == View::Split
        && are_common_words(term, &cells[span.clone()])
        && !sentence.is_said_of_somebody()
    {
        return Some(Reason::InnocentPhrase);
    }
    let word = Written::round(term, candidate, cells, &span)?;
    if word.is_place(sentence) {
        Some(Reason::Place)
    } else if word.is_name(sentence) {
        Some(Reason::Name)
    } else {
        None
    }
}

/// “the wan king”: letters that meet across a space, of words that everybody knows, where no more than a letter or two of
/// the term stands behind it. `dick head` has its space between two words.
fn are_common_words(term: &str, cells: &[Cell]) -> bool {
    const PIECE_LEN_MIN: usize = 3;
    const BEHIND_MAX: usize = 2;
    let common = |piece: &[Cell]| {
        let standing = Dictionary::british().standing(letters(piece));
        piece.len() >= PIECE_LEN_MIN && standing.is_some_and(|word| word.is_common() && !word.is_offensive())
    };
    let mut pieces = cells.split(|cell| !cell.is_letter()).filter(|piece| !piece.is_empty());
    let first = pieces.clone().next().map_or(0, <[Cell]>::len);
    first < term.len() && term.len() - first <= BEHIND_MAX && pieces.all(common)
}

/// The word round a reading, written with a capital.
struct Written<'a> {
    letters: Vec<u8>,
    cells: &'a [Cell],
    range: Range<usize>,
    /// Whether it is no listed word as it stands, but only near to one, or holds one beside letters of no word.
    loose: bool,
}

impl<'a> Written<'a> {
    fn round(term: &str, candidate: &Candidate, cells: &'a [Cell], span: &Range<usize>) -> Option<Self> {
        let letter = |cell: &&Cell| cell.is_letter();
        let side = NAME_LEN_MAX + 1;
        let before = cells[..span.start].iter().rev().take(side).take_while(letter).count();
        let after = cells[span.end..].iter().take(side).take_while(letter).count();
        if before.max(after) > NAME_LEN_MAX {
            return None;
        }
        let (start, end) = (span.start - before, span.end + after);
        let inside = &cells[start..end];
        let honest =
            inside.iter().all(|cell| cell.is_letter() && [Marks::NONE, Marks::ACCENTS].contains(&cell.marks));
        let capital = inside.len() > 2 && inside[0].upper && !inside[1..].iter().any(|cell| cell.upper);
        if !honest || !capital {
            return None;
        }
        let letters = letters(inside);
        let strict = NEVER.iter().any(|never| letters.windows(never.len()).any(|part| part == *never));
        let loose = match candidate.view {
            View::Meant => true,
            // “Shattuck” and “Bastida” hold what is spelt differently in the list.
            View::Compound => !letters.windows(term.len()).any(|part| part == term.as_bytes()),
            View::Plain => false,
            _ => return None,
        };
        if strict {
            return None;
        }
        Some(Self { letters, cells, range: start..end, loose })
    }

    /// “Whore Lane”, “Lac La Biche”, “Wank, Bavaria”, “Fugging (now …)”, “the train from Minge”.
    fn is_place(&self, sentence: &Sentence) -> bool {
        if sentence.is_addressed() {
            return false;
        }
        let (before, after) = (sentence.before.first(), sentence.after.first());
        let joins = |gap: Gap| !gap.has(Gap::PAUSE) && !gap.has(Gap::QUOTE) && !gap.has(Gap::MARK);
        let next = after.filter(|word| word.capital && joins(sentence.gap_after));
        if next.is_some_and(|next| List::AfterPlaces.has(next.letters())) {
            return true;
        }
        let previous = before.filter(|_| joins(sentence.gap_before));
        let abusive = self.is_abused(sentence);
        let shown = previous.is_some_and(|word| word.capital && List::BeforePlaces.has(word.letters()));
        if shown && !abusive {
            return true;
        }
        if self.is_in_region(sentence) {
            return true;
        }
        let toward = previous.filter(|word| !word.capital && List::Towards.has(word.letters()));
        let Some(toward) = toward else { return false };
        if toward.among("of") {
            return sentence.before.get(1).is_some_and(|kind| List::Kinds.has(kind.letters()));
        }
        let travel = || sentence.words().any(|word| List::Travel.has(word.letters()));
        let hostile =
            || sentence.any(Role::HOSTILE) || sentence.any(Role::INTENSE) || sentence.has_second_person();
        self.loose
            || self.has_accents()
            || (!sentence.plural && travel() && !hostile() && !toward.among("by"))
    }

    /// English leaves accents out, and who hides a word puts more of them.
    fn has_accents(&self) -> bool {
        self.cells[self.range.clone()].iter().filter(|cell| cell.marks.has(Marks::ACCENTS)).count() == 1
    }

    /// “…, Bavaria.”, “near …, Devon”, “(now Fugging)”
    fn is_in_region(&self, sentence: &Sentence) -> bool {
        let mut gap = self.cells[self.range.end..].iter().take(3);
        let mark = gap.find(|cell| cell.byte != b' ').map(|cell| cell.byte);
        let Some(next) = sentence.after.first() else { return false };
        if mark == Some(b'(') && List::Renamed.has(next.letters()) {
            return true;
        }
        if !matches!(mark, Some(b',' | b'(')) || !next.capital || !List::Regions.has(next.letters()) {
            return false;
        }
        let placed = sentence.before.first().is_some_and(|word| List::Towards.has(word.letters()));
        let closes = match sentence.after.get(1) {
            None => true,
            Some(word) => word.capital || word.gap.has(Gap::PAUSE) || word.gap.has(Gap::MARK),
        };
        placed || (closes && sentence.before.iter().all(|word| !word.is(Role::CALL_OUT)) && !sentence.plural)
    }

    /// “Mr Wank”, “Gisela Wanker”, “J. Beaner”, “Kike Hernández”, “a goal by Mong”
    fn is_name(&self, sentence: &Sentence) -> bool {
        let surname = self.loose || List::Surnames.has(&self.letters);
        let next = sentence.after.first().filter(|word| word.capital && sentence.gap_after == Gap::NONE);
        if List::Given.has(&self.letters) && next.is_some_and(|next| next.letters().len() > 1) {
            return !sentence.is_addressed();
        }
        if !surname {
            return false;
        }
        let Some((before, stop)) = self.before() else { return false };
        let plain = letters(before);
        let capital = before[0].upper;
        if capital && List::Titles.has(&plain) {
            return true;
        }
        if stop {
            // “J. Beaner”
            return capital && before.len() == 1;
        }
        let own = List::GivenNames.has(&plain) && before.len() > 1;
        // “Rosalyn Bastida”: two capitals, and the first is no everyday word.
        let standing = Dictionary::british().standing(&plain);
        let first = standing.map_or(self.loose, |standing| {
            standing.is_name() && !standing.is_common() && !standing.is_place()
        });
        let double = first && before.len() > 2 && !is_common(&plain) && !is_partner(&plain);
        let tail = before.iter().skip(1).all(|cell| !cell.upper);
        if capital && tail && (own || double) && !self.is_told(sentence, 1) {
            return true;
        }
        !capital && List::Doers.has(&plain) && !sentence.plural
    }

    /// The word directly before, on the same line, and whether a full stop stands between.
    fn before(&self) -> Option<(&'a [Cell], bool)> {
        let cells = &self.cells[self.range.start.saturating_sub(CELLS_MAX)..self.range.start];
        let gap = cells.iter().rev().take_while(|cell| matches!(cell.byte, b' ' | b'.')).count();
        let before = &cells[..cells.len() - gap];
        let len = before.iter().rev().take_while(|cell| cell.is_letter() || cell.byte == b'-').count();
        let stop = cells[cells.len() - gap..].iter().any(|cell| cell.byte == b'.');
        (gap > 0 && gap < 3 && len > 0).then(|| (&before[before.len() - len..], stop))
    }

    /// Whether it is abuse by what stands before it: “you …”, “a stupid …”.
    fn is_abused(&self, sentence: &Sentence) -> bool {
        sentence.is_addressed() || self.is_told(sentence, 0)
    }

    /// Whether the word that stands `skipped` words before it makes a common noun of it, or an insult.
    fn is_told(&self, sentence: &Sentence, skipped: usize) -> bool {
        const TELLING: [Role; 9] = [
            Role::INTENSE,
            Role::WEAK,
            Role::ARTICLE,
            Role::POINTER,
            Role::YOU,
            Role::POSSESSIVE,
            Role::BEING,
            Role::NAMES,
            Role::FILLER,
        ];
        let tells = |word: &Word| TELLING.iter().any(|role| word.is(*role)) || word.among("the called");
        sentence.before.get(skipped).is_some_and(|word| {
            if skipped == 0 { tells(word) } else { word.is(Role::YOU) || word.is(Role::INTENSE) }
        })
    }
}
