//! Packing what was recorded, beside the frames.

use bevy::{
    prelude::*,
    tasks::{AsyncComputeTaskPool, Task, futures::check_ready},
};
use gemba_historian::{BlockToPack, PackedBlock};

use super::History;

/// Blocks that are packed one after another: some milliseconds, for whoever else waits for that thread.
const AT_A_TIME: usize = 64;

/// Puts what has been packed into its place, and has the next blocks packed. One task at a time: what comes meanwhile waits in the record.
pub(super) fn pack_blocks(mut history: ResMut<History>, mut packing: Local<Option<Task<Vec<PackedBlock>>>>) {
    let record = &mut history.bypass_change_detection().record;
    if let Some(task) = &mut *packing {
        let Some(packed) = check_ready(task) else {
            return;
        };
        *packing = None;
        packed.into_iter().for_each(|block| record.put_packed(block));
    }
    let waiting: Vec<BlockToPack> = std::iter::from_fn(|| record.next_to_pack())
        .take(AT_A_TIME)
        .collect();
    if !waiting.is_empty() {
        let pool = AsyncComputeTaskPool::get();
        *packing = Some(pool.spawn(async move { waiting.into_iter().map(BlockToPack::pack).collect() }));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bevy::app::TaskPoolPlugin;
    use gemba_historian::Record;
    use gemba_model::{Quality, Sample, TagId, UnixNanos, Value};

    use super::*;

    const LAST: i64 = 599;

    fn recorded() -> Record {
        let mut record = Record::new(200, 1 << 30);
        for at in 0..=LAST {
            for tag in (0..200).map(TagId) {
                let sample = Sample {
                    value: Some(Value::Number(at as f64)),
                    quality: Quality::Good,
                    source_time: None,
                    recv_time: UnixNanos(at * 1_000_000),
                };
                record.push(tag, &sample);
            }
        }
        record
    }

    #[test]
    fn all_that_is_full_is_packed_while_frames_go_on() {
        let mut app = App::new();
        app.add_plugins(TaskPoolPlugin::default())
            .init_resource::<History>()
            .add_systems(Update, pack_blocks);
        app.world_mut().resource_mut::<History>().record = recorded();
        let mut at_once = recorded();
        let mut blocks = 0;
        while let Some(block) = at_once.next_to_pack() {
            at_once.put_packed(block.pack());
            blocks += 1;
        }
        assert!(blocks > 3 * AT_A_TIME, "{blocks} are more than one task takes");
        let mut frames = 0;
        let record = |app: &App| app.world().resource::<History>().record.bytes();
        while record(&app) > at_once.bytes() {
            app.update();
            frames += 1;
            assert!(frames < 4_000, "{} bytes", record(&app));
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(record(&app), at_once.bytes());
        assert!(frames > 3, "{frames}: no frame waits for it");
        let last = app
            .world()
            .resource::<History>()
            .record
            .at(TagId(7), UnixNanos(LAST * 1_000_000));
        assert_eq!(
            last.and_then(|sample| sample.value),
            Some(Value::Number(LAST as f64))
        );
    }
}
