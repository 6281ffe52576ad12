//! What people have a bot do by command, button, menu or form.

use std::time::Duration;

use serde_json::Value;

use crate::clock::Moment;
use crate::snowflake::Snowflake;

/// Within this, it has to be answered.
pub(crate) const ANSWER: Duration = Duration::from_secs(3);
/// For so long, its token opens.
pub(crate) const TOKEN: Duration = Duration::from_secs(15 * 60);

/// An interaction.
#[derive(Clone, Debug)]
pub struct Interaction {
    /// Which it is.
    pub id: Snowflake,
    /// What opens it.
    pub token: String,
    /// Whose bot was asked.
    pub app: Snowflake,
    /// Who asked.
    pub user: Snowflake,
    /// Where.
    pub channel: Snowflake,
    /// In which guild.
    pub guild: Option<Snowflake>,
    /// What it is: 2 a command, 3 a component, 4 autocompletion, 5 a form.
    pub kind: u8,
    /// The message on which something was pressed.
    pub message: Option<Snowflake>,
    /// How it was answered: the callback's type and data.
    pub answer: Option<(u64, Value)>,
    /// The message it was answered with, once there is one.
    pub response: Option<Snowflake>,
    /// Whether the answer is for one alone.
    pub is_ephemeral: bool,
    /// What was posted after the answer.
    pub followups: Vec<Snowflake>,
    pub(crate) made: Moment,
    /// What is said about who had the answer written.
    pub(crate) metadata: Value,
}

impl Interaction {
    /// The form that was opened.
    pub fn modal(&self) -> Option<&Value> {
        self.answer.as_ref().filter(|(kind, _)| *kind == 9).map(|(_, data)| data)
    }

    /// What was offered to complete what is typed.
    pub fn choices(&self) -> Option<&Value> {
        self.answer.as_ref().filter(|(kind, _)| *kind == 8).map(|(_, data)| &data["choices"])
    }
}
