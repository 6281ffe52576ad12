//! What is left to do for people once everything is written: exact, numbered, and only for what was chosen.

use policy::{MemberId, Role};

use super::check::application_in;
use super::dialogue::wrapped;
use super::papers::{backup_key_beside, data_dir};
use super::setup::Setup;
use crate::config::{
    Config, DiscordAccount, DiscordGroup, GroupConfig, Home, MatrixAccount, MatrixGroup, MatrixSecret,
    SecretPlace,
};
use crate::secrets;

/// Something to do, and what is typed or opened for it as it stands.
struct Todo {
    text: String,
    verbatim: Option<String>,
}

/// What is left to do.
pub(crate) fn left_to_do(setup: &Setup, config: &Config) -> String {
    let mut list = List { setup, config, todos: Vec::new() };
    list.fill();
    let lines = list.todos.iter().zip(1..).map(|(todo, number)| {
        let verbatim = todo.verbatim.as_ref().map_or(String::new(), |verbatim| format!("\n      {verbatim}"));
        format!("{number:>2}. {}{verbatim}", wrapped(&todo.text, "    "))
    });
    format!("What is left to do:\n\n{}", lines.collect::<Vec<_>>().join("\n"))
}

/// A text as a shell takes it for one word.
fn in_shell(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:=@".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

struct List<'s> {
    setup: &'s Setup,
    config: &'s Config,
    todos: Vec<Todo>,
}

impl<'s> List<'s> {
    fn push(&mut self, text: impl Into<String>) {
        self.todos.push(Todo { text: text.into(), verbatim: None });
    }

    fn push_with(&mut self, text: impl Into<String>, verbatim: String) {
        self.todos.push(Todo { text: text.into(), verbatim: Some(verbatim) });
    }

    /// The program with this configuration.
    fn beadle(&self, command: &str) -> String {
        let file = in_shell(&self.setup.file().display().to_string());
        format!("beadle --config {file}{}{command}", if command.is_empty() { "" } else { " " })
    }

    fn fill(&mut self) {
        let (on_discord, on_matrix) = (self.on_discord(), self.on_matrix());
        for bot in self.new_bots() {
            self.set_up_bot(bot);
        }
        for (group, home) in &on_discord {
            self.set_up_server(group, home);
        }
        for account in self.new_accounts() {
            self.set_up_account(account);
        }
        if !on_discord.is_empty() {
            let text = "Have Beadle look whether everything is in place on Discord, until no line begins with ✘ any more:";
            self.push_with(text, self.beadle("doctor"));
        }
        self.shut_record();
        self.start();
        for account in self.new_accounts() {
            self.push(format!(
                "The first start shows the recovery key of {} once. Keep it in a safe place: it gives the bot's keys back if its \
                 data is ever lost.",
                account.user
            ));
        }
        for (group, home) in &on_matrix {
            self.invite_into_rooms(group, home);
        }
        if !on_matrix.is_empty() {
            let text = "Have Beadle look whether everything is in place on Matrix, until no line begins with ✘ any more:";
            self.push_with(text, self.beadle("doctor"));
        }
        for account in self.new_accounts() {
            self.lift_limits(account);
        }
        if self.setup.existing().is_none() && self.config.backup.is_some() {
            let key = backup_key_beside(self.setup);
            self.push(format!(
                "Keep a copy of {} away from this machine: no backup opens without it.",
                key.display()
            ));
        }
        self.go_live();
    }

    /// The groups that were not there before.
    fn new_groups(&self) -> impl Iterator<Item = &'s GroupConfig> + use<'s> {
        let before = self.setup.existing().map_or(0, |existing| existing.config.groups.len());
        self.config.groups.iter().skip(before)
    }

