//! The fields from which innocent senses come, each with the words that stand near such a sense.
//!
//! An entry of a list names the fields of its innocent sense; one of their words in the sentence speaks for it.

/// Some of the fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Senses(u64);

impl Senses {
    pub(crate) const NONE: Self = Self(0);

    pub(crate) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn meet(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The field of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        SENSES.iter().find(|(_, known, _)| *known == name).map(|(sense, ..)| *sense)
    }

    /// The names of the fields in it.
    pub(crate) fn each(self) -> impl Iterator<Item = &'static str> {
        SENSES.iter().filter(move |(sense, ..)| self.meet(*sense)).map(|(_, name, _)| *name)
    }

    /// The names of all fields.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        SENSES.iter().map(|(_, name, _)| *name)
    }
}

macro_rules! senses {
    ($($name:ident $words:expr;)*) => {
        #[expect(non_camel_case_types, reason = "they number the fields")]
        enum At { $($name),* }
        /// Each field with its name and its words.
        pub(super) const SENSES: &[(Senses, &str, &str)] =
            &[$((Senses(1 << At::$name as u64), stringify!($name), $words)),*];
    };
}

senses! {
    birds "bird birdwatch birder nest nesting box feeder feather wing beak flock blackbird robin sparrow finch goldfinch \
        warbler wren tit coal marsh willow crested migrate perch rspb binocular hide twitcher gull cormorant seabird \
        cliff gannet puffin garden hedge suet peanut seed fledge fledgling chick egg brood species garden woodland \
        blue long-tailed longtailed spotted pair roost song chirp heron owl kestrel ringing ringer plumage tree";
    poultry "hen crow crowed crowing chicken rooster farmyard farm dawn pheasant bantam pullet fowl poultry egg coop brood \
        cockerel feather comb peck turkey partridge grouse breeder show comb barn weathervane weather steeple church spire \
        morning strut yard game fight fighting ring sparrow robin";
    dogs "dog puppy pup litter kennel breeder breed pedigree labrador spaniel terrier whippet greyhound collie retriever \
        poodle hound lurcher beagle dachshund alsatian shepherd setter pointer vet whelp whelped spayed neutered crufts \
        season heat lead walk fetch trained gundog sheepdog mongrel rescue crossbreed wolf fox otter vixen ferret \
        mated stud mate bark leash champion saluki boxer pug chihuahua corgi dalmatian akita bulldog mastiff doberman schnauzer samoyed weimaraner airedale westie yorkie labradoodle cockapoo staffie staffy malinois newfoundland rhodesian ridgeback deerhound wolfhound bernese cocker springer lab collar jack russell rottweiler husky vizsla weaned";
    cats "cat kitten puss feline litter tabby fur whisker paw moggy purr mouse vet breed breeder maine pedigree siamese \
        persian ragdoll rescue neutered meow basket fireside";
    animals "animal zoo mammal fur tail paw river dam lodge pond lake wildlife reintroduce reintroduced reserve tree forest log \
        gnaw species raccoon raccoons wild otter badger fox deer squirrel canada canadian possum hunt trap hound bin den \
        burrow farm horse donkey cattle cow sheep goat pig foal mare stable vet field lion";
    horses "horse pony foal mare stallion gelding stable rider bridle saddle jump fence canter gallop racecourse jockey hunt \
        donkey mule cart farm trot";
    food "food freezer fridge caraway dish meal dinner lunch supper tea breakfast eat eaten ate eating cook cooked cooking serve served serving menu recipe \
        gravy pea mash mashed potato potatoes chip casserole onion sauce soup stew pudding pie pork liver mince offal butcher \
        meat beef lamb chicken bacon sausage cheese bread biscuit cake pastry jam custard cream butter sugar flour egg \
        milk lemon apple cherry treacle almond bakewell plum strawberry raspberry rhubarb oven bake baked baking fry fried frying \
        grill roast boil boiled simmer pan saucepan dough crust slice plate bowl spoon fork knife ginger garlic mustard pepper salt oil \
        vegetable carrot cabbage tomato tomatoes salad curry rice spice taste tasty delicious flavour sweet sour sharp sultana currant \
        raisin suet steamed hot fresh homemade shop cafe pub kitchen chef bbq barbecue packet stall bakery market brie cheddar \
        stilton lime leaf thai toffee candy chutney pickle picnic hamper dipped soup tuna sandwich brawn tripe black haggis sprout yorkshire \
        leek stuffing rosemary herb";
    cooking "pastry pan oven butter fork skin potato potatoes sausage dough heat melt simmer stir fry whisk bake baking \
        recipe sauce gravy mash garlic ginger lemon steak fish tart crust base chop peel chestnut aubergine duck gently";
    drink "whisky whiskey gin rum brandy vodka beer ale pint glass drink drank bottle cask barrel pub bar wine port dram flask \
        tot malt cocktail tap hangover weekend boozy drinking sober";
    smoking "cigarette tobacco smoke smoking smoked smoker lighter match matches ash ashtray packet pack butt roll rolled rolling \
        pipe nicotine vape filter twenty break ciggie outside duty lit light lights drag puff stub tin ounce cough machine quit";
    tools "tool hammer spanner screwdriver drill saw file chisel plane rasp screw nail bolt nut bench vice lathe workshop shed \
        grip handle blade tighten weld welder metal pipe conduit copper steel timber wood plane sand sharpen socket \
        ratchet toolbox cut smooth coarse edge iron machine second grade";
    doors "door drawer cupboard cabinet handle brass cooker oven hob radio volume dial wardrobe dresser bed bedpost stair \
        banister gate latch lock hinge bathroom kitchen china porcelain turn turned twist loose fell screw panel tuning \
        amplifier amp guitar control gear thermostat boiler shower walking stick toaster adjust chest heating antique wooden \
        unscrew polish polished fitted fitting bannister newel temperature washing appliance";
    plumbing "tap valve water tank cistern sink pipe plumber leak leaking leaked stop float ball toilet loo boiler flush washer \
        mains pressure radiator gasket bolt flanged joint duct sewer pump drain supply turn";
    machines "engine machine motor factory rig boiler press gear piston cylinder valve aircraft plane wing landing pilot \
        takeoff runway cockpit lowered extended wheel axle train rail carriage bolt pipe weld welded steel floor exhaust tower \
        gas chimney sulphur flue emission plant pump cleaner carpet brush tile deck kitchen sink pan";
    timing "ignition timing spark engine brake motion train growth rate process advance development cylinder degrees \
        delay tempo piano progress music distributor crank concrete cement setting flame combustion fire fabric decay frost \
        ripening spread";
    aircraft "aircraft plane wing landing pilot takeoff runway cockpit flight airline airport boeing cessna degrees approach lowered \
        extended airbus raf glider envelope tent box cardboard cat letterbox pocket wind coat jacket ear hat \
        tarpaulin door bag canvas book jumper lorry curtain tail skin surgeon graft valve heart mud down";
    clothes "hand warm warmer fur coat winter hat glove scarf wool woollen silk velvet dress skirt cloak victorian knitted knit \
        wear wore worn lined muffler ear leg lace jacket collar cuff ladies sewing fabric fashion costume cold satin snow gloves";
    furnishing "carpet rug pile floor lounge carpets fitted sofa room hallway cushion chair seat footstool leather velvet fabric \
        upholstered stool armchair furniture curtain cotton feet upholstery living hoover vacuum retro seventies haircut";
    dance "dance dancing dancer ball ballroom carolina swing gown prince waltz tango tickets band partner ceilidh charity";
    rugby "rugby scrum lineout line-out prop flanker try pack front row england wales ireland scotland lions ball team played \
        player plays captain squad bench club tackle season match replaced position ruck maul six nations injured substitute coach \
        xv international game union league half throw throwing throw-in boat galway irish fishing sail started winger";
    cricket "cricket bowler bowled bowling bowls batsman batter wicket over spin spinner left-arm left arm delivery ball catch slip keeper \
        innings england test crease umpire stumped run boundary lbw";
    sports "football tennis golf cricket rugby snooker pool billiard bowls bowling ping pong juggling juggle ball kit pump pitch court club team \
        match game goal kick kicked net bat racket basket bag box throw threw thrown catch caught bounce training practice school \
        gym pe lottery bingo yoga exercise medicine caber pancake coin haggis highland games league player players squad season coach played \
        lifting weightlifting lifter barbell jerk kilos kg lift olympic olympics record championship wrestling wrestler judo russian \
        martial belt throw medal bout mat fencing foot free footed hit tee green fairway lost found";
    wood "stick sticks bundle twig firewood fire brushwood kindling wood hedge bonfire oven hearth heath trench gabion river bank bind bound \
        cart medieval fascine burn burning tied log logs";
    metal "heap furnace iron steel blast metal copper smelt smelting smelted smelter ore coal mine colliery pit waste tip tipped foundry slagheap glass cement molten works \
        weld welding coke aggregate blastfurnace crucible ladle skimmed skim concrete rod zinc lead industrial tips wool heaps landscaped \
        bauxite dross limestone mountain quarry";
    garden "garden gardening gardener plant planted planting flower border pot bed soil weed weeding seed bulb rose spade rake fork trowel shed \
        allotment vegetable lawn turf compost bloom blooming flowering petal bush shrub tree viola primrose hanging basket winter spring row \
        onion dutch potato handle blade edge tool hedge grow growing sow catkin stem purple yellow rockery greenhouse nursery centre slope trug \
        willow lilac herb evergreen pruned prune hebe";
    water "river sea flood flooding bank embankment ditch drain drainage fen marsh water canal dutch holland netherlands land \
        breach breached offa wall sluice reservoir field path walk walked tide coast reclaim reclaimed lock stream levee beach build built earthwork \
        roman hadrian mercian mercia border wales clawdd devil fleam car bog dam polder repaired farmer sheep stone drystone valley cardiff estuary \
        swim swollen burst fish bridge upstream ice iceberg ship wreck rock lagoon";
    geology "dolerite igneous basalt granite rock intrusion sill magma volcanic lava outcrop swarm geology";
    light "light curtain curtains wall fence armour glass glasses sun sunlight blind gap shutter crack window sky cloud peep peeped peered \
        narrow draught coin coins ice cup defence boards floorboards shining shone wind through between brickwork stone masonry hedge \
        sound ear bells metal";
    medicine "hospital doctor nurse nhs gp clinic patient surgery surgeon treatment therapy therapist physio physiotherapy diagnosed \
        diagnosis muscle limb leg legs arm arms stroke condition cerebral palsy paralysis diplegia hemiplegia paraplegia quadriplegia gait tone \
        colon bladder colitis blood finger skin needle injection test allergy allergies wound cut stitch stitches forehead bleeding bandage deep sharp \
        head knee thumb vaccine jab symptom syndrome pupil botox baclofen reflex specialist support charity scope contraction medical disease \
        nurse health shin eyebrow arm chin bone infection sewn glucose diabetic";
    computing "api server request client token hash key signature encryption encrypt encrypted cipher cryptography cryptographic crypto protocol \
        authentication header unique random replay timestamp block blockchain mining bitcoin code value session security script csp tls aes gcm iv \
        counter field database query table sql software app linux open-source editor image layer photoshop plugin install mongodb node collection \
        backend login password reuse reused generate generated increment ethereum transaction wallet message bytes bit function software cloud \
        data developer json digits each stored once wordpress";
    language "word phrase meaning language linguist linguistics coined dictionary oed term etymology grammar latin greek slang welsh gaelic \
        prefix suffix spelling verb noun occurrence lexicographer translation translate means plural poem rhyme chaucer shakespeare \
        middle-english english sanskrit arabic old pronounced derives";
    history "history historical historian century medieval king queen duke norman tudor victorian edwardian roman viking heir throne \
        illegitimate son parish archive archives museum battle war wars civil army rebellion rising uprising brotherhood dublin 1867 amnesty raid \
        prisoner sons legitimate conqueror empire colonial treaty soldier veteran manuscript apprentice lord nobleman royal dynasty exhibition hussite \
        castle monarchy abbey heraldry inherit inherited orleans burgundy cavalry canada politics studies";
    science "species fossil sapiens erectus neanderthalensis habilis genus evolution human humans skull cave anthropology \
        biology ancestor milk homogenised early blood group type antigen crossmatch donor donors transfusion galaxy planet sloths geneticist vaccine \
        blood moon asteroid negative positive";
    theatre "panto pantomime theatre stage play character actor actress film movie novel book opera musical cast role scene \
        shakespeare merchant venice production performance tv television series sitcom episode screen cinema premiere dickens \
        author novelist poem poet song singer band album record gig tour track tune lyrics ballad radio comedian comedy drama \
        documentary chapter novel read cartoon story tale library audiobook disney puppet portia antonio";
    music "piano bar tonk jazz blues saloon country tune song band album album singer doo harmony harmonies group fifties rock roll krautrock can \
        neu drummer guitar record vocal street-corner singers sang sing pub";
    names "named christened surname forename nickname family born aunt cousin grandmother grandfather";
    worship "church bishop cathedral chapel mass prayer pray choir temple goddess god priest hymn vicar islam islamic quran \
        theology scholar scholars religious jar jars sermon belief";
    travel "river canyon city town village hotel bus train station airport port beach island coast county road street lane holiday \
        visit visited trip flight france french castle square cathedral lorraine amazon brazil spain rio montenegro ayrshire golf \
        open links ferry michigan meath thailand bangkok cabaret leicester yorkshire cottage national park";
    bodyless "pencil paper paint glass chalk ink lights bulb marker crayons card wax wool thread stained brightly ink photo film filling \
        overlay lens smoke water leaves beads tissue printed print fairy felt pattern pin balloons bricks chalks stitching hair tab";
    party "christmas party pull pulled table hat joke dinner paper snap cheese biscuit cream prawn wafer box boxing jacob nut jewel tree \
        guest fun match game goal kids finish try save show day event night";
    childhood "child children toddler nursery scout scouts scouting cub cubs brownie guides colony leader sleepover camp uniform school badge promise aged \
        six primary lego story";
    money "cost costs price prices debt debts tax taxes economy economic interest rent bill bills financial bank inflation mortgage sanctions industry \
        budget finance supply chain network infrastructure trade blow expenses council fees energy";
    energy "effort energy courage pluck team spirit show showed shown plenty determination fight guts brave lively admired character";
    trains "train bus town loo minute minutes corner quick quickly upstairs shopping paper air frost chill cold \
        chilly weather tuck bud puppy dog ankle heel crab finger gently milk";
    laugh "santa christmas merry carol hum sailor land ahoy westward shanty tally heave gung hi chi minh city vietnam hey green giant";
    magic "vanish vanished disappear disappeared gone smoke puff magic magician wand rabbit trick air suddenly cloud genie fairy went bang \
        powder appear appeared spell just";
    community "pride lgbt lgbtq lgbtqia march studies theory festival film history identify identifies community communities trans lesbian lesbians gay \
        bisexual cinema art artist artists charity youth coming-out collective nightclub proud proudly people parade rights identity identities literature \
        poetry activists network self-described events group bikes motorbikes disability disabled activist activists scholarship heritage reading cabaret";
    abuse_talk "investigation police court convicted victim victims safeguarding survivors charged sentencing report hunter hunters panel inquiry";
    street "street lane road house farm hill close avenue inn arms pub barn cottage wood field park bridge";
}
