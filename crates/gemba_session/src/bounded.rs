//! Texts, lists and bytes with a largest size that holds from the first byte read: a length that is too large is
//! refused before anything is allocated for it. Used by every type that crosses the wire.

use std::{fmt, marker::PhantomData, ops::Deref, sync::Arc};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, SeqAccess, Visitor},
};
use thiserror::Error;

/// Something is larger than it may be.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("{size} is more than the {limit} that are accepted")]
pub struct TooLarge {
    /// Bytes of a text or blob, or elements of a list.
    pub size: usize,
    /// The most there may be.
    pub limit: usize,
}

fn fits(size: usize, limit: usize) -> Result<(), TooLarge> {
    if size > limit {
        return Err(TooLarge { size, limit });
    }
    Ok(())
}

/// A text of at most `MAX` bytes of UTF-8. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const MAX: usize>(Arc<str>);

impl<const MAX: usize> Text<MAX> {
    /// The text, when it is short enough.
    ///
    /// # Errors
    /// [`TooLarge`] when it has more than `MAX` bytes.
    pub fn new(text: impl AsRef<str>) -> Result<Self, TooLarge> {
        let text = text.as_ref();
        fits(text.len(), MAX)?;
        Ok(Self(text.into()))
    }

    /// As much of the text as fits, cut between characters.
    #[must_use]
    pub fn cut(text: &str) -> Self {
        let mut end = text.len().min(MAX);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        Self(text[..end].into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> Default for Text<MAX> {
    fn default() -> Self {
        Self("".into())
    }
}

impl<const MAX: usize> fmt::Debug for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl<const MAX: usize> fmt::Display for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MAX: usize> Serialize for Text<MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Text<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor<const MAX: usize>;
        impl<const MAX: usize> Visitor<'_> for TextVisitor<MAX> {
            type Value = Text<MAX>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a text of at most {MAX} bytes")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text<MAX>, E> {
                Text::new(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}

/// A list of at most `MAX` elements.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct List<T, const MAX: usize>(Vec<T>);

impl<T, const MAX: usize> List<T, MAX> {
    /// The list, when it is short enough.
    ///
    /// # Errors
    /// [`TooLarge`] when it has more than `MAX` elements.
    pub fn new(elements: Vec<T>) -> Result<Self, TooLarge> {
        fits(elements.len(), MAX)?;
        Ok(Self(elements))
    }
}

impl<T, const MAX: usize> Default for List<T, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T, const MAX: usize> Deref for List<T, MAX> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for List<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListVisitor<T, const MAX: usize>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>, const MAX: usize> Visitor<'de> for ListVisitor<T, MAX> {
            type Value = List<T, MAX>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a list of at most {MAX} elements")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<List<T, MAX>, A::Error> {
                let announced = elements.size_hint().unwrap_or(0);
                fits(announced, MAX).map_err(de::Error::custom)?;
                // An announced length is not believed beyond a small start: the elements must really come.
                let mut list = Vec::with_capacity(announced.min(64));
                while let Some(element) = elements.next_element()? {
                    fits(list.len() + 1, MAX).map_err(de::Error::custom)?;
                    list.push(element);
                }
                Ok(List(list))
            }
        }
        deserializer.deserialize_seq(ListVisitor(PhantomData))
    }
}

/// At most `MAX` bytes. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct Blob<const MAX: usize>(Arc<[u8]>);

impl<const MAX: usize> Blob<MAX> {
    /// The bytes, when they are few enough.
    ///
    /// # Errors
    /// [`TooLarge`] when there are more than `MAX`.
    pub fn new(bytes: impl AsRef<[u8]>) -> Result<Self, TooLarge> {
        let bytes = bytes.as_ref();
        fits(bytes.len(), MAX)?;
        Ok(Self(bytes.into()))
    }
}

impl<const MAX: usize> Deref for Blob<MAX> {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl<const MAX: usize> fmt::Debug for Blob<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl<const MAX: usize> Serialize for Blob<MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Blob<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BlobVisitor<const MAX: usize>;
        impl<const MAX: usize> Visitor<'_> for BlobVisitor<MAX> {
            type Value = Blob<MAX>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "at most {MAX} bytes")
            }
            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Blob<MAX>, E> {
                Blob::new(bytes).map_err(E::custom)
            }
        }
        deserializer.deserialize_bytes(BlobVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_is_refused_and_the_rest_comes_back_equal() {
        let text = Text::<4>::new("abcd").unwrap();
        let bytes = postcard::to_stdvec(&text).unwrap();
        assert_eq!(postcard::from_bytes::<Text<4>>(&bytes), Ok(text));
        assert!(postcard::from_bytes::<Text<3>>(&bytes).is_err());
        let list = List::<u8, 3>::new(vec![1, 2, 3]).unwrap();
        let bytes = postcard::to_stdvec(&list).unwrap();
        assert_eq!(postcard::from_bytes::<List<u8, 3>>(&bytes), Ok(list));
        assert!(postcard::from_bytes::<List<u8, 2>>(&bytes).is_err());
        let blob = Blob::<2>::new([7, 8]).unwrap();
        let bytes = postcard::to_stdvec(&blob).unwrap();
        assert_eq!(postcard::from_bytes::<Blob<2>>(&bytes), Ok(blob));
        assert!(postcard::from_bytes::<Blob<1>>(&bytes).is_err());
    }

    #[test]
    fn a_lying_length_allocates_nothing() {
        // A list that announces 2^40 elements and brings none.
        let lie = [0x80, 0x80, 0x80, 0x80, 0x80, 0x20];
        assert!(postcard::from_bytes::<List<u64, { usize::MAX }>>(&lie).is_err());
        assert!(postcard::from_bytes::<Blob<{ usize::MAX }>>(&lie).is_err());
    }

    #[test]
    fn a_cut_falls_between_characters() {
        assert_eq!(Text::<3>::cut("aéé").as_str(), "aé");
        assert_eq!(Text::<2>::cut("aéé").as_str(), "a");
        assert_eq!(Text::<9>::cut("aéé").as_str(), "aéé");
    }
}
