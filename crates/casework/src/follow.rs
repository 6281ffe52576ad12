//! What goes with a removed post: posts that carry its words on, found when it goes and as more come in.
//!
//! The look at the platform is an effect of the removed post's case, so that a crash between removal and look loses
//! nothing; looking again finds the cases there are and opens no second.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::PoisonError;

use ledger::{Effect, EffectKind, File, NewCase, Snapshot, Transaction, die_at};
use platform::{DeliveryError, Outbound};
use policy::cascade::Trace;
use policy::case::{Outcome, PostChange};
use policy::{
    Actor, AppealState, Case, ChannelId, Decision, Drawn, DrawnBy, Event, GroupId, Likeness, MessageText,
    Mode, Occasion, Post, Reference, Ruling, State, SurfaceKind, Timestamp, cascade,
};

use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;
use crate::record::{Step, post_ref};

/// How many posts of a channel are looked at that came after the removed one.
const AFTER_MAX: usize = 200;
/// For how many days after a post went others are still drawn by it.
const DRAWS_DAYS: u32 = 7;
/// With how many removed posts a post is compared at most, the latest first.
const COMPARED_MAX: u32 = 50;

impl Casework {
    /// What a change of a post brings about for those that carry its words on: when it goes they are looked for, and
    /// when it comes back they come back too, as far as they went for nothing else.
    pub(crate) async fn carry_along(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        case: &Case,
        outcome: &Outcome,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let group = &in_force.charter.group;
        match outcome.post {
            PostChange::Leave => {}
            PostChange::Remove if case.draws() => {
                tx.queue(group, case.reference, &EffectKind::Cascade, now).await?;
            }
            PostChange::Remove => {}
            PostChange::Repost => {
                let drawn = self.ledger.drawn_by(group, case.reference).await?;
                let mut posts: u32 = 0;
                for drawn in drawn {
                    let is_away = !drawn.state.post_stands() && drawn.state != State::Restored;
                    if is_away && !self.bring_back(tx, in_force, case, drawn, now).await? {
                        posts = posts.saturating_add(1);
                    }
                }
                if posts > 0 {
                    let event = Event::DrawnStay { posts };
                    tx.note(group, case.reference, &Actor::Bot, event, now).await?;
                    let file = File::Case(Box::new(case.clone()));
                    self.tell_officers(tx, in_force, &file, event, now).await?;
                }
            }
        }
        Ok(())
    }

    /// Puts back a post that went only because of `source`, which is put back; tells whether it could be.
    async fn bring_back(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        source: &Case,
        mut case: Case,
        now: Timestamp,
    ) -> Result<bool, CaseworkError> {
        let (group, reference) = (&in_force.charter.group, case.reference);
        if !case.went_along()
            || self.is_frozen(tx, group, reference).await?
            || self.ledger.snapshot(group, reference).await?.is_none()
        {
            return Ok(false);
        }
        let appeal = tx.appeal(group, reference).await?;
        if appeal.is_some_and(|appeal| appeal.state.is_open()) {
            // What it asked for is done, by whoever put the other one back.
            let Some(by) = source.decided_by.clone() else { return Ok(false) };
            let ruling = Event::AppealRuled { ruling: Ruling::Accept };
            tx.note(group, reference, &Actor::Officer(by.clone()), ruling, now).await?;
            self.appeal_stands(tx, in_force, reference, &AppealState::Accepted { by, at: now }, now).await?;
        }
        (case.state, case.since) = (State::Restored, now);
        tx.update_case(group, &case).await?;
        tx.queue(group, reference, &EffectKind::Repost, now).await?;
        let event = Event::DrawnBack { source: source.reference };
        tx.note(group, reference, &Actor::Bot, event, now).await?;
        self.tell_author(tx, in_force, &case, Occasion::RestoredAlong, None, now).await?;
        self.tell_officers(tx, in_force, &File::Case(Box::new(case)), event, now).await?;
        Ok(true)
    }

    /// Looks at what came after a removed post, and records what goes with it.
    pub(crate) async fn look_after(&self, effect: &Effect) -> Result<(), DeliveryError> {
        let ours = |error: CaseworkError| DeliveryError::Unreachable(Box::new(error));
        let in_force = self.in_force(&effect.group).map_err(ours)?;
        let Some(platform) = self.platforms.get(&effect.group) else {
            return Err(DeliveryError::Unreachable("the group is not configured".into()));
        };
        let Some(source) = self.source_of(effect).await.map_err(ours)? else { return Ok(()) };
        if in_force.mode == Mode::Shadow {
            return Ok(());
        }
        let mut posts = Vec::new();
        for channel in self.channels(&effect.group, &source.case).await.map_err(ours)? {
            let asked = later_posts(&**platform, &effect.group, &source.case, &channel);
            posts.extend(self.turn.lent_during(asked).await?);
        }
        die_at("cascade::looked");
        self.record_drawn(&in_force, &source, posts).await.map_err(ours)
    }

