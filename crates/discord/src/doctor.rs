//! A bot looked at from outside: whether it can do what it is there for, and what to do where it cannot.
//!
//! Nothing is changed, and no session is begun, so that it can be done while the bot is running.

use std::collections::BTreeSet;
use std::sync::Arc;

use policy::{Clock, Limit};

use crate::account::{Account, member_of};
use crate::commands::MANAGE_MESSAGES;
use crate::error::RestError;
use crate::ids::Snowflake;
use crate::json;
use crate::needs::{self, Lack, Weight};
use crate::outbound::Hands;
use crate::ranks::{self, NAMED_MAX};
use crate::rest::{Refusals, Request, Route, Urgency};
use crate::server::{Kind, Standing};
use crate::settings::{AccountSettings, GroupSettings, Suspension};
use crate::translate::message::{Reading, Writer, read};

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether it is as it should be.
    pub gravity: Gravity,
    /// What was found and, where something is wrong, what to do.
    pub text: String,
}

/// Whether something is as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gravity {
    /// It is.
    Right,
    /// It may be meant so, and people should know what they do without.
    Attention,
    /// It is not, and the bot does not do what it is there for.
    Wrong,
}

impl Finding {
    fn good(text: impl Into<String>) -> Self {
        Self { gravity: Gravity::Right, text: text.into() }
    }

    fn note(text: impl Into<String>) -> Self {
        Self { gravity: Gravity::Attention, text: text.into() }
    }

    fn bad(text: impl Into<String>) -> Self {
        Self { gravity: Gravity::Wrong, text: text.into() }
    }
}

/// What has to be switched on in the developer portal: how it is called there, and the flags of an application that has it,
/// for small bots and for large ones.
const SWITCHES: [(&str, u64); 2] =
    [("Server Members Intent", 1 << 14 | 1 << 15), ("Message Content Intent", 1 << 18 | 1 << 19)];

const SWITCH_ON: &str = "switch on “Message Content Intent” on the page “Bot” of the developer portal";

/// In so many channels it is looked whether what members write arrives, at so many messages.
const ROOMS_MAX: usize = 10;
const LATEST: u32 = 50;

/// Looks at a bot and at the servers of its groups. All bots that are looked at share `refusals`.
pub async fn examine(settings: &AccountSettings, clock: Arc<dyn Clock>, refusals: Refusals) -> Vec<Finding> {
    let id = &settings.id;
    let account = match Account::open(settings.clone(), clock, refusals).await {
        Ok(account) => account,
        Err(error) => return vec![Finding::bad(format!("{id}: {error}"))],
    };
    let mut findings = vec![Finding::good(format!("{id}: Discord knows its token"))];
    findings.extend(examine_application(&account, id).await);
    let link = account.invitation();
    findings.push(Finding::good(format!("{id}: it is invited to a server with {link}")));
    for group in &settings.groups {
        findings.extend(examine_group(&account, group).await);
    }
    findings
}

async fn examine_application(account: &Account, id: &str) -> Vec<Finding> {
    let asked = account.0.rest.call(Request::get(Route::to("applications").at("@me"))).await;
    let flags = match asked {
        Ok(application) => json::flags(&application, "flags"),
        Err(error) => return vec![Finding::bad(format!("{id}: {error}"))],
    };
    let found = SWITCHES.iter().map(|(switch, flag)| match flags & flag {
        0 => Finding::bad(format!(
            "{id}: it cannot read what members write; switch on “{switch}” on the page “Bot” of the developer portal"
        )),
        _ => Finding::good(format!("{id}: “{switch}” is switched on")),
    });
    found.collect()
}

async fn examine_group(account: &Account, group: &GroupSettings) -> Vec<Finding> {
    let (name, server) = (group.group.as_str(), group.server.0);
    match account.0.load_server(server).await {
        Ok(()) => {}
        Err(error) if is_absent(&error) => {
            let text =
                format!("{name}: the bot is not in the server {server}; invite it with the link above");
            return vec![Finding::bad(text)];
        }
        Err(error) => return vec![Finding::bad(format!("{name}: {error}"))],
    }
    let mut findings = vec![Finding::good(format!("{name}: the bot is in its server"))];
    let channels =
        [("officers_channel", group.officers_channel.0), ("private_channel", group.private_channel.0)];
    let welcome = group.welcome_channel.map(|channel| ("welcome_channel", channel.0));
    let known = account.0.servers.with(server, |server| {
        let mut wrong = Vec::new();
        for (option, channel) in channels.into_iter().chain(welcome) {
            if server.channel(channel).is_none() {
                wrong.push(format!("{name}: {option} names no channel of the server that the bot can see"));
            }
        }
        if let Suspension::Role(role) = &group.suspension
            && server.role(role.0).is_none()
        {
            wrong.push(format!("{name}: suspension_role names no role of the server"));
        }
        (wrong, needs::lacks(server, group))
    });
    let Some((wrong, lacks)) = known else { return findings };
    findings.extend(wrong.into_iter().map(Finding::bad));
    for (channel, lacks) in lacks {
        findings.extend(lacks.iter().map(|lack| told(name, channel, lack)));
    }
    findings.extend(examine_ranks(account, group).await);
    if account.0.servers.with(server, |server| server.asks_two_factors) == Some(true) {
        findings.push(Finding::note(format!(
            "{name}: the server asks whoever moderates it for two factors; whoever owns the application in the developer portal \
             has to use them, or Discord refuses nearly all that the bot is to do"
        )));
    }
    if group.welcome_channel.is_none() {
        findings.push(Finding::note(format!(
            "{name}: welcome_channel is not set, so that nobody is invited back whose ban ends; invite them yourselves, or set it"
        )));
    }
    findings.extend(examine_words(account, group).await);
    findings.extend(examine_officers(account, group).await);
    findings
}

