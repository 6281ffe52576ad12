//! Letters: to members, to officers, to all.

use super::*;

pub(super) async fn a_letter_arrives_once(h: impl Harness) {
    let alice = h.alice();
    let action =
        Action::Direct { to: alice.clone(), letter: Letter::line("Once only."), or_shown_since: None };
    assert_eq!(apply(&h, 1, &action).await, Receipt::Done, "a letter is delivered");
    assert_eq!(apply(&h, 1, &action).await, Receipt::AlreadyDone, "the same effect again");
    assert_eq!(owns(&h.private(&alice).await), ["Once only."], "one effect, one letter");
    assert_eq!(apply(&h, 2, &action).await, Receipt::Done, "another effect is another letter");
    assert_eq!(h.private(&alice).await.len(), 2, "two effects, two letters");
}

pub(super) async fn quoted_words_stay_data(h: impl Harness) {
    let alice = h.alice();
    let letter =
        Letter::line("Your post was removed.").quote(MessageText::new(HOSTILE)).text("You can appeal.");
    apply(&h, 1, &Action::Direct { to: alice.clone(), letter: letter.clone(), or_shown_since: None }).await;
    apply(&h, 2, &Action::TellOfficers { letter: letter.clone() }).await;
    let told = [h.private(&alice).await, h.officers().await].concat();
    assert_eq!(told.len(), 2, "one letter each");
    for sight in &told {
        let own: Vec<&str> = letter.blocks.iter().filter_map(own_words).collect();
        assert_eq!(sight.own(), own.join("\n"), "the bot says its own words and no more");
        assert_harmless(sight);
    }
}

pub(super) async fn a_refused_letter_is_forbidden(mut h: impl Harness) {
    let alice = h.alice();
    h.close_messages(&alice).await;
    let action = Action::Direct {
        to: alice.clone(),
        letter: Letter::line("Nobody reads this."),
        or_shown_since: None,
    };
    let answer = try_apply(&h, 1, &action).await;
    assert!(matches!(answer, Err(DeliveryError::Forbidden)), "closed to messages: {answer:?}");
    assert!(h.private(&alice).await.is_empty(), "nothing arrived");
}

pub(super) async fn an_unknown_member_is_gone(h: impl Harness) {
    let nobody = member("nobody-of-this-name");
    let action =
        Action::Direct { to: nobody, letter: Letter::line("Nobody reads this."), or_shown_since: None };
    assert!(matches!(try_apply(&h, 1, &action).await, Err(DeliveryError::Gone)), "nobody to write to");
}

pub(super) async fn officers_letters_are_seen_by_nobody_else(h: impl Harness) {
    apply(&h, 1, &Action::TellOfficers { letter: Letter::line("Between us.") }).await;
    apply(&h, 1, &Action::TellOfficers { letter: Letter::line("Between us.") }).await;
    assert_eq!(owns(&h.officers().await), ["Between us."], "the officers are told once");
    let (alice, bob) = (h.private(&h.alice()).await, h.private(&h.bob()).await);
    assert!(alice.is_empty() && bob.is_empty(), "no member is told");
    assert!(h.reposts().await.is_empty() && h.standing().await.is_empty(), "nothing stands in the channel");
}

pub(super) async fn an_announcement_is_for_all_and_alerts_nobody(mut h: impl Harness) {
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

pub(super) async fn a_letter_with_the_officers_reaches_a_closed_inbox(mut h: impl Harness) {
    let (alice, bob) = (h.alice(), h.bob());
    h.close_messages(&alice).await;
    let letter = Letter::line("Your post was removed:").quote(MessageText::new(HOSTILE));
    let action = Action::DirectWithOfficers { to: alice.clone(), officers: Vec::new(), letter };
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

fn own_words(block: &Block) -> Option<&str> {
    match block {
        Block::Text(text) => Some(text),
        Block::Quote(_) => None,
    }
}

pub(super) async fn a_letter_is_rewritten_where_it_stands(mut h: impl Harness) {
    let alice = h.alice();
    let direct =
        |line: &str| Action::Direct { to: alice.clone(), letter: Letter::line(line), or_shown_since: None };
    apply(&h, 1, &direct("You are put out.")).await;
    apply(&h, 2, &direct("Something else.")).await;
    let corrected = Letter::line("You were not put out:").quote(MessageText::new(HOSTILE));
    let correct = rewrite(&alice, 1, corrected);
    assert_eq!(apply(&h, 3, &correct).await, Receipt::Done, "it is rewritten");
    assert_eq!(apply(&h, 3, &correct).await, Receipt::AlreadyDone, "the same effect again");
    let told = h.private(&alice).await;
    assert_eq!(owns(&told), ["You were not put out:", "Something else."], "one stands, where it stood");
    told.first().into_iter().for_each(assert_harmless);
    // What is longer than one message has all of it changed, and what became shorter leaves nothing behind.
    let long: Vec<String> =
        (0..120).map(|line| format!("{line}. {}", "You are told why. ".repeat(3))).collect();
    let long = long.iter().fold(Letter::line("You are put out."), |letter, line| letter.text(line.as_str()));
    assert_eq!(apply(&h, 4, &rewrite(&alice, 3, long)).await, Receipt::Done, "again, as what it is now");
    let stands = owns(&h.private(&alice).await).join("\n");
    assert!(stands.contains("\n119. ") && !stands.contains("not put out"), "all of it: {stands}");
    let again = rewrite(&alice, 4, Letter::line("You were not put out."));
    h.restart().await;
    assert_eq!(apply(&h, 5, &again).await, Receipt::Done, "after a restart as well");
    let mut told = owns(&h.private(&alice).await);
    told.sort_unstable();
    assert_eq!(told, ["Something else.", "You were not put out."], "and nothing of the long one is left");
}

pub(super) async fn a_letter_with_the_officers_is_rewritten_there(mut h: impl Harness) {
    let alice = h.alice();
    h.close_messages(&alice).await;
    let letter = Letter::line("You are put out.");
    apply(&h, 1, &Action::DirectWithOfficers { to: alice.clone(), officers: Vec::new(), letter }).await;
    let correct = rewrite(&alice, 1, Letter::line("You were not put out."));
    assert_eq!(apply(&h, 2, &correct).await, Receipt::Done, "it is rewritten");
    assert_eq!(owns(&h.with_officers(&alice).await), ["You were not put out."], "where it stood");
    assert!(h.private(&alice).await.is_empty(), "and nowhere else");
}

pub(super) async fn what_was_never_sent_cannot_be_rewritten(h: impl Harness) {
    let (alice, bob) = (h.alice(), h.bob());
    apply(&h, 1, &Action::Direct { to: bob.clone(), letter: Letter::line("For Bob."), or_shown_since: None })
        .await;
    for (id, earlier) in [(3, 1), (4, 2)] {
        let answer = try_apply(&h, id, &rewrite(&alice, earlier, Letter::line("Nobody reads this."))).await;
        assert!(matches!(answer, Err(DeliveryError::Gone)), "{earlier} is no letter to Alice: {answer:?}");
    }
    assert!(
        h.private(&alice).await.is_empty() && h.with_officers(&alice).await.is_empty(),
        "nothing arrived"
    );
    assert_eq!(owns(&h.private(&bob).await), ["For Bob."], "what others have stays");
}
