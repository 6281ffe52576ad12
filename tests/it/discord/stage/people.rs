//! What a script has people do, done as people do it on Discord.

use std::time::Duration;

use clap::Command;
use fake_discord::{DmPolicy, Person, Refusal, Snowflake};
use platform::{Change, Inbound};
use policy::{Post, PostKind};
use serde_json::{Value, json};
use terminal::Deed;

use super::discord::{Numbered, Stage, numbered};

impl Stage {
    /// Does what somebody does. What Discord does not let them do is not done.
    pub(super) async fn act(&self, who: &str, deed: &Deed) {
        let person = &self.people[who];
        match deed {
            Deed::Say { channel, text } => {
                let channel = self.channel(channel.as_deref());
                self.post(channel, person.say(channel, &self.mentioning(text))).await;
            }
            Deed::Reply { post, text } => {
                let to = self.numbered(*post);
                self.post(to.channel, person.reply(to.channel, to.message, &self.mentioning(text))).await;
            }
            Deed::Quote { post, text } => {
                let quoted = self.numbered(*post);
                let words = self.discord.see(|world| {
                    world.message(quoted.channel, quoted.message).map(|message| message.content.clone())
                });
                let words = words.expect("what is quoted stands");
                let words = words.lines().map(|line| format!("> {line}\n")).collect::<String>();
                let words = format!("{words}{}", self.mentioning(text));
                self.post(quoted.channel, person.reply(quoted.channel, quoted.message, &words)).await;
            }
            Deed::Forward { post, channel } => {
                let from = self.numbered(*post);
                let to = channel.as_deref().map_or(from.channel, |channel| self.channel(Some(channel)));
                self.post(to, person.forward(from.channel, from.message, to)).await;
            }
            Deed::Edit { post, text } => self.edit(person, &self.numbered(*post), text).await,
            Deed::Delete { post } => {
                let gone = self.numbered(*post);
                person.delete(gone.channel, gone.message).expect("one's own");
            }
            Deed::Rename { name } => self.rename(who, person, name).await,
            Deed::TakeMessages { open } => {
                person.set_dms(if *open { DmPolicy::Open } else { DmPolicy::Closed });
            }
            Deed::Join => self.join(who, person).await,
            Deed::Leave => person.leave(&self.guild),
            Deed::ByHand { change, member } => self.by_hand(&self.people[who], *change, member).await,
            Deed::Confide { text } => self.confide(who, person, text).await,
        }
    }

    /// Gives a command as people choose it from Discord's list, each of its words in the place that is for it.
    pub(super) async fn command(&self, who: &str, line: &str) {
        let person = &self.people[who];
        let (name, options) = self.chosen(line);
        let options: Vec<(&str, Value)> =
            options.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        let is_officer = self.discord.see(|world| {
            world.member(self.guild.id, person.id).is_some_and(|member| !member.roles.is_empty())
        });
        let channel = if is_officer { self.officers } else { self.channels["general"] };
        let whose = self.member(who);
        let told = |inbound: &Inbound| matches!(inbound, Inbound::Command { from, .. } if *from == whose);
        let before = self.record.count(told);
        match person.use_command(&self.app, channel, &name, &options) {
            Ok(interaction) => {
                // Answered by the adapter at once, or by the casework when it has dealt with it.
                let is_refused = |world: &fake_discord::World| {
                    matches!(world.interaction(interaction)?.answer, Some((4, _))).then_some(())
                };
                tokio::select! {
                    () = self.discord.wait_for("a refusal", is_refused) => {}
                    () = self.record.until_more("a command", before, told) => {}
                }
            }
            Err(refusal) => self.does_not_offer(who, line, &refusal),
        }
    }

    fn does_not_offer(&self, who: &str, line: &str, refusal: &Refusal) {
        self.record.note(format!("Discord does not offer {who}: {line} ({refusal:?})"));
    }

    async fn post(&self, channel: Snowflake, posted: Result<Snowflake, Refusal>) {
        let Ok(message) = posted else { return };
        self.posts().push(numbered(channel, message));
        self.hears_post(message).await;
    }

    async fn edit(&self, person: &Person, post: &Numbered, text: &str) {
        let is_it =
            |inbound: &Inbound| matches!(inbound, Inbound::Post { post: told, .. } if told.id == post.post);
        let before = self.record.count(is_it);
        if person.edit(post.channel, post.message, &self.mentioning(text)).is_ok() {
            self.record.until_more("an edit", before, is_it).await;
        }
    }

    async fn rename(&self, who: &str, person: &Person, name: &str) {
        let whose = self.member(who);
        let is_it = |post: &Post| post.kind == PostKind::Nickname && post.author == whose;
        let told = |inbound: &Inbound| matches!(inbound, Inbound::Post { post, .. } if is_it(post));
        let before = self.record.count(told);
        person.nick(&self.guild, Some(name)).expect("one's own");
        self.record.until_more("a name", before, told).await;
        let post = self.record.last_post(is_it).expect("it was told");
        // It stands in no channel.
        self.posts().push(Numbered { channel: self.guild.id, message: person.id, post: post.id });
    }

