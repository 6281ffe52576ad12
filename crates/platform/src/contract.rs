//! What every platform promises to those who drive [`Outbound`], as a suite that each adapter runs.
//!
//! The suite acts through [`Outbound`] and looks through a [`Harness`], which sees what people see. An adapter that
//! keeps the contract can be swapped for any other without a change above the port.

use policy::{
    Block, ChannelId, GroupId, Letter, MemberId, MessageText, Post, PostId, PostKind, SurfaceKind, Timestamp,
};

use crate::fake::Fault;
use crate::{Account, Action, Change, DeliveryError, EffectId, Exclusion, Outbound, Receipt};

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
    /// What a member was told in private.
    async fn private(&self, member: &MemberId) -> Vec<Sight>;
    /// What a member was told in the place they share with the officers.
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
    removing_makes_it_gone(new().await).await;
    removing_takes_every_revision(new().await).await;
    removing_twice_is_harmless(new().await).await;
    removing_what_is_gone_is_done_already(new().await).await;
    removing_a_nickname_brings_back_the_account_name(new().await).await;
    removing_an_old_nickname_leaves_the_new_one(new().await).await;
    a_letter_arrives_once(new().await).await;
    a_repost_appears_once(new().await).await;
    a_repost_is_a_quotation_and_alerts_nobody(new().await).await;
    a_repost_shows_whose_words_they_are_whatever_the_name(new().await).await;
    a_restored_nickname_is_worn_again(new().await).await;
    members_are_told_by_every_name_they_go_by(new().await).await;
    quoted_words_stay_data(new().await).await;
    a_refused_letter_is_forbidden(new().await).await;
    an_unknown_member_is_gone(new().await).await;
    reading_gives_the_newest_revision_or_none(new().await).await;
    officers_letters_are_seen_by_nobody_else(new().await).await;
    failures_without_effect_leave_no_trace(new().await).await;
    an_unanswered_call_can_be_repeated(new().await).await;
    what_was_done_outlives_a_restart(new().await).await;
    an_exclusion_keeps_out_until_it_is_lifted(new).await;
    an_exclusion_outlives_leaving_and_coming_back(new).await;
    a_mute_silences_until_it_is_lifted(new().await).await;
    an_old_name_does_nothing_again(new().await).await;
    lifting_what_does_not_stand_is_done_already(new().await).await;
    what_humans_did_is_told_apart_and_left(new().await).await;
    who_is_kept_out_is_remembered_over_a_restart(new().await).await;
    nobody_can_be_excluded_who_does_not_exist(new().await).await;
    an_account_is_known_while_gone_and_one_that_nobody_has_is_not(new().await).await;
    an_announcement_is_for_all_and_alerts_nobody(new().await).await;
    a_letter_with_the_officers_reaches_a_closed_inbox(new().await).await;
    later_posts_come_in_order_and_not_beyond_the_limit(new().await).await;
    faults_of_any_action_are_called_by_their_names(new).await;
}

/// Words that try to pass for something else wherever they are shown.
const HOSTILE: &str = "hello\n  ✉ beadle → alice │ You are expelled.\r\n# You are expelled.\u{2028}You are expelled.\
                       \u{202e}reversed\u{202c} @everyone @here <@bob> @bob **bold** ||spoiler|| `code`\n```\nYou are \
                       expelled.\n> You are expelled.\u{1b}[2J\u{7}\u{200b}[link](https://example.org) <b>html</b>";

async fn removing_makes_it_gone(mut h: impl Harness) {
    let (alice, bob) = (h.alice(), h.bob());
    let post = h.post(&alice, "to be removed").await;
    h.post(&bob, "to be left").await;
    assert_eq!(apply(&h, 1, &remove(&post)).await, Receipt::Done, "there was something to remove");
    assert_eq!(h.standing().await, ["to be left"], "only what was named goes");
    assert_eq!(read(&h, &post).await, None, "a removed post cannot be read");
}

async fn removing_takes_every_revision(mut h: impl Harness) {
    let alice = h.alice();
    let post = h.post(&alice, "first").await;
    h.edit(&post, "second").await;
    assert_eq!(apply(&h, 1, &remove(&post)).await, Receipt::Done, "an edited post can be removed");
    assert!(h.standing().await.is_empty(), "no revision is left");
}

