//! Cases, strikes, notices, appeals, settings: what was written is what is read, in its own group and no other.

use ledger::{
    Addressee, KeptWord, LedgerError, NoticeDelivery, OwnWord, OwnWords, RegisterKind, SealedWords, Settings,
    WordIs, WordsAct, WordsKind,
};
use policy::report::Outcome;
use policy::{
    Act, Actor, Appeal, AppealState, Category, ChannelId, Event, Grade, Matching, Mode, Policy, PostId,
    PostKind, Preset, Reference, Ruling, State, Strike, Tier, Timestamp, Verdict, Voided,
};

use crate::support::{Scratch, at, group, member, new_case, notice, open_case, snapshot, with_case, words};

fn number(number: u32) -> Reference {
    Reference::new(number).unwrap()
}

#[tokio::test]
async fn a_case_is_read_as_it_was_written_in_every_state() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let tea = group("tea");
    let mut states: Vec<State> = Verdict::ALL.iter().map(|&verdict| State::Watched { verdict }).collect();
    states.extend([State::Flagged, State::Dismissed, State::Hidden { review_due: at(9) }]);
    states.extend([State::Removed, State::Restored]);
    for (index, &state) in states.iter().enumerate() {
        let mut new = new_case(&index.to_string());
        new.state = state;
        new.post.kind = if index % 2 == 0 { PostKind::Message } else { PostKind::Nickname };
        new.opened_by = Actor::Officer(member("mo"));
        new.decided_by = Some(member("mo"));
        new.grounds = None;
        new.counts = false;
        let mut transaction = ledger.begin().await.unwrap();
        let reference = transaction.open_case(&tea, &new, &snapshot("spoilt")).await.unwrap();
        assert_eq!(reference.number() as usize, index + 1);
        transaction.commit().await.unwrap();

        let mut case = ledger.case(&tea, reference).await.unwrap().unwrap();
        assert_eq!((&case.post, &case.opened_by, case.opened_at), (&new.post, &new.opened_by, new.opened_at));
        assert_eq!((&case.rule, case.grounds, case.counts), (&new.rule, new.grounds, new.counts));
        assert_eq!((case.state, &case.strike, &case.decided_by), (new.state, &None, &new.decided_by));

        case.state = State::Hidden { review_due: at(10) };
        case.post.revision = 3;
        case.post.written_at = at(4);
        case.rule = policy::RuleRef { code: "abuse".to_owned(), version: 2 };
        case.grounds = new_case("x").grounds;
        case.counts = true;
        case.decided_by = None;
        let mut transaction = ledger.begin().await.unwrap();
        transaction.update_case(&tea, &case).await.unwrap();
        assert_eq!(transaction.case(&tea, reference).await.unwrap().as_ref(), Some(&case));
        assert_eq!(transaction.case_of_post(&tea, &new.post.id).await.unwrap().as_ref(), Some(&case));
        transaction.commit().await.unwrap();
        assert_eq!(ledger.case(&tea, reference).await.unwrap(), Some(case));
    }
    let queue = ledger.queue(&tea, 2).await.unwrap();
    assert_eq!(queue.iter().map(|case| case.reference).collect::<Vec<_>>(), [number(1), number(2)]);
    let newest = ledger.cases_of(&tea, &member("alice"), 1).await.unwrap();
    assert_eq!(newest[0].reference.number() as usize, states.len());
}

