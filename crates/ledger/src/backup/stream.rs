//! One file, sealed as it is written: a header that names the key, and chunks that nobody can change, leave out, put
//! elsewhere or cut off unnoticed.
//!
//! The key of the chunks is made from the backup key and the whole header, which holds random bytes; so it belongs to this
//! file alone, every chunk vouches for the header, and a counter is enough of a nonce. The last chunk is marked in its
//! nonce: a file that ends with another was cut short.

use std::io::{self, BufRead, Read, Write};

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use policy::Timestamp;
use zeroize::Zeroizing;

use super::BackupKey;
use crate::vault::{keyed_hash_of, read_full};

/// How a backup begins. The line end and the zero show a file that was carried as text.
pub(super) const MAGIC: &[u8; 16] = b"BEADLE-BACKUP\r\n\0";
/// The version of this arrangement.
pub(super) const VERSION: u16 = 1;
const HEADER_BYTES: usize = 16 + 2 + KEY_ID_BYTES + SALT_BYTES + 8 + 8;
pub(super) const KEY_ID_BYTES: usize = 8;
const SALT_BYTES: usize = 32;
const TAG_BYTES: usize = 16;
/// How much is sealed at a time.
pub(super) const CHUNK_BYTES: usize = 256 * 1024;

/// What a backup says of itself. Only once a chunk was opened is it true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) version: u16,
    /// Which key it is sealed with.
    pub(super) key: [u8; KEY_ID_BYTES],
    salt: [u8; SALT_BYTES],
    /// When the copy was taken.
    pub(super) taken_at: Timestamp,
    /// The number of the ledger's newest migration.
    pub(super) schema: i64,
}

impl Header {
    pub(super) fn new(key: &BackupKey, taken_at: Timestamp, schema: i64) -> io::Result<Self> {
        let mut salt = [0; SALT_BYTES];
        getrandom::fill(&mut salt).map_err(|error| io::Error::other(error.to_string()))?;
        Ok(Self { version: VERSION, key: key.id(), salt, taken_at, schema })
    }

    /// Reads the header; nothing when this is no backup.
    pub(super) fn read(input: &mut impl Read) -> io::Result<Option<Self>> {
        let mut bytes = [0; HEADER_BYTES];
        if read_full(input, &mut bytes)? < HEADER_BYTES {
            return Ok(None);
        }
        let mut rest = &bytes[..];
        let magic: [u8; 16] = take(&mut rest);
        let header = Self {
            version: u16::from_be_bytes(take(&mut rest)),
            key: take(&mut rest),
            salt: take(&mut rest),
            taken_at: Timestamp::from_millis(i64::from_be_bytes(take(&mut rest))),
            schema: i64::from_be_bytes(take(&mut rest)),
        };
        // An instant that no clock shows was not written by us.
        let is_ours = magic == *MAGIC && header.bytes() == bytes;
        Ok(is_ours.then_some(header))
    }

    fn bytes(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        let parts: [&[u8]; 6] = [
            MAGIC,
            &self.version.to_be_bytes(),
            &self.key,
            &self.salt,
            &self.taken_at.as_millis().to_be_bytes(),
            &self.schema.to_be_bytes(),
        ];
        let mut rest = &mut bytes[..];
        for part in parts {
            let (here, after) = rest.split_at_mut(part.len());
            here.copy_from_slice(part);
            rest = after;
        }
        bytes
    }

    fn cipher(&self, key: &BackupKey) -> ChaCha20Poly1305 {
        let of_this_file = Zeroizing::new(keyed_hash_of(key.secret(), &[b"beadle backup\0", &self.bytes()]));
        ChaCha20Poly1305::new((&*of_this_file).into())
    }
}

fn take<const N: usize>(bytes: &mut &[u8]) -> [u8; N] {
    let mut taken = [0; N];
    let (here, rest) = bytes.split_at_checked(N).unwrap_or_default();
    if here.len() == N {
        taken.copy_from_slice(here);
    }
    *bytes = rest;
    taken
}

/// Of a key that is used once, no two chunks have the same number.
fn nonce(chunk: u64, is_last: bool) -> Nonce {
    let mut nonce = [0; 12];
    nonce[3..11].copy_from_slice(&chunk.to_be_bytes());
    nonce[11] = u8::from(is_last);
    nonce.into()
}

/// Seals what is written to it.
pub(super) struct Sealer<W> {
    out: W,
    cipher: ChaCha20Poly1305,
    chunk: Zeroizing<Vec<u8>>,
    chunk_bytes: usize,
    count: u64,
}

impl<W: Write> Sealer<W> {
    pub(super) fn new(out: W, header: &Header, key: &BackupKey) -> io::Result<Self> {
        Self::with_chunks_of(CHUNK_BYTES, out, header, key)
    }

    fn with_chunks_of(bytes: usize, mut out: W, header: &Header, key: &BackupKey) -> io::Result<Self> {
        out.write_all(&header.bytes())?;
        let chunk = Zeroizing::new(Vec::with_capacity(bytes));
        Ok(Self { out, cipher: header.cipher(key), chunk, chunk_bytes: bytes, count: 0 })
    }

    /// Seals what is left, as the last.
    pub(super) fn finish(mut self) -> io::Result<W> {
        self.seal(true)?;
        Ok(self.out)
    }

