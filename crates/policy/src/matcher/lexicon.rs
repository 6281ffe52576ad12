//! Ordinary words: witnesses of innocence where words join, and partners of compounds.
//!
//! Two words side by side can spell a third (“push it”). A gap inside a listed term counts as a disguise only when
//! one of the two sides is no word of its own; and a term inside a longer word counts only when what stands round
//! it is made of words (`youfuckwityou`, `wankstain`). Own selection, no published list.

use std::collections::HashSet;
use std::sync::LazyLock;

use rustc_hash::FxBuildHasher;

use super::trie::Trie;

/// Everyday words, of which sentences are made.
const COMMON: &str = "\
a i an as at am be by do go he hi if in is it me my no of oh ok on or so to up us we ya ye yo ur im its \
aa ah al eh em ex fa la ma pa re si ta ti uh um ha ho sh \
all and any are ask bad bag ban bar bat bed bee big bin bit box boy bus but buy can car cat cow cup cut day did \
die dog dry ear eat egg end eye far fat few fit fix fly for fun gas get god got gun had has hat hen her hey him \
hip his hit hop hot how ice ill inn ink its jam job joy key kid kit lab lad law lay led leg let lie lip log lot \
low mad man map may men met mix mob mom mum net new nor not now nut odd off oil old one our out own pan pay pea \
pen per pet pie pig pin pit pop pot pub put ran raw red rib rid rip rob row run sad sat saw say sea see set she \
shy sip sir sit six son sow spy sum sun tap tax tea ten the tie tin tip toe ton too top toy try two use van via \
vet war was way web wet who why wig win wit won yes yet you zip fan gal hug mud ram rat rag tar bun cub dad dip \
able also area army away baby back ball band bank base bath beam bean bear beat been beer bell belt best bike \
bill bird bite blue boat body bone book boot boss both bowl bulk burn busy cake call calm came camp card care \
cart case cash cast chat chip city clap clay club coal coat code cold come cook cool cope copy core corn cost \
crew crop dark data date dead deal dear debt deep deny desk dirt dish does done door dose down draw drop drum \
duck dull dust duty each earl earn ease east easy edge else even ever evil exam exit face fact fail fair fall \
fame farm fast fate fear feed feel feet fell felt file fill film find fine fire firm fish five flag flat flow \
folk food fool foot ford fork form four free from fuel full fund gain game gang gate gave gear gift girl give \
glad goal goat goes gold golf gone good grab gray grew grey grip grow guys hair half hall hand hang hard harm \
hate have head hear heat held help herd here hero hide high hill hire hold hole holy home hope horn host hour \
huge hunt hurt idea idle inch into iron item jail join joke jump june jury just keen keep kept kick kill kind \
king knee knew know lady laid lake lamb lamp land lane last late lead leaf lean left lend less life lift like \
line link lion list live load loan lock long look lord lose loss lost love luck made mail main make male many \
mark mask mass mate meal mean meat meet mess mile milk mill mind mine miss mode mood moon more most move much \
must name navy near neck need news next nice nine none nose note okay once only onto open oral over pace pack \
page paid pain pair palm park part pass past path peak pick pile pint pipe plan play plot plus poem poet pole \
poll pond pool poor pope port post pour pull pump pure push race rail rain rank rare rate read real rear rely \
rent rest rice rich ride ring rise risk road rock role roll roof room root rope rose rule rush safe said sail \
sake sale salt same sand save seal seat seed seek seem seen self sell send sent ship shop shot show shut sick \
side sign sing sink site size skin slip slow snow soft soil sold sole some song soon sort soul soup spot star \
stay step stop such suit sure swim tail take tale talk tall tank tape task team tear tell tend term test text \
than that them then they thin this thus tide tidy till time tiny tips tire told toll tone took tool tour town \
trap tree trip true tube tune turn twin type unit upon used user vary vast very view vote wage wait wake walk \
wall want ward warm wash wave weak wear week well went were west what when whom wide wife wild will wind wine \
wing wire wise wish with wood word wore work worn yard yeah year your zero zone \
about above after again agree alone along among angry apart apple asked basic beach began begin being below \
black blame bloke board brain bread break bring broke brown build bunch carry catch cause chair cheap check \
chief child class clean clear climb clock close cloud coach could count court cover crazy cream crowd daily \
daft dance dirty doing dozen dream dress drink drive every extra faith fancy fault fight final first floor \
force front fruit funny giant given glass going grand grass great green group grown guess happy heart heavy \
hello horse hotel house human idiot joint judge knife large later laugh learn leave level light local lorry \
lower lucky lunch major maker match maybe mayor metal might money month moral mouth music never night noise \
north nurse ocean offer often order other ought owner paint panel paper party peace phone piece pilot place \
plain plane plant plate point pound power press price pride prime prize proud queen quick quiet quite radio \
raise ready right river rough round royal rugby rural salad scale scene score sense serve seven shape share \
sharp sheep sheet shelf shirt shock shoes shoot shore short shout sight silly since skill sleep small smart \
smell smile smoke solid sorry sound south space speak speed spend sport staff stage stand start state steal \
still stock stone store storm story strip study stuff stupid sugar sunny super sweet table taken taste teach \
teeth thank their there these thick thing think third those three throw tight tired today total touch tough \
tower track trade train treat trial trust truth twice uncle under union united until upper upset usual utter \
visit voice wagon waste watch water whole whose woman women world worry worth would wrong young absolute \
proper really another always because before complete football general getting little manager moderator \
nothing officer person people please referee something somebody anybody nobody everybody everyone someone \
such mega ultra massive bloody lazy ugly fake filthy gammon tory labour council branch chairman secretary \
sussex essex island assess title here has his class pass mass brass glass grass cross across kiss hits \
shits sells ants tours flash crash cash wash dash fish dish wish rash trash push rush bush hush gift shift";

