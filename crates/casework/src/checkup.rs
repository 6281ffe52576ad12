//! Whether everything is in place that a group needs, looked at regularly: officers are told when something stops being right,
//! and when it is right again. When that is, `policy::checkup` says; what is told of in a way of its own is not told here.

use std::collections::BTreeMap;

use ledger::{Checked, Effect};
use platform::DeliveryError;
use platform::checkup::{Check, Finding, Of, Standing};
use policy::checkup::Watched;
use policy::{Event, GroupId, Letter};

use crate::desk::Casework;
use crate::error::CaseworkError;

/// What there is to do about what officers cannot mend.
const WHO_HELPS: &str = "Whoever runs me finds what there is to do with beadle doctor.";

impl Casework {
    /// Looks whether everything is in place for a group on its platform, takes in what was `found` besides, and tells the
    /// officers of what is not as before, all in one letter. Whether the platform could be asked; otherwise nothing is taken
    /// in, so that what is told first is whole.
    ///
    /// # Errors
    /// When the group is not served, or the ledger cannot be read or written.
    pub async fn check_up(&self, group: &GroupId, found: Vec<Finding>) -> Result<bool, CaseworkError> {
        let mut findings = match self.platform(group)?.check_up(group).await {
            Ok(findings) => findings,
            // That a platform cannot be reached is told in its own way.
            Err(error) => {
                if !matches!(error, DeliveryError::RateLimited(_) | DeliveryError::NotYet(_)) {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the platform could not be asked whether everything is in place; it is tried again"
                    );
                }
                return Ok(false);
            }
        };
        findings.extend(found);
        let canary = self.in_force(group)?.charter.procedure.canary;
        findings.extend(self.look_at_canary(group, canary));
        self.take_findings(group, findings).await?;
        Ok(true)
    }

    async fn take_findings(&self, group: &GroupId, findings: Vec<Finding>) -> Result<(), CaseworkError> {
        let in_force = self.in_force(group)?;
        let now = self.now();
        let before = self.ledger.checked(group).await?;
        let changes = changes(&before, to_tell(findings));
        if changes.is_nothing() {
            return Ok(());
        }
        let mut tx = self.ledger.begin().await?;
        let is_news = changes.kept.iter().any(|(_, is_news)| *is_news);
        let look = if is_news { Some(tx.next_look(group).await?) } else { None };
        for (checked, is_news) in &changes.kept {
            tx.keep_checked(group, checked, look.filter(|_| *is_news), now).await?;
        }
        for (check, subject) in &changes.gone {
            tx.forget_checked(group, *check, subject).await?;
        }
        if let Some(look) = look {
            self.say_of_group(&mut tx, &in_force, Event::CheckedUp { look }, now).await?;
        }
        tx.commit().await?;
        if look.is_some() {
            self.recorded.notify_one();
        }
        Ok(())
    }

    /// What officers are told of that; nothing for other events.
    pub(crate) async fn news_of_checkup(
        &self,
        effect: &Effect,
        event: Event,
    ) -> Result<Option<Letter>, CaseworkError> {
        let Event::CheckedUp { look } = event else { return Ok(None) };
        let told = self.ledger.told_with(&effect.group, look).await?;
        Ok(Some(letter(&effect.file.to_string(), &told)))
    }
}

/// What is looked at for a group by its name, the worst where it was found more than once; without what is told elsewhere.
fn to_tell(findings: Vec<Finding>) -> BTreeMap<(Check, String), Finding> {
    let mut by_name = BTreeMap::<_, Finding>::new();
    for finding in findings.into_iter().filter(|finding| !finding.check.is_told_elsewhere()) {
        let name = (finding.check, finding.subject().to_owned());
        match by_name.get_mut(&name) {
            Some(known) if known.standing >= finding.standing => {}
            Some(known) => *known = finding,
            None => drop(by_name.insert(name, finding)),
        }
    }
    by_name
}

/// What is other than it was.
#[derive(Debug, Default, PartialEq, Eq)]
struct Changes {
    /// What stands otherwise now or is known for the first time, and whether officers are told of it.
    kept: Vec<(Checked, bool)>,
    /// What is not there to be looked at any more.
    gone: Vec<(Check, String)>,
}

impl Changes {
    fn is_nothing(&self) -> bool {
        self.kept.is_empty() && self.gone.is_empty()
    }
}

fn changes(before: &[Checked], found: BTreeMap<(Check, String), Finding>) -> Changes {
    let known: BTreeMap<_, _> =
        before.iter().map(|checked| ((checked.check, checked.subject.as_str()), checked)).collect();
    let mut changes = Changes::default();
    for checked in before {
        // What was not looked at this time may be there all the same.
        let is_looked_at = found.keys().any(|(check, _)| *check == checked.check);
        if is_looked_at && !found.contains_key(&(checked.check, checked.subject.clone())) {
            changes.gone.push((checked.check, checked.subject.clone()));
        }
    }
    for ((check, subject), finding) in found {
        let before = known.get(&(check, subject.as_str())).map(|checked| checked.watched);
        let (watched, is_news) = Watched::after(before, finding.standing);
        if before == Some(watched) {
            continue;
        }
        // What there is to do at the machine, or about an account, is read there, and so is whom it is about.
        let remedy = finding.remedy.filter(|_| matches!(finding.of, Of::Group(_)));
        let remedy = remedy.map(|remedy| match finding.details.is_empty() {
            true => remedy,
            false => format!("{remedy}; beadle doctor names them"),
        });
        changes.kept.push((Checked { check, subject, watched, said: finding.said, remedy }, is_news));
    }
    changes
}

/// `B-0001 Not everything is as I need it to be:` and what; nothing where nothing is left to be told.
fn letter(file: &str, told: &[Checked]) -> Letter {
    let (right, amiss): (Vec<_>, Vec<_>) =
        told.iter().partition(|checked| checked.watched.standing == Standing::Right);
    let mut letter = Letter::default();
    if !amiss.is_empty() {
        letter = letter.text(format!("{file} Not everything is as I need it to be:"));
    }
    for checked in &amiss {
        letter = letter.text(match &checked.remedy {
            Some(remedy) => format!("{}. What to do: {remedy}.", sentence(&checked.said)),
            None => format!("{}.", sentence(&checked.said)),
        });
    }
    if amiss.iter().any(|checked| checked.remedy.is_none()) {
        letter = letter.text(WHO_HELPS);
    }
    if !right.is_empty() {
        letter = letter.text(format!("{file} This is as I need it to be again:"));
    }
    right.iter().fold(letter, |letter, checked| letter.text(format!("{}.", sentence(&checked.said))))
}

/// A part of a sentence as a whole one, but for its end.
fn sentence(part: &str) -> String {
    let mut letters = part.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
