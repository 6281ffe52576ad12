//! The configuration file: the example says what is true, and mistakes are all reported.

use std::path::Path;

use beadle::config::{AutoMod, Config, GROUP_LEN_MAX, Home, LogConfig, MatrixSecret, RawConfig, SecretPlace};
use beadle::telemetry::Format;
use policy::{Breaker, Canary};

const EXAMPLE: &str = include_str!("../../config.example.toml");

fn resolve(text: &str) -> Result<Config, Vec<String>> {
    Config::resolve(RawConfig::parse(Path::new("beadle.toml"), text))
        .map_err(|problems| problems.iter().map(ToString::to_string).collect())
}

/// What is wrong with a configuration, a line each.
fn problems(text: &str) -> String {
    resolve(text).expect_err("the configuration is refused").join("\n")
}

const GROUP: &str = r#"[[groups]]
id = "tea"
name = "Tea"
contact = "the Secretary"
"#;

#[test]
fn the_example_is_the_default() {
    assert_eq!(resolve(EXAMPLE), resolve(""));
    assert!(resolve("").is_ok());
}

#[test]
fn no_option_is_missing_from_the_example() {
    let raw = RawConfig::parse(Path::new("config.example.toml"), EXAMPLE);
    let elsewhere = ["matrix", "discord", "groups.matrix", "groups.discord"];
    assert_eq!(raw.unset(), elsewhere, "these are in parts of their own");
}

/// A part of the example that stands there commented out, from one heading to the next.
fn commented(from: &str, to: &str) -> String {
    let part =
        EXAMPLE.split(from).nth(1).and_then(|rest| rest.split(to).next()).expect("it is in the example");
    let set = |line: &&str| line.starts_with('#') && !line.starts_with("# ") && line.len() > 1;
    let lines = part.lines().filter(set).map(|line| &line[1..]);
    lines.collect::<Vec<_>>().join("\n")
}

fn on_matrix() -> String {
    commented("# --- On Matrix", "# --- On Discord")
}

fn on_discord() -> String {
    commented("# --- On Discord", "# --- There is nothing after it")
}

#[test]
fn the_example_of_a_group_on_discord_is_valid_and_whole() {
    let text = on_discord();
    let config = resolve(&text).expect("it is valid");
    let Home::Discord(home) = &config.groups[0].home else { panic!("it is on Discord") };
    assert_eq!((home.account.as_str(), config.discord[0].id.as_str()), ("club", "club"));
    assert_eq!(config.discord[0].token, SecretPlace::File("beadle.token".into()));
    assert_eq!(home.suspension_role.as_deref(), Some("41771983423143940"));
    assert_eq!((home.welcome_channel.as_ref(), config.discord[0].api.as_ref()), (None, None));
    let raw = RawConfig::parse(Path::new("config.example.toml"), &text);
    let missing: Vec<_> = raw.unset().iter().filter(|option| option.contains("discord")).collect();
    assert_eq!(missing, [] as [&String; 0], "every option is in the example");
    let banning = text
        .replace("suspension = \"role\"\nsuspension_role = \"41771983423143940\"", "suspension = \"ban\"");
    let config = resolve(&banning).expect("it is valid");
    let Home::Discord(home) = &config.groups[0].home else { panic!("it is on Discord") };
    assert_eq!(home.suspension_role, None);
    assert_eq!(home.automod, AutoMod::Off);
    let stopping = text.replace("automod = \"off\"", "automod = \"strongest\"");
    let config = resolve(&stopping).expect("it is valid");
    let Home::Discord(home) = &config.groups[0].home else { panic!("it is on Discord") };
    assert_eq!(home.automod, AutoMod::Strongest);
}

