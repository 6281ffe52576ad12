//! Everything that is asked, in the order in which it is.

mod on_discord;
mod on_matrix;

use super::check;
use super::question::{By, Kind, LINE, Preset, Question, Scope};
use crate::config::Platform::{self, Discord, Matrix, Terminal};

/// Who is in the terminal, where nobody says otherwise.
const MEMBERS: [&str; 6] = ["alice: Alice", "bob: Bob", "mo: Mo", "asha: Asha", "sam: Sam", "ed: Ed"];
const OFFICERS: [&str; 4] = ["mo: moderator", "asha: admin", "sam: secretary", "ed: executive"];

/// Stands for ids that were not answered yet.
const NOT_YET: &str = "not-answered-yet";

const YES_OR_NO: Kind = Kind::Words(&[("yes", ""), ("no", "")]);

/// All of them.
pub(super) fn all() -> impl Iterator<Item = &'static Question> + Clone {
    [FIRST, on_discord::QUESTIONS, on_matrix::QUESTIONS, LAST].into_iter().flatten()
}

static FIRST: &[Question] = &[
    Question {
        name: "platform",
        flag: "platform",
        about: "where the group is: discord, matrix or terminal",
        asks: "Where is the group?",
        value: "WHERE",
        kind: Kind::Words(&[
            ("discord", "a server on Discord"),
            ("matrix", "rooms on Matrix"),
            ("terminal", "here, to try Beadle out: nobody needs an account"),
        ]),
        // A terminal is the last that anybody is served in for good.
        preset: |_| match Platform::ALL.into_iter().rfind(|platform| platform.is_built()) {
            Some(platform) => Preset::Offered(vec![platform.to_string()]),
            None => Preset::None,
        },
        stand_in: |_| texts(&["discord"]),
        check: check::platform,
        ..LINE
    },
    Question {
        name: "name",
        flag: "name",
        about: "what members call the group",
        asks: "What do members call the group?",
        explains: |_| "It stands in every notice.".to_owned(),
        stand_in: |_| texts(&["A group"]),
        ..LINE
    },
    Question {
        name: "id",
        flag: "id",
        about: "what the group is called in commands: lower-case letters, digits, - and _",
        asks: "What is it called in commands and in the record?",
        explains: |_| {
            "Lower-case letters, digits, - and _. Do not change it once there are cases.".to_owned()
        },
        preset: |context| match (context.answer("name"), context.new_id()) {
            (_, Some(id)) => Preset::taken(&id),
            // Without a name, that is what is missing.
            (None, None) => Preset::taken(NOT_YET),
            (Some(_), None) => Preset::None,
        },
        stand_in: |_| texts(&[NOT_YET]),
        ..LINE
    },
    Question {
        name: "contact",
        flag: "contact",
        about: "whom members write to when the bot is no help: the Secretary's published contact",
        asks: "Whom do members write to when the bot is no help?",
        explains: |_| {
            "The Secretary's published contact, such as an address. It stands in every notice.".to_owned()
        },
        stand_in: |_| texts(&["the Secretary"]),
        ..LINE
    },
    Question {
        name: "external_body",
        flag: "external-body",
        about: "the body outside the group that members may turn to once the Executive has decided",
        asks: "Whom outside the group may members turn to once the Executive has decided?",
        explains: |_| "It stands in those notices.".to_owned(),
        preset: |_| Preset::taken("the national complaints team"),
        stand_in: |_| texts(&["the national complaints team"]),
        ..LINE
    },
    Question {
        name: "time_zone",
        flag: "time-zone",
        about: "where the group's days begin and end, as a name of the tz database",
        asks: "Where do its days begin and end?",
        explains: |_| "A name of the tz database.".to_owned(),
        value: "ZONE",
        preset: |_| Preset::taken("Europe/London"),
        stand_in: |_| texts(&["Europe/London"]),
        ..LINE
    },
    Question {
        name: "preset",
        flag: "preset",
        about: "how strict the filter is: relaxed, standard or strict",
        asks: "How strict shall the filter be?",
        explains: |_| "It can be changed at any time, word by word.".to_owned(),
        value: "PRESET",
        kind: Kind::Words(&[
            ("relaxed", "removes only discriminatory words, and the strongest when aimed at somebody"),
            (
                "standard",
                "deletes the strongest and what is discriminatory, hides strong words, flags medium ones",
            ),
            ("strict", "deletes strong and discriminatory words, hides medium ones, flags mild ones"),
        ]),
        preset: |_| Preset::taken("standard"),
        stand_in: |_| texts(&["standard"]),
        ..LINE
    },
    Question {
        name: "account",
        flag: "account",
        about: "what the configuration calls the bot, or its account on Matrix",
        asks: "What shall the configuration call the bot?",
        explains: |context| match context
            .platform()
            .map(|platform| context.setup.accounts_before(context.group, platform))
        {
            Some(known) if !known.is_empty() => {
                format!("The name of one that is set up already ({}), or a new one.", known.join(", "))
            }
            _ => "Lower-case letters, digits, - and _. One bot can serve several groups.".to_owned(),
        },
        value: "ID",
        on: &[Discord, Matrix],
        preset: |context| {
            let known =
                context.platform().map(|platform| context.setup.accounts_before(context.group, platform));
            Preset::taken(known.and_then(|known| known.into_iter().next()).as_deref().unwrap_or("bot"))
        },
        stand_in: |_| texts(&[NOT_YET]),
        ..LINE
    },
];

