//! The fake keeps the contract it is used to test others by, and fails as it is told.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up is to fail")]

mod fake;
