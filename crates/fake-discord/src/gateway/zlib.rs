//! A stream in zlib's format that compresses nothing: for clients that ask for `zlib-stream`.

/// The most bytes that fit into one block.
const BLOCK: usize = 0xFFFF;

/// The stream's first two bytes: a window of 32 KiB, no dictionary.
pub(super) const HEADER: [u8; 2] = [0x78, 0x01];

/// One message, with the empty block at its end by which clients tell that it is whole.
pub(super) fn stored(text: &str, is_first: bool) -> Vec<u8> {
    let mut stream = Vec::with_capacity(text.len() + 16);
    if is_first {
        stream.extend(HEADER);
    }
    for block in text.as_bytes().chunks(BLOCK) {
        put(&mut stream, block);
    }
    put(&mut stream, &[]);
    stream
}

fn put(stream: &mut Vec<u8>, block: &[u8]) {
    let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
    stream.push(0);
    stream.extend(length.to_le_bytes());
    stream.extend((!length).to_le_bytes());
    stream.extend(block);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_ends_with_the_mark_that_clients_wait_for() {
        for text in ["", "{}", &"x".repeat(200_000)] {
            let stream = stored(text, false);
            assert!(stream.ends_with(&[0, 0, 0xFF, 0xFF]));
            assert_eq!(stream.len(), text.len() + 5 * (text.len().div_ceil(BLOCK) + 1));
        }
    }
}
