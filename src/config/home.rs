//! Where a group is: what stands in its tables for its platform, and who its officers are there.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use policy::{ChannelId, MemberId, Role, Roster};

use super::platform::Platform;
use super::problem::{choose, nearest};
use super::raw::{RawGroup, RawMember, RawOfficer};
use super::resolve::Check;
use super::section::Located;
use super::{GROUP_LEN_MAX, Home, Member, TerminalSeed, sample};

/// The bot's own name in a group; nobody else's.
const BOT: &str = "beadle";
/// The channel of the terminal in which new names stand; nobody posts there.
const NAMES_CHANNEL: &str = "names";
/// What begins or is a line in the terminal, so that nobody could speak under it.
const SPOKEN_FOR: [&str; 3] = ["as", "exit", "quit"];

impl Check {
    /// Where a group is, and who its officers are.
    pub(super) fn home(&mut self, raw: &mut RawGroup) -> (Option<Home>, Roster) {
        let platform = platform_of(raw);
        self.platform(raw.platform.as_ref());
        self.home_tables(raw, platform);
        match platform {
            Some(Platform::Matrix) => self.on_matrix(raw),
            Some(Platform::Discord) => self.on_discord(raw),
            Some(Platform::Terminal) | None => self.in_terminal(raw),
        }
    }

    /// A table that says where a group is on another platform than its own is a mistake.
    fn home_tables(&mut self, raw: &RawGroup, own: Option<Platform>) {
        let tables = [
            (Platform::Matrix, raw.matrix.as_ref().map(|table| table.line)),
            (Platform::Discord, raw.discord.as_ref().map(|table| table.line)),
        ];
        for (platform, table) in tables {
            let Some(line) = table.filter(|_| own != Some(platform)) else { continue };
            let what = match &raw.platform {
                Some(written) if own != Some(Platform::Terminal) => {
                    format!("the group is on {}", written.value)
                }
                Some(_) | None => "the group is in the terminal".to_owned(),
            };
            let fix = format!("write platform = \"{platform}\", or remove the table");
            self.report(line, &format!("groups.{platform}"), what, fix);
        }
    }

    /// Who and what is there in a group in the terminal, and who its officers are.
    fn in_terminal(&mut self, raw: &mut RawGroup) -> (Option<Home>, Roster) {
        let line = raw.line;
        let officers = match (raw.officers.take(), &raw.members) {
            (Some(officers), _) => officers,
            (None, None) => sample::officers(),
            (None, Some(_)) => Vec::new(),
        };
        let members = self.members(raw.members.take().unwrap_or_else(sample::members), line);
        let ids: Vec<&str> = members.iter().map(|member| member.id.as_str()).collect();
        let roster = self.roster(officers, line, |check, written, line| {
            let member = check.key("groups.officers.member", written, line, MemberId::new)?;
            if !ids.contains(&member.as_str()) {
                let fix = match nearest(member.as_str(), ids.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "add them to members".to_owned(),
                };
                let what = format!("`{}` is not a member", member.as_str());
                check.report(line, "groups.officers.member", what, fix);
            }
            Some(member)
        });
        let channels = self.channels(raw.channels.take().unwrap_or_else(sample::channels), line);
        (Some(Home::Terminal(TerminalSeed { channels, members })), roster)
    }

    /// Where a group on Matrix is, and who its officers are.
    fn on_matrix(&mut self, raw: &mut RawGroup) -> (Option<Home>, Roster) {
        let line = raw.line;
        let fix = "remove it; rooms are named in [groups.matrix]";
        self.told_by_platform(raw, "on Matrix, they are those of the rooms", fix);
        let officers = raw.officers.take().unwrap_or_default();
        let roster = self.roster(officers, line, |check, written, line| {
            let written = check.required("groups.officers.member", written, line)?;
            check.matrix_user("groups.officers.member", &written)
        });
        (self.matrix_group(raw.matrix.take(), line).map(Home::Matrix), roster)
    }

    /// Where a group on Discord is, and who its officers are.
    fn on_discord(&mut self, raw: &mut RawGroup) -> (Option<Home>, Roster) {
        let line = raw.line;
        let fix = "remove it; the server is named in [groups.discord]";
        self.told_by_platform(raw, "on Discord, they are those of the server", fix);
        let officers = raw.officers.take().unwrap_or_default();
        let roster = self.roster(officers, line, |check, written, line| {
            let written = check.required("groups.officers.member", written, line)?;
            check.discord_user("groups.officers.member", &written)
        });
        (self.discord_group(raw.discord.take(), line).map(Home::Discord), roster)
    }

    /// Members and channels are written down for a terminal only.
    fn told_by_platform(&mut self, raw: &RawGroup, what: &str, fix: &str) {
        let written =
            [("groups.members", raw.members.is_some()), ("groups.channels", raw.channels.is_some())];
        for (key, _) in written.into_iter().filter(|(_, is_there)| *is_there) {
            self.report(raw.line, key, what, fix);
        }
    }

    fn platform(&mut self, raw: Option<&Located<String>>) {
        let Some(platform) = raw.filter(|platform| platform.value.parse::<Platform>().is_err()) else {
            return;
        };
        let what = "this version has no such platform";
        let fix = choose(&platform.value, &Platform::ALL.map(Platform::word));
        self.report(platform.line, "groups.platform", what, fix);
    }

