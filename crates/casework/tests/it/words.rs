//! An admin's work on words and policy, and reloading.

use casework::LoadError;

use crate::harness::{Harness, charter, group, loaded, member, post};
use policy::wordlist::Entry;
use policy::{Charter, Post};

#[tokio::test]
async fn an_added_word_acts_from_now_on_and_survives_a_restart() {
    let it = Harness::new().await;
    let before = post(&it, "tea", "1", "alice", "zzyzx");
    it.clock.advance(60);
    let answer = it.command("asha", "wordlist add strongest insult word zzyzx").await;
    assert!(answer.contains("Added \"zzyzx\""), "{answer}");
    it.takes(before).await;
    it.settle().await;
    assert!(!it.stands("1"));
    assert_eq!(it.strikes("alice").await, (0, 0), "no list reaches back in time");
    it.post("2", "alice", "zzyzx").await;
    assert_eq!(it.strikes("alice").await, (1, 1));
    assert!(it.command("asha", "wordlist list").await.contains("added by asha: zzyzx"));
    // A reload builds everything anew from files and ledger.
    it.command("asha", "wordlist reload").await;
    it.post("3", "alice", "zzyzx").await;
    assert!(!it.stands("3"));
    it.command("asha", "wordlist remove zzyzx").await;
    it.post("4", "alice", "zzyzx").await;
    assert!(it.stands("4"));
}

#[tokio::test]
async fn a_shipped_word_can_be_taken_out_for_the_group() {
    let it = Harness::new().await;
    assert!(it.command("asha", "wordlist remove worstlo").await.contains("no longer looked for"));
    it.post("1", "alice", "worstlo").await;
    assert!(it.stands("1"));
    assert!(it.command("asha", "wordlist remove nosuch").await.contains("is not listed"));
    assert!(it.command("asha", "wordlist list worst").await.contains("taken out"));
    // Taken out, it can come back under another grade.
    it.command("asha", "wordlist add medium general word worstlo").await;
    it.post("2", "alice", "worstlo").await;
    assert_eq!(it.state(1).await, "flagged");
}

#[tokio::test]
async fn a_word_that_is_the_groups_and_in_a_list_is_taken_out_of_both() {
    // Graded anew and put back: the list has it again, and the group's own stands behind it.
    let it = Harness::new().await;
    it.command("asha", "wordlist remove worstlo").await;
    it.command("asha", "wordlist add medium general word worstlo").await;
    it.command("asha", "wordlist restore worstlo").await;
    let answer = it.command("asha", "wordlist remove worstlo").await;
    assert!(
        answer.contains("no longer looked for") && answer.contains("`wordlist restore` brings it back"),
        "{answer}"
    );
    it.post("1", "alice", "you worstlo").await;
    assert!(it.stands("1"));

    // Added, and since then in a list too.
    it.command("asha", "wordlist add strong insult word zzyzx").await;
    let mut files = loaded(vec![charter("tea")]);
    let listed = Entry { term: "zzyzx".to_owned(), ..files.lists[0].entries[3].clone() };
    files.lists[0].entries.push(listed);
    it.files.replace(Ok(files));
    it.command("asha", "wordlist reload").await;
    let answer = it.command("asha", "wordlist remove zzyzx").await;
    assert!(answer.contains("no longer looked for"), "{answer}");
    it.post("2", "alice", "you zzyzx").await;
    assert!(it.stands("2"));
    assert!(it.command("asha", "wordlist remove zzyzx").await.contains("is not listed"));
}

