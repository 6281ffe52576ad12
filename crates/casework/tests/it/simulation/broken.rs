//! A short story told again and again, in which one change of a row fails in each step, each time another: what was recorded
//! stays, what was not is tried again, and it ends as if nothing had failed.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use ledger::testing::{self, Break};

use super::chance::Chance;
use super::steps::{Step, Words};
use super::world::{DAY, HOUR, World};
use super::{Failure, Tale, on_every_core, runtime, template};

/// A group in which members are heard before a warning.
const SEED: u64 = 4;

/// One member is warned, heard and let off on appeal, another asks for too little too late; then all of it has had its time.
fn story() -> Vec<Step> {
    let command = |who: &str, line: &str| Step::Command(0, who.to_owned(), line.to_owned());
    let direct = |who: &str, line: &str| Step::Direct(0, who.to_owned(), line.to_owned());
    vec![
        writes("p1", "alice", "worstlo and the kettle"),
        direct("alice", "reply B-0002 It was about the kettle."),
        command("asha", "case B-0002"),
        command("asha", "sign B-0002 warning It went on for days."),
        direct("alice", "appeal B-0001 It was about the kettle."),
        command("mo", "decide B-0001 accept It was about the kettle."),
        writes("p2", "bob", "worstlo and the garden wall"),
        writes("p3", "cara", "the kettle boiled over"),
        command("mo", "remove p3 abuse"),
        Step::Passes(3 * DAY),
        Step::Passes(60 * DAY),
        Step::Passes(800 * DAY),
    ]
}

fn writes(id: &str, author: &str, text: &str) -> Step {
    Step::Writes(Words {
        place: 0,
        id: id.to_owned(),
        revision: 0,
        author: author.to_owned(),
        text: text.to_owned(),
        quotes: None,
        answers: None,
        forwards: None,
        aimed: Vec::new(),
    })
}

/// What there is in the end.
async fn outcome(world: &World) -> Vec<String> {
    let queries = [
        "select file_id, kind from file order by 1",
        "select case_id, state from \"case\" order by 1",
        "select sanction_id, state, step from sanction order by 1",
        "select case_id, voided_at_ms is null from strike order by 1",
        "select file_id, kind, count(*) from notice group by 1, 2 order by 1, 2",
        "select kind, state, count(*) from effect where kind not like 'tell_%' group by 1, 2 order by 1, 2",
        "select file_id, event ->> '$.event', count(*) from event where event ->> '$.event' <> 'purge_listed'
         group by 1, 2 order by 1, 2",
        // What is to be destroyed is listed for officers whenever files are looked through: together, or apart.
        "select distinct event ->> '$.event' from event where event ->> '$.event' = 'purge_listed'",
        "select distinct kind, state from effect where kind like 'tell_%' order by 1, 2",
        "select kind, count(*) from deadline where settled_at_ms is null group by 1 order by 1",
    ];
    let answers = testing::look(world.ledger(), &queries).await.unwrap();
    queries.iter().zip(answers).map(|(query, rows)| format!("{query}: {rows:?}")).collect()
}

/// Tells the story; each step is done while so many rows can be changed, and then breaks in that way, if that is not all of
/// them. Gives of how many steps it was not, and what there is some days after the last.
async fn tell(template: &Path, breaks: Option<(u32, Break)>) -> Result<(u32, Vec<String>), Failure> {
    let mut chance = Chance::new(SEED, 1);
    let world = World::new(SEED, template, &mut chance).await;
    let mut tale = Tale::new(SEED, world);
    let mut broken = 0;
    for step in story() {
        tale.world.time.passes(1000);
        match breaks {
            None => tale.step(&step).await?,
            Some((rows, how)) => {
                tale.world.settled = false;
                broken += u32::from(tale.world.breaks(rows, how, &step).await);
                tale.look(&Step::Breaks(rows, Box::new(step))).await?;
            }
        }
        // What waits to be tried again is.
        tale.step(&Step::Passes(HOUR)).await?;
    }
    // What is looked at once a day is looked at again.
    tale.step(&Step::Passes(2 * DAY)).await?;
    Ok((broken, outcome(&tale.world).await))
}

/// The first row of every step fails, in the next telling the second, and so on until no step has so many; each in both
/// ways.
#[test]
fn whichever_row_cannot_be_changed_it_ends_as_if_it_could() {
    let template = template();
    let told = |breaks| {
        let telling = runtime().block_on(tell(template.path(), breaks));
        telling.unwrap_or_else(|failure| panic!("{}", failure.report()))
    };
    let (_, whole) = told(None);
    let (next, failed) = (AtomicU32::new(0), AtomicU32::new(0));
    let work = || {
        loop {
            let telling = next.fetch_add(1, Ordering::Relaxed);
            let (rows, how) = (telling / 2, Break::ALL[usize::from(telling % 2 == 1)]);
            let (broken, outcome) = told(Some((rows, how)));
            assert_eq!(outcome, whole, "{rows} rows of each step could be changed, then {how:?}");
            if broken == 0 {
                break;
            }
            failed.fetch_add(broken, Ordering::Relaxed);
        }
    };
    on_every_core(work);
    // A story in which nothing is written shows nothing.
    let failed = failed.into_inner();
    assert!(failed > 700, "{failed}");
}
