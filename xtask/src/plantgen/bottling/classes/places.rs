//! Classes of areas, cells, lines and sites.

use super::Class;

pub(super) const CLASSES: &[Class] = &[
    Class {
        name: "Area",
        base: "",
        level: "area",
        points: &["state;power_kw;kW;Power;", "state;energy_kwh;kW.h;Energy;"],
        effects: &[],
    },
    Class {
        name: "Cell",
        base: "",
        level: "processCell",
        points: &["state;power_kw;kW;Power;", "state;energy_kwh;kW.h;Energy;"],
        effects: &[],
    },
    Class {
        name: "Line",
        base: "",
        level: "productionLine",
        points: &[
            "state;power_kw;kW;Power;",
            "state;energy_kwh;kW.h;Energy;",
            "state;oee_pct;%;OEE;low 65",
            "state;rate_bph;{bottles}/h;Rate;",
            "state;good_count;{bottles};Good;",
            "state;scrap_count;{bottles};Scrap;",
            "state;shift;1;Shift;",
        ],
        effects: &[],
    },
    Class {
        name: "Site",
        base: "",
        level: "site",
        points: &[
            "state;power_kw;kW;Power;",
            "state;steam_t_h;t/h;Steam;",
            "state;water_m3_h;m3/h;Water;",
            "state;bottles_per_kwh;{bottles}/kW.h;Bottles per kilowatt hour;",
        ],
        effects: &[],
    },
];
