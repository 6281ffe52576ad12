//! A group, as its founder sets it up: rooms, officers, and an account and a configuration for the bot.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::bed::plain::{Plain, Privacy, Watch};
use super::bed::synapse::{Account, Synapse};
use crate::beadle::{beadle, days_ahead, dies_at, keep_secret};
use crate::program::{Program, within};

/// What is written into a level's content for whom a room's founder trusts.
const TRUSTED: u32 = 100;

/// A group with one room for all and one for the officers. The founder is its admin and its secretary.
pub(crate) struct Group {
    pub(crate) founder: Plain,
    pub(crate) bot: Account,
    pub(crate) room: String,
    pub(crate) management: String,
    url: String,
    folder: TempDir,
    officers: Vec<(String, &'static str)>,
    /// What else stands in `[groups.matrix]`.
    rooms: Vec<String>,
    pub(crate) space: Option<String>,
    /// What else stands in the group's table.
    pub(crate) more: &'static str,
    /// What the group and its account are called in the configuration.
    pub(crate) name: &'static str,
}

/// Who is in a group.
#[derive(Clone, Copy, Default)]
pub(crate) struct People<'a> {
    pub(crate) members: &'a [&'a str],
    pub(crate) moderators: &'a [&'a str],
    pub(crate) admins: &'a [&'a str],
    pub(crate) secretaries: &'a [&'a str],
    pub(crate) executive: &'a [&'a str],
}

impl People<'_> {
    fn officers(self) -> Vec<(String, &'static str)> {
        let offices = [
            (self.moderators, "moderator"),
            (self.admins, "admin"),
            (self.secretaries, "secretary"),
            (self.executive, "executive"),
        ];
        let named =
            offices.iter().flat_map(|(users, role)| users.iter().map(|user| ((*user).to_owned(), *role)));
        named.collect()
    }
}

impl Group {
    /// Founds a group. Everybody has still to join what they are invited to.
    pub(crate) async fn found(synapse: &Synapse, privacy: Privacy, people: People<'_>) -> Self {
        let founder = Plain::new(synapse, "founder").await;
        let bot = synapse.register("beadle").await;
        let officers = people.officers();
        let named: Vec<&str> = officers.iter().map(|(officer, _)| officer.as_str()).collect();
        let all = [people.members, &named].concat();
        let room = found_room(&founder, privacy, &bot.user, &all).await;
        let management = found_room(&founder, Privacy::Open, &bot.user, &named).await;
        let folder = tempfile::tempdir().expect("a directory can be made");
        let group = Self {
            rooms: vec![room.clone()],
            founder,
            bot,
            room,
            management,
            url: synapse.url(),
            folder,
            officers,
            space: None,
            more: "",
            name: "tests",
        };
        group.write("password", &group.bot.password);
        group
    }

    /// Writes a file beside the configuration, which may name it as it is called.
    pub(crate) fn write(&self, name: &str, text: &str) {
        keep_secret(&self.folder.path().join(name), text);
    }

    /// Loses the keys and the session of the bot's account, as a disk does.
    pub(crate) fn lose_store(&self) {
        let store = self.folder.path().join("data/matrix").join(self.name);
        fs::remove_dir_all(store).expect("it was there");
    }

    /// Founds one more room, of which the configuration knows.
    pub(crate) async fn found_room(&mut self, privacy: Privacy, members: &[&str]) -> String {
        let room = found_room(&self.founder, privacy, &self.bot.user, members).await;
        self.rooms.push(room.clone());
        room
    }

    /// Takes a room out of the configuration.
    pub(crate) fn forget_room(&mut self, room: &str) {
        self.rooms.retain(|known| known != room);
    }

    /// Starts the program for the first time and returns when the bot is in every room it was asked into.
    pub(crate) async fn start(&self) -> Program {
        let mut news = self.founder.watch().await;
        let program = self.start_again();
        self.until_entered(&mut news).await;
        program
    }

    /// Waits until the bot has come into every room it was asked into.
    pub(crate) async fn until_entered(&self, news: &mut Watch<'_>) {
        let closed = self.rooms.iter().chain([&self.management]).chain(&self.space);
        let closed: RefCell<BTreeSet<&str>> = RefCell::new(closed.map(String::as_str).collect());
        let entered = news.until(|room, event| {
            if is_entry(event, &self.bot.user) {
                closed.borrow_mut().remove(room);
            }
            closed.borrow().is_empty()
        });
        within("the bot enters its rooms", entered).await;
    }

