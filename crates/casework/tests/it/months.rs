//! Twenty-six months of a busy group: nothing outlives its time, and of what went nothing is left on the disk.

use std::fs;
use std::path::Path;

use policy::{Clock, Kept, Reference, Retention};

use crate::harness::{Harness, group};

const DAY: i64 = 24 * 60 * 60;
const MONTHS: i64 = 26;

/// Whether some file of the directory holds these bytes.
pub(crate) fn holds(place: &Path, bytes: &[u8]) -> bool {
    fs::read_dir(place).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, bytes);
        }
        fs::read(&path).unwrap().windows(bytes.len()).any(|window| window == bytes)
    })
}

/// Everything that is kept although its time was over a week ago.
async fn outlived(it: &Harness, last: u32) -> Vec<Reference> {
    let (retention, zone) = (Retention::default(), chrono_tz::Europe::London);
    let mut outlived = Vec::new();
    for file in (1..=last).filter_map(Reference::new) {
        let Some(keeping) = it.ledger.keeping(&group("tea"), file).await.unwrap() else { continue };
        let until = retention.until(Kept::File, keeping.communicated_at, zone).plus_seconds(7 * DAY);
        if !keeping.open && !keeping.held && keeping.kind != ledger::FileKind::Group && until < it.clock.now()
        {
            outlived.push(file);
        }
    }
    outlived
}

#[tokio::test]
async fn nothing_outlives_its_time() {
    let it = Harness::new().await;
    let members: Vec<String> = (0..12).map(|n| format!("canary-member-{n}-qx")).collect();
    for name in &members {
        it.platform.add_member(&crate::harness::member(name), name);
    }
    let mut chance: u64 = 20_260_511;
    let mut next = |below: u64| {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (chance >> 33) % below
    };
    let mut cases: u32 = 0;
    let mut early = Vec::new();
    let mut day = 0;
    while day < MONTHS * 31 {
        // In between, whole days pass unseen.
        let step = if (31..23 * 31).contains(&day) { 4 } else { 1 };
        // Half of the members leave after a month, and are not heard of again.
        let here = if day < 31 { members.len() } else { members.len() / 2 };
        if next(2) == 0 {
            let author = members[usize::try_from(next(u64::try_from(here).unwrap())).unwrap()].clone();
            let id = format!("canary-post-{cases}-qx");
            let word = ["medlo", "stronko", "worstlo"][usize::try_from(next(3)).unwrap()];
            it.post(&id, &author, word).await;
            cases += 1;
            let case = (1..=cases + 60).rev().filter_map(Reference::new);
            let mut newest = None;
            for file in case {
                if it.ledger.keeping(&group("tea"), file).await.unwrap().is_some() {
                    newest = Some(file);
                    break;
                }
            }
            let newest = newest.unwrap();
            if day < 31 {
                early.push(id);
            }
            match next(4) {
                0 => drop(it.command("mo", &format!("void {newest} no matter")).await),
                1 => {
                    it.direct(&author, &format!("appeal {newest} it was a joke")).await;
                    it.command("nia", &format!("decide {newest} dismiss it was none")).await;
                }
                2 => drop(it.command("mo", &format!("remove {newest} abuse really")).await),
                _ => drop(it.command("mo", &format!("case {newest}")).await),
            }
            // What was only flagged is looked at before it is old.
            drop(it.command("nia", &format!("void {newest} looked at")).await);
        }
        it.clock.advance(step * DAY);
        it.settle().await;
        if day > 24 * 30 {
            assert_eq!(outlived(&it, cases + 60).await, [], "day {day}");
        }
        day += step;
    }
    assert!(cases > 100 && early.len() > 5, "{cases} cases, {} early", early.len());
    let directory = it.directory.path();
    for id in &early {
        assert!(!holds(directory, id.as_bytes()), "{id} is still there");
    }
    for name in &members[members.len() / 2..] {
        assert!(!holds(directory, name.as_bytes()), "{name} is still there");
    }
    assert!(holds(directory, members[0].as_bytes()), "those who are here are known");
    let register = it.ledger.register(&group("tea"), 100_000).await.unwrap();
    let numbers: Vec<u32> = register.iter().rev().map(|line| line.number).collect();
    assert_eq!(numbers, (1..=u32::try_from(register.len()).unwrap()).collect::<Vec<_>>());
}