    fn on_discord(&self) -> Vec<(&'s GroupConfig, &'s DiscordGroup)> {
        let home = |group: &'s GroupConfig| match &group.home {
            Home::Discord(home) => Some((group, home)),
            Home::Matrix(_) | Home::Terminal(_) => None,
        };
        self.new_groups().filter_map(home).collect()
    }

    fn on_matrix(&self) -> Vec<(&'s GroupConfig, &'s MatrixGroup)> {
        let home = |group: &'s GroupConfig| match &group.home {
            Home::Matrix(home) => Some((group, home)),
            Home::Discord(_) | Home::Terminal(_) => None,
        };
        self.new_groups().filter_map(home).collect()
    }

    fn new_bots(&self) -> impl Iterator<Item = &'s DiscordAccount> + use<'s> {
        let before = self.setup.existing().map_or(0, |existing| existing.config.discord.len());
        self.config.discord.iter().skip(before)
    }

    fn new_accounts(&self) -> impl Iterator<Item = &'s MatrixAccount> + use<'s> {
        let before = self.setup.existing().map_or(0, |existing| existing.config.matrix.len());
        self.config.matrix.iter().skip(before)
    }

    fn set_up_bot(&mut self, bot: &DiscordAccount) {
        let switches = switches();
        self.push_with(
            format!(
                "Open Discord's developer portal, make an application for the bot `{}` if there is none, and on its page “Bot” \
                 switch on {switches}:",
                bot.id
            ),
            "https://discord.com/developers/applications".to_owned(),
        );
        self.put_secret(&bot.token, "the bot's token, which “Reset Token” on the same page shows");
    }

    /// Tells how a secret comes into its file, if it is not there.
    fn put_secret(&mut self, place: &SecretPlace, what: &str) {
        let SecretPlace::File(file) = place else { return };
        if file.exists() {
            return;
        }
        self.push_with(
            format!(
                "Put {what}, into {}, which only you may be able to read. With this, paste it, press Enter, then Ctrl-D:",
                file.display()
            ),
            format!("install -m 600 /dev/stdin {}", in_shell(&file.display().to_string())),
        );
    }

    fn set_up_server(&mut self, group: &GroupConfig, home: &DiscordGroup) {
        let name = &group.charter.name;
        let application = self.application(home);
        let how = match application {
            Some(_) => ":",
            None => {
                ", with the application's id, from its page “General Information”, in the place of APPLICATION_ID:"
            }
        };
        self.push_with(
            format!("Invite the bot to the server of {name}, as somebody who may manage that, by opening this{how}"),
            invitation(application.as_deref().unwrap_or("APPLICATION_ID"), home),
        );
        let suspended = if home.suspension_role.is_some() { ", and above that of the suspended" } else { "" };
        self.push(format!(
            "In that server's settings, under Roles, drag the bot's role above those of all members but the officers{suspended}: \
             Discord puts a new bot's at the bottom."
        ));
        self.push(
            "Look whether members cannot see the officers' channel, and whether they see the one for private threads and cannot \
             write in it.",
        );
    }

    /// The id of the application whose bot serves a group.
    fn application(&self, home: &DiscordGroup) -> Option<String> {
        let answered =
            (0..self.setup.group_count()).map(|group| self.setup.group(group)).find_map(|answers| {
                let is_it = answers.one("account") == Some(home.account.as_str());
                answers.one("application").filter(|_| is_it).map(str::to_owned)
            });
        answered.or_else(|| {
            let bot = self.config.discord.iter().find(|bot| bot.id == home.account)?;
            application_in(&secrets::secret(&bot.token).ok()?)
        })
    }

    fn set_up_account(&mut self, account: &MatrixAccount) {
        self.push(format!(
            "Register the account {} on {}, for the bot alone: nobody else logs in with it.",
            account.user, account.homeserver
        ));
        match &account.secret {
            MatrixSecret::Password(place) => self.put_secret(place, "its password, alone"),
            MatrixSecret::AccessToken(place) => {
                self.put_secret(place, "its access token, of a device that no other program uses");
            }
        }
    }

    fn invite_into_rooms(&mut self, group: &GroupConfig, home: &MatrixGroup) {
        let account = self.config.matrix.iter().find(|account| account.id == home.account);
        let user = account.map_or("the bot", |account| account.user.as_str());
        let rooms = home
            .rooms
            .iter()
            .cloned()
            .chain(home.space.iter().map(|space| format!("{space} with all its rooms")));
        self.push(format!(
            "While the bot runs, have an officer of {name} invite {user} into {rooms}, and give it a power of 50 there, or of 100 \
             if it is to mute members; and into {officers}, the officers' own room. It takes invitations of officers alone.",
            name = group.charter.name,
            rooms = rooms.collect::<Vec<_>>().join(", "),
            officers = home.management_room,
        ));
    }

    fn lift_limits(&mut self, account: &MatrixAccount) {
        // Where the account is named without its server, the doctor knows the whole name.
        let told = Some(lifting(&account.user)).filter(|_| account.user.starts_with('@'));
        self.push(match told {
            Some(told) => format!("Unless the server's operator lifts its limits, {told}."),
            None => {
                "Have the server's operator lift the limits of the bot's account, as `beadle doctor` says."
                    .to_owned()
            }
        });
    }

    /// A folder that was there keeps the rights it had, which are its owner's to change.
    fn shut_record(&mut self) {
        let Some(place) = data_dir(self.setup) else { return };
        if place.metadata().is_ok_and(|folder| ledger::is_exposed(&folder)) {
            let text = format!(
                "{} was there before, and others on this machine can look into it. Have only its owner do so:",
                place.display()
            );
            self.push_with(text, format!("chmod 700 {}", in_shell(&place.display().to_string())));
        }
    }

    fn start(&mut self) {
        if self.setup.existing().is_some() {
            self.push("Stop the bot and start it again: a new group is served from the next start.");
            return;
        }
        if self.config.groups.iter().any(|group| matches!(group.home, Home::Terminal(_))) {
            self.push_with("Open the group; `/help` lists what an officer can do there:", self.beadle(""));
            return;
        }
        let text =
            "Start the bot. packaging/README.md tells how it runs for good, as a service or in a container:";
        self.push_with(text, self.beadle(""));
    }

    fn go_live(&mut self) {
        let names: Vec<&str> = self.new_groups().map(|group| group.charter.name.as_str()).collect();
        let shadow = format!(
            "In shadow mode, in which every new group begins, Beadle judges what is written in {} and tells the officers what it \
             would have done; members see nothing of it, and no strike comes of it.",
            names.join(" and ")
        );
        let commands = [
            ("`/mode live` on Discord", !self.on_discord().is_empty()),
            ("`!beadle mode live` on Matrix", !self.on_matrix().is_empty()),
        ];
        let commands: Vec<&str> =
            commands.into_iter().filter_map(|(command, is_needed)| is_needed.then_some(command)).collect();
        if commands.is_empty() {
            let admins = self.new_groups().flat_map(|group| group.charter.roster.holders(Role::Admin));
            let admin = admins.map(MemberId::as_str).next().unwrap_or("an admin");
            self.push(format!(
                "{shadow} To have it act, somebody with that right says so: `{admin} /mode live`."
            ));
        } else {
            let commands = commands.join(", or ");
            self.push(format!("{shadow} Watch for a week. Then an admin says {commands}."));
        }
    }
}