#[tokio::test]
async fn a_term_is_known_however_it_is_written_and_a_form_by_its_term() {
    let it = Harness::new().await;
    it.command("asha", "wordlist add strong insult word vex-zaw").await;
    for line in ["wordlist add mild general word vex zaw", "wordlist add mild general word Vex_Zaw"] {
        let answer = it.command("asha", line).await;
        assert!(answer.contains("is listed already, in the group's own words"), "{line}: {answer}");
    }
    it.command("asha", "wordlist remove vex zaw").await;
    it.post("1", "alice", "you vex-zaw").await;
    assert!(it.stands("1"));

    let mut files = loaded(vec![charter("tea")]);
    files.lists[0].entries[3].forms.push("worstlos".to_owned());
    it.files.replace(Ok(files));
    it.command("asha", "wordlist reload").await;
    let answer = it.command("asha", "wordlist remove worstlos").await;
    assert!(
        answer.contains("is a form of \"worstlo\", in made-up. `wordlist remove worstlo` takes"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_word_that_is_listed_or_no_word_is_refused() {
    let it = Harness::new().await;
    for line in ["wordlist add mild general word worstlo", "wordlist add mild general word x"] {
        let answer = it.command("asha", line).await;
        assert!(answer.contains("Nothing was changed"), "{line}: {answer}");
    }
    assert!(!it.command("asha", "wordlist list").await.contains("added by"));
}

#[tokio::test]
async fn an_added_word_that_comes_into_the_lists_later_is_no_obstacle() {
    let it = Harness::new().await;
    it.command("asha", "wordlist add mild general word zzyzx").await;
    let mut files = loaded(vec![charter("tea")]);
    files.lists[0].entries[3].forms.push("zzyzx".to_owned());
    it.files.replace(Ok(files));
    assert!(it.command("asha", "wordlist reload").await.contains("Reloaded"));
    let it = it.restart().await;
    it.post("1", "alice", "zzyzx").await;
    assert_eq!(it.state(1).await, "removed", "the list's grade is in force");
}

#[tokio::test]
async fn whoever_reads_the_files_is_told_what_is_in_force_and_nothing_else() {
    let it = Harness::new().await;
    let admins = || {
        let told = it.files.told();
        let roster = &told.first().unwrap().roster;
        roster.holders(policy::Role::Admin).map(|admin| admin.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(admins(), ["asha", "sam"], "from the start");
    let mut other = charter("tea");
    other.roster.appoint(member("zed"), policy::Role::Admin);
    it.files.replace(Err(LoadError(vec!["en.toml:7: no such grade".to_owned()])));
    assert!(it.casework.reload().await.is_err());
    it.files.replace(Ok(loaded(vec![Charter { group: group("other"), ..other.clone() }])));
    assert!(it.casework.reload().await.is_err());
    assert_eq!(admins(), ["asha", "sam"], "what was rejected changes nothing");
    it.files.replace(Ok(loaded(vec![other])));
    it.casework.reload().await.unwrap();
    assert_eq!(admins(), ["asha", "sam", "zed"]);
}

#[tokio::test]
async fn a_group_cannot_vanish_while_it_is_moderated() {
    let it = Harness::new().await;
    it.files.replace(Ok(loaded(vec![charter("other")])));
    let answer = it.command("asha", "wordlist reload").await;
    assert!(answer.contains("the group tea is gone"), "{answer}");
    it.post("1", "alice", "worstlo").await;
    assert!(!it.stands("1"));
}

#[tokio::test]
async fn a_test_of_a_text_says_what_and_why() {
    let it = Harness::new().await;
    let answer = it.command("asha", "wordlist test oh w0rstlo").await;
    for part in [
        "delete: worstlo (strongest general), characters 4 to 10",
        "read as: digits and symbols read as letters",
        "disguises: leet",
        "for: the term has no innocent sense",
    ] {
        assert!(answer.contains(part), "{part}: {answer}");
    }
    assert_eq!(it.command("asha", "wordlist test good morning").await, "Nothing is found in it.");
}

#[tokio::test]
async fn a_new_word_shows_what_it_finds_before_and_when_it_is_added() {
    let it = Harness::new().await;
    let before = it.command("asha", "wordlist test plum").await;
    for part in ["Nothing is found", "If it were added", "plums", "pl*m", "Of the dictionary it finds"] {
        assert!(before.contains(part), "{part}: {before}");
    }
    let answer = it.command("asha", "wordlist add medium insult stem zzyzx").await;
    for part in ["zzyzxs", "z z y z x", "No other word of the dictionary"] {
        assert!(answer.contains(part), "{part}: {answer}");
    }
    let refused = it.command("asha", "wordlist add medium insult stem x").await;
    assert_eq!(
        refused,
        "TERM: “x” is one letter long; use at least 2 letters: a single one would be found everywhere. Nothing was changed."
    );
}

#[tokio::test]
async fn a_broken_file_leaves_the_old_rules_in_force() {
    let it = Harness::new().await;
    it.files.replace(Err(LoadError(vec!["made-up.toml:3: no such grade".to_owned()])));
    let answer = it.command("asha", "wordlist reload").await;
    assert!(answer.contains("the old rules stay in force") && answer.contains("made-up.toml:3"), "{answer}");
    it.post("1", "alice", "worstlo").await;
    assert!(!it.stands("1"));
    it.files.replace(Ok(casework::Loaded { lists: vec![], ..loaded(vec![charter("tea")]) }));
    it.command("asha", "wordlist reload").await;
    it.post("2", "alice", "worstlo").await;
    assert!(it.stands("2"));
}

#[tokio::test]
async fn the_policy_changes_at_once_and_says_what_is_in_force() {
    let it = Harness::new().await;
    assert!(it.command("asha", "policy set medium.insult banish").await.contains("Nothing was changed"));
    assert!(
        it.command("asha", "policy set preset mad").await.contains("choose one of relaxed, standard, strict")
    );
    let answer = it.command("asha", "policy set medium delete no-strike").await;
    assert!(answer.contains("but medium: delete no-strike"), "{answer}");
    it.post("1", "alice", "medlo").await;
    assert!(!it.stands("1"));
    assert_eq!(it.strikes("alice").await, (0, 0));
    it.command("asha", "policy set preset strict").await;
    let edit = Post { revision: 1, ..post(&it, "tea", "2", "alice", "stronko") };
    it.takes(edit).await;
    it.settle().await;
    assert_eq!(it.strikes("alice").await, (1, 1));
}
