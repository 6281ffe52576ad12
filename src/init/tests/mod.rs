//! What is asked, what is taken, and what is written of it.

mod whatever;

use std::collections::{BTreeSet, VecDeque};
use std::io;
use std::path::Path;

use clap::{Args as _, Command, FromArgMatches as _};

use super::check::{member, officer};
use super::dialogue::{Ended, Person, hold, wrapped};
use super::given::{Flags, Given, fill_in};
use super::question::{By, Kind, Scope};
use super::questions;
use super::setup::{Existing, Setup};
use super::steps::left_to_do;
use super::text;
use crate::config::{Config, RawConfig};

const TOKEN: &str = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs";

/// Stands for a line that a terminal sends in another encoding.
const LATIN_1: &str = "\u{fffd}";

/// Somebody who types these lines, and what they then see.
struct Typist {
    lines: VecDeque<&'static str>,
    screen: String,
    can_hide: bool,
}

impl Typist {
    fn of(lines: &[&'static str]) -> Self {
        Self { lines: lines.iter().copied().collect(), screen: String::new(), can_hide: true }
    }

    fn types(&mut self, prompt: &str, shown: impl Fn(&str) -> String) -> io::Result<Option<String>> {
        let line = self.lines.pop_front();
        if line == Some(LATIN_1) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        self.screen.push_str(&format!("{prompt}{}\n", line.map(shown).as_deref().unwrap_or("^C")));
        Ok(line.map(str::to_owned))
    }
}

impl Person for Typist {
    fn say(&mut self, text: &str) -> io::Result<()> {
        self.screen.push_str(text);
        self.screen.push('\n');
        Ok(())
    }

    fn line(&mut self, prompt: &str) -> io::Result<Option<String>> {
        self.types(prompt, str::to_owned)
    }

    fn hidden(&mut self, prompt: &str) -> io::Result<Option<String>> {
        self.types(prompt, |line| "*".repeat(line.len()))
    }

