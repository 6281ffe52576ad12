//! Who is who in a group, and so who has a part in a matter under another account.

use policy::{GroupId, Persons};

use crate::desk::Casework;
use crate::error::CaseworkError;

impl Casework {
    /// Which accounts of a group belong to one person. Nothing links any yet.
    pub(crate) async fn persons(&self, _group: &GroupId) -> Result<Persons, CaseworkError> {
        Ok(Persons::default())
    }
}