    async fn join(&self, who: &str, person: &Person) {
        let whose = self.member(who);
        let joined =
            |inbound: &Inbound| matches!(inbound, Inbound::Joined { member, .. } if *member == whose);
        let is_there = self.discord.see(|world| world.member(self.guild.id, person.id).is_some());
        let before = self.record.count(joined);
        if !is_there && person.join(&self.guild).is_ok() {
            self.record.until_more("a newcomer", before, joined).await;
        }
    }

    async fn by_hand(&self, officer: &Person, change: Change, member: &str) {
        let (whom, whose, guild) = (self.people[member].id, self.member(member), &self.guild);
        let told = |inbound: &Inbound| matches!(inbound, Inbound::ByHand { member, change: told, .. } if *member == whose && *told == change);
        let before = self.record.count(told);
        let done = match change {
            Change::Excluded => officer.ban(guild, whom, None),
            Change::Removed => officer.kick(guild, whom),
            Change::Admitted => officer.unban(guild, whom),
            Change::Muted => officer.time_out(guild, whom, Duration::from_secs(24 * 60 * 60)),
            Change::Unmuted => officer.time_out(guild, whom, Duration::ZERO),
        };
        if done.is_ok() {
            self.record.until_more("what was done by hand", before, told).await;
        }
    }

    async fn confide(&self, who: &str, person: &Person, text: &str) {
        let whose = self.member(who);
        let told = |inbound: &Inbound| matches!(inbound, Inbound::Direct { from, .. } if *from == whose);
        let before = self.record.count(told);
        match person.dm(&self.app, &self.pointing(text)) {
            Ok(_) => self.record.until_more("a private message", before, told).await,
            Err(refusal) => self.does_not_offer(who, text, &refusal),
        }
    }

    fn channel(&self, name: Option<&str>) -> Snowflake {
        self.channels[name.unwrap_or("general")]
    }

    fn numbered(&self, post: u64) -> Numbered {
        let index = usize::try_from(post).expect("a small number") - 1;
        self.posts()[index].clone()
    }

    /// A text in which `@alice` is a mention of hers.
    fn mentioning(&self, text: &str) -> String {
        self.people.iter().fold(text.to_owned(), |text, (name, person)| {
            text.replace(&format!("@{name}"), &format!("<@{}>", person.id))
        })
    }

    /// A line as it is typed on Discord: members are mentioned, and messages linked to.
    fn pointing(&self, line: &str) -> String {
        let definition = casework::commands::definition();
        let (name, given) = read(line, &definition);
        let words = given.iter().map(|(argument, word)| match self.pointed(argument, word) {
            Some(pointed) => pointed,
            None => word.clone(),
        });
        name.into_iter().chain(words).collect::<Vec<_>>().join(" ")
    }

    /// A command's name and its options.
    fn chosen(&self, line: &str) -> (String, Vec<(String, Value)>) {
        let definition = casework::commands::definition();
        let (mut name, given) = read(line, &definition);
        // One that means something without a subcommand has one of its own on Discord.
        if let [one] = name.as_slice()
            && definition.find_subcommand(one).is_some_and(Command::has_subcommands)
        {
            name.push("show".to_owned());
        }
        let options = given.into_iter().map(|(argument, word)| {
            let channel = word.strip_prefix('#').unwrap_or(&word);
            let value = match self.pointed(&argument, &word) {
                Some(pointed) => json!(pointed),
                None if argument == "channel" => {
                    self.channels.get(channel).map_or_else(|| json!(word), |channel| json!(channel))
                }
                None => json!(word),
            };
            (argument.to_lowercase().replace('_', "-"), value)
        });
        (name.join(" "), options.collect())
    }

    /// A member or a post as one points at them on Discord; nothing for other words.
    fn pointed(&self, argument: &str, word: &str) -> Option<String> {
        let (may_be_post, may_be_member) = match argument {
            "target" | "about" => (true, true),
            "member" | "one" | "other" => (false, true),
            _ => return None,
        };
        if may_be_member && let Some(person) = self.people.get(word.trim_start_matches('@')) {
            return Some(format!("<@{}>", person.id));
        }
        let number: u64 = word.trim_start_matches('#').parse().ok().filter(|_| may_be_post)?;
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        let post = self.posts().get(index).cloned()?;
        Some(format!("https://discord.com/channels/{}/{}/{}", self.guild.id, post.channel, post.message))
    }
}

/// A line as the names of a command and its arguments, each with what stands in its place.
fn read(line: &str, definition: &Command) -> (Vec<String>, Vec<(String, String)>) {
    let (mut command, mut rest, mut names) = (definition, line.trim(), Vec::new());
    while command.has_subcommands() && !rest.is_empty() {
        let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
        names.push(word.to_owned());
        rest = after.trim_start();
        let Some(found) = command.find_subcommand(word) else { break };
        command = found;
    }
    let mut given = Vec::new();
    for argument in command.get_positionals().filter(|_| command.get_name() != definition.get_name()) {
        if rest.is_empty() {
            break;
        }
        let is_last = argument.is_trailing_var_arg_set();
        let (word, after) = if is_last { (rest, "") } else { rest.split_once(' ').unwrap_or((rest, "")) };
        given.push((argument.get_id().to_string(), word.to_owned()));
        rest = after.trim_start();
    }
    if !rest.is_empty() {
        given.push((String::new(), rest.to_owned()));
    }
    (names, given)
}
