//! Languages, rules and the words of notices.

use platform::fake::{Call, Fault};
use platform::{Inbound, Intake};
use policy::notice::TemplateText;
use policy::{Language, Mode, Rulebook, Wording};

use crate::harness::{Harness, charter, group, loaded, member, read};

#[tokio::test]
async fn a_member_is_written_to_in_their_language_with_english_below() {
    let it = Harness::new().await;
    assert!(it.command("alice", "language cy").await.contains("is private"));
    assert!(it.direct("alice", "language klingon").await.contains("choose one of en, cy"));
    assert!(it.direct("alice", "language cy").await.contains("O hyn ymlaen"));
    it.post("1", "alice", "worstlo").await;
    it.post("2", "bob", "worstlo").await;
    let letter = read(&it.platform.letters(&member("alice"))[0]);
    let (welsh, english) = letter.split_once("English").unwrap();
    assert!(
        !welsh.contains("Your post was removed") && english.contains("Your post was removed"),
        "{letter}"
    );
    assert!(!read(&it.platform.letters(&member("bob"))[0]).contains("English"));
    it.direct("alice", "language en").await;
    it.post("3", "alice", "worstlo").await;
    assert!(!read(&it.platform.letters(&member("alice"))[1]).contains("English"));
}

#[tokio::test]
async fn a_command_that_nobody_else_sees_is_private_and_answered_as_a_command() {
    let it = Harness::new().await;
    let mistyped =
        [("language klingon", "choose one of en, cy"), ("acknowlege", "Did you mean `acknowledge`?")];
    for (line, problem) in mistyped {
        let answers = [it.private_command("alice", line).await, it.direct("alice", line).await];
        let [as_command, in_private] = answers.each_ref().map(String::as_str);
        assert!(
            as_command.contains(problem) && as_command.ends_with("`help` lists what you can ask."),
            "{line}"
        );
        assert!(in_private.contains("You can write to me: appeal CASE"), "{line}");
    }
    assert!(it.private_command("alice", "language cy").await.contains("O hyn ymlaen"));
    // What they could not be told before is tried again.
    it.platform.set_takes_messages(&member("bob"), false);
    it.platform.fail(Call::DirectWithOfficers, 1, Fault::Forbidden);
    it.post("1", "bob", "worstlo").await;
    assert!(it.platform.letters(&member("bob")).is_empty());
    it.platform.set_takes_messages(&member("bob"), true);
    it.command("bob", "rules").await;
    assert!(it.platform.letters(&member("bob")).is_empty());
    it.private_command("bob", "rules").await;
    assert_eq!(it.platform.letters(&member("bob")).len(), 1);
}

async fn joins(it: &Harness, who: &str) {
    let inbound = Inbound::Joined { group: group("tea"), member: member(who) };
    assert_eq!(it.casework.take(inbound).await.unwrap(), None);
    it.settle().await;
}

#[tokio::test]
async fn new_members_get_the_rules_once_in_each_wording() {
    let welcoming = policy::Charter { welcome: true, ..charter("tea") };
    let it = Harness::with(vec![welcoming.clone()]).await;
    joins(&it, "alice").await;
    joins(&it, "alice").await;
    assert_eq!(it.told("alice").len(), 1);
    assert!(it.direct("alice", "my-record").await.contains("has not acknowledged them"));
    assert!(it.direct("alice", "acknowledge").await.contains("on record"));
    assert!(it.direct("alice", "acknowledge").await.contains("already"));
    assert!(
        it.command("mo", "history alice").await.contains("Has read the rules as they stand: 11 May 2026.")
    );

    let mut rules = Rulebook::default().rules().to_vec();
    rules[0].version = 2;
    let rulebook = Rulebook::new(rules).unwrap();
    it.files.replace(Ok(loaded(vec![policy::Charter { rulebook, ..welcoming.clone() }])));
    it.casework.reload().await.unwrap();
    assert!(it.command("mo", "history alice").await.contains("as they stood then"));
    joins(&it, "alice").await;
    assert_eq!(it.told("alice").len(), 2);

    // Nobody hears from a bot that only watches, or that was not asked to.
    for quiet in [policy::Charter { mode: Mode::Shadow, ..welcoming }, charter("tea")] {
        let it = Harness::with(vec![quiet]).await;
        joins(&it, "alice").await;
        assert!(it.told("alice").is_empty());
    }
}

