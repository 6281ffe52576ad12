//! Calls that fail, are repeated, or are asked again after a restart.

use super::*;

pub(super) async fn failures_without_effect_leave_no_trace(mut h: impl Harness) {
    let alice = h.alice();
    let action =
        Action::Direct { to: alice.clone(), letter: Letter::line("In the end."), or_shown_since: None };
    let faults = [
        Fault::RateLimited(std::time::Duration::from_secs(3)),
        Fault::NotYet(std::time::Duration::from_secs(30)),
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

pub(super) async fn an_unanswered_call_can_be_repeated(mut h: impl Harness) {
    let alice = h.alice();
    for (id, done) in [(1, false), (2, true)] {
        let action = Action::Direct {
            to: alice.clone(),
            letter: Letter::line(format!("Letter {id}.")),
            or_shown_since: None,
        };
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

pub(super) async fn what_was_done_outlives_a_restart(mut h: impl Harness) {
    let alice = h.alice();
    let removed = h.post(&alice, "to be removed").await;
    let kept = h.post(&alice, "to be left").await;
    let direct =
        Action::Direct { to: alice.clone(), letter: Letter::line("Once only."), or_shown_since: None };
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

pub(super) async fn an_old_name_does_nothing_again(mut h: impl Harness) {
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

pub(super) async fn faults_of_any_action_are_called_by_their_names<H: Harness>(new: impl AsyncFn() -> H) {
    let faults = [
        Fault::RateLimited(std::time::Duration::from_secs(3)),
        Fault::NotYet(std::time::Duration::from_secs(30)),
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
            Action::DirectWithOfficers { to: alice.clone(), officers: Vec::new(), letter: letter.clone() },
            Action::Announce { channel: h.channel(), letter },
            mute(&alice, h.later()),
            unmute(&alice),
            exclude(&alice, Some(h.later())),
            admit(&alice),
        ];
        let mut sent = [0, 0];
        for (id, action) in (1..).zip(steps) {
            if !h.fail_next(&action, fault).await {
                continue;
            }
            sent[0] += usize::from(matches!(action, Action::DirectWithOfficers { .. }));
            sent[1] += usize::from(matches!(action, Action::Announce { .. }));
            let result = try_apply(&h, id, &action).await;
            assert!(result.is_err_and(|error| is_this(&error, fault)), "{fault:?} of {action:?}");
            let was_done = fault == Fault::Unanswered { done: true };
            let want = if was_done { Receipt::AlreadyDone } else { Receipt::Done };
            assert_eq!(apply(&h, id, &action).await, want, "{action:?} after {fault:?}");
        }
        let told = [h.with_officers(&alice).await.len(), h.announcements().await.len()];
        assert_eq!(told, sent, "once, whatever went wrong");
    }
}

pub(super) async fn a_letter_is_rewritten_once_whatever_goes_wrong<H: Harness>(new: &impl AsyncFn() -> H) {
    let faults = [
        Fault::Forbidden,
        Fault::Gone,
        Fault::Unreachable,
        Fault::Unanswered { done: false },
        Fault::Unanswered { done: true },
    ];
    for fault in faults {
        let mut h = new().await;
        let alice = h.alice();
        apply(
            &h,
            1,
            &Action::Direct {
                to: alice.clone(),
                letter: Letter::line("You are put out."),
                or_shown_since: None,
            },
        )
        .await;
        let correct = rewrite(&alice, 1, Letter::line("You were not put out."));
        if !h.fail_next(&correct, fault).await {
            continue;
        }
        assert!(try_apply(&h, 2, &correct).await.is_err(), "{fault:?} is told of");
        let was_done = fault == Fault::Unanswered { done: true };
        let stands = if was_done { "You were not put out." } else { "You are put out." };
        assert_eq!(owns(&h.private(&alice).await), [stands], "one stands after {fault:?}");
        apply(&h, 2, &correct).await;
        assert_eq!(owns(&h.private(&alice).await), ["You were not put out."], "once, after {fault:?}");
    }
}

fn is_this(error: &DeliveryError, fault: Fault) -> bool {
    match (error, fault) {
        (DeliveryError::RateLimited(asked), Fault::RateLimited(wait))
        | (DeliveryError::NotYet(asked), Fault::NotYet(wait)) => *asked == wait,
        (DeliveryError::Forbidden, Fault::Forbidden)
        | (DeliveryError::Gone, Fault::Gone)
        | (DeliveryError::Unreachable(_), Fault::Unreachable)
        | (DeliveryError::Unanswered(_), Fault::Unanswered { .. }) => true,
        _ => false,
    }
}
