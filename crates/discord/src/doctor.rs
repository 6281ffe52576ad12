//! A bot looked at: whether it can do what it is there for, and what to do where it cannot.
//!
//! Nothing is changed, and no session is begun, so that it can be done while the bot is running. The bot that runs looks in the
//! same way, but for what it hears by itself: whether it may read, and what it may do.

use std::collections::BTreeSet;
use std::sync::Arc;

use platform::checkup::{Check, Finding, Of};
use policy::{Clock, Limit};

use crate::account::{Account, member_of};
use crate::automod::plan::RULES_MAX;
use crate::commands::MANAGE_MESSAGES;
use crate::error::{FromBetween, NotJson, RestError};
use crate::ids::Snowflake;
use crate::json;
use crate::needs::{self, Lack};
use crate::outbound::Hands;
use crate::ranks::{self, NAMED_MAX};
use crate::rest::{Refusals, Request, Route, Urgency};
use crate::server::{Kind, Server, Standing};
use crate::settings::{AccountSettings, AutoMod, GroupSettings, Suspension};
use crate::translate::message::{Reading, Writer, read};

/// What has to be switched on in the developer portal: how it is called there, and the flags of an application that has it,
/// for small bots and for large ones.
const SWITCHES: [(&str, u64); 2] =
    [("Server Members Intent", 1 << 14 | 1 << 15), ("Message Content Intent", 1 << 18 | 1 << 19)];

/// What has to be switched on for a bot, on the page “Bot” of the developer portal, as it is called there.
pub fn switches() -> impl Iterator<Item = &'static str> {
    SWITCHES.iter().map(|(switch, _)| *switch)
}

const SWITCH_ON: &str = "switch on “Message Content Intent” on the page “Bot” of the developer portal";
const ASK_AGAIN: &str = "see whether this machine reaches Discord, and look again";

/// In so many channels it is looked whether what members write arrives, at so many messages.
const ROOMS_MAX: usize = 10;
const LATEST: u32 = 50;

/// Looks at a bot and at the servers of its groups. All bots that are looked at share `refusals`.
pub async fn examine(settings: &AccountSettings, clock: Arc<dyn Clock>, refusals: Refusals) -> Vec<Finding> {
    let of = || Of::Account { on: "discord", id: settings.id.clone() };
    let account = match Account::open(settings.clone(), clock, refusals).await {
        Ok(account) => account,
        Err(error @ (RestError::Unauthorised | RestError::Setup(_))) => {
            let remedy = "write the newest token of the page “Bot” of the developer portal to where the configuration says";
            return vec![Finding::wrong(Check::DiscordToken, of(), error.to_string(), remedy)];
        }
        Err(error) => return vec![unasked(Check::DiscordToken, of(), &error)],
    };
    let mut findings = vec![Finding::right(Check::DiscordToken, of(), "Discord knows the bot's token")];
    findings.extend(examine_application(&account, &of).await);
    let invited = format!("it is invited to a server with {}", account.invitation());
    findings.push(Finding::right(Check::DiscordInvitation, of(), invited));
    for group in &settings.groups {
        findings.extend(examine_group(&account, group).await);
    }
    findings
}

/// What could not be found out, for Discord did not say.
fn unasked(check: Check, of: Of, error: &RestError) -> Finding {
    let (said, remedy) = match error {
        RestError::RateLimited(_) | RestError::NotYet(_) => (
            error.to_string(),
            "wait as long as that, and look again: too much was asked with this token, or from this machine's address",
        ),
        RestError::Unreachable(source) | RestError::Unanswered(source) if source.is::<FromBetween>() => (
            source.to_string(),
            "see whether Discord has a fault just now, or a proxy stands between, and look again",
        ),
        RestError::Unanswered(source) if source.is::<NotJson>() => (
            "what answers in Discord's place is not Discord".to_owned(),
            "see whether a proxy or a page to sign in to a network stands between this machine and Discord, and look again",
        ),
        _ => (error.to_string(), ASK_AGAIN),
    };
    Finding::wrong(check, of, said, remedy)
}

