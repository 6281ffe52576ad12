//! Reports: what they point at, where they stand, and who brought them, which stands nowhere in plain.

use ledger::{
    Addressee, EffectState, File, Ledger, LedgerError, NewReport, NoticeDelivery, RegisterKind, Settled,
    WordsKind,
};
use policy::notice::Handler;
use policy::report::Outcome;
use policy::{
    About, Actor, Complaint, Event, Notice, NoticeKind, PostId, Reference, Report, ReportState, Tier,
};

use crate::support::{Scratch, at, group, member, notice, open_case, snapshot, words};

/// An account that is nowhere in the database but as a reporter's.
const REPORTER: &str = "canary-reporter-7f3a";

fn new_report(about: About) -> NewReport {
    NewReport {
        complaint: Complaint::Abuse,
        about,
        received_at: at(1),
        state: ReportState::Open { tier: Tier::Admins, due: at(500) },
        reporter: member(REPORTER),
        words: words("it hurt me"),
        snapshot: None,
    }
}

fn about_post() -> About {
    About::Post { post: PostId::new("7").unwrap(), author: member("bob") }
}

fn receipt(report: Reference) -> Notice {
    let kind = NoticeKind::ReportReceived { handler: Handler::AdminTeam, due: at(500) };
    Notice { kind, ..notice(report) }
}

async fn with_report(scratch: &Scratch) -> (Ledger, Reference) {
    let ledger = scratch.open().await;
    let tea = group("tea");
    let mut transaction = ledger.begin().await.unwrap();
    let new = NewReport { snapshot: Some(snapshot("spoilt")), ..new_report(about_post()) };
    let report = transaction.open_report(&tea, &new).await.unwrap();
    transaction.note(&tea, report, &Actor::Member, Event::ReportReceived, at(1)).await.unwrap();
    transaction.write_notice_to_reporter(&tea, &receipt(report), None).await.unwrap();
    transaction.commit().await.unwrap();
    (ledger, report)
}

#[tokio::test]
async fn who_reported_stands_nowhere_in_plain_and_is_found_with_the_key() {
    let scratch = Scratch::new();
    let (ledger, report) = with_report(&scratch).await;
    let (tea, who) = (group("tea"), member(REPORTER));
    assert!(!scratch.holds(REPORTER.as_bytes()), "the reporter stands in the open");
    assert!(!scratch.holds(b"it hurt me"), "the words stand in the open");
    assert_eq!(ledger.reporter(&tea, report).await.unwrap(), Some(who.clone()));
    assert_eq!(ledger.reports_by(&tea, &who).await.unwrap().len(), 1);
    assert_eq!(ledger.reports_by(&group("chess"), &who).await.unwrap(), []);
    assert_eq!(ledger.reports_by(&tea, &member("bob")).await.unwrap(), []);
    assert_eq!(ledger.member_number(&tea, &who).await.unwrap(), None, "there is no row of them");

    // What everybody else reads does not name them.
    let mut record = ledger.notices_of(&tea, report).await.unwrap();
    assert_eq!(record.pop().unwrap().to, Addressee::Reporter);
    let RegisterKind::Notice { to, .. } = ledger.register(&tea, 9).await.unwrap().remove(0).kind else {
        panic!("no notice");
    };
    assert_eq!(to.as_str(), "the reporter");
    let shown = format!("{:?}", (ledger.file(&tea, report).await, ledger.events(&tea, report).await));
    assert!(!shown.contains(REPORTER), "{shown}");
    ledger.close().await;
    assert!(!scratch.holds(REPORTER.as_bytes()));
    // Opened anew, it is still found.
    assert_eq!(scratch.open().await.reporter(&tea, report).await.unwrap(), Some(who));
}

