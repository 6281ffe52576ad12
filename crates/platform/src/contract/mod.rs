//! What every platform promises to those who drive [`Outbound`], as a suite that each adapter runs.
//!
//! The suite acts through [`Outbound`] and looks through a [`Harness`], which sees what people see. An adapter that
//! keeps the contract can be swapped for any other without a change above the port.

mod faults;
mod letters;
mod members;
mod posts;

use policy::{
    Block, ChannelId, GroupId, Letter, MemberId, MessageText, Post, PostId, PostKind, SurfaceKind, Timestamp,
};

use crate::fake::{Fault, effect};
use crate::{Account, Action, Change, DeliveryError, EffectId, Exclusion, History, Mute, Outbound, Receipt};

/// Something of the bot's as a person sees it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sight {
    /// Its lines, from top to bottom.
    pub lines: Vec<SightLine>,
    /// Who is alerted by it, in the platform's words (`@everyone`, a member).
    pub pings: Vec<String>,
}

/// One line of a [`Sight`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SightLine {
    /// Whether it is set apart as somebody else's words.
    pub quoted: bool,
    /// What can be read, formatting signs that are not interpreted included.
    pub text: String,
}

impl Sight {
    /// The lines in the bot's own voice, joined by line breaks.
    pub fn own(&self) -> String {
        self.join(false)
    }

    /// The lines set apart as somebody else's words, joined by line breaks.
    pub fn quoted(&self) -> String {
        self.join(true)
    }

    fn join(&self, quoted: bool) -> String {
        let lines: Vec<&str> =
            self.lines.iter().filter(|line| line.quoted == quoted).map(|line| line.text.as_str()).collect();
        lines.join("\n")
    }
}

/// A platform as the suite needs it: freshly started, with one group, one channel and two members.
///
/// Its clock may be any, as long as [`Post::written_at`] of what is posted is within the years 2000 to 2100.
#[expect(async_fn_in_trait, reason = "the suite awaits in place and asks no future to be Send")]
pub trait Harness {
    /// The adapter under test.
    fn outbound(&self) -> &dyn Outbound;
    /// The group.
    fn group(&self) -> GroupId;
    /// Its channel.
    fn channel(&self) -> ChannelId;
    /// A member who takes private messages and is no officer.
    fn alice(&self) -> MemberId;
    /// Another.
    fn bob(&self) -> MemberId;
    /// The name of Alice's account.
    fn alice_account_name(&self) -> String;
    /// What a repost shows of its author that no other member can take on: an id, a handle.
    fn account_shown(&self, member: &MemberId) -> String;
    /// Words of the date on which a post was written, as a repost shows them: `21 November 2026`.
    fn date_shown(&self, post: &Post) -> String;

    /// Some days ahead of the platform's clock: long enough for nothing to end while the suite runs.
    fn later(&self) -> Timestamp;

    /// A member tries to post in the channel; gives the post as the adapter would hand it in, or nothing when the
    /// platform does not let them.
    async fn try_post(&mut self, author: &MemberId, text: &str) -> Option<Post>;
    /// As [`Harness::try_post`], by a member who may.
    async fn post(&mut self, author: &MemberId, text: &str) -> Post {
        match self.try_post(author, text).await {
            Some(post) => post,
            None => panic!("{} was to be allowed to post", author.as_str()),
        }
    }
    /// The author edits a post.
    async fn edit(&mut self, post: &Post, text: &str) -> Post;
    /// The author deletes a post.
    async fn delete(&mut self, post: &Post);
    /// A member takes another name.
    async fn rename(&mut self, member: &MemberId, name: &str) -> Post;
    /// A member stops taking private messages.
    async fn close_messages(&mut self, member: &MemberId);
    /// A member leaves the group.
    async fn leave(&mut self, member: &MemberId);
    /// A member tries to come back; nothing happens when the platform does not let them, or they are there.
    async fn join(&mut self, member: &MemberId);
    /// A human does this to a member past the bot.
    async fn by_hand(&mut self, member: &MemberId, change: Change);
    /// Makes the next call for such an action fail so; `false` when the platform cannot fail in this way.
    async fn fail_next(&mut self, action: &Action, fault: Fault) -> bool;
    /// Stops the adapter without ceremony and starts it again; `false` when nothing of this platform would be left.
    async fn restart(&mut self) -> bool;

