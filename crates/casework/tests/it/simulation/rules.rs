//! What must hold after every step, asked of the database and of what the platform saw, by rules of their own: nothing
//! here calls what decides in the product.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Months, NaiveDate};
use platform::{Action, Change};
use policy::{Block, Letter, PostId};

use super::books::{Books, Case, Sanction};
use super::world::{DAY, MEMBERS, OFFICERS, Place, REPORTERS, World};
use crate::harness::member;

/// Those who hold a moderator's office or one that includes it, and those who may sign.
const MODERATORS: [&str; 5] = ["mo", "nia", "asha", "kit", "sam"];
const SIGNATORIES: [&str; 5] = ["asha", "kit", "sam", "ed", "eve"];

/// What was seen in earlier steps.
#[derive(Debug, Default)]
pub(super) struct Memory {
    decided: BTreeSet<i64>,
    /// How often the member was asked for their side, and how often they had been heard when they were asked last.
    invited: BTreeMap<i64, (usize, usize)>,
    /// Names of effects, as the database had them, and of those that were done.
    names: BTreeMap<i64, i64>,
    done: BTreeMap<i64, usize>,
    /// How much of what a platform saw has been looked at.
    effects: BTreeMap<usize, usize>,
    /// Who was expelled by a file that is gone.
    expelled: BTreeSet<(String, String)>,
    /// Whom a platform put out last as which of all it did.
    shut_out: BTreeMap<(usize, String), usize>,
    /// How often something was decided, to see that something happens at all.
    pub(super) seen: BTreeMap<&'static str, u32>,
    /// Files that are over and that nothing keeps, since when that was seen.
    over: BTreeMap<i64, i64>,
}

/// Everything that is wrong now.
pub(super) fn check(world: &mut World, before: &Books) -> Vec<String> {
    let mut wrong = std::mem::take(&mut world.errors);
    wrong.extend(world.books.wrong.iter().cloned());
    decisions(world, before, &mut wrong);
    ladder(&world.books, &mut wrong);
    appeals(world, before, &mut wrong);
    purges(world, before, &mut wrong);
    clock(world, before, &mut wrong);
    let (books, seen) = (&world.books, &mut world.memory.seen);
    let trips = books.tripped.difference(&before.tripped).count();
    let spared = books.spared.saturating_sub(before.spared);
    for (what, times) in [("trips", trips), ("spared", spared)] {
        *seen.entry(what).or_default() += u32::try_from(times).unwrap();
    }
    for place in 0..world.places.len() {
        effects(world, place, &mut wrong);
        doors(world, place, &mut wrong);
        posts(world, place, &mut wrong);
        secrecy(world, place, before, &mut wrong);
    }
    answers(world, before, &mut wrong);
    overdue(world, &mut wrong);
    wrong
}

fn base(name: &str) -> &str {
    name.strip_suffix("-jx").unwrap_or(name)
}

/// Whether somebody has a part in a case or a sanction.
fn has_part(books: &Books, file: i64, who: &str) -> bool {
    let said = |file: i64, group: &str| {
        books.parts.iter().any(|(of, officer)| *of == file && books.same(group, officer, who))
    };
    if let Some(case) = books.case_of(file) {
        return books.same(&case.group, &case.author, who) || said(file, &case.group);
    }
    if let Some(sanction) = books.sanction_of(file) {
        let group = &sanction.group;
        return books.same(group, &sanction.member, who)
            || said(file, group)
            || sanction.basis.iter().any(|&case| said(case, group));
    }
    false
}

