//! Packing full blocks, apart from where samples are added: on another thread, when there is time.
//!
//! A block is whole and can be read before and after, so nobody has to wait, and nothing is lost when nobody packs: the record takes
//! more memory, and so goes less far back.

use std::sync::Arc;

use super::{columns::Block, record::Record};

/// Which block of which tag.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BlockPlace {
    pub(crate) tag: u32,
    /// Counted from the very first of the tag.
    pub(crate) number: u64,
}

/// A full block that is not packed.
#[derive(Debug)]
pub struct BlockToPack {
    place: BlockPlace,
    block: Arc<Block>,
}

/// A block that was packed, for [`Record::put_packed`].
#[derive(Debug)]
pub struct PackedBlock {
    place: BlockPlace,
    /// What it was before: no other block is this one, of whichever record.
    plain: Arc<Block>,
    packed: Block,
}

impl BlockToPack {
    /// Packs it, in about 0.1 ms.
    #[must_use]
    pub fn pack(self) -> PackedBlock {
        PackedBlock {
            packed: self.block.rows().pack(),
            place: self.place,
            plain: self.block,
        }
    }
}

impl Record {
    /// The next full block to pack, from the one that has been waiting longest; each is given once. `None` when there is none.
    #[must_use]
    pub fn next_to_pack(&mut self) -> Option<BlockToPack> {
        loop {
            let place = self.to_pack.pop_front()?;
            if let Some(block) = self.block(place) {
                let block = block.clone();
                return Some(BlockToPack { place, block });
            }
        }
    }

    /// Puts a block that was packed into its place. Where that has gone meanwhile, or is another record's, nothing is done.
    pub fn put_packed(&mut self, packed: PackedBlock) {
        let PackedBlock { place, plain, packed } = packed;
        let track = self.tracks.get_mut(place.tag as usize);
        let Some(block) = track.and_then(|track| track.block_mut(place.number)) else {
            return;
        };
        if Arc::ptr_eq(block, &plain) {
            self.bytes = (self.bytes + packed.bytes()).saturating_sub(plain.bytes());
            *block = Arc::new(packed);
        }
    }

    /// Lists anew what is to be packed.
    pub(crate) fn list_to_pack(&mut self) {
        let tracks = (0..).zip(&self.tracks);
        let places = tracks.flat_map(|(tag, track)| {
            let plain = track.blocks().filter(|(_, block)| block.is_plain());
            plain.map(move |(number, _)| BlockPlace { tag, number })
        });
        self.to_pack = places.collect();
    }

    fn block(&self, place: BlockPlace) -> Option<&Arc<Block>> {
        self.track(place.tag)?.block(place.number)
    }

    /// Forgets that blocks which have gone were to be packed. Both go by age, so they are the first.
    pub(crate) fn forget_to_pack(&mut self) {
        while let Some(place) = self.to_pack.front().copied()
            && self.block(place).is_none()
        {
            self.to_pack.pop_front();
        }
    }
}
