//! Bots on Discord and the groups they serve.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use policy::{GroupId, MemberId};

use super::raw::{RawDiscordAccount, RawDiscordGroup};
use super::resolve::Check;
use super::secret::{RawSecret, SecretPlace, one_of};
use super::section::Located;
use super::{GroupConfig, Home};

/// An application's bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscordAccount {
    /// What groups name it by; also under which it notes things for itself.
    pub id: String,
    /// Where its token is.
    pub token: SecretPlace,
    /// Where Discord's interface is, if not where Discord has it.
    pub api: Option<String>,
}

/// Where a group is on Discord.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscordGroup {
    /// The bot that serves it, by its id.
    pub account: String,
    /// Its server.
    pub server: String,
    /// The channel where officers are told what happens.
    pub officers_channel: String,
    /// The channel whose private threads are for one member and the moderators.
    pub private_channel: String,
    /// The role of the suspended; nothing where they are banned.
    pub suspension_role: Option<String>,
    /// Into which channel somebody is invited who is let in again.
    pub welcome_channel: Option<String>,
    /// What the server's own filter stops of the group's words.
    pub automod: AutoMod,
}

/// What the server's own filter stops of the group's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AutoMod {
    /// Nothing.
    Off,
    /// Those for which a post is deleted wherever they stand.
    Strongest,
}

impl FromStr for AutoMod {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        [Self::Off, Self::Strongest].into_iter().find(|it| it.to_string() == word).ok_or(())
    }
}

impl fmt::Display for AutoMod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "off",
            Self::Strongest => "strongest",
        })
    }
}

#[cfg(feature = "discord")]
impl From<AutoMod> for ::discord::AutoMod {
    fn from(automod: AutoMod) -> Self {
        match automod {
            AutoMod::Off => Self::Off,
            AutoMod::Strongest => Self::Strongest,
        }
    }
}

#[cfg(feature = "discord")]
impl DiscordGroup {
    /// How somebody is kept out for a time. Nothing when the role is no id, which is looked at when a configuration is read.
    pub(crate) fn suspension(&self) -> Option<::discord::Suspension> {
        match &self.suspension_role {
            Some(role) => ::discord::RoleId::new(role).map(::discord::Suspension::Role),
            None => Some(::discord::Suspension::Ban),
        }
    }
}

/// How somebody is kept out for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Suspension {
    Role,
    Ban,
}

impl FromStr for Suspension {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        [Self::Role, Self::Ban].into_iter().find(|it| it.to_string() == word).ok_or(())
    }
}

impl fmt::Display for Suspension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Role => "role",
            Self::Ban => "ban",
        })
    }
}

impl Check {
    pub(super) fn discord_accounts(
        &mut self,
        raw: Vec<RawDiscordAccount>,
        folder: &Path,
    ) -> Vec<DiscordAccount> {
        let mut accounts: Vec<DiscordAccount> = Vec::new();
        for raw in raw {
            let line = raw.line;
            let Some(account) = self.discord_account(raw, folder) else { continue };
            if accounts.iter().any(|other| other.id == account.id) {
                let what = format!("`{}` is there twice", account.id);
                self.report(line, "discord.id", what, "give one of them another id");
            } else {
                accounts.push(account);
            }
        }
        accounts
    }

    fn discord_account(&mut self, raw: RawDiscordAccount, folder: &Path) -> Option<DiscordAccount> {
        let id = self.key("discord.id", raw.id, raw.line, Some);
        let token = self.token(raw.token, raw.line, folder);
        let api = match raw.api.filter(|api| !api.value.is_empty()) {
            Some(api) => Some(self.address("discord.api", &api, "https://discord.example.org/api/v10")?),
            None => None,
        };
        Some(DiscordAccount { id: id?, token: token?, api })
    }

    fn token(&mut self, raw: RawSecret, line: Option<usize>, folder: &Path) -> Option<SecretPlace> {
        let mut places = self.secret_places("discord.token", raw, folder);
        if places.len() == 1 {
            return places.pop();
        }
        let fix = format!("write one of {}, and the others \"\"", one_of("token"));
        self.report(line, "discord", "it is not plain where the bot's token is", fix);
        None
    }

