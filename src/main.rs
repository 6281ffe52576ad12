//! Keeps order in members' groups.

fn main() {}