    /// The removed post an effect looks after, unless it came back or its words are gone.
    async fn source_of(&self, effect: &Effect) -> Result<Option<Source>, CaseworkError> {
        let case = self.ledger.case(&effect.group, effect.file).await?;
        let case = case.ok_or(CaseworkError::Vanished(effect.file))?;
        if !case.draws() {
            return Ok(None);
        }
        self.with_words(&effect.group, case).await
    }

    async fn with_words(&self, group: &GroupId, case: Case) -> Result<Option<Source>, CaseworkError> {
        let snapshot = self.ledger.snapshot(group, case.reference).await?;
        Ok(snapshot.map(|snapshot| Source { words: cascade::drawing_words(&snapshot.surfaces), case }))
    }

    /// The channel of the post first, then the others that are read.
    async fn channels(&self, group: &GroupId, case: &Case) -> Result<Vec<ChannelId>, CaseworkError> {
        let read = self.ledger.positions(group).await?.into_iter().map(|(channel, _)| channel);
        let others = read.filter(|channel| *channel != case.post.channel);
        Ok(std::iter::once(case.post.channel.clone()).chain(others).collect())
    }

    async fn record_drawn(
        &self,
        in_force: &InForce,
        source: &Source,
        posts: Vec<Post>,
    ) -> Result<(), CaseworkError> {
        let mut drawn = Vec::new();
        for post in posts {
            let alike =
                self.drawn_unless_tripped(in_force, &source.case, source.draw(in_force, &post)).await?;
            let is_drawn = likeness(alike).is_some();
            // A look may come before the post is heard: the same comes of it as if it had been heard first. What was heard
            // is judged no second time, for the rules may have changed since.
            if is_drawn && self.heard.is_to_come(&post.group, &post.channel, post.written_at) {
                self.moderate(&post, None).await?;
            }
            drawn.push((post, alike));
        }
        let mut tx = self.ledger.begin().await?;
        let mut any = false;
        for (post, alike) in drawn {
            any |= self.draw(&mut tx, in_force, &post, &source.case, alike).await?;
        }
        if any { self.commit(tx).await } else { Ok(()) }
    }

    /// The removed post that a post which came in has to do with, and how much.
    pub(crate) async fn drawn_along(
        &self,
        in_force: &InForce,
        post: &Post,
    ) -> Result<Option<(Case, Drawn)>, CaseworkError> {
        if in_force.mode == Mode::Shadow {
            return Ok(None);
        }
        let group = &in_force.charter.group;
        let since = self.now().plus_seconds(-i64::from(DRAWS_DAYS) * 86_400);
        let mut sources = Vec::new();
        for named in [&post.answers, &post.forwards].into_iter().flatten() {
            let case = self.ledger.case_of_post(group, named).await?;
            sources.extend(case.filter(|case| case.draws() && case.since >= since));
        }
        // A quotation names nothing, so it is compared with what went lately.
        let quotes = quotes(post);
        if quotes {
            sources.extend(self.ledger.removed_since(group, since, COMPARED_MAX).await?);
        }
        let named = sources.len();
        // Nor does whoever just says it again, where it went. Nothing is opened unless something did go there.
        if !quotes {
            sources.extend(self.repeated(post, since).await?);
        }
        let mut offered = None;
        for (at, case) in sources.into_iter().enumerate() {
            if !case.draws() || case.post.id == post.id {
                continue;
            }
            let Some(source) = self.with_words(group, case).await? else { continue };
            let drawn = source.draw(in_force, post);
            let drawn = if at < named { drawn } else { cascade::unasked(drawn) };
            match self.drawn_unless_tripped(in_force, &source.case, drawn).await? {
                goes @ Drawn::Goes(_) => return Ok(Some((source.case, goes))),
                likely @ Drawn::Offered(_) => offered = offered.or(Some((source.case, likely))),
                Drawn::Stays => {}
            }
        }
        Ok(offered)
    }