/// Whether what members write arrives: seen at what they wrote last, for a switch can be on and the words kept all the same.
async fn examine_words(account: &Account, group: &GroupSettings) -> Option<Finding> {
    let name = group.group.as_str();
    let place = Hands { shared: Arc::clone(&account.0), group: group.clone() }.place();
    let rooms = account.0.servers.with(group.server.0, |server| {
        let rooms = server.channels().filter(|(_, channel)| channel.kind == Kind::Text);
        rooms.map(|(id, _)| id).take(ROOMS_MAX).collect::<Vec<_>>()
    })?;
    let mut is_withheld = false;
    for room in rooms {
        let route = Route::channel(room).at("messages").with("limit", LATEST);
        // What cannot be read there is said of the channel itself.
        let Ok(latest) = account.0.rest.call(Request::get(route)).await else { continue };
        for message in latest.as_array().into_iter().flatten() {
            match read(message, &place) {
                Reading::Told(told) if told.writer == Writer::Member && !place.is_told_us(&told.post) => {
                    return Some(Finding::good(format!("{name}: what members write arrives")));
                }
                Reading::Withheld => is_withheld = true,
                _ => {}
            }
        }
    }
    is_withheld
        .then(|| Finding::bad(format!("{name}: Discord keeps what members write from the bot; {SWITCH_ON}")))
}

/// Whether officers can be reached is seen when they are written to; that they are there and are shown their commands,
/// before.
async fn examine_officers(account: &Account, group: &GroupSettings) -> Vec<Finding> {
    let (name, server) = (group.group.as_str(), group.server.0);
    let mut findings = Vec::new();
    let mut unshown = Vec::new();
    for officer in group.officers.all() {
        let Some(user) = Snowflake::parse(officer.as_str()) else { continue };
        match member_of(&account.0.rest, server, user, Urgency::Reading).await {
            Ok(None) => {
                findings.push(Finding::bad(format!("{name}: the officer {user} is not in the server")));
            }
            Ok(Some(member)) => unshown.extend(Standing::read(&member)),
            // It was said of the server.
            Err(_) => {}
        }
    }
    let channel = group.officers_channel.0;
    account.0.servers.with(server, |server| {
        unshown.retain(|officer| server.permissions_in(channel, officer).bits() & MANAGE_MESSAGES == 0);
    });
    if !unshown.is_empty() {
        let shown = shown_commands(account, server).await;
        // The role that everybody has bears the id of the server.
        unshown.retain(|officer| {
            !shown.contains(&server) && !shown.contains(&officer.user) && shown.is_disjoint(&officer.roles)
        });
    }
    findings.extend(unshown.iter().map(|officer| {
        Finding::bad(format!(
            "{name}: Discord shows the officer {} no officers' commands, for they may not manage messages; in the server's \
             settings, under Integrations, give the bot's commands to a role of theirs",
            officer.user
        ))
    }));
    findings
}

/// To whom the server itself shows commands of the bot: roles and members.
async fn shown_commands(account: &Account, server: Snowflake) -> BTreeSet<Snowflake> {
    let route = Route::to("applications").one(account.0.application).at("guilds").one(server);
    let asked = account.0.rest.call(Request::get(route.at("commands").at("permissions"))).await;
    // What is not known is not said to be right.
    let lists = asked.unwrap_or_default();
    let all = lists.as_array().into_iter().flatten().flat_map(|list| json::list(list, "permissions"));
    all.filter(|one| json::is_true(one, "permission")).filter_map(|one| json::id(one, "id")).collect()
}

/// Whether the bot ranks above everybody whom it may have to put out. The roles are named for people who are to move one.
async fn examine_ranks(account: &Account, group: &GroupSettings) -> Option<Finding> {
    let (name, server) = (group.group.as_str(), group.server.0);
    let hands = Hands { shared: Arc::clone(&account.0), group: group.clone() };
    // Without its switch the bot is shown no members, which is said of that.
    let everybody = hands.everybody().await.ok()?;
    let above: BTreeSet<Snowflake> = account.0.servers.with(server, |server| {
        let members = ranks::ordinary(group, &everybody).into_iter();
        let roles = members.filter(|member| ranks::is_above(server, member)).flat_map(|member| member.roles);
        let above = server.roles_above_mine();
        roles.filter(|role| above.contains(role)).collect()
    })?;
    if above.is_empty() {
        return None;
    }
    let all = account.0.rest.call(Request::get(Route::guild(server).at("roles"))).await.unwrap_or_default();
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
    Some(Finding::bad(format!(
        "{name}: the bot can neither put out, mute nor rename members with these roles, which are not below its own: {}; in the \
         server's settings, under Roles, drag the bot's role above those of all members but the officers",
        named.join(", ")
    )))
}

fn is_absent(error: &RestError) -> bool {
    error.refusal().is_some_and(|refusal| matches!(refusal.status, 403 | 404))
}

fn told(name: &str, channel: Snowflake, lack: &Lack) -> Finding {
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
        Limit::Outranked(member) => format!("do anything to {}", member.as_str()),
    };
    let said = format!("{name}: the bot cannot {cannot}; give it {missing}");
    match lack.weight {
        Weight::Needed => Finding::bad(said),
        Weight::Optional => Finding::note(format!("{said} if you want that, everything else works without")),
    }
}

impl Account {
    /// The link by which people invite the bot to a server, with what it needs there.
    pub fn invitation(&self) -> String {
        let needed = needs::asked_for(self.0.settings.groups.iter().map(|group| &group.suspension));
        format!(
            "https://discord.com/oauth2/authorize?client_id={}&scope=bot+applications.commands&permissions={needed}",
            self.0.application
        )
    }
}