/// No sanction without quorum of distinct persons who have no part in it, nor without the member's side.
fn decisions(world: &mut World, before: &Books, wrong: &mut Vec<String>) {
    let books = &world.books;
    for sanction in &books.sanctions {
        let file = sanction.file;
        let earlier = before.sanction_of(file);
        let heard_then = earlier.map_or(0, |earlier| earlier.heard);
        let invited = world.memory.invited.entry(file).or_default();
        if sanction.invited > invited.0 {
            *invited = (sanction.invited, heard_then);
        }
        if !sanction.counts() || !world.memory.decided.insert(file) {
            continue;
        }
        *world
            .memory
            .seen
            .entry(match sanction.step.as_str() {
                "warning" => "warnings",
                "suspension" => "suspensions",
                _ => "expulsions",
            })
            .or_default() += 1;
        let mut persons: Vec<&str> = Vec::new();
        for signer in &sanction.signers {
            if !persons.iter().any(|person| books.same(&sanction.group, person, signer)) {
                persons.push(signer);
            }
            if has_part(if earlier.is_some() { before } else { books }, file, signer) {
                wrong.push(format!("file {file} was signed by {signer}, who has a part in it"));
            }
            if !SIGNATORIES.contains(&base(signer)) {
                wrong.push(format!("file {file} was signed by {signer}, who may not"));
            }
        }
        let quorum = match sanction.step.as_str() {
            "warning" => 1,
            "suspension" => 2,
            _ => 3,
        };
        if persons.len() < quorum {
            wrong.push(format!("file {file}: {} by {persons:?} alone", sanction.step));
        }
        let place = world.places.iter().find(|place| place.key == sanction.group).unwrap();
        let is_heard = sanction.proposed != "warning" || place.heard_before_warning;
        if is_heard && (sanction.invited == 0 || sanction.heard <= invited.1) {
            wrong.push(format!("file {file}: {} without the member's side: {sanction:?}", sanction.step));
        }
    }
}

/// The civil date in London, and the last day of the twelve months from a date: its corresponding one.
fn date(ms: i64) -> NaiveDate {
    DateTime::from_timestamp_millis(ms).unwrap().with_timezone(&chrono_tz::Europe::London).date_naive()
}

fn within_a_year(from: i64, at: i64) -> bool {
    from < at && date(at) <= date(from).checked_add_months(Months::new(12)).unwrap()
}

/// §6.2: the heaviest step that one breach may lead to, given the sanctions that count.
fn heaviest(conduct: i64, others: &[&Sanction]) -> usize {
    let runs = |one: &&&Sanction| {
        one.step == "suspension"
            && one.since.is_some_and(|since| since <= conduct)
            && one.until.is_none_or(|until| conduct <= until)
    };
    if others.iter().any(|one| one.step == "expulsion") || others.iter().any(|one| runs(&one)) {
        return 0;
    }
    let held = |step: &str, since: fn(&Sanction) -> Option<i64>| {
        others.iter().any(|one| one.step == step && since(one).is_some_and(|at| within_a_year(at, conduct)))
    };
    if held("suspension", |one| one.until) {
        3
    } else if held("warning", |one| one.since) {
        2
    } else {
        1
    }
}

/// No sanction is heavier than what it rests on allows, however that changed since.
fn ladder(books: &Books, wrong: &mut Vec<String>) {
    for sanction in books.sanctions.iter().filter(|sanction| sanction.counts()) {
        let missing = sanction.because.split("B-").nth(1).or(sanction.because.split("\"sanction\":").nth(1));
        let earlier: Option<u32> = missing.and_then(|text| {
            text.trim_start_matches(['"', '0', 'B', '-'])
                .split(|c: char| !c.is_ascii_digit())
                .next()?
                .parse()
                .ok()
        });
        let known = |number: u32| {
            books.sanctions.iter().any(|one| one.group == sanction.group && one.number == number)
        };
        // What it rests on has had its time.
        if earlier.is_some_and(|number| !known(number)) {
            continue;
        }
        let others: Vec<&Sanction> = books
            .sanctions
            .iter()
            .filter(|other| {
                other.counts()
                    && other.file != sanction.file
                    && other.group == sanction.group
                    && books.same(&other.group, &other.member, &sanction.member)
                    && (other.signed_at, other.number) < (sanction.signed_at, sanction.number)
            })
            .collect();
        let grounds = books.cases.iter().filter(|case| {
            sanction.basis.contains(&case.file) && books.same(&sanction.group, &case.author, &sanction.member)
        });
        let allowed =
            grounds.filter_map(|case| case.strike).map(|at| heaviest(at, &others)).max().unwrap_or(0);
        let is = ["", "warning", "suspension", "expulsion"]
            .iter()
            .position(|step| *step == sanction.step)
            .unwrap();
        if is > allowed {
            wrong.push(format!("{sanction:?} is heavier than {allowed} allows, given {others:?}"));
        }
    }
}

