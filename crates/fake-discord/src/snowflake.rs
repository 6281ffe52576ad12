//! Discord's ids: a time, and a number that keeps those of one millisecond apart.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::clock::Moment;

/// The first second of 2015, from which Discord counts.
const EPOCH: u64 = 1_420_070_400_000;

/// An id of anything. Those made later are greater.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Snowflake(u64);

impl Snowflake {
    /// The id of a number that a test has written down.
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The first id of a moment.
    pub fn at(moment: Moment) -> Self {
        Self(moment.millis().saturating_sub(EPOCH) << 22)
    }

    /// When what has this id was made.
    pub fn moment(self) -> Moment {
        Moment::from_millis((self.0 >> 22).saturating_add(EPOCH))
    }

    pub(crate) fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Snowflake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Snowflake {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// As text, as Discord writes them.
impl Serialize for Snowflake {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
