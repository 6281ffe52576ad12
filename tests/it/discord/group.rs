//! A group, as its founder sets it up: a server with channels and roles, officers, and a bot with its configuration.

use std::cell::Cell;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use beadle::clock::SystemClock;
use discord::AutoMod;
use fake_discord::{
    App, FakeDiscord, GuildHandle, Intents, Message, Moment, Permissions, Person, Snowflake, World, message,
};
use ledger::{Ledger, testing};
use policy::Clock as _;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{by_role, invited};
use crate::beadle::{beadle, days_ahead, dies_at, keep_secret};
use crate::program::Program;

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// What breaks a rule.
pub(crate) const BAD: &str = "oh fuck off";

/// Whether somebody who is a member sees the channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Out {
    Kept,
    LetIn,
}

/// A group with Mo as moderator, Asha as admin, Sam as secretary and Ed as executive, and members Ada and Bob.
pub(crate) struct Group {
    pub(crate) discord: FakeDiscord,
    pub(crate) app: App,
    pub(crate) general: Snowflake,
    pub(crate) officers: Snowflake,
    pub(crate) ada: Person,
    pub(crate) mo: Person,
    pub(crate) asha: Person,
    pub(crate) sam: Person,
    /// The role to which Discord shows the officers' commands.
    pub(crate) moderators: Snowflake,
    /// Whoever has it is suspended.
    pub(crate) suspended: Snowflake,
    pub(crate) server: GuildHandle,
    config: String,
    folder: TempDir,
    /// By how many days everybody's clock is ahead of the machine's.
    days_ahead: Cell<u32>,
}

impl Group {
    /// Founds a group. The bot may what it asks for when it is invited, and is no administrator.
    pub(crate) async fn found() -> Self {
        let discord = FakeDiscord::start().await;
        let app = discord.application("Beadle", Intents::PRIVILEGED);
        let server = discord.guild("Thistlebrook");
        let (general, officers) = (server.channel("general"), server.channel("officers"));
        let private = server.channel("with-the-moderators");
        let suspended = server.role("Suspended", Permissions::NONE);
        let own = server.install(&app, invited(&by_role(suspended), AutoMod::Off));
        server.raise(own);
        let [ada, _bob, mo, asha, sam, ed] =
            ["ada", "bob", "mo", "asha", "sam", "ed"].map(|name| server.member(name));
        // Discord shows officers' commands to whoever may remove posts by hand.
        let moderators = server.role("Moderators", Permissions::MANAGE_MESSAGES);
        for officer in [&mo, &asha, &sam, &ed] {
            server.give(officer, moderators);
        }
        let folder = tempfile::tempdir().expect("a directory can be made");
        keep_secret(&folder.path().join("token"), &app.token);
        let mut config = format!(
            "[[discord]]\nid = \"bot\"\ntoken_file = \"token\"\napi = \"{}\"\n\n[[groups]]\nid = \"tea\"\nname = \"Tea\"\n\
             platform = \"discord\"\ncontact = \"the Secretary\"\nofficers = [\n",
            discord.api_base()
        );
        for (officer, role) in [(&mo, "moderator"), (&asha, "admin"), (&sam, "secretary"), (&ed, "executive")]
        {
            writeln!(config, "  {{ member = \"{}\", roles = [\"{role}\"] }},", officer.id)
                .expect("it is a string");
        }
        write!(
            config,
            "]\n[groups.discord]\naccount = \"bot\"\nserver = \"{}\"\nofficers_channel = \"{officers}\"\n\
             private_channel = \"{private}\"\nsuspension_role = \"{suspended}\"\nwelcome_channel = \"{general}\"\n",
            server.id
        )
        .expect("it is a string");
        let group = Self {
            discord,
            app,
            general,
            officers,
            ada,
            mo,
            asha,
            sam,
            moderators,
            suspended,
            server,
            config,
            folder,
            days_ahead: Cell::new(0),
        };
        group.let_time_pass();
        group
    }

    /// Starts the program, and waits until it offers its commands and hears the group.
    pub(crate) async fn start(&self) -> Program {
        let program = self.launch(&self.config);
        self.hears(&program).await;
        program
    }

    /// Starts the program, which dies when it comes to a failpoint for the so-manieth time, and waits for nothing.
    pub(crate) fn launch_to_die_at(&self, place: &str, nth: u32) -> Program {
        let mut command = self.command(&self.config);
        command.env("FAILPOINTS", [days_ahead(self.days_ahead.get()), dies_at(place, nth)].join(";"));
        Program::start(command)
    }

    /// Starts the program and waits until it hears the group. From then on it dies when it comes to a failpoint for the
    /// so-manieth time: what it has to do at its start counts for nothing.
    pub(crate) async fn start_to_die_at(&self, place: &str, nth: u32) -> Program {
        let armed = self.folder.path().join(format!("{place} {nth}").replace([':', ' '], "-"));
        let mut command = self.command(&self.config);
        let dies = format!("{place}=return({nth} {})", armed.display());
        command.env("FAILPOINTS", [days_ahead(self.days_ahead.get()), dies].join(";"));
        let program = Program::start(command);
        self.hears(&program).await;
        fs::write(armed, "").expect("it can be written");
        program
    }

