//! Nothing of a file is shown to an officer that is not on record: who, under which office, when.

use ledger::Access;
use policy::{MemberId, Reference, Role, Roster};

use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::rights::Permit;

impl Casework {
    /// Puts on record that somebody looks into these files. When it fails, they are not shown.
    pub(crate) async fn opens(
        &self,
        permit: &Permit<'_>,
        files: &[Reference],
        way: Access,
    ) -> Result<(), CaseworkError> {
        let charter = &permit.in_force().charter;
        let Some(role) = office(&charter.roster, permit.who()) else { return Ok(()) };
        let now = self.now();
        let mut tx = self.ledger.begin().await?;
        for &file in files {
            tx.log_access(&charter.group, file, permit.who(), role, way, now).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// The office under which somebody acts: the most of those they hold. The Executive's is theirs who have no other.
pub(crate) fn office(roster: &Roster, who: &MemberId) -> Option<Role> {
    let offices = [Role::Secretary, Role::Admin, Role::Moderator, Role::Executive];
    offices.into_iter().find(|role| roster.offices(who).any(|held| held == *role))
}