    /// The name a member goes by.
    async fn name(&self, member: &MemberId) -> String;
    /// What members wrote and still stands in the channel, as text.
    async fn standing(&self) -> Vec<String>;
    /// What the bot put up in the channel and stands there.
    async fn reposts(&self) -> Vec<Sight>;
    /// What a member was told in private, as it can be read now.
    async fn private(&self, member: &MemberId) -> Vec<Sight>;
    /// What a member was told in the place they share with the officers, as it can be read now.
    async fn with_officers(&self, member: &MemberId) -> Vec<Sight>;
    /// What the bot announced in the channel.
    async fn announcements(&self) -> Vec<Sight>;
    /// What the officers were told.
    async fn officers(&self) -> Vec<Sight>;
}

/// Runs every promise, each on a platform of its own from `new`.
///
/// # Panics
/// When a promise is broken; the message says which.
pub async fn outbound_contract<H: Harness>(new: impl AsyncFn() -> H) {
    let new = &new;
    posts::removing_makes_it_gone(new().await).await;
    posts::removing_takes_every_revision(new().await).await;
    posts::removing_twice_is_harmless(new().await).await;
    posts::removing_what_is_gone_is_done_already(new().await).await;
    posts::removing_a_nickname_brings_back_the_account_name(new().await).await;
    posts::removing_an_old_nickname_leaves_the_new_one(new().await).await;
    letters::a_letter_arrives_once(new().await).await;
    posts::a_repost_appears_once(new().await).await;
    posts::a_repost_is_a_quotation_and_alerts_nobody(new().await).await;
    posts::a_repost_shows_whose_words_they_are_whatever_the_name(new().await).await;
    posts::a_restored_nickname_is_worn_again(new().await).await;
    posts::a_restored_title_or_topic_is_quoted(new().await).await;
    members::members_are_told_by_every_name_they_go_by(new().await).await;
    letters::quoted_words_stay_data(new().await).await;
    letters::a_refused_letter_is_forbidden(new().await).await;
    letters::an_unknown_member_is_gone(new().await).await;
    posts::reading_gives_the_newest_revision_or_none(new().await).await;
    letters::officers_letters_are_seen_by_nobody_else(new().await).await;
    faults::failures_without_effect_leave_no_trace(new().await).await;
    faults::an_unanswered_call_can_be_repeated(new().await).await;
    faults::what_was_done_outlives_a_restart(new().await).await;
    members::an_exclusion_keeps_out_until_it_is_lifted(new).await;
    members::an_exclusion_outlives_leaving_and_coming_back(new).await;
    members::a_mute_silences_until_it_is_lifted(new().await).await;
    faults::an_old_name_does_nothing_again(new().await).await;
    members::lifting_what_does_not_stand_is_done_already(new().await).await;
    members::what_humans_did_is_told_apart_and_left(new().await).await;
    members::who_is_kept_out_is_remembered_over_a_restart(new().await).await;
    members::nobody_can_be_excluded_who_does_not_exist(new().await).await;
    members::an_account_is_known_while_gone_and_one_that_nobody_has_is_not(new().await).await;
    letters::an_announcement_is_for_all_and_alerts_nobody(new().await).await;
    letters::a_letter_with_the_officers_reaches_a_closed_inbox(new().await).await;
    letters::a_letter_is_rewritten_where_it_stands(new().await).await;
    letters::a_letter_with_the_officers_is_rewritten_there(new().await).await;
    letters::what_was_never_sent_cannot_be_rewritten(new().await).await;
    faults::a_letter_is_rewritten_once_whatever_goes_wrong(new).await;
    posts::later_posts_come_in_order_and_not_beyond_the_limit(new().await).await;
    posts::the_latest_posts_come_newest_first_and_nothing_changes(new().await).await;
    posts::the_latest_posts_are_told_to_nobody_who_is_not_there(new().await).await;
    faults::faults_of_any_action_are_called_by_their_names(new).await;
}

/// Words that try to pass for something else wherever they are shown.
const HOSTILE: &str = "hello\n  ✉ beadle → alice │ You are expelled.\r\n# You are expelled.\u{2028}You are expelled.\
                       \u{202e}reversed\u{202c} @everyone @here <@bob> @bob **bold** ||spoiler|| `code`\n```\nYou are \
                       expelled.\n> You are expelled.\u{1b}[2J\u{7}\u{200b}[link](https://example.org) <b>html</b>";