    fn seal(&mut self, is_last: bool) -> io::Result<()> {
        let sealed = self.cipher.encrypt(&nonce(self.count, is_last), self.chunk.as_slice());
        self.out.write_all(&sealed.map_err(|_| io::Error::other("a chunk could not be sealed"))?)?;
        self.chunk.clear();
        self.count += 1;
        Ok(())
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full chunk waits until it is known not to be the last.
        if self.chunk.len() == self.chunk_bytes && !bytes.is_empty() {
            self.seal(false)?;
        }
        let fits = bytes.len().min(self.chunk_bytes - self.chunk.len());
        self.chunk.extend_from_slice(&bytes[..fits]);
        Ok(fits)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Opens what was sealed. What it gives was checked; an error of the kind [`io::ErrorKind::InvalidData`] says that the rest
/// is not what was written.
pub(super) struct Opener<R> {
    input: R,
    cipher: ChaCha20Poly1305,
    chunk: Zeroizing<Vec<u8>>,
    given: usize,
    chunk_bytes: usize,
    count: u64,
    ended: bool,
}

impl<R: BufRead> Opener<R> {
    /// What follows `header`, which was read already.
    pub(super) fn new(input: R, header: &Header, key: &BackupKey) -> Self {
        Self::with_chunks_of(CHUNK_BYTES, input, header, key)
    }

    fn with_chunks_of(bytes: usize, input: R, header: &Header, key: &BackupKey) -> Self {
        Self {
            input,
            cipher: header.cipher(key),
            chunk: Zeroizing::new(Vec::new()),
            given: 0,
            chunk_bytes: bytes,
            count: 0,
            ended: false,
        }
    }

    fn open(&mut self) -> io::Result<()> {
        let mut sealed = vec![0; self.chunk_bytes + TAG_BYTES];
        let length = read_full(&mut self.input, &mut sealed)?;
        let is_last = length < sealed.len() || self.input.fill_buf()?.is_empty();
        sealed.truncate(length);
        let chunk = self.cipher.decrypt(&nonce(self.count, is_last), sealed.as_slice());
        self.chunk = Zeroizing::new(chunk.map_err(|_| damaged())?);
        self.given = 0;
        self.count += 1;
        self.ended = is_last;
        Ok(())
    }
}

impl<R: BufRead> Read for Opener<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.chunk.len() && !self.ended {
            self.open()?;
        }
        let rest = self.chunk.get(self.given..).unwrap_or_default();
        let fits = rest.len().min(buffer.len());
        buffer[..fits].copy_from_slice(&rest[..fits]);
        self.given += fits;
        Ok(fits)
    }
}

/// Something was changed, left out, added or cut off.
pub(super) fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "it is not as it was written")
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const CHUNK: usize = 16;

    fn sealed(text: &[u8], key: &BackupKey) -> Vec<u8> {
        let header = Header::new(key, Timestamp::from_millis(1_800_000_000_000), 14).unwrap();
        let mut sealer = Sealer::with_chunks_of(CHUNK, Vec::new(), &header, key).unwrap();
        sealer.write_all(text).unwrap();
        sealer.finish().unwrap()
    }

    /// What is read back; nothing when it is refused, wherever that is noticed.
    fn opened(mut bytes: &[u8], key: &BackupKey) -> Option<Vec<u8>> {
        let header = Header::read(&mut bytes).unwrap()?;
        let mut text = Vec::new();
        let mut opener = Opener::with_chunks_of(CHUNK, BufReader::new(bytes), &header, key);
        opener.read_to_end(&mut text).ok().map(|_| text)
    }

    proptest! {
        #[test]
        fn what_was_sealed_is_read_back(text in vec(any::<u8>(), 0..5 * CHUNK)) {
            let key = BackupKey::of([7; 32]);
            prop_assert_eq!(opened(&sealed(&text, &key), &key), Some(text));
        }

        #[test]
        fn no_bit_can_be_changed(text in vec(any::<u8>(), 0..4 * CHUNK), at: prop::sample::Index, bit in 0..8u8) {
            let key = BackupKey::of([7; 32]);
            let mut bytes = sealed(&text, &key);
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            prop_assert!(opened(&bytes, &key).is_none(), "byte {at} was changed");
        }

        #[test]
        fn nothing_can_be_cut_off_or_added(text in vec(any::<u8>(), 0..4 * CHUNK), at: prop::sample::Index, more in vec(any::<u8>(), 1..40)) {
            let key = BackupKey::of([7; 32]);
            let whole = sealed(&text, &key);
            prop_assert_eq!(opened(&whole[..at.index(whole.len())], &key), None);
            prop_assert_eq!(opened(&[whole, more].concat(), &key), None);
        }

        #[test]
        fn chunks_cannot_change_places_nor_files(text in vec(any::<u8>(), 3 * CHUNK..4 * CHUNK)) {
            let key = BackupKey::of([7; 32]);
            let one = sealed(&text, &key);
            let (first, second) = (HEADER_BYTES, HEADER_BYTES + CHUNK + TAG_BYTES);
            let mut swapped = one.clone();
            swapped[first..second].copy_from_slice(&one[second..second + CHUNK + TAG_BYTES]);
            swapped[second..second + CHUNK + TAG_BYTES].copy_from_slice(&one[first..second]);
            prop_assert_eq!(opened(&swapped, &key), None);
            let mut grafted = sealed(&text, &key);
            grafted[first..second].copy_from_slice(&one[first..second]);
            prop_assert_eq!(opened(&grafted, &key), None);
            prop_assert_eq!(opened(&one, &BackupKey::of([8; 32])), None);
        }
    }
}
