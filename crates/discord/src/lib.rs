//! Discord as a platform: servers as groups, channels and threads, members' messages and names.

#[allow(dead_code, reason = "what hears is built on it")]
mod digest;
#[allow(dead_code, reason = "what hears is built on it")]
mod ids;
#[allow(dead_code, reason = "what hears is built on it")]
mod json;
#[allow(dead_code, reason = "what hears is built on it")]
mod translate;
