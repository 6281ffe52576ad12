//! Who has a part in a matter, and who takes whose place: nobody sees or decides what they are part of.

use std::collections::BTreeSet;

use ledger::{Effect, File, FileKind, Ledger, Link, Transaction};
use policy::{
    About, Case, Conflict, GroupId, Letter, MemberId, Parties, Persons, PostId, Reference, Role,
    SanctionState, Strike, Timestamp,
};

use crate::answers::{RECORD_MAX, refuse};
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;
use crate::rights::Permit;

/// Where is looked: in what is recorded, or in what a transaction is about to record.
pub(crate) enum View<'a> {
    Ledger(&'a Ledger),
    Transaction(&'a mut Transaction),
}

impl View<'_> {
    async fn part_in(
        &mut self,
        group: &GroupId,
        file: Reference,
    ) -> Result<(Vec<MemberId>, Vec<MemberId>), CaseworkError> {
        Ok(match self {
            Self::Ledger(ledger) => ledger.part_in(group, file).await?,
            Self::Transaction(tx) => tx.part_in(group, file).await?,
        })
    }

    pub(crate) async fn case(
        &mut self,
        group: &GroupId,
        case: Reference,
    ) -> Result<Option<Case>, CaseworkError> {
        Ok(match self {
            Self::Ledger(ledger) => ledger.case(group, case).await?,
            Self::Transaction(tx) => tx.case(group, case).await?,
        })
    }
}

/// In which files an officer has a part, for lists that are not to show them those.
pub(crate) struct OwnPart {
    who: MemberId,
    persons: Persons,
    files: BTreeSet<Reference>,
}

impl OwnPart {
    /// Whether the officer has a part in this file.
    pub(crate) fn is_in(&self, file: Reference, subject: Option<&MemberId>) -> bool {
        subject.is_some_and(|subject| self.persons.same(subject, &self.who)) || self.files.contains(&file)
    }
}

impl Casework {
    /// In which files somebody has a part, whatever part, under whichever of their accounts.
    pub(crate) async fn own_part(&self, who: &MemberId, group: &GroupId) -> Result<OwnPart, CaseworkError> {
        let persons = self.persons(group).await?;
        let mut files = BTreeSet::new();
        for account in persons.accounts(who) {
            files.extend(self.ledger.files_of_part(group, account).await?);
            files.extend(self.ledger.files_about(group, account).await?.into_iter().map(|file| file.file));
            let about = self.ledger.reports_about(group, account, RECORD_MAX).await?;
            files.extend(about.into_iter().map(|report| report.reference));
            for report in self.ledger.reports_by(group, account).await? {
                files.insert(report.reference);
                // Whoever reported a post has a part in its case, and in what rests on that.
                let About::Post { post, .. } = &report.about else { continue };
                if let Some(case) = self.ledger.case_of_post(group, post).await? {
                    files.insert(case.reference);
                    files.extend(self.ledger.sanctions_on(group, case.reference).await?);
                }
            }
        }
        Ok(OwnPart { who: who.clone(), persons, files })
    }

    /// The file an officer means, as a transaction has it, if they may see and decide it; or why not.
    ///
    /// A report that is not theirs to see is to them as if there were none.
    pub(crate) async fn theirs(
        &self,
        tx: &mut Transaction,
        permit: &Permit<'_>,
        reference: Reference,
    ) -> Result<Result<File, Letter>, CaseworkError> {
        let in_force = permit.in_force();
        let group = &in_force.charter.group;
        let file = tx.file(group, reference).await?;
        let Some(file) = self.seen_by(permit.who(), in_force, file).await? else {
            return Ok(Err(refuse(format_args!("There is no file {reference} in this group."))));
        };
        let parties = self.parties_in(View::Transaction(tx), group, &file).await?;
        match parties.conflict(permit.who(), &self.persons(group).await?) {
            None => Ok(Ok(file)),
            Some(Conflict::Subject) => {
                Ok(Err(refuse("It is about you: nobody decides in their own matter. Ask another officer.")))
            }
            Some(part @ (Conflict::Reporter | Conflict::Target | Conflict::Declared)) => Ok(Err(refuse(
                format!("{reference}: you have a part in this matter ({part}), so others see and decide it."),
            ))),
        }
    }