    fn channels(&mut self, raw: Vec<Located<String>>, line: Option<usize>) -> Vec<ChannelId> {
        const KEY: &str = "groups.channels";
        if raw.is_empty() {
            self.report(line, KEY, "there is no channel", "name one, or leave channels out");
        }
        self.limit(KEY, raw.len(), line);
        let mut channels: Vec<ChannelId> = Vec::new();
        for raw in raw {
            let line = raw.line;
            let Some(channel) = self.key(KEY, Some(raw), line, ChannelId::new) else { continue };
            if channel.as_str() == NAMES_CHANNEL {
                let what = format!("`{NAMES_CHANNEL}` is where members' new names stand");
                self.report(line, KEY, what, "choose another");
            }
            if channels.contains(&channel) {
                self.report(line, KEY, format!("`{}` is there twice", channel.as_str()), "keep one of them");
            } else {
                channels.push(channel);
            }
        }
        channels
    }

    fn limit(&mut self, key: &str, len: usize, line: Option<usize>) {
        if len > GROUP_LEN_MAX {
            let what = format!("there are {len}, more than the terminal has room for");
            self.report(line, key, what, format!("keep {GROUP_LEN_MAX} at most"));
        }
    }

    fn members(&mut self, raw: Vec<RawMember>, line: Option<usize>) -> Vec<Member> {
        const KEY: &str = "groups.members.id";
        self.limit("groups.members", raw.len(), line);
        let mut seen = BTreeSet::new();
        let mut members = Vec::new();
        let mut name_lines = Vec::new();
        for raw in raw {
            let name_line = raw.name.as_ref().and_then(|name| name.line).or(raw.line);
            let id = self.key(KEY, raw.id, raw.line, MemberId::new);
            let name = self.name("groups.members.name", raw.name, raw.line);
            let (Some(id), Some(name)) = (id, name) else { continue };
            if id.as_str() == BOT {
                self.report(raw.line, KEY, format!("`{BOT}` is the bot's own name"), "choose another");
            }
            if SPOKEN_FOR.contains(&id.as_str()) {
                let what = format!("`{}` means something else in the terminal", id.as_str());
                self.report(raw.line, KEY, what, "choose another");
            }
            if !seen.insert(id.clone()) {
                let what = format!("`{}` is there twice", id.as_str());
                self.report(raw.line, KEY, what, "keep one of them, or give one another id");
            }
            members.push(Member { id, name });
            name_lines.push(name_line);
        }
        self.names_apart(&members, &name_lines);
        members
    }

    /// No name may pass for another member or for the bot.
    fn names_apart(&mut self, members: &[Member], lines: &[Option<usize>]) {
        const KEY: &str = "groups.members.name";
        let ids: BTreeSet<&str> = members.iter().map(|member| member.id.as_str()).collect();
        let mut names = BTreeMap::new();
        for (member, line) in members.iter().zip(lines) {
            let (id, folded) = (member.id.as_str(), member.name.to_lowercase());
            let what = if folded == id {
                None
            } else if folded == BOT {
                Some("is the bot's own name".to_owned())
            } else {
                ids.get(folded.as_str()).map(|_| "is the id of another member".to_owned())
            };
            let first = *names.entry(folded).or_insert(id);
            let twice = (first != id).then(|| format!("is the name of `{first}` already"));
            if let Some(what) = what.or(twice) {
                let fix = "write a name that tells the two apart";
                self.report(*line, KEY, format!("`{}` {what}", member.name), fix);
            }
        }
    }

    fn roster(
        &mut self,
        raw: Vec<RawOfficer>,
        line: Option<usize>,
        member: impl Fn(&mut Self, Option<Located<String>>, Option<usize>) -> Option<MemberId>,
    ) -> Roster {
        const KEY: &str = "groups.officers";
        let mut roster = Roster::default();
        for raw in raw {
            let line = raw.line.or(line);
            if raw.roles.as_ref().is_none_or(Vec::is_empty) {
                let fix = format!("write roles = [\"…\"] with one or more of {}", words(Role::ALL));
                self.report(line, "groups.officers.roles", "there is no role", fix);
            }
            let member = member(self, raw.member, line);
            for role in raw.roles.unwrap_or_default() {
                let role = self.word("groups.officers.roles", Some(role), Role::Moderator, Role::ALL);
                if let (Some(member), Some(role)) = (&member, role) {
                    roster.appoint(member.clone(), role);
                }
            }
        }
        if roster.holders(Role::Admin).next().is_none() {
            let what = match roster.holders(Role::Moderator).next() {
                None => "nobody is a moderator, so nobody could look after the queue",
                Some(_) => "nobody is an admin, so nobody could have the bot act or change how it does",
            };
            self.report(line, KEY, what, "give somebody the role admin or secretary");
        }
        roster
    }
}

/// The platform a group is on; nothing where what is written is none, which is reported.
pub(super) fn platform_of(group: &RawGroup) -> Option<Platform> {
    group.platform.as_ref().map_or(Some(Platform::Terminal), |platform| platform.value.parse().ok())
}

fn words<T: fmt::Display>(all: &[T]) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
