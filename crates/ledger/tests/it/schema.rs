//! The tables, what they refuse by themselves, and the steps that made them.

use std::fs;
use std::path::Path;

use ledger::{EffectState, Hold, LedgerError, Listed};
use policy::{ChannelId, Limit, Reference};
use sqlx::migrate::Migrator;
use sqlx::{Connection, SqliteConnection};

use crate::support::{
    Scratch, at, group, member, new_case, notice, open_case, raw, snapshot, with_case, words,
};

static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");

/// The number of the newest migration.
pub(crate) fn newest() -> i64 {
    MIGRATOR.iter().map(|migration| migration.version).max().unwrap()
}

async fn list(conn: &mut SqliteConnection, query: &'static str) -> Vec<String> {
    sqlx::query_scalar(query).fetch_all(conn).await.unwrap()
}

#[tokio::test]
async fn the_schema_is_as_reviewed() {
    let scratch = Scratch::new();
    scratch.open().await.close().await;
    let mut raw = scratch.raw().await;
    let sql =
        "select sql || ';' from sqlite_schema where sql is not null and name not like '\\_sqlx%' escape '\\'
               and name not like 'sqlite\\_%' escape '\\' order by rowid";
    insta::assert_snapshot!("schema", list(&mut raw, sql).await.join("\n\n"));
    let loose = "select name from pragma_table_list where schema = 'main' and type = 'table' and not strict
                 and name not like 'sqlite%'";
    assert_eq!(list(&mut raw, loose).await, ["_sqlx_migrations"]);
    let other = "select distinct on_delete from sqlite_schema s, pragma_foreign_key_list(s.name) where s.type = 'table'";
    assert_eq!(list(&mut raw, other).await, ["RESTRICT"]);
    let numbers: (i64, i64) =
        sqlx::query_as("select application_id, user_version from pragma_application_id, pragma_user_version")
            .fetch_one(&mut raw)
            .await
            .unwrap();
    assert_eq!(numbers, (i64::from(u32::from_be_bytes(*b"Bdle")), newest()));
}

/// Each migration over the data of all before it; then the ledger opens and reads what the fixtures hold.
#[tokio::test]
async fn every_migration_applies_over_data() {
    let scratch = Scratch::new();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut conn = raw(&scratch.file("ledger.db")).await;
    let id = format!("pragma application_id = {}", u32::from_be_bytes(*b"Bdle"));
    sqlx::raw_sql(sqlx::AssertSqlSafe(id)).execute(&mut conn).await.unwrap();
    for migration in MIGRATOR.iter() {
        MIGRATOR.run_to(migration.version, &mut conn).await.unwrap();
        let name = format!("{:04}_{}.sql", migration.version, migration.description.replace(' ', "_"));
        let rows = fs::read_to_string(fixtures.join(&name)).unwrap_or_else(|_| panic!("no fixture {name}"));
        sqlx::raw_sql(sqlx::AssertSqlSafe(rows)).execute(&mut conn).await.unwrap();
        assert_eq!(list(&mut conn, "pragma integrity_check").await, ["ok"], "{name}");
        let broken = list(&mut conn, "select \"table\" from pragma_foreign_key_check").await;
        assert_eq!(broken, [""; 0], "{name}");
    }
    conn.close().await.unwrap();

    let key = scratch.file("ledger.key");
    fs::copy(fixtures.join("ledger.key"), &key).unwrap();
    #[cfg(unix)]
    fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let ledger = scratch.open().await;
    let tea = group("tea");
    let cases = ledger.cases_of(&tea, &member("alice"), 10).await.unwrap();
    assert_eq!(cases.len(), 3);
    for case in &cases {
        assert!(!ledger.events(&tea, case.reference).await.unwrap().is_empty());
    }
    let first = Reference::new(1).unwrap();
    assert_eq!(ledger.snapshot(&tea, first).await.unwrap(), Some(snapshot("spoilt")));
    assert_eq!(ledger.notices_to(&tea, &member("alice"), 10).await.unwrap().len(), 3);
    assert_eq!(ledger.strikes(&tea, &member("alice")).await.unwrap().len(), 2);
    assert_eq!(ledger.open_appeals(&tea, 10).await.unwrap().len(), 1);
    assert_eq!(ledger.register(&tea, 10).await.unwrap().len(), 4);
    let settings = ledger.settings(&tea).await.unwrap();
    assert_eq!((settings.version, settings.words.version), (5, 7));
    // What was settled before 0015 became versions, in their order; that the clock was set back keeps no word from going.
    let log = ledger.words_log(&tea, None, 10, 10).await.unwrap();
    let acts: Vec<_> = log.iter().rev().map(|version| (version.version, version.act)).collect();
    use ledger::WordsAct::{Added, Back, Imported, Removed, TakenOut};
    assert_eq!(acts.iter().map(|(version, _)| *version).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7]);
    let acts: Vec<_> = acts.into_iter().map(|(_, act)| act).collect();
    assert_eq!(acts, [Added, Added, Removed, Removed, TakenOut, Imported, Back { to: 5 }]);
    let shown =
        settings.words.words.iter().map(|kept| (kept.word.term.as_str(), kept.by.as_str(), kept.version));
    assert_eq!(shown.collect::<Vec<_>>(), [("bloody", "may", 5)]);
    let due = ledger.next_due(at(1_000), &[]).await.unwrap().unwrap();
    assert_eq!(due.state, EffectState::Unknown, "the fixture was being sent");
    let draughts = group("draughts");
    assert_eq!(ledger.reports_open(&draughts, 10).await.unwrap().len(), 1);
    assert_eq!(ledger.reporter(&draughts, first).await.unwrap(), Some(member("carol")));
    assert_eq!(ledger.notices_to(&draughts, &member("carol"), 10).await.unwrap().len(), 1);
    let limits = ledger.limits_that_came(&tea, 2).await.unwrap();
    assert_eq!(limits, [(ChannelId::new("tea").unwrap(), Limit::Read)]);
    assert_eq!(ledger.limits_that_went(&tea, 2).await.unwrap().len(), 1, "what stood before 0009");
}

