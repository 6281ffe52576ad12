//! What help lacks for whoever asks for it among people: how commands begin there. Its answer comes in private, where they
//! begin with nothing.

use std::sync::Arc;

use async_trait::async_trait;
use platform::{Inbound, Intake, IntakeError, Position};
use policy::{ChannelId, GroupId, Letter, PostId};

const HINT: &str = "In the officers' room, each of these begins with `!beadle`, as in `!beadle help`. Here it does not have to.";

/// Hands everything on, and adds to help what it lacks.
pub(crate) struct Helping(pub(crate) Arc<dyn Intake>);

#[async_trait]
impl Intake for Helping {
    async fn take(&self, inbound: Inbound) -> Result<Option<Letter>, IntakeError> {
        let is_help = matches!(&inbound, Inbound::Command { line, .. } if line.expose().trim() == "help");
        let answer = self.0.take(inbound).await?;
        Ok(answer.map(|letter| if is_help { letter.text(HINT) } else { letter }))
    }

    async fn settle(&self) -> Result<(), IntakeError> {
        self.0.settle().await
    }

    async fn positions(&self, group: &GroupId) -> Result<Vec<(ChannelId, Position)>, IntakeError> {
        self.0.positions(group).await
    }

    async fn unread(&self, group: &GroupId) -> Result<Vec<(ChannelId, PostId)>, IntakeError> {
        self.0.unread(group).await
    }
}

#[cfg(test)]
mod tests {
    use policy::{MemberId, MessageText};

    use super::*;

    /// Answers everything with one line.
    struct Answering;

    #[async_trait]
    impl Intake for Answering {
        async fn take(&self, _inbound: Inbound) -> Result<Option<Letter>, IntakeError> {
            Ok(Some(Letter::line("answer")))
        }

        async fn settle(&self) -> Result<(), IntakeError> {
            Ok(())
        }

        async fn positions(&self, _group: &GroupId) -> Result<Vec<(ChannelId, Position)>, IntakeError> {
            Ok(Vec::new())
        }

        async fn unread(&self, _group: &GroupId) -> Result<Vec<(ChannelId, PostId)>, IntakeError> {
            Ok(Vec::new())
        }
    }

    #[tokio::test]
    async fn only_help_that_was_asked_for_among_people_says_how_commands_begin_there() {
        let group = || GroupId::new("group").unwrap();
        let from = || MemberId::new("@asha:b.example").unwrap();
        let command = |line: &str| Inbound::Command {
            group: group(),
            from: from(),
            line: MessageText::new(line),
            is_private: false,
            noted: None,
        };
        let direct = Inbound::Direct {
            group: group(),
            from: from(),
            text: MessageText::new("help"),
            with_officers: false,
            noted: None,
        };
        let plain = Letter::line("answer");
        let rows =
            [(command("help"), plain.clone().text(HINT)), (command("queue"), plain.clone()), (direct, plain)];
        for (inbound, want) in rows {
            assert_eq!(Helping(Arc::new(Answering)).take(inbound).await.unwrap(), Some(want));
        }
    }
}
