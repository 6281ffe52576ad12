//! The file of a log: entries in their order, each sealed with its number, so that none can be changed, left out or put
//! elsewhere. Only the end can be cut off, and there a stop in the middle of writing leaves half an entry, which is
//! written again.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use chacha20poly1305::XChaCha20Poly1305;
use policy::Timestamp;

use super::{Entry, Gone, LOG};
use crate::error::{LedgerError, remedy};
use crate::open::private_directory;
use crate::vault::{open, read_full, seal, sync_directory};

const MAGIC: &[u8; 16] = b"BEADLE-ERASURES\n";
/// The number of the entry, its time, and how long it is.
const FRAME_BYTES: usize = 8 + 8 + 4;
/// No entry is longer.
const ENTRY_BYTES_MAX: usize = 4096;

/// What a log tells.
#[derive(Debug)]
pub(crate) struct Log {
    /// It has everything that went after this number.
    pub(crate) begins: i64,
    pub(crate) entries: Vec<Entry>,
    /// Whether it ends in the middle of another, of which nothing is known but that there was one.
    pub(crate) is_torn: bool,
}

/// Why a log cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// It cannot be read or written.
    #[error("{} cannot be used{}", .path.display(), remedy(.source))]
    Io {
        /// The log.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// There is none.
    #[error("{} is not there: name the log of erasures as it is called", .path.display())]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// It is something else, of another ledger, or was changed.
    #[error(
        "{} is not the log of erasures of this ledger, or was damaged: where the backups beside it are of another ledger, use that \
         one again, or name another directory for backups; otherwise move the log away, and where something is to be restored, \
         name another copy of it with --erasures", .path.display()
    )]
    Foreign {
        /// The log.
        path: PathBuf,
    },
    /// Its last entry is not whole.
    #[error(
        "{} ends in the middle of an entry, and nobody knows what that was: name another copy with --erasures, from the old data \
         directory or from beside the backups; where none is left, --without-erasures goes on, and what was erased since comes \
         back", .path.display()
    )]
    Torn {
        /// The log.
        path: PathBuf,
    },
}

impl From<LogError> for LedgerError {
    fn from(error: LogError) -> Self {
        Self::Log(error)
    }
}

impl Log {
    /// The number of the last it tells of.
    pub(crate) fn last(&self) -> i64 {
        self.entries.last().map_or(self.begins, |entry| entry.id)
    }
}

/// One entry as it stands in the file. The one that says where a log begins has an empty text.
struct Frame {
    id: i64,
    at_ms: i64,
    sealed: Vec<u8>,
}

/// Reads the next; nothing at the end. Where it was cut short, the end is one that was not expected.
fn next(input: &mut impl Read) -> io::Result<Option<Frame>> {
    let mut head = [0; FRAME_BYTES];
    match read_full(input, &mut head)? {
        0 => return Ok(None),
        FRAME_BYTES => {}
        _ => return Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
    }
    let number = |at: usize| i64::from_be_bytes(std::array::from_fn(|i| head[at + i]));
    let length = u32::from_be_bytes(std::array::from_fn(|i| head[16 + i]));
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    if length > ENTRY_BYTES_MAX {
        return Err(io::Error::from(io::ErrorKind::InvalidData));
    }
    let mut sealed = vec![0; length];
    if read_full(input, &mut sealed)? < length {
        return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
    }
    Ok(Some(Frame { id: number(0), at_ms: number(8), sealed }))
}

fn label(id: i64, at_ms: i64) -> Vec<u8> {
    [b"beadle gone\0".as_slice(), &id.to_be_bytes(), &at_ms.to_be_bytes()].concat()
}

fn frame(cipher: &XChaCha20Poly1305, id: i64, at_ms: i64, text: &[u8]) -> Result<Vec<u8>, LedgerError> {
    let sealed = seal(cipher, &label(id, at_ms), text)?;
    let length = u32::try_from(sealed.len()).ok().filter(|length| *length as usize <= ENTRY_BYTES_MAX);
    let length = length.ok_or(LedgerError::Inconsistent("an entry too long for a log"))?;
    Ok([&id.to_be_bytes()[..], &at_ms.to_be_bytes(), &length.to_be_bytes(), &sealed].concat())
}

