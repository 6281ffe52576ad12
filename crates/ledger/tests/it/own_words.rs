//! A group's own list of words, version by version.

use ledger::{Glance, LedgerError, OwnWord, OwnWords, WordIs, WordsAct};
use policy::{AllowKind, Category, Grade, Matching, Mode};

use crate::support::{Scratch, at, group, member};

fn term(term: &str, grade: Grade) -> OwnWord {
    let what = WordIs::Term { grade, category: Category::Insult, matching: Matching::Stem };
    OwnWord { term: term.to_owned(), what }
}

fn out(term: &str) -> OwnWord {
    OwnWord { term: term.to_owned(), what: WordIs::Out }
}

fn allowed(term: &str) -> OwnWord {
    OwnWord { term: term.to_owned(), what: WordIs::Allowed { kind: AllowKind::Place } }
}

#[tokio::test]
async fn every_version_of_a_groups_words_can_be_read_again_with_who_made_it() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let (tea, may, joe) = (group("tea"), member("may"), member("joe"));
    let (numpty, muppet) = (term("numpty", Grade::Mild), term("muppet", Grade::Mild));
    let versions = [
        (WordsAct::Added, vec![numpty.clone()], &may),
        (
            WordsAct::Imported,
            vec![numpty.clone(), out("bloody"), muppet.clone(), allowed("Scunthorpe")],
            &joe,
        ),
        (WordsAct::Removed, vec![out("bloody"), muppet.clone(), allowed("Scunthorpe")], &may),
        // The same word in another grade is another word.
        (WordsAct::Added, vec![out("bloody"), term("muppet", Grade::Strong), allowed("Scunthorpe")], &joe),
        (WordsAct::Back { to: 0 }, Vec::new(), &may),
        (WordsAct::Back { to: 1 }, vec![numpty.clone()], &may),
    ];
    let mut now = OwnWords::default();
    for (at_second, (act, words, by)) in (1..).zip(&versions) {
        let mut transaction = ledger.begin().await.unwrap();
        let made = transaction.set_words(&tea, *act, words, by, at(at_second)).await.unwrap();
        assert_eq!(made, u32::try_from(at_second).ok());
        transaction.commit().await.unwrap();
        now = now.changed(words, by, at(at_second));
        let kept = ledger.settings(&tea).await.unwrap().words;
        assert_eq!(kept, now, "what is foretold is what is kept");
    }
    assert_eq!(ledger.words_at(&tea, 0).await.unwrap(), Some(Vec::new()));
    for (version, (_, words, _)) in (1..).zip(&versions) {
        let mut read = ledger.words_at(&tea, version).await.unwrap().unwrap();
        let mut words = words.clone();
        read.sort();
        words.sort();
        assert_eq!(read, words, "version {version}");
    }
    assert_eq!(ledger.words_at(&tea, 7).await.unwrap(), None);
    assert_eq!(ledger.words_at(&group("chess"), 0).await.unwrap(), Some(Vec::new()));
    assert_eq!(ledger.words_at(&group("chess"), 1).await.unwrap(), None);

    let log = ledger.words_log(&tea, None, 3, 2).await.unwrap();
    assert_eq!(log.iter().map(|version| version.version).collect::<Vec<_>>(), [6, 5, 4]);
    assert_eq!((log[1].act, &log[1].by, log[1].at), (WordsAct::Back { to: 0 }, &may, at(5)));
    assert_eq!((log[1].went.len(), log[1].went_count, log[1].came_count), (2, 3, 0), "as many as are wanted");
    let log = ledger.words_log(&tea, Some(3), 10, 10).await.unwrap();
    assert_eq!(log.iter().map(|version| version.version).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(log[0].came, [out("bloody"), muppet, allowed("Scunthorpe")]);
    assert_eq!(ledger.words_log(&group("chess"), None, 10, 10).await.unwrap(), []);
}

#[tokio::test]
async fn a_word_stands_in_a_groups_list_once_and_nothing_of_it_is_changed_or_deleted() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let (tea, may) = (group("tea"), member("may"));
    let mut transaction = ledger.begin().await.unwrap();
    // As a term, and taken out of the files: that is how one is graded anew.
    let words = [term("bloody", Grade::Strong), out("bloody")];
    transaction.set_words(&tea, WordsAct::Imported, &words, &may, at(1)).await.unwrap();
    transaction.commit().await.unwrap();
    let mut transaction = ledger.begin().await.unwrap();
    let twice = [term("bloody", Grade::Strong), term("bloody", Grade::Mild)];
    let twice = transaction.set_words(&tea, WordsAct::Imported, &twice, &may, at(2)).await;
    assert!(matches!(twice, Err(LedgerError::Duplicate(_))), "{twice:?}");
    drop(transaction);
    assert_eq!(ledger.settings(&tea).await.unwrap().words.version, 1);
    ledger.close().await;
    let mut raw = scratch.raw().await;
    for statement in [
        "update words_version set at_ms = 0",
        "delete from words_version",
        "update own_word set term = 'other'",
        "update own_word set until_version = null",
        "delete from own_word",
    ] {
        let error = sqlx::raw_sql(statement).execute(&mut raw).await.unwrap_err().to_string();
        assert!(error.contains("append-only"), "{statement}: {error}");
    }
}

#[tokio::test]
async fn what_a_group_settled_is_read_beside_a_program_that_has_the_ledger_open() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let (tea, may) = (group("tea"), member("may"));
    let mut beside = Glance::at(scratch.path()).await.unwrap().expect("there is a ledger");
    assert_eq!(beside.settings(&tea).await.unwrap(), None);
    let mut transaction = ledger.begin().await.unwrap();
    transaction.set_words(&tea, WordsAct::TakenOut, &[out("bloody")], &may, at(1)).await.unwrap();
    transaction.set_mode(&tea, Mode::Live, &may, at(2)).await.unwrap();
    // Not before it is recorded.
    assert_eq!(beside.settings(&tea).await.unwrap(), None);
    transaction.commit().await.unwrap();
    let settled = ledger.settings(&tea).await.unwrap();
    assert_eq!((settled.words.words.len(), settled.mode), (1, Some(Mode::Live)));
    assert_eq!(beside.settings(&tea).await.unwrap().as_ref(), Some(&settled));
    assert_eq!(beside.settings(&group("chess")).await.unwrap(), None);
    drop(beside);
    ledger.close().await;
    let mut alone = Glance::at(scratch.path()).await.unwrap().expect("there is a ledger");
    assert_eq!(alone.settings(&tea).await.unwrap(), Some(settled));
}
