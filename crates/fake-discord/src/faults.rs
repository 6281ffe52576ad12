//! What goes wrong because a test says so.

use std::fmt;
use std::time::Duration;

use serde_json::Value;

/// How a request goes wrong.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Nothing is done, and this is answered.
    Status(u16, Value),
    /// Nothing is done, and a page for people is answered, as by what stands before Discord.
    Page(u16, &'static str),
    /// Nothing is done, for too much was asked.
    RateLimit {
        /// When to come again.
        retry_after: Duration,
        /// Whose limit it is: `user`, `global` or `shared`.
        scope: &'static str,
    },
    /// Nothing is done until the test lets it go on; then it is done and answered.
    Hold,
    /// Nothing is done, and nothing is ever answered.
    Hang,
    /// Nothing is done, and the connection ends.
    CloseBeforeAnswer,
    /// It is done, and the connection ends.
    DoneButNoAnswer,
    /// It is done, and what is answered cannot be read.
    Malformed,
}

/// Which requests something is about.
#[derive(Clone, Debug, Default)]
pub struct Matcher {
    method: Option<String>,
    parts: Vec<String>,
    end: Option<String>,
}

/// A fault that waits for its request.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) matcher: Matcher,
    pub(crate) fault: Fault,
    pub(crate) times: u32,
}

/// Something that a test does just before a request is looked at.
pub(crate) struct Hook {
    pub(crate) matcher: Matcher,
    pub(crate) act: Box<dyn FnOnce() + Send>,
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hook").field("matcher", &self.matcher).finish_non_exhaustive()
    }
}

impl Matcher {
    /// Every request.
    pub fn any() -> Self {
        Self::default()
    }

    /// Those with a method, and a path that contains something.
    pub fn of(method: &str, part: &str) -> Self {
        Self::any().method(method).path(part)
    }

    /// Those of a method.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }

    /// Those whose path contains something.
    #[must_use]
    pub fn path(mut self, part: &str) -> Self {
        self.parts.push(part.to_owned());
        self
    }

    /// Those whose path ends so.
    #[must_use]
    pub fn ends(mut self, end: &str) -> Self {
        self.end = Some(end.to_owned());
        self
    }

    /// Whether it is one of them.
    pub fn fits(&self, method: &str, path: &str) -> bool {
        self.method.as_ref().is_none_or(|one| one == method)
            && self.parts.iter().all(|part| path.contains(part.as_str()))
            && self.end.as_ref().is_none_or(|end| path.ends_with(end.as_str()))
    }
}