async fn removing_twice_is_harmless(mut h: impl Harness) {
    let alice = h.alice();
    let post = h.post(&alice, "to be removed").await;
    h.post(&alice, "to be left").await;
    apply(&h, 1, &remove(&post)).await;
    assert_eq!(apply(&h, 1, &remove(&post)).await, Receipt::AlreadyDone, "the same effect again");
    assert_eq!(apply(&h, 2, &remove(&post)).await, Receipt::AlreadyDone, "another effect on the same post");
    assert_eq!(h.standing().await, ["to be left"], "repeats remove nothing else");
}

async fn removing_what_is_gone_is_done_already(mut h: impl Harness) {
    let alice = h.alice();
    let post = h.post(&alice, "deleted by its author").await;
    h.delete(&post).await;
    assert_eq!(apply(&h, 1, &remove(&post)).await, Receipt::AlreadyDone, "its author was faster");
}

async fn removing_a_nickname_brings_back_the_account_name(mut h: impl Harness) {
    let alice = h.alice();
    let post = h.rename(&alice, "Rude Name").await;
    assert_eq!((post.kind, h.name(&alice).await.as_str()), (PostKind::Nickname, "Rude Name"), "renamed");
    assert_eq!(apply(&h, 1, &remove(&post)).await, Receipt::Done, "a nickname can be removed");
    assert_eq!(h.name(&alice).await, h.alice_account_name(), "the account's own name is back");
}

async fn removing_an_old_nickname_leaves_the_new_one(mut h: impl Harness) {
    let alice = h.alice();
    let old = h.rename(&alice, "Rude Name").await;
    let new = h.rename(&alice, "Civil Name").await;
    if old.id != new.id {
        apply(&h, 1, &remove(&old)).await;
        assert_eq!(h.name(&alice).await, "Civil Name", "a name chosen since is not touched");
    }
}

async fn a_letter_arrives_once(h: impl Harness) {
    let alice = h.alice();
    let action = Action::Direct { to: alice.clone(), letter: Letter::line("Once only.") };
    assert_eq!(apply(&h, 1, &action).await, Receipt::Done, "a letter is delivered");
    assert_eq!(apply(&h, 1, &action).await, Receipt::AlreadyDone, "the same effect again");
    assert_eq!(owns(&h.private(&alice).await), ["Once only."], "one effect, one letter");
    assert_eq!(apply(&h, 2, &action).await, Receipt::Done, "another effect is another letter");
    assert_eq!(h.private(&alice).await.len(), 2, "two effects, two letters");
}

async fn a_repost_appears_once(mut h: impl Harness) {
    let alice = h.alice();
    let post = h.post(&alice, "once removed").await;
    apply(&h, 1, &remove(&post)).await;
    let action = repost(&post, "once removed");
    assert_eq!(apply(&h, 2, &action).await, Receipt::Done, "a post is put back");
    assert_eq!(apply(&h, 2, &action).await, Receipt::AlreadyDone, "the same effect again");
    assert_eq!(h.reposts().await.len(), 1, "one effect, one quotation");
}

async fn a_repost_is_a_quotation_and_alerts_nobody(mut h: impl Harness) {
    let alice = h.alice();
    let post = h.post(&alice, HOSTILE).await;
    apply(&h, 1, &remove(&post)).await;
    apply(&h, 2, &repost(&post, HOSTILE)).await;
    let reposts = h.reposts().await;
    let [sight] = reposts.as_slice() else { panic!("one quotation is expected, not {}", reposts.len()) };
    assert!(sight.own().contains(&h.account_shown(&alice)), "it names its author: {:?}", sight.own());
    assert!(sight.own().contains(&h.date_shown(&post)), "it says when it was written: {:?}", sight.own());
    assert_harmless(sight);
}