    pub(super) fn discord_group(
        &mut self,
        raw: Option<RawDiscordGroup>,
        line: Option<usize>,
    ) -> Option<DiscordGroup> {
        let Some(raw) = raw else {
            let fix =
                "write a [groups.discord] table with account, server, officers_channel and private_channel";
            self.report(line, "groups.discord", "nothing says where the group is", fix);
            return None;
        };
        let line = raw.line;
        let account = self.required("groups.discord.account", raw.account, line);
        let server = self.discord_id("groups.discord.server", raw.server, line);
        let officers = self.discord_id("groups.discord.officers_channel", raw.officers_channel, line);
        let private = self.discord_id("groups.discord.private_channel", raw.private_channel, line);
        let suspension = self.word(
            "groups.discord.suspension",
            raw.suspension,
            Suspension::Role,
            &[Suspension::Role, Suspension::Ban],
        );
        let role = raw.suspension_role.filter(|role| !role.value.is_empty());
        let suspension_role = match (suspension, role) {
            (Some(Suspension::Ban), Some(role)) => {
                let fix = "leave it out, or write suspension = \"role\"";
                self.report(
                    role.line,
                    "groups.discord.suspension_role",
                    "the suspended are banned here",
                    fix,
                );
                None
            }
            (Some(Suspension::Ban), None) | (None, _) => None,
            (Some(Suspension::Role), role) => {
                let key = "groups.discord.suspension_role";
                Some(self.discord_id(key, role, line)?)
            }
        };
        let welcome = raw.welcome_channel.filter(|channel| !channel.value.is_empty());
        let welcome_channel = match welcome {
            Some(channel) => Some(self.discord_id("groups.discord.welcome_channel", Some(channel), line)?),
            None => None,
        };
        let choices = [AutoMod::Off, AutoMod::Strongest];
        let automod = self.word("groups.discord.automod", raw.automod, AutoMod::Off, &choices);
        let (officers_channel, private_channel) = (officers?, private?);
        if officers_channel == private_channel {
            let what = "whoever is suspended would see where officers talk";
            let fix = "name a channel of the officers' own";
            self.report(line, "groups.discord.private_channel", what, fix);
        }
        let account = account?.value;
        Some(DiscordGroup {
            account,
            server: server?,
            officers_channel,
            private_channel,
            suspension_role,
            welcome_channel,
            automod: automod?,
        })
    }

    /// The id of something on Discord, as it is copied there.
    fn discord_id(&mut self, key: &str, raw: Option<Located<String>>, line: Option<usize>) -> Option<String> {
        let raw = self.required(key, raw, line)?;
        if !is_discord_id(&raw.value) {
            let fix = "copy its id: switch on developer mode in Discord's settings, then click it with the right button";
            self.report(raw.line, key, format!("`{}` is no id on Discord", raw.value), fix);
            return None;
        }
        Some(raw.value)
    }

    /// An account as Discord names it.
    pub(super) fn discord_user(&mut self, key: &str, raw: &Located<String>) -> Option<MemberId> {
        let member = MemberId::new(raw.value.as_str()).filter(|_| is_discord_id(&raw.value));
        if member.is_none() {
            let what = format!("`{}` is no account's id on Discord", raw.value);
            let fix = "copy the user's id: it is a number, and never changes as names do";
            self.report(raw.line, key, what, fix);
        }
        member
    }

    /// Every group has its bot, every bot a group, and no server is two groups'.
    pub(super) fn discord_together(&mut self, accounts: &[DiscordAccount], groups: &[GroupConfig]) {
        let mut servers: Vec<(&str, &GroupId)> = Vec::new();
        for group in groups {
            let Home::Discord(home) = &group.home else { continue };
            if accounts.iter().all(|account| account.id != home.account) {
                let what = format!("there is no bot `{}`", home.account);
                self.report(None, "groups.discord.account", what, "name the id of a [[discord]] table");
            }
            if servers.iter().any(|(server, _)| *server == home.server) {
                let what = format!("`{}` is another group's as well", home.server);
                self.report(None, "groups.discord.server", what, "leave it to one of them");
            }
            servers.push((&home.server, &group.charter.group));
        }
        for account in accounts {
            let serves = |group: &GroupConfig| matches!(&group.home, Home::Discord(home) if home.account == account.id);
            if !groups.iter().any(serves) {
                let what = format!("`{}` serves no group", account.id);
                self.report(None, "discord.id", what, "name it in a group's [groups.discord], or remove it");
            }
        }
    }
}

/// Whether it is a number as Discord gives them to everything.
pub(crate) fn is_discord_id(text: &str) -> bool {
    (1..=20).contains(&text.len())
        && !text.starts_with('0')
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && text.parse::<u64>().is_ok()
}

#[cfg(all(test, feature = "discord"))]
mod tests {
    use super::*;

    #[test]
    fn the_adapter_is_set_up_with_what_is_written() {
        let group = |role: Option<&str>| DiscordGroup {
            account: "bot".to_owned(),
            server: "1".to_owned(),
            officers_channel: "2".to_owned(),
            private_channel: "3".to_owned(),
            suspension_role: role.map(str::to_owned),
            welcome_channel: None,
            automod: AutoMod::Off,
        };
        let role = ::discord::RoleId::new("4").unwrap();
        assert_eq!(group(Some("4")).suspension(), Some(::discord::Suspension::Role(role)));
        assert_eq!(group(None).suspension(), Some(::discord::Suspension::Ban));
        assert_eq!(group(Some("the suspended")).suspension(), None);
        assert_eq!(::discord::AutoMod::from(AutoMod::Off), ::discord::AutoMod::Off);
        assert_eq!(::discord::AutoMod::from(AutoMod::Strongest), ::discord::AutoMod::Strongest);
    }
}
