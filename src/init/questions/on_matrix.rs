//! What is asked of a group on Matrix.

use crate::config::Platform::Matrix;
use crate::init::check;
use crate::init::question::{By, Kind, LINE, Preset, Question};

use super::texts;

pub(super) static QUESTIONS: &[Question] = &[
    Question {
        name: "homeserver",
        flag: "homeserver",
        about: "the homeserver of the bot's account: its address, or a server's name that tells its address",
        asks: "On which homeserver is the bot's account?",
        explains: |_| {
            "Its address, such as https://matrix.example.org, or the name of a server that tells its address."
                .to_owned()
        },
        value: "ADDRESS",
        on: &[Matrix],
        applies: |context| !context.knows_account(),
        stand_in: |_| texts(&["example.org"]),
        ..LINE
    },
    Question {
        name: "user",
        flag: "user",
        about: "the bot's account, such as @beadle:example.org",
        asks: "What is the bot's account?",
        explains: |_| "Such as @beadle:example.org. It is for the bot alone.".to_owned(),
        value: "ACCOUNT",
        on: &[Matrix],
        applies: |context| !context.knows_account(),
        stand_in: |_| texts(&["@beadle:example.org"]),
        ..LINE
    },
    Question {
        name: "login",
        flag: "login",
        about: "what the bot logs in with, once: password or access_token",
        asks: "What does it log in with?",
        explains: |_| "It does so once.".to_owned(),
        value: "WHAT",
        kind: Kind::Words(&[
            ("password", "the account's password"),
            ("access_token", "an access token, of a device that no other program uses"),
        ]),
        on: &[Matrix],
        applies: |context| !context.knows_account(),
        preset: |_| Preset::taken("password"),
        stand_in: |_| texts(&["password"]),
        ..LINE
    },
    Question {
        name: "password_file",
        flag: "password-file",
        about: "the file that the account's password is in, or is to be, as a path from the configuration",
        asks: "In which file shall the password be kept?",
        explains: |_| {
            "A path from the configuration. The file holds nothing else, and only you can read it.".to_owned()
        },
        value: "FILE",
        on: &[Matrix],
        applies: |context| !context.knows_account() && context.is("login", "password"),
        preset: |context| Preset::taken(&format!("{}.password", context.answer("account").unwrap_or("bot"))),
        stand_in: |_| texts(&["not-answered-yet.password"]),
        check: check::secret_file,
        ..LINE
    },
    Question {
        name: "access_token_file",
        flag: "access-token-file",
        about: "the file that the account's access token is in, or is to be, as a path from the configuration",
        asks: "In which file shall the access token be kept?",
        explains: |_| {
            "A path from the configuration. The file holds nothing else, and only you can read it.".to_owned()
        },
        value: "FILE",
        on: &[Matrix],
        applies: |context| !context.knows_account() && context.is("login", "access_token"),
        preset: |context| {
            Preset::taken(&format!("{}.access-token", context.answer("account").unwrap_or("bot")))
        },
        stand_in: |_| texts(&["not-answered-yet.access-token"]),
        check: check::secret_file,
        ..LINE
    },
    Question {
        name: "password",
        flag: "password",
        about: "the account's password or access token",
        asks: "What is it?",
        explains: |context| {
            format!(
                "The account's {}. What you type is shown as stars; it goes into {}. Enter leaves it for later.",
                if context.is("login", "password") { "password" } else { "access token" },
                context.secret_file().unwrap_or("a file")
            )
        },
        kind: Kind::Secret,
        by: By::Asking,
        on: &[Matrix],
        applies: |context| context.lacks_secret(),
        preset: |_| Preset::left_out(),
        ..LINE
    },
    Question {
        name: "room",
        flag: "room",
        about: "a room of the group, by address or id; again for each",
        asks: "What are the group's rooms?",
        explains: |_| {
            "By address, such as #tea:example.org, or by id. Enter for none, where a space has them all."
                .to_owned()
        },
        value: "ROOM",
        kind: Kind::List,
        on: &[Matrix],
        preset: |_| Preset::left_out(),
        stand_in: |_| texts(&["#not-answered-yet:example.org"]),
        ..LINE
    },
    Question {
        name: "space",
        flag: "space",
        about: "a space, whose rooms are the group's as well, now and later",
        asks: "Is there a space whose rooms are all the group's, now and later?",
        explains: |_| "Its address or id. Enter for none.".to_owned(),
        value: "SPACE",
        on: &[Matrix],
        preset: |_| Preset::left_out(),
        // As long as it is not answered, a group may have no room of its own.
        stand_in: |_| texts(&["#a-space-not-answered-yet:example.org"]),
        ..LINE
    },
    Question {
        name: "management_room",
        flag: "management-room",
        about: "the officers' own room, where they are told what happens",
        asks: "Which is the officers' own room?",
        explains: |_| "Its address or id. They are told there what happens, and type commands.".to_owned(),
        value: "ROOM",
        on: &[Matrix],
        stand_in: |_| texts(&["#officers-not-answered-yet:example.org"]),
        ..LINE
    },
];