/// What has to be switched on for a bot.
#[cfg(feature = "discord")]
fn switches() -> String {
    discord::doctor::switches().map(|switch| format!("“{switch}”")).collect::<Vec<_>>().join(" and ")
}

/// The link by which the bot of an application is invited.
#[cfg(feature = "discord")]
fn invitation(application: &str, home: &DiscordGroup) -> String {
    let suspension = home.suspension().unwrap_or(discord::Suspension::Ban);
    discord::invitation(application, [(&suspension, home.automod.into())])
}

/// What an account's limits mean, and how they are lifted.
#[cfg(feature = "matrix")]
fn lifting(user: &str) -> String {
    matrix::doctor::lifting(user)
}

#[cfg(not(feature = "discord"))]
fn switches() -> String {
    String::new()
}

#[cfg(not(feature = "discord"))]
fn invitation(_application: &str, _home: &DiscordGroup) -> String {
    String::new()
}

#[cfg(not(feature = "matrix"))]
fn lifting(_user: &str) -> String {
    String::new()
}

#[cfg(test)]
mod tests {
    use super::in_shell;

    #[test]
    fn a_path_is_one_word_to_a_shell() {
        for (path, want) in [
            ("/etc/beadle/bot.token", "/etc/beadle/bot.token"),
            ("my files/bot.token", "'my files/bot.token'"),
            ("it's/$HOME", r"'it'\''s/$HOME'"),
            ("", "''"),
        ] {
            assert_eq!(in_shell(path), want);
        }
    }
}
