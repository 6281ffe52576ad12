//! The mark of a run that ended well, so that the next start does not look at the whole database before it does anything.
//!
//! It says what `ledger.db` was like once it was closed, and is taken away before anything is opened: a start after a run
//! that ended otherwise finds none. A file that another program wrote, or that was put there, does not fit it.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::UNIX_EPOCH;

use sha2::{Digest, Sha256};

use crate::open::{private, sibling};
use crate::vault::sync_directory;

/// The name of the mark.
pub(crate) const NAME: &str = "ledger.clean";
/// How often in a row a ledger is opened without being looked at as a whole: whoever only has a look closes it too soon.
const UNCHECKED_MAX: u32 = 5;
/// How much of the beginning of the database is compared: its header tells how often it was written.
const HEADER_BYTES: u64 = 100;

/// Takes the mark away, and gives how often the ledger was opened without being looked at since it last was; nothing when it
/// is to be looked at now.
pub(crate) fn take(database: &Path) -> io::Result<Option<u32>> {
    let path = database.with_file_name(NAME);
    let mark = match fs::read_to_string(&path) {
        Ok(mark) => mark,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        // Whatever it is, it is no mark of ours.
        Err(error) if error.kind() == io::ErrorKind::InvalidData => String::new(),
        Err(error) => return Err(error),
    };
    fs::remove_file(&path)?;
    sync_directory(&path)?;
    let Some((unchecked, likeness)) = mark.trim_end().split_once(' ') else { return Ok(None) };
    let unchecked = unchecked.parse().ok().filter(|times| *times < UNCHECKED_MAX);
    Ok(unchecked.filter(|_| self::likeness(database).is_ok_and(|now| now.as_deref() == Some(likeness))))
}

/// Leaves the mark beside a database that is closed.
pub(crate) fn leave(database: &Path, unchecked: u32) -> io::Result<()> {
    let Some(likeness) = likeness(database)? else { return Ok(()) };
    let path = database.with_file_name(NAME);
    let mut options = fs::OpenOptions::new();
    let mut file = private(options.write(true).create(true).truncate(true)).open(&path)?;
    file.write_all(format!("{unchecked} {likeness}\n").as_bytes())?;
    file.sync_all()?;
    sync_directory(&path)
}

/// What a database is like: its size, when it was written, its header. Nothing while something stands beside it.
fn likeness(database: &Path) -> io::Result<Option<String>> {
    for beside in ["-wal", "-journal"] {
        match fs::metadata(sibling(database, beside)) {
            Ok(beside) if beside.len() > 0 => return Ok(None),
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(_) | Err(_) => {}
        }
    }
    let file = File::open(database)?;
    let data = file.metadata()?;
    let written = data.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let mut header = Vec::new();
    file.take(HEADER_BYTES).read_to_end(&mut header)?;
    let header: String = Sha256::digest(&header).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Some(format!("{} {written} {header}", data.len())))
}