    /// The cases of posts that went from this channel lately of which a post may repeat something.
    ///
    /// Nearly every post repeats nothing. So that this costs one short question, traces of what went are remembered.
    async fn repeated(&self, post: &Post, since: Timestamp) -> Result<Vec<Case>, CaseworkError> {
        let trace = Trace::of_post(post);
        if trace.is_empty() {
            return Ok(Vec::new());
        }
        let (group, place) = (&post.group, (post.group.clone(), post.channel.clone()));
        let removed = self.ledger.removed_in(group, &post.channel, since, COMPARED_MAX).await?;
        let known = self.traces.lock().unwrap_or_else(PoisonError::into_inner).remove(&place);
        let mut known = known.unwrap_or_default();
        // What came back, was erased or is of longer ago is forgotten.
        known.retain(|one, _| removed.contains(one));
        let mut cases = Vec::new();
        for one in removed {
            let case = async || Ok::<_, CaseworkError>(self.ledger.case(group, one.0).await?);
            if let Entry::Vacant(unknown) = known.entry(one) {
                let Some(case) = case().await? else { continue };
                let source = self.with_words(group, case).await?;
                unknown.insert(source.map(|source| Trace::of(&source.words)).unwrap_or_default());
            }
            if known.get(&one).is_some_and(|removed| removed.may_be_in(&trace)) {
                cases.extend(case().await?);
            }
        }
        self.traces.lock().unwrap_or_else(PoisonError::into_inner).insert(place, known);
        Ok(cases)
    }

    /// Records what follows for a post that has to do with a removed one, and tells whether anything does. Once that
    /// is recorded, nothing more follows.
    pub(crate) async fn draw(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        post: &Post,
        source: &Case,
        drawn: Drawn,
    ) -> Result<bool, CaseworkError> {
        let Some(likeness) = likeness(drawn) else { return Ok(false) };
        let (group, now) = (&in_force.charter.group, self.now());
        let existing = tx.case_of_post(group, &post.id).await?;
        let by = DrawnBy { source: source.reference, likeness };
        let snapshot = || Snapshot {
            author_name: post.author_name.clone(),
            surfaces: post.surfaces.clone(),
            findings: in_force.matcher.assess(post),
        };
        let (case, outcome) = match (cascade::follow(in_force.mode, post, drawn, existing.as_ref()), existing)
        {
            (Decision::Open(outcome), _) => {
                let new = NewCase {
                    post: post_ref(post),
                    opened_by: Actor::Bot,
                    opened_at: now,
                    rule: source.rule.clone(),
                    grounds: None,
                    counts: false,
                    state: outcome.state,
                    decided_by: None,
                    drawn: Some(by),
                    spared: None,
                };
                let reference = tx.open_case(group, &new, &snapshot()).await?;
                let case = tx.case(group, reference).await?.ok_or(CaseworkError::Vanished(reference))?;
                (case, outcome)
            }
            (Decision::Escalate(outcome), Some(case)) => {
                tx.replace_snapshot(group, case.reference, &snapshot()).await?;
                let rule = source.rule.clone();
                let post = post_ref(post);
                let drawn = Some(by);
                (Case { post, rule, counts: false, decided_by: None, drawn, ..case }, outcome)
            }
            (Decision::Nothing | Decision::Escalate(_) | Decision::Again, _) => return Ok(false),
        };
        let step = Step { actor: Actor::Bot, event: Event::Drawn { by }, reason: None, now };
        self.carry_out(tx, in_force, case, &outcome, &step).await?;
        Ok(true)
    }
}

/// Traces of removed posts, by their case and revision.
pub(crate) type Traces = HashMap<(Reference, u32), Trace>;

/// A removed post with its words.
struct Source {
    case: Case,
    words: MessageText,
}

impl Source {
    fn draw(&self, in_force: &InForce, post: &Post) -> Drawn {
        let answers = post.answers.as_ref() == Some(&self.case.post.id);
        in_force.charter.procedure.cascade.draw(&self.words, post, answers)
    }
}

/// Whether a post quotes: as the platform tells, or with the mark that people type in front.
fn quotes(post: &Post) -> bool {
    post.surfaces.iter().any(|surface| match surface.kind {
        SurfaceKind::Quotation => true,
        SurfaceKind::Body => surface.text.expose().lines().any(|line| line.trim_start().starts_with('>')),
        SurfaceKind::Name => false,
    })
}

/// Members' posts in a channel that came after the removed one.
///
/// A channel that the bot may not read holds up nothing but its own: that of the removed post.
async fn later_posts(
    platform: &dyn Outbound,
    group: &GroupId,
    removed: &Case,
    channel: &ChannelId,
) -> Result<Vec<Post>, DeliveryError> {
    match platform.after(group, channel, &removed.post.id, AFTER_MAX).await {
        Err(DeliveryError::Gone) => Ok(Vec::new()),
        Err(DeliveryError::Forbidden) if *channel != removed.post.channel => {
            tracing::warn!("a channel cannot be read for posts that went along");
            Ok(Vec::new())
        }
        posts => posts,
    }
}

fn likeness(drawn: Drawn) -> Option<Likeness> {
    match drawn {
        Drawn::Goes(likeness) | Drawn::Offered(likeness) => Some(likeness),
        Drawn::Stays => None,
    }
}
