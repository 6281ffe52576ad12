//! Seals people's words. Each file has a random key of its own, sealed in turn with the key in `ledger.key`: whoever
//! has the database alone reads nothing, and without its key a file's words are gone for good, backups included.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use policy::{GroupId, MemberId, Reference};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::error::{LedgerError, OpenError};

pub(crate) const KEY_BYTES: usize = 32;
pub(crate) const NONCE_BYTES: usize = 24;
const CHECK_CONTEXT: &[u8] = b"beadle key check";
/// What the key of tags is made from, so that no key serves two ends.
const TAGS_CONTEXT: &[u8] = b"beadle tags";
/// What the key of the log of what is gone is made from.
const GONE_CONTEXT: &[u8] = b"beadle gone";

/// A key as it is held in memory; it is wiped when it is let go of.
pub(crate) type Key = Zeroizing<[u8; KEY_BYTES]>;

/// Holds the key file's key; both ciphers below wipe their key when dropped.
pub(crate) struct Vault {
    cipher: XChaCha20Poly1305,
    /// The key of tags, made from the same.
    tags: Zeroizing<[u8; KEY_BYTES]>,
}

/// The key of one file.
pub(crate) struct FileKey {
    cipher: XChaCha20Poly1305,
    context: Vec<u8>,
}

impl Vault {
    /// Reads the key file, or gives nothing when there is none.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>, OpenError> {
        Ok(read_key(path)?.map(|key| Self::of(&key)))
    }

    fn of(key: &[u8; KEY_BYTES]) -> Self {
        let tags = Zeroizing::new(keyed_hash(key, TAGS_CONTEXT));
        Self { cipher: XChaCha20Poly1305::new(key.into()), tags }
    }

    /// Makes tags with the key that another vault made them with, as it was wrapped for this one; whether it opens.
    pub(crate) fn take_tags(&mut self, wrapped: &[u8]) -> bool {
        let tags = open(&self.cipher, TAGS_CONTEXT, wrapped);
        let tags = tags.and_then(|tags| <[u8; KEY_BYTES]>::try_from(tags.as_slice()).ok());
        tags.map(|tags| self.tags = Zeroizing::new(tags)).is_some()
    }

    /// The key this vault makes tags with, wrapped for another.
    pub(crate) fn tags_for(&self, other: &Self) -> Result<Vec<u8>, LedgerError> {
        seal(&other.cipher, TAGS_CONTEXT, &*self.tags)
    }

    /// The key of a file, wrapped for another vault.
    pub(crate) fn rewrap(
        &self,
        other: &Self,
        wrapped: &[u8],
        group: &GroupId,
        file: Reference,
    ) -> Result<Vec<u8>, LedgerError> {
        self.rewrap_for(other, &context(group, file), wrapped, file)
    }

    /// The key of who brought a report, wrapped for another vault.
    pub(crate) fn rewrap_reporter_key(
        &self,
        other: &Self,
        wrapped: &[u8],
        group: &GroupId,
        report: Reference,
    ) -> Result<Vec<u8>, LedgerError> {
        self.rewrap_for(other, &reporter_context(group, report), wrapped, report)
    }

    fn rewrap_for(
        &self,
        other: &Self,
        context: &[u8],
        wrapped: &[u8],
        file: Reference,
    ) -> Result<Vec<u8>, LedgerError> {
        let key = open(&self.cipher, context, wrapped).ok_or(LedgerError::Unreadable(file))?;
        seal(&other.cipher, context, &key)
    }

    /// What a memo says, sealed by another vault.
    pub(crate) fn reseal_memo(
        &self,
        other: &Self,
        tag: &[u8],
        sealed: &[u8],
    ) -> Result<Vec<u8>, LedgerError> {
        let text = open(&self.cipher, &memo_context(tag), sealed);
        seal(&other.cipher, &memo_context(tag), &text.ok_or(LedgerError::Inconsistent("a memo"))?)
    }

    /// What the log of what is gone is sealed with: the same for all keys a ledger ever had.
    pub(crate) fn gone_cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&keyed_hash(&self.tags, GONE_CONTEXT).into())
    }

    /// Makes a new key and its file, which is there whole or not at all, and for the owner's eyes only.
    pub(crate) fn create(path: &Path) -> Result<Self, OpenError> {
        create_key(path).map(|key| Self::of(&key))
    }

    /// A value to keep, by which the same key is known again.
    pub(crate) fn check_value(&self) -> Result<Vec<u8>, LedgerError> {
        seal(&self.cipher, CHECK_CONTEXT, &[])
    }

    /// Whether this key made that value.
    pub(crate) fn made(&self, check_value: &[u8]) -> bool {
        open(&self.cipher, CHECK_CONTEXT, check_value).is_some()
    }

    /// A new key for a file, and the same wrapped, to be kept.
    pub(crate) fn new_key(
        &self,
        group: &GroupId,
        file: Reference,
    ) -> Result<(FileKey, Vec<u8>), LedgerError> {
        self.new_key_for(context(group, file))
    }

    /// A new key for who brought a report, which no text of the report is sealed with, and the same wrapped.
    pub(crate) fn new_reporter_key(
        &self,
        group: &GroupId,
        report: Reference,
    ) -> Result<(FileKey, Vec<u8>), LedgerError> {
        self.new_key_for(reporter_context(group, report))
    }

    fn new_key_for(&self, context: Vec<u8>) -> Result<(FileKey, Vec<u8>), LedgerError> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        random(&mut *key)?;
        let wrapped = seal(&self.cipher, &context, &*key)?;
        Ok((FileKey { cipher: XChaCha20Poly1305::new((&*key).into()), context }, wrapped))
    }

    /// The key of a file from its wrapping.
    pub(crate) fn unwrap(
        &self,
        wrapped: &[u8],
        group: &GroupId,
        file: Reference,
    ) -> Result<FileKey, LedgerError> {
        self.unwrap_for(context(group, file), wrapped, file)
    }

    /// The key of who brought a report from its wrapping.
    pub(crate) fn unwrap_reporter_key(
        &self,
        wrapped: &[u8],
        group: &GroupId,
        report: Reference,
    ) -> Result<FileKey, LedgerError> {
        self.unwrap_for(reporter_context(group, report), wrapped, report)
    }

    fn unwrap_for(&self, context: Vec<u8>, wrapped: &[u8], file: Reference) -> Result<FileKey, LedgerError> {
        let key = open(&self.cipher, &context, wrapped).ok_or(LedgerError::Unreadable(file))?;
        let cipher = XChaCha20Poly1305::new_from_slice(&key).map_err(|_| LedgerError::Unreadable(file))?;
        Ok(FileKey { cipher, context })
    }

    /// What a memo of an adapter is found by.
    pub(crate) fn memo_tag(&self, account: &str, name: &str) -> [u8; KEY_BYTES] {
        // The length keeps the two apart, whatever stands in them.
        let named = format!("memo\0{}\0{account}\0{name}", account.len());
        keyed_hash(&self.tags, named.as_bytes())
    }

    /// Seals what a memo says, for its tag alone.
    pub(crate) fn seal_memo(&self, tag: &[u8; KEY_BYTES], text: &str) -> Result<Vec<u8>, LedgerError> {
        seal(&self.cipher, &memo_context(tag), text.as_bytes())
    }

    /// What a memo says; nothing when it was not sealed for this tag with this key.
    pub(crate) fn open_memo(&self, tag: &[u8; KEY_BYTES], sealed: &[u8]) -> Option<String> {
        let text = open(&self.cipher, &memo_context(tag), sealed)?;
        std::str::from_utf8(&text).ok().map(str::to_owned)
    }

    /// What a member is found by where no id of theirs stands; `purpose` keeps the tags of different ends apart.
    pub(crate) fn tag(&self, purpose: &str, group: &GroupId, member: &MemberId) -> [u8; KEY_BYTES] {
        let named = format!("{purpose}\0{}\0{}", group.as_str(), member.as_str());
        keyed_hash(&self.tags, named.as_bytes())
    }
}