async fn examine_application(account: &Account, of: &impl Fn() -> Of) -> Vec<Finding> {
    let asked = account.0.rest.call(Request::get(Route::to("applications").at("@me"))).await;
    let flags = match asked {
        Ok(application) => json::flags(&application, "flags"),
        Err(error) => return vec![unasked(Check::DiscordIntents, of(), &error)],
    };
    let found = SWITCHES.iter().map(|(switch, flag)| {
        let found = match flags & flag {
            0 => Finding::wrong(
                Check::DiscordIntents,
                of(),
                format!("it cannot read what members write, for “{switch}” is off"),
                format!("switch on “{switch}” on the page “Bot” of the developer portal"),
            ),
            _ => Finding::right(Check::DiscordIntents, of(), format!("“{switch}” is switched on")),
        };
        found.about(*switch)
    });
    found.collect()
}

async fn examine_group(account: &Account, group: &GroupSettings) -> Vec<Finding> {
    let of = || Of::Group(group.group.clone());
    let id = group.server.0.to_string();
    match account.0.load_server(group.server.0).await {
        Ok(()) => {}
        Err(error) if is_absent(&error) => {
            let (said, remedy) = ("the bot is not in the server", "invite it with the link above");
            return vec![Finding::wrong(Check::DiscordServer, of(), said, remedy).detailing([id])];
        }
        Err(error) => return vec![unasked(Check::DiscordServer, of(), &error).detailing([id])],
    }
    let hands = Hands { shared: Arc::clone(&account.0), group: group.clone() };
    let mut findings = vec![Finding::right(Check::DiscordServer, of(), "the bot is in the server")];
    findings.extend(hands.powers());
    findings.extend(hands.ranks().await);
    findings.push(hands.words().await);
    match hands.look_around().await {
        Ok(found) => findings.extend(found),
        Err(error) => findings.push(unasked(Check::DiscordOfficers, of(), &error)),
    }
    findings
}

impl Hands {
    fn of(&self) -> Of {
        Of::Group(self.group.group.clone())
    }

    /// How everything stands that the bot does not hear of by itself.
    ///
    /// # Errors
    /// When Discord cannot be asked now.
    pub(crate) async fn look_around(&self) -> Result<Vec<Finding>, RestError> {
        let known = self.shared.servers.with(self.group.server.0, |server| self.fixtures(server));
        let mut findings = known.unwrap_or_default();
        findings.extend(self.filter().await?);
        findings.extend(self.offices().await?);
        Ok(findings)
    }

    /// Whether AutoMod can stop what it is to stop. That the bot may not see to that is said with everything else that it may
    /// not.
    async fn filter(&self) -> Result<Option<Finding>, RestError> {
        match self.group.automod {
            AutoMod::Off => {
                let said = "AutoMod is left to whoever manages the server";
                return Ok(Some(Finding::right(Check::DiscordAutoMod, self.of(), said)));
            }
            AutoMod::Strongest => {}
        }
        // Whoever only looks has no record in which they stand.
        let known = self.noted_rules().await.ok().flatten().unwrap_or_default();
        let (mine, people) = match self.rules(&known).await {
            Ok(rules) => rules,
            Err(error) if error.is_passing() => return Err(error),
            Err(_) => return Ok(None),
        };
        Ok(Some(match RULES_MAX.saturating_sub(people) {
            0 => Finding::wrong(
                Check::DiscordAutoMod,
                self.of(),
                "AutoMod stops none of the group's words, for it has as many rules of people's as Discord takes",
                "remove one of them in the server's settings, or set `automod` to \"off\"",
            ),
            _ if mine.is_empty() => {
                Finding::right(Check::DiscordAutoMod, self.of(), "AutoMod has room for the bot's rules")
            }
            _ => {
                let said = format!("AutoMod stops words by {} of the bot's", counted(mine.len(), "rule"));
                Finding::right(Check::DiscordAutoMod, self.of(), said)
            }
        }))
    }