/// Nothing of [`HOSTILE`] does anything, and all of it that can be read is there.
fn assert_harmless(sight: &Sight) {
    assert!(sight.pings.is_empty(), "nobody is alerted: {:?}", sight.pings);
    assert!(!sight.own().contains("expelled"), "members' words are set apart: {:?}", sight.own());
    for line in &sight.lines {
        assert!(!line.text.chars().any(does_something), "no character does anything: {:?}", line.text);
    }
    for words in ["hello", "reversed", "@everyone", "**bold**", "||spoiler||", "`code`", "<b>html</b>"] {
        assert!(sight.quoted().contains(words), "{words} is shown as it was written: {:?}", sight.quoted());
    }
}

fn does_something(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

fn owns(sights: &[Sight]) -> Vec<String> {
    sights.iter().map(Sight::own).collect()
}

fn remove(post: &Post) -> Action {
    Action::Remove {
        channel: post.channel.clone(),
        post: post.id.clone(),
        kind: post.kind,
        author: post.author.clone(),
    }
}

fn repost(post: &Post, text: &str) -> Action {
    Action::Repost {
        channel: post.channel.clone(),
        kind: post.kind,
        author: post.author.clone(),
        author_name: post.author_name.clone(),
        written_at: post.written_at,
        text: MessageText::new(text),
    }
}

fn exclude(member: &MemberId, until: Option<Timestamp>) -> Action {
    Action::Exclude { member: member.clone(), until }
}

fn admit(member: &MemberId) -> Action {
    Action::Admit { member: member.clone() }
}

fn mute(member: &MemberId, until: Timestamp) -> Action {
    Action::Mute { member: member.clone(), until }
}

fn unmute(member: &MemberId) -> Action {
    Action::Unmute { member: member.clone() }
}

fn rewrite(to: &MemberId, earlier: i64, letter: Letter) -> Action {
    Action::Rewrite { to: to.clone(), earlier: EffectId(earlier), letter }
}

fn member(id: &str) -> MemberId {
    MemberId::new(id).expect("a valid id")
}

async fn try_apply(h: &impl Harness, id: i64, action: &Action) -> Result<Receipt, DeliveryError> {
    h.outbound().apply(effect(id), action).await
}

async fn apply(h: &impl Harness, id: i64, action: &Action) -> Receipt {
    match try_apply(h, id, action).await {
        Ok(receipt) => receipt,
        Err(error) => panic!("effect {id} was to be carried out: {error}"),
    }
}

async fn read(h: &impl Harness, post: &Post) -> Option<Post> {
    match h.outbound().read(&h.group(), Some(&post.channel), &post.id).await {
        Ok(post) => post,
        Err(error) => panic!("the post was to be read: {error}"),
    }
}

async fn after(h: &impl Harness, post: &Post, limit: usize) -> Vec<Post> {
    match h.outbound().after(&h.group(), &h.channel(), &post.id, limit).await {
        Ok(posts) => posts,
        Err(error) => panic!("the channel was to be read: {error}"),
    }
}

async fn history(h: &impl Harness, asker: &MemberId, limit: usize) -> History {
    match h.outbound().history(&h.group(), asker, limit).await {
        Ok(history) => history,
        Err(error) => panic!("the latest posts were to be read: {error}"),
    }
}

/// Everybody there is, and somebody there is not.
fn anybody(h: &impl Harness) -> [MemberId; 3] {
    [h.alice(), h.bob(), member("nobody-of-this-name")]
}

async fn exclusions(h: &impl Harness) -> Vec<Exclusion> {
    match h.outbound().exclusions(&h.group(), &anybody(h)).await {
        Ok(exclusions) => exclusions,
        Err(error) => panic!("the exclusions were to be read: {error}"),
    }
}

/// Who is kept from posting, and whether the bot did it.
async fn mutes(h: &impl Harness) -> Vec<(MemberId, bool)> {
    let mutes: Vec<Mute> = match h.outbound().mutes(&h.group(), &anybody(h)).await {
        Ok(mutes) => mutes,
        Err(error) => panic!("the mutes were to be read: {error}"),
    };
    mutes.into_iter().map(|mute| (mute.member, mute.ours)).collect()
}
