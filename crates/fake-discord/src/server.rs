//! A running fake: its two addresses of the gateway, its REST interface, and who stops them.

use std::fmt;
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::Moment;
use crate::gateway::{self, Gateway};
use crate::rest;
use crate::world::{Violation, World};

/// How long a test waits for something that should happen at once, in real time.
const PATIENCE: Duration = Duration::from_secs(60);

/// A Discord on loopback. It ends when it is dropped, and then fails the test if a client did what it must not.
pub struct FakeDiscord {
    handle: Handle,
    api: SocketAddr,
    gateway: SocketAddr,
}

/// What acts in the world, and may outlive whoever started it.
#[derive(Clone)]
pub(crate) struct Handle(Arc<Shared>);

struct Shared {
    world: Mutex<World>,
    changed: watch::Sender<u64>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl FakeDiscord {
    /// Starts one, on ports that are free.
    ///
    /// # Panics
    /// If no port of this machine can be listened at.
    pub async fn start() -> Self {
        Self::start_at(Moment::START).await
    }

    /// Starts one whose time begins then.
    ///
    /// # Panics
    /// If no port of this machine can be listened at.
    pub async fn start_at(moment: Moment) -> Self {
        let bind = || async {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await;
            let listener = listener.unwrap_or_else(|error| panic!("nothing can listen on loopback: {error}"));
            let address = listener.local_addr().unwrap_or_else(|error| panic!("it is not bound: {error}"));
            (listener, address)
        };
        let ((api_listener, api), (first, gateway), (second, resume)) =
            (bind().await, bind().await, bind().await);
        let world = World::new(
            Gateway::new(format!("ws://{gateway}"), format!("ws://{resume}")),
            format!("http://{api}"),
            moment,
        );
        let handle = Handle(Arc::new(Shared {
            world: Mutex::new(world),
            changed: watch::Sender::new(0),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        }));
        handle.spawn(gateway::accept(first, handle.clone(), false));
        handle.spawn(gateway::accept(second, handle.clone(), true));
        handle.spawn(rest::accept(api_listener, handle.clone()));
        Self { handle, api, gateway }
    }

    /// Where the REST interface is, with its version and without a slash at the end.
    pub fn api_base(&self) -> String {
        format!("http://{}/api/v10", self.api)
    }

    /// Where the gateway is.
    pub fn gateway_url(&self) -> String {
        format!("ws://{}", self.gateway)
    }

    /// Looks at the world.
    pub fn see<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        self.handle.see(look)
    }

    /// Waits until the world is as wished, and gives what was found there.
    ///
    /// # Panics
    /// If that takes longer than a minute of real time; `what` is said then, with what was asked last.
    pub async fn wait_for<T>(&self, what: &str, mut look: impl FnMut(&World) -> Option<T>) -> T {
        let mut changes = self.handle.changes();
        let wait = async {
            loop {
                changes.mark_unchanged();
                if let Some(found) = self.see(&mut look) {
                    return found;
                }
                // The sender lives as long as this.
                drop(changes.changed().await);
            }
        };
        match tokio::time::timeout(PATIENCE, wait).await {
            Ok(found) => found,
            Err(_) => {
                panic!("waited in vain for {what}; asked last:\n{}", self.see(|world| world.log.tail(12)))
            }
        }
    }

    /// Moves time, with what happens by itself as it goes.
    pub fn advance(&self, time: Duration) {
        self.handle.act(|world| world.advance(time));
    }

    /// Has time go by itself from now on, as fast as real time: for clients that wait for limits by a clock of their own.
    pub fn run_clock(&self) {
        self.handle.act(|world| world.clock.run());
    }

    /// What clients did that they must not, so far.
    pub fn violations(&self) -> Vec<Violation> {
        self.see(|world| world.log.violations.clone())
    }

    /// The same, and forgives it: for a test that does wrong on purpose.
    pub fn take_violations(&self) -> Vec<Violation> {
        self.handle.act(|world| std::mem::take(&mut world.log.violations))
    }

    /// Does not hold it against clients when what they did is described with these words: for a library that has habits.
    pub fn tolerate(&self, part: &str) {
        self.handle.act(|world| world.log.tolerated.push(part.to_owned()));
    }

    /// Holds nothing to the description any more: for measuring time, not for tests.
    pub fn stop_checking(&self) {
        self.handle.act(|world| world.log.is_lax = true);
    }

    /// Fails if a client did what it must not.
    ///
    /// # Panics
    /// If one did.
    #[track_caller]
    pub fn check(&self) {
        let violations = self.take_violations();
        let list: Vec<_> = violations.iter().map(ToString::to_string).collect();
        assert!(violations.is_empty(), "Discord would not have it:\n{}", list.join("\n"));
    }

    /// Ends it: all connections are closed, and nothing of it runs any more.
    ///
    /// # Panics
    /// If a client did what it must not.
    pub async fn stop(self) {
        self.handle.0.stop.cancel();
        self.handle.0.tasks.close();
        self.handle.0.tasks.wait().await;
        self.check();
    }

    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }
}

impl Drop for FakeDiscord {
    fn drop(&mut self) {
        self.handle.0.stop.cancel();
        if !std::thread::panicking() {
            self.check();
            return;
        }
        // What the client did wrong is often why the test failed.
        for violation in self.take_violations() {
            drop(writeln!(std::io::stderr(), "Discord would not have it: {violation}"));
        }
    }
}

impl fmt::Debug for FakeDiscord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeDiscord")
            .field("api", &self.api)
            .field("gateway", &self.gateway)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.detail)
    }
}

impl Handle {
    fn lock(&self) -> MutexGuard<'_, World> {
        // A test that failed while it looked must not have the others hang.
        self.0.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the world.
    pub(crate) fn see<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.lock())
    }

    /// Changes the world, and wakes everybody who waits for that.
    pub(crate) fn act<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        let done = act(&mut self.lock());
        self.0.changed.send_modify(|version| *version += 1);
        done
    }

    /// Changes what nobody waits for.
    pub(crate) fn quietly<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        act(&mut self.lock())
    }

    /// Tells whenever the world has changed.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.0.changed.subscribe()
    }

    pub(crate) fn stop(&self) -> CancellationToken {
        self.0.stop.clone()
    }

    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.0.tasks.spawn(task);
    }
}