    /// What the configuration names in the server, and how that is set up.
    fn fixtures(&self, server: &Server) -> Vec<Finding> {
        let group = &self.group;
        let named =
            [("officers_channel", group.officers_channel.0), ("private_channel", group.private_channel.0)];
        let welcome = group.welcome_channel.map(|channel| ("welcome_channel", channel.0));
        let mut findings: Vec<_> = named
            .into_iter()
            .chain(welcome)
            .map(|(option, channel)| self.channel_of(server, option, channel))
            .collect();
        if let Suspension::Role(role) = &group.suspension {
            findings.push(match server.role(role.0) {
                Some(_) => {
                    Finding::right(Check::DiscordRole, self.of(), "the role of the suspended is there")
                }
                None => Finding::wrong(
                    Check::DiscordRole,
                    self.of(),
                    "`suspension_role` names no role of the server, so that nobody can be suspended",
                    "copy the id of the role into the configuration",
                ),
            });
        }
        findings.push(if server.asks_two_factors {
            Finding::attention(
                Check::DiscordTwoFactors,
                self.of(),
                "the server asks whoever moderates it for two factors",
                "whoever owns the application in the developer portal has to use them, or Discord refuses nearly all that the \
                 bot is to do",
            )
        } else {
            Finding::right(Check::DiscordTwoFactors, self.of(), "the server asks nobody for two factors")
        });
        findings.push(match welcome {
            Some(_) => Finding::right(
                Check::DiscordWelcome,
                self.of(),
                "whose ban ends is invited back into `welcome_channel`",
            ),
            None => Finding::attention(
                Check::DiscordWelcome,
                self.of(),
                "`welcome_channel` is not set, so that nobody is invited back whose ban ends",
                "invite them yourselves, or set it",
            ),
        });
        findings
    }

    fn channel_of(&self, server: &Server, option: &str, channel: Snowflake) -> Finding {
        let found = match server.channel(channel) {
            Some(_) => Finding::right(Check::DiscordChannels, self.of(), format!("`{option}` is there")),
            None => Finding::wrong(
                Check::DiscordChannels,
                self.of(),
                format!("`{option}` names no channel of the server that the bot can see"),
                "copy the id of the channel into the configuration, or let the bot see the channel",
            ),
        };
        found.about(option)
    }

    /// What the bot may do, channel by channel. It may not have run yet: what it sets right at its start is nothing that it
    /// lacks.
    fn powers(&self) -> Vec<Finding> {
        let lacks = self.shared.servers.with(self.group.server.0, |server| {
            let mut lacks = needs::lacks(server, &self.group);
            for (channel, lacks) in &mut lacks {
                lacks.retain(|lack| !lack.is_mended_by(server.mine_in(*channel)));
            }
            lacks
        });
        let lacks = lacks.unwrap_or_default();
        let lacking: Vec<_> = lacks
            .iter()
            .flat_map(|(channel, lacks)| lacks.iter().map(|lack| self.lacking(*channel, lack)))
            .collect();
        if !lacking.is_empty() {
            return lacking;
        }
        let said = format!("the bot may do all that it needs to in {}", counted(lacks.len(), "channel"));
        vec![Finding::right(Check::DiscordPermissions, self.of(), said)]
    }