/// An appeal is heard by somebody who did not decide before, where there is one.
fn appeals(world: &mut World, before: &Books, wrong: &mut Vec<String>) {
    let books = &world.books;
    for appeal in &books.appeals {
        let was = before.appeals.iter().rfind(|was| was.file == appeal.file);
        let ruled = ["accepted", "dismissed"].contains(&appeal.state.as_str());
        if !ruled || was.is_none_or(|was| was.state != "lodged") {
            continue;
        }
        *world.memory.seen.entry("appeals").or_default() += 1;
        let Some(case) = before.case_of(appeal.file) else { continue };
        let decider = &appeal.decider;
        if has_part(before, appeal.file, decider) {
            wrong.push(format!("{decider} decided an appeal and has a part in it: file {}", appeal.file));
        }
        let suffix = if case.group == "jam" { "-jx" } else { "" };
        let others = MODERATORS.iter().map(|name| format!("{name}{suffix}")).any(|other| {
            !before.same(&case.group, &other, &case.decider) && !has_part(before, appeal.file, &other)
        });
        if !case.decider.is_empty() && before.same(&case.group, decider, &case.decider) && others {
            wrong.push(format!("{decider} decided an appeal against themselves: file {}", appeal.file));
        }
    }
}

/// Nothing open or held goes, nor anything before its time.
fn purges(world: &mut World, before: &Books, wrong: &mut Vec<String>) {
    let now = world.time.shows().as_millis();
    let erases = std::mem::take(&mut world.erases);
    for (id, file) in before.files.iter().filter(|(id, _)| !world.books.files.contains_key(id)) {
        *world.memory.seen.entry("purged").or_default() += 1;
        let case = before.case_of(*id);
        let sanction = before.sanction_of(*id);
        let waits = case.is_some_and(|case| ["hidden", "flagged"].contains(&case.state.as_str()))
            || sanction
                .is_some_and(|one| one.is_proposal() || one.state == "live" && one.step == "suspension")
            || before.reports.contains(id)
            || before
                .appeals
                .iter()
                .any(|appeal| appeal.file == *id && ["lodged", "executive"].contains(&appeal.state.as_str()));
        if file.held || waits {
            wrong.push(format!("{file:?} went, held: {}, open: {waits}", file.held));
        }
        let months = if file.kind == "report" { 6 } else { 24 };
        let last = date(file.communicated_at).checked_add_months(Months::new(months)).unwrap();
        if !erases && date(now) <= last {
            wrong.push(format!("{file:?} went before its time, on {}", date(now)));
        }
        if before.clock_is_doubted && world.books.clock_is_doubted {
            wrong.push(format!("{file:?} went while the clock was in doubt"));
        }
        if let Some(sanction) = sanction.filter(|one| one.step == "expulsion") {
            world.memory.expelled.insert((sanction.group.clone(), sanction.member.clone()));
        }
    }
    outlived(world, wrong);
}

/// Nothing that is over stays, once the Secretary has had the list for thirty days, and another week.
fn outlived(world: &mut World, wrong: &mut Vec<String>) {
    let (books, now) = (&world.books, world.time.shows().as_millis());
    if !world.settled {
        return;
    }
    let over = |id: i64, file: &super::books::File| {
        let months = if file.kind == "sanction" || file.kind == "case" { 24 } else { return false };
        let last = date(file.communicated_at).checked_add_months(Months::new(months)).unwrap();
        last < date(now) && !file.held && !is_kept(books, id)
    };
    let over: BTreeMap<i64, &super::books::File> =
        books.files.iter().filter(|(id, file)| over(**id, file)).map(|(id, file)| (*id, file)).collect();
    let since = &mut world.memory.over;
    since.retain(|id, _| over.contains_key(id) && !books.clock_is_doubted);
    for (id, file) in over {
        let since = *since.entry(id).or_insert(now);
        if !books.clock_is_doubted && since + 38 * DAY < now {
            wrong.push(format!("{file:?} outlives its time: over since {since}, and it is {now}"));
        }
    }
}