/// What swear words are joined with: `wankpuffin`, `shitgibbon`, `twatwaffle`, `clusterfuck`.
const PARTNERS: &str = "\
head heads headed face faced hole holes wit wits witted wad wads wipe wiper stain stains bag bags hat hats trumpet \
trumpets badger badgers gibbon gibbons goblin goblins puffin puffins weasel weasels waffle waffles womble wombles \
nugget nuggets biscuit biscuits muppet muppets monkey monkeys donkey pigeon pigeons magnet magnets spanner spanners \
splat spatula sock socks sandwich rag rags rocket rockets bucket buckets basket baskets box boxes stick sticks \
storm storms show shows fest house houses tard tards tastic nado ton tons load loads cake cakes weed wizard wizards \
canoe kazoo whistle lettuce pickle pudding pie pasty crumpet muffin noodle sausage turnip parsnip cabbage potato \
bubble bubbles bumper bandit bandits burger burglar boy boys bird brain brains brained breath baws bawbag juice \
jockey job jobs knuckle knuckles lord lords licker lickers lick sucker suckers sucking suck muncher munchers master \
mongers monger mouth mouthed nose nozzle nut nuts otter pants piece pig pigs pipe pot pots rat rats rod shine \
shovel slinger slurper sniffer sniffers splash spoon sprout squirrel stack stirrer stirring stopper swan tank \
teapot toad troll trolls trousers trouser truck tub tunnel twig twonk typhoon tyrant walrus wank wanker wit womble \
wrangler fuck fucker fucking shit bollock arse ass bitch twat knob dick cock piss cunt mother bull horse chicken \
ape bat cluster dip dumb holy thunder mind brain ball butt clit absolute abso mega ultra fan un bloody damn god \
gob dog rat jack bum bell wank piss crap cum spunk jizz fart turd club utd fc uk usa gang crew king queen prince \
lord lady sir doctor mister mrs mr bot girl boy guy lad lass dad mum slayer hunter lover hater ville land world \
town city central nation wagon waste wasted bastard bastards ish tastic ery ness able proof free less like ups up \
off outs out over about around this that witch wizard bonnet cannon lasagne custard candle kettle tractor gremlin \
gnome emoji party alert gnome pixie dragon ferret hamster lemon mango melon onion peanut teabag thistle";

/// Words of a list in the source, looked up by their letters.
pub(super) type Words = HashSet<&'static [u8], FxBuildHasher>;

/// The words of a list, with white space between.
pub(super) fn words(list: &'static str) -> Words {
    list.split_ascii_whitespace().map(str::as_bytes).collect()
}

static COMMON_WORDS: LazyLock<Words> = LazyLock::new(|| words(COMMON));
static PARTNER_WORDS: LazyLock<Words> = LazyLock::new(|| words(PARTNERS));

/// Letters that only sound like words: they witness innocence at a space, never part a word.
const SOUNDS: &[&[u8]] = &[
    b"aa", b"ah", b"al", b"eh", b"em", b"ex", b"fa", b"la", b"ma", b"pa", b"re", b"si", b"ta", b"ti", b"uh",
    b"um", b"ha", b"ho", b"sh", b"ya", b"ye", b"yo", b"ur", b"i", b"ok",
];

/// Whether `letters` are an everyday word.
pub(super) fn is_common(letters: &[u8]) -> bool {
    COMMON_WORDS.contains(letters)
}

/// Whether `letters` only sound like a word.
pub(super) fn is_sound(letters: &[u8]) -> bool {
    SOUNDS.contains(&letters)
}

/// What swear words are joined with, as a tree.
pub(super) fn partners() -> &'static Trie {
    static PARTNERS_TREE: LazyLock<Trie> =
        LazyLock::new(|| Trie::new(PARTNERS.split_ascii_whitespace().map(|word| (word.as_bytes(), 0))));
    &PARTNERS_TREE
}

/// Whether `letters` are what swear words are joined with.
pub(super) fn is_partner(letters: &[u8]) -> bool {
    PARTNER_WORDS.contains(letters)
}
