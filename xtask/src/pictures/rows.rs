//! Which pictures the documentation has. What cannot be told by a row has no place in it.

/// What happens in the plant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Story {
    /// All is well.
    AtRest,
    /// A bearing of the turbine wears.
    TurbineWears,
    /// A bearing of a cooling water pump wears.
    PumpWears,
    /// Ben shows Ana that pump.
    Meeting,
}

impl Story {
    /// In the order in which they are told: each goes on where the last ended.
    pub(super) const ALL: [Self; 4] = [Self::AtRest, Self::TurbineWears, Self::PumpWears, Self::Meeting];

    pub(super) fn fault(self) -> Option<&'static str> {
        match self {
            Self::AtRest => None,
            Self::TurbineWears => Some("bearing-wear@TG-101:at=5s,grow=60s"),
            Self::PumpWears | Self::Meeting => Some("bearing-wear@P-121:at=5s,grow=90s"),
        }
    }

    /// Whose temperature has to be beyond a limit.
    pub(super) fn worn(self) -> Option<&'static str> {
        match self {
            Self::AtRest => None,
            Self::TurbineWears => Some("TG-101"),
            Self::PumpWears | Self::Meeting => Some("P-121"),
        }
    }
}

/// A picture of the documentation.
pub(super) struct Picture {
    pub(super) name: &'static str,
    pub(super) camera: &'static str,
    pub(super) story: Story,
    pub(super) has_panels: bool,
    /// The prim that is selected.
    pub(super) selected: Option<&'static str>,
    /// Of so long ago.
    pub(super) secs_ago: Option<i64>,
}

const fn view(name: &'static str, camera: &'static str, story: Story) -> Picture {
    Picture {
        name,
        camera,
        story,
        has_panels: false,
        selected: None,
        secs_ago: None,
    }
}

pub(super) const PICTURES: [Picture; 12] = [
    view("overview", "Overview", Story::AtRest),
    view("hall", "HallOverview", Story::AtRest),
    view("filling-line", "FillingLine", Story::AtRest),
    view("process", "Process", Story::AtRest),
    view("palletising", "Palletising", Story::AtRest),
    view("turbine-at-rest", "BoilerAndTurbineHall", Story::AtRest),
    view("pumps-at-rest", "PumpHouse", Story::AtRest),
    view("turbine-worn", "BoilerAndTurbineHall", Story::TurbineWears),
    Picture {
        has_panels: true,
        selected: Some("/Plant/Works/Utilities/Power/TG_101"),
        ..view("worn-bearing", "BoilerAndTurbineHall", Story::TurbineWears)
    },
    Picture {
        has_panels: true,
        selected: Some("/Plant/Works/Utilities/Power/TG_101"),
        secs_ago: Some(25),
        ..view("look-back", "BoilerAndTurbineHall", Story::TurbineWears)
    },
    view("pumps-worn", "PumpHouse", Story::PumpWears),
    Picture {
        has_panels: true,
        ..view("meet", "PumpHouse", Story::Meeting)
    },
];
