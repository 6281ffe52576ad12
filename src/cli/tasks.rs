//! The tasks of a program that serves groups, or one in the terminal. Each runs until it is asked to end, so one that ends
//! before is a fault: a bot that hears and records, and removes nothing any more, would be worse than none.

use std::collections::HashMap;
use std::pin::pin;

use anyhow::anyhow;
use tokio::task::{Id, JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use super::Failure;

/// How what hears came to its end.
#[cfg_attr(
    not(any(feature = "matrix", feature = "discord", test)),
    expect(dead_code, reason = "only accounts on chat platforms are listened to so")
)]
#[derive(Debug)]
pub(super) enum Heard {
    /// It was asked to.
    Stopped,
    /// It alone can go on no longer; others can.
    Over(Failure),
    /// Something broke.
    Broke(Failure),
}

/// What ends a stop before everything has ended by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hurry {
    /// It took as long as it may.
    TimeOver,
    /// Somebody wants it at once.
    AtOnce,
}

/// Why tasks did not end well.
#[derive(Debug)]
pub(super) enum Stopped {
    /// One of them failed.
    Failed(Failure),
    /// Somebody wanted it at once.
    AtOnce,
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// The tasks that run, each of which can be asked to end.
#[derive(Debug, Default)]
pub(super) struct Tasks {
    stop: CancellationToken,
    listening: JoinSet<Heard>,
    working: JoinSet<Result<(), Failure>>,
    /// What those that work do, for who reads of it.
    names: HashMap<Id, &'static str>,
}

impl Tasks {
    /// Has something heard until it is told to stop.
    #[cfg_attr(
        not(any(feature = "matrix", feature = "discord", test)),
        expect(dead_code, reason = "only accounts on chat platforms are listened to so")
    )]
    pub(super) fn listen<F>(&mut self, task: impl FnOnce(CancellationToken) -> F)
    where
        F: Future<Output = Heard> + Send + 'static,
    {
        self.listening.spawn(task(self.stop.clone()));
    }

    /// Has something done until it is told to stop.
    pub(super) fn work<F>(&mut self, name: &'static str, task: impl FnOnce(CancellationToken) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let task = task(self.stop.clone());
        self.watch(name, |_| async move {
            task.await;
            Ok(())
        });
    }

    /// The same of something that may find that nothing can go on.
    pub(super) fn watch<F>(&mut self, name: &'static str, task: impl FnOnce(CancellationToken) -> F)
    where
        F: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        let task = self.working.spawn(task(self.stop.clone()));
        self.names.insert(task.id(), name);
    }

    /// Lets them run until `asked` ends, and then has all of them end, those that hear first. What is not over when `hurry`
    /// ends is broken off.
    ///
    /// # Errors
    /// When one of them ended before it was asked to, or broke off while it ended, or somebody wanted it at once. The others
    /// have ended by then.
    pub(super) async fn run(
        mut self,
        asked: impl Future<Output = ()>,
        hurry: impl Future<Output = Hurry>,
    ) -> Result<(), Stopped> {
        let mut result = self.first_end(asked).await;
        self.stop.cancel();
        let hurried = tokio::select! {
            biased;
            () = self.end(&mut result) => None,
            hurried = hurry => Some(hurried),
        };
        // Dropped with their set, they go no further than where they wait.
        self.listening.shutdown().await;
        self.working.shutdown().await;
        // What failed is told, however it ended.
        result.map_err(Stopped::Failed)?;
        match hurried {
            Some(Hurry::AtOnce) => Err(Stopped::AtOnce),
            Some(Hurry::TimeOver) => {
                tracing::warn!("what was under way took too long: it is asked for again at the next start");
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Waits until all of them have ended. The first failure stands in `result`, also where this is not waited for.
    async fn end(&mut self, result: &mut Result<(), Failure>) {
        let mut learn = |ended: Result<(), Failure>| {
            if result.is_ok() {
                *result = ended;
            }
        };
        while let Some(ended) = self.listening.join_next().await {
            let ended = ended.map_err(|broke| broke_off("an account", broke));
            learn(ended.and_then(Heard::at_the_end));
        }
        while let Some(ended) = self.working.join_next_with_id().await {
            let ended = ended.map_err(|broke| broke_off(self.name(broke.id()), broke));
            learn(ended.and_then(|(_, ended)| ended));
        }
    }

    /// Waits until `asked`, or until something ends that makes it pointless to go on.
    async fn first_end(&mut self, asked: impl Future<Output = ()>) -> Result<(), Failure> {
        let mut asked = pin!(asked);
        loop {
            let ended = tokio::select! {
                () = &mut asked => return Ok(()),
                Some(ended) = self.working.join_next_with_id() => return Err(match ended {
                    Ok((id, Ok(()))) => ended_early(self.name(id)),
                    Ok((_, Err(failure))) => failure,
                    Err(broke) => broke_off(self.name(broke.id()), broke),
                }),
                Some(ended) = self.listening.join_next() => ended,
            };
            match ended {
                Ok(Heard::Over(_)) if !self.listening.is_empty() => {}
                Ok(Heard::Over(failure) | Heard::Broke(failure)) => return Err(failure),
                Ok(Heard::Stopped) => return Err(ended_early("an account")),
                Err(broke) => return Err(broke_off("an account", broke)),
            }
        }
    }

    fn name(&self, id: Id) -> &'static str {
        self.names.get(&id).copied().unwrap_or("a task")
    }
}

impl Heard {
    /// What is left to be told of it once everything ends.
    fn at_the_end(self) -> Result<(), Failure> {
        match self {
            Self::Stopped | Self::Over(_) => Ok(()),
            Self::Broke(failure) => Err(failure),
        }
    }
}

fn ended_early(name: &str) -> Failure {
    Failure::Fault(anyhow!("{name} ended, though nobody asked it to"))
}

fn broke_off(name: &str, broke: JoinError) -> Failure {
    Failure::Fault(anyhow!(broke).context(format!("{name} broke off")))
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// What ended after it was asked to, in order.
    type Ended = Arc<Mutex<Vec<&'static str>>>;

    /// How a task ends.
    #[derive(Debug, Clone, Copy)]
    enum End {
        Asked,
        Early,
        Panic,
        Over,
        Broke,
    }

    async fn work(name: &'static str, end: End, stop: CancellationToken, ended: Ended) {
        match end {
            End::Asked => stop.cancelled().await,
            End::Early | End::Over | End::Broke => return,
            End::Panic => panic!("{name}"),
        }
        ended.lock().unwrap().push(name);
    }

    async fn hear(name: &'static str, end: End, stop: CancellationToken, ended: Ended) -> Heard {
        match end {
            End::Over => Heard::Over(Failure::Fault(anyhow!("the session is over"))),
            End::Broke => Heard::Broke(Failure::Fault(anyhow!("the store broke"))),
            End::Asked | End::Early | End::Panic => {
                work(name, end, stop, ended).await;
                Heard::Stopped
            }
        }
    }

    fn shown(result: Result<(), Stopped>) -> String {
        match result {
            Ok(()) => "well".to_owned(),
            Err(Stopped::AtOnce) => "at once".to_owned(),
            Err(Stopped::Failed(failure @ (Failure::Input(_) | Failure::Reported | Failure::Amiss))) => {
                format!("{failure:?}")
            }
            Err(Stopped::Failed(Failure::Fault(error))) => error.to_string(),
        }
    }

    /// Nobody hurries.
    fn no_hurry() -> impl Future<Output = Hurry> {
        std::future::pending()
    }

    #[tokio::test]
    async fn whatever_ends_unasked_ends_the_program_after_the_others() {
        let rows = [
            ((End::Early, End::Asked, End::Asked), "the delivery ended, though nobody asked it to"),
            ((End::Panic, End::Asked, End::Asked), "the delivery broke off"),
            ((End::Asked, End::Early, End::Asked), "an account ended, though nobody asked it to"),
            ((End::Asked, End::Panic, End::Asked), "an account broke off"),
            ((End::Asked, End::Broke, End::Asked), "the store broke"),
            ((End::Asked, End::Over, End::Over), "the session is over"),
        ];
        for ((delivery, first, second), want) in rows {
            let (mut tasks, ended) = (Tasks::default(), Ended::default());
            tasks.work("the delivery", |stop| work("delivery", delivery, stop, Arc::clone(&ended)));
            tasks.listen(|stop| hear("first", first, stop, Arc::clone(&ended)));
            tasks.listen(|stop| hear("second", second, stop, Arc::clone(&ended)));
            assert_eq!(shown(tasks.run(std::future::pending(), no_hurry()).await), want);
            let all = [(delivery, "delivery"), (first, "first"), (second, "second")];
            let mut asked: Vec<_> =
                all.iter().filter(|(end, _)| matches!(end, End::Asked)).map(|(_, name)| *name).collect();
            asked.sort_unstable();
            let mut ended = ended.lock().unwrap().clone();
            ended.sort_unstable();
            assert_eq!(ended, asked, "{want}: the others ended first");
        }
    }

    #[tokio::test]
    async fn an_account_whose_session_is_over_takes_no_other_down() {
        let (mut tasks, ended) = (Tasks::default(), Ended::default());
        tasks.work("the delivery", |stop| work("delivery", End::Asked, stop, Arc::clone(&ended)));
        tasks.listen(|stop| hear("first", End::Over, stop, Arc::clone(&ended)));
        tasks.listen(|stop| hear("second", End::Asked, stop, Arc::clone(&ended)));
        let asked = async {
            // The one that is over has ended by then.
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
            assert_eq!(ended.lock().unwrap().len(), 0, "the others go on");
        };
        assert_eq!(shown(tasks.run(asked, no_hurry()).await), "well");
        assert_eq!(ended.lock().unwrap().len(), 2);
    }

    #[tokio::test]
    async fn what_breaks_off_while_it_ends_is_not_well() {
        let mut tasks = Tasks::default();
        tasks.work("the delivery", |stop| async move {
            stop.cancelled().await;
            panic!("at the end");
        });
        tasks.listen(|stop| hear("first", End::Asked, stop, Ended::default()));
        assert_eq!(shown(tasks.run(async {}, no_hurry()).await), "the delivery broke off");
    }

    #[tokio::test]
    async fn what_takes_too_long_to_end_is_broken_off() {
        for (hurry, want) in [(Hurry::TimeOver, "well"), (Hurry::AtOnce, "at once")] {
            let (mut tasks, ended) = (Tasks::default(), Ended::default());
            tasks.work("the delivery", |_| std::future::pending());
            tasks.listen(|stop| hear("first", End::Asked, stop, Arc::clone(&ended)));
            let heard = Arc::clone(&ended);
            // Whoever can end is let end first.
            let hurry = async move {
                while heard.lock().unwrap().is_empty() {
                    tokio::task::yield_now().await;
                }
                hurry
            };
            assert_eq!(shown(tasks.run(async {}, hurry).await), want);
            assert_eq!(*ended.lock().unwrap(), ["first"]);
        }
    }

    #[tokio::test]
    async fn what_broke_off_is_told_also_when_something_else_takes_too_long() {
        for hurry in [Hurry::TimeOver, Hurry::AtOnce] {
            let mut tasks = Tasks::default();
            let broken = CancellationToken::new();
            tasks.work("the delivery", |_| std::future::pending());
            tasks.work("the reload", |stop| {
                let broken = broken.clone().drop_guard();
                async move {
                    stop.cancelled().await;
                    drop(broken);
                    panic!("at the end");
                }
            });
            let hurry = async {
                broken.cancelled().await;
                // What it left is taken up before anything else is looked at.
                tokio::task::yield_now().await;
                hurry
            };
            assert_eq!(shown(tasks.run(async {}, hurry).await), "the reload broke off");
        }
    }

    #[tokio::test]
    async fn what_finds_that_nothing_can_go_on_ends_the_program_and_says_why() {
        let (mut tasks, ended) = (Tasks::default(), Ended::default());
        tasks.watch("the look", |_| async { Err(Failure::Fault(anyhow!("the ledger is damaged"))) });
        tasks.listen(|stop| hear("first", End::Asked, stop, Arc::clone(&ended)));
        assert_eq!(shown(tasks.run(std::future::pending(), no_hurry()).await), "the ledger is damaged");
        assert_eq!(ended.lock().unwrap().len(), 1);
    }
}