#[tokio::test]
async fn a_welcome_that_does_not_arrive_is_nobodys_task() {
    let it = Harness::with(vec![policy::Charter { welcome: true, ..charter("tea") }]).await;
    it.platform.set_takes_messages(&member("alice"), false);
    joins(&it, "alice").await;
    assert!(it.platform.letters_with_officers(&member("alice")).is_empty());
    assert!(it.platform.officers_letters().is_empty() && it.told("sam").is_empty());
    assert_eq!(it.command("mo", "queue").await, "Nothing waits for a moderator.");
    it.platform.set_takes_messages(&member("alice"), true);
    it.direct("alice", "rules").await;
    assert_eq!(it.told("alice").len(), 1);
}

#[tokio::test]
async fn rules_are_posted_with_their_versions_and_a_refusal_is_told() {
    let it = Harness::new().await;
    it.command("asha", "rules post #general").await;
    let (channel, letter) = it.platform.announcements().remove(0);
    assert_eq!(channel.as_str(), "general");
    assert!(read(&letter).contains("Polite language (language, version 1)"));
    assert_eq!(it.ledger.register(&group("tea"), 9).await.unwrap().len(), 1);
    it.platform.close_channel(&policy::ChannelId::new("attic").unwrap());
    for _ in 0..2 {
        it.command("asha", "rules post attic").await;
    }
    let told = it.platform.officers_letters();
    assert_eq!(told.iter().filter(|letter| read(letter).contains("the rules were NOT posted")).count(), 2);
}

fn worded(version: u32, closing: &str) -> policy::Charter {
    let text = format!("closing = {closing}\n");
    let text = TemplateText { file: "ours.ftl".to_owned(), language: Language::English, text };
    policy::Charter { wording: Wording { version, texts: vec![text] }, ..charter("tea") }
}

#[tokio::test]
async fn a_notice_says_for_ever_what_it_said_when_it_was_written() {
    let it = Harness::with(vec![worded(3, "Kind regards, the old team")]).await;
    it.platform.set_takes_messages(&member("alice"), false);
    for nth in 1..=3 {
        it.platform.fail(platform::fake::Call::DirectWithOfficers, nth, platform::fake::Fault::Forbidden);
    }
    it.post("1", "alice", "worstlo").await;
    it.files.replace(Ok(loaded(vec![worded(4, "Yours, the new team")])));
    it.casework.reload().await.unwrap();
    assert!(it.direct("alice", "my-record").await.contains("the old team"));
    it.post("2", "bob", "worstlo").await;
    assert!(read(&it.platform.letters(&member("bob"))[0]).contains("the new team"));
    let list = it.command("asha", "template list").await;
    assert!(list.contains("version 4") && list.contains("Version 3: first used on 11 May 2026."), "{list}");

    let it = it.restart().await;
    it.platform.set_takes_messages(&member("alice"), true);
    it.direct("alice", "rules").await;
    assert!(read(&it.platform.letters(&member("alice"))[0]).contains("the old team"));
}

#[tokio::test]
async fn a_used_version_with_other_words_is_refused_and_an_unused_one_is_not() {
    let it = Harness::with(vec![worded(3, "Kind regards")]).await;
    it.files.replace(Ok(loaded(vec![worded(3, "Yours")])));
    it.casework.reload().await.unwrap();
    it.post("1", "alice", "worstlo").await;
    it.files.replace(Ok(loaded(vec![worded(3, "Cheers")])));
    let error = it.casework.reload().await.unwrap_err().to_string();
    assert!(error.contains("version 3") && error.contains("write the next number"), "{error}");
    it.post("2", "bob", "worstlo").await;
    assert!(read(&it.platform.letters(&member("bob"))[0]).contains("Yours"), "the old words stay in force");
    it.files.replace(Ok(loaded(vec![worded(4, "{$nobody}")])));
    assert!(it.casework.reload().await.unwrap_err().to_string().contains("ours.ftl:1"));
}

#[tokio::test]
async fn every_kind_can_be_previewed_in_both_languages() {
    let it = Harness::new().await;
    for kind in policy::NoticeKind::WORDS {
        for language in ["", "en", "cy"] {
            let answer = it.command("asha", &format!("template preview {kind} {language}")).await;
            assert!(answer.starts_with(&format!("Preview of {kind}")), "{answer}");
            assert_eq!(answer.contains("\u{2014} English \u{2014}"), language == "cy", "{answer}");
        }
    }
    assert!(it.command("asha", "template preview love").await.contains("no notice \"love\""));
}