    /// Starts the program where the bot has been before.
    pub(crate) fn start_again(&self) -> Program {
        self.start_with(&self.config())
    }

    /// Starts the program with another configuration.
    pub(crate) fn start_with(&self, config: &str) -> Program {
        Program::start(self.command(config))
    }

    /// Starts the program so that it dies at a place, when it comes there for the `nth` time.
    pub(crate) fn start_to_die(&self, place: &str, nth: u32) -> Program {
        let mut command = self.command(&self.config());
        command.env("FAILPOINTS", dies_at(place, nth));
        Program::start(command)
    }

    /// Starts the program with a clock that is so many days ahead of the server's.
    pub(crate) fn start_days_later(&self, days: u32) -> Program {
        let mut command = self.command(&self.config());
        command.env("FAILPOINTS", days_ahead(days));
        Program::start(command)
    }

    /// The same, and it dies at a place when it first comes there.
    pub(crate) fn start_days_later_to_die(&self, days: u32, place: &str) -> Program {
        let mut command = self.command(&self.config());
        command.env("FAILPOINTS", [days_ahead(days), dies_at(place, 1)].join(";"));
        Program::start(command)
    }

    /// The group's register as a table, copied while the program does not run.
    pub(crate) fn register(&self) -> String {
        let copy = self.folder.path().join("register.csv");
        let mut command = self.command(&self.config());
        command.args([
            "export",
            "register",
            "--format",
            "csv",
            "--group",
            self.name,
            "--by",
            self.founder.user(),
        ]);
        let ended = command.arg("--out").arg(&copy).output().expect("it can be started");
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        fs::read_to_string(copy).expect("the copy is there")
    }

    fn command(&self, config: &str) -> Command {
        let file = self.folder.path().join("beadle.toml");
        fs::write(&file, config).expect("it can be written");
        let mut command = beadle(&self.folder.path().join("data"));
        command.arg("--config").arg(file).args(["--log", "warn,casework=debug,matrix=debug"]);
        command
    }

    /// What is configured of the group and of the bot's account.
    pub(crate) fn config(&self) -> String {
        let founder = (self.founder.user().to_owned(), "admin\", \"secretary");
        let officers = self.officers.iter().chain([&founder]);
        let officers: Vec<String> = officers
            .map(|(member, roles)| format!("{{ member = \"{member}\", roles = [\"{roles}\"] }}"))
            .collect();
        // Lists of strings are written alike in TOML.
        let rooms = json!(self.rooms);
        let Self { bot, management, url, name, .. } = self;
        format!(
            r#"
[[matrix]]
id = "{name}"
homeserver = "{url}"
user = "{user}"
password_file = "password"

[[groups]]
id = "{name}"
name = "Thistlebrook"
platform = "matrix"
contact = "secretary@thistlebrook.example"
officers = [{officers}]

[groups.matrix]
account = "{name}"
rooms = {rooms}
space = "{space}"
management_room = "{management}"
{more}
"#,
            user = bot.user,
            officers = officers.join(", "),
            more = self.more,
            space = self.space.as_deref().unwrap_or_default(),
        )
    }
}

/// The reference in a letter about a removal.
pub(crate) fn reference_in(body: &str) -> &str {
    let after = body.split("Case ").nth(1).expect("a case");
    after.split(',').next().expect("there is always one")
}

/// Founds a private room in which the bot may do everything.
pub(crate) async fn found_room(founder: &Plain, privacy: Privacy, bot: &str, invited: &[&str]) -> String {
    let encryption = json!([{
        "type": "m.room.encryption",
        "state_key": "",
        "content": { "algorithm": "m.megolm.v1.aes-sha2" },
    }]);
    let state = match privacy {
        Privacy::Open => json!([]),
        Privacy::Encrypted => encryption,
    };
    let invited: Vec<&str> = [invited, &[bot]].concat();
    let room = json!({
        "name": "Common room",
        "initial_state": state,
        "invite": invited,
        "power_level_content_override": { "users": { bot: TRUSTED } },
    });
    founder.create(&room).await
}

/// Whether somebody comes into a room by this event.
pub(crate) fn is_entry(event: &Value, user: &str) -> bool {
    event["type"] == "m.room.member" && event["state_key"] == user && event["content"]["membership"] == "join"
}

/// Whether an event of the timeline says this to somebody who reads it.
pub(crate) fn says(event: &Value, part: &str) -> bool {
    event["content"]["body"].as_str().is_some_and(|body| body.contains(part))
}