async fn a_repost_shows_whose_words_they_are_whatever_the_name(mut h: impl Harness) {
    let (alice, bob, name) = (h.alice(), h.bob(), h.alice_account_name());
    h.rename(&bob, &name).await;
    let post = h.post(&bob, "not by alice").await;
    assert_eq!(post.author_name.expose(), name, "two members go by one name");
    apply(&h, 1, &remove(&post)).await;
    apply(&h, 2, &repost(&post, "not by alice")).await;
    let reposts = h.reposts().await;
    let [sight] = reposts.as_slice() else { panic!("one quotation is expected, not {}", reposts.len()) };
    let own = sight.own();
    let (account, called) = (own.find(&h.account_shown(&bob)), own.find(&name));
    assert!(account.is_some(), "the author's account is shown: {own:?}");
    assert!(
        called.is_none() || account < called,
        "a name that is another's comes after the account: {own:?}"
    );
    assert!(!own.contains(&h.account_shown(&alice)), "nobody else's account is shown: {own:?}");
}

async fn a_restored_nickname_is_worn_again(mut h: impl Harness) {
    let alice = h.alice();
    let post = h.rename(&alice, "Rude Name").await;
    apply(&h, 1, &remove(&post)).await;
    apply(&h, 2, &repost(&post, "Rude Name")).await;
    let quoted = h.reposts().await.iter().any(|sight| sight.quoted().contains("Rude Name"));
    assert!(
        quoted || h.name(&alice).await == "Rude Name",
        "a restored name is worn, or at least shown, again"
    );
}

async fn quoted_words_stay_data(h: impl Harness) {
    let alice = h.alice();
    let letter =
        Letter::line("Your post was removed.").quote(MessageText::new(HOSTILE)).text("You can appeal.");
    apply(&h, 1, &Action::Direct { to: alice.clone(), letter: letter.clone() }).await;
    apply(&h, 2, &Action::TellOfficers { letter: letter.clone() }).await;
    let told = [h.private(&alice).await, h.officers().await].concat();
    assert_eq!(told.len(), 2, "one letter each");
    for sight in &told {
        let own: Vec<&str> = letter.blocks.iter().filter_map(own_words).collect();
        assert_eq!(sight.own(), own.join("\n"), "the bot says its own words and no more");
        assert_harmless(sight);
    }
}

async fn a_refused_letter_is_forbidden(mut h: impl Harness) {
    let alice = h.alice();
    h.close_messages(&alice).await;
    let action = Action::Direct { to: alice.clone(), letter: Letter::line("Nobody reads this.") };
    assert!(matches!(try_apply(&h, 1, &action).await, Err(DeliveryError::Forbidden)), "closed to messages");
    assert!(h.private(&alice).await.is_empty(), "nothing arrived");
}

async fn an_unknown_member_is_gone(h: impl Harness) {
    let nobody = member("nobody-of-this-name");
    let action = Action::Direct { to: nobody, letter: Letter::line("Nobody reads this.") };
    assert!(matches!(try_apply(&h, 1, &action).await, Err(DeliveryError::Gone)), "nobody to write to");
}

async fn reading_gives_the_newest_revision_or_none(mut h: impl Harness) {
    let alice = h.alice();
    let first = h.post(&alice, "first").await;
    assert_eq!(read(&h, &first).await.as_ref(), Some(&first), "as it was handed in");
    let second = h.edit(&first, "second").await;
    assert!(second.id == first.id && second.revision > first.revision, "an edit is a higher revision");
    let read_back = read(&h, &first).await;
    let bodies = read_back.iter().flat_map(|post| &post.surfaces);
    let bodies: Vec<_> =
        bodies.filter(|s| s.kind == SurfaceKind::Body).map(|s| s.text.expose().to_owned()).collect();
    assert_eq!(bodies, ["second"], "the newest revision");
    assert_eq!(read_back.map(|post| post.revision), Some(second.revision), "and its number");
    h.delete(&second).await;
    assert_eq!(read(&h, &first).await, None, "nothing stands there any more");
    let mut never = first;
    if let Some(id) = PostId::new("999999999999999999") {
        never.id = id;
        assert_eq!(read(&h, &never).await, None, "nothing ever stood there");
    }
}

async fn officers_letters_are_seen_by_nobody_else(h: impl Harness) {
    apply(&h, 1, &Action::TellOfficers { letter: Letter::line("Between us.") }).await;
    apply(&h, 1, &Action::TellOfficers { letter: Letter::line("Between us.") }).await;
    assert_eq!(owns(&h.officers().await), ["Between us."], "the officers are told once");
    let (alice, bob) = (h.private(&h.alice()).await, h.private(&h.bob()).await);
    assert!(alice.is_empty() && bob.is_empty(), "no member is told");
    assert!(h.reposts().await.is_empty() && h.standing().await.is_empty(), "nothing stands in the channel");
}

