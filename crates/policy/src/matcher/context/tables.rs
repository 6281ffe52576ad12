//! The words that bear witness, each with the part it plays in a sentence.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::senses::{SENSES, Senses};

/// A part that a word plays beside a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Role(u64);

macro_rules! roles {
    ($($(#[$doc:meta])* $name:ident = $words:expr;)*) => {
        #[expect(non_camel_case_types, clippy::upper_case_acronyms, reason = "they number the roles")]
        enum At { $($name),* }
        impl Role {
            $($(#[$doc])* pub(super) const $name: Self = Self(1 << At::$name as u64);)*
        }
        const ROLES: &[(Role, &str)] = &[$((Role::$name, $words)),*];
    };
}

roles! {
    /// Somebody is spoken to.
    YOU = "you youre yourself yourselves ye yer ya u ur yous youse yall thee thou youve youll youd your yours";
    /// What belongs to somebody spoken to.
    YOURS = "your yours ur yer";
    /// What belongs to somebody.
    POSSESSIVE = "my your his her their yer ur our mine whose";
    /// Strengthens abuse.
    INTENSE = "utter absolute total complete fucking fuckin fookin bloody stupid dirty filthy lazy ugly useless \
        pathetic daft dumb lying cheating thick miserable selfish arrogant ignorant fucked sick vile nasty smug sweaty \
        mouthy horrible disgusting damn damned goddamn fecking feckin effing friggin frigging frickin freaking flaming \
        sodding blithering raging whiny twofaced cunting shitty shitting pissing thieving smelly stinking scummy \
        slimy greasy sleazy slimy cowardly spineless brainless gormless clueless worthless rancid revolting repulsive \
        vicious evil cheeky cocky snotty snobby stuckup jumpedup pompous nosy nosey grubby scruffy skanky slutty slaggy \
        filthy feeble weedy whinging whingeing moaning moany crazy mad insane drunken drunk lowlife two-faced \
        dodgy creepy perverted backstabbing conniving manipulative scheming deluded inbred pigignorant thickheaded \
        complete bleeding bleedin rotten spoilt spoiled entitled cold-hearted heartless jealous bitter proper hopeless \
        illiterate sanctimonious condescending patronising obnoxious insufferable tightfisted stingy dozy dopey idle workshy \
        poxy manky minging scabby spotty gobby rude racist sexist bigoted fascist nazi absolutely utterly totally pure massive";
    /// Strengthens abuse, but is said of much else.
    WEAK = "old little big right real such sad giant huge fat silly gigantic small young nice poor bald greedy wee \
        tiny skinny great enormous first-class grade-a prize typical another other stuck up cheap mean angry grumpy miserable";
    /// Forms of to be and to become.
    BEING = "is was be being been are were am s re m become becoming becomes became aint isnt wasnt arent werent hes \
        shes theyre youre im were whos thats acting acts act acted called considered named being seems seemed looks sounds";
    /// Said of somebody, with the verb in it.
    PERSON_IS = "hes shes theyre youre im whos yer";
    /// Stands between a verb and what somebody is said to be.
    FILLER = "a an the such some one like as just really always still only nothing but also not never clearly \
        obviously basically honestly actually literally probably definitely quite rather kind sort of bit fully truly \
        officially no so of much enough too such all both";
    ARTICLE = "a an the such some one";
    /// What is no person.
    THING = "it this there here these those its that thats";
    /// Persons for whom a small word stands.
    PRONOUN = "he she you they we who i im hes shes theyre youre everyone everybody someone somebody anyone nobody youse yous";
    /// The same, as objects.
    OBJECT = "him her them me us you ya";
    /// Whom club members speak about.
    PERSON = "man men woman women bloke blokes lad lads lass lasses guy guys girl girls boy boys son sons daughter daughters wife \
        husband missus mum mums mother mothers dad dads father brother sister uncle cousin nan gran granny boss manager gaffer \
        chairman chair chairwoman secretary treasurer referee ref refs umpire linesman judge driver drivers keeper goalie \
        goalkeeper striker captain coach player players teacher headteacher landlord landlady barman barmaid bouncer \
        neighbour neighbours neighbor mate mates friend friends ex boyfriend girlfriend councillor councillors mayor mp \
        politician politicians minister vicar priest copper coppers policeman officer cop cops warden moderator mod mods \
        steward marshal waiter plumber builder builders solicitor lawyer lawyers tenant lodger flatmate housemate colleague \
        kid kids fella geezer chap postman cabbie cyclist cyclists presenter host admin admins idiot parents family \
        people opponent winger defender midfielder batsman bowler fan fans supporter supporters tory tories banker \
        footballer singer actor actress celebrity president bf gf stepdad stepmum inlaws doctor dentist nurse committee council staff crew squad everybody whoever anybody";
    /// Goes on after an insult.
    GOES_ON = "thanks thank ok okay cheers best regards sorry please seriously honestly haha to and who for all but about when if because as with or so than at isnt arent mate on lol of whos innit lmao \
        haha tbh ffs smh x i you he she they we youre hes isnt aint now today again sometimes that thats then too \
        anyway after since until honestly really always never these those nowadays lately";
    /// Opens a call.
    CALL_OUT = "oi hey hoi yo alright awright listen look ok okay right well sorry thanks cheers ta no yes yeah nah aye \
        oh ah ha haha lol wow jesus christ ffs";
    /// Orders that are given to somebody one despises.
    ORDER = "listen push shut piss fuck get go look oi hey sod bugger jog do give pay move shove clear come wind pipe calm \
        grow shift stop wise what oh right well sorry thanks cheers nice no yes kiss bite eat beat naff hop clear try watch \
        wait shush quit keep learn leave sit stay bring take put hurry suck lick say speak answer drop pack turn pick \
        back who why how when where is are have hand open close smile wake cry deal die choke drink run hands off \
        mind dont cope alright enough typical whatever bye goodbye good happy told burn rot suck bend jump cheer out over get";
    POINTER = "that this those these them some no all every another any them dem";
    /// What people do, and cows seldom.
    DOES = "cant cannot can will wont wants want needs need should shouldnt thinks think said says say drives drive did didnt does \
        doesnt dont do who whos has hasnt have owes owe stole steal steals nicked nick lied lie lies keeps keep deserves deserve \
        just never always ought belongs belong went go out here are was were is from took take takes taking get gets got getting \
        lives live living moved move moves thought told tells works work working run runs ruined ruin cheated cheats \
        next behind over across called calls broke hit hits punched beat parked park parks blocked cut came come \
        comes made makes ripped owns married blames blamed shouldve needs thinks everywhere sat sitting";
    /// What things do as well.
    THING_DOES = "came come comes broke is was are were isnt arent wasnt needs need works worked working fits runs run ran cut cuts \
        gets got going took takes goes go went from in out off here there should will wont just never always has have made \
        moved moves keeps behind over across everywhere getting hit hits broken stuck sat parked";
    /// What people did, in irregular verbs.
    DID = "gave slept stole ate drank said told left kept let won lost threw bit sent spent spoke wrote drove rode sold bought \
        taught thought knew swore sang grabbed fell stood lied began chose forgot shouted screamed";
    /// What one does to people.
    SEEN = "at up hate hates hated sack ban report kill get stop deport remove arrest kick throw throwing with tell ask told asked \
        sacked banned reported block blocked punch smack slap hit slapped beat battered ignore avoid trust fancy date \
        dating dated married marry marrying sack jail hang shoot stab burn lynch bash evict boycott by like off fire fired \
        serve served hiring hire hired meet met for elect elected suspend suspended dumped dump lock locked fine \
        mock abuse chase find nick nicked catch caught hope put lets despise detest loathe blame blames jailed \
        pay paying working about over of trusting screw evicted listen sick need round near into see saw having from support supports";
    /// Done to somebody, and seldom to a thing one would say *a* of.
    TO_PERSON = "trust trusted trusting marry married marrying date dated dating fancy fancied hire hired \
        despise despises detest sack sacked beat arrest arrested deport deported report reported employ employed elect elected \
        lynch jailed jail shagging shagged shag fucked fucking bullied bully mock mocked loathe";
    /// What only people do, and what is done only to people.
    HUMAN = "said says saying thinks reckons apologised apologise apologises paid lied lies lying cheated cheats nicked nicks stole steals \
        promised refused refuses complained complains moaned moans married marry voted vote swore laughed laughs jailed imprisoned \
        deported deport sacked hanged castrated arrested banned allowed welcome ashamed evicted promoted elected hired ruined ruin ripped conned \
        bullied bully minces mincing adopt claim claims claiming blamed blames sued fined insulted insults offended groped leered \
        winked spat thieving robbed robs mugged reported argued argues whinges whinged whinging grassed bragged boasted believe believes \
        wants want admitted denied shouted shouting screamed pretended pretending wouldnt ignored snitched sponging scrounging scrounge \
        preach teach teaching parked reversed overtook tailgating tailgated driving drives drove gossiping interrupted turned shame ashamed \
        let charged invited cheated dumped drunk rude pregnant jealous wages manners kissing holding snogging kids parents pay pays charge paying scrounger backbone opinions vote votes";
    /// What is wished on people.
    HARM = "string strung hang lock castrate shoot jail deport stab burn lynch bash gas exterminate evict kick boot smash beat batter";
    /// What people own.
    OWNED = "house flat door car van bike wife husband missus kids kid children mum mother dad family face head teeth nose arm legs \
        window windows home neighbours name picture job";
    /// What is done with people, and not with things.
    TRADES = "lend lent rent rented buy bought sell sold talk talked spoke speak marry married served treated learn learned \
        work worked money orders advice lessons";
    /// What ought to be, said of people.
    OUGHT = "should shouldnt ought deserve deserves mustnt";
    /// Many of a kind, with contempt.
    GROUP = "bunch load loads pack gang shower lot lots couple crowd horde bus busload full waste infested swarming riddled";
    /// Gives somebody a name.
    NAMES = "call calls called calling branded labelled labeled named";
    ENDEARMENT = "sweetheart love darling babe baby doll darlin gorgeous sexy hun hen";
    /// What is done to bodies.
    LEWD = "suck sucks sucking sucked lick licking licks licked show shows showed showing flash flashed flashing grab grabbed \
        grabbing grope groped groping wank wanking wanked stroke stroking stroked ride riding rode kiss fuck fucked fucking shag \
        shagged finger fingered fingering pound shaved shave squeeze squeezing squeezed fondle fondled motorboat play wave \
        rub rubbing rubbed touch touching touched staring stared stare look looked looking see sniff sniffed eat eating send sent \
        jiggle bounce bouncing stick stuck shove shoved ram rammed whip whipped pull pulled sit scratch scratching \
        spread slap slapping get getting got choke choking gag swallow swallowed spit jerk jerking cop measure feel \
        playing waved waving pics pic nudes photo photos hard erect suckin";
    LEWD_SIDE = "tight wet hairy shaved throbbing saggy droopy naked limp sweaty smelly bare moist juicy hard huge massive big \
        tiny small fake nice lovely great fit fat perky giant enormous floppy stinking dripping horny sexy cracking decent \
        lush micro pencil firm bouncy";
    /// What says that a body is meant.
    LEWD_AFTER = "pic pics out in on size cheese sucker sucking hanging bouncing pictures hard inside up off juice";
    NICE = "nice lovely big massive huge fit great cracking decent fantastic amazing fake fine lush";
    /// Speaks of people as of vermin.
    HOSTILE_TO_GROUPS = "deport deported deporting overrun invaded invasion infested ruined ruining invading hate hates scum \
        vermin filth inferior smell stink stinks smells thick thieving lynch gas hang exterminate swarm swarming breed breeding \
        stealing stole nicked robbed robbing ban banned bloody fucking dirty filthy killed kill immigrants foreigners next door send sent married marry marrying dating";
    /// The same, when there are two of them.
    AMONG_GROUPS = "country home jobs benefits pub allowed welcome back street estate neighbourhood school area taking over trust \
        steal rob shop takeaway neighbours moved burn beat shoot die immigration boat boats british england \
        britain go going here want everywhere round around serve served owned run bombed";
    /// Hostile wherever it stands.
    HOSTILE = "fuck fucks fucked fucking fuckin fuckoff piss pissed shit shite shitty cunt cunts wanker wankers twat twats arsehole arseholes bastard \
        bastards bitch bollocks bloody hate hates hated scum scumbag pathetic disgusting useless ugly stupid idiot idiots moron thick \
        loser losers liar wank crap ffs stfu filthy despise bellend dickhead slut whore tosser pervert perv nonces hell \
        lying cheating cheated punch";
    /// Dismisses somebody.
    DISMISSAL = "off shut lost die stfu";
    /// Before a verb in its plain form.
    MODAL = "to can will would should must could may might dont didnt doesnt wont lets let gently please cant help ill youll well theyll";
    /// What a verb acts on.
    OF_VERB = "the your a an it them their his her my its out up off down about through this that these those each any all both with into another";
    /// A form of address before a name.
    TITLE = "mr mrs ms miss dr prof rev revd sgt capt st cllr sir lady lord dame aunt auntie uncle cousin captain colonel major \
        general professor doctor reverend councillor sister brother saint king queen prince princess father grandad grandpa granny";
    /// Announces the title of a work or the name of a house.
    WORK = "film films movie book books novel play musical band bands song songs album show series sitcom poem panto pantomime single \
        track pub inn game painting comic episode documentary podcast opera biography memoir hotel restaurant cafe \
        titled entitled read reading watching watched sang sings wrote author directed starring stars gig tour festival \
        poet novelist ballad soundtrack screening theatre production";
    /// Never stands between “you” and what you are called.
    BREAKS = "have are can do did see want need get got know like should will would could to of in on with for from the a my \
        at by and or but if when as is was were be use used take took put make made find found eat cook buy bought \
        sell keep kept say said think thought give gave go went come came hear heard had has must may might just dont \
        let your his her their our it them him me us please then not add turn press pull plant grow feed call back";
}

/// What a word bears witness to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Signs {
    roles: u64,
    pub(super) senses: Senses,
}

impl Signs {
    pub(super) fn with(self, other: Self) -> Self {
        Self { roles: self.roles | other.roles, senses: self.senses.with(other.senses) }
    }

    pub(super) fn has(self, role: Role) -> bool {
        self.roles & role.0 != 0
    }
}

/// What is known of a word.
pub(super) fn signs(word: &[u8]) -> Signs {
    static KNOWN: LazyLock<HashMap<Box<[u8]>, Signs>> = LazyLock::new(known);
    KNOWN.get(word).copied().unwrap_or_default()
}

fn known() -> HashMap<Box<[u8]>, Signs> {
    let mut known: HashMap<Box<[u8]>, Signs> = HashMap::new();
    for (role, words) in ROLES {
        for word in words.split_ascii_whitespace() {
            let letters: Box<[u8]> = word.bytes().filter(u8::is_ascii_lowercase).collect();
            known.entry(letters).or_default().roles |= role.0;
        }
    }
    for (sense, _, words) in SENSES {
        for word in words.split_ascii_whitespace() {
            for form in inflected(word) {
                let signs = known.entry(form.into_bytes().into()).or_default();
                signs.senses = signs.senses.with(*sense);
            }
        }
    }
    known
}

/// A word with its regular endings; forms that do not exist harm nobody.
fn inflected(word: &str) -> Vec<String> {
    let base = word.strip_suffix('e').unwrap_or(word);
    let mut forms = vec![word.to_owned(), format!("{word}s")];
    if word.len() >= 4 {
        forms.push(format!("{base}ed"));
        forms.push(format!("{base}ing"));
    }
    if let Some(base) = word.strip_suffix('y') {
        forms.push(format!("{base}ies"));
        forms.push(format!("{base}ied"));
    }
    if word.ends_with(['s', 'x', 'h']) {
        forms.push(format!("{word}es"));
    }
    forms
}
