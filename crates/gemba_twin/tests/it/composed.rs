//! Twin layers as an integrator writes them: USD text, composed over a vendor's scene.

use std::{f64::consts::TAU, fs};

use gemba_model::{Issue, Severity};
use gemba_twin::{BindingPlan, EffectKind, plan};
use gemba_usd::{OpenOptions, SceneDoc, open};

/// The vendor's scene: two pumps, and a third that is an instance of a shared one.
const SCENE: &str = r#"#usda 1.0
(
    metersPerUnit = 1
)
def Xform "Plant"
{
    def Xform "Utilities"
    {
        def Xform "P_101"
        {
            def Sphere "Impeller"
            {
            }
        }
        def Xform "P_102"
        {
            def Sphere "Impeller"
            {
            }
        }
        def Xform "P_103" (
            instanceable = true
            references = </Plant/Shared>
        )
        {
        }
    }
    def Xform "Shared"
    {
        def Sphere "Impeller"
        {
        }
    }
}
"#;

/// The template of the twin layer; the overs follow.
const TEMPLATE: &str = r#"#usda 1.0
(
    subLayers = [@./scene.usda@]
)
class "_CentrifugalPump" (
    prepend apiSchemas = ["GembaTwinAPI", "GembaPointAPI:speed", "GembaPointAPI:bearingTemp", "GembaEffectAPI:spin", "GembaEffectAPI:heat"]
)
{
    uniform token gemba:twin:class = "CentrifugalPump"
    uniform token gemba:twin:level = "equipment"
    string gemba:point:speed:source = "plant:acme/works1/utilities/{id}/telemetry#/speed_rpm"
    token gemba:point:speed:unit = "r/min"
    string gemba:point:bearingTemp:source = "plant:acme/works1/utilities/{id}/telemetry#/bearing_c"
    token gemba:point:bearingTemp:unit = "Cel"
    double gemba:point:bearingTemp:high = 80
    double gemba:point:bearingTemp:highHigh = 95
    token gemba:effect:spin:kind = "rotate"
    token gemba:effect:spin:point = "speed"
    rel gemba:effect:spin:target = <Impeller>
    token gemba:effect:heat:kind = "color"
    token gemba:effect:heat:point = "bearingTemp"
    double2 gemba:effect:heat:domain = (20, 100)
    color3f[] gemba:effect:heat:rampColors = [(0, 0, 1), (1, 0, 0)]
}
"#;

/// The scene under the template and `overs`, opened and planned, with what either says of twins.
fn composed(overs: &str) -> (SceneDoc, BindingPlan, Vec<Issue>) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("scene.usda"), SCENE).expect("the scene");
    let twin = folder.path().join("twin.usda");
    fs::write(&twin, format!("{TEMPLATE}{overs}")).expect("the twin layer");
    let doc = open(&twin, &OpenOptions::default(), &mut |_| {}).expect("a scene");
    let (plan, mut issues) = plan(&doc, &["plant".to_owned()]);
    issues.splice(
        0..0,
        doc.issues
            .iter()
            .filter(|issue| issue.code.starts_with("twin."))
            .cloned(),
    );
    (doc, plan, issues)
}

fn lines(issues: &[Issue]) -> Vec<String> {
    issues.iter().map(ToString::to_string).collect()
}

/// The line of `text` in the twin layer with `overs`, counted from 1.
fn line_of(overs: &str, text: &str) -> Option<u32> {
    let layer = format!("{TEMPLATE}{overs}");
    layer
        .lines()
        .position(|line| line.contains(text))
        .map(|row| row as u32 + 1)
}

#[test]
fn schemas_deleted_from_what_is_inherited_are_one_issue_each() {
    let (_, plan, issues) = composed(
        r#"over "Plant"
{
    over "Utilities"
    {
        over "P_101" (
            inherits = </_CentrifugalPump>
            delete apiSchemas = ["GembaPointAPI:bearingTemp", "GembaEffectAPI:heat"]
        )
        {
            uniform token gemba:twin:id = "P-101"
        }
    }
}
"#,
    );
    let said: Vec<&str> = issues.iter().map(|issue| issue.message.as_str()).collect();
    assert_eq!(
        said,
        [
            "`gemba:point:bearingTemp:high` and 3 more are left out: the prim does not apply `GembaPointAPI:bearingTemp`",
            "`gemba:effect:heat:domain` and 3 more are left out: the prim does not apply `GembaEffectAPI:heat`",
        ]
    );
    assert!(issues.iter().all(|issue| issue.line.is_some()), "{issues:?}");
    assert_eq!((plan.points.len(), plan.effects.len()), (1, 1));
}