#[test]
fn mistakes_about_discord_are_named_with_what_to_write() {
    let rows = [
        ("platform = \"discord\"", "platform = \"matrix\"", "groups.discord: the group is on matrix"),
        ("account = \"club\"", "account = \"clubb\"", "there is no bot `clubb`"),
        ("\"80351110224678912\"", "\"mo\"", "`mo` is no account's id on Discord"),
        ("\"41771983423143937\"", "\"#general\"", "`#general` is no id on Discord"),
        ("\"41771983423143937\"", "\"99999999999999999999\"", "is no id on Discord"),
        (
            "\"41771983423143939\"",
            "\"41771983423143938\"",
            "whoever is suspended would see where officers talk",
        ),
        ("token_env = \"\"", "token_env = \"TOKEN\"", "it is not plain where the bot's token is"),
        ("token_file = \"beadle.token\"", "token_file = \"\"", "it is not plain where the bot's token is"),
        ("token_env = \"\"", "token_env = \"MTk4.Nzg5\"", "discord.token_env: it is no name of a variable"),
        (
            "token_credential = \"\"",
            "token_credential = \"../token\"",
            "discord.token_credential: it is no name of a credential",
        ),
        ("api = \"\"", "api = \"http://example.org\"", "anybody on the way could read what is sent"),
        ("suspension = \"role\"", "suspension = \"ban\"", "the suspended are banned here"),
        ("suspension = \"role\"", "suspension = \"timeout\"", "there is no such choice"),
        (
            "suspension_role = \"41771983423143940\"",
            "suspension_role = \"\"",
            "groups.discord.suspension_role: it is missing",
        ),
        ("contact = ", "channels = [\"tea\"]\ncontact = ", "on Discord, they are those of the server"),
        ("automod = \"off\"", "automod = \"all\"", "groups.discord.automod: there is no such choice"),
        ("welcome_channel = \"\"", "welcome_channel = \"here\"", "`here` is no id on Discord"),
    ];
    for (from, to, want) in rows {
        let text = on_discord();
        assert!(text.contains(from), "{from}");
        let told = problems(&text.replacen(from, to, 1));
        assert!(told.contains(want), "{want}: {told}");
    }
    let text = on_discord();
    let group = &text[text.find("[[groups]]").expect("there is a group")..];
    let twice = format!("{text}\n{}", group.replace("\"teahouse\"", "\"other\""));
    assert!(problems(&twice).contains("is another group's as well"));
    let same = format!("{text}\n{}", group.replace("41771983423143937", "41771983423143947"));
    assert_eq!(
        problems(&same),
        "beadle.toml:26: groups.id: `teahouse` is another group's as well; give one of them another id"
    );
}

#[test]
fn what_stands_where_a_secret_should_be_named_is_not_shown() {
    for key in ["token_credential", "token_env"] {
        let text =
            on_discord().replacen(&format!("{key} = \"\""), &format!("{key} = \"MTk4/Nzg5.token\""), 1);
        assert!(!problems(&text).contains("MTk4"), "{key}");
    }
}

#[test]
fn the_example_of_a_group_on_matrix_is_valid_and_whole() {
    let text = on_matrix();
    let config = resolve(&text).expect("it is valid");
    let Home::Matrix(home) = &config.groups[0].home else { panic!("it is on Matrix") };
    assert_eq!((home.account.as_str(), config.matrix[0].id.as_str()), ("club", "club"));
    let secret = MatrixSecret::Password(SecretPlace::File("beadle.password".into()));
    assert_eq!(config.matrix[0].secret, secret);
    assert_eq!((home.rooms.len(), home.space.as_ref(), home.direct_on_join), (2, None, false));
    let raw = RawConfig::parse(Path::new("config.example.toml"), &text);
    let missing: Vec<_> = raw.unset().iter().filter(|option| option.contains("matrix")).collect();
    assert_eq!(missing, [] as [&String; 0], "every option is in the example");
}

