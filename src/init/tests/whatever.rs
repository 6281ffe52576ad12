//! Whatever is answered, it is what the configuration says.

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;

use super::{empty, read_flags};
use crate::config::{Config, Home, MatrixSecret, SecretPlace};
use crate::init::check::officer;
use crate::init::given::{Flags, Given, fill_in};
use crate::init::question::Kind;
use crate::init::questions;

/// Answers, by the names of their questions.
type All = BTreeMap<&'static str, Vec<String>>;

fn one(all: &All, name: &str) -> String {
    all.get(name).and_then(|values| values.first()).cloned().unwrap_or_default()
}

/// A text that people can be shown, quotes, comments and all.
fn shown() -> impl Strategy<Value = String> {
    "[^\\p{C} ](\\PC{0,30}[^\\p{C} ])?"
        .prop_map(|text| text.trim().to_owned())
        .prop_filter("it says something", |text| !text.is_empty())
}

fn key() -> impl Strategy<Value = String> {
    "[a-z0-9][a-z0-9_-]{0,31}"
}

fn snowflake() -> impl Strategy<Value = String> {
    (10_u64..).prop_map(|id| id.to_string())
}

fn file() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9 '\"#=ä.-]{1,20}\\.secret"
}

fn of(pairs: Vec<(&'static str, Vec<String>)>) -> All {
    pairs.into_iter().collect()
}

prop_compose! {
    fn everywhere()(
        name in shown(), id in key(), contact in shown(), external_body in shown(),
        time_zone in prop::sample::select(&["Europe/London", "Europe/Dublin", "UTC"][..]),
        preset in prop::sample::select(&["relaxed", "standard", "strict"][..]),
        data_dir in "[a-zA-Z0-9 '\"#ä][a-zA-Z0-9 '\"#ä/]{0,20}data",
        backups in prop::option::of("[a-z '\"]{1,12}copies"),
    ) -> All {
        let (time_zone, preset) = (time_zone.to_owned(), preset.to_owned());
        of(vec![
            ("name", vec![name]), ("id", vec![id]), ("contact", vec![contact]), ("external_body", vec![external_body]),
            ("time_zone", vec![time_zone]), ("preset", vec![preset]), ("data_dir", vec![data_dir.trim().to_owned()]),
            ("backups", backups.into_iter().map(|to| to.trim().to_owned()).collect()),
        ])
    }
}

fn roles() -> impl Strategy<Value = Vec<&'static str>> {
    prop::sample::subsequence(&["moderator", "admin", "secretary", "executive"][..], 1..=4)
}

/// Officers with these accounts, the first of whom looks after the queue and the bot.
fn officers(accounts: Vec<String>, roles: Vec<Vec<&'static str>>) -> Vec<String> {
    let held = |(number, roles): (usize, Vec<&str>)| {
        if number == 0 { "admin".to_owned() } else { roles.join(", ") }
    };
    let held = roles.into_iter().enumerate().map(held);
    accounts.into_iter().zip(held).map(|(account, roles)| format!("{account}: {roles}")).collect()
}

prop_compose! {
    fn on_discord()(
        mut all in everywhere(), account in key(), token_file in file(), server in snowflake(),
        channels in prop::collection::btree_set(snowflake(), 2), role in prop::option::of(snowflake()),
        welcome in prop::option::of(snowflake()), application in prop::option::of(snowflake()),
        accounts in prop::collection::btree_set(snowflake(), 4), roles in prop::collection::vec(roles(), 1..=4),
        automod in prop::sample::select(&["off", "strongest"][..]),
    ) -> All {
        let mut channels = channels.into_iter();
        all.extend(of(vec![
            ("platform", vec!["discord".to_owned()]), ("account", vec![account]), ("token_file", vec![token_file.trim().to_owned()]),
            ("server", vec![server]), ("officers_channel", channels.next().into_iter().collect()),
            ("private_channel", channels.next().into_iter().collect()),
            ("suspension", vec![if role.is_some() { "role" } else { "ban" }.to_owned()]),
            ("welcome_channel", welcome.into_iter().collect()), ("application", application.into_iter().collect()),
            ("officer", officers(accounts.into_iter().collect(), roles)), ("automod", vec![automod.to_owned()]),
        ]));
        all.extend(role.map(|role| ("suspension_role", vec![role])));
        all
    }
}

prop_compose! {
    fn on_matrix()(
        mut all in everywhere(), account in key(), login in prop::sample::select(&["password", "access_token"][..]), file in file(),
        rooms in prop::collection::btree_set("[#!][a-z]{1,9}:example\\.org", 1..4), space in prop::option::of("!space[a-z]{1,9}"),
        accounts in prop::collection::btree_set("@[a-z]{1,9}:example\\.org(:8448)?", 4), roles in prop::collection::vec(roles(), 1..=4),
    ) -> All {
        all.extend(of(vec![
            ("platform", vec!["matrix".to_owned()]), ("account", vec![account]), ("login", vec![login.to_owned()]),
            ("homeserver", vec!["https://matrix.example.org".to_owned()]), ("user", vec!["@beadle:example.org".to_owned()]),
            (if login == "password" { "password_file" } else { "access_token_file" }, vec![file.trim().to_owned()]),
            ("room", rooms.into_iter().collect()), ("space", space.into_iter().collect()),
            ("management_room", vec!["#the-officers:example.org".to_owned()]),
            ("officer", officers(accounts.into_iter().collect(), roles)),
        ]));
        all
    }
}