    fn lacking(&self, channel: Snowflake, lack: &Lack) -> Finding {
        let missing = lack.missing.join(" and ");
        let cannot = match &lack.limit {
            Limit::Enter | Limit::Read => format!("read the channel {channel}"),
            Limit::Remove => format!("remove posts in {channel}"),
            Limit::Rename => format!("take away names and titles in {channel}"),
            Limit::Write => format!("write in {channel}"),
            Limit::Exclude => format!("keep members out of {channel}"),
            Limit::Mute => "keep members from posting".to_owned(),
            Limit::Invite => "let members in again".to_owned(),
            Limit::Watch => "see all that people and the server's AutoMod do past it".to_owned(),
            Limit::Outranked(_) => "do anything to a member whose rank is not below its own".to_owned(),
        };
        let (check, said) = (Check::DiscordPermissions, format!("the bot cannot {cannot}"));
        let remedy = format!("give it {missing}");
        Finding::wrong(check, self.of(), said, remedy).about(channel.to_string())
    }

    /// Whether what members write arrives: seen at what they wrote last, for a switch can be on and the words kept all the
    /// same.
    async fn words(&self) -> Finding {
        let place = self.place();
        let rooms = self.shared.servers.with(self.group.server.0, |server| {
            let rooms = server.channels().filter(|(_, channel)| channel.kind == Kind::Text);
            rooms.map(|(id, _)| id).take(ROOMS_MAX).collect::<Vec<_>>()
        });
        let mut is_withheld = false;
        for room in rooms.unwrap_or_default() {
            let route = Route::channel(room).at("messages").with("limit", LATEST);
            // What cannot be read there is said of the channel itself.
            let Ok(latest) = self.shared.rest.call(Request::get(route)).await else { continue };
            for message in latest.as_array().into_iter().flatten() {
                match read(message, &place) {
                    Reading::Told(told) if told.writer == Writer::Member && !place.is_told_us(&told.post) => {
                        return Finding::right(Check::DiscordWords, self.of(), "what members write arrives");
                    }
                    Reading::Withheld => is_withheld = true,
                    _ => {}
                }
            }
        }
        if is_withheld {
            let said = "Discord keeps what members write from the bot";
            return Finding::wrong(Check::DiscordWords, self.of(), said, SWITCH_ON);
        }
        Finding::attention(
            Check::DiscordWords,
            self.of(),
            "no member has written anything lately by which it could be seen whether that arrives",
            "write something in a channel, and look again",
        )
    }

    /// Whether officers can be reached is seen when they are written to; that they are there and are shown their commands,
    /// before.
    async fn offices(&self) -> Result<Vec<Finding>, RestError> {
        let server = self.group.server.0;
        let mut absent = Vec::new();
        let mut unshown = Vec::new();
        for officer in self.group.officers.all() {
            let Some(user) = Snowflake::parse(officer.as_str()) else { continue };
            match member_of(&self.shared.rest, server, user, Urgency::Reading).await {
                Ok(None) => absent.push(user.to_string()),
                Ok(Some(member)) => unshown.extend(Standing::read(&member)),
                Err(error) if error.is_passing() => return Err(error),
                // It is said of the server.
                Err(_) => {}
            }
        }
        let channel = self.group.officers_channel.0;
        self.shared.servers.with(server, |server| {
            unshown.retain(|officer| server.permissions_in(channel, officer).bits() & MANAGE_MESSAGES == 0);
        });
        if !unshown.is_empty() {
            let shown = self.shown_commands().await?;
            // The role that everybody has bears the id of the server.
            unshown.retain(|officer| {
                !shown.contains(&server)
                    && !shown.contains(&officer.user)
                    && shown.is_disjoint(&officer.roles)
            });
        }
        Ok(vec![self.present(absent), self.shown(&unshown)])
    }

    fn present(&self, absent: Vec<String>) -> Finding {
        if absent.is_empty() {
            return Finding::right(Check::DiscordOfficers, self.of(), "all officers are in the server");
        }
        let said = format!("{} not in the server", are(absent.len(), "officer"));
        let remedy = "correct their accounts in the configuration, or invite them";
        Finding::wrong(Check::DiscordOfficers, self.of(), said, remedy).detailing(absent)
    }