async fn failures_without_effect_leave_no_trace(mut h: impl Harness) {
    let alice = h.alice();
    let action = Action::Direct { to: alice.clone(), letter: Letter::line("In the end.") };
    let faults = [
        Fault::RateLimited(std::time::Duration::from_secs(3)),
        Fault::Forbidden,
        Fault::Gone,
        Fault::Unreachable,
    ];
    for fault in faults {
        if h.fail_next(&action, fault).await {
            let result = try_apply(&h, 1, &action).await;
            assert!(result.is_err_and(|error| is_this(&error, fault)), "{fault:?} is called by its name");
            assert!(h.private(&alice).await.is_empty(), "{fault:?} has no effect");
        }
    }
    assert_eq!(apply(&h, 1, &action).await, Receipt::Done, "a call that failed is not remembered as done");
    assert_eq!(h.private(&alice).await.len(), 1, "it arrives once");
}

async fn an_unanswered_call_can_be_repeated(mut h: impl Harness) {
    let alice = h.alice();
    for (id, done) in [(1, false), (2, true)] {
        let action = Action::Direct { to: alice.clone(), letter: Letter::line(format!("Letter {id}.")) };
        let fault = Fault::Unanswered { done };
        if h.fail_next(&action, fault).await {
            let result = try_apply(&h, id, &action).await;
            assert!(result.is_err_and(|error| is_this(&error, fault)), "silence is called by its name");
            apply(&h, id, &action).await;
            let letters = owns(&h.private(&alice).await);
            let copies = letters.iter().filter(|text| **text == format!("Letter {id}.")).count();
            assert_eq!(copies, 1, "repeated after silence, arrived once (done: {done})");
        }
    }
}

async fn what_was_done_outlives_a_restart(mut h: impl Harness) {
    let alice = h.alice();
    let removed = h.post(&alice, "to be removed").await;
    let kept = h.post(&alice, "to be left").await;
    let direct = Action::Direct { to: alice.clone(), letter: Letter::line("Once only.") };
    apply(&h, 1, &remove(&removed)).await;
    apply(&h, 2, &repost(&removed, "put back")).await;
    apply(&h, 3, &direct).await;
    if !h.restart().await {
        return;
    }
    assert_eq!(h.standing().await, ["to be left"], "what was removed stays away");
    assert_eq!(read(&h, &kept).await, Some(kept), "what stood stands");
    assert_eq!(apply(&h, 1, &remove(&removed)).await, Receipt::AlreadyDone, "the removal is remembered");
    assert_eq!(apply(&h, 2, &repost(&removed, "put back")).await, Receipt::AlreadyDone, "so is the repost");
    assert_eq!(apply(&h, 3, &direct).await, Receipt::AlreadyDone, "and the letter");
    assert_eq!(h.reposts().await.len(), 1, "one repost");
    assert_eq!(h.private(&alice).await.len(), 1, "one letter");
    let next = h.post(&alice, "afterwards").await;
    assert!(next.id != removed.id, "names of posts are not used twice");
}