#[tokio::test]
async fn what_a_report_is_and_where_it_stands_comes_back_as_it_was_written() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let tea = group("tea");
    let mut transaction = ledger.begin().await.unwrap();
    let case = open_case(&mut transaction, "tea", "1").await;
    let all = [
        about_post(),
        About::Member { member: member("bob") },
        About::Moderation { file: None },
        About::Moderation { file: Some(case) },
    ];
    let mut reports = Vec::new();
    for about in all {
        let reference = transaction.open_report(&tea, &new_report(about.clone())).await.unwrap();
        let state = ReportState::Open { tier: Tier::Admins, due: at(500) };
        let report = Report { reference, complaint: Complaint::Abuse, about, received_at: at(1), state };
        assert_eq!(transaction.report(&tea, reference).await.unwrap(), Some(report.clone()));
        reports.push(report);
    }
    transaction.commit().await.unwrap();
    assert_eq!(ledger.reports_open(&tea, 9).await.unwrap(), reports);
    assert_eq!(ledger.reports_open(&tea, 2).await.unwrap(), reports[..2]);
    assert_eq!(ledger.reports_open(&group("chess"), 9).await.unwrap(), []);
    let about_bob = ledger.reports_about(&tea, &member("bob"), 9).await.unwrap();
    assert_eq!(about_bob, [reports[1].clone(), reports[0].clone()]);
    assert_eq!(ledger.cases_of(&tea, &member("bob"), 9).await.unwrap(), []);

    let states = [
        ReportState::Open { tier: Tier::Executive, due: at(900) },
        ReportState::Answered { tier: Tier::Secretary, outcome: Outcome::NoBreach, at: at(20) },
        ReportState::External { at: at(30) },
    ];
    for state in states {
        let moved = Report { state, ..reports[0].clone() };
        let mut transaction = ledger.begin().await.unwrap();
        transaction.update_report(&tea, &moved).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(ledger.file(&tea, moved.reference).await.unwrap(), Some(File::Report(moved)));
    }
    assert_eq!(ledger.report(&tea, case).await.unwrap(), None, "a case is no report");
    let mut transaction = ledger.begin().await.unwrap();
    let mistaken = Report { reference: case, ..reports[0].clone() };
    let error = transaction.update_report(&tea, &mistaken).await.unwrap_err();
    assert!(matches!(error, LedgerError::WrongKind { .. }), "{error:?}");
    let error = transaction.write_notice_to_reporter(&tea, &receipt(case), None).await.unwrap_err();
    assert!(matches!(error, LedgerError::WrongKind { .. }), "{error:?}");
    let error = transaction.reporter(&tea, case).await.unwrap_err();
    assert!(matches!(error, LedgerError::WrongKind { .. }), "{error:?}");
    let elsewhere = new_report(About::Moderation { file: Some(reports[3].reference) });
    let error = transaction.open_report(&group("chess"), &elsewhere).await.unwrap_err();
    assert!(matches!(error, LedgerError::NoSuchFile(_)), "{error:?}");
}

