//! Bytes that are not UTF-8, read as Windows-1252: what exporters on Western Windows machines write.

use std::borrow::Cow;

/// Windows-1252 for 0x80 to 0x9F; 0xA0 and above are Latin-1. The five unassigned bytes map to themselves.
const C1: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

fn decode(byte: u8) -> char {
    match byte {
        0x80..=0x9f => C1[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

/// `bytes` as text: valid UTF-8 as it is, each stray byte as Windows-1252. Owned only where a byte was stray.
pub(super) fn to_utf8(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().copied().map(decode));
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stray_bytes_are_windows_1252() {
        for (bytes, expected) in [
            (&b"Area (m\xb2)"[..], "Area (m²)"),
            (b"\x80 5", "€ 5"),
            ("già m²".as_bytes(), "già m²"),
            (b"Gr\xf6\xdfe \xc3\xa9", "Größe é"),
            (b"cut \xe2\x82", "cut â‚"),
        ] {
            assert_eq!(to_utf8(bytes), expected);
        }
    }

    #[test]
    fn valid_text_is_borrowed() {
        assert!(matches!(to_utf8("m²".as_bytes()), Cow::Borrowed(_)));
    }
}
