//! From the first strike to a suspension that several signed, and back into the group: what a member and the officers see
//! of it.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::json;

use super::bed::member::{Member, Seen};
use super::bed::plain::{Act, Plain, Privacy, Watch};
use super::bed::synapse::Synapse;
use super::group::{Group, People, found_room, says};
use crate::program::{Program, within};

const BAD: &str = "oh fuck off";
const YES: &str = "\u{2705}";

/// A group in which somebody can be suspended: a common room, one that ada never was in, and a space with a room of its
/// own.
struct Cast {
    group: Group,
    ada: Member,
    /// Admins.
    kit: Member,
    asha: Member,
    /// The Executive.
    ed: Member,
    committee: String,
    space: String,
    of_space: String,
}

impl Cast {
    async fn gather() -> Self {
        let synapse = Synapse::shared().await;
        let (ada, kit, asha, ed) = tokio::join!(
            Member::nio(synapse, "ada"),
            Member::nio(synapse, "kit"),
            Member::nio(synapse, "asha"),
            Member::nio(synapse, "ed"),
        );
        let people = People {
            members: &[ada.user()],
            admins: &[kit.user(), asha.user()],
            executive: &[ed.user()],
            ..People::default()
        };
        let mut group = Group::found(synapse, Privacy::Encrypted, people).await;
        let committee = group.found_room(Privacy::Open, &[]).await;
        let (founder, bot) = (&group.founder, &group.bot.user);
        let of_space = found_room(founder, Privacy::Open, bot, &[ada.user()]).await;
        let space = founder.create_space("Thistlebrook", &[&of_space], &[ada.user(), bot]).await;
        founder.set_power(&space, bot, 100).await;
        group.space = Some(space.clone());
        for room in [&group.room, &of_space, &space] {
            ada.join(room).await;
        }
        for officer in [&kit, &asha, &ed] {
            officer.join(&group.management).await;
        }
        Self { group, ada, kit, asha, ed, committee, space, of_space }
    }

    fn all_rooms(&self) -> [&str; 4] {
        [&self.group.room, &self.committee, &self.space, &self.of_space]
    }

    /// The rooms in which ada is at home.
    fn her_rooms(&self) -> [&str; 3] {
        [&self.group.room, &self.space, &self.of_space]
    }

    /// Waits for what the bot tells somebody, after an event if it is named.
    async fn told(&self, who: &Member, after: Option<&str>, part: &str) -> Seen {
        let mut wanted = json!({ "sender": self.group.bot.user, "contains": part, "undecryptable": false });
        if let Some(after) = after {
            wanted["after"] = after.into();
        }
        who.wait(wanted).await
    }

    /// Ada breaks a rule and is asked for her side, which she gives. Gives the reference of what is proposed.
    async fn offends(&self) -> String {
        let event = self.ada.text(&self.group.room, BAD).await;
        self.ada.wait_until_redacted(&self.group.room, &event).await;
        let asked = self.told(&self.ada, Some(&event), "We want to hear your side. Reference B-").await;
        let body = asked.content["body"].as_str().expect("a body");
        let reference = body.split("Reference ").nth(1).and_then(|rest| rest.split(',').next());
        let reference = reference.expect("a reference").to_owned();
        self.ada.text(&asked.room, &format!("reply {reference} I am sorry.")).await;
        self.told(&self.ada, None, &format!("The officers can decide {reference}")).await;
        reference
    }

    /// An officer reads what is proposed and types that they sign it; gives the question whether they mean it.
    async fn is_asked(&self, officer: &Member, reference: &str, step: &str) -> Seen {
        let management = &self.group.management;
        let opened = officer.text(management, &format!("!beadle case {reference}")).await;
        self.told(officer, Some(&opened), &format!("{reference} {step} proposed")).await;
        let line = format!("sign {reference} {step} She was asked to stop.");
        let typed = officer.text(management, &format!("!beadle {line}")).await;
        let question = self.told(officer, Some(&typed), &line).await;
        assert!(question.encrypted && question.room != *management, "it is asked in private");
        assert!(question.content["body"].as_str().is_some_and(|body| body.contains(YES)));
        question
    }

    async fn signs(&self, officer: &Member, reference: &str, step: &str, answer: &str) {
        let question = self.is_asked(officer, reference, step).await;
        officer.react(&question.room, &question.event, YES).await;
        self.told(officer, Some(&question.event), answer).await;
    }

    /// Ada is warned, does it again, and one of the two who are needed has signed that she is suspended. Gives the
    /// suspension's reference.
    async fn almost_suspend(&self) -> String {
        let warning = self.offends().await;
        self.signs(&self.kit, &warning, "warning", &format!("{warning}: a warning is decided")).await;
        self.told(&self.ada, None, &format!("A written warning. Sanction {warning}")).await;

        let suspension = self.offends().await;
        self.signs(&self.kit, &suspension, "suspension", "1 of 2 have; it waits for the rest").await;
        suspension
    }

