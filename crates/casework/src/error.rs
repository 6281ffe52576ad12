//! What can go wrong that is nobody's answer: the ledger, or the lists.

use ledger::LedgerError;
use platform::IntakeError;
use policy::GroupId;

use crate::in_force::LoadError;

/// Something could not be dealt with. Refusals to people are answers, not errors.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaseworkError {
    /// The ledger could not be read or written.
    #[error("the ledger could not be read or written")]
    Ledger(#[from] LedgerError),
    /// An adapter spoke of a group that is not configured.
    #[error("the group {} is not configured", .0.as_str())]
    UnknownGroup(GroupId),
    /// The platform could not tell what a post says.
    #[error("the platform could not be asked about the post")]
    Unreadable(#[source] platform::DeliveryError),
    /// The ledger lost a file that was there a moment ago.
    #[error("the file {0} is not in the ledger")]
    Vanished(policy::Reference),
    /// A record could not be put into JSON.
    #[error("a record could not be put into JSON")]
    Unwritten,
    /// A notice could not be put into words.
    #[error(transparent)]
    Unwritable(#[from] policy::notice::Unwritable),
    /// Wordlists or configuration are broken.
    #[error(transparent)]
    Load(#[from] LoadError),
}

impl From<CaseworkError> for IntakeError {
    fn from(error: CaseworkError) -> Self {
        Self(Box::new(error))
    }
}
