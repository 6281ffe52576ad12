//! Locks of which everything has one of its own: whoever waits for one waits for nobody else.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

/// See the module. They stay, so that there are to be few of what they are for.
pub(crate) struct Locks<K>(Mutex<BTreeMap<K, Arc<tokio::sync::Mutex<()>>>>);

impl<K> Default for Locks<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K> fmt::Debug for Locks<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Locks")
    }
}

impl<K: Ord + Clone> Locks<K> {
    /// Waits for the lock of one of them.
    pub(crate) async fn lock(&self, of: &K) -> OwnedMutexGuard<()> {
        let lock = {
            let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(locks.entry(of.clone()).or_default())
        };
        lock.lock_owned().await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use fake_discord::{Fault, Intents, Matcher, Person};
    use platform::fake::effect;
    use platform::{Action, Outbound, Receipt};
    use policy::{GroupId, Letter, MemberId};

    use super::*;
    use crate::bed::{Bed, TestPace, branch, within};

    #[tokio::test]
    async fn each_has_a_lock_of_its_own() {
        let locks = Locks::default();
        let one = locks.lock(&1).await;
        let _other = within(locks.lock(&2)).await;
        let again = locks.lock(&1);
        tokio::pin!(again);
        tokio::select! {
            biased;
            _ = &mut again => panic!("it is held"),
            () = std::future::ready(()) => {}
        }
        drop(one);
        let _again = within(again).await;
    }

    /// What is stalled, and what waits for it.
    type Stalls<'a> = (Matcher, &'a dyn Fn(&Person) -> Action);

    fn member(person: &Person) -> MemberId {
        MemberId::new(person.id.to_string()).unwrap()
    }

    fn does(hands: &Arc<dyn Outbound>, action: Action) -> tokio::task::JoinHandle<Receipt> {
        let hands = Arc::clone(hands);
        tokio_util::task::TaskTracker::new()
            .spawn(async move { hands.apply(effect(1), &action).await.expect("it is done") })
    }

    #[tokio::test]
    async fn what_takes_long_in_one_group_holds_up_no_other() {
        let bed = Bed::with(Intents::PRIVILEGED, TestPace::jumping(), 2).await;
        let otto = bed.others[0].member("otto");
        let other = GroupId::new("other-1").unwrap();
        let [here, there] = [branch(), other].map(|group| bed.account.outbound(&group).expect("a group"));
        let exclude = |whom: &Person| Action::Exclude { member: member(whom), until: None };
        let letter = Letter::line("A notice.");
        let write = |to: &Person| Action::DirectWithOfficers {
            to: member(to),
            officers: Vec::new(),
            letter: letter.clone(),
        };
        let rows: [Stalls<'_>; 2] = [
            (Matcher::of("PUT", &format!("/guilds/{}/bans/", bed.guild.id)), &exclude),
            (Matcher::of("POST", &format!("/channels/{}/threads", bed.general)), &write),
        ];
        // Whoever is excluded can be written to no more.
        for (stalled, action) in rows.into_iter().rev() {
            bed.discord.fail(stalled, Fault::Hold);
            let slow = does(&here, action(&bed.anna));
            within(async {
                while !bed.discord.has_failed() {
                    tokio::task::yield_now().await;
                }
            })
            .await;
            assert_eq!(within(does(&there, action(&otto))).await.unwrap(), Receipt::Done);
            assert!(!slow.is_finished());
            bed.discord.let_go();
            assert_eq!(within(slow).await.unwrap(), Receipt::Done);
        }
    }
}
