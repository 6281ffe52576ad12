//! The group's own list: its versions, what is allowed and put back, what is imported, and what a test of a text tells.

use casework::Imported;
use ledger::{WordIs, WordsAct};
use policy::guard::Guard;
use policy::wordlist::foreign::{self, Format, Options};
use policy::{Allow, AllowKind, Event};

use crate::harness::{Harness, case_ref, charter, group, loaded, member};

/// The terms and words in force, as they are shown.
async fn words(it: &Harness) -> Vec<String> {
    let words = it.ledger.settings(&group("tea")).await.unwrap().words;
    let shown = words.words.iter().map(|kept| match kept.word.what {
        WordIs::Term { grade, .. } => format!("{} {grade}", kept.word.term),
        WordIs::Out => format!("-{}", kept.word.term),
        WordIs::Allowed { .. } => format!("+{}", kept.word.term),
    });
    std::iter::once(format!("v{}", words.version)).chain(shown).collect()
}

#[tokio::test]
async fn every_change_is_a_version_with_its_author_and_any_can_be_put_in_force_again() {
    let it = Harness::new().await;
    assert!(it.command("asha", "wordlist undo").await.contains("no change to take back"));
    assert_eq!(it.command("asha", "wordlist log").await, "The group has no words of its own yet.");
    let added = it.command("asha", "wordlist add strong insult word zzyzx").await;
    assert!(added.contains("version 1 of the group's own words"), "{added}");
    it.clock.advance(60);
    it.command("sam", "wordlist remove worstlo").await;
    it.clock.advance(60);
    it.command("asha", "wordlist allow Medlo").await;
    it.command("asha", "wordlist import mild general word gubb, wazzock").await;
    assert_eq!(words(&it).await, ["v4", "zzyzx strong", "-worstlo", "+Medlo", "gubb mild", "wazzock mild"]);

    let answer = it.command("sam", "wordlist back 2").await;
    for part in [
        "what they were in version 2",
        "version 5",
        "No longer there: Medlo (allowed), gubb (mild general, word)",
    ] {
        assert!(answer.contains(part), "{part}: {answer}");
    }
    assert_eq!(words(&it).await, ["v5", "zzyzx strong", "-worstlo"]);
    let answer = it.command("sam", "wordlist undo").await;
    assert!(answer.contains("Again there: Medlo (allowed)"), "{answer}");
    assert_eq!(words(&it).await.len(), 6);
    it.command("asha", "wordlist back 0").await;
    assert_eq!(words(&it).await, ["v7"]);
    it.post("1", "alice", "worstlo").await;
    assert!(!it.stands("1"), "what had been taken out is looked for again");

    let log = it.command("asha", "wordlist log").await;
    insta::assert_snapshot!(log, @r"
    7, 11 May 2026 at 11:02: asha went back to version 0: −zzyzx (strong insult, word), −worstlo (taken out), −Medlo (allowed), −gubb (mild general, word), −wazzock (mild general, word)
    6, 11 May 2026 at 11:02: sam went back to version 4: +Medlo (allowed), +gubb (mild general, word), +wazzock (mild general, word)
    5, 11 May 2026 at 11:02: sam went back to version 2: −Medlo (allowed), −gubb (mild general, word), −wazzock (mild general, word)
    4, 11 May 2026 at 11:02: asha imported: +gubb (mild general, word), +wazzock (mild general, word)
    3, 11 May 2026 at 11:02: asha allowed: Medlo
    2, 11 May 2026 at 11:01: sam took out of the lists: worstlo
    1, 11 May 2026 at 11:00: asha added: zzyzx (strong insult, word)
    ");
    let earlier = it.command("asha", "wordlist log 2").await;
    assert!(earlier.starts_with("1, ") && earlier.lines().count() == 1, "{earlier}");
    assert_eq!(it.command("asha", "wordlist log 1").await, "There is no version before 1.");

    for (line, why) in [
        ("wordlist back 7", "Version 7 is in force. Nothing was changed."),
        (
            "wordlist back 8",
            "There is no version 8. `wordlist log` shows those there are. Nothing was changed.",
        ),
    ] {
        assert_eq!(it.command("asha", line).await, why);
    }
    let it = it.restart().await;
    assert_eq!(words(&it).await, ["v7"]);
    assert!(it.command("asha", "wordlist list").await.contains("the group's own words are version 7"));
}

#[tokio::test]
async fn a_second_undo_takes_the_first_back_and_the_answer_says_how_to_go_further() {
    let it = Harness::new().await;
    for word in ["zzyzx", "gubb", "wazzock"] {
        it.command("asha", &format!("wordlist add mild general word {word}")).await;
    }
    let answer = it.command("asha", "wordlist undo").await;
    assert!(answer.contains("what they were in version 2"), "{answer}");
    for part in [
        "`wordlist back 3` takes this back, and so would `wordlist undo`;",
        "to go further back, say `wordlist back` with a number from `wordlist log`.",
    ] {
        assert!(answer.contains(part), "{part}: {answer}");
    }
    it.command("asha", "wordlist undo").await;
    assert_eq!(words(&it).await, ["v5", "zzyzx mild", "gubb mild", "wazzock mild"]);
    it.command("asha", "wordlist back 0").await;
    assert_eq!(words(&it).await, ["v6"]);
    let help = it.command("asha", "help").await;
    assert!(help.contains("which may be an undo; `wordlist back` goes further"), "{help}");
}

#[tokio::test]
async fn the_log_is_bounded_and_says_how_to_go_on() {
    let it = Harness::new().await;
    for _ in 0..6 {
        it.command("asha", "wordlist allow gubb").await;
        it.command("asha", "wordlist disallow GUBB").await;
    }
    let log = it.command("asha", "wordlist log").await;
    assert_eq!(log.lines().count(), 11, "{log}");
    assert!(log.starts_with("12, ") && log.ends_with("Earlier ones: `wordlist log 3`"), "{log}");
    let rest = it.command("asha", "wordlist log 3").await;
    assert_eq!(rest.lines().count(), 2, "{rest}");
}

#[tokio::test]
async fn a_word_that_counts_again_counts_from_then_on() {
    let it = Harness::new().await;
    it.command("asha", "wordlist add strongest insult word zzyzx").await;
    it.command("asha", "wordlist undo").await;
    let before = crate::harness::post(&it, "tea", "1", "alice", "zzyzx");
    it.clock.advance(60);
    it.command("asha", "wordlist back 1").await;
    it.takes(before).await;
    it.settle().await;
    assert!(!it.stands("1"));
    assert_eq!(it.strikes("alice").await, (0, 0), "it was written while the word was not listed");
    it.post("2", "alice", "zzyzx").await;
    assert_eq!(it.strikes("alice").await, (1, 1));
}

#[tokio::test]
async fn an_allowed_word_is_never_flagged_and_its_disguises_are() {
    let it = Harness::new().await;
    let answer = it.command("asha", "wordlist allow Worstlo").await;
    for part in [
        "\"Worstlo\" is allowed in this group from now on.",
        "Before, it was delete (worstlo, strongest general). Now nothing is found in it.",
        "It is a listed term, in made-up",
        "`wordlist disallow` takes it back",
    ] {
        assert!(answer.contains(part), "{part}: {answer}");
    }
    it.post("1", "alice", "the Worstlo").await;
    it.post("2", "alice", "you w0rstlo").await;
    assert!(it.stands("1") && !it.stands("2"));
    for line in
        ["wordlist allow worstlo", "wordlist allow x", "wordlist allow f1sh", "wordlist disallow nosuch"]
    {
        let answer = it.command("asha", line).await;
        assert!(answer.ends_with("Nothing was changed."), "{line}: {answer}");
    }
    let told = it.command("asha", "wordlist test Worstlo").await;
    assert!(
        told.contains("innocent: worstlo") && told.contains("“Worstlo” in the group's own words, version 1"),
        "{told}"
    );
    it.command("asha", "wordlist allow the stronko stone").await;
    let told = it.command("asha", "wordlist test past The Stronko Stone's gate").await;
    assert!(told.contains("allowed: “the stronko stone” in the group's own words, version 2"), "{told}");
    let answer = it.command("asha", "wordlist disallow worstlo").await;
    assert!(answer.contains("From now on it is delete (worstlo, strongest general)"), "{answer}");
    it.post("3", "alice", "the Worstlo").await;
    assert!(!it.stands("3"));
}

#[tokio::test]
async fn what_is_allowed_for_all_groups_stays_with_its_file() {
    let it = Harness::new().await;
    let mut files = loaded(vec![charter("tea")]);
    let gubbins = Allow { term: "Gubbins".to_owned(), kind: AllowKind::Surname, source: None, line: Some(1) };
    files.lists[0].allow.push(gubbins);
    it.command("asha", "wordlist allow gubbins").await;
    it.files.replace(Ok(files));
    assert!(
        it.command("asha", "wordlist reload").await.contains("Reloaded"),
        "the group's own is no obstacle"
    );
    it.command("asha", "wordlist disallow gubbins").await;
    let answer = it.command("asha", "wordlist disallow gubbins").await;
    assert!(answer.contains("allowed for all groups, in made-up"), "{answer}");
    let answer = it.command("asha", "wordlist allow GUBBINS").await;
    assert!(answer.contains("is allowed already, in made-up"), "{answer}");
}

#[tokio::test]
async fn an_allowed_word_is_not_added_and_what_was_taken_out_can_be_put_back() {
    let it = Harness::new().await;
    it.command("asha", "wordlist allow zzyzx").await;
    let answer = it.command("asha", "wordlist add mild general word zzyzx").await;
    assert!(answer.contains("`wordlist disallow` first"), "{answer}");
    assert!(it.command("asha", "wordlist restore worstlo").await.contains("was not taken out"));
    assert!(
        it.command("asha", "wordlist remove worstlo").await.contains("`wordlist restore` brings it back")
    );
    // Graded anew, and then as the list has it.
    it.command("asha", "wordlist add mild general word worstlo").await;
    it.post("1", "alice", "worstlo").await;
    assert!(it.stands("1"));
    let answer = it.command("asha", "wordlist restore worstlo").await;
    assert!(answer.contains("as made-up has it: strongest general, word"), "{answer}");
    it.post("2", "alice", "worstlo").await;
    assert!(!it.stands("2"));
}

#[tokio::test]
async fn pasted_words_are_one_version_and_each_has_its_line() {
    let it = Harness::new().await;
    let mut files = loaded(vec![charter("tea")]);
    files.guard = Guard::new([("tea.txt".to_owned(), "Put the kettle on.\n".to_owned())]);
    it.files.replace(Ok(files));
    it.command("asha", "wordlist reload").await;
    let answer = it
        .command("asha", "wordlist import medium insult word gubb; Pen Pidyn, worstlo,kettle,, f1sh\ngubb")
        .await;
    insta::assert_snapshot!(answer, @r"
    2 added, 2 there already, 1 not added, for they would hit innocent words, 1 not carried over, from now on. This is version 1 of the group's own words.
    word 1: “gubb”: added (medium insult, word)
    word 2: “Pen Pidyn”: added (medium insult, word)
    word 3: “worstlo”: listed already, as worstlo (strongest general) in made-up
    word 4: “kettle”: NOT added, for it would hit innocent words: “Put the kettle on.”
    word 5: “f1sh”: not carried over: “f1sh” contains '1', which is not a letter; write the plain word: disguises are seen through by themselves
    word 6: “gubb”: in the file before, at word 1
    What hits innocent words may be added with `word` for MATCHING, or as a longer word.
    ");
    it.post("1", "alice", "you pen pidyn").await;
    assert_eq!(it.state(1).await, "flagged");
    let many = vec!["gubb"; 41].join(",");
    let answer = it.command("asha", &format!("wordlist import mild general word {many}")).await;
    assert!(answer.contains("These are 41 words") && answer.ends_with("Nothing was changed."), "{answer}");
    let answer = it.command("asha", "wordlist import mild general word kettle").await;
    assert!(answer.contains("Nothing was changed."), "{answer}");
    assert_eq!(words(&it).await, ["v1", "gubb medium", "pen pidyn medium"]);
}

#[tokio::test]
async fn a_file_is_taken_in_by_an_admin_alone_and_in_one_version() {
    let it = Harness::new().await;
    let toml = "[list]\nname = \"ours\"\nlanguage = \"en-GB\"\nlicence = \"ours\"\nwithout = [\"worstlo\"]\n\
        [[entry]]\nterm = \"worstlo\"\ngrade = \"mild\"\ncategory = \"general\"\nmatch = \"word\"\nsource = \"us\"\n\
        [[allow]]\nterm = \"Medlo Hall\"\nkind = \"place\"\n";
    let items = foreign::read(Format::Toml, "ours.toml", toml).unwrap();
    let options = Options::cautious(Format::Toml);
    let tea = group("tea");
    let refused = it.casework.import_words(&tea, &member("mo"), &items, options).await.unwrap();
    assert!(refused.unwrap_err().contains("which you do not hold"));
    let imported = it.casework.import_words(&tea, &member("asha"), &items, options).await.unwrap().unwrap();
    assert_eq!(imported.version, Some(1));
    assert_eq!(words(&it).await, ["v1", "-worstlo", "worstlo mild", "+Medlo Hall"]);
    let log = it.ledger.words_log(&tea, None, 5, 2).await.unwrap();
    assert_eq!((log[0].act, log[0].came.len(), log[0].came_count), (WordsAct::Imported, 2, 3));
    it.post("1", "alice", "worstlo at Medlo Hall").await;
    assert!(it.stands("1"));
    // Once more changes nothing and makes no version.
    let Imported { version, plan } =
        it.casework.import_words(&tea, &member("asha"), &items, options).await.unwrap().unwrap();
    assert_eq!((version, plan.counts().already), (None, 3));
}

#[tokio::test]
async fn a_case_says_by_which_version_of_the_words_it_was_judged() {
    let it = Harness::new().await;
    it.post("1", "alice", "worstlo").await;
    it.command("asha", "wordlist add strongest insult word zzyzx").await;
    it.post("2", "bob", "zzyzx").await;
    let mut own = Vec::new();
    // The second file is the warning that is proposed for the first.
    for number in [1, 3] {
        for noted in it.ledger.events(&group("tea"), case_ref(number)).await.unwrap() {
            if let Event::Judged { words, .. } = noted.event {
                own.push(words.unwrap());
            }
        }
    }
    assert_eq!(own.iter().map(|words| words.own).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(own[0].files, own[1].files);
    let shown = it.command("mo", "case B-0003").await;
    assert!(
        shown.contains("judged by the filter: delete, with version 1 of the group's own words"),
        "{shown}"
    );
    let lists = it.command("asha", "wordlist list").await;
    assert!(lists.contains(&format!("Together the lists are version {}", own[0].files)), "{lists}");
}

#[tokio::test]
async fn a_test_explains_every_finding_and_the_whole_message() {
    let it = Harness::new().await;
    it.command("asha", "wordlist add medium race word zzyzx").await;
    let told = it.command("asha", "wordlist test you st.ronko, zzyzx").await;
    let version = policy::wordlist::Fingerprint::of(crate::harness::LIST);
    insta::assert_snapshot!("explained", told.replace(&version.to_string(), "VERSION"));
    it.command("asha", "mode shadow").await;
    let told = it.command("asha", "wordlist test mildo").await;
    assert!(told.contains("The whole message: allow; it stands, and nothing comes of it."), "{told}");
    assert!(told.contains("shadow mode"), "{told}");
}