#[test]
fn mistakes_about_matrix_are_named_with_what_to_write() {
    let rows = [
        ("platform = \"matrix\"", "platform = \"terminal\"", "groups.matrix: the group is in the terminal"),
        ("account = \"club\"", "account = \"clubb\"", "there is no account `clubb`"),
        ("https://matrix", "http://matrix", "anybody on the way could read what is sent"),
        ("\"@mo:example.org\"", "\"mo\"", "`mo` is no account on Matrix"),
        (
            "\"#tea-officers:example.org\"",
            "\"#tea:example.org\"",
            "members would read what officers are told",
        ),
        ("\"#tea-officers:example.org\"", "\"officers\"", "`officers` is no room"),
        ("password_env = \"\"", "password_env = \"PASSWORD\"", "it logs in with one thing only"),
        ("password_file = \"beadle.password\"", "password_file = \"\"", "nothing says what it logs in with"),
        (
            "password_env = \"\"",
            "password_env = \"pass word\"",
            "matrix.password_env: it is no name of a variable",
        ),
        (
            "recovery_key_file = \"\"\nrecovery_key_credential = \"\"",
            "recovery_key_file = \"a\"\nrecovery_key_credential = \"b\"",
            "matrix.recovery_key: it is not plain where it is",
        ),
        ("user = \"@beadle:example.org\"", "user = \"@beadle\"", "`@beadle` is no account"),
        ("homeserver = \"https://matrix.example.org\"", "homeserver = \"\"", "it is no address of a server"),
        (
            "contact = ",
            "channels = [\"tea\"]\ncontact = ",
            "groups.channels: on Matrix, they are those of the rooms",
        ),
        (
            "rooms = [\"#tea:example.org\", \"!yYLMGyOBDgcXNZriK8iz\"]",
            "rooms = []",
            "there is no room to look after",
        ),
    ];
    for (from, to, want) in rows {
        let text = on_matrix();
        assert!(text.contains(from), "{from}");
        let told = problems(&text.replacen(from, to, 1));
        assert!(told.contains(want), "{want}: {told}");
    }
}

#[test]
fn a_terminal_is_served_alone_and_rooms_are_one_groups() {
    let both = format!("{GROUP}{}", on_matrix());
    assert!(problems(&both).contains("nothing else can be served beside it"), "{both}");
    let text = on_matrix();
    let group = &text[text.find("[[groups]]").expect("there is a group")..];
    let twice = format!("{text}\n{}", group.replace("\"tearoom\"", "\"other\""));
    assert!(problems(&twice).contains("is another group's as well"));
}

#[test]
fn what_a_group_leaves_out_has_its_default() {
    let tea = resolve(GROUP).expect("a group needs no more").groups.remove(0);
    let sample = resolve("").expect("nothing is needed").groups.remove(0);
    assert_eq!(tea.charter.name, "Tea");
    assert_eq!(tea.charter.contact, "the Secretary");
    assert_eq!(tea.charter.policy, sample.charter.policy);
    assert_eq!(tea.charter.rulebook, sample.charter.rulebook);
    assert_eq!(tea.charter.roster, sample.charter.roster);
    assert_eq!(tea.home, sample.home);
}

#[test]
fn relative_paths_start_at_the_configuration_file() {
    let text = "data_dir = 'ledger'\n[wordlists]\nshipped = false\nfiles = ['ours.toml', '/abs/theirs.toml']\n\
                guard = ['innocent.txt']";
    let config =
        Config::resolve(RawConfig::parse(Path::new("/etc/beadle/beadle.toml"), text)).expect("valid");
    assert_eq!(config.data_dir.as_deref(), Some(Path::new("/etc/beadle/ledger")));
    assert!(!config.wordlists.shipped);
    assert_eq!(config.wordlists.files, ["/etc/beadle/ours.toml", "/abs/theirs.toml"].map(Path::new));
    assert_eq!(config.wordlists.guard, [Path::new("/etc/beadle/innocent.txt")]);
}

#[test]
fn exceptions_are_read_quoted_and_dotted() {
    let quoted = format!("{GROUP}[groups.policy.exceptions]\n\"medium.insult.directed\" = \"hide\"");
    let dotted = format!("{GROUP}[groups.policy.exceptions]\nmedium.insult.directed = \"hide\"");
    let config = resolve(&quoted).expect("valid");
    assert_eq!(config, resolve(&dotted).expect("valid"));
    let written: Vec<String> = config.groups[0]
        .charter
        .policy
        .exceptions()
        .iter()
        .map(|(selector, measure)| format!("{selector} = {measure}"))
        .collect();
    assert_eq!(written, ["medium.insult.directed = hide"]);
}

#[test]
fn unknown_keys_are_refused_at_every_level_with_the_nearest_known_name() {
    let text = r#"datadir = ""
[wordlist]
[wordlists]
guards = []
[[groups]]
id = "tea"
name = "Tea"
contact = "the Secretary"
timezone = "Europe/London"
members = [{ id = "mo", nam = "Mo", name = "Mo" }]
officers = [{ member = "mo", role = "admin", roles = ["admin"] }]
[groups.policy]
presets = "strict"
[groups.periods]
strikemonths = 12
[[groups.rules]]
heading = "Tea"
"#;
    insta::assert_snapshot!(problems(text));
}

