//! What the bot says of Discord, held to what is there.

use fake_discord::{Message, Snowflake, World};
use platform::Outbound;

use super::discord::Stage;
use super::group;
use super::record::Place;

impl Stage {
    /// What is said to stand does, and says that; who is said to be kept out is; and all that is said to be delivered is
    /// there to be read.
    pub(super) async fn holds_to_the_world(&self, hands: &dyn Outbound) {
        self.posts_stand(hands).await;
        self.those_kept_out_are(hands).await;
        for (place, line) in self.record.shown() {
            let is_there = self.written(&place).iter().any(|message| says(message, &line));
            assert!(is_there, "it was not delivered: {place:?} {line}");
        }
    }

    async fn posts_stand(&self, hands: &dyn Outbound) {
        let posts = self.posts().clone();
        for post in posts.iter().filter(|post| post.post.as_str() == post.message.to_string()) {
            let there = self.discord.see(|world| world.message(post.channel, post.message).cloned());
            let there = there.filter(|message| message.author != self.app.bot);
            let told = hands.read(&group(), None, &post.post).await.expect("it can be read");
            assert_eq!(there.is_some(), told.is_some(), "{post:?}");
            let forwarded = told.as_ref().is_some_and(|told| told.forwards.is_some());
            for (there, told) in there.iter().zip(&told).filter(|_| !forwarded) {
                let words = told
                    .surfaces
                    .iter()
                    .all(|surface| surface.text.expose().lines().all(|line| there.content.contains(line)));
                assert!(words, "other words stand there: {}", there.content);
            }
        }
    }

    async fn those_kept_out_are(&self, hands: &dyn Outbound) {
        let all: Vec<_> = self.people.keys().map(|name| self.member(name)).collect();
        let exclusions = hands.exclusions(&group(), &all).await.expect("they are told");
        for (name, person) in &self.people {
            let is_told = exclusions.iter().any(|one| one.member == self.member(name));
            let is_out = self.discord.see(|world| {
                let is_banned =
                    world.guild(self.guild.id).is_some_and(|guild| guild.bans.contains_key(&person.id));
                let member = world.member(self.guild.id, person.id);
                is_banned || member.is_some_and(|member| member.roles.contains(&self.suspended))
            });
            assert_eq!(is_out, is_told, "whether {name} is kept out");
        }
    }

    /// What the bot wrote in a place.
    fn written(&self, place: &Place) -> Vec<Message> {
        let channels: Vec<Snowflake> = match place {
            Place::Private(member) => {
                let whose = self.people.values().find(|person| person.id.to_string() == member.as_str());
                let dm = |world: &World| world.dm(self.app.bot, whose?.id).map(|dm| dm.id);
                self.discord.see(dm).into_iter().collect()
            }
            Place::WithOfficers => self.discord.see(|world| {
                let threads = world.channels_of(self.guild.id);
                threads.filter(|one| one.parent == Some(self.private)).map(|thread| thread.id).collect()
            }),
            Place::Officers => vec![self.officers],
            Place::Channel(channel) => channel.as_str().parse().into_iter().collect(),
        };
        let all = channels.into_iter().flat_map(|channel| self.discord.messages(channel));
        all.filter(|message| message.author == self.app.bot).collect()
    }
}

/// Whether a message has a line in it, whatever keeps Discord's marks in it from meaning something, and names into mentions.
fn says(message: &Message, line: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    letters(&message.content).contains(&letters(line))
}