    /// Starts the program, which can write no file larger than so many bytes, as on a disk that is full.
    pub(crate) async fn start_with_files_no_larger(&self, bytes: u64) -> Program {
        let program = self.launch_with_files_no_larger(&self.config, bytes);
        self.hears(&program).await;
        program
    }

    /// The same with a configuration, and waits for nothing.
    pub(crate) fn launch_with_files_no_larger(&self, config: &str, bytes: u64) -> Program {
        let program = self.command(config);
        let mut command = Command::new("sh");
        // Whoever exceeds the limit would be killed, were the signal not ignored. The unit is 512 bytes.
        command.args(["-c", "ulimit -S -f \"$0\"; trap '' XFSZ; exec \"$@\""]).arg((bytes / 512).to_string());
        command.arg(program.get_program()).args(program.get_args());
        for (name, value) in program.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        Program::start(command)
    }

    /// How large the ledger's file is, in bytes.
    pub(crate) fn size_of_the_ledger(&self) -> u64 {
        fs::metadata(self.folder.path().join("data/ledger.db")).expect("it is there").len()
    }

    /// From now on it is so many days later.
    pub(crate) fn days_pass(&self, days: u32) {
        self.days_ahead.set(self.days_ahead.get() + days);
        self.let_time_pass();
    }

    /// What its founder wrote.
    pub(crate) fn config(&self) -> &str {
        &self.config
    }

    /// Where the configuration is, and the data directory, `data`.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file beside the configuration.
    pub(crate) fn write(&self, name: &str, text: &str) {
        keep_secret(&self.folder.path().join(name), text);
    }

    /// Starts the program with a configuration, and waits for nothing.
    pub(crate) fn launch(&self, config: &str) -> Program {
        Program::start(self.command(config))
    }

    fn command(&self, config: &str) -> Command {
        self.write("beadle.toml", config);
        let mut command = beadle(&self.folder.path().join("data"));
        command.args(["--log", "info", "--config"]).arg(self.folder.path().join("beadle.toml"));
        command.env("FAILPOINTS", days_ahead(self.days_ahead.get()));
        command
    }

    /// Waits until a program offers its commands and hears the group.
    pub(crate) async fn hears(&self, program: &Program) {
        program.says("Discord is heard").await;
        let hung = |world: &World| {
            world.messages(self.officers).any(|message| message.author == self.app.bot).then_some(())
        };
        self.discord.wait_for("the board in the officers' channel", hung).await;
    }

    /// The time of Discord is that of the program, which looks how long ago somebody pressed something.
    pub(crate) fn let_time_pass(&self) {
        let now = SystemClock.now().plus_seconds(i64::from(self.days_ahead.get()) * DAY_SECONDS);
        let now = u64::try_from(now.as_millis()).expect("it is after 1970");
        let there = self.discord.see(World::now);
        self.discord.advance(Moment::from_millis(now).since(there));
    }

    /// Waits until the bot has written something to somebody in private.
    pub(crate) async fn told(&self, whom: &Person, part: &str) -> Message {
        let find = |world: &World| {
            let dm = world.dm(self.app.bot, whom.id)?;
            world.messages(dm.id).find(|message| says(message, part)).cloned()
        };
        self.discord.wait_for(part, find).await
    }

    /// Waits until the bot has written such letters to somebody so many times, and gives the last.
    pub(crate) async fn told_times(&self, whom: &Person, part: &str, times: usize) -> Message {
        let find = |world: &World| {
            let dm = world.dm(self.app.bot, whom.id)?;
            world.messages(dm.id).filter(|message| says(message, part)).nth(times - 1).cloned()
        };
        self.discord.wait_for(part, find).await
    }

    /// Waits for what is said to somebody's command, which says that.
    pub(crate) async fn answered(&self, asked: Snowflake, part: &str) -> String {
        let find = |world: &World| {
            let interaction = world.interaction(asked)?;
            let all = interaction.response.iter().chain(&interaction.followups);
            let said = all.filter_map(|id| world.message(interaction.channel, *id));
            let said: Vec<_> = said.map(|message| message.content.replace('\\', "")).collect();
            Some(said.join("\n")).filter(|said| said.contains(part))
        };
        self.discord.wait_for(part, find).await
    }

    /// Waits until something of the bot's stands in a channel.
    pub(crate) async fn shown(&self, channel: Snowflake, part: &str) -> Message {
        let find = |world: &World| {
            world
                .messages(channel)
                .find(|message| message.author == self.app.bot && says(message, part))
                .cloned()
        };
        self.discord.wait_for(part, find).await
    }

    /// Runs the program until nothing is left to be delivered, such as what was put off.
    pub(crate) async fn deliver_all(&self) {
        while self.has_something_to_do().await {
            self.start().await.end().await;
        }
    }