    fn shown(&self, unshown: &[Standing]) -> Finding {
        if unshown.is_empty() {
            return Finding::right(Check::DiscordCommands, self.of(), "officers are shown their commands");
        }
        let said = format!(
            "{} shown no officers' commands by Discord, for they may not manage messages",
            are(unshown.len(), "officer")
        );
        let remedy =
            "in the server's settings, under Integrations, give the bot's commands to a role of theirs";
        let found = Finding::wrong(Check::DiscordCommands, self.of(), said, remedy);
        found.detailing(unshown.iter().map(|officer| officer.user.to_string()))
    }

    /// To whom the server itself shows commands of the bot: roles and members.
    async fn shown_commands(&self) -> Result<BTreeSet<Snowflake>, RestError> {
        let (application, server) = (self.shared.application, self.group.server.0);
        let route = Route::to("applications").one(application).at("guilds").one(server);
        let asked = Request::get(route.at("commands").at("permissions")).urgency(Urgency::Reading);
        let lists = match self.shared.rest.call(asked).await {
            Ok(lists) => lists,
            Err(error) if error.is_passing() => return Err(error),
            // What is not known is not said to be right.
            Err(_) => return Ok(BTreeSet::new()),
        };
        let all = lists.as_array().into_iter().flatten().flat_map(|list| json::list(list, "permissions"));
        let shown = all.filter(|one| json::is_true(one, "permission")).filter_map(|one| json::id(one, "id"));
        Ok(shown.collect())
    }

    /// Whether the bot ranks above everybody whom it may have to put out. The roles are named for people who are to move one.
    async fn ranks(&self) -> Option<Finding> {
        let server = self.group.server.0;
        // Without its switch the bot is shown no members, which is said of that.
        let everybody = self.everybody().await.ok()?;
        let above: BTreeSet<Snowflake> = self.shared.servers.with(server, |server| {
            let members = ranks::ordinary(&self.group, &everybody).into_iter();
            let roles =
                members.filter(|member| ranks::is_above(server, member)).flat_map(|member| member.roles);
            let above = server.roles_above_mine();
            roles.filter(|role| above.contains(role)).collect()
        })?;
        if above.is_empty() {
            let said = "the bot ranks above all members who hold no office";
            return Some(Finding::right(Check::DiscordRanks, self.of(), said));
        }
        let all = self.shared.rest.call(Request::get(Route::guild(server).at("roles"))).await;
        let all = all.unwrap_or_default();
        let called = |role: &Snowflake| {
            let found = all.as_array().into_iter().flatten().find(|one| json::id(one, "id") == Some(*role));
            let called = found.and_then(|role| json::text(role, "name"));
            let plain = called.map(|called| called.chars().filter(|c| !c.is_control()).collect::<String>());
            plain.map_or_else(|| role.to_string(), |plain| format!("“{plain}”"))
        };
        let mut named: Vec<_> = above.iter().take(NAMED_MAX).map(called).collect();
        match above.len().saturating_sub(NAMED_MAX) {
            0 => {}
            more => named.push(format!("{more} more")),
        }
        let found = Finding::wrong(
            Check::DiscordRanks,
            self.of(),
            "the bot can neither put out, mute nor rename members with these roles, which are not below its own",
            "in the server's settings, under Roles, drag the bot's role above those of all members but the officers",
        );
        Some(found.detailing(named))
    }
}

fn is_absent(error: &RestError) -> bool {
    error.refusal().is_some_and(|refusal| matches!(refusal.status, 403 | 404))
}

/// `1 channel`, `2 channels`.
fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("{count} {what}") } else { format!("{count} {what}s") }
}

/// `1 officer is`, `2 officers are`.
fn are(count: usize, what: &str) -> String {
    format!("{} {}", counted(count, what), if count == 1 { "is" } else { "are" })
}

impl Account {
    /// The link by which people invite the bot to a server, with what it needs there.
    pub fn invitation(&self) -> String {
        let groups = &self.0.settings.groups;
        needs::invitation(self.0.application, groups.iter().map(|group| (&group.suspension, group.automod)))
    }
}