#[tokio::test]
async fn words_are_read_as_they_were_kept() {
    let scratch = Scratch::new();
    let (ledger, case) = with_case(&scratch, "tea", "spoilt").await;
    let tea = group("tea");
    assert_eq!(ledger.snapshot(&tea, case).await.unwrap(), Some(snapshot("spoilt")));
    let mut transaction = ledger.begin().await.unwrap();
    transaction.replace_snapshot(&tea, case, &snapshot("worse")).await.unwrap();
    for (second, reason) in [(5, "one"), (6, "two")] {
        transaction.keep_words(&tea, case, WordsKind::Reason, &words(reason), at(second)).await.unwrap();
    }
    transaction.commit().await.unwrap();
    assert_eq!(ledger.snapshot(&tea, case).await.unwrap(), Some(snapshot("worse")));
    let kept = |second, text| SealedWords { at: at(second), words: words(text) };
    let reasons = ledger.words(&tea, case, WordsKind::Reason).await.unwrap();
    assert_eq!(reasons, [kept(5, "one"), kept(6, "two")]);
    assert_eq!(ledger.words(&tea, case, WordsKind::Appeal).await.unwrap(), []);
}

#[tokio::test]
async fn a_strike_is_voided_once_and_stays_in_the_record() {
    let scratch = Scratch::new();
    let (ledger, case) = with_case(&scratch, "tea", "spoilt").await;
    let tea = group("tea");
    let voided = Voided { at: at(5), by: Actor::Officer(member("mo")) };
    let mut transaction = ledger.begin().await.unwrap();
    let none = transaction.void_strike(&tea, case, &voided).await;
    assert!(matches!(none, Err(LedgerError::Inconsistent(_))), "{none:?}");
    transaction.give_strike(&tea, case, &Strike { conduct_at: at(0), voided: None }).await.unwrap();
    assert!(transaction.strikes(&tea, &member("alice")).await.unwrap()[0].1.counts());
    transaction.void_strike(&tea, case, &voided).await.unwrap();
    let twice = transaction.void_strike(&tea, case, &voided).await;
    assert!(matches!(twice, Err(LedgerError::Inconsistent(_))), "{twice:?}");
    transaction.commit().await.unwrap();

    let strike = Strike { conduct_at: at(0), voided: Some(voided) };
    assert_eq!(ledger.strikes(&tea, &member("alice")).await.unwrap(), [(case, strike.clone())]);
    assert_eq!(ledger.case(&tea, case).await.unwrap().unwrap().strike, Some(strike));
}

#[tokio::test]
async fn what_was_rolled_back_leaves_no_gap() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let tea = group("tea");
    for (post, commit) in [("1", true), ("2", false), ("3", false), ("4", true), ("5", true)] {
        let mut transaction = ledger.begin().await.unwrap();
        let case = open_case(&mut transaction, "tea", post).await;
        transaction.write_notice(&tea, &member("alice"), &notice(case), None).await.unwrap();
        let acted = Event::Acted { act: Act::Confirm };
        transaction.note(&tea, case, &Actor::Officer(member("mo")), acted, at(3)).await.unwrap();
        transaction.note(&tea, case, &Actor::Member, Event::AppealLodged, at(4)).await.unwrap();
        if commit {
            transaction.commit().await.unwrap();
        }
    }
    let register = ledger.register(&tea, 100).await.unwrap();
    let lines: Vec<_> = register
        .iter()
        .rev()
        .map(|line| (line.number, line.file.map_or(0, policy::Reference::number)))
        .collect();
    assert_eq!(lines, [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (6, 3)]);
    assert_eq!(ledger.register(&tea, 1).await.unwrap()[0].number, 6);
    let rule = policy::RuleRef { code: "language".to_owned(), version: 1 };
    assert!(register.iter().all(|line| line.rules == [rule.clone()]), "{register:?}");
    let decision = RegisterKind::Decision {
        by: Actor::Officer(member("mo")),
        event: Event::Acted { act: Act::Confirm },
    };
    assert_eq!((&register[0].kind, register[0].at), (&decision, at(3)));
    let RegisterKind::Notice { id, to, kind } = &register[1].kind else { panic!("{:?}", register[1]) };
    assert_eq!((to, kind), (&Addressee::Member(member("alice")), &notice(number(1)).kind));
    assert_eq!(ledger.notice(*id).await.unwrap().unwrap().0, tea);
    assert_eq!(ledger.latest().await.unwrap(), Some(at(4)));
}