    /// Why an officer is not to decide anything about a member: it is themselves, or they have a part in something that
    /// is open or counts against the member.
    pub(crate) async fn barred_from(
        &self,
        permit: &Permit<'_>,
        member: &MemberId,
        now: Timestamp,
    ) -> Result<Option<Letter>, CaseworkError> {
        let in_force = permit.in_force();
        let group = &in_force.charter.group;
        let part = self.own_part(permit.who(), group).await?;
        let barred = Some(refuse("You have a part in this matter, so others decide it."));
        if part.persons.same(permit.who(), member) {
            return Ok(barred);
        }
        for account in part.persons.accounts(member) {
            for file in self.ledger.files_about(group, account).await? {
                if part.files.contains(&file.file)
                    && (file.open || self.bears(in_force, file.kind, file.file, now).await?)
                {
                    return Ok(barred);
                }
            }
            let reports = self.ledger.reports_about(group, account, RECORD_MAX).await?;
            if reports.iter().any(|report| report.tier().is_some() && part.files.contains(&report.reference))
            {
                return Ok(barred);
            }
        }
        Ok(None)
    }

    /// Whether a closed file still counts against its member.
    async fn bears(
        &self,
        in_force: &InForce,
        kind: FileKind,
        file: Reference,
        now: Timestamp,
    ) -> Result<bool, CaseworkError> {
        let charter = &in_force.charter;
        Ok(match kind {
            FileKind::Case => {
                let months = charter.procedure.periods.strike_months;
                let counts = |strike: &Strike| strike.counts_at(now, months, charter.zone);
                let case = self.ledger.case(&charter.group, file).await?;
                case.and_then(|case| case.strike).is_some_and(|strike| counts(&strike))
            }
            FileKind::Sanction => self.ledger.sanction(&charter.group, file).await?.is_some_and(|sanction| {
                match sanction.state {
                    SanctionState::Declined | SanctionState::Withdrawn | SanctionState::Void => false,
                    SanctionState::Hearing { .. }
                    | SanctionState::Signing { .. }
                    | SanctionState::Unserved { .. }
                    | SanctionState::Live { .. }
                    | SanctionState::Ended { .. } => true,
                }
            }),
            // They hold what does not end.
            FileKind::Member | FileKind::Group => true,
            FileKind::Report => false,
        })
    }

    /// Which accounts belong to one person.
    pub(crate) async fn persons(&self, group: &GroupId) -> Result<Persons, CaseworkError> {
        Ok(known_at(&self.ledger.links(group).await?, Timestamp::from_millis(i64::MAX)))
    }

    /// Who has a part in a file, as it is recorded.
    pub(crate) async fn parties(&self, group: &GroupId, file: &File) -> Result<Parties, CaseworkError> {
        self.parties_in(View::Ledger(&self.ledger), group, file).await
    }

    /// Who has a part in a file, as it is seen from somewhere.
    pub(crate) async fn parties_in(
        &self,
        mut view: View<'_>,
        group: &GroupId,
        file: &File,
    ) -> Result<Parties, CaseworkError> {
        let mut parties = Parties { subject: file.subject().cloned(), ..Parties::default() };
        // Whoever has a part in what a sanction rests on has a part in the sanction.
        let basis = match file {
            File::Sanction(sanction) => sanction.basis.iter().copied().collect(),
            File::Case(_) | File::Report(_) | File::Member { .. } | File::Group { .. } => Vec::new(),
        };
        for reference in [file.reference()].into_iter().chain(basis) {
            let (declared, targets) = view.part_in(group, reference).await?;
            parties.declared.extend(declared);
            parties.targets.extend(targets);
        }
        parties.reporters = self.reporters(&mut view, group, file).await?;
        Ok(parties)
    }

