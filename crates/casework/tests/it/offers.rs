//! What letters and answers offer to whoever reads them, beside what they say.

use platform::fake::{Call, Fault};
use platform::{Board, Inbound, Intake};
use policy::{Letter, MessageText};

use crate::harness::{Harness, group, member, read};
use crate::sanctions::{WHY, hearing_group};

fn offered(letter: &Letter) -> String {
    let offers: Vec<_> = letter.offers.iter().map(ToString::to_string).collect();
    if offers.is_empty() { "nothing".to_owned() } else { offers.join(", ") }
}

impl Harness {
    /// What the answer to a line offers; what members ask is asked in private.
    async fn offers(&self, from: &str, line: &str) -> String {
        let (group, from, text) = (group("tea"), member(from), MessageText::new(line));
        let inbound = match line.split(' ').next() {
            Some("appeal" | "reply" | "report" | "my-record" | "acknowledge") => {
                Inbound::Direct { group, from, text, with_officers: false, noted: None }
            }
            _ => Inbound::Command { group, from, line: text, is_private: false, noted: None },
        };
        let answer = self.casework.take(inbound).await.unwrap().unwrap();
        read(&answer);
        self.settle().await;
        offered(&answer)
    }

    /// What each letter that says this offers, whoever it was sent to.
    fn offers_of_letters(&self, saying: &str) -> Vec<String> {
        let members = ["alice", "bob", "mo", "nia", "asha", "sam", "ed", "kit", "eve"];
        let sent = members.into_iter().flat_map(|name| self.platform.letters(&member(name)));
        let letters = sent.chain(self.platform.officers_letters());
        let mut offers: Vec<_> =
            letters.filter(|letter| read(letter).contains(saying)).map(|letter| offered(&letter)).collect();
        offers.dedup();
        offers
    }
}