/// Whether something in a file is still to happen, or another rests on it.
fn is_kept(books: &Books, id: i64) -> bool {
    let case = books.case_of(id).is_some_and(|case| ["hidden", "flagged"].contains(&case.state.as_str()));
    let sanction = books.sanction_of(id).is_some_and(|one| {
        one.is_proposal() || one.state == "unserved" || one.state == "live" && one.step == "suspension"
    });
    let appeal =
        |one: &super::books::Appeal| one.file == id && ["lodged", "executive"].contains(&one.state.as_str());
    case || sanction
        || books.reports.contains(&id)
        || books.appeals.iter().any(appeal)
        || books.deadlines.iter().any(|one| one.file == id)
        || books.mutes.iter().any(|one| one.file == id && !one.is_over)
        || books.effects.iter().any(|one| one.file == id && (one.is_outstanding() || one.state == "refused"))
        || books.sanctions.iter().any(|one| one.basis.contains(&id))
}

/// While the clock is in doubt, nobody comes back by it.
fn clock(world: &World, before: &Books, wrong: &mut Vec<String>) {
    let (books, now) = (&world.books, world.time.shows().as_millis());
    for sanction in books.sanctions.iter().filter(|sanction| sanction.state == "ended") {
        let was = before.sanction_of(sanction.file);
        let ended = was.is_some_and(|was| was.state == "live" && was.step == "suspension");
        if ended && before.clock_is_doubted && books.clock_is_doubted {
            wrong.push(format!("{sanction:?} ended while the clock was in doubt"));
        }
        if ended && sanction.until.is_some_and(|until| now < until) {
            wrong.push(format!("{sanction:?} ended early, at {now}"));
        }
    }
}

/// What a platform did has its row, and was done once.
fn effects(world: &mut World, place: usize, wrong: &mut Vec<String>) {
    let (books, memory) = (&world.books, &mut world.memory);
    memory.names.extend(books.effects.iter().map(|effect| (effect.name, effect.id)));
    let there = &world.places[place];
    let looked = memory.effects.get(&place).copied().unwrap_or(0);
    let new = there.platform.fake.effects_after(looked);
    memory.effects.insert(place, looked + new.len());
    let now = world.time.shows().as_millis();
    for (nth, (name, action)) in new.iter().enumerate() {
        told(there, action, wrong);
        if let Action::Exclude { member, .. } = action {
            memory.shut_out.insert((place, member.as_str().to_owned()), looked + nth);
        }
        let once = !matches!(
            action,
            Action::Direct { .. } | Action::DirectWithOfficers { .. } | Action::Rewrite { .. }
        );
        match memory.names.get(&name.0) {
            Some(row) => {
                let times = memory.done.entry(*row).or_default();
                *times += 1;
                if once && *times > 1 {
                    wrong.push(format!("done twice: effect {row}, {action:?}"));
                }
            }
            // A notice that goes another way has another name from then on.
            None if once => wrong.push(format!("done without a row: {action:?}")),
            None => {}
        }
        if let Action::Admit { member } = action {
            let in_force = books.sanctions.iter().find(|sanction| {
                sanction.group == there.key
                    && sanction.shuts_out(now)
                    && books.same(there.key, &sanction.member, member.as_str())
            });
            if let Some(sanction) = in_force {
                wrong.push(format!("{} was let in, and {sanction:?}", member.as_str()));
            }
        }
    }
}