static LAST: &[Question] = &[
    Question {
        name: "channel",
        flag: "channel",
        about: "a channel of the group in the terminal; again for each",
        asks: "What are its channels?",
        value: "CHANNEL",
        kind: Kind::List,
        on: &[Terminal],
        preset: |_| Preset::Taken(texts(&["general", "tearoom"])),
        stand_in: |_| texts(&["general"]),
        ..LINE
    },
    Question {
        name: "member",
        flag: "member",
        about: "a member of the group in the terminal, as \"alice: Alice\"; again for each",
        asks: "Who is in it, officers included?",
        explains: |_| "What names them in commands, a colon and their name: alice: Alice".to_owned(),
        value: "MEMBER",
        kind: Kind::List,
        on: &[Terminal],
        preset: |_| Preset::Taken(texts(&MEMBERS)),
        stand_in: |_| texts(&MEMBERS),
        check: check::members,
        ..LINE
    },
    Question {
        name: "officer",
        flag: "officer",
        about: "an officer's account and roles, as \"80351110224678912: moderator\"; again for each",
        asks: "Who are its officers?",
        explains: |context| {
            let such_as = context.platform().map_or("", check::an_officer);
            format!(
                "Their account, a colon and their roles: {such_as}. A moderator looks after the queue; an admin also configures the \
                 bot; the secretary is an admin and keeps the register; the executive hears second appeals. At least one is an admin \
                 or the secretary: nobody else has the bot act."
            )
        },
        value: "OFFICER",
        kind: Kind::List,
        applies: |context| context.platform().is_some(),
        preset: |context| match context.platform() {
            Some(Terminal) if context.answers_to("member") == MEMBERS => Preset::Taken(texts(&OFFICERS)),
            _ => Preset::None,
        },
        stand_in: |context| match context.platform() {
            Some(Discord) | None => texts(&["5: admin"]),
            Some(Matrix) => texts(&["@not-answered-yet:example.org: admin"]),
            Some(Terminal) => {
                let first = context.answers_to("member").first().and_then(|member| member.split(':').next());
                vec![format!("{}: admin", first.unwrap_or("mo"))]
            }
        },
        check: check::officers,
        ..LINE
    },
    Question {
        name: "another",
        flag: "another",
        about: "whether another group is set up",
        asks: "Set up another group?",
        kind: YES_OR_NO,
        by: By::Asking,
        on: &[Discord, Matrix],
        preset: |_| Preset::taken("no"),
        ..LINE
    },
    Question {
        name: "data_dir",
        flag: "data-dir",
        about: "where the record and its key are kept, as a path from the configuration",
        asks: "Where shall the record and its key be kept?",
        explains: |_| {
            "A folder, as a path from the configuration. Only you will be able to look into it.".to_owned()
        },
        value: "DIR",
        scope: Scope::Whole,
        applies: |context| context.setup.existing().is_none(),
        // Beside the configuration and named like it, where people find it again.
        preset: |context| {
            let stem = context.setup.file().file_stem().and_then(|stem| stem.to_str());
            Preset::taken(&format!("{}-data", stem.unwrap_or("beadle")))
        },
        check: check::data_dir,
        ..LINE
    },
    Question {
        name: "backups",
        flag: "backups",
        about: "the folder into which a sealed copy of the record is put each day; without one, none is",
        asks: "Into which folder shall a sealed copy of the record be put each day?",
        explains: |_| {
            "Best on another disk. A key for the copies is made beside the configuration. Enter for no copies: then take them \
             yourself, with `beadle backup`."
                .to_owned()
        },
        value: "DIR",
        scope: Scope::Whole,
        applies: |context| context.setup.existing().is_none(),
        preset: |_| Preset::left_out(),
        check: check::backups,
        ..LINE
    },
    Question {
        name: "write",
        flag: "write",
        about: "whether it is written",
        asks: "Write this?",
        kind: YES_OR_NO,
        by: By::Asking,
        scope: Scope::Whole,
        preset: |_| Preset::taken("yes"),
        ..LINE
    },
];

pub(super) fn texts(all: &[&str]) -> Vec<String> {
    all.iter().map(|text| (*text).to_owned()).collect()
}
