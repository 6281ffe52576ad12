//! Members: who is kept out or from posting, and who is there.

use super::*;

pub(super) async fn an_exclusion_keeps_out_until_it_is_lifted<H: Harness>(new: impl AsyncFn() -> H) {
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

pub(super) async fn members_are_told_by_every_name_they_go_by(mut h: impl Harness) {
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

pub(super) async fn an_exclusion_outlives_leaving_and_coming_back<H: Harness>(new: impl AsyncFn() -> H) {
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

pub(super) async fn a_mute_silences_until_it_is_lifted(mut h: impl Harness) {
    let (alice, bob) = (h.alice(), h.bob());
    let mute = mute(&alice, h.later());
    assert_eq!(apply(&h, 1, &mute).await, Receipt::Done, "a member is muted");
    assert_eq!(apply(&h, 2, &mute).await, Receipt::AlreadyDone, "who is muted so is left so");
    assert!(h.try_post(&alice, "quiet").await.is_none(), "a muted member cannot post");
    assert!(h.try_post(&bob, "loud").await.is_some(), "others can");
    assert_eq!(exclusions(&h).await, [], "a muted member is not kept out");
    assert_eq!(mutes(&h).await, [(alice.clone(), true)], "and is told to be muted");
    let letter =
        Action::Direct { to: alice.clone(), letter: Letter::line("You are muted."), or_shown_since: None };
    assert_eq!(apply(&h, 3, &letter).await, Receipt::Done, "they can be written to");
    assert_eq!(apply(&h, 4, &unmute(&alice)).await, Receipt::Done, "a mute is lifted");
    assert_eq!(mutes(&h).await, [], "and not told any more");
    assert!(h.try_post(&alice, "loud again").await.is_some(), "then they can post");
}

pub(super) async fn lifting_what_does_not_stand_is_done_already(h: impl Harness) {
    let alice = h.alice();
    for (id, action) in (1..).zip([admit(&alice), unmute(&alice)]) {
        assert_eq!(apply(&h, id, &action).await, Receipt::AlreadyDone, "{action:?} has nothing to lift");
    }
}

pub(super) async fn what_humans_did_is_told_apart_and_left(mut h: impl Harness) {
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
    assert_eq!(mutes(&h).await, [(alice.clone(), false)], "a human's doing");
    assert_eq!(apply(&h, 6, &unmute(&alice)).await, Receipt::Done, "until it is lifted");
    assert!(h.try_post(&alice, "loud").await.is_some(), "then they can post");
    apply(&h, 7, &mute_alice).await;
    assert_eq!(mutes(&h).await, [(alice.clone(), true)], "ours again");
    h.by_hand(&alice, Change::Unmuted).await;
    assert_eq!(mutes(&h).await, [], "told as it stands");
    assert!(h.try_post(&alice, "loud again").await.is_some(), "a human may lift ours");
}

pub(super) async fn who_is_kept_out_is_remembered_over_a_restart(mut h: impl Harness) {
    let (alice, bob) = (h.alice(), h.bob());
    apply(&h, 1, &exclude(&alice, Some(h.later()))).await;
    apply(&h, 2, &mute(&bob, h.later())).await;
    let (platform, before) = (h.outbound().platform(), exclusions(&h).await);
    if !h.restart().await {
        return;
    }
    assert_eq!(h.outbound().platform(), platform, "the platform has one name");
    assert_eq!(exclusions(&h).await, before, "who was excluded is");
    assert_eq!(mutes(&h).await, [(bob.clone(), true)], "and who was muted");
    for member in [alice, bob] {
        assert!(h.try_post(&member, "hello?").await.is_none(), "{} is still kept out", member.as_str());
    }
}

pub(super) async fn nobody_can_be_excluded_who_does_not_exist(h: impl Harness) {
    let nobody = member("nobody-of-this-name");
    let letter = Letter::line("Nobody reads this.");
    let actions = [
        exclude(&nobody, None),
        admit(&nobody),
        mute(&nobody, h.later()),
        unmute(&nobody),
        Action::DirectWithOfficers { to: nobody, officers: Vec::new(), letter },
    ];
    for (id, action) in (1..).zip(actions) {
        let answer = try_apply(&h, id, &action).await;
        assert!(matches!(answer, Err(DeliveryError::Gone)), "{action:?}: {answer:?}");
    }
    assert_eq!(exclusions(&h).await, [], "nobody is nobody");
}

pub(super) async fn an_account_is_known_while_gone_and_one_that_nobody_has_is_not(mut h: impl Harness) {
    let alice = h.alice();
    assert_ne!(account(&h, &alice).await, Account::Nobody);
    h.leave(&alice).await;
    assert_ne!(account(&h, &alice).await, Account::Nobody, "gone, not forgotten");
    assert_ne!(account(&h, &member("nobody-of-this-name")).await, Account::Known);
}

async fn account(h: &impl Harness, member: &MemberId) -> Account {
    h.outbound().account(&h.group(), member).await.expect("the platform answers")
}
