//! The system's wish that the program ends.

use std::io;

/// What tells of it: Ctrl-C, or SIGTERM where there is such a signal.
pub(super) struct Ended {
    #[cfg(unix)]
    terminated: tokio::signal::unix::Signal,
}

impl Ended {
    /// Is told of each from now on.
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            terminated: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?,
        })
    }

    /// Waits for the next.
    pub(super) async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = self.terminated.recv() => {}
        }
        #[cfg(not(unix))]
        drop(tokio::signal::ctrl_c().await);
    }
}
