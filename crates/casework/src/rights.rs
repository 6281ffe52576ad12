//! Who may do what, in one place. A command's code asks for a [`Permit`], and only [`authorise`] makes one.

use policy::{MemberId, Role};

use crate::commands::{Command, Place};
use crate::in_force::InForce;

/// Whose command it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Every member's, about themselves.
    Member,
    /// Those who hold one of these offices, or one that includes it.
    Officers(&'static [Role]),
}

/// Says that somebody may run the command they gave, in the group in which they gave it.
pub(crate) struct Permit<'a> {
    who: &'a MemberId,
    in_force: &'a InForce,
}

impl<'a> Permit<'a> {
    /// Who runs the command.
    pub(crate) fn who(&self) -> &'a MemberId {
        self.who
    }

    /// What is in force in the group.
    pub(crate) fn in_force(&self) -> &'a InForce {
        self.in_force
    }
}

/// Why somebody may not run a command.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Denied {
    #[error("`{command}` needs the office of {}, which you do not hold. Nothing was changed.", either(.roles))]
    NotYourOffice { command: &'static str, roles: &'static [Role] },
    #[error("`{command}` is private: write it to me in a private message. Nothing was changed.")]
    OnlyInPrivate { command: &'static str },
    #[error(
        "`{command}` is for you alone, and officers read along here. Write it to me in a private message, or use it as a \
         command that only you see. Nothing was changed."
    )]
    OfficersReadAlong { command: &'static str },
}

/// Whether `who` may run `command` where they gave it.
pub(crate) fn authorise<'a>(
    command: &Command,
    who: &'a MemberId,
    place: Place,
    in_force: &'a InForce,
) -> Result<Permit<'a>, Denied> {
    let name = command.name();
    match command.audience() {
        Audience::Member => {}
        Audience::Officers(roles) if roles.iter().any(|role| in_force.charter.roster.holds(who, *role)) => {}
        Audience::Officers(roles) => return Err(Denied::NotYourOffice { command: name, roles }),
    }
    match place {
        Place::Command if command.only_in_private() => Err(Denied::OnlyInPrivate { command: name }),
        Place::WithOfficers if !command.may_be_read_along() => {
            Err(Denied::OfficersReadAlong { command: name })
        }
        Place::Command | Place::PrivateCommand | Place::Direct | Place::WithOfficers => {
            Ok(Permit { who, in_force })
        }
    }
}

fn either(roles: &[Role]) -> String {
    roles.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
}