/// Whoever the ledger shuts out is out, and nobody else by us.
fn doors(world: &mut World, place: usize, wrong: &mut Vec<String>) {
    let (books, there) = (&world.books, &world.places[place]);
    let waits = |effect: &super::books::Effect| {
        effect.group == there.key
            && ["exclude", "admit"].contains(&effect.kind.as_str())
            && effect.is_outstanding()
    };
    if !world.settled || books.clock_is_doubted || books.effects.iter().any(waits) {
        return;
    }
    let now = world.time.shows().as_millis();
    for name in MEMBERS.iter().chain(OFFICERS.iter().map(|(name, _)| name)) {
        let name = there.name(name);
        let who = member(&name);
        let shut_out = |sanction: &&Sanction| sanction.group == there.key && sanction.shuts_out(now);
        let exclusion = there.platform.fake.exclusion(&who);
        let own = books.sanctions.iter().filter(shut_out).find(|one| one.member == name);
        let let_in = world.by_hand.get(&(place, name.clone())).is_some_and(|(change, effects)| {
            let since = world.memory.shut_out.get(&(place, name.clone()));
            *change == Change::Admitted && since.is_none_or(|since| since < effects)
        });
        // That they were told so is looked at in the rows.
        let in_vain = |sanction: &&Sanction| {
            let again =
                |one: &super::books::Deadline| one.file == sanction.file && one.kind == "exclusion_again";
            books.deadlines.iter().any(again)
        };
        let own = own.filter(|sanction| !in_vain(sanction));
        if let Some(sanction) = own.filter(|_| exclusion.is_none() && !let_in) {
            wrong.push(format!("{name} is inside, and {sanction:?}"));
        }
        let any =
            books.sanctions.iter().filter(shut_out).any(|one| books.same(there.key, &one.member, &name));
        let ours = exclusion.is_some_and(|exclusion| exclusion.ours);
        let forgotten = world
            .memory
            .expelled
            .iter()
            .any(|(group, who)| group == there.key && books.same(there.key, who, &name));
        if ours && !any && !forgotten {
            wrong.push(format!("{name} is kept out by us, and nothing in the ledger says so"));
        }
    }
}

/// A post that was removed is away once that is done.
fn posts(world: &World, place: usize, wrong: &mut Vec<String>) {
    let (books, there) = (&world.books, &world.places[place]);
    let away = |case: &&Case| case.group == there.key && ["hidden", "removed"].contains(&case.state.as_str());
    for case in books.cases.iter().filter(away) {
        let waits = |effect: &super::books::Effect| {
            effect.file == case.file && effect.kind == "remove" && effect.is_outstanding()
        };
        let stands = there.platform.fake.post(&PostId::new(case.post.clone()).unwrap()).is_some();
        if world.settled && stands && !books.effects.iter().any(waits) {
            wrong.push(format!("{case:?} stands, and nothing is outstanding"));
        }
    }
}

/// Nobody is told what is not theirs to know, nor anything that is not plain.
fn secrecy(world: &mut World, place: usize, before: &Books, wrong: &mut Vec<String>) {
    let books = &world.books;
    let there = &world.places[place];
    let last = before.effects.last().map_or(0, |effect| effect.id);
    for effect in books.effects.iter().filter(|effect| effect.group == there.key && effect.id > last) {
        let told: Vec<String> = match effect.kind.as_str() {
            "tell_officer" => vec![effect.whom.clone()],
            "tell_officers" => MODERATORS.iter().map(|name| there.name(name)).collect(),
            "remove" if before.shadow.contains(there.key) && books.shadow.contains(there.key) => {
                wrong.push(format!("a removal in shadow mode: {effect:?}"));
                continue;
            }
            _ => continue,
        };
        for officer in told {
            if has_part(before, effect.file, &officer) && has_part(books, effect.file, &officer) {
                wrong.push(format!("{officer} is told about what they have a part in: {effect:?}"));
            }
        }
    }
}

/// What a platform said, and to whom.
fn told(there: &Place, action: &Action, wrong: &mut Vec<String>) {
    match action {
        Action::Direct { to, letter, .. }
        | Action::DirectWithOfficers { to, letter, .. }
        | Action::Rewrite { to, letter, .. } => {
            plain(there, to.as_str(), letter, wrong);
        }
        Action::TellOfficers { letter } => plain(there, "the officers", letter, wrong),
        Action::Announce { letter, .. } => plain(there, "all", letter, wrong),
        Action::Remove { .. }
        | Action::Repost { .. }
        | Action::Exclude { .. }
        | Action::Admit { .. }
        | Action::Mute { .. }
        | Action::Unmute { .. } => {}
    }
}

