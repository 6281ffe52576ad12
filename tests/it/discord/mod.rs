//! The whole program on Discord: the real binary, a Discord on loopback, and members who act on it; and everything in one
//! process, where a story may take years.

#[cfg(unix)]
mod doctor;
mod full;
mod group;
mod house;
mod keeping;
mod killed;
mod offices;
mod removal;
mod set_up;
#[cfg(feature = "terminal")]
mod stage;
mod start;
mod stories;
mod walls;
mod watched;

use discord::{Account, AutoMod, RoleId, Suspension};
use fake_discord::{Permissions, Snowflake};

/// What the bot may where people follow the invitation that is printed for it, members are kept out in that way and AutoMod
/// stops so much.
fn invited(how: &Suspension, automod: AutoMod) -> Permissions {
    Permissions::from_bits(discord::asked_for([(how, automod)]))
}

/// Whoever has that role is suspended.
fn by_role(role: Snowflake) -> Suspension {
    Suspension::Role(RoleId::new(&role.to_string()).expect("a valid id"))
}

/// The bot connected to nobody but the Discord on this machine, and was not to.
///
/// # Panics
/// If it was.
fn stayed_here(account: &Account) {
    assert!(account.strayed().is_empty(), "connections elsewhere: {:?}", account.strayed());
}