    /// Whether a program that has ended left something to be delivered.
    async fn has_something_to_do(&self) -> bool {
        let ledger = Ledger::open(&self.folder.path().join("data")).await.expect("nobody else has it open");
        let waiting =
            "select effect_id from effect where kind <> 'cascade' and state in ('pending', 'sending')";
        let waiting = testing::look(&ledger, &[waiting]).await.expect("it can be read");
        ledger.close().await;
        waiting.iter().any(|rows| !rows.is_empty())
    }

    /// How many letters to somebody say that.
    pub(crate) fn letters_saying(&self, whom: &Person, part: &str) -> usize {
        self.discord.dms(&self.app, whom.id).iter().filter(|letter| says(letter, part)).count()
    }

    /// How many letters to the officers say that, answers to commands apart.
    pub(crate) fn letters_to_officers_saying(&self, part: &str) -> usize {
        self.discord.see(|world| {
            let open = world.messages(self.officers).filter(|it| it.flags & message::flag::EPHEMERAL == 0);
            open.filter(|it| it.author == self.app.bot && says(it, part)).count()
        })
    }

    /// An officer reads a file.
    pub(crate) async fn opens(&self, officer: &Person, file: &str) -> String {
        let asked = self.commands(officer, "case", &[("case", json!(file))]);
        self.answered(asked, file).await
    }

    /// An officer reads a file and signs it, which is answered with the file's reference.
    pub(crate) async fn signs(&self, officer: &Person, file: &str, step: &str) -> String {
        self.opens(officer, file).await;
        let asked = self.signs_unheard(officer, file, step);
        self.answered(asked, file).await
    }

    /// An officer who has read a file signs it. What is said to that is not waited for.
    pub(crate) fn signs_unheard(&self, officer: &Person, file: &str, step: &str) -> Snowflake {
        let reason = json!("They were asked to stop.");
        self.commands(
            officer,
            "sign",
            &[("sanction", json!(file)), ("step", json!(step)), ("reason", reason)],
        )
    }

    /// An officer gives a command now, and so in time to be answered. Gives what is asked, which is not waited for.
    pub(crate) fn commands(&self, officer: &Person, name: &str, options: &[(&str, Value)]) -> Snowflake {
        self.let_time_pass();
        let asked = officer.use_command(&self.app, self.officers, name, options);
        asked.expect("the command is offered")
    }

    /// Ada writes to the bot in private.
    pub(crate) fn ada_writes(&self, text: &str) {
        self.let_time_pass();
        self.ada.dm(&self.app, text).expect("she may write");
    }

    /// Ada breaks a rule for the so-manieth time, and is told so. Gives the reference of the case.
    pub(crate) async fn ada_breaks_a_rule(&self, nth: usize) -> String {
        self.let_time_pass();
        let post = self.ada.say(self.general, BAD).expect("she may write");
        self.gone(self.general, post).await;
        let notice = self.told_times(&self.ada, "Your post was removed", nth).await;
        reference_in(&notice.content)
    }

    /// Ada is heard in a matter, the so-manieth of hers. Gives its reference.
    async fn ada_is_heard(&self, nth: usize) -> String {
        let asked = self.told_times(&self.ada, "We want to hear your side", nth).await;
        let file = reference_in(&asked.content);
        self.ada_writes(&format!("reply {file} I am sorry."));
        self.told(&self.ada, &format!("The officers can decide {file}")).await;
        file
    }

    /// Ada is warned, does it again, and Asha has signed that she is suspended, which takes two. Gives the reference of that.
    pub(crate) async fn ada_is_almost_suspended(&self, program: &Program) -> String {
        self.ada_breaks_a_rule(1).await;
        let warning = self.ada_is_heard(1).await;
        let signed = self.signs(&self.asha, &warning, "warning").await;
        assert!(signed.contains("a warning is decided"), "{signed}");
        self.told(&self.ada, "A written warning").await;
        program.says("warning_issued").await;
        self.ada_breaks_a_rule(2).await;
        let suspension = self.ada_is_heard(2).await;
        let signed = self.signs(&self.asha, &suspension, "suspension").await;
        assert!(signed.contains("1 of 2"), "{signed}");
        suspension
    }

    /// Waits until Ada is kept out by the role, or is not.
    pub(crate) async fn ada_is(&self, out: Out) {
        let find = |world: &World| {
            let ada = world.member(self.server.id, self.ada.id)?;
            (ada.roles.contains(&self.suspended) == (out == Out::Kept)).then_some(())
        };
        self.discord.wait_for(&format!("{out:?}"), find).await;
    }

    /// Waits until a message is gone.
    pub(crate) async fn gone(&self, channel: Snowflake, message: Snowflake) {
        self.discord
            .wait_for("the post goes", |world| world.message(channel, message).is_none().then_some(()))
            .await;
    }
}

fn says(message: &Message, part: &str) -> bool {
    message.content.replace('\\', "").contains(part)
}

/// The reference in a text: `B-0001`.
pub(crate) fn reference_in(text: &str) -> String {
    let at = text.find("B-").expect("there is a reference");
    text[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect()
}