    /// Who brought what a file is about: the report itself, or reports of the posts it is about.
    async fn reporters(
        &self,
        view: &mut View<'_>,
        group: &GroupId,
        file: &File,
    ) -> Result<Vec<MemberId>, CaseworkError> {
        let posts: Vec<PostId> = match file {
            File::Report(report) => {
                return Ok(self.ledger.reporter(group, report.reference).await?.into_iter().collect());
            }
            File::Case(case) => vec![case.post.id.clone()],
            File::Sanction(sanction) => {
                let mut posts = Vec::new();
                for &reference in &sanction.basis {
                    let case = view.case(group, reference).await?;
                    posts.extend(case.map(|case| case.post.id));
                }
                posts
            }
            File::Member { .. } | File::Group { .. } => return Ok(Vec::new()),
        };
        let Some(subject) = file.subject() else { return Ok(Vec::new()) };
        let mut reporters = Vec::new();
        for report in self.ledger.reports_about(group, subject, RECORD_MAX).await? {
            if matches!(&report.about, About::Post { post, .. } if posts.contains(post)) {
                reporters.extend(self.ledger.reporter(group, report.reference).await?);
            }
        }
        Ok(reporters)
    }

    /// The part that somebody has in a file, if they have one.
    pub(crate) async fn part_of(
        &self,
        who: &MemberId,
        group: &GroupId,
        file: &File,
    ) -> Result<Option<Conflict>, CaseworkError> {
        let parties = self.parties(group, file).await?;
        Ok(parties.conflict(who, &self.persons(group).await?))
    }

    /// The moderators who may read what a member is written in the place that they share: those who have a part neither in
    /// that matter nor in any other of the member's, for what was written there before stands there.
    pub(crate) async fn may_read_along(
        &self,
        effect: &Effect,
        to: &MemberId,
    ) -> Result<Vec<MemberId>, CaseworkError> {
        let in_force = self.in_force(&effect.group)?;
        let group = &in_force.charter.group;
        let parties = self.parties(group, &self.file_of(effect).await?).await?;
        let persons = self.persons(group).await?;
        let mut theirs = BTreeSet::from([effect.file]);
        for account in persons.accounts(to) {
            theirs.extend(self.ledger.files_about(group, account).await?.into_iter().map(|file| file.file));
            let about = self.ledger.reports_about(group, account, RECORD_MAX).await?;
            theirs.extend(about.into_iter().map(|report| report.reference));
        }
        let mut free = Vec::new();
        for officer in in_force.charter.roster.holders(Role::Moderator) {
            if persons.same(officer, to) || parties.conflict(officer, &persons).is_some() {
                continue;
            }
            if self.own_part(officer, group).await?.files.is_disjoint(&theirs) {
                free.push(officer.clone());
            }
        }
        Ok(free)
    }

    /// Who does what is the Secretary's in a matter: the Secretary, or the alternate where the Secretary has a part in
    /// it, or else the Executive.
    pub(crate) async fn secretary_for(
        &self,
        in_force: &InForce,
        parties: &Parties,
    ) -> Result<Vec<MemberId>, CaseworkError> {
        let charter = &in_force.charter;
        let persons = self.persons(&charter.group).await?;
        let free = |officer: &&MemberId| parties.conflict(officer, &persons).is_none();
        let in_turn: [Vec<MemberId>; 3] = [
            charter.roster.holders(Role::Secretary).filter(free).cloned().collect(),
            charter.duties.alternate.iter().filter(free).cloned().collect(),
            charter.roster.holders(Role::Executive).filter(free).cloned().collect(),
        ];
        Ok(in_turn.into_iter().find(|officers| !officers.is_empty()).unwrap_or_default())
    }
}

/// Some officers and others, each once.
pub(crate) fn together(
    mut officers: Vec<MemberId>,
    others: impl IntoIterator<Item = MemberId>,
) -> Vec<MemberId> {
    for other in others {
        if !officers.contains(&other) {
            officers.push(other);
        }
    }
    officers
}

/// Which accounts were known at an instant to be one person's.
pub(crate) fn known_at(links: &[Link], at: Timestamp) -> Persons {
    let known = |link: &&Link| link.confirmed.as_ref().is_some_and(|(_, confirmed_at)| *confirmed_at <= at);
    Persons::linked(links.iter().filter(known).map(|link| link.accounts.clone()))
}