#[tokio::test]
async fn the_schema_allows_one_case_a_post_and_one_strike_a_case() {
    let scratch = Scratch::new();
    let (ledger, case) = with_case(&scratch, "tea", "spoilt").await;
    let tea = group("tea");
    let mut transaction = ledger.begin().await.unwrap();
    let again = transaction.open_case(&tea, &new_case("1"), &snapshot("spoilt")).await;
    assert!(matches!(again, Err(LedgerError::Duplicate(_))), "{again:?}");
    let strike = policy::Strike { conduct_at: at(0), voided: None };
    transaction.give_strike(&tea, case, &strike).await.unwrap();
    let again = transaction.give_strike(&tea, case, &strike).await;
    assert!(matches!(again, Err(LedgerError::Duplicate(_))), "{again:?}");
    drop(transaction);

    // Whoever goes round the crate is held to the same.
    ledger.close().await;
    let mut raw = scratch.raw().await;
    let file = "insert into file (file_id, group_id, number, kind, opened_at_ms) values (2, 1, 2, 'case', 0)";
    sqlx::raw_sql(file).execute(&mut raw).await.unwrap();
    let columns = "group_id, post, channel, post_kind, revision, written_at_ms, author_id, opened_by, rule, rule_version, counts, state, since_ms";
    let copy = format!("insert into \"case\" (case_id, {columns}) select 2, {columns} from \"case\"");
    let error = sqlx::raw_sql(sqlx::AssertSqlSafe(copy)).execute(&mut raw).await.unwrap_err();
    assert!(error.as_database_error().unwrap().is_unique_violation(), "{error}");
}

#[tokio::test]
async fn what_must_not_be_is_refused_by_the_tables() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let mut transaction = ledger.begin().await.unwrap();
    let case = open_case(&mut transaction, "tea", "1").await;
    open_case(&mut transaction, "chess", "1").await;
    transaction.write_notice(&group("tea"), &member("alice"), &notice(case), None).await.unwrap();
    transaction
        .note(&group("tea"), case, &policy::Actor::Bot, policy::Event::AppealLodged, at(3))
        .await
        .unwrap();
    let strike = policy::Strike { conduct_at: at(0), voided: None };
    transaction.give_strike(&group("tea"), case, &strike).await.unwrap();
    transaction.commit().await.unwrap();
    ledger.close().await;

    let mut raw = scratch.raw().await;
    for (statement, want) in [
        ("update event set at_ms = 0", "append-only"),
        ("delete from event", "append-only"),
        ("update register set number = 7", "append-only"),
        ("delete from register", "append-only"),
        ("delete from file", "FOREIGN KEY"),
        ("delete from \"case\"", "FOREIGN KEY"),
        ("update file set kind = 'report' where file_id = 1", "FOREIGN KEY"),
        ("update file set kind = 'rumour'", "CHECK"),
        ("delete from member", "FOREIGN KEY"),
        // The other group's member.
        ("update \"case\" set author_id = 2 where case_id = 1", "FOREIGN KEY"),
        ("update notice set group_id = 2", "FOREIGN KEY"),
        ("update \"case\" set state = 'vanished'", "CHECK"),
        ("update \"case\" set state = 'hidden'", "CHECK"),
        ("update \"case\" set opened_by = 'officer'", "CHECK"),
        ("update \"case\" set revision = 'first'", "cannot store TEXT"),
        ("update notice set kind = 'hidden'", "CHECK"),
        ("update effect set state = 'done'", "CHECK"),
        ("update effect set notice_id = null", "CHECK"),
        (
            "insert into event (group_id, file_id, at_ms, actor, event) values (1, 1, 0, 'bot', 'acted')",
            "CHECK",
        ),
    ] {
        let error = sqlx::raw_sql(statement).execute(&mut raw).await.unwrap_err().to_string();
        assert!(error.contains(want), "{statement}: {error}");
    }
}

