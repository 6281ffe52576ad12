//! What came of looking whether everything is in place that a group needs. `beadle doctor` shows it, and officers are told of
//! it when it stops being right; see `policy::checkup`.

use policy::GroupId;
pub use policy::checkup::{Check, Standing};

/// One thing that was looked at.
///
/// It holds nobody's words and no secret. What names people or places on the machine stands in [`Finding::details`] alone,
/// which are shown to whoever looks after the machine and kept nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which.
    pub check: Check,
    /// Of what.
    pub of: Of,
    /// Which channel, room or option of it, where there are several: with the check, its name from one look to the next.
    pub subject: Option<String>,
    /// How it stands.
    pub standing: Standing,
    /// What is so, as a part of a sentence.
    pub said: String,
    /// What there is to do, where it is not right.
    pub remedy: Option<String>,
    /// The accounts and files that it is about.
    pub details: Vec<String>,
}

/// Of what something was found.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Of {
    /// The machine, and what is the same for all groups.
    Machine,
    /// An account that serves groups.
    Account {
        /// On which platform, by its name in the configuration.
        on: &'static str,
        /// What the operator calls it.
        id: String,
    },
    /// A group.
    Group(GroupId),
}

impl Finding {
    /// Something that is as it should be.
    pub fn right(check: Check, of: Of, said: impl Into<String>) -> Self {
        let (said, standing) = (said.into(), Standing::Right);
        Self { check, of, subject: None, standing, said, remedy: None, details: Vec::new() }
    }

    /// Something that may be meant so, with what to do where it is not.
    pub fn attention(check: Check, of: Of, said: impl Into<String>, remedy: impl Into<String>) -> Self {
        let remedy = Some(remedy.into());
        Self { standing: Standing::Attention, remedy, ..Self::right(check, of, said) }
    }

    /// Something that is wrong, with what to do.
    pub fn wrong(check: Check, of: Of, said: impl Into<String>, remedy: impl Into<String>) -> Self {
        let remedy = Some(remedy.into());
        Self { standing: Standing::Wrong, remedy, ..Self::right(check, of, said) }
    }

    /// The same of one of several.
    #[must_use]
    pub fn about(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// The same with what is to be seen at the machine alone.
    #[must_use]
    pub fn detailing(mut self, details: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.details.extend(details.into_iter().map(Into::into));
        self
    }

    /// The same, where it matters no more than that.
    #[must_use]
    pub fn no_worse_than(mut self, standing: Standing) -> Self {
        self.standing = self.standing.min(standing);
        self
    }

    /// What of a group it is told by from one look to the next.
    pub fn subject(&self) -> &str {
        self.subject.as_deref().unwrap_or_default()
    }
}