async fn an_exclusion_keeps_out_until_it_is_lifted<H: Harness>(new: impl AsyncFn() -> H) {
    for ends in [true, false] {
        let mut h = new().await;
        let (alice, bob) = (h.alice(), h.bob());
        let until = ends.then(|| h.later());
        let exclude = exclude(&alice, until);
        assert_eq!(apply(&h, 1, &exclude).await, Receipt::Done, "a member is excluded ({until:?})");
        assert_eq!(apply(&h, 2, &exclude).await, Receipt::AlreadyDone, "who is excluded so is left so");
        assert!(h.try_post(&alice, "from outside").await.is_none(), "an excluded member cannot post");
        h.join(&alice).await;
        assert!(h.try_post(&alice, "from outside").await.is_none(), "nor come back and post");
        assert!(h.try_post(&bob, "from inside").await.is_some(), "others can");
        let [Exclusion { member, ours: true, until: told }] = &exclusions(&h).await[..] else {
            panic!("one exclusion of ours is expected");
        };
        assert_eq!(*member, alice, "and says whose it is");
        assert!(told.is_none() || *told == until, "and when it ends, or nothing: {told:?}");

        let longer = Action::Exclude { member: alice.clone(), until: until.map(|t| t.plus_seconds(3600)) };
        let receipt = apply(&h, 3, &longer).await;
        assert!(!ends || told.is_none() || receipt == Receipt::Done, "another end takes its place");
        assert_eq!(exclusions(&h).await.len(), 1, "there is one exclusion a member");

        assert_eq!(apply(&h, 4, &admit(&alice)).await, Receipt::Done, "a member is let in again");
        assert_eq!(exclusions(&h).await, [], "nobody is kept out any more");
        h.join(&alice).await;
        assert!(h.try_post(&alice, "back again").await.is_some(), "who was let in can post");
    }
}

async fn members_are_told_by_every_name_they_go_by(mut h: impl Harness) {
    let (alice, bob) = (h.alice(), h.bob());
    h.rename(&alice, "Lady Alice").await;
    h.leave(&bob).await;
    let told = match h.outbound().members(&h.group()).await {
        Ok(told) => told,
        Err(error) => panic!("members were to be told: {error}"),
    };
    for name in ["Lady Alice", &h.alice_account_name()] {
        let is_there = told.iter().any(|(member, told)| *member == alice && told.expose() == name);
        assert!(is_there, "a member is told by {name}");
    }
    assert!(told.iter().all(|(member, _)| *member != bob), "whoever is gone is not told of");
}

async fn an_exclusion_outlives_leaving_and_coming_back<H: Harness>(new: impl AsyncFn() -> H) {
    for leaves_first in [true, false] {
        let mut h = new().await;
        let alice = h.alice();
        let exclude = exclude(&alice, Some(h.later()));
        if leaves_first {
            h.leave(&alice).await;
            assert_eq!(apply(&h, 1, &exclude).await, Receipt::Done, "who has left can be excluded");
        } else {
            apply(&h, 1, &exclude).await;
            h.leave(&alice).await;
        }
        assert_eq!(exclusions(&h).await.len(), 1, "it stands while they are gone");
        h.join(&alice).await;
        assert!(h.try_post(&alice, "back?").await.is_none(), "and when they come back");
        assert_eq!(exclusions(&h).await.len(), 1, "and is still told");
        apply(&h, 2, &admit(&alice)).await;
        h.join(&alice).await;
        assert!(h.try_post(&alice, "back!").await.is_some(), "until it is lifted");
    }
}

async fn a_mute_silences_until_it_is_lifted(mut h: impl Harness) {
    let (alice, bob) = (h.alice(), h.bob());
    let mute = mute(&alice, h.later());
    assert_eq!(apply(&h, 1, &mute).await, Receipt::Done, "a member is muted");
    assert_eq!(apply(&h, 2, &mute).await, Receipt::AlreadyDone, "who is muted so is left so");
    assert!(h.try_post(&alice, "quiet").await.is_none(), "a muted member cannot post");
    assert!(h.try_post(&bob, "loud").await.is_some(), "others can");
    assert_eq!(exclusions(&h).await, [], "a muted member is not kept out");
    let letter = Action::Direct { to: alice.clone(), letter: Letter::line("You are muted.") };
    assert_eq!(apply(&h, 3, &letter).await, Receipt::Done, "they can be written to");
    assert_eq!(apply(&h, 4, &unmute(&alice)).await, Receipt::Done, "a mute is lifted");
    assert!(h.try_post(&alice, "loud again").await.is_some(), "then they can post");
}

async fn an_old_name_does_nothing_again(mut h: impl Harness) {
    let alice = h.alice();
    let steps = [exclude(&alice, Some(h.later())), admit(&alice), mute(&alice, h.later()), unmute(&alice)];
    for (id, action) in (1..).zip(&steps) {
        assert_eq!(apply(&h, id, action).await, Receipt::Done, "{action:?} is done");
        assert_eq!(apply(&h, id, action).await, Receipt::AlreadyDone, "{action:?} once under one name");
    }
    for (id, action) in (1..).zip(&steps) {
        assert_eq!(apply(&h, id, action).await, Receipt::AlreadyDone, "{action:?} is not done anew");
        assert_eq!(exclusions(&h).await, [], "nobody is excluded by a repetition of {action:?}");
    }
    h.join(&alice).await;
    assert!(h.try_post(&alice, "free").await.is_some(), "nor muted");
}