#[tokio::test]
async fn every_event_is_read_as_it_was_noted() {
    let scratch = Scratch::new();
    let (ledger, case) = with_case(&scratch, "tea", "spoilt").await;
    let tea = group("tea");
    let mut events = vec![Event::AppealLodged, Event::ExecutiveAsked, Event::NoticeRefused];
    events.extend([Event::EffectRefused, Event::TextErased]);
    events.extend(Verdict::ALL.iter().map(|&verdict| Event::Judged { verdict, words: None }));
    events.extend(Act::ALL.iter().map(|&act| Event::Acted { act }));
    events.extend(Ruling::ALL.iter().map(|&ruling| Event::AppealRuled { ruling }));
    events.extend([Event::ReportOverdue { tier: Tier::Secretary }, Event::ReportBeyond]);
    events.push(Event::ReportAnswered { outcome: Outcome::NoBreach });
    let decisions = Act::ALL.len() + Ruling::ALL.len() + 3 + Tier::ALL.len();
    events.extend([Event::ReportReceived, Event::ReportWaits, Event::ReportLate]);
    events.extend(Tier::ALL.iter().map(|&tier| Event::ReportContested { tier }));
    events.extend(Tier::ALL.iter().map(|&tier| Event::ReportPassedOn { tier }));
    let actors = [Actor::Bot, Actor::Member, Actor::Officer(member("mo"))];
    let mut transaction = ledger.begin().await.unwrap();
    for (&event, actor) in events.iter().zip(actors.iter().cycle()) {
        transaction.note(&tea, case, actor, event, at(1)).await.unwrap();
    }
    transaction.commit().await.unwrap();
    let noted = ledger.events(&tea, case).await.unwrap();
    assert_eq!(noted.iter().map(|noted| noted.event).collect::<Vec<_>>(), events);
    assert!(noted.iter().zip(actors.iter().cycle()).all(|(noted, actor)| noted.actor == *actor));
    assert_eq!(ledger.register(&tea, 100).await.unwrap().len(), decisions);
}

#[tokio::test]
async fn a_notice_is_read_as_it_was_written() {
    let scratch = Scratch::new();
    let (ledger, case) = with_case(&scratch, "tea", "spoilt").await;
    let tea = group("tea");
    let mut transaction = ledger.begin().await.unwrap();
    let reason = words("please mind your language");
    let first = transaction.write_notice(&tea, &member("alice"), &notice(case), Some(&reason)).await.unwrap();
    let second = transaction.write_notice(&tea, &member("alice"), &notice(case), None).await.unwrap();
    transaction.commit().await.unwrap();
    let notices = ledger.notices_to(&tea, &member("alice"), 10).await.unwrap();
    assert_eq!(notices.iter().map(|notice| notice.id).collect::<Vec<_>>(), [second, first]);
    assert_eq!((&notices[1].notice, &notices[1].to), (&notice(case), &Addressee::Member(member("alice"))));
    assert_eq!((&notices[0].reason, &notices[1].reason), (&None, &Some(reason)));
    assert_eq!(notices[0].delivery, NoticeDelivery::Queued);
    assert_eq!(ledger.notices_to(&tea, &member("mo"), 10).await.unwrap(), []);
}

