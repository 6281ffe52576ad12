//! What the adapter's own tests are played on: the server, and the members.

#[path = "../../../crates/matrix/tests/it/http.rs"]
pub(crate) mod http;
#[path = "../../../crates/matrix/tests/it/member.rs"]
pub(crate) mod member;
#[path = "../../../crates/matrix/tests/it/plain.rs"]
pub(crate) mod plain;
#[path = "../../../crates/matrix/tests/it/synapse.rs"]
pub(crate) mod synapse;
#[path = "../../../crates/matrix/tests/it/venv.rs"]
pub(crate) mod venv;
