//! What one client has been told, so that it can be told again.

use std::collections::VecDeque;

use serde_json::{Value, json};

use crate::clock::Moment;
use crate::gateway::intents::Intents;
use crate::snowflake::Snowflake;

/// How many events are kept for whoever comes back.
const KEPT: usize = 20_000;

/// A session: it outlives connections.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) app: Snowflake,
    pub(crate) intents: Intents,
    /// Which shard of how many.
    pub(crate) shard: (u32, u32),
    /// The connection that has it.
    pub(crate) connection: Option<u64>,
    /// Since when nobody has it.
    pub(crate) left: Option<Moment>,
    /// From how many members on a guild is large.
    pub(crate) large: u64,
    log: VecDeque<(u64, String)>,
    seq: u64,
    /// The last that went out on the present connection.
    sent: u64,
}

impl Session {
    pub(crate) fn new(
        app: Snowflake,
        intents: Intents,
        shard: (u32, u32),
        connection: u64,
        large: u64,
    ) -> Self {
        let connection = Some(connection);
        Self { app, intents, shard, connection, left: None, large, log: VecDeque::new(), seq: 0, sent: 0 }
    }

    /// Whether events of a guild come to this shard.
    pub(crate) fn serves(&self, guild: Snowflake) -> bool {
        (guild.number() >> 22) % u64::from(self.shard.1.max(1)) == u64::from(self.shard.0)
    }

    pub(crate) fn push(&mut self, name: &str, data: &Value) {
        self.seq += 1;
        let frame = json!({ "op": 0, "s": self.seq, "t": name, "d": data }).to_string();
        self.log.push_back((self.seq, frame));
        if self.log.len() > KEPT {
            self.log.pop_front();
        }
    }

    /// An event is counted that nobody will ever be told of.
    pub(crate) fn lose(&mut self) {
        self.seq += 1;
    }

    /// What has not gone out on this connection yet.
    pub(crate) fn unsent(&mut self) -> Vec<String> {
        let sent = std::mem::replace(&mut self.sent, self.seq);
        let first = self.log.partition_point(|(seq, _)| *seq <= sent);
        self.log.iter().skip(first).map(|(_, frame)| frame.clone()).collect()
    }

    /// Goes back to what the client has last seen. False if that is not known any more, or was never sent.
    pub(crate) fn rewind(&mut self, seen: u64) -> bool {
        let oldest = self.log.front().map_or(self.seq, |(seq, _)| seq.saturating_sub(1));
        if seen < oldest || seen > self.seq {
            return false;
        }
        self.sent = seen;
        true
    }
}