impl FileKey {
    /// Seals a text of this kind and time.
    pub(crate) fn seal(&self, kind: &str, at_ms: i64, text: &[u8]) -> Result<Vec<u8>, LedgerError> {
        seal(&self.cipher, &self.label(kind, at_ms), text)
    }

    /// Opens what was sealed as a text of this kind and time.
    pub(crate) fn open(&self, kind: &str, at_ms: i64, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        open(&self.cipher, &self.label(kind, at_ms), sealed)
    }

    fn label(&self, kind: &str, at_ms: i64) -> Vec<u8> {
        let mut label = self.context.clone();
        label.extend_from_slice(kind.as_bytes());
        label.push(0);
        label.extend_from_slice(&at_ms.to_be_bytes());
        label
    }
}

/// Whether anybody but its owner may read or change a file, as nobody may one with a key or another secret.
#[cfg(unix)]
pub fn is_exposed(file: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.permissions().mode() & 0o077 != 0
}

/// Whether anybody but its owner may read or change a file. Here, that is not to be told from its mode.
#[cfg(not(unix))]
pub fn is_exposed(_file: &Metadata) -> bool {
    false
}

/// Reads the key in a file, or gives nothing when there is none.
pub(crate) fn read_key(path: &Path) -> Result<Option<Key>, OpenError> {
    let io = |source| OpenError::Io { path: path.to_owned(), source };
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io(error)),
    };
    if is_exposed(&file.metadata().map_err(io)?) {
        return Err(OpenError::KeyExposed { path: path.to_owned() });
    }
    // One byte more than a key, a carriage return and a line feed, so that a longer file shows itself.
    let mut text = Zeroizing::new([0; 2 * KEY_BYTES + 3]);
    let length = read_full(&mut file, &mut *text).map_err(io)?;
    let key = from_hex(text[..length].trim_ascii_end());
    key.map(Some).ok_or_else(|| OpenError::KeyMalformed { path: path.to_owned() })
}