/// What any letter or answer has to be, whoever gets it.
pub(super) fn plain(place: &Place, to: &str, letter: &Letter, wrong: &mut Vec<String>) {
    for block in &letter.blocks {
        let text = match block {
            Block::Text(text) => {
                if text.contains("@everyone") || text.contains("zq.example") {
                    wrong.push(format!("somebody's words as our own, to {to}: {text}"));
                }
                text
            }
            Block::Quote(text) => text.expose(),
        };
        if let Some(name) = REPORTERS.iter().find(|name| text.contains(**name) && place.name(name) != to) {
            wrong.push(format!("{to} reads of {name}: {text}"));
        }
        let beyond =
            if place.suffix.is_empty() { ["The jam people", "-jx"] } else { ["The tea people", "\0"] };
        if beyond.iter().any(|beyond| text.contains(beyond)) {
            wrong.push(format!("{to} of {} reads of another group: {text}", place.key));
        }
    }
}

/// Lists for officers leave out what they have a part in.
fn answers(world: &mut World, before: &Books, wrong: &mut Vec<String>) {
    for (place, from, line, answer) in std::mem::take(&mut world.answers) {
        let key = world.places[place].key;
        if answer.is_empty() {
            wrong.push(format!("{from} got no answer: {line}"));
        }
        if !["queue", "appeals", "proposals"].contains(&line.as_str()) {
            continue;
        }
        for number in answer.split("B-").skip(1).filter_map(|part| part.get(..4)?.parse::<u32>().ok()) {
            let file = world.books.files.iter().find(|(_, file)| file.group == key && file.number == number);
            let Some((&id, _)) = file else { continue };
            if has_part(before, id, &from) && has_part(&world.books, id, &from) {
                wrong.push(format!("{from} sees B-{number}, in which they have a part: {line}"));
            }
        }
    }
}

/// Nothing that fell due is left once all was settled.
fn overdue(world: &World, wrong: &mut Vec<String>) {
    let (books, now) = (&world.books, world.time.shows().as_millis());
    if !world.settled {
        return;
    }
    for deadline in books.deadlines.iter().filter(|deadline| deadline.due < now) {
        // Waiting while the clock may be wrong costs nobody their time.
        let withheld = [
            "suspension_over",
            "mute_over",
            "hearing_over",
            "signing_due",
            "appeal_due",
            "report_due",
            "exclusion_again",
        ];
        if !(withheld.contains(&deadline.kind.as_str()) && books.clock_is_doubted) {
            wrong.push(format!("{deadline:?} did not fire, at {now}"));
        }
    }
}

/// What is left when everything has calmed down and time has passed.
pub(super) fn at_rest(world: &World) -> Vec<String> {
    let (books, now) = (&world.books, world.time.shows().as_millis());
    let mut wrong = Vec::new();
    if books.clock_is_doubted {
        wrong.push("the clock is still in doubt".to_owned());
    }
    for effect in books.effects.iter().filter(|effect| effect.is_outstanding()) {
        wrong.push(format!("still outstanding: {effect:?}"));
    }
    for appeal in books.appeals.iter().filter(|appeal| appeal.state == "lodged") {
        wrong.push(format!("nobody decides: {appeal:?}"));
    }
    for sanction in &books.sanctions {
        if sanction.state == "live" && sanction.until.is_some_and(|until| until < now) {
            wrong.push(format!("still runs: {sanction:?}"));
        }
        if sanction.state == "hearing" {
            wrong.push(format!("still waits for the member: {sanction:?}"));
        }
    }
    for mute in books.mutes.iter().filter(|mute| !mute.is_over && mute.until + DAY < now) {
        wrong.push(format!("still on: {mute:?}"));
    }
    let bytes = world.bytes();
    let text = String::from_utf8_lossy(&bytes);
    for said in [REPORTERS[0], REPORTERS[1], "@everyone "] {
        if text.contains(said) {
            wrong.push(format!("{said:?} stands in the database in plain"));
        }
    }
    wrong
}
