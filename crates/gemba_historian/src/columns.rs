//! Samples of one tag in columns, and blocks of them, packed in time.

use std::sync::Arc;

use gemba_model::{Quality, Sample, UnixNanos, Value};
use pco::{ChunkConfig, data_types::Number, standalone};

/// Numbers of one kind compress best with some effort; more of it gains a few percent for twice the time.
const COMPRESSION_LEVEL: usize = 6;

/// What a row is, beside its numbers: two bits of quality, two of the kind of value, one for a time of the source, one for a
/// row that no sample is.
#[derive(Clone, Copy)]
struct Mark(u16);

impl Mark {
    const HAS_SOURCE_TIME: u16 = 16;
    /// From here on nothing was listened to: the value is the last one, and its age is the age of that.
    const IS_LAST_KNOWN: u16 = 32;
    const NO_VALUE: u16 = 0;
    const BOOL: u16 = 1;
    const NUMBER: u16 = 2;
    const TEXT: u16 = 3;

    fn of(sample: &Sample) -> Self {
        let quality = match sample.quality {
            Quality::Good => 0,
            Quality::Uncertain => 1,
            Quality::Bad => 2,
            Quality::Stale => 3,
        };
        let kind = match sample.value {
            None => Self::NO_VALUE,
            Some(Value::Bool(_)) => Self::BOOL,
            Some(Value::Number(_)) => Self::NUMBER,
            Some(Value::Text(_)) => Self::TEXT,
        };
        let source = u16::from(sample.source_time.is_some()) * Self::HAS_SOURCE_TIME;
        Self(quality | kind << 2 | source)
    }

    fn quality(self) -> Quality {
        match self.0 & 3 {
            0 => Quality::Good,
            1 => Quality::Uncertain,
            2 => Quality::Bad,
            _ => Quality::Stale,
        }
    }

    fn kind(self) -> u16 {
        self.0 >> 2 & 3
    }

    fn has_source_time(self) -> bool {
        self.0 & Self::HAS_SOURCE_TIME != 0
    }

    fn is_last_known(self) -> bool {
        self.0 & Self::IS_LAST_KNOWN != 0
    }
}

/// Samples of one tag, oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns {
    /// From when on each holds, in nanoseconds, never falling: when it arrived.
    times: Vec<i64>,
    /// How long before that it was true at the source, in nanoseconds; 0 without a time of the source. For a row that no sample
    /// is, how long before that the last one arrived.
    ages: Vec<i64>,
    /// The number; a switch is 0 or 1, a text its place in `texts`.
    numbers: Vec<f64>,
    marks: Vec<u16>,
    /// The different texts.
    texts: Vec<Arc<str>>,
}

/// What a row of [`Columns`] takes.
pub(crate) const ROW_BYTES: usize = size_of::<i64>() * 2 + size_of::<f64>() + size_of::<u16>();

impl Columns {
    pub(crate) fn len(&self) -> usize {
        self.times.len()
    }

    /// Lets all rows go; their memory stays for the next ones.
    pub(crate) fn clear(&mut self) {
        let Self {
            times,
            ages,
            numbers,
            marks,
            texts,
        } = self;
        times.clear();
        ages.clear();
        numbers.clear();
        marks.clear();
        texts.clear();
    }

    pub(crate) fn time(&self, row: usize) -> Option<UnixNanos> {
        self.times.get(row).copied().map(UnixNanos)
    }

    /// Where the rows after `at` begin.
    pub(crate) fn after(&self, at: UnixNanos) -> usize {
        self.times.partition_point(|time| *time <= at.0)
    }

    /// Adds a sample, which arrived at `at`: not before the last one.
    pub(crate) fn push(&mut self, sample: &Sample, at: UnixNanos) {
        let age = sample
            .source_time
            .map_or(0, |source| at.0.saturating_sub(source.0));
        self.push_row(sample, at, age, Mark::of(sample));
    }

    /// Adds that nothing is known from `at` on but that `sample` was the last one: not before it.
    pub(crate) fn push_last_known(&mut self, sample: &Sample, at: UnixNanos) {
        let sample = Sample {
            quality: Quality::Stale,
            source_time: None,
            ..sample.clone()
        };
        let age = at.0.saturating_sub(sample.recv_time.0);
        let mark = Mark(Mark::of(&sample).0 | Mark::IS_LAST_KNOWN);
        self.push_row(&sample, at, age, mark);
    }

    fn push_row(&mut self, sample: &Sample, at: UnixNanos, age: i64, mark: Mark) {
        let number = match &sample.value {
            None => 0.0,
            Some(Value::Bool(on)) => f64::from(u8::from(*on)),
            Some(Value::Number(number)) => *number,
            Some(Value::Text(text)) => self.place_of(text) as f64,
        };
        self.times.push(at.0);
        self.ages.push(age);
        self.numbers.push(number);
        self.marks.push(mark.0);
    }

    fn place_of(&mut self, text: &Arc<str>) -> usize {
        match self.texts.iter().position(|known| known == text) {
            Some(place) => place,
            None => {
                self.texts.push(text.clone());
                self.texts.len() - 1
            }
        }
    }

