//! What is to stand in a group's data-protection sheet and cannot be told from anything else.

use std::fmt;
use std::str::FromStr;

use super::raw::RawDataProtection;
use super::resolve::Check;
use super::section::Located;

/// The longest of these texts, in characters: an address fits.
const TEXT_LEN_MAX: usize = 300;

/// What is to stand in a group's data-protection sheet and cannot be told from anything else. What nobody wrote is a gap
/// there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DataProtection {
    /// The body that answers in law for what the bot does.
    pub controller: Option<String>,
    /// Its address.
    pub address: Option<String>,
    /// Who looks after data protection there.
    pub lead: Option<String>,
    /// Its number in the register of those who pay the ICO's fee.
    pub registration: Option<String>,
    /// What the body is for.
    pub aim: Option<Aim>,
    /// Where the machine is that the bot runs on, and who looks after it.
    pub machine: Option<String>,
}

/// What a body is for: the law treats who belongs to some of them with special care, and lets those keep it on terms of
/// their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// A party or a branch of one, a campaign.
    Political,
    /// A trade union or a branch of one.
    TradeUnion,
    /// A religious body.
    Religious,
    /// A body of people with a philosophical belief.
    Philosophical,
    /// None of these: a club.
    Other,
}

impl Aim {
    const ALL: [Self; 5] =
        [Self::Political, Self::TradeUnion, Self::Religious, Self::Philosophical, Self::Other];
}

impl FromStr for Aim {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|aim| aim.to_string() == word).ok_or(())
    }
}

impl fmt::Display for Aim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Political => "political",
            Self::TradeUnion => "trade-union",
            Self::Religious => "religious",
            Self::Philosophical => "philosophical",
            Self::Other => "none",
        })
    }
}

impl Check {
    pub(super) fn data_protection(&mut self, raw: RawDataProtection) -> DataProtection {
        let aim = raw.aim.filter(|aim| !aim.value.is_empty());
        let mut text = |key, written| self.short_text(key, written);
        DataProtection {
            controller: text("groups.data_protection.controller", raw.controller),
            address: text("groups.data_protection.address", raw.address),
            lead: text("groups.data_protection.lead", raw.lead),
            registration: text("groups.data_protection.registration", raw.registration),
            machine: text("groups.data_protection.machine", raw.machine),
            aim: aim
                .and_then(|aim| self.word("groups.data_protection.aim", Some(aim), Aim::Other, &Aim::ALL)),
        }
    }

    fn short_text(&mut self, key: &str, written: Option<Located<String>>) -> Option<String> {
        let written = written.filter(|text| !text.value.trim().is_empty())?;
        let text = written.value.trim();
        if text.chars().count() > TEXT_LEN_MAX || text.chars().any(char::is_control) {
            let fix = format!("write up to {TEXT_LEN_MAX} characters on one line");
            self.report(written.line, key, "it cannot stand in a sheet", fix);
            return None;
        }
        Some(text.to_owned())
    }
}