#[test]
fn every_mistake_is_reported_at_once() {
    let text = r##"data_dir = 7
[wordlists]
shipped = "yes"
files = ["", 3]
[[groups]]
id = "Tea Room"
name = ""
platform = "irc"
time_zone = "Europe/Lundon"
mode = "dry"
channels = ["general", "general", "#tea"]
members = [{ id = "mo", name = "Mo" }, { id = "mo", name = "Mo" }, { id = "beadle" }, "nia"]
officers = [{ member = "moo", roles = ["moderater"] }, { member = "mo" }]
[groups.policy]
preset = "harsh"
exceptions = { strongish = "hide", strong = "ban", "medium.insult" = "hide", medium.insult = "flag" }
[groups.periods]
strike_months = 0
review_days = 31
appeal_months = "six"
[[groups.rules]]
code = "tea"
title = "Tea"
text = "Drink it."
[[groups.rules]]
code = "tea"
title = "Tea"
[[groups]]
id = "second"
"##;
    insta::assert_snapshot!(problems(text));
}

#[test]
fn what_is_no_toml_is_reported_with_its_line() {
    insta::assert_snapshot!(problems("data_dir = \"\"\n[wordlists\nshipped = maybe\n"));
}

#[test]
fn a_group_without_a_moderator_or_a_channel_is_refused() {
    let text = format!("{GROUP}channels = []\nmembers = [{{ id = 'alice', name = 'Alice' }}]");
    insta::assert_snapshot!(problems(&text), @"
    beadle.toml:1: groups.officers: nobody is a moderator, so nobody could look after the queue; give somebody the role admin or secretary
    beadle.toml:1: groups.channels: there is no channel; name one, or leave channels out
    ");
    insta::assert_snapshot!(problems("groups = []"), @"beadle.toml: groups: there is no group; write a [[groups]] table, or leave groups out for the sample group");
}

#[test]
fn a_group_that_nobody_could_have_act_is_refused() {
    let of = |roles: &str| {
        let members = "members = [{ id = 'mo', name = 'Mo' }, { id = 'ed', name = 'Ed' }]";
        format!(
            "{GROUP}{members}\nofficers = [{{ member = 'mo', roles = [{roles}] }}, {{ member = 'ed', roles = ['executive'] }}]"
        )
    };
    insta::assert_snapshot!(problems(&of("'moderator'")), @"beadle.toml:1: groups.officers: nobody is an admin, so nobody could have the bot act or change how it does; give somebody the role admin or secretary");
    for roles in ["'admin'", "'secretary'", "'moderator', 'admin'"] {
        assert!(resolve(&of(roles)).is_ok(), "{roles}");
    }
}

#[test]
fn quorums_that_nobody_could_keep_are_refused() {
    let officers = "members = [{ id = 'mo', name = 'Mo' }, { id = 'sam', name = 'Sam' }, { id = 'ed', name = 'Ed' }]\n\
                    officers = [{ member = 'mo', roles = ['moderator'] }, { member = 'sam', roles = ['secretary'] }, \
                    { member = 'ed', roles = ['executive'] }]\n";
    let with = |quorums: &str| problems(&format!("{GROUP}{officers}[groups.quorums]\n{quorums}"));
    insta::assert_snapshot!(with("expulsion = 3"), @"beadle.toml:8: groups.quorums.expulsion: 3 officers are to sign, and only 2 could; lower it, or make more officers admin, secretary or executive");
    insta::assert_snapshot!(with("warning = 2\nsuspension = 1\nexpulsion = 1"), @"beadle.toml:9: groups.quorums.suspension: a suspension takes 1, fewer than a warning, which takes 2; write at least as many for a suspension as for a warning");
    insta::assert_snapshot!(with("suspension = 2\nexpulsion = 1"), @"beadle.toml:9: groups.quorums.expulsion: an expulsion takes 1, fewer than a suspension, which takes 2; write at least as many for an expulsion as for a suspension");
    let fitting = format!("{GROUP}{officers}[groups.quorums]\nwarning = 1\nsuspension = 2\nexpulsion = 2");
    assert!(resolve(&fitting).is_ok());
    assert!(
        resolve(&format!("{GROUP}{officers}")).is_ok(),
        "what is not written is not held against anybody"
    );
}

#[test]
fn what_trips_the_breaker_and_how_often_a_group_is_tried_is_settled_by_group() {
    let officers =
        "members = [{ id = 'mo', name = 'Mo' }]\nofficers = [{ member = 'mo', roles = ['admin'] }]\n";
    let with = |more: &str| format!("{GROUP}{officers}{more}");
    insta::assert_snapshot!(problems(&with("[groups.breaker]\nfloor = 9\nfactor = 1\nenabled = 'no'\nperson = 3")), @r"
    beadle.toml:8: groups.breaker.floor: 9 is out of range; write a number from 10 to 1000
    beadle.toml:9: groups.breaker.factor: 1 is out of range; write a number from 2 to 100
    beadle.toml:10: groups.breaker.enabled: it is of type string; write true or false
    beadle.toml:11: groups.breaker.person: there is no such option; the keys here are floor, factor, per_member, enabled
    ");
    insta::assert_snapshot!(problems(&with("[groups.breaker]\nfloor = 20\nper_member = 11")), @"beadle.toml:9: groups.breaker.per_member: 11 posts of one member would be most of the 20 that it takes; write 10 or less");
    insta::assert_snapshot!(problems(&with("[groups.breaker]\nfloor = 12")), @"beadle.toml:8: groups.breaker.per_member: 10 posts of one member would be most of the 12 that it takes; write 6 or less");
    insta::assert_snapshot!(problems(&with("[groups.canary]\nminutes = 5")), @"beadle.toml:8: groups.canary.minutes: 5 is out of range; write a number from 10 to 1440");
    let text =
        "[groups.breaker]\nenabled = false\nfloor = 12\nper_member = 6\n[groups.canary]\nenabled = false\n";
    let config = resolve(&with(text)).expect("it is valid");
    let procedure = config.groups[0].charter.procedure;
    assert_eq!(procedure.breaker, Breaker { enabled: false, floor: 12, factor: 5, per_member: 6 });
    assert_eq!(procedure.canary, Canary { enabled: false, minutes: 60 });
}

#[test]
fn names_that_mean_something_else_in_the_terminal_are_refused() {
    let text = format!(
        "{GROUP}channels = ['general', 'names']\nmembers = [\n  {{ id = 'as', name = 'Asa' }},\n  \
         {{ id = 'exit', name = 'Exi' }},\n  {{ id = 'quit', name = 'Qui' }},\n  {{ id = 'mo', name = 'Mo' }},\n]\n\
         officers = [{{ member = 'mo', roles = ['admin'] }}]\n"
    );
    insta::assert_snapshot!(problems(&text), @"
    beadle.toml:5: groups.channels: `names` is where members' new names stand; choose another
    beadle.toml:7: groups.members.id: `as` means something else in the terminal; choose another
    beadle.toml:8: groups.members.id: `exit` means something else in the terminal; choose another
    beadle.toml:9: groups.members.id: `quit` means something else in the terminal; choose another
    ");
}

#[test]
fn no_member_has_a_name_that_passes_for_somebody_else() {
    let text = format!(
        "{GROUP}members = [\n  {{ id = 'alice', name = 'Ally' }},\n  {{ id = 'bob', name = 'Alice' }},\n  \
         {{ id = 'carol', name = 'ally' }},\n  {{ id = 'dev', name = 'Beadle' }},\n  {{ id = 'mo', name = 'MO' }},\n]\n\
         officers = [{{ member = 'mo', roles = ['admin'] }}]\n"
    );
    insta::assert_snapshot!(problems(&text), @"
    beadle.toml:7: groups.members.name: `Alice` is the id of another member; write a name that tells the two apart
    beadle.toml:8: groups.members.name: `ally` is the name of `alice` already; write a name that tells the two apart
    beadle.toml:9: groups.members.name: `Beadle` is the bot's own name; write a name that tells the two apart
    ");
}

#[test]
fn a_group_is_no_larger_than_the_terminal_has_room_for() {
    let group = |len: usize| {
        let channels: Vec<String> = (1..=len).map(|number| format!("'c{number}'")).collect();
        let members: Vec<String> =
            (1..=len).map(|number| format!("{{ id = 'm{number}', name = 'M{number}' }}")).collect();
        let officers = "[{ member = 'm1', roles = ['admin'] }]";
        format!(
            "{GROUP}channels = [{}]\nmembers = [{}]\nofficers = {officers}",
            channels.join(", "),
            members.join(", ")
        )
    };
    assert!(resolve(&group(GROUP_LEN_MAX)).is_ok());
    insta::assert_snapshot!(problems(&group(GROUP_LEN_MAX + 1)), @"
    beadle.toml:1: groups.members: there are 1001, more than the terminal has room for; keep 1000 at most
    beadle.toml:1: groups.channels: there are 1001, more than the terminal has room for; keep 1000 at most
    ");
}

#[test]
fn it_is_watched_from_this_machine_alone() {
    let of = |address: &str| format!("[watch]\naddress = \"{address}\"\n{GROUP}");
    let watch = |address: &str| resolve(&of(address)).expect("it is valid").watch;
    assert_eq!(watch(""), None);
    assert_eq!(watch("127.0.0.1:9464"), Some(([127, 0, 0, 1], 9464).into()));
    assert_eq!(watch("[::1]:9464").expect("it is watched").port(), 9464);
    for address in ["0.0.0.0:9464", "[::]:9464", "192.168.0.7:9464", "8.8.8.8:80"] {
        let told = problems(&of(address));
        let want = "watch.address: others than this machine could ask, and nobody is asked who they are; write 127.0.0.1:9464";
        assert!(told.contains(want) && told.contains("network_mode"), "{told}");
    }
    for address in ["9464", "localhost:9464", "127.0.0.1", ":9464", "unix:/run/beadle"] {
        let told = problems(&of(address));
        assert!(told.contains("is no address with a port; write 127.0.0.1:9464"), "{told}");
    }
}

#[test]
fn what_is_logged_has_a_level_and_a_format() {
    let of = |log: &str| format!("[log]\n{log}\n{GROUP}");
    let log = |log: &str| resolve(&of(log)).expect("it is valid").log;
    assert_eq!(log(""), LogConfig::default());
    assert_eq!(log("level = \"\""), LogConfig::default());
    assert_eq!(log("format = \"json\"").format, Format::Json);
    assert_eq!(log("level = \"warn,beadle=debug\"").level, "warn,beadle=debug");
    for (written, want) in [
        ("format = \"jsno\"", "log.format: there is no such choice; did you mean `json`?"),
        (
            "level = \"loud\"",
            "log.level: `loud` is no log level; write off, error, warn, info, debug or trace",
        ),
        ("level = 3", "log.level: it is of type integer"),
    ] {
        let told = problems(&of(written));
        assert!(told.contains(want), "{want}: {told}");
    }
}

#[test]
fn backups_want_a_place_and_a_key_that_is_not_there() {
    let of = |backup: &str| format!("[backup]\n{backup}\n{GROUP}");
    let backup =
        resolve(&of("directory = \"copies\"\nkey_file = \"backup.key\"")).expect("it is valid").backup;
    let backup = backup.expect("they are taken");
    assert_eq!(
        (backup.directory.as_path(), &backup.key),
        (Path::new("copies"), &SecretPlace::File("backup.key".into()))
    );
    assert_eq!((backup.kept.days, backup.kept.weeks), (7, 4));
    assert_eq!(resolve(&of("")).expect("it is valid").backup, None);
    for (written, want) in [
        ("directory = \"copies\"", "backup.key: backups are sealed, and it is not plain where the key is"),
        (
            "directory = \"copies\"\nkey_file = \"a\"\nkey_env = \"B\"",
            "write one of key_file, key_credential and key_env",
        ),
        (
            "directory = \"copies\"\nkey_credential = \"../a\"",
            "backup.key_credential: it is no name of a credential",
        ),
        ("key_file = \"key\"", "backup.directory: there is a key, and no directory"),
        ("directory = \"c\"\nkey_file = \"c/key\"", "whoever takes the backups away would have their key"),
        ("daily = 36", "36 is out of range; write a number from 0 to 35"),
        ("weekly = 6", "6 is out of range; write a number from 0 to 5"),
    ] {
        let told = problems(&of(written));
        assert!(told.contains(want), "{want}: {told}");
    }
}
