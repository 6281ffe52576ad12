//! What Discord's gateway sends.

use std::sync::LazyLock;

use clap::Command;

use crate::{Fit, Shape, Target, commands};

/// Whatever a frame tells, only what came with it is named, and what somebody asks with it reads as a line does. See
/// [`discord::fuzzing`].
pub const DISCORD: Target =
    Target { name: "discord", run: frame, shape: Shape::Json, more: &["crates/discord/tests/events"] };

static DEFINITION: LazyLock<Command> = LazyLock::new(casework::commands::definition);

fn frame(bytes: &[u8]) -> Fit {
    let Some(heard) = discord::fuzzing::frame(bytes, &DEFINITION) else { return Fit::Unfit };
    commands::read(&heard.lines);
    Fit::Read
}
