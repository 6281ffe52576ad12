//! Accounts that somebody named: nothing is put on record about one that nobody has.

use platform::Account;
use policy::MemberId;

use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;

/// What goes with an answer where the platform cannot tell whether somebody has that account.
pub(crate) const UNTOLD: &str =
    " I cannot tell whether anybody has that account: please look how it is written.";

impl Casework {
    /// Whether somebody has the account that was named: an officer, somebody of whom something is kept, or a member as the
    /// platform knows them. Asked before the ledger is held, so that a slow platform holds up nobody.
    pub(crate) async fn named(
        &self,
        in_force: &InForce,
        member: &MemberId,
    ) -> Result<Account, CaseworkError> {
        let charter = &in_force.charter;
        if charter.roster.offices(member).next().is_some()
            || self.ledger.names(&charter.group, member).await?
        {
            return Ok(Account::Known);
        }
        // Somebody is muted although the platform is not to be asked just now.
        Ok(self.platform(&charter.group)?.account(&charter.group, member).await.unwrap_or(Account::Untold))
    }
}

/// What is said of an account that nobody has.
pub(crate) fn nobody(member: &MemberId) -> String {
    format!("Nobody in this group has the account {}. Please look how it is written.", member.as_str())
}