/// How far a log goes.
struct Extent {
    /// Where its last whole frame ends.
    whole: u64,
    /// Whether anything stands behind that.
    is_torn: bool,
}

/// Goes through the frames of a log, and tells how far they go; nothing when there is no log.
fn walk(path: &Path, mut each: impl FnMut(Frame) -> bool) -> Result<Option<Extent>, LogError> {
    let io = |source| LogError::Io { path: path.to_owned(), source };
    let foreign = || LogError::Foreign { path: path.to_owned() };
    let mut input = match File::open(path) {
        Ok(file) => BufReader::new(file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io(error)),
    };
    let mut magic = [0; MAGIC.len()];
    read_full(&mut input, &mut magic).map_err(io)?;
    if magic != *MAGIC {
        return Err(foreign());
    }
    let mut whole = MAGIC.len() as u64;
    loop {
        match next(&mut input) {
            Ok(Some(frame)) => {
                whole += (FRAME_BYTES + frame.sealed.len()) as u64;
                if !each(frame) {
                    return Err(foreign());
                }
            }
            Ok(None) => return Ok(Some(Extent { whole, is_torn: false })),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                return Ok(Some(Extent { whole, is_torn: true }));
            }
            Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(foreign()),
            Err(error) => return Err(io(error)),
        }
    }
}

/// Reads a log; nothing when there is none.
pub(crate) fn read(path: &Path, cipher: &XChaCha20Poly1305) -> Result<Option<Log>, LogError> {
    let mut log: Option<Log> = None;
    let found = walk(path, |frame| {
        let Some(text) = open(cipher, &label(frame.id, frame.at_ms), &frame.sealed) else { return false };
        match &mut log {
            // Where something is left out, it begins anew: of what is before nobody knows what followed.
            _ if text.is_empty() => {
                log = Some(Log { begins: frame.id, entries: Vec::new(), is_torn: false });
            }
            Some(log) if frame.id == log.last() + 1 => {
                let Ok(gone) = serde_json::from_slice::<Gone>(&text) else { return false };
                log.entries.push(Entry { id: frame.id, at: Timestamp::from_millis(frame.at_ms), gone });
            }
            Some(_) | None => return false,
        }
        true
    })?;
    match (found, log) {
        (None, _) => Ok(None),
        (Some(Extent { is_torn, .. }), Some(log)) => Ok(Some(Log { is_torn, ..log })),
        (Some(_), None) => Err(LogError::Foreign { path: path.to_owned() }),
    }
}

/// Brings the log in one directory up to date with that in another, as far as that goes.
pub(crate) fn carry(from: &Path, to: &Path, cipher: &XChaCha20Poly1305) -> Result<(), LedgerError> {
    let Some(ours) = read(&from.join(LOG), cipher)? else { return Ok(()) };
    let to = to.join(LOG);
    let last = match read(&to, cipher)? {
        Some(theirs) => theirs.last(),
        None => {
            create(&to, cipher, ours.begins)?;
            ours.begins
        }
    };
    let missing: Vec<_> = ours.entries.into_iter().filter(|entry| entry.id > last).collect();
    if missing.is_empty() { Ok(()) } else { append(&to, cipher, last, &missing) }
}

/// The number of the last that a log has; nothing when there is no log.
pub(super) fn last_in(path: &Path) -> Result<Option<i64>, LogError> {
    let mut last = None;
    walk(path, |frame| {
        last = Some(frame.id);
        true
    })?;
    Ok(last)
}

/// Begins a log that has everything after a number, in a directory that is made where there is none. It is there whole or
/// not at all.
pub(super) fn create(path: &Path, cipher: &XChaCha20Poly1305, begins: i64) -> Result<(), LedgerError> {
    let text = [MAGIC.as_slice(), &frame(cipher, begins, 0, &[])?].concat();
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        private_directory(directory).map_err(|source| LogError::Io { path: directory.to_owned(), source })?;
    }
    let draft = path.with_extension("log.new");
    let io = |source| LogError::Io { path: path.to_owned(), source };
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft).map_err(io)?;
    file.write_all(&text).and_then(|()| file.sync_all()).map_err(io)?;
    fs::rename(&draft, path).and_then(|()| sync_directory(path)).map_err(io)?;
    Ok(())
}