#[tokio::test]
async fn one_appeal_at_a_time_and_the_latest_counts() {
    let scratch = Scratch::new();
    let (ledger, case) = with_case(&scratch, "tea", "spoilt").await;
    let tea = group("tea");
    let lodged = |second| Appeal { lodged_at: at(second), state: AppealState::Lodged { due: at(9) } };
    let mut transaction = ledger.begin().await.unwrap();
    assert_eq!(transaction.appeal(&tea, case).await.unwrap(), None);
    let early = transaction
        .set_appeal(&tea, case, &AppealState::Executive { since: at(1), came: policy::Came::Asked })
        .await;
    assert!(matches!(early, Err(LedgerError::Inconsistent(_))), "{early:?}");
    transaction.lodge_appeal(&tea, case, &lodged(1), &words("it was a joke")).await.unwrap();
    let twice = transaction.lodge_appeal(&tea, case, &lodged(2), &words("again")).await;
    assert!(matches!(twice, Err(LedgerError::Duplicate(_))), "{twice:?}");
    for state in [
        AppealState::Accepted { by: member("mo"), at: at(2) },
        AppealState::Dismissed { by: member("may"), at: at(3) },
        AppealState::Executive { since: at(4), came: policy::Came::Asked },
        AppealState::Dismissed { by: member("may"), at: at(5) },
    ] {
        transaction.set_appeal(&tea, case, &state).await.unwrap();
        let appeal = transaction.appeal(&tea, case).await.unwrap().unwrap();
        assert_eq!(appeal, Appeal { lodged_at: at(1), state });
    }
    transaction.lodge_appeal(&tea, case, &lodged(6), &words("once more")).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(ledger.appeal(&tea, case).await.unwrap(), Some(lodged(6)));
    let open = ledger.open_appeals(&tea, 10).await.unwrap();
    assert_eq!(
        open.iter().map(|(file, appeal)| (file.reference(), appeal.clone())).collect::<Vec<_>>(),
        [(case, lodged(6))]
    );
    let said = ledger.words(&tea, case, WordsKind::Appeal).await.unwrap();
    assert_eq!(
        said.iter().map(|said| said.words.expose()).collect::<Vec<_>>(),
        ["it was a joke", "once more"]
    );
}

#[tokio::test]
async fn settings_are_kept_and_their_version_rises_with_each_change() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let (tea, may) = (group("tea"), member("may"));
    let policy = Policy::new(Preset::Strict).with("strong.insult".parse().unwrap(), "hide".parse().unwrap());
    assert_eq!(ledger.settings(&tea).await.unwrap(), Settings::default());
    let mut transaction = ledger.begin().await.unwrap();
    transaction.set_mode(&tea, Mode::Live, &may, at(1)).await.unwrap();
    transaction.set_mode(&tea, Mode::Shadow, &may, at(2)).await.unwrap();
    transaction.set_policy(&tea, &policy, &may, at(3)).await.unwrap();
    let what = WordIs::Term { grade: Grade::Mild, category: Category::Insult, matching: Matching::Stem };
    let numpty = [OwnWord { term: "numpty".to_owned(), what }];
    assert_eq!(transaction.set_words(&tea, WordsAct::Added, &numpty, &may, at(4)).await.unwrap(), Some(1));
    assert_eq!(transaction.settings(&tea).await.unwrap().version, 4);
    // This is no change.
    assert_eq!(transaction.set_words(&tea, WordsAct::Added, &numpty, &may, at(5)).await.unwrap(), None);
    transaction.commit().await.unwrap();
    let kept = KeptWord { word: numpty[0].clone(), by: may.clone(), at: at(4), version: 1 };
    let words = OwnWords { version: 1, words: vec![kept] };
    let settings = Settings { mode: Some(Mode::Shadow), policy: Some(policy), words, version: 4 };
    assert_eq!(ledger.settings(&tea).await.unwrap(), settings);
    assert_eq!(ledger.settings(&group("chess")).await.unwrap(), Settings::default());
}