/// Makes a new key and its file, in place of whatever is there.
pub(crate) fn create_key(path: &Path) -> Result<Key, OpenError> {
    let io = |source| OpenError::Io { path: path.to_owned(), source };
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    getrandom::fill(&mut *key).map_err(|error| io(io::Error::other(error.to_string())))?;
    write_key(path, &key).map_err(io)?;
    Ok(key)
}

/// Writes a key into its file, which is there whole or not at all.
pub(crate) fn write_key(path: &Path, key: &[u8; KEY_BYTES]) -> io::Result<()> {
    let mut text = Zeroizing::new(String::with_capacity(2 * KEY_BYTES + 1));
    for byte in key {
        for digit in [byte >> 4, byte & 0xf] {
            text.push(char::from_digit(digit.into(), 16).unwrap_or_default());
        }
    }
    text.push('\n');

    let draft = path.with_extension("key.new");
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all())?;
    fs::rename(&draft, path)?;
    sync_directory(path)
}

/// Ties what is sealed to its file, so that rows cannot be swapped; ids hold no control character.
fn context(group: &GroupId, file: Reference) -> Vec<u8> {
    format!("beadle file\0{}\0{}\0", group.as_str(), file.number()).into_bytes()
}

/// Another beginning than that of texts, so that neither opens in the place of the other.
fn reporter_context(group: &GroupId, report: Reference) -> Vec<u8> {
    format!("beadle reporter\0{}\0{}\0", group.as_str(), report.number()).into_bytes()
}

fn memo_context(tag: &[u8]) -> Vec<u8> {
    [b"beadle memo\0", tag].concat()
}

fn keyed_hash(key: &[u8; KEY_BYTES], text: &[u8]) -> [u8; KEY_BYTES] {
    keyed_hash_of(key, &[text])
}

/// A hash of these parts, one after the other, that only the holder of the key can make.
pub(crate) fn keyed_hash_of(key: &[u8; KEY_BYTES], parts: &[&[u8]]) -> [u8; KEY_BYTES] {
    // Of a key that is shorter than a block of the hash, the rest is zero.
    let mut block = Zeroizing::new([0; 2 * KEY_BYTES]);
    block[..KEY_BYTES].copy_from_slice(key);
    let mut hash = <Hmac<Sha256> as hmac::KeyInit>::new((&*block).into());
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into_bytes().into()
}

pub(crate) fn seal(cipher: &XChaCha20Poly1305, context: &[u8], text: &[u8]) -> Result<Vec<u8>, LedgerError> {
    let mut nonce = [0; NONCE_BYTES];
    random(&mut nonce)?;
    let sealed = cipher.encrypt(XNonce::from_slice(&nonce), Payload { msg: text, aad: context });
    // It fails for texts of more than 256 GiB.
    let sealed = sealed.map_err(|_| LedgerError::Inconsistent("a text too long to seal"))?;
    Ok([&nonce[..], &sealed].concat())
}

pub(crate) fn open(cipher: &XChaCha20Poly1305, context: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, sealed) = sealed.split_at_checked(NONCE_BYTES)?;
    let text = cipher.decrypt(XNonce::from_slice(nonce), Payload { msg: sealed, aad: context });
    text.ok().map(Zeroizing::new)
}

pub(crate) fn random(bytes: &mut [u8]) -> Result<(), LedgerError> {
    getrandom::fill(bytes).map_err(|error| LedgerError::Randomness(error.to_string()))
}

/// 32 bytes from 64 hexadecimal digits.
pub(crate) fn from_hex(text: &[u8]) -> Option<Key> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    if text.len() != 2 * KEY_BYTES {
        return None;
    }
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    for (byte, pair) in key.iter_mut().zip(text.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(key)
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

pub(crate) fn read_full(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match file.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

/// Has a rename survive a loss of power; where directories cannot be synced, the system does it in its own time.
pub(crate) fn sync_directory(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        File::open(parent.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever has a ledger without its key can make no tag, and so cannot tell whom one stands for.
    #[test]
    fn a_tag_is_made_again_with_a_copy_of_the_key_and_with_no_other() {
        let directory = tempfile::tempdir().unwrap();
        let [key, copy, other] = ["key", "copy", "other"].map(|name| directory.path().join(name));
        let (group, member) = (GroupId::new("tea").unwrap(), MemberId::new("alice").unwrap());
        let tag = |vault: &Vault| vault.tag("tombstone", &group, &member);
        let first = Vault::create(&key).unwrap();
        fs::copy(&key, &copy).unwrap();
        assert_eq!(tag(&Vault::read(&copy).unwrap().unwrap()), tag(&first));
        assert_ne!(tag(&Vault::create(&other).unwrap()), tag(&first));
        assert_ne!(first.tag("reporter", &group, &member), tag(&first));
        assert_ne!(first.tag("tombstone", &GroupId::new("chess").unwrap(), &member), tag(&first));
    }
}
