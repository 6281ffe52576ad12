//! What every platform promises to those who drive [`Outbound`], as a suite that each adapter runs.
//!
//! The suite acts through [`Outbound`] and looks through a [`Harness`], which sees what people see. An adapter that
//! keeps the contract can be swapped for any other without a change above the port.

use policy::{Block, ChannelId, GroupId, Letter, MemberId, MessageText, Post, PostId, PostKind, SurfaceKind};

use crate::fake::Fault;
use crate::{Action, DeliveryError, EffectId, Outbound, Receipt};

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

    /// A member posts in the channel; gives the post as the adapter would hand it in.
    async fn post(&mut self, author: &MemberId, text: &str) -> Post;
    /// The author edits a post.
    async fn edit(&mut self, post: &Post, text: &str) -> Post;
    /// The author deletes a post.
    async fn delete(&mut self, post: &Post);
    /// A member takes another name.
    async fn rename(&mut self, member: &MemberId, name: &str) -> Post;
    /// A member stops taking private messages.
    async fn close_messages(&mut self, member: &MemberId);
    /// Makes the next call fail so; `false` when the platform cannot fail in this way.
    async fn fail_next(&mut self, fault: Fault) -> bool;
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
    /// What the officers were told.
    async fn officers(&self) -> Vec<Sight>;
}

/// Runs every promise, each on a platform of its own from `new`.
///
/// # Panics
/// When a promise is broken; the message says which.
pub async fn outbound_contract<H: Harness>(new: impl AsyncFn() -> H) {
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
    quoted_words_stay_data(new().await).await;
    a_refused_letter_is_forbidden(new().await).await;
    an_unknown_member_is_gone(new().await).await;
    reading_gives_the_newest_revision_or_none(new().await).await;
    officers_letters_are_seen_by_nobody_else(new().await).await;
    failures_without_effect_leave_no_trace(new().await).await;
    an_unanswered_call_can_be_repeated(new().await).await;
    what_was_done_outlives_a_restart(new().await).await;
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
        if h.fail_next(fault).await {
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
        if h.fail_next(fault).await {
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