fn secret_at(folder: &Path, all: &All, name: &str) -> SecretPlace {
    SecretPlace::File(folder.join(one(all, name)))
}

/// What was answered stands in the configuration, and nothing else.
fn is_what_was_answered(folder: &Path, all: &All, config: &Config) {
    assert_eq!(config.data_dir, Some(folder.join(one(all, "data_dir"))));
    assert_eq!(
        config.backup.as_ref().map(|it| it.directory.clone()),
        all["backups"].first().map(|to| folder.join(to))
    );
    let [group] = &config.groups[..] else { panic!("one group was answered for") };
    let charter = &group.charter;
    assert_eq!(charter.group.as_str(), one(all, "id"));
    assert_eq!((&charter.name, &charter.contact), (&one(all, "name"), &one(all, "contact")));
    assert_eq!(
        (&charter.external_body, charter.zone.name()),
        (&one(all, "external_body"), one(all, "time_zone").as_str())
    );
    assert_eq!(
        (charter.policy.preset().to_string(), charter.mode),
        (one(all, "preset"), policy::Mode::Shadow)
    );
    for entry in &all["officer"] {
        let (account, roles) = officer(entry).expect("it names both");
        let account = policy::MemberId::new(account).expect("an account");
        for role in roles {
            let role: policy::Role = role.parse().expect("a role");
            assert!(charter.roster.holds(&account, role), "{entry}");
        }
    }
    assert_eq!(charter.roster.officers().count(), all["officer"].len());
    match &group.home {
        Home::Discord(home) => {
            let [bot] = &config.discord[..] else { panic!("one bot was answered for") };
            assert_eq!((&bot.id, &bot.token), (&one(all, "account"), &secret_at(folder, all, "token_file")));
            assert_eq!((&home.account, &home.server), (&one(all, "account"), &one(all, "server")));
            assert_eq!(home.officers_channel, one(all, "officers_channel"));
            assert_eq!(home.private_channel, one(all, "private_channel"));
            assert_eq!(
                home.suspension_role.as_ref(),
                all.get("suspension_role").and_then(|role| role.first())
            );
            assert_eq!(home.welcome_channel.as_ref(), all["welcome_channel"].first());
            assert_eq!(home.automod.to_string(), one(all, "automod"));
        }
        Home::Matrix(home) => {
            let [account] = &config.matrix[..] else { panic!("one account was answered for") };
            let want = match one(all, "login").as_str() {
                "password" => MatrixSecret::Password(secret_at(folder, all, "password_file")),
                _ => MatrixSecret::AccessToken(secret_at(folder, all, "access_token_file")),
            };
            assert_eq!((&account.id, &account.secret), (&one(all, "account"), &want));
            assert_eq!((&account.homeserver, &account.user), (&one(all, "homeserver"), &one(all, "user")));
            assert_eq!((&home.account, &home.rooms), (&one(all, "account"), &all["room"]));
            assert_eq!(
                (home.space.as_ref(), &home.management_room),
                (all["space"].first(), &one(all, "management_room"))
            );
        }
        Home::Terminal(_) => panic!("it was answered where the group is"),
    }
}

/// A file of answers with all of these.
fn answers_file(all: &All) -> String {
    let quoted = |values: &Vec<String>| {
        values.iter().map(|value| toml::Value::from(value.as_str()).to_string()).collect::<Vec<_>>()
    };
    let line = |(name, values): (&&str, &Vec<String>)| {
        let is_list = questions::all().any(|question| question.name == *name && question.kind == Kind::List);
        match (is_list, quoted(values)) {
            (true, values) => format!("{name} = [{}]\n", values.join(", ")),
            (false, values) => format!("{name} = {}\n", values.first().map_or("\"\"", String::as_str)),
        }
    };
    all.iter().map(line).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_answered_is_what_is_written(all in prop_oneof![on_discord(), on_matrix()]) {
        let (folder, setup) = empty();
        // In a file, and by flags.
        let text = answers_file(&all);
        let in_file = Given::by_flags(&Flags::default(), None).and_in(Path::new("answers.toml"), &text);
        let flags = all.iter().filter(|(name, _)| **name != "data_dir").flat_map(|(name, values)| {
            let flag = format!("--{}", name.replace('_', "-"));
            values.iter().map(move |value| format!("{flag}={value}"))
        });
        let data_dir = one(&all, "data_dir");
        let by_flags = Given::by_flags(&read_flags(flags), Some(&data_dir));
        for given in [in_file, by_flags] {
            let mut setup = setup.clone();
            fill_in(&mut setup, given).map_err(|problems| TestCaseError::fail(problems.join("\n")))?;
            let config = setup.config().expect("it is valid");
            is_what_was_answered(folder.path(), &all, &config);
        }
    }
}
