//! Who has a part in a matter, and who takes whose place: nobody sees or decides what they are part of.

use std::collections::BTreeSet;

use ledger::{File, Ledger, Transaction};
use policy::{About, Conflict, GroupId, MemberId, Parties, Persons, PostId, Reference, Role};

use crate::answers::RECORD_MAX;
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;

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
    /// In which files somebody has a part.
    pub(crate) async fn own_part(&self, who: &MemberId, group: &GroupId) -> Result<OwnPart, CaseworkError> {
        let persons = self.persons(group).await?;
        let mut files = BTreeSet::new();
        for account in persons.accounts(who) {
            files.extend(self.ledger.files_of_part(group, account).await?);
        }
        Ok(OwnPart { who: who.clone(), persons, files })
    }

    /// Which accounts belong to one person.
    pub(crate) async fn persons(&self, group: &GroupId) -> Result<Persons, CaseworkError> {
        let links = self.ledger.links(group).await?;
        Ok(Persons::linked(
            links.into_iter().filter(|link| link.confirmed.is_some()).map(|link| link.accounts),
        ))
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
        parties.reporters = self.reporters(group, file).await?;
        Ok(parties)
    }

    /// Who brought what a file is about: the report itself, or reports of the posts it is about.
    async fn reporters(&self, group: &GroupId, file: &File) -> Result<Vec<MemberId>, CaseworkError> {
        let posts: Vec<PostId> = match file {
            File::Report(report) => {
                return Ok(self.ledger.reporter(group, report.reference).await?.into_iter().collect());
            }
            File::Case(case) => vec![case.post.id.clone()],
            File::Sanction(sanction) => {
                let mut posts = Vec::new();
                for &reference in &sanction.basis {
                    let case = self.ledger.case(group, reference).await?;
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
