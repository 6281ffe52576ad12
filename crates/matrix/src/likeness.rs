//! Names that would be taken for an officer's.

use matrix_sdk::Room;
use matrix_sdk::ruma::UserId;
use policy::{GroupId, MemberId};

use crate::account::{Shared, user};

impl Shared {
    /// Whether a member goes by a name that is an officer's, and not theirs.
    pub(crate) async fn wears_name_of_officer(
        &self,
        group: &GroupId,
        room: &Room,
        member: &MemberId,
        name: &str,
    ) -> bool {
        let officers = self.groups.get(group).map(|group| group.officers.all()).unwrap_or_default();
        // One officer who goes by another's name deceives as well; their own is theirs.
        for officer in officers.iter().filter(|officer| *officer != member) {
            let Some(account) = user(officer) else { continue };
            let called = self.name(room, officer).await;
            if is_like(name, &account, called.expose()) {
                return true;
            }
        }
        false
    }
}

/// Whether `name` is that of the officer of an account who is `called` something, or holds the account.
fn is_like(name: &str, account: &UserId, called: &str) -> bool {
    let name = folded(name);
    let whole = folded(account.as_str());
    // Somebody without a name is called by their account; an empty one is no likeness.
    let own = [folded(account.localpart()), folded(called)];
    name.contains(&whole) || own.iter().any(|own| !own.is_empty() && *own == name)
}

fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use matrix_sdk::ruma::user_id;

    use super::*;

    #[test]
    fn a_name_is_like_an_officers_when_it_could_be_taken_for_it() {
        let rows = [
            ("Mo Green", true),
            ("  mo GREEN ", true),
            ("mo", true),
            ("MO ", true),
            ("@mo:b.example", true),
            ("Moderator (@Mo:B.example)", true),
            ("Mo Greene", false),
            ("Moira", false),
            ("the real mo", false),
            ("", false),
            ("@mo:b.exam", false),
        ];
        for (name, want) in rows {
            assert_eq!(is_like(name, user_id!("@mo:b.example"), "Mo Green"), want, "{name}");
        }
        assert!(!is_like(" ", user_id!("@mo:b.example"), " "), "no name is nobody's");
    }
}
