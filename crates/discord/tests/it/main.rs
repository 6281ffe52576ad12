//! The adapter's wire against scripted servers, and the adapter as a whole against a Discord, on this machine.

mod automod;
mod bed;
mod between;
mod busy;
mod by_hand;
mod canary;
mod catching_up;
mod contract;
mod corrections;
mod deaf;
mod doctor;
mod ear;
mod exclusions;
mod gateway;
mod history;
mod http;
mod letters;
mod privacy;
mod removals;
mod renamings;
mod rest;
mod sight;
mod suspended;
mod threads;
mod token;
