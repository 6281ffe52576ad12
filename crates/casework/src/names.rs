//! Names that may stand in somebody's words, from wherever they can be known: the ledger, the roster, the platform.

use std::collections::BTreeSet;

use ledger::Link;
use policy::{MemberId, Role};

use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;

/// How many members' names are read from the texts of their cases at most, the newest first.
const CASE_NAMES_MAX: u32 = 1000;

/// Names that may stand in somebody's words: accounts, and the names that members go by.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Whose name it is, and the name.
    pub(crate) names: Vec<(MemberId, String)>,
    /// Those of whom the ledger knows for no other reason than that they reported something. Whoever wrote their name
    /// knows it; that it is covered would tell them the rest.
    pub(crate) reporters: Vec<MemberId>,
}

impl Casework {
    /// Every name that may stand in somebody's words.
    pub(crate) async fn known_names(&self, in_force: &InForce) -> Result<Known, CaseworkError> {
        let charter = &in_force.charter;
        let group = &charter.group;
        let mut accounts = self.ledger.members(group).await?;
        for role in Role::ALL {
            accounts.extend(charter.roster.holders(*role).cloned());
        }
        let duties = &charter.duties;
        let duties = [&duties.alternate, &duties.safeguarding, &duties.legal];
        accounts.extend(duties.into_iter().flatten().cloned());
        for Link { accounts: (one, other), said_by, .. } in self.ledger.links(group).await? {
            accounts.extend([one, other, said_by]);
        }
        let mut names: Vec<_> =
            accounts.into_iter().map(|account| (account.clone(), account.as_str().to_owned())).collect();
        for (member, name) in self.ledger.names_in_cases(group, CASE_NAMES_MAX).await? {
            names.push((member, name.expose().to_owned()));
        }
        // At the machine of the bot, copies are taken without a platform.
        if let Some(platform) = self.platforms.get(group) {
            match platform.members(group).await {
                Ok(members) => {
                    for (member, name) in members {
                        names.push((member.clone(), member.as_str().to_owned()));
                        names.push((member, name.expose().to_owned()));
                    }
                }
                // What the ledger knows is covered all the same.
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the platform does not tell what members are called"
                    );
                }
            }
        }
        let known: BTreeSet<_> = names.iter().map(|(member, _)| member).collect();
        let reporters = self.ledger.reporters(group).await?;
        let reporters = reporters.into_iter().filter(|reporter| !known.contains(reporter)).collect();
        Ok(Known { names, reporters })
    }
}