    pub(crate) fn get(&self, row: usize) -> Option<Sample> {
        let mark = Mark(*self.marks.get(row)?);
        let number = *self.numbers.get(row)?;
        let age = *self.ages.get(row)?;
        let at = self.time(row)?;
        let value = match mark.kind() {
            Mark::NO_VALUE => None,
            Mark::BOOL => Some(Value::Bool(number != 0.0)),
            Mark::NUMBER => Some(Value::Number(number)),
            _ => Some(Value::Text(self.texts.get(number as usize)?.clone())),
        };
        let before = UnixNanos(at.0.saturating_sub(age));
        Some(Sample {
            value,
            quality: mark.quality(),
            source_time: mark.has_source_time().then_some(before),
            recv_time: if mark.is_last_known() { before } else { at },
        })
    }

    /// Packs all rows; there is at least one.
    pub(crate) fn pack(&self) -> Block {
        Block {
            times: Column::new(&self.times),
            ages: Column::new(&self.ages),
            numbers: Column::new(&self.numbers),
            marks: Column::new(&self.marks),
            ..self.plain()
        }
    }

    /// All rows as they are, in the shape of a block: it costs no time to speak of.
    pub(crate) fn plain(&self) -> Block {
        Block {
            from: self.time(0).unwrap_or_default(),
            to: self.time(self.len().saturating_sub(1)).unwrap_or_default(),
            len: self.len(),
            times: Column::plain(&self.times),
            ages: Column::plain(&self.ages),
            numbers: Column::plain(&self.numbers),
            marks: Column::plain(&self.marks),
            texts: self.texts.clone().into(),
        }
    }
}

/// A block of [`Columns`]: as they are at first, packed when somebody had the time.
#[derive(Debug, Default)]
pub(crate) struct Block {
    /// When the first row arrived.
    pub(crate) from: UnixNanos,
    /// When the last one did.
    pub(crate) to: UnixNanos,
    pub(crate) len: usize,
    pub(crate) times: Column<i64>,
    pub(crate) ages: Column<i64>,
    pub(crate) numbers: Column<f64>,
    pub(crate) marks: Column<u16>,
    pub(crate) texts: Arc<[Arc<str>]>,
}

impl Block {
    /// The rows; none where a column of them is none.
    pub(crate) fn rows(&self) -> Columns {
        let rows = Columns {
            times: self.times.read(self.len),
            ages: self.ages.read(self.len),
            numbers: self.numbers.read(self.len),
            marks: self.marks.read(self.len),
            texts: self.texts.to_vec(),
        };
        let lengths = [
            rows.times.len(),
            rows.ages.len(),
            rows.numbers.len(),
            rows.marks.len(),
        ];
        if lengths == [self.len; 4] {
            rows
        } else {
            Columns::default()
        }
    }

    /// Whether packing it may save anything: no column is packed, and one is not the same all along.
    pub(crate) fn is_plain(&self) -> bool {
        let Self {
            times,
            ages,
            numbers,
            marks,
            ..
        } = self;
        let forms = [times.form(), ages.form(), numbers.form(), marks.form()];
        forms.contains(&Form::Plain) && !forms.contains(&Form::Packed)
    }

    /// What it takes in memory.
    pub(crate) fn bytes(&self) -> usize {
        let texts: usize = self
            .texts
            .iter()
            .map(|text| text.len() + size_of::<Arc<str>>())
            .sum();
        size_of::<Self>()
            + self.times.bytes()
            + self.ages.bytes()
            + self.numbers.bytes()
            + self.marks.bytes()
            + texts
    }
}

/// One column of a block.
#[derive(Debug)]
pub(crate) enum Column<T> {
    /// All rows are the same, as qualities mostly are.
    Same(T),
    Packed(Box<[u8]>),
    /// What is not packed yet, or could not be.
    Plain(Box<[T]>),
}

/// How a column is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Same,
    Packed,
    Plain,
}

impl<T> Column<T> {
    fn form(&self) -> Form {
        match self {
            Self::Same(_) => Form::Same,
            Self::Packed(_) => Form::Packed,
            Self::Plain(_) => Form::Plain,
        }
    }
}

impl<T> Default for Column<T> {
    fn default() -> Self {
        Self::Plain(Box::default())
    }
}

impl<T: Number> Column<T> {
    fn new(column: &[T]) -> Self {
        let plain = Self::plain(column);
        if matches!(plain, Self::Same(_)) {
            return plain;
        }
        let config = ChunkConfig::default().with_compression_level(COMPRESSION_LEVEL);
        match standalone::simple_compress(column, &config) {
            Ok(bytes) if bytes.len() < size_of_val(column) => Self::Packed(bytes.into()),
            _ => plain,
        }
    }

    fn plain(column: &[T]) -> Self {
        match column.split_first() {
            Some((first, rest))
                if rest
                    .iter()
                    .all(|one| one.to_latent_ordered() == first.to_latent_ordered()) =>
            {
                Self::Same(*first)
            }
            _ => Self::Plain(column.into()),
        }
    }

    /// The `len` rows. What was packed here can be read here; there are none in what was made elsewhere and is no column.
    fn read(&self, len: usize) -> Vec<T> {
        match self {
            Self::Same(value) => vec![*value; len],
            Self::Packed(bytes) => {
                let mut rows = vec![T::default(); len];
                match standalone::simple_decompress_into(bytes, &mut rows) {
                    Ok(read) if read.finished && read.n_processed == len => rows,
                    _ => Vec::new(),
                }
            }
            Self::Plain(column) => column.to_vec(),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Same(_) => 0,
            Self::Packed(bytes) => bytes.len(),
            Self::Plain(column) => size_of_val::<[T]>(column),
        }
    }
}
