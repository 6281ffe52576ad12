//! The queue as it hangs where the officers talk: for all of them to read at once.

use async_trait::async_trait;
use platform::{Board, IntakeError};
use policy::{GroupId, Letter, Role};

use crate::desk::Casework;
use crate::error::CaseworkError;

#[async_trait]
impl Board for Casework {
    async fn board(&self, group: &GroupId) -> Result<Letter, IntakeError> {
        Ok(self.shown_to_all(group).await?)
    }
}

impl Casework {
    async fn shown_to_all(&self, group: &GroupId) -> Result<Letter, CaseworkError> {
        let in_force = self.in_force(group)?;
        let mut readers = Vec::new();
        for officer in in_force.charter.roster.holders(Role::Moderator) {
            readers.push(self.own_part(officer, group).await?);
        }
        self.waiting(&in_force, &readers).await
    }
}