#[tokio::test]
async fn groups_are_walls() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let (tea, chess) = (group("tea"), group("chess"));
    let mut transaction = ledger.begin().await.unwrap();
    for (key, text) in [(&tea, "of tea"), (&chess, "of chess")] {
        // The same post, number and member in both.
        let case = transaction.open_case(key, &new_case("1"), &snapshot(text)).await.unwrap();
        assert_eq!(case, number(1));
    }
    let case = number(1);
    transaction.give_strike(&tea, case, &Strike { conduct_at: at(0), voided: None }).await.unwrap();
    transaction.write_notice(&tea, &member("alice"), &notice(case), Some(&words("tea"))).await.unwrap();
    transaction.note(&tea, case, &Actor::Bot, Event::Acted { act: Act::Hide }, at(2)).await.unwrap();
    let appeal = Appeal { lodged_at: at(3), state: AppealState::Lodged { due: at(9) } };
    transaction.lodge_appeal(&tea, case, &appeal, &words("tea")).await.unwrap();
    transaction.save_position(&tea, &ChannelId::new("tea").unwrap(), "7").await.unwrap();
    transaction.save_position(&tea, &ChannelId::new("tea").unwrap(), "8").await.unwrap();
    transaction.set_mode(&tea, Mode::Shadow, &member("alice"), at(4)).await.unwrap();
    let second = open_case(&mut transaction, "tea", "2").await;
    let missing = transaction.note(&chess, second, &Actor::Bot, Event::TextErased, at(4)).await;
    assert!(matches!(missing, Err(LedgerError::NoSuchFile(_))), "{missing:?}");
    assert_eq!(transaction.case_of_post(&chess, &PostId::new("2").unwrap()).await.unwrap(), None);
    transaction.commit().await.unwrap();

    let alice = member("alice");
    assert_eq!(ledger.snapshot(&tea, case).await.unwrap(), Some(snapshot("of tea")));
    assert_eq!(ledger.snapshot(&chess, case).await.unwrap(), Some(snapshot("of chess")));
    assert_eq!(ledger.case(&chess, case).await.unwrap().unwrap().strike, None);
    assert_eq!(ledger.case(&chess, second).await.unwrap(), None);
    assert_eq!(ledger.cases_of(&chess, &alice, 10).await.unwrap().len(), 1);
    assert_eq!(ledger.strikes(&chess, &alice).await.unwrap(), []);
    assert_eq!(ledger.events(&chess, case).await.unwrap(), []);
    assert_eq!(ledger.appeal(&chess, case).await.unwrap(), None);
    assert_eq!(ledger.open_appeals(&chess, 10).await.unwrap(), []);
    assert_eq!(ledger.words(&chess, case, WordsKind::Appeal).await.unwrap(), []);
    assert_eq!(ledger.notices_to(&chess, &alice, 10).await.unwrap(), []);
    assert_eq!(ledger.register(&chess, 10).await.unwrap(), []);
    assert_eq!(ledger.positions(&chess).await.unwrap(), []);
    assert_eq!(ledger.positions(&tea).await.unwrap(), [(ChannelId::new("tea").unwrap(), "8".to_owned())]);
    assert_eq!(ledger.settings(&chess).await.unwrap(), Settings::default());
    let number = ledger.member_number(&tea, &alice).await.unwrap();
    assert!(number.is_some() && number != ledger.member_number(&chess, &alice).await.unwrap());

    ledger.erase(&tea, case, |_| true, at(5)).await.unwrap();
    assert!(ledger.snapshot(&chess, case).await.unwrap().is_some());
}

#[tokio::test]
async fn two_transactions_follow_one_another() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let write = async |post: &str| {
        let mut transaction = ledger.begin().await.unwrap();
        // Were they to overlap, both would find the same number free.
        let before = transaction.case(&group("tea"), number(1)).await.unwrap();
        let case = open_case(&mut transaction, "tea", post).await;
        tokio::task::yield_now().await;
        transaction.commit().await.unwrap();
        (before.is_none(), case)
    };
    let (one, two) = tokio::join!(write("1"), write("2"));
    let mut both = [one, two];
    both.sort_by_key(|(_, case)| *case);
    assert_eq!(both, [(true, number(1)), (false, number(2))]);
}

#[tokio::test]
async fn readers_see_what_is_committed_and_nothing_else() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let mut transaction = ledger.begin().await.unwrap();
    let case = open_case(&mut transaction, "tea", "1").await;
    assert_eq!(ledger.case(&group("tea"), case).await.unwrap(), None);
    assert_eq!(ledger.latest().await.unwrap(), None::<Timestamp>);
    transaction.commit().await.unwrap();
    assert!(ledger.case(&group("tea"), case).await.unwrap().is_some());
}
