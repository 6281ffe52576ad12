//! What somebody may mean who is typing a command: of what waits for them, and of what is theirs.

use async_trait::async_trait;
use platform::{CHOICES_MAX, Choice, IntakeError, Sought, Suggest};
use policy::{GroupId, MemberId, Reference};

use crate::commands::{Command, Place};
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::letters;
use crate::reports::words as report_words;
use crate::rights::{Permit, authorise};

#[async_trait]
impl Suggest for Casework {
    async fn suggest(
        &self,
        group: &GroupId,
        to: &MemberId,
        sought: Sought,
        typed: &str,
    ) -> Result<Vec<Choice>, IntakeError> {
        let mut choices = match sought {
            Sought::Reference => self.files_waiting_for(group, to).await?,
            Sought::Rule => self.rules_by_code(group)?,
        };
        let typed = typed.trim().to_lowercase();
        choices.retain(|choice| choice.label.to_lowercase().contains(&typed));
        choices.truncate(CHOICES_MAX);
        Ok(choices)
    }
}

impl Casework {
    fn rules_by_code(&self, group: &GroupId) -> Result<Vec<Choice>, CaseworkError> {
        let in_force = self.in_force(group)?;
        let rules = in_force.charter.rulebook.rules().iter();
        let choice =
            |code: &str, title: &str| Choice { value: code.to_owned(), label: format!("{code}: {title}") };
        Ok(rules.map(|rule| choice(&rule.code, &rule.title)).collect())
    }

    /// What lists would show to somebody, if they may ask for them; for whoever holds no office, what they may appeal.
    async fn files_waiting_for(&self, group: &GroupId, to: &MemberId) -> Result<Vec<Choice>, CaseworkError> {
        let in_force = self.in_force(group)?;
        let now = self.now();
        let may = |command: Command| authorise(&command, to, Place::Command, &in_force).ok();
        let mut files = Vec::new();
        if let Some(permit) = may(Command::Proposals) {
            let waiting = self.proposals_for(&permit).await?;
            files.extend(waiting.iter().map(|it| named(it.reference, letters::sanction(it, &in_force))));
        }
        if let Some(permit) = may(Command::Appeals) {
            let waiting = self.appeals_for(&permit).await?;
            let line = |(file, appeal): &(_, _)| letters::appeal(file, appeal, &in_force, now);
            files.extend(waiting.iter().map(|it| named(it.0.reference(), line(it))));
        }
        if let Some(permit) = may(Command::Queue) {
            let waiting = self.queue_for(&permit).await?;
            files.extend(waiting.iter().map(|it| named(it.reference, letters::summary(it, &in_force, now))));
        }
        if let Some(permit) = may(Command::Reports) {
            let waiting = self.reports_for(&permit).await?;
            files.extend(
                waiting.iter().map(|it| named(it.reference, report_words::summary(it, &in_force, now))),
            );
        }
        if let Some(permit) = may(Command::Help) {
            files.extend(self.own_files(&permit).await?);
        }
        let mut seen = std::collections::HashSet::new();
        files.retain(|choice| seen.insert(choice.value.clone()));
        Ok(files)
    }

    /// What somebody was sent a notice about, newest first.
    async fn own_files(&self, permit: &Permit<'_>) -> Result<Vec<Choice>, CaseworkError> {
        let charter = &permit.in_force().charter;
        let most = u32::try_from(CHOICES_MAX).unwrap_or(u32::MAX);
        let notices = self.ledger.notices_to(&charter.group, permit.who(), most).await?;
        let line = |record: &ledger::NoticeRecord| {
            let (reference, on) = (record.notice.reference, record.notice.written_at.long_date(charter.zone));
            named(reference, format!("{reference} I wrote to you about this on {on}"))
        };
        Ok(notices.iter().map(line).collect())
    }
}

fn named(reference: Reference, label: String) -> Choice {
    Choice { value: reference.to_string(), label }
}
