//! Operations to try: one of each kind, and any at random.

use gemba_model::{PrimPath, UnixNanos};
use gemba_session::{
    AnnotationId, Operation, OperationId, OperationKind, ParticipantId, PlantMark, Role, RoomState,
    ViewpointId,
    bounded::{List, Text},
    operation::{
        Anchor, AnnotationEdit, Camera, Markup, Name, NewAnnotation, Note, Prims, Section, SectionPlane,
        Status, TimelineCursor, ViewState,
    },
};
use rand::{Rng, rngs::SmallRng, seq::IndexedRandom};

pub(crate) fn prims(names: &[&str]) -> Prims {
    Prims::new(names.iter().map(|name| PrimPath::new(name).unwrap()).collect()).unwrap()
}

pub(crate) fn camera(x_m: f64) -> Camera {
    Camera {
        eye_m: [x_m, 1.7, 3.0],
        target_m: [0.0, 1.0, 0.0],
        fov_y_rad: 0.9,
    }
}

pub(crate) fn note(text: &str) -> Operation {
    Operation::CreateAnnotation(Box::new(NewAnnotation {
        anchor: Anchor {
            prim: PrimPath::new("/Plant/P_101").unwrap(),
            point_in_prim: [0.1, 0.2, 0.3],
            normal_in_prim: [0.0, 1.0, 0.0],
        },
        text: Note::cut(text),
        markup: Markup::Text,
    }))
}

pub(crate) fn section(offset_m: f64) -> Section {
    let plane = SectionPlane {
        normal: [0.0, 1.0, 0.0],
        offset_m,
    };
    Section {
        planes: List::new(vec![plane]).unwrap(),
    }
}

pub(crate) fn view(x_m: f64) -> Box<ViewState> {
    Box::new(ViewState {
        camera: camera(x_m),
        section: section(x_m),
        isolation: prims(&["/Plant/A"]),
        timeline: TimelineCursor::Live,
    })
}

pub(crate) fn plant(name: &str, content: u8) -> PlantMark {
    PlantMark {
        name: Text::cut(name),
        prim: PrimPath::new("/Plant").ok(),
        content: [content; 32],
    }
}

/// An operation of that kind on these things.
pub(crate) fn of_kind(
    kind: OperationKind,
    annotation: AnnotationId,
    viewpoint: ViewpointId,
    whom: ParticipantId,
    variant: u32,
) -> Operation {
    use OperationKind as Kind;
    let x_m = f64::from(variant);
    let text = format!("text {variant}");
    match kind {
        Kind::Select => Operation::Select {
            prims: prims(&["/Plant/P_101"]),
        },
        Kind::CreateAnnotation => note(&text),
        Kind::EditAnnotation => Operation::EditAnnotation {
            annotation,
            edit: AnnotationEdit::Text(Note::cut(&text)),
        },
        Kind::ReplyToAnnotation => Operation::ReplyToAnnotation {
            annotation,
            text: Note::cut(&text),
        },
        Kind::ResolveAnnotation => Operation::ResolveAnnotation {
            annotation,
            status: [Status::Resolved, Status::InProgress, Status::Open][variant as usize % 3],
        },
        Kind::AssignAnnotation => Operation::AssignAnnotation {
            annotation,
            assignee: Some(whom),
        },
        Kind::DeleteAnnotation => Operation::DeleteAnnotation { annotation },
        Kind::RestoreAnnotation => Operation::RestoreAnnotation { annotation },
        Kind::SaveViewpoint => Operation::SaveViewpoint {
            name: Name::cut(&text),
            view: view(x_m),
        },
        Kind::DeleteViewpoint => Operation::DeleteViewpoint { viewpoint },
        Kind::SetSection => Operation::SetSection(section(x_m)),
        Kind::SetIsolation => Operation::SetIsolation {
            prims: prims(&["/Plant/B"]),
        },
        Kind::SetTimeline => Operation::SetTimeline(TimelineCursor::Past {
            at: UnixNanos::from_millis(i64::from(variant)),
            speed: 1.0,
            since: UnixNanos::from_millis(7),
        }),
        Kind::Follow => Operation::Follow { whom: Some(whom) },
        Kind::BringEveryone => Operation::BringEveryone { camera: camera(x_m) },
        Kind::Present => Operation::Present { on: true },
        Kind::Chat => Operation::Chat {
            text: Text::cut(&text),
            prims: prims(&["/Plant/C"]),
        },
        Kind::SetRole => Operation::SetRole {
            whom,
            role: [Role::Editor, Role::Trainee][variant as usize % 2],
        },
        Kind::Remove => Operation::Remove { whom },
        Kind::Readmit => Operation::Readmit { whom },
        Kind::Leave => Operation::Leave,
        Kind::EndSession => Operation::EndSession,
        Kind::OpenPlant => Operation::OpenPlant(Box::new(plant(&text, u8::try_from(variant % 5).unwrap()))),
        Kind::AdoptPlant => Operation::AdoptPlant,
    }
}

/// Any operation that leaves everyone in the room.
pub(crate) fn any(rng: &mut SmallRng, state: &RoomState) -> Operation {
    let kinds: Vec<OperationKind> = OperationKind::ALL
        .into_iter()
        .filter(|kind| {
            !matches!(
                kind,
                OperationKind::Remove | OperationKind::Leave | OperationKind::EndSession
            )
        })
        .collect();
    let kind = *kinds.choose(rng).unwrap();
    let nobody = OperationId {
        by: ParticipantId(99),
        number: gemba_session::OperationNumber(1),
    };
    let annotations: Vec<AnnotationId> = state.annotations.keys().copied().collect();
    let viewpoints: Vec<ViewpointId> = state.viewpoints.keys().copied().collect();
    let people: Vec<ParticipantId> = state.people.keys().copied().collect();
    of_kind(
        kind,
        annotations.choose(rng).copied().unwrap_or(AnnotationId(nobody)),
        viewpoints.choose(rng).copied().unwrap_or(ViewpointId(nobody)),
        people.choose(rng).copied().unwrap_or(ParticipantId(99)),
        rng.random_range(0..1_000),
    )
}
