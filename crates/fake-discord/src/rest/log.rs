//! What was asked, what went wrong with it, and what is to go wrong.

use std::collections::{BTreeSet, VecDeque};
use std::time::Instant;

use serde_json::Value;

use crate::faults::{Fault, Hook, Planned};
use crate::gateway::Frame;
use crate::limits::Counters;
use crate::snowflake::Snowflake;
use crate::world::Violation;

/// How many requests are kept.
const KEPT: usize = 50_000;

/// A request, in the order in which they came.
#[derive(Clone, Debug)]
pub struct Asked {
    /// When it had come, in real time: for measuring, not for tests.
    pub came: Instant,
    /// `GET` and the like.
    pub method: String,
    /// The path without the version, such as `/channels/1/messages`.
    pub path: String,
    /// What followed the question mark.
    pub query: Vec<(String, String)>,
    /// What was said for the audit log, decoded.
    pub reason: Option<String>,
    /// What was sent; of a form with files, what stood beside them.
    pub body: Value,
    /// The names of the files.
    pub files: Vec<String>,
    /// Whose bot asked.
    pub app: Option<Snowflake>,
    /// What was answered; nothing if nothing was.
    pub status: Option<u16>,
    /// Discord's code of a refusal.
    pub code: Option<u64>,
}

/// All of that.
#[derive(Debug, Default)]
pub(crate) struct Log {
    pub(crate) asked: VecDeque<Asked>,
    /// What clients said on the gateway.
    pub(crate) frames: Vec<Frame>,
    pub(crate) dropped: usize,
    pub(crate) violations: Vec<Violation>,
    /// Whether nothing is held to the description.
    pub(crate) is_lax: bool,
    /// Parts of what is not held against a client.
    pub(crate) tolerated: Vec<String>,
    pub(crate) hosts: BTreeSet<String>,
    pub(crate) faults: Vec<Planned>,
    pub(crate) hooks: Vec<Hook>,
    /// How many requests wait to go on, and how often the test let them.
    pub(crate) held: usize,
    pub(crate) let_go: u64,
    pub(crate) counters: Counters,
}

impl Asked {
    /// `DELETE /channels/1/messages/2`.
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// What a query of that name says.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(one, _)| one == name).map(|(_, text)| text.as_str())
    }
}

impl Log {
    /// Keeps a request; its answer is filled in by the number that is given.
    pub(crate) fn keep(&mut self, asked: Asked) -> usize {
        if self.asked.len() >= KEPT {
            self.asked.pop_front();
            self.dropped += 1;
        }
        self.asked.push_back(asked);
        self.dropped + self.asked.len() - 1
    }

    pub(crate) fn answered(&mut self, number: usize, status: u16, body: Option<&Value>) {
        let found = number.checked_sub(self.dropped).and_then(|at| self.asked.get_mut(at));
        if let Some(asked) = found {
            asked.status = Some(status);
            asked.code = body.filter(|_| status >= 400).and_then(|body| body["code"].as_u64());
        }
    }

    pub(crate) fn fault_of(&mut self, method: &str, path: &str) -> Option<Fault> {
        let at = self.faults.iter().position(|one| one.matcher.fits(method, path))?;
        let planned = self.faults.get_mut(at)?;
        planned.times = planned.times.saturating_sub(1);
        let fault = planned.fault.clone();
        if planned.times == 0 {
            self.faults.remove(at);
        }
        Some(fault)
    }

    /// What is to be done before a request is looked at.
    pub(crate) fn hook_of(&mut self, method: &str, path: &str) -> Option<Hook> {
        let at = self.hooks.iter().position(|one| one.matcher.fits(method, path))?;
        Some(self.hooks.remove(at))
    }

    /// Whether a request is to wait; counts it among those that do.
    pub(crate) fn holds(&mut self, method: &str, path: &str) -> bool {
        let is_next = self.faults.iter().find(|one| one.matcher.fits(method, path));
        let holds = is_next.is_some_and(|one| matches!(one.fault, Fault::Hold));
        if holds {
            // Taken out, as it has happened.
            drop(self.fault_of(method, path));
            self.held += 1;
        }
        holds
    }

    /// The last requests, for whoever waited in vain.
    pub(crate) fn tail(&self, count: usize) -> String {
        let mut text = String::new();
        for asked in self.asked.iter().skip(self.asked.len().saturating_sub(count)) {
            let status = asked.status.map_or("no answer".to_owned(), |status| status.to_string());
            text.push_str(&format!("  {} -> {status}\n", asked.line()));
        }
        text
    }
}