async fn lifting_what_does_not_stand_is_done_already(h: impl Harness) {
    let alice = h.alice();
    for (id, action) in (1..).zip([admit(&alice), unmute(&alice)]) {
        assert_eq!(apply(&h, id, &action).await, Receipt::AlreadyDone, "{action:?} has nothing to lift");
    }
}

async fn what_humans_did_is_told_apart_and_left(mut h: impl Harness) {
    let (alice, bob) = (h.alice(), h.bob());
    h.by_hand(&alice, Change::Excluded).await;
    let exclude_bob = exclude(&bob, Some(h.later()));
    apply(&h, 1, &exclude_bob).await;
    let kept_out = |exclusions: Vec<Exclusion>| {
        let mut kept_out: Vec<_> =
            exclusions.into_iter().map(|exclusion| (exclusion.member, exclusion.ours)).collect();
        kept_out.sort();
        kept_out
    };
    let mut both = vec![(alice.clone(), false), (bob.clone(), true)];
    both.sort();
    assert_eq!(kept_out(exclusions(&h).await), both, "ours and theirs");

    let exclude_alice = exclude(&alice, Some(h.later()));
    assert_eq!(apply(&h, 2, &exclude_alice).await, Receipt::AlreadyDone, "excluded by hand is excluded");
    assert_eq!(kept_out(exclusions(&h).await), both, "and stays a human's doing");

    h.by_hand(&bob, Change::Admitted).await;
    assert_eq!(kept_out(exclusions(&h).await), [(alice.clone(), false)], "a human may lift ours");
    assert_eq!(apply(&h, 1, &exclude_bob).await, Receipt::AlreadyDone, "the old effect was done");
    assert_eq!(apply(&h, 3, &exclude_bob).await, Receipt::Done, "a new one is done anew");
    assert_eq!(apply(&h, 4, &admit(&alice)).await, Receipt::Done, "we may lift a human's");
    assert_eq!(kept_out(exclusions(&h).await), [(bob.clone(), true)], "and that is told");

    h.by_hand(&alice, Change::Muted).await;
    h.join(&alice).await;
    assert!(h.try_post(&alice, "quiet").await.is_none(), "muted by hand is muted");
    let mute_alice = mute(&alice, h.later());
    assert_eq!(apply(&h, 5, &mute_alice).await, Receipt::AlreadyDone, "and stays so");
    assert_eq!(apply(&h, 6, &unmute(&alice)).await, Receipt::Done, "until it is lifted");
    assert!(h.try_post(&alice, "loud").await.is_some(), "then they can post");
    apply(&h, 7, &mute_alice).await;
    h.by_hand(&alice, Change::Unmuted).await;
    assert!(h.try_post(&alice, "loud again").await.is_some(), "a human may lift ours");
}

async fn who_is_kept_out_is_remembered_over_a_restart(mut h: impl Harness) {
    let (alice, bob) = (h.alice(), h.bob());
    apply(&h, 1, &exclude(&alice, Some(h.later()))).await;
    apply(&h, 2, &mute(&bob, h.later())).await;
    let (platform, before) = (h.outbound().platform(), exclusions(&h).await);
    if !h.restart().await {
        return;
    }
    assert_eq!(h.outbound().platform(), platform, "the platform has one name");
    assert_eq!(exclusions(&h).await, before, "who was excluded is");
    for member in [alice, bob] {
        assert!(h.try_post(&member, "hello?").await.is_none(), "{} is still kept out", member.as_str());
    }
}

async fn nobody_can_be_excluded_who_does_not_exist(h: impl Harness) {
    let nobody = member("nobody-of-this-name");
    let letter = Letter::line("Nobody reads this.");
    let actions = [
        exclude(&nobody, None),
        admit(&nobody),
        mute(&nobody, h.later()),
        unmute(&nobody),
        Action::DirectWithOfficers { to: nobody, letter },
    ];
    for (id, action) in (1..).zip(actions) {
        let answer = try_apply(&h, id, &action).await;
        assert!(matches!(answer, Err(DeliveryError::Gone)), "{action:?}: {answer:?}");
    }
    assert_eq!(exclusions(&h).await, [], "nobody is nobody");
}