#[test]
fn a_template_is_inherited_and_overridden() {
    let (doc, plan, issues) = composed(
        r#"over "Plant"
{
    over "Utilities"
    {
        over "P_101" (
            inherits = </_CentrifugalPump>
        )
        {
            uniform token gemba:twin:id = "P-101"
        }
        over "P_102" (
            inherits = </_CentrifugalPump>
        )
        {
            uniform token gemba:twin:id = "P-102"
            double gemba:point:bearingTemp:high = 70
        }
    }
}
"#,
    );
    assert_eq!(lines(&issues), [""; 0]);
    let twins: Vec<_> = plan
        .twins
        .iter()
        .map(|twin| (&*twin.id, twin.path.as_str()))
        .collect();
    assert_eq!(
        twins,
        [
            ("P-101", "/Plant/Utilities/P_101"),
            ("P-102", "/Plant/Utilities/P_102")
        ]
    );
    assert_eq!(plan.twins[1].class.as_deref(), Some("CentrifugalPump"));
    let sources: Vec<String> = plan.tags.iter().map(|tag| tag.source.to_string()).collect();
    assert_eq!(
        sources[0],
        "plant:acme/works1/utilities/P-101/telemetry#/speed_rpm"
    );
    assert_eq!(
        sources[3],
        "plant:acme/works1/utilities/P-102/telemetry#/bearing_c"
    );
    let highs: Vec<_> = plan.points.iter().map(|point| point.limits.high).collect();
    assert_eq!(highs, [None, Some(80.0), None, Some(70.0)]);

    let targets: Vec<&str> = plan
        .effects
        .iter()
        .map(|it| doc.prims[it.targets[0].index()].path.as_str())
        .collect();
    assert_eq!(targets[0], "/Plant/Utilities/P_101/Impeller");
    assert_eq!(targets[1], "/Plant/Utilities/P_101");
    assert_eq!(targets[2], "/Plant/Utilities/P_102/Impeller");
    assert_eq!(
        plan.effects[2].kind,
        EffectKind::Rotate {
            axis: [0.0, 0.0, 1.0],
            rad_per_unit: TAU / 60.0,
            is_speed: true
        }
    );
    let EffectKind::Color { domain, ramp } = &plan.effects[1].kind else {
        panic!("{:?}", plan.effects[1])
    };
    assert_eq!(
        (*domain, ramp.len(), ramp[1].color),
        ([20.0, 100.0], 2, [1.0, 0.0, 0.0])
    );
}

#[test]
fn a_fault_is_named_by_file_and_line() {
    let overs = r#"over "Plant"
{
    over "Utilities"
    {
        over "P_101" (
            inherits = </_CentrifugalPump>
        )
        {
            uniform token gemba:twin:id = "P-101"
            token gemba:point:speed:unit = "rpm"
        }
    }
}
"#;
    let (_, _, issues) = composed(overs);
    let unit = issues
        .iter()
        .find(|issue| issue.code == "twin.unknown-unit")
        .expect("an issue about the unit");
    assert!(
        unit.file
            .as_deref()
            .is_some_and(|file| file.ends_with("twin.usda")),
        "{unit}"
    );
    assert_eq!(unit.line, line_of(overs, "\"rpm\""), "{unit}");
    assert_eq!(
        unit.prim.as_ref().map(|prim| prim.as_str()),
        Some("/Plant/Utilities/P_101")
    );
}

#[test]
fn prims_that_do_not_exist_are_named() {
    let overs = r#"over "Plant"
{
    over "Utilities"
    {
        over "P_10l" (
            inherits = </_CentrifugalPump>
        )
        {
            uniform token gemba:twin:id = "P-101"
        }
    }
    over "Packaging"
    {
        over "A" (
            inherits = </_CentrifugalPump>
        )
        {
        }
        over "B" (
            inherits = </_CentrifugalPump>
        )
        {
        }
    }
}
"#;
    let (_, plan, issues) = composed(overs);
    assert!(plan.twins.is_empty());
    let seen = lines(&issues);
    assert_eq!(issues.len(), 2, "{seen:#?}");
    assert!(
        issues
            .iter()
            .all(|issue| issue.code == "twin.missing-prim" && issue.severity == Severity::Error)
    );
    let packaging = issues
        .iter()
        .find(|issue| issue.message.contains("</Plant/Packaging>"))
        .expect("one for both");
    assert!(packaging.message.contains("and 1 more"), "{packaging}");
    let pump = issues
        .iter()
        .find(|issue| issue.message.contains("</Plant/Utilities/P_10l>"))
        .expect("one");
    assert_eq!(pump.line, line_of(overs, "P_10l"), "{pump}");
    assert!(
        pump.remedy.contains("did you mean </Plant/Utilities/P_101>"),
        "{pump}"
    );
}

#[test]
fn opinions_below_an_instance_are_named() {
    let overs = r#"over "Plant"
{
    over "Utilities"
    {
        over "P_103"
        {
            over "Impeller" (
                prepend apiSchemas = ["GembaTwinAPI"]
            )
            {
                uniform token gemba:twin:id = "I-103"
            }
        }
    }
}
"#;
    let (_, plan, issues) = composed(overs);
    assert!(plan.twins.is_empty());
    let seen = lines(&issues);
    assert_eq!(issues.len(), 1, "{seen:#?}");
    assert_eq!(issues[0].code, "twin.below-instance");
    assert!(
        issues[0].message.contains("</Plant/Utilities/P_103>"),
        "{}",
        issues[0]
    );
    assert_eq!(issues[0].line, line_of(overs, "over \"Impeller\""));
}
