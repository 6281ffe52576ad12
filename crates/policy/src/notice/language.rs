//! The languages members are written to in.

use chrono::Datelike;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::finding::words;
use crate::time::Timestamp;

/// A language members are written to in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub enum Language {
    /// British English.
    #[default]
    #[serde(rename = "en-GB")]
    English,
    /// Welsh, with the English beside it.
    #[serde(rename = "cy")]
    Welsh,
}

words!(Language { English = "en-GB", Welsh = "cy" });

const WELSH_MONTHS: [&str; 12] = [
    "Ionawr",
    "Chwefror",
    "Mawrth",
    "Ebrill",
    "Mai",
    "Mehefin",
    "Gorffennaf",
    "Awst",
    "Medi",
    "Hydref",
    "Tachwedd",
    "Rhagfyr",
];

impl Language {
    /// The languages of a letter in this one, in order: officers read English, so it stands beside any other.
    pub(super) fn of_letter(self) -> &'static [Self] {
        match self {
            Self::English => &[Self::English],
            Self::Welsh => &[Self::Welsh, Self::English],
        }
    }

    /// The date as people write it: `21 November 2026`.
    pub fn date(self, at: Timestamp, zone: Tz) -> String {
        match self {
            Self::English => at.long_date(zone),
            Self::Welsh => {
                let civil = at.civil(zone);
                let month = usize::try_from(civil.month0()).ok().and_then(|month| WELSH_MONTHS.get(month));
                format!("{} {} {}", civil.day(), month.copied().unwrap_or_default(), civil.year())
            }
        }
    }

    /// Date and time as people write them: `21 November 2026 at 14:05`.
    pub fn date_time(self, at: Timestamp, zone: Tz) -> String {
        match self {
            Self::English => at.long_date_time(zone),
            Self::Welsh => format!("{} am {}", self.date(at, zone), at.civil(zone).format("%H:%M")),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::London;

    use super::*;

    #[test]
    fn dates_are_written_in_the_language_of_the_letter() {
        let at = Timestamp::from_millis(1_782_948_600_000);
        assert_eq!(Language::English.date_time(at, London), "2 July 2026 at 00:30");
        assert_eq!(Language::Welsh.date_time(at, London), "2 Gorffennaf 2026 am 00:30");
        for (month, name) in (0..12).zip(WELSH_MONTHS) {
            let middle_of_month = 1_768_500_000 + month * 2_629_800;
            let at = Timestamp::from_millis(middle_of_month * 1000);
            assert!(Language::Welsh.date(at, London).contains(name), "{name}");
        }
    }

    #[test]
    fn a_language_has_one_word() {
        for &language in Language::ALL {
            assert_eq!(serde_json::to_value(language).unwrap(), language.word());
        }
    }
}
