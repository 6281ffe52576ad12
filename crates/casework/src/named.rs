//! Accounts that somebody named: nothing is put on record about one that nobody has.

use platform::Account;
use policy::{Letter, MemberId};

use crate::answers::refuse;
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;

/// What goes with an answer where the platform cannot tell whether somebody has that account.
const UNTOLD: &str = " I cannot tell whether anybody has that account: please look how it is written.";

impl Casework {
    /// What is to be added to an answer about an account that was named, or why nothing is done: nobody has it.
    ///
    /// Somebody has it who is an officer, of whom something is kept, or who is a member as the platform knows them. Asked
    /// before the ledger is held, so that a slow platform holds up nobody.
    pub(crate) async fn named(
        &self,
        in_force: &InForce,
        member: &MemberId,
    ) -> Result<Result<&'static str, Letter>, CaseworkError> {
        let charter = &in_force.charter;
        if charter.roster.offices(member).next().is_some()
            || self.ledger.names(&charter.group, member).await?
        {
            return Ok(Ok(""));
        }
        Ok(match self.platform(&charter.group)?.account(&charter.group, member).await {
            Ok(Account::Known) => Ok(""),
            // Somebody is muted although the platform is not to be asked just now.
            Ok(Account::Untold) | Err(_) => Ok(UNTOLD),
            Ok(Account::Nobody) => Err(refuse(format_args!(
                "Nobody in this group has the account {}. Please look how it is written.",
                member.as_str()
            ))),
        })
    }
}
