//! What is asked of a group on Discord.

use crate::config::Platform::Discord;
use crate::init::check;
use crate::init::question::{By, Kind, LINE, Preset, Question};

use super::texts;

pub(super) static QUESTIONS: &[Question] = &[
    Question {
        name: "token_file",
        flag: "token-file",
        about: "the file that the bot's token is in, or is to be, as a path from the configuration",
        asks: "In which file shall the bot's token be kept?",
        explains: |_| {
            "A path from the configuration. The file holds nothing else, and only you can read it.".to_owned()
        },
        value: "FILE",
        on: &[Discord],
        applies: |context| !context.knows_account(),
        preset: |context| Preset::taken(&format!("{}.token", context.answer("account").unwrap_or("bot"))),
        stand_in: |_| texts(&["not-answered-yet.token"]),
        check: check::secret_file,
        ..LINE
    },
    Question {
        name: "token",
        flag: "token",
        about: "the bot's token",
        asks: "What is the bot's token?",
        explains: |context| {
            format!(
                "Open https://discord.com/developers/applications and make an application if there is none. “Reset Token” on its \
                 page “Bot” shows the token. What you type is shown as stars; it goes into {}. Enter leaves it for later.",
                context.secret_file().unwrap_or("a file")
            )
        },
        kind: Kind::Secret,
        by: By::Asking,
        on: &[Discord],
        applies: |context| context.lacks_secret(),
        preset: |_| Preset::left_out(),
        check: check::token,
        ..LINE
    },
    Question {
        name: "application",
        flag: "application",
        about: "the application's id, of which the link is made that invites the bot",
        asks: "What is the application's id?",
        explains: |_| {
            "The link that invites the bot is made of it. It stands on the application's page “General Information”. Enter takes \
             what is in brackets, if anything is."
                .to_owned()
        },
        value: "ID",
        on: &[Discord],
        applies: |context| !context.knows_account(),
        preset: |context| Preset::Taken(check::application_of(context).into_iter().collect()),
        check: check::application,
        ..LINE
    },
    Question {
        name: "api",
        flag: "api",
        about: "where Discord's interface is, for a proxy or a test",
        asks: "Where is Discord's interface?",
        value: "ADDRESS",
        by: By::Giving,
        on: &[Discord],
        applies: |context| !context.knows_account(),
        preset: |_| Preset::left_out(),
        ..LINE
    },
    Question {
        name: "server",
        flag: "server",
        about: "the id of the group's server",
        asks: "What is the id of the group's server?",
        explains: |_| {
            "Ids are numbers. Switch on developer mode in your own settings on Discord, under “Advanced”; then “Copy ID” is in the \
             menu of the right button on a server, a channel, a role or a person."
                .to_owned()
        },
        value: "ID",
        on: &[Discord],
        stand_in: |_| texts(&["1"]),
        ..LINE
    },
    Question {
        name: "officers_channel",
        flag: "officers-channel",
        about: "the id of the officers' own channel, where they are told what happens",
        asks: "What is the id of the officers' own channel?",
        explains: |_| "They are told there what happens. Make one that members cannot see.".to_owned(),
        value: "ID",
        on: &[Discord],
        stand_in: |_| texts(&["2"]),
        ..LINE
    },
    Question {
        name: "private_channel",
        flag: "private-channel",
        about: "the id of a channel that members see and in which they cannot write, for private threads",
        asks: "What is the id of the channel for private threads?",
        explains: |_| {
            "A channel that members see and in which they cannot write. Threads of it are for one member and the moderators, where \
             somebody takes no private messages. Whoever is suspended sees this channel and no other."
                .to_owned()
        },
        value: "ID",
        on: &[Discord],
        stand_in: |_| texts(&["3"]),
        ..LINE
    },
    Question {
        name: "suspension",
        flag: "suspension",
        about: "how somebody is suspended: role or ban",
        asks: "How is somebody suspended?",
        explains: |_| "For good, everybody is banned; nothing of what they wrote is deleted.".to_owned(),
        value: "HOW",
        kind: Kind::Words(&[
            ("role", "they stay in the server, and a role lets them see that channel alone"),
            ("ban", "they are banned for the time"),
        ]),
        on: &[Discord],
        preset: |_| Preset::taken("role"),
        stand_in: |_| texts(&["ban"]),
        ..LINE
    },
    Question {
        name: "suspension_role",
        flag: "suspension-role",
        about: "the id of the role of the suspended",
        asks: "What is the id of the role of the suspended?",
        explains: |_| {
            "Make one without any permissions; the bot takes the sight of all other channels away from it."
                .to_owned()
        },
        value: "ID",
        on: &[Discord],
        applies: |context| context.is("suspension", "role"),
        stand_in: |_| texts(&["4"]),
        ..LINE
    },
    Question {
        name: "welcome_channel",
        flag: "welcome-channel",
        about: "the id of the channel into which somebody is invited whose ban is over; without one, officers have to",
        asks: "Into which channel is somebody invited whose ban is over?",
        explains: |_| "Its id. Enter for none: then officers have to invite them.".to_owned(),
        value: "ID",
        on: &[Discord],
        preset: |_| Preset::left_out(),
        ..LINE
    },
    Question {
        name: "automod",
        flag: "automod",
        about: "what the server's AutoMod stops of the group's words before anybody sees it: off or strongest",
        asks: "What shall the server's AutoMod stop before anybody sees it?",
        value: "WHAT",
        kind: Kind::Words(&[
            ("off", "nothing"),
            ("strongest", "words for which a post is deleted wherever they stand"),
        ]),
        by: By::Giving,
        on: &[Discord],
        preset: |_| Preset::taken("off"),
        stand_in: |_| texts(&["off"]),
        ..LINE
    },
];