/// A warning proposed for a case.
fn proposal(reference: Reference, case: Reference) -> policy::Sanction {
    let proposal = policy::Proposal {
        step: policy::Step::Warning,
        because: policy::Because::First,
        platform: policy::PlatformId::new("fake").unwrap(),
        basis: [case].into(),
    };
    policy::Sanction::propose(reference, member("alice"), &proposal, None, at(9), at(6))
}

/// Every table with rows of a file, found in the schema, so that a new one is held to it too.
#[tokio::test]
async fn no_row_belongs_to_a_file_of_another_group() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let (tea, alice) = (group("tea"), member("alice"));
    let mut transaction = ledger.begin().await.unwrap();
    let case = open_case(&mut transaction, "tea", "1").await;
    // Another post, since it is the file that is to be refused.
    open_case(&mut transaction, "chess", "2").await;
    let strike = policy::Strike { conduct_at: at(0), voided: None };
    transaction.give_strike(&tea, case, &strike).await.unwrap();
    transaction.write_notice(&tea, &alice, &notice(case), None).await.unwrap();
    let acted = policy::Event::Acted { act: policy::Act::Confirm };
    transaction.note(&tea, case, &policy::Actor::Officer(member("mo")), acted, at(3)).await.unwrap();
    let appeal = policy::Appeal { lodged_at: at(4), state: policy::AppealState::Lodged { due: at(9) } };
    transaction.lodge_appeal(&tea, case, &appeal, &words("it was a joke")).await.unwrap();
    let review = policy::Deadline { kind: policy::DeadlineKind::ReviewDue, due: at(9) };
    transaction.set_deadlines(&tea, case, &[], &[review], at(4)).await.unwrap();
    let own = transaction.member_file(&tea, &alice, at(5)).await.unwrap();
    transaction.declare_conflict(&tea, case, &member("mo"), at(5)).await.unwrap();
    transaction.aim_at(&tea, case, &[member("mo")]).await.unwrap();
    let mute = ledger::Mute { by: member("mo"), at: at(5), until: at(9), ended_at: None };
    transaction.mute(&tea, &alice, &mute).await.unwrap();
    transaction
        .log_access(&tea, own, &member("mo"), policy::Role::Moderator, ledger::Access::Opened, at(5))
        .await
        .unwrap();
    let sanction =
        transaction.open_sanction(&tea, at(6), |reference| proposal(reference, case)).await.unwrap();
    let signature = policy::Signature { by: member("mo"), step: policy::Step::Warning, at: at(7) };
    transaction.sign(&tea, &sanction, &signature).await.unwrap();
    let report = ledger::NewReport {
        complaint: policy::Complaint::Abuse,
        about: policy::About::Member { member: alice },
        received_at: at(6),
        state: policy::ReportState::Open { tier: policy::Tier::Admins, due: at(9) },
        reporter: member("bob"),
        words: words("she shouts"),
        snapshot: None,
    };
    transaction.open_report(&tea, &report).await.unwrap();
    let hold = Hold { owner: member("mo"), held_at: at(5), review_at: at(9) };
    transaction.hold(&tea, case, &hold).await.unwrap();
    let listed = Listed { file: case, listed_at: at(5), due: at(9) };
    transaction.list_for_purge(&tea, &listed).await.unwrap();
    transaction.commit().await.unwrap();
    ledger.close().await;

    let mut raw = scratch.raw().await;
    // What is never changed at all would hide whether it could be moved. The new file is the other group's.
    sqlx::raw_sql(
        "drop trigger event_is_never_changed;
         drop trigger register_is_never_changed;
         insert into file (file_id, group_id, number, kind, opened_at_ms) values (9, 2, 2, 'case', 0)",
    )
    .execute(&mut raw)
    .await
    .unwrap();
    let tables = list(
        &mut raw,
        "select t.name from pragma_table_list t where t.schema = 'main' and t.type = 'table' and t.name <> 'file'
           and exists (select * from pragma_table_info(t.name) where name in ('file_id', 'case_id', 'sanction_id'))
         order by t.name",
    )
    .await;
    assert_eq!(
        tables,
        [
            "access",
            "appeal",
            "case",
            "case_target",
            "conflict",
            "deadline",
            "effect",
            "event",
            "file_key",
            "hold",
            "member_file",
            "mute",
            "notice",
            "purge_list",
            "register",
            "report",
            "reporter",
            "sanction",
            "sanction_basis",
            "sealed",
            "signature",
            "strike"
        ]
    );
    for table in tables {
        let id = match &*table {
            "case" | "strike" | "case_target" => "case_id",
            "sanction" | "sanction_basis" | "signature" => "sanction_id",
            _ => "file_id",
        };
        for change in [format!("{id} = 9"), "group_id = 2".to_owned()] {
            let statement =
                format!("update \"{table}\" set {change} where {id} = (select min({id}) from \"{table}\")");
            let moved = sqlx::raw_sql(sqlx::AssertSqlSafe(statement.clone())).execute(&mut raw).await;
            let error = moved.expect_err(&statement).to_string();
            assert!(error.contains("FOREIGN KEY"), "{statement}: {error}");
        }
    }
}