/// One matter from a hidden post to an appeal against the warning, and beside it what there is besides.
#[tokio::test]
async fn what_is_offered_is_what_can_be_done_as_things_stand() {
    let it = hearing_group().await;
    let mut table = Vec::new();
    let mut ask = async |lines: &[(&str, &str)]| {
        for (who, line) in lines {
            table.push(format!("{who} {line} -> {}", it.offers(who, line).await));
        }
    };
    ask(&[("mo", "queue"), ("asha", "proposals"), ("mo", "appeals"), ("asha", "reports")]).await;
    it.post("1", "alice", "stronko").await;
    ask(&[("mo", "queue"), ("mo", "case B-1"), ("mo", "history alice")]).await;
    it.post("2", "bob", "stronko").await;
    ask(&[("mo", "queue"), ("mo", "restore B-2"), ("mo", "confirm B-1"), ("mo", "case B-1")]).await;
    ask(&[("asha", "proposals"), ("asha", "case B-3"), ("alice", "reply B-3 It slipped out.")]).await;
    ask(&[("asha", "proposals"), ("asha", "case B-3"), ("mo", "history alice")]).await;
    ask(&[("sam", "sign B-3 warning because of what it says in the case")]).await;
    ask(&[("asha", "sign B-3 warning because of what it says in the case"), ("asha", "case B-3")]).await;
    ask(&[("alice", "appeal B-1 it was a joke"), ("mo", "appeals"), ("bob", "appeal B-1 it was his")]).await;
    ask(&[("bob", "reply B-1 it was his"), ("bob", "report abuse @alice he shouts")]).await;
    ask(&[("asha", "reports"), ("asha", "case B-4"), ("mo", "history mo"), ("mo", "help")]).await;
    ask(&[("asha", "template preview removed"), ("alice", "my-record"), ("mo", "mumble")]).await;
    insta::assert_snapshot!(table.join("\n"), @"
    mo queue -> nothing
    asha proposals -> nothing
    mo appeals -> nothing
    asha reports -> nothing
    mo queue -> case B-0001, confirm B-0001, restore B-0001
    mo case B-1 -> confirm B-0001, restore B-0001
    mo history alice -> case B-0001, confirm B-0001, restore B-0001
    mo queue -> case B-0001, case B-0002
    mo restore B-2 -> nothing
    mo confirm B-1 -> nothing
    mo case B-1 -> nothing
    asha proposals -> case B-0003
    asha case B-3 -> nothing
    alice reply B-3 It slipped out. -> nothing
    asha proposals -> case B-0003, sign B-0003 warning, decline B-0003
    asha case B-3 -> sign B-0003 warning, decline B-0003
    mo history alice -> case B-0003, case B-0001, sign B-0003 warning, decline B-0003
    sam sign B-3 warning because of what it says in the case -> case B-0003
    asha sign B-3 warning because of what it says in the case -> nothing
    asha case B-3 -> nothing
    alice appeal B-1 it was a joke -> nothing
    mo appeals -> case B-0001
    bob appeal B-1 it was his -> my-record
    bob reply B-1 it was his -> appeal B-0001
    bob report abuse @alice he shouts -> nothing
    asha reports -> case B-0004
    asha case B-4 -> nothing
    mo history mo -> my-record
    mo help -> nothing
    asha template preview removed -> nothing
    alice my-record -> nothing
    mo mumble -> nothing
    ");
    let letters = [
        "B-0001 hid alice's post",
        "B-0001 alice's post in general: confirm by mo",
        "Your post is hidden for now",
        "Your hidden post stays away",
        "We want to hear your side",
        "B-0003 the ladder proposes a warning",
        "B-0003 the member gave their side",
        "B-0003 a warning was decided",
        "A written warning",
        "B-0001 alice appealed",
        "B-0004 a member reports",
    ];
    let sent: Vec<_> = letters
        .iter()
        .map(|saying| format!("{saying} -> {}", it.offers_of_letters(saying).join(" | ")))
        .collect();
    insta::assert_snapshot!(sent.join("\n"), @"
    B-0001 hid alice's post -> case B-0001
    B-0001 alice's post in general: confirm by mo -> nothing
    Your post is hidden for now -> appeal B-0001 | appeal B-0002
    Your hidden post stays away -> appeal B-0001
    We want to hear your side -> reply B-0003
    B-0003 the ladder proposes a warning -> case B-0003
    B-0003 the member gave their side -> case B-0003, sign B-0003, decline B-0003
    B-0003 a warning was decided -> nothing
    A written warning -> appeal B-0003
    B-0001 alice appealed -> case B-0001
    B-0004 a member reports -> case B-0004
    ");
    let again = it.casework.board(&group("tea")).await.unwrap();
    assert_eq!(offered(&again), "case B-0001", "the appeal waits");
}

/// Whoever serves a notice reads all of it, and is not offered what it offers to its member.
#[tokio::test]
async fn a_notice_that_is_shown_offers_to_its_member_alone() {
    let it = Harness::new().await;
    it.platform.set_takes_messages(&member("alice"), false);
    it.platform.fail(Call::DirectWithOfficers, 1, Fault::Forbidden);
    it.post("1", "alice", "worstlo").await;
    assert!(it.command("mo", "case B-1").await.contains("Reply here with: appeal B-0001"));
    assert_eq!(it.offers("mo", "case B-1").await, "nothing");
    assert_eq!(it.offers("mo", "queue").await, "case B-0001");
    it.platform.fail(Call::DirectWithOfficers, 2, Fault::Forbidden);
    assert_eq!(it.offers("alice", "my-record").await, "appeal B-0001");
}

/// Several things told in one letter are offered in it, each.
#[tokio::test]
async fn a_bulletin_offers_what_each_of_its_lines_does() {
    let it = Harness::new().await;
    for (id, author) in [("1", "alice"), ("2", "bob")] {
        it.takes(crate::harness::post(&it, "tea", id, author, "stronko")).await;
    }
    it.settle().await;
    let told = it.platform.officers_letters();
    assert_eq!(told.iter().map(offered).collect::<Vec<_>>(), ["case B-0001, case B-0002"]);
}

#[tokio::test]
async fn whoever_cannot_sign_without_reading_is_offered_to_read() {
    let it = hearing_group().await;
    it.post("1", "alice", "worstlo").await;
    it.days(8).await;
    assert_eq!(it.offers("asha", &format!("sign B-2 warning {WHY}")).await, "case B-0002");
}
