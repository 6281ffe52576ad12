//! The tasks of a program that serves groups. Each runs until it is asked to end, so one that ends before is a fault: a bot
//! that hears and records, and removes nothing any more, would be worse than none.

use std::collections::HashMap;
use std::pin::pin;

use anyhow::anyhow;
use tokio::task::{Id, JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use super::Failure;

/// How what hears came to its end.
#[derive(Debug)]
pub(super) enum Heard {
    /// It was asked to.
    Stopped,
    /// It alone can go on no longer; others can.
    Over(Failure),
    /// Something broke.
    Broke(Failure),
}

/// The tasks that run, each of which can be asked to end.
#[derive(Debug, Default)]
pub(super) struct Tasks {
    stop: CancellationToken,
    listening: JoinSet<Heard>,
    working: JoinSet<()>,
    /// What those that work do, for who reads of it.
    names: HashMap<Id, &'static str>,
}

impl Tasks {
    /// Has something heard until it is told to stop.
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
        let task = self.working.spawn(task(self.stop.clone()));
        self.names.insert(task.id(), name);
    }

    /// Lets them run until `asked` ends, and then has all of them end, those that hear first.
    ///
    /// # Errors
    /// When one of them ended before it was asked to, or broke off while it ended. The others have ended by then.
    pub(super) async fn run(mut self, asked: impl Future<Output = ()>) -> Result<(), Failure> {
        let mut result = self.first_end(asked).await;
        self.stop.cancel();
        while let Some(ended) = self.listening.join_next().await {
            let ended = ended.map_err(|broke| broke_off("an account", broke));
            result = result.and(ended.and_then(Heard::at_the_end));
        }
        while let Some(ended) = self.working.join_next_with_id().await {
            let ended = ended.map(|_| ()).map_err(|broke| broke_off(self.name(broke.id()), broke));
            result = result.and(ended);
        }
        result
    }

    /// Waits until `asked`, or until something ends that makes it pointless to go on.
    async fn first_end(&mut self, asked: impl Future<Output = ()>) -> Result<(), Failure> {
        let mut asked = pin!(asked);
        loop {
            let ended = tokio::select! {
                () = &mut asked => return Ok(()),
                Some(ended) = self.working.join_next_with_id() => return Err(match ended {
                    Ok((id, ())) => ended_early(self.name(id)),
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

    fn shown(result: Result<(), Failure>) -> String {
        match result {
            Ok(()) => "well".to_owned(),
            Err(failure @ (Failure::Input(_) | Failure::Reported)) => format!("{failure:?}"),
            Err(Failure::Fault(error)) => error.to_string(),
        }
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
            assert_eq!(shown(tasks.run(std::future::pending()).await), want);
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
        assert_eq!(shown(tasks.run(asked).await), "well");
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
        assert_eq!(shown(tasks.run(async {}).await), "the delivery broke off");
    }
}
