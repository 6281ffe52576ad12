//! Posts: removed, put back, read.

use super::*;

pub(super) async fn removing_makes_it_gone(mut h: impl Harness) {
    let (alice, bob) = (h.alice(), h.bob());
    let post = h.post(&alice, "to be removed").await;
    h.post(&bob, "to be left").await;
    assert_eq!(apply(&h, 1, &remove(&post)).await, Receipt::Done, "there was something to remove");
    assert_eq!(h.standing().await, ["to be left"], "only what was named goes");
    assert_eq!(read(&h, &post).await, None, "a removed post cannot be read");
}

pub(super) async fn removing_takes_every_revision(mut h: impl Harness) {
    let alice = h.alice();
    let post = h.post(&alice, "first").await;
    h.edit(&post, "second").await;
    assert_eq!(apply(&h, 1, &remove(&post)).await, Receipt::Done, "an edited post can be removed");
    assert!(h.standing().await.is_empty(), "no revision is left");
}

pub(super) async fn removing_twice_is_harmless(mut h: impl Harness) {
    let alice = h.alice();
    let post = h.post(&alice, "to be removed").await;
    h.post(&alice, "to be left").await;
    apply(&h, 1, &remove(&post)).await;
    assert_eq!(apply(&h, 1, &remove(&post)).await, Receipt::AlreadyDone, "the same effect again");
    assert_eq!(apply(&h, 2, &remove(&post)).await, Receipt::AlreadyDone, "another effect on the same post");
    assert_eq!(h.standing().await, ["to be left"], "repeats remove nothing else");
}

pub(super) async fn removing_what_is_gone_is_done_already(mut h: impl Harness) {
    let alice = h.alice();
    let post = h.post(&alice, "deleted by its author").await;
    h.delete(&post).await;
    assert_eq!(apply(&h, 1, &remove(&post)).await, Receipt::AlreadyDone, "its author was faster");
}

pub(super) async fn removing_a_nickname_brings_back_the_account_name(mut h: impl Harness) {
    let alice = h.alice();
    let post = h.rename(&alice, "Rude Name").await;
    assert_eq!((post.kind, h.name(&alice).await.as_str()), (PostKind::Nickname, "Rude Name"), "renamed");
    assert_eq!(apply(&h, 1, &remove(&post)).await, Receipt::Done, "a nickname can be removed");
    assert_eq!(h.name(&alice).await, h.alice_account_name(), "the account's own name is back");
}

pub(super) async fn removing_an_old_nickname_leaves_the_new_one(mut h: impl Harness) {
    let alice = h.alice();
    let old = h.rename(&alice, "Rude Name").await;
    let new = h.rename(&alice, "Civil Name").await;
    if old.id != new.id {
        apply(&h, 1, &remove(&old)).await;
        assert_eq!(h.name(&alice).await, "Civil Name", "a name chosen since is not touched");
    }
}

pub(super) async fn a_repost_appears_once(mut h: impl Harness) {
    let alice = h.alice();
    let post = h.post(&alice, "once removed").await;
    apply(&h, 1, &remove(&post)).await;
    let action = repost(&post, "once removed");
    assert_eq!(apply(&h, 2, &action).await, Receipt::Done, "a post is put back");
    assert_eq!(apply(&h, 2, &action).await, Receipt::AlreadyDone, "the same effect again");
    assert_eq!(h.reposts().await.len(), 1, "one effect, one quotation");
}

pub(super) async fn a_repost_is_a_quotation_and_alerts_nobody(mut h: impl Harness) {
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

pub(super) async fn a_repost_shows_whose_words_they_are_whatever_the_name(mut h: impl Harness) {
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

pub(super) async fn a_restored_nickname_is_worn_again(mut h: impl Harness) {
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

pub(super) async fn a_restored_title_or_topic_is_quoted(mut h: impl Harness) {
    let alice = h.alice();
    let written = h.post(&alice, "to be removed").await;
    for (id, kind) in [(1, PostKind::Title), (2, PostKind::Topic)] {
        let post = Post { kind, ..written.clone() };
        let text = format!("A rude {kind:?}");
        assert_eq!(apply(&h, id, &repost(&post, &text)).await, Receipt::Done, "{kind:?} is put back");
        let quoted = h.reposts().await.iter().filter(|sight| sight.quoted().contains(&text)).count();
        assert_eq!(quoted, 1, "{kind:?} is quoted where it stood");
    }
}

pub(super) async fn reading_gives_the_newest_revision_or_none(mut h: impl Harness) {
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

pub(super) async fn later_posts_come_in_order_and_not_beyond_the_limit(mut h: impl Harness) {
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

pub(super) async fn the_latest_posts_come_newest_first_and_nothing_changes(mut h: impl Harness) {
    let (alice, bob) = (h.alice(), h.bob());
    let nothing = history(&h, &alice, 5).await;
    assert_eq!(nothing.posts, [], "nobody has written anything");
    assert_eq!((nothing.closed, nothing.cut_short, nothing.unreadable), (0, 0, 0), "nothing was left out");
    let mut posts = Vec::new();
    for number in 0..12 {
        let author = if number % 2 == 0 { &alice } else { &bob };
        posts.push(h.post(author, &format!("post {number}")).await);
    }
    posts[1] = h.edit(&posts[1], "post 1, edited").await;
    h.delete(&posts[3]).await;
    apply(&h, 1, &remove(&posts[5])).await;
    apply(&h, 2, &repost(&posts[5], "post 5")).await;
    apply(&h, 3, &Action::Announce { channel: h.channel(), letter: Letter::line("To all.") }).await;
    let standing = h.standing().await;
    let want: Vec<Post> =
        [11, 10, 9, 8, 7, 6, 4, 2, 1, 0].into_iter().map(|number: usize| posts[number].clone()).collect();
    for limit in [0, 1, 4, 9, 10, 100] {
        let told = history(&h, &alice, limit).await;
        assert_eq!(told.posts, want[..limit.min(want.len())], "the latest {limit}, as they stand");
        assert_eq!((told.closed, told.cut_short, told.unreadable), (0, 0, 0), "nothing was left out");
        assert!(limit == 0 || told.channels >= 1, "where they stand was looked into");
    }
    assert_eq!(h.standing().await, standing, "nothing is changed by it");
    if let Some(group) = GroupId::new("another-group") {
        let answer = h.outbound().history(&group, &alice, 5).await;
        assert!(answer.is_ok_and(|history| history == History::default()), "only of that group");
    }
}

pub(super) async fn the_latest_posts_are_told_to_nobody_who_is_not_there(mut h: impl Harness) {
    let (alice, bob) = (h.alice(), h.bob());
    let post = h.post(&alice, "to all").await;
    assert_eq!(history(&h, &bob, 5).await.posts, [post], "whoever is there sees it");
    h.leave(&bob).await;
    for nobody in [bob, member("nobody-of-this-name")] {
        let told = history(&h, &nobody, 5).await;
        assert_eq!(told.posts, [], "{} sees nothing", nobody.as_str());
        assert_eq!(told.channels, 0, "so that nothing is looked into");
        assert!(told.unseen >= 1, "which is told");
    }
}
