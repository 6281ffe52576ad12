//! A short story in which each change of a row fails once, one after the other: what was recorded stays, what was not is
//! tried again, and it ends as if nothing had failed.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use ledger::testing;

use super::chance::Chance;
use super::steps::{Step, Words};
use super::world::{DAY, HOUR, World};
use super::{Failure, Tale, runtime, template};

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

/// Tells a story of which the last step is done while so many rows can be changed, if that is not all of them. Gives
/// whether it came to that, and what there is some days later.
async fn tell(template: &Path, steps: &[Step], rows: Option<u32>) -> Result<(bool, Vec<String>), Failure> {
    let mut chance = Chance::new(SEED, 1);
    let world = World::new(SEED, template, &mut chance).await;
    let mut tale = Tale::new(SEED, world);
    let (last, before) = steps.split_last().unwrap();
    for step in before {
        tale.world.time.passes(1000);
        tale.step(step).await?;
    }
    tale.world.time.passes(1000);
    let mut broke = false;
    match rows {
        None => tale.step(last).await?,
        Some(rows) => {
            tale.world.settled = false;
            broke = tale.world.breaks(rows, last).await;
            tale.look(&Step::Breaks(rows, Box::new(last.clone()))).await?;
        }
    }
    // What is looked at once a day is looked at again.
    for passes in [HOUR, 2 * DAY] {
        tale.step(&Step::Passes(passes)).await?;
    }
    Ok((broke, outcome(&tale.world).await))
}

/// Has each row fail of the last step, one after the other; how many there were.
async fn fail_each(template: &Path, steps: &[Step]) -> u32 {
    let told = |failure: Failure| -> (bool, Vec<String>) { panic!("{}", failure.report()) };
    let (_, whole) = tell(template, steps, None).await.unwrap_or_else(told);
    let mut rows = 0;
    loop {
        let (broke, outcome) = tell(template, steps, Some(rows)).await.unwrap_or_else(told);
        assert_eq!(outcome, whole, "after {rows} rows of {:?}", steps.last());
        if !broke {
            return rows;
        }
        rows += 1;
    }
}

#[test]
fn whichever_row_cannot_be_changed_it_ends_as_if_it_could() {
    let (template, story) = (template(), story());
    let next = AtomicUsize::new(1);
    let work = || {
        let mut rows = 0;
        while let Some(upto) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|upto| *upto <= story.len())
        {
            rows += runtime().block_on(fail_each(template.path(), &story[..upto]));
        }
        rows
    };
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let rows: u32 = std::thread::scope(|scope| {
        let hands: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        hands.into_iter().map(|hand| hand.join().unwrap()).sum()
    });
    // A story in which nothing is written shows nothing.
    assert!(rows > 350, "{rows}");
}