    /// Ada is warned, does it again, and is suspended. Gives the suspension's reference.
    async fn suspend(&self) -> String {
        let suspension = self.almost_suspend().await;
        let mut news = self.group.founder.watch().await;
        let decided = format!("{suspension}: a suspension is decided");
        self.signs(&self.asha, &suspension, "suspension", &decided).await;
        until_everywhere(&mut news, self.ada.user(), "ban", &self.all_rooms()).await;
        self.told(&self.ada, None, &format!("You are suspended. Sanction {suspension}")).await;
        suspension
    }

    async fn start(&self) -> Program {
        let program = self.group.start().await;
        self.ada.wait_for_member(&self.group.room, &self.group.bot.user).await;
        program
    }

    async fn is_out_of_the_committee_as_before(&self) {
        let stands = self.group.founder.membership(&self.committee, self.ada.user()).await;
        assert_eq!(stands.as_deref(), Some("leave"), "let in where she was, and nowhere else");
    }
}

/// Waits until somebody's membership of all these rooms has become that.
async fn until_everywhere(news: &mut Watch<'_>, user: &str, membership: &str, rooms: &[&str]) {
    let left: RefCell<BTreeSet<&str>> = RefCell::new(rooms.iter().copied().collect());
    let all = news.until(|room, event| {
        let is_theirs = event["type"] == "m.room.member" && event["state_key"] == user;
        if is_theirs && event["content"]["membership"] == membership {
            left.borrow_mut().remove(room);
        }
        left.borrow().is_empty()
    });
    within(membership, all).await;
}

#[tokio::test]
async fn a_suspended_member_is_out_of_every_room_until_the_term_ends_and_then_let_back() {
    let cast = Cast::gather().await;
    let program = cast.start().await;
    let reference = cast.suspend().await;
    for room in cast.all_rooms() {
        let banned = cast.group.founder.state(room, "m.room.member", cast.ada.user()).await;
        let banned = banned.expect("she is known there");
        assert_eq!(banned["membership"], "ban");
        assert!(!banned.to_string().contains("sorry") && banned["reason"].is_null(), "no word in public");
    }
    let door = cast.told(&cast.ada, None, "You are suspended").await.room;
    cast.ada.text(&door, "my-record").await;
    cast.told(&cast.ada, None, "What we hold about you").await;
    program.end().await;

    let mut news = cast.group.founder.watch().await;
    let mut letters = cast.group.founder.watch().await;
    // It gets a step further each time it dies.
    for place in ["deadline::written", "record::committed", "deliver::attempted", "deliver::answered"] {
        cast.group.start_days_later_to_die(31, place).died().await;
    }
    let program = cast.group.start_days_later(31);
    until_everywhere(&mut news, cast.ada.user(), "join", &cast.her_rooms()).await;
    let back = cast.told(&cast.ada, None, &format!("Welcome back. Sanction {reference}")).await;
    assert_eq!(back.room, door, "the same room is used");
    let over = letters.until(|room, event| {
        room == cast.group.management && says(event, "the suspension is over") && says(event, &reference)
    });
    within("the officers are told", over).await;
    cast.is_out_of_the_committee_as_before().await;
    let kept_out = letters_about(&cast, "a human").await;
    assert!(kept_out.is_empty(), "nothing was done by hand: {kept_out:?}");
    cast.ada.text(&cast.group.room, "glad to be back").await;
    let told = cast.ada.timeline(&door).await;
    let bodies = told.iter().filter_map(|letter| letter.content["body"].as_str());
    assert_eq!(bodies.filter(|body| body.starts_with("Welcome back.")).count(), 1, "she is told once");
    program.end().await;
}

/// Where the program dies while a suspension is decided and carried out, one after the other: the notice goes first, and
/// then what keeps her out, and word to the officers. What was recorded goes on where it stood.
const STEPS: [&str; 9] = [
    "record::written",
    "record::committed",
    "deliver::attempted",
    "deliver::answered",
    "deliver::settled",
    "deliver::answered",
    "deliver::settled",
    "deliver::attempted",
    "deliver::answered",
];