#[tokio::test]
async fn a_reporter_has_their_notices_like_anybody() {
    let scratch = Scratch::new();
    let (ledger, report) = with_report(&scratch).await;
    let (tea, who) = (group("tea"), member(REPORTER));
    let mut transaction = ledger.begin().await.unwrap();
    let answered = NoticeKind::ReportAnswered {
        handler: Handler::AdminTeam,
        outcome: Outcome::Acted,
        next: Handler::Secretary,
    };
    let answered = Notice { kind: answered, ..receipt(report) };
    transaction.write_notice_to_reporter(&tea, &answered, Some(&words("we talked to him"))).await.unwrap();
    transaction.commit().await.unwrap();
    let notices = ledger.notices_to(&tea, &who, 9).await.unwrap();
    assert_eq!(notices.len(), 2);
    assert_eq!(notices[0].reason, Some(words("we talked to him")));
    assert_eq!(ledger.notices_to(&tea, &member("bob"), 9).await.unwrap(), []);
    assert_eq!(ledger.notices_to(&group("chess"), &who, 9).await.unwrap(), []);

    // The second waits for the first, and both are tried again once they write.
    let first = ledger.next_due(at(9), &[]).await.unwrap().unwrap();
    let mut transaction = ledger.begin().await.unwrap();
    transaction.attempt(first.id, at(9)).await.unwrap();
    transaction.settle(first.id, &Settled::Retry { not_before: at(60) }, at(9)).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(ledger.next_due(at(10), &[]).await.unwrap(), None, "in the order in which they were written");
    let mut transaction = ledger.begin().await.unwrap();
    transaction.settle(first.id, &Settled::Refused, at(61)).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(ledger.undelivered(&tea, 9).await.unwrap(), [], "nobody can serve it by hand");
    let refused = ledger.notices_to(&tea, &who, 9).await.unwrap().pop().unwrap();
    assert_eq!(refused.delivery, NoticeDelivery::Refused { at: at(61) });
    let mut transaction = ledger.begin().await.unwrap();
    assert_eq!(transaction.retry_notices(&tea, &member("bob"), at(70)).await.unwrap(), 0);
    assert_eq!(transaction.retry_notices(&tea, &who, at(70)).await.unwrap(), 1);
    transaction.commit().await.unwrap();
    let again = ledger.next_due(at(70), &[]).await.unwrap().unwrap();
    assert_eq!((again.id, again.state), (first.id, EffectState::Pending));
}

#[tokio::test]
async fn who_reported_goes_with_the_words_and_cannot_be_moved() {
    let scratch = Scratch::new();
    let (ledger, first) = with_report(&scratch).await;
    let tea = group("tea");
    let mut transaction = ledger.begin().await.unwrap();
    let other = NewReport { reporter: member("carol"), ..new_report(about_post()) };
    let second = transaction.open_report(&tea, &other).await.unwrap();
    transaction.commit().await.unwrap();
    let kept = ledger.words(&tea, first, WordsKind::Report).await.unwrap();
    assert_eq!(kept[0].words, words("it hurt me"));
    assert_eq!(ledger.snapshot(&tea, first).await.unwrap(), Some(snapshot("spoilt")));

    let mut raw = scratch.raw().await;
    sqlx::raw_sql("pragma secure_delete = on").execute(&mut raw).await.unwrap();
    let (file, wrapped): (i64, Vec<u8>) =
        sqlx::query_as("select file_id, wrapped from reporter order by file_id")
            .fetch_one(&mut raw)
            .await
            .unwrap();
    let swap =
        "update reporter set (wrapped, sealed) = (select wrapped, sealed from reporter where file_id = ?1)
                where file_id <> ?1";
    sqlx::query(swap).bind(file).execute(&mut raw).await.unwrap();
    let swapped = ledger.reporter(&tea, second).await;
    assert!(matches!(swapped, Err(LedgerError::Unreadable(at)) if at == second), "{swapped:?}");

    sqlx::query("delete from reporter where file_id <> ?").bind(file).execute(&mut raw).await.unwrap();
    assert!(scratch.holds(&wrapped));
    drop(raw);
    ledger.erase(&tea, first, |_| true, at(9)).await.unwrap();
    assert_eq!(ledger.reporter(&tea, first).await.unwrap(), None);
    assert!(!scratch.holds(&wrapped), "the key of who reported was left behind");
}

/// The schema itself keeps notices to reporters from naming anybody, and others from naming nobody.
#[tokio::test]
async fn a_notice_names_its_reader_unless_that_is_a_reporter() {
    let scratch = Scratch::new();
    let (ledger, report) = with_report(&scratch).await;
    let mut transaction = ledger.begin().await.unwrap();
    let named = transaction.write_notice(&group("tea"), &member("bob"), &receipt(report), None).await;
    assert!(named.is_err(), "{named:?}");
    drop(transaction);
    let mut transaction = ledger.begin().await.unwrap();
    let unnamed = transaction.write_notice_to_reporter(&group("tea"), &notice(report), None).await;
    assert!(unnamed.is_err(), "{unnamed:?}");
}
