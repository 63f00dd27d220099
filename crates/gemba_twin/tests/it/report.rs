//! What `gemba check` prints.

use gemba_model::{Issue, PrimPath};
use gemba_twin::{check::report, plan};

use crate::fixture::{pump, scene};

#[test]
fn counts_issues_and_exit_status() {
    let mut doc = scene(&pump(
        "= GembaPointAPI:temp\n/Plant/Yard\n= GembaTwinAPI\ngemba:twin:id \"Y\"",
    ));
    doc.issues.push(
        Issue::warning("usd.unknown-type", "the type `Pmup` is unknown", "name a type")
            .on_prim(PrimPath::new("/Plant").unwrap()),
    );
    let (plan, issues) = plan(&doc, &["plant".to_owned()]);
    let clean = report(&doc, &plan, &issues);
    assert_eq!(
        clean.to_string(),
        "warning[usd.unknown-type] </Plant>: the type `Pmup` is unknown. name a type.\n\
         warning[twin.no-source] twin.usda:3 </Plant/P_101>: the point `temp` has no source, so it has no value. give the \
         prim a `gemba:point:temp:source` such as `plant:acme/{id}/telemetry#/temp`.\n\
         note[twin.no-points] twin.usda:9 </Plant/Yard>: the twin has no points, so it shows no values. add a \
         `GembaPointAPI:NAME` to its `apiSchemas` if the plant measures something there.\n\
         twin.usda: 4 prims, 2 twins, 2 points, 0 effects\n\
         connection plant: 1 tag\n\
         1 point without a source, 1 twin without points\n\
         0 errors, 2 warnings, 1 note\n"
    );
    assert_eq!(clean.exit_code(), 0);
}

#[test]
fn an_error_makes_the_exit_status_1() {
    let doc = scene(&pump("gemba:point:speed:unit \"rpm\""));
    let (plan, issues) = plan(&doc, &["plant".to_owned()]);
    assert_eq!(report(&doc, &plan, &issues).exit_code(), 1);
}