async fn an_account_is_known_while_gone_and_one_that_nobody_has_is_not(mut h: impl Harness) {
    let alice = member("alice");
    assert_ne!(account(&h, &alice).await, Account::Nobody);
    h.leave(&alice).await;
    assert_ne!(account(&h, &alice).await, Account::Nobody, "gone, not forgotten");
    assert_ne!(account(&h, &member("nobody-of-this-name")).await, Account::Known);
}

async fn account(h: &impl Harness, member: &MemberId) -> Account {
    h.outbound().account(&h.group(), member).await.expect("the platform answers")
}

async fn an_announcement_is_for_all_and_alerts_nobody(mut h: impl Harness) {
    let alice = h.alice();
    let first = h.post(&alice, "first").await;
    let letter = Letter::line("Our standards.").text("Be kind.").quote(MessageText::new(HOSTILE));
    let action = Action::Announce { channel: h.channel(), letter };
    assert_eq!(apply(&h, 1, &action).await, Receipt::Done, "it is announced");
    assert_eq!(apply(&h, 1, &action).await, Receipt::AlreadyDone, "the same effect again");
    let announcements = h.announcements().await;
    let [sight] = announcements.as_slice() else {
        panic!("one announcement is expected, not {}", announcements.len())
    };
    assert_eq!(sight.own(), "Our standards.\nBe kind.", "the bot says its own words and no more");
    assert_harmless(sight);
    assert!(h.private(&alice).await.is_empty() && h.officers().await.is_empty(), "nobody is written to");
    assert_eq!(after(&h, &first, 10).await, [], "it is no member's post");
}

async fn a_letter_with_the_officers_reaches_a_closed_inbox(mut h: impl Harness) {
    let (alice, bob) = (h.alice(), h.bob());
    h.close_messages(&alice).await;
    let letter = Letter::line("Your post was removed:").quote(MessageText::new(HOSTILE));
    let action = Action::DirectWithOfficers { to: alice.clone(), letter };
    assert_eq!(apply(&h, 1, &action).await, Receipt::Done, "an open inbox is not needed");
    assert_eq!(apply(&h, 1, &action).await, Receipt::AlreadyDone, "the same effect again");
    let told = h.with_officers(&alice).await;
    let [sight] = told.as_slice() else { panic!("one letter is expected, not {}", told.len()) };
    assert_eq!(sight.own(), "Your post was removed:", "the bot says its own words and no more");
    assert!(sight.quoted().contains("@everyone"), "and theirs are there: {:?}", sight.quoted());
    let elsewhere =
        [h.private(&alice).await, h.private(&bob).await, h.with_officers(&bob).await, h.officers().await];
    assert!(elsewhere.iter().all(Vec::is_empty), "nobody is told anywhere else");
    assert!(h.standing().await.is_empty() && h.announcements().await.is_empty(), "least of all everybody");

    apply(&h, 2, &exclude(&alice, None)).await;
    let answer = try_apply(&h, 3, &action).await;
    assert!(matches!(answer, Err(DeliveryError::Forbidden)), "who is kept out sees no place of the group");
    assert_eq!(h.with_officers(&alice).await.len(), 1, "nothing arrived");
}

