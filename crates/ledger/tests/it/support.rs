//! A ledger in a directory of its own, and made-up things to put into it.

use std::path::{Path, PathBuf};

use ledger::{Ledger, NewCase, Snapshot, Transaction};
use policy::notice::{About, CitedRule, Standing};
use policy::{
    Actor, Category, ChannelId, Disguise, Finding, Grade, Grounds, GroupId, Language, MemberId, MessageText,
    Notice, NoticeKind, PostId, PostKind, PostRef, Reference, RuleRef, State, Surface, SurfaceKind,
    Timestamp,
};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqliteConnection};

pub(crate) struct Scratch {
    directory: tempfile::TempDir,
}

impl Scratch {
    pub(crate) fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    pub(crate) async fn open(&self) -> Ledger {
        Ledger::open(self.path()).await.unwrap()
    }

    /// The message for the person at the keyboard, without the directory, which is never the same.
    pub(crate) async fn refusal(&self) -> String {
        let error = Ledger::open(self.path()).await.unwrap_err();
        error.to_string().replace(&format!("{}/", self.path().display()), "")
    }

    /// Everything in the database's files.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let files = ["ledger.db", "ledger.db-wal", "ledger.db-shm"];
        files.iter().flat_map(|file| std::fs::read(self.file(file)).unwrap_or_default()).collect()
    }

    pub(crate) fn holds(&self, bytes: &[u8]) -> bool {
        self.bytes().windows(bytes.len()).any(|window| window == bytes)
    }

    /// A connection behind the ledger's back.
    pub(crate) async fn raw(&self) -> SqliteConnection {
        raw(&self.file("ledger.db")).await
    }
}

pub(crate) async fn raw(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).create_if_missing(true).connect().await.unwrap()
}

pub(crate) fn group(key: &str) -> GroupId {
    GroupId::new(key).unwrap()
}

pub(crate) fn member(id: &str) -> MemberId {
    MemberId::new(id).unwrap()
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000).plus_seconds(seconds)
}

pub(crate) fn words(text: &str) -> MessageText {
    MessageText::new(text)
}

/// A case about a post of alice's.
pub(crate) fn new_case(post: &str) -> NewCase {
    NewCase {
        post: PostRef {
            channel: ChannelId::new("tea").unwrap(),
            id: PostId::new(post).unwrap(),
            kind: PostKind::Message,
            revision: 0,
            author: member("alice"),
            written_at: at(0),
        },
        opened_by: Actor::Bot,
        opened_at: at(1),
        rule: RuleRef { code: "language".to_owned(), version: 1 },
        grounds: Some(Grounds { grade: Grade::Strong, category: Category::General }),
        counts: true,
        state: State::Removed,
        decided_by: None,
        drawn: None,
        spared: None,
    }
}

pub(crate) fn snapshot(text: &str) -> Snapshot {
    Snapshot {
        author_name: words("Alice"),
        surfaces: vec![
            Surface { kind: SurfaceKind::Body, text: words(text) },
            Surface { kind: SurfaceKind::Quotation, text: words("quoted \"so\"") },
        ],
        findings: vec![Finding {
            term: text.to_owned(),
            grade: Grade::Strong,
            category: Category::General,
            surface: 0,
            span: 0..text.len(),
            disguise: Disguise::None,
            directed: false,
            since: Some(at(0)),
        }],
    }
}

pub(crate) fn notice(case: Reference) -> Notice {
    Notice {
        reference: case,
        kind: NoticeKind::Removed {
            about: About {
                post_kind: PostKind::Message,
                post_written_at: at(0),
                rule: CitedRule {
                    code: "language".to_owned(),
                    version: None,
                    title: "Polite language".to_owned(),
                    text: "Keep it polite.".to_owned(),
                },
                stopped: false,
            },
            by_filter: true,
            counts: true,
            standing: Standing { strikes: 1, strike_months: 12, next: policy::Step::Warning },
            appeal_until: at(1_000_000),
        },
        group_name: "The Tea Club".to_owned(),
        zone: "Europe/London".parse().unwrap(),
        written_at: at(2),
        contact: "the Secretary".to_owned(),
        language: Language::English,
        template: 0,
    }
}

pub(crate) async fn open_case(transaction: &mut Transaction, key: &str, post: &str) -> Reference {
    transaction.open_case(&group(key), &new_case(post), &snapshot("spoilt")).await.unwrap()
}

/// A ledger with one case in `key`, recorded.
pub(crate) async fn with_case(scratch: &Scratch, key: &str, text: &str) -> (Ledger, Reference) {
    let ledger = scratch.open().await;
    let mut transaction = ledger.begin().await.unwrap();
    let case = transaction.open_case(&group(key), &new_case("1"), &snapshot(text)).await.unwrap();
    transaction.commit().await.unwrap();
    (ledger, case)
}