/// Adds entries behind the last whole one, whose number is `last`.
pub(super) fn append(
    path: &Path,
    cipher: &XChaCha20Poly1305,
    mut last: i64,
    entries: &[Entry],
) -> Result<(), LedgerError> {
    let mut more = Vec::new();
    for entry in entries {
        if entry.id != last + 1 {
            more.extend(frame(cipher, entry.id - 1, 0, &[])?);
        }
        let text = serde_json::to_vec(&entry.gone);
        let text = text.map_err(|_| LedgerError::Inconsistent("a value that is no JSON"))?;
        more.extend(frame(cipher, entry.id, entry.at.as_millis(), &text)?);
        last = entry.id;
    }
    let whole = walk(path, |_| true)?.map_or(0, |extent| extent.whole);
    let io = |source| LogError::Io { path: path.to_owned(), source };
    let mut file = OpenOptions::new().write(true).open(path).map_err(io)?;
    file.set_len(whole)
        .and_then(|()| file.seek(SeekFrom::Start(whole)))
        .and_then(|_| file.write_all(&more))
        .and_then(|()| file.sync_all())
        .map_err(io)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use chacha20poly1305::KeyInit;
    use proptest::prelude::*;

    use super::*;

    fn cipher(key: u8) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&[key; 32].into())
    }

    fn entry(id: i64) -> Entry {
        let gone = Gone::Purged { group: "tea".to_owned(), number: id };
        Entry { id, at: Timestamp::from_millis(1_800_000_000_000 + id), gone }
    }

    fn written(path: &Path) -> Vec<Entry> {
        let entries: Vec<_> = (4..9).map(entry).collect();
        create(path, &cipher(1), 3).unwrap();
        append(path, &cipher(1), 3, &entries[..2]).unwrap();
        append(path, &cipher(1), 5, &entries[2..]).unwrap();
        entries
    }

    #[test]
    fn a_log_is_read_as_it_was_written_and_begins_anew_where_something_is_left_out() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        assert_eq!(last_in(&path).unwrap(), None);
        let entries = written(&path);
        let log = read(&path, &cipher(1)).unwrap().unwrap();
        assert_eq!((log.begins, log.last(), log.entries), (3, 8, entries));
        assert!(matches!(read(&path, &cipher(2)), Err(LogError::Foreign { .. })));
        append(&path, &cipher(1), 8, &[entry(20), entry(21)]).unwrap();
        let log = read(&path, &cipher(1)).unwrap().unwrap();
        assert_eq!((log.begins, log.entries), (19, vec![entry(20), entry(21)]));
    }

    proptest! {
        /// What a stop in the middle of writing leaves is written again behind the last that is whole.
        #[test]
        fn half_an_entry_is_written_again(cut in 0..400_usize) {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("log");
            let entries = written(&path);
            let bytes = fs::read(&path).unwrap();
            let begins = MAGIC.len() + FRAME_BYTES + 24 + 16;
            let cut = begins + cut.min(bytes.len() - begins);
            fs::write(&path, &bytes[..cut]).unwrap();
            let last = last_in(&path).unwrap().unwrap();
            let log = read(&path, &cipher(1)).unwrap().unwrap();
            let whole = walk(&path, |_| true).unwrap().unwrap().whole;
            prop_assert_eq!((log.last(), log.is_torn), (last, whole < cut as u64));
            let rest: Vec<_> = entries.iter().filter(|entry| entry.id > last).cloned().collect();
            append(&path, &cipher(1), last, &rest).unwrap();
            let log = read(&path, &cipher(1)).unwrap().unwrap();
            prop_assert_eq!((log.entries, log.is_torn), (entries, false));
        }

        /// Whoever changes it is found out, but for the length of the last: that can only cut it off.
        #[test]
        fn no_bit_can_be_changed(at: prop::sample::Index, bit in 0..8u8) {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("log");
            let entries = written(&path);
            let mut bytes = fs::read(&path).unwrap();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            fs::write(&path, &bytes).unwrap();
            if let Ok(log) = read(&path, &cipher(1)) {
                let log = log.unwrap();
                prop_assert!(log.entries.len() < entries.len() && entries.starts_with(&log.entries), "byte {at}");
            }
        }
    }
}