async fn later_posts_come_in_order_and_not_beyond_the_limit(mut h: impl Harness) {
    let (alice, bob) = (h.alice(), h.bob());
    let mut posts = Vec::new();
    // More than nine, so that an order of texts would be another.
    for number in 0..12 {
        let author = if number % 2 == 0 { &alice } else { &bob };
        posts.push(h.post(author, &format!("post {number}")).await);
    }
    for (from, limit, want) in [(0, 3, 1..4), (0, 11, 1..12), (0, 100, 1..12), (8, 2, 9..11), (11, 5, 12..12)]
    {
        assert_eq!(after(&h, &posts[from], limit).await, posts[want], "{limit} after post {from}");
    }
    assert_eq!(after(&h, &posts[0], 0).await, [], "none were asked for");

    apply(&h, 1, &remove(&posts[0])).await;
    apply(&h, 2, &remove(&posts[2])).await;
    apply(&h, 3, &repost(&posts[2], "post 2")).await;
    h.delete(&posts[3]).await;
    let edited = h.edit(&posts[1], "post 1, edited").await;
    let want = [edited, posts[4].clone()];
    assert_eq!(after(&h, &posts[0], 2).await, want, "what stands, as it stands, after what is gone");
    let tail = after(&h, &posts[10], 5).await;
    assert_eq!(tail, posts[11..], "what the bot put up is no member's post");

    let other = GroupId::new("another-group").map(|group| (group, h.channel()));
    let elsewhere = ChannelId::new("another-channel").map(|channel| (h.group(), channel));
    for (group, channel) in [other, elsewhere].into_iter().flatten() {
        let answer = h.outbound().after(&group, &channel, &posts[4].id, 5).await;
        assert!(answer.is_ok_and(|posts| posts.is_empty()), "only that channel of that group");
    }
}

async fn faults_of_any_action_are_called_by_their_names<H: Harness>(new: impl AsyncFn() -> H) {
    let faults = [
        Fault::RateLimited(std::time::Duration::from_secs(3)),
        Fault::Forbidden,
        Fault::Gone,
        Fault::Unreachable,
        Fault::Unanswered { done: false },
        Fault::Unanswered { done: true },
    ];
    for fault in faults {
        let mut h = new().await;
        let (alice, letter) = (h.alice(), Letter::line("Once."));
        let steps = [
            Action::DirectWithOfficers { to: alice.clone(), letter: letter.clone() },
            Action::Announce { channel: h.channel(), letter },
            mute(&alice, h.later()),
            unmute(&alice),
            exclude(&alice, Some(h.later())),
            admit(&alice),
        ];
        for (id, action) in (1..).zip(steps) {
            if !h.fail_next(&action, fault).await {
                continue;
            }
            let result = try_apply(&h, id, &action).await;
            assert!(result.is_err_and(|error| is_this(&error, fault)), "{fault:?} of {action:?}");
            let was_done = fault == Fault::Unanswered { done: true };
            let want = if was_done { Receipt::AlreadyDone } else { Receipt::Done };
            assert_eq!(apply(&h, id, &action).await, want, "{action:?} after {fault:?}");
        }
        let told = (h.with_officers(&alice).await.len(), h.announcements().await.len());
        assert!(told == (1, 1) || told == (0, 0), "once, whatever went wrong: {told:?}");
    }
}

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

fn is_this(error: &DeliveryError, fault: Fault) -> bool {
    match (error, fault) {
        (DeliveryError::RateLimited(asked), Fault::RateLimited(wait)) => *asked == wait,
        (DeliveryError::Forbidden, Fault::Forbidden)
        | (DeliveryError::Gone, Fault::Gone)
        | (DeliveryError::Unreachable(_), Fault::Unreachable)
        | (DeliveryError::Unanswered(_), Fault::Unanswered { .. }) => true,
        _ => false,
    }
}

fn own_words(block: &Block) -> Option<&str> {
    match block {
        Block::Text(text) => Some(text),
        Block::Quote(_) => None,
    }
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

fn member(id: &str) -> MemberId {
    MemberId::new(id).expect("a valid id")
}

async fn try_apply(h: &impl Harness, id: i64, action: &Action) -> Result<Receipt, DeliveryError> {
    h.outbound().apply(EffectId(id), action).await
}

async fn apply(h: &impl Harness, id: i64, action: &Action) -> Receipt {
    match try_apply(h, id, action).await {
        Ok(receipt) => receipt,
        Err(error) => panic!("effect {id} was to be carried out: {error}"),
    }
}

async fn read(h: &impl Harness, post: &Post) -> Option<Post> {
    match h.outbound().read(&h.group(), &post.id).await {
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

async fn exclusions(h: &impl Harness) -> Vec<Exclusion> {
    match h.outbound().exclusions(&h.group()).await {
        Ok(exclusions) => exclusions,
        Err(error) => panic!("the exclusions were to be read: {error}"),
    }
}
