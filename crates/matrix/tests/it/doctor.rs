//! What is seen of an account from outside, on a real server.

use std::collections::BTreeSet;

use matrix::{Account, AccountSettings, Credentials, GroupSettings, Hidden, Secret};
use platform::Officers;
use platform::checkup::{Check, Finding, Standing};
use policy::{Clock, GroupId, Timestamp};

use crate::plain::{Act, Plain, Privacy};
use crate::synapse::Synapse;

#[derive(Debug)]
struct StoodStill;

impl Clock for StoodStill {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_795_269_900_000)
    }
    fn steady_ms(&self) -> i64 {
        0
    }
}

fn standing(found: &[Finding], check: Check, subject: Option<&str>) -> Vec<Standing> {
    let of_it = found.iter().filter(|it| it.check == check && it.subject.as_deref() == subject);
    of_it.map(|finding| finding.standing).collect()
}

#[tokio::test]
async fn an_account_is_looked_at_before_it_logs_in_and_as_its_rooms_open() {
    let synapse = Synapse::shared().await;
    let founder = Plain::new(synapse, "founder").await;
    let bot = synapse.register("beadle").await;
    let room = founder.create_room("Common room", Privacy::Encrypted, &[&bot.user]).await;
    let open = founder.create_room("Open room", Privacy::Open, &[&bot.user]).await;
    let inner = founder.create_room("In the space", Privacy::Encrypted, &[&bot.user]).await;
    let space = founder.create_space("The group", &[&inner], &[&bot.user]).await;
    let store = tempfile::tempdir().expect("a folder");
    let group = GroupSettings {
        group: GroupId::new("tea").expect("a valid id"),
        name: "Tea".to_owned(),
        zone: chrono_tz::Europe::London,
        rooms: vec![room.clone(), "#nowhere:beadle.test".to_owned()],
        space: Some(space.clone()),
        management_room: open.clone(),
        direct_on_join: false,
        officers: Officers::default(),
    };
    let settings = AccountSettings {
        id: "main".to_owned(),
        homeserver: synapse.url(),
        user: bot.user.clone(),
        store: store.path().join("store"),
        commands: BTreeSet::new(),
        confirmed: BTreeSet::new(),
        lengthy: BTreeSet::new(),
        groups: vec![group],
    };
    let found = matrix::doctor::examine(&settings).await;
    assert_eq!(standing(&found, Check::MatrixSession, None), [Standing::Attention], "{found:#?}");

    let secret = Secret::Password(Hidden::new(bot.password.clone()));
    let credentials = Credentials { secret, recovery_key: None };
    let opened = Account::open(settings.clone(), &credentials, std::sync::Arc::new(StoodStill)).await;
    let (_account, recovery_key) = opened.expect("it logs in");
    assert!(recovery_key.is_some());
    let found = matrix::doctor::examine(&settings).await;
    for check in [Check::MatrixSession, Check::MatrixDevice, Check::MatrixBackup, Check::MatrixRecovery] {
        assert_eq!(standing(&found, check, None), [Standing::Right], "{check}: {found:#?}");
    }
    assert_eq!(standing(&found, Check::MatrixLimits, None), [Standing::Attention]);
    for room in [&*room, &*open, &*space, "#nowhere:beadle.test"] {
        assert_eq!(standing(&found, Check::MatrixRooms, Some(room)), [Standing::Wrong], "{room}");
    }

    let device = Plain::log_in(synapse, &bot).await;
    for room in [&room, &open, &space] {
        device.join(room).await.expect("it was invited");
    }
    founder.set_power(&room, &bot.user, 50).await;
    let found = matrix::doctor::examine(&settings).await;
    let (right, attention, wrong) = (Standing::Right, Standing::Attention, Standing::Wrong);
    let of_rooms = [
        (&*room, [Some(right), Some(right), Some(wrong)]),
        (&*open, [Some(right), Some(attention), None]),
        (&*space, [Some(right), None, Some(wrong)]),
        // It is found by the space.
        (&*inner, [Some(wrong), None, None]),
    ];
    for (room, want) in of_rooms {
        let checks = [Check::MatrixRooms, Check::MatrixEncryption, Check::MatrixPowers];
        let is = checks.map(|check| standing(&found, check, Some(room)).first().copied());
        assert_eq!(is, want, "{room}: {found:#?}");
    }
    // As much as it takes to mute as well.
    founder.set_power(&room, &bot.user, 100).await;
    founder.act(Act::Kick, &open, &bot.user).await.expect("the founder may");
    let found = matrix::doctor::examine(&settings).await;
    assert_eq!(standing(&found, Check::MatrixPowers, Some(&room)), [Standing::Right], "{found:#?}");
    assert_eq!(standing(&found, Check::MatrixRooms, Some(&open)), [Standing::Wrong]);
    assert!(found.iter().all(|it| it.standing == Standing::Right || it.remedy.is_some()), "{found:#?}");
}
