//! What Matrix servers tell of rooms.

use crate::{Fit, Shape, Target, commands};

/// Whatever an event says, it becomes bounded posts of its sender's, and what they ask with it reads as a line does. See
/// [`matrix::fuzzing`].
pub const MATRIX: Target =
    Target { name: "matrix", run: event, shape: Shape::Json, more: &["crates/matrix/tests/events"] };

fn event(bytes: &[u8]) -> Fit {
    let Some(heard) = std::str::from_utf8(bytes).ok().and_then(matrix::fuzzing::event) else {
        return Fit::Unfit;
    };
    commands::read(&heard.lines);
    Fit::Read
}