#[tokio::test]
async fn killed_while_a_suspension_is_signed_and_carried_out_it_is_done_and_told_once() {
    let cast = Cast::gather().await;
    let program = cast.start().await;
    let reference = cast.almost_suspend().await;
    let question = cast.is_asked(&cast.asha, &reference, "suspension").await;
    program.end().await;

    let mut news = cast.group.founder.watch().await;
    // Her yes is read when somebody hears it.
    cast.asha.react(&question.room, &question.event, YES).await;
    for place in STEPS {
        cast.group.start_to_die(place, 1).died().await;
    }
    let program = cast.group.start_again();
    until_everywhere(&mut news, cast.ada.user(), "ban", &cast.all_rooms()).await;
    let told = cast.told(&cast.ada, None, &format!("You are suspended. Sanction {reference}")).await;
    cast.ada.text(&told.room, "my-record").await;
    cast.told(&cast.ada, None, "What we hold about you").await;
    program.end().await;

    for room in cast.all_rooms() {
        let timeline = cast.group.founder.timeline(room).await;
        let bans = timeline
            .iter()
            .filter(|event| event["state_key"] == cast.ada.user() && event["content"]["membership"] == "ban");
        assert_eq!(bans.count(), 1, "put out of {room} so often");
    }
    let letters = cast.ada.timeline(&told.room).await;
    let letters = letters.iter().filter_map(|letter| letter.content["body"].as_str());
    assert_eq!(letters.filter(|body| body.starts_with("You are suspended.")).count(), 1);
    let kept_out = letters_about(&cast, "a human").await;
    assert!(kept_out.is_empty(), "nothing was done by hand: {kept_out:?}");
    let register = cast.group.register();
    let entered = register.lines().filter(|line| line.contains(&reference) && line.contains("suspen"));
    let entered: Vec<_> = entered.collect();
    assert!(
        !entered.is_empty() && entered.iter().collect::<BTreeSet<_>>().len() == entered.len(),
        "{entered:?}"
    );
}

#[tokio::test]
async fn a_suspended_member_appeals_in_private_and_the_executive_lets_them_back() {
    let cast = Cast::gather().await;
    let program = cast.start().await;
    let reference = cast.suspend().await;
    let door = cast.told(&cast.ada, None, "You are suspended").await.room;
    let mut news = cast.group.founder.watch().await;
    cast.ada.text(&door, &format!("appeal {reference} I was provoked for weeks.")).await;
    cast.told(&cast.ed, None, "asked the Executive to hear").await;
    let opened = cast.ed.text(&cast.group.management, &format!("!beadle case {reference}")).await;
    cast.told(&cast.ed, Some(&opened), "I was provoked for weeks.").await;
    let minute = format!("!beadle minute {reference} allow 2026-12/1 He was provoked.");
    cast.ed.text(&cast.group.management, &minute).await;
    cast.told(&cast.ed, None, &format!("{reference}: the Executive's decision is on record")).await;
    until_everywhere(&mut news, cast.ada.user(), "join", &cast.her_rooms()).await;
    cast.told(&cast.ada, None, &format!("Your appeal was allowed. Sanction {reference}")).await;
    cast.is_out_of_the_committee_as_before().await;
    program.end().await;
}

#[tokio::test]
async fn nobody_else_says_yes_for_an_officer() {
    let cast = Cast::gather().await;
    let program = cast.start().await;
    let reference = cast.offends().await;
    let proposed = format!("{reference} the ladder proposes a warning");
    let ashas = cast.told(&cast.asha, None, &proposed).await.room;
    let question = cast.is_asked(&cast.kit, &reference, "warning").await;

    // She says so in her own room, about a copy of the question.
    let copy = cast.asha.send(&ashas, "m.room.message", &question.content).await;
    cast.asha.react(&ashas, &copy, YES).await;
    // Or is brought into his, by somebody who has got hold of the account.
    let synapse = Synapse::shared().await;
    let bot = Plain::log_in(synapse, &cast.group.bot).await;
    bot.act(Act::Invite, &question.room, cast.asha.user()).await.expect("the bot may");
    cast.asha.wait_for_member(&question.room, cast.asha.user()).await;
    cast.asha.react(&question.room, &question.event, YES).await;

    let still = format!("{reference} warning proposed");
    for (officer, room) in [(&cast.asha, &ashas), (&cast.kit, &question.room)] {
        let looks = officer.text(room, "proposals").await;
        let shown = cast.told(officer, Some(&looks), &still).await;
        assert!(shown.content["body"].as_str().is_some_and(|body| body.contains("0 of 1 signed")));
    }
    cast.kit.react(&question.room, &question.event, YES).await;
    cast.told(&cast.kit, None, &format!("{reference}: a warning is decided")).await;
    program.end().await;
}

/// What the officers were told together with that in it.
async fn letters_about(cast: &Cast, part: &str) -> Vec<String> {
    let told = cast.group.founder.timeline(&cast.group.management).await;
    let told = told.iter().filter(|event| says(event, part));
    told.map(|event| event["content"]["body"].to_string()).collect()
}