    fn can_hide(&self) -> bool {
        self.can_hide
    }
}

/// A dialogue in an empty folder, whose name is no matter.
fn dialogue(setup: &mut Setup, given: Given, lines: &[&'static str]) -> (Ended, String) {
    let mut typist = Typist::of(lines);
    let ended = hold(setup, given, &mut typist).expect("the screen takes everything");
    assert!(typist.lines.is_empty(), "these are left: {:?}\n{}", typist.lines, typist.screen);
    (ended, typist.screen)
}

/// A configuration in an empty folder.
fn empty() -> (tempfile::TempDir, Setup) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let setup = Setup::new(&folder.path().join("beadle.toml"), None);
    (folder, setup)
}

/// One whose paths are the same everywhere, as what is wrapped depends on their length. Nothing of it is there.
fn in_sources() -> Setup {
    Setup::new(Path::new("src/beadle.toml"), None)
}

const ON_DISCORD: [&str; 24] = [
    "discord",
    "Leafield Branch",
    "",
    "secretary@leafield.example",
    "the regional office",
    "",
    "strict",
    "",
    "",
    TOKEN,
    "",
    "41771983423143937",
    "41771983423143938",
    "41771983423143939",
    "",
    "41771983423143940",
    "",
    "80351110224678912: moderator",
    "80351110224678913: secretary",
    "80351110224678914: admin, executive",
    "",
    "no",
    "",
    "",
];

#[test]
fn a_volunteer_is_asked_one_thing_at_a_time() {
    let mut setup = in_sources();
    let lines = [&ON_DISCORD[..], &["yes"]].concat();
    let (ended, screen) = dialogue(&mut setup, Given::default(), &lines);
    assert_eq!(ended, Ended::Answered);
    assert!(!screen.contains(TOKEN));
    insta::assert_snapshot!("dialogue", screen);
    let config = setup.config().expect("what was asked for is all there is to ask");
    insta::assert_snapshot!("configuration", text::of(&setup));
    insta::assert_snapshot!("steps", left_to_do(&setup, &config));
}

#[test]
fn a_wrong_answer_is_asked_for_again_and_one_before_can_be_mended() {
    let mut setup = in_sources();
    let lines = [
        // Nothing is before the first.
        "<",
        "irc",
        "d",
        "",
        "Tea\tClub",
        "Tea",
        "<",
        "Teahouse",
        "Tea House",
        "tea",
        "the Secretary",
        "",
        "Europe/Lundon",
        "",
        "harsh",
        "standard",
        "Bot",
        "",
        "gone/bot.token",
        TOKEN,
        "~/bot.token",
        "",
        "no.token",
        "",
        "abc",
        "",
        "#general",
        "1",
        "2",
        "2",
        "3",
        "timeout",
        "r",
        "",
        "9",
        "nowhere",
        "",
        "mo",
        "80351110224678912",
        "mo: moderator",
        "1: chief",
        "1: executive",
        "",
        "2: moderator",
        "<",
        "2: secretary",
        "",
        "perhaps",
        "n",
        "",
        "",
        "no",
    ];
    let (ended, screen) = dialogue(&mut setup, Given::default(), &lines);
    assert_eq!(ended, Ended::Stopped);
    assert_eq!(
        screen.matches(TOKEN).count(),
        1,
        "whoever types it in the wrong place does not see it come back"
    );
    insta::assert_snapshot!("mended", screen);
}

#[test]
fn what_a_terminal_sends_that_is_no_text_is_asked_for_again_and_loses_no_answer() {
    let (_folder, mut setup) = empty();
    // Of a line, of a secret, and of one of several.
    let again = [1, 9, 18];
    let lines = (0..ON_DISCORD.len())
        .flat_map(|at| again.contains(&at).then_some(LATIN_1).into_iter().chain([ON_DISCORD[at]]));
    let lines: Vec<&str> = lines.chain(["yes"]).collect();
    let (ended, screen) = dialogue(&mut setup, Given::default(), &lines);
    assert_eq!(ended, Ended::Answered, "{screen}");
    assert_eq!(screen.matches("is no UTF-8").count(), again.len(), "{screen}");
    let config = setup.config().expect("nothing is missing");
    assert_eq!(config.groups[0].charter.roster.officers().count(), 3);
}

#[test]
fn a_group_that_nobody_could_have_act_is_asked_for_an_admin() {
    let (_folder, mut setup) = empty();
    let lines = [&ON_DISCORD[..18], &["", "80351110224678913: admin"], &ON_DISCORD[20..], &["yes"]].concat();
    let (ended, screen) = dialogue(&mut setup, Given::default(), &lines);
    assert_eq!(ended, Ended::Answered, "{screen}");
    assert!(screen.contains("nobody is an admin"), "{screen}");
    assert_eq!(setup.config().expect("it is valid").groups[0].charter.roster.officers().count(), 2);
}

#[test]
fn several_groups_are_set_up_in_one_go_and_a_second_one_can_be_taken_back() {
    let (_folder, mut setup) = empty();
    let on_matrix = [
        "matrix",
        "Workshop 7",
        "",
        "the Secretary",
        "",
        "",
        "",
        "bot",
        "https://matrix.example.org",
        "@beadle:example.org",
        "",
        "",
        "s3cret password",
        "#shop:example.org",
        "",
        "",
        "#shop-officers:example.org",
        "@mo:example.org: moderator",
        "@sam:example.org: secretary",
        "",
        "no",
        "",
        "",
    ];
    let first = &ON_DISCORD[..21];
    let again = ["discord", "Leafield Branch", "leafield-branch-2", "the Secretary", "", "", "", ""];
    let rest =
        ["51771983423143937", "51771983423143938", "51771983423143939", "ban", "", "5: admin", "", "yes"];
    // Of the second group's first question back to the first group's last, and on again.
    let back_and_forth = ["yes", "<", "yes"];
    let lines = [first, &back_and_forth, &again, &rest, &on_matrix, &["yes"]].concat();
    let (ended, screen) = dialogue(&mut setup, Given::default(), &lines);
    assert_eq!(ended, Ended::Answered, "{screen}");
    assert!(!screen.contains("s3cret"));
    let config = setup.config().expect("it is valid");
    let ids: Vec<&str> = config.groups.iter().map(|group| group.charter.group.as_str()).collect();
    assert_eq!(ids, ["leafield-branch", "leafield-branch-2", "workshop-7"]);
    assert_eq!((config.discord.len(), config.matrix.len()), (1, 1), "one bot serves both servers");
    assert!(config.groups.iter().all(|group| group.charter.mode == policy::Mode::Shadow));
    let steps = left_to_do(&setup, &config);
    for part in [
        "Leafield Branch",
        "Workshop 7",
        "!beadle mode live",
        "/mode live",
        "recovery key of @beadle:example.org",
    ] {
        assert!(steps.contains(part), "{part}: {steps}");
    }
    assert!(!steps.contains("s3cret") && !steps.contains(TOKEN));
}

#[test]
fn what_is_given_is_not_asked_unless_it_is_wrong() {
    let (_folder, mut setup) = empty();
    let given = given(&[
        "--platform",
        "terminal",
        "--name",
        "Tea",
        "--id",
        "Tea",
        "--contact",
        "the Secretary",
        "--room",
        "#x:y",
    ]);
    let lines = ["tea", "", "", "", "", "", "", "", "", "yes"];
    let (ended, screen) = dialogue(&mut setup, given, &lines);
    assert_eq!(ended, Ended::Answered, "{screen}");
    assert!(screen.contains("--id: it cannot be typed in a command"), "{screen}");
    assert!(
        screen.contains("--room: nobody asks for that of a group in the terminal; leave it out"),
        "{screen}"
    );
    assert!(!screen.contains("Where is the group?"));
    assert_eq!(setup.config().expect("it is valid").groups[0].charter.group.as_str(), "tea");
}

#[test]
fn a_terminal_that_would_show_a_secret_is_typed_none() {
    let (_folder, mut setup) = empty();
    let lines: Vec<&str> = ON_DISCORD.into_iter().filter(|line| *line != TOKEN).chain(["yes"]).collect();
    let mut typist = Typist { can_hide: false, ..Typist::of(&lines) };
    assert_eq!(hold(&mut setup, Given::default(), &mut typist).unwrap(), Ended::Answered);
    assert!(typist.screen.contains("This terminal would show a secret"), "{}", typist.screen);
    let steps = left_to_do(&setup, &setup.config().unwrap());
    assert!(
        steps.contains("install -m 600 /dev/stdin") && steps.contains("client_id=APPLICATION_ID"),
        "{steps}"
    );
}

#[test]
fn whoever_stops_is_asked_nothing_more() {
    for typed in 0..ON_DISCORD.len() {
        let (_folder, mut setup) = empty();
        let (ended, _) = dialogue(&mut setup, Given::default(), &ON_DISCORD[..typed]);
        assert_eq!(ended, Ended::Stopped, "after {typed} lines");
    }
}

#[test]
fn questions_and_flags_are_named_alike_and_in_one_way() {
    let mut names = BTreeSet::new();
    for question in questions::all() {
        assert!(names.insert(question.name), "{} is there twice", question.name);
        assert_eq!(question.flag, question.name.replace('_', "-"));
        assert!(!question.asks.is_empty() && !question.about.is_empty(), "{}", question.name);
        assert!(question.about.starts_with(|c: char| c.is_lowercase()), "{}", question.about);
        assert!(question.kind != Kind::Secret || question.by == By::Asking, "{} is a secret", question.name);
        assert!(question.scope == Scope::Group || question.on.len() == 3, "{}", question.name);
    }
}

#[test]
fn lines_are_wrapped_between_words_and_links_stay_whole() {
    let link = "https://discord.com/oauth2/authorize?client_id=198622483471925248&scope=bot+applications.commands&permissions=1";
    let wrapped = wrapped(&format!("{}open {link} now", "a cup of tea ".repeat(6)), "    ");
    assert!(wrapped.contains(&format!("\n    {link}\n    now")), "{wrapped}");
    assert!(
        wrapped.lines().filter(|line| !line.contains(link)).all(|line| line.chars().count() <= 78),
        "{wrapped}"
    );
}

#[test]
fn entries_are_read_as_people_write_them() {
    for (entry, want) in [
        ("mo: moderator", Some(("mo", vec!["moderator"]))),
        (" mo :moderator,admin", Some(("mo", vec!["moderator", "admin"]))),
        ("@mo:example.org:8448: moderator admin", Some(("@mo:example.org:8448", vec!["moderator", "admin"]))),
        ("mo", None),
        ("mo:", None),
        (": moderator", None),
    ] {
        assert_eq!(officer(entry), want, "{entry}");
    }
    assert_eq!(member("mo: Mo: the third"), Some(("mo", "Mo: the third")));
    assert_eq!((member("mo"), member("mo:"), member(": Mo")), (None, None, None));
}

/// What flags say, as the command line reads them.
fn given(flags: &[&str]) -> Given {
    Given::by_flags(&read_flags(flags.iter().map(|flag| (*flag).to_owned())), None)
}

fn read_flags(flags: impl Iterator<Item = String>) -> Flags {
    let command = Flags::augment_args(Command::new("init").no_binary_name(true));
    let matches = command.try_get_matches_from(flags).expect("the flags are known");
    Flags::from_arg_matches(&matches).expect("they can be read")
}

#[test]
fn a_group_is_added_below_what_is_there_to_the_byte() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("beadle.toml");
    // As somebody wrote it, without an end of its last line.
    let text = "# ours\r\n[[discord]]\nid='club'\ntoken_file='t' # there\n[[groups]]\nid = \"tea\"\nname = \"Tea\"\nplatform='discord'\n\
                contact = \"S\"\nofficers = [{ member = '7', roles = ['admin'] }]\n[groups.discord]\naccount='club'\nserver='10'\n\
                officers_channel='11'\nprivate_channel='12'\nsuspension='ban'";
    let config = Config::resolve(RawConfig::parse(&file, text)).expect("it is valid");
    let existing = || Some(Existing { text: text.to_owned(), config: config.clone() });
    let flags = [
        "--platform",
        "discord",
        "--name",
        "Tea",
        "--contact",
        "the Secretary",
        "--server",
        "20",
        "--officers-channel",
        "21",
        "--private-channel",
        "22",
        "--suspension",
        "ban",
        "--officer",
        "7: admin",
    ];
    let mut setup = Setup::new(&file, existing());
    fill_in(&mut setup, given(&flags)).expect("nothing is missing");
    let written = text::of(&setup);
    assert_eq!(
        written.strip_prefix(text).map(|added| added.starts_with("\n\n# A group.")),
        Some(true),
        "{written}"
    );
    let config = setup.config().expect("it is valid");
    assert_eq!((config.groups.len(), config.discord.len()), (2, 1), "the bot that is there serves it");
    assert_eq!(config.groups[1].charter.group.as_str(), "tea-2");
    let steps = left_to_do(&setup, &config);
    assert!(steps.contains("start it again") && !steps.contains("Intent"), "{steps}");

    for (flag, value, want) in [
        ("--server", "10", "--server: `10` is another group's as well; leave it to one of them"),
        ("--id", "tea", "--id: `tea` is another group's as well; give one of them another id"),
        (
            "--platform",
            "terminal",
            "--platform: a terminal has one group, and nothing else can be served beside it; choose another",
        ),
        (
            "--token-file",
            "x",
            "--token-file: nobody asks for that, as everything else was answered; leave it out",
        ),
    ] {
        let mut flags: Vec<&str> = flags.to_vec();
        match flags.iter().position(|other| *other == flag) {
            Some(at) => flags[at + 1] = value,
            None => flags.extend([flag, value]),
        }
        let problems = fill_in(&mut Setup::new(&file, existing()), given(&flags)).expect_err("it is refused");
        assert!(problems.iter().any(|problem| problem == want), "{want}: {problems:?}");
    }
}
