//! Scenes in, documents out: what each part of USD becomes.

use gemba_model::{Issue, Severity};
use glam::DVec3;

use crate::{
    SceneDoc,
    doc::{AlphaMode, ColorSource, LightKind, Projection, Purpose, ScalarSource, TwinValue, UpAxis, Wrap},
    testing::{codes, doc, doc_of, prim},
};

const TRIANGLE: &str = r#"
    point3f[] points = [(0,0,0), (1,0,0), (0,1,0)]
    int[] faceVertexCounts = [3]
    int[] faceVertexIndices = [0, 1, 2]
"#;

#[test]
fn the_stage_says_its_units() {
    let doc = doc(
        "(\n upAxis = \"Z\"\n metersPerUnit = 0.001\n defaultPrim = \"A\"\n startTimeCode = 1\n endTimeCode = 5\n)\ndef Xform \"A\" {}",
    );
    assert_eq!(doc.stage.up_axis, UpAxis::Z);
    assert_eq!(doc.stage.meters_per_unit, 0.001);
    assert_eq!(doc.stage.default_prim.as_deref(), Some("A"));
    assert_eq!(doc.stage.time_range, Some([1.0, 5.0]));
    assert_eq!(doc.layers.len(), 1);
    assert_eq!(codes(&doc), [""; 0]);
}

#[test]
fn rows_are_depth_first_and_only_what_is_shown() {
    let doc = doc(
        r#"def "A" { def "B" (active = false) { def "X" {} }  over "C" {}  def "D" { def "E" {} } }
class "K" { def "X" {} }
def Xform "F" (kind = "component" displayName = "Fan 1") {}"#,
    );
    let rows: Vec<(&str, u32, Option<u32>)> = doc
        .prims
        .iter()
        .map(|p| (p.path.as_str(), p.subtree_len, p.parent.map(|parent| parent.0)))
        .collect();
    assert_eq!(
        rows,
        [
            ("/A", 3, None),
            ("/A/D", 2, Some(0)),
            ("/A/D/E", 1, Some(1)),
            ("/F", 1, None)
        ]
    );
    assert_eq!(doc.prims[3].display_name.as_deref(), Some("Fan 1"));
    assert_eq!(doc.prims[3].kind.as_deref(), Some("component"));
    assert_eq!(&*doc.prims[3].type_name, "Xform");
}

#[test]
fn transforms_take_the_first_sample_and_their_pivot() {
    let doc = doc(r#"def Xform "A" {
    double3 xformOp:translate.timeSamples = { 2: (5,0,0), 7: (9,0,0) }
    float3 xformOp:translate:pivot = (1,0,0)
    float xformOp:rotateZ = 90
    uniform token[] xformOpOrder = ["xformOp:translate", "xformOp:translate:pivot", "xformOp:rotateZ", "!invert!xformOp:translate:pivot"]
    def Xform "B" { uniform token[] xformOpOrder = ["!resetXformStack!", "xformOp:scale"]  float3 xformOp:scale = (2,2,2) }
    def Xform "C" { uniform token[] xformOpOrder = ["xformOp:wobble", "xformOp:translate"]  double3 xformOp:translate = (1,2,3) }
}"#);
    let a = prim(&doc, "/A");
    let moved = a.parent_from_prim.transform_point3(DVec3::new(2.0, 0.0, 0.0));
    assert!((moved - DVec3::new(6.0, 1.0, 0.0)).length() < 1e-9, "{moved}");
    assert!(a.is_time_varying);
    assert!(prim(&doc, "/A/B").resets_xform_stack);
    assert_eq!(
        prim(&doc, "/A/C").parent_from_prim.w_axis.truncate(),
        DVec3::new(1.0, 2.0, 3.0)
    );
    assert_eq!(codes(&doc), ["usd.bad-xform-op"]);
}

#[test]
fn visibility_purpose_and_colour_are_inherited() {
    let doc = doc(&format!(
        r#"def Xform "A" {{
    token visibility = "invisible"
    uniform token purpose = "guide"
    color3f[] primvars:displayColor = [(1, 0.5, 0)]
    def Mesh "M" {{ {TRIANGLE} }}
    def Mesh "N" {{ uniform token purpose = "render"  color3f[] primvars:displayColor = [(0,0,1)]  float[] primvars:displayOpacity = [0.5] {TRIANGLE} }}
}}"#
    ));
    let (m, n) = (prim(&doc, "/A/M"), prim(&doc, "/A/N"));
    assert!(!m.visible && !n.visible);
    assert_eq!((m.purpose, n.purpose), (Purpose::Guide, Purpose::Render));
    assert_eq!(m.display_color, Some([1.0, 0.5, 0.0, 1.0]));
    assert_eq!(n.display_color, Some([0.0, 0.0, 1.0, 0.5]));
    // The triangles are the same, so they are there once.
    assert_eq!(m.mesh, n.mesh);
    assert_eq!(doc.meshes.len(), 1);
}

#[test]
fn every_interpolation_reaches_its_corner() {
    let doc = doc(r#"def Mesh "M" {
    point3f[] points = [(0,0,0), (1,0,0), (1,1,0), (0,1,0)]
    int[] faceVertexCounts = [3, 3]
    int[] faceVertexIndices = [0, 1, 2, 0, 2, 3]
    uniform token subdivisionScheme = "none"
    color3f[] primvars:displayColor = [(1,0,0), (0,1,0)] (interpolation = "uniform")
    float[] primvars:displayOpacity = [0, 0.25, 0.5, 0.75] (interpolation = "vertex")
    texCoord2f[] primvars:st = [(0,0), (9,9)] (interpolation = "faceVarying")
    int[] primvars:st:indices = [0, 0, 0, 1, 1, 1]
}"#);
    let mesh = &doc.meshes[0];
    assert_eq!(mesh.indices.len(), 6);
    let corners: Vec<([f32; 3], [f32; 4], [f32; 2])> = mesh
        .indices
        .iter()
        .map(|&at| {
            (
                mesh.positions[at as usize],
                mesh.colors[at as usize],
                mesh.uvs[at as usize],
            )
        })
        .collect();
    assert_eq!(corners[1], ([1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.25], [0.0, 0.0]));
    assert_eq!(corners[5], ([0.0, 1.0, 0.0], [0.0, 1.0, 0.0, 0.75], [9.0, 9.0]));
    assert!(mesh.normals.iter().all(|normal| *normal == [0.0, 0.0, 1.0]));
    assert_eq!(mesh.positions.len(), 6);
    assert_eq!(
        (mesh.source_points, mesh.source_faces, mesh.source_fan_triangles),
        (4, 2, 2)
    );
}

#[test]
fn left_handed_faces_are_turned_round() {
    let doc = doc(&format!(
        "def Mesh \"M\" {{ uniform token orientation = \"leftHanded\"\n uniform token subdivisionScheme = \"none\" {TRIANGLE} }}"
    ));
    let mesh = &doc.meshes[0];
    assert_eq!(mesh.normals[0], [0.0, 0.0, -1.0]);
    let [a, b, c] = [0, 1, 2].map(|at| glam::Vec3::from(mesh.positions[mesh.indices[at] as usize]));
    assert!((b - a).cross(c - a).z < 0.0);
}

#[test]
fn subsets_become_parts_and_holes_are_left_out() {
    let doc = doc(r#"def Material "Red" {}
def Mesh "M" {
    point3f[] points = [(0,0,0), (1,0,0), (1,1,0), (0,1,0)]
    int[] faceVertexCounts = [3, 3, 3]
    int[] faceVertexIndices = [0, 1, 2, 0, 2, 3, 0, 1, 3]
    int[] holeIndices = [2]
    def GeomSubset "S" (prepend apiSchemas = ["MaterialBindingAPI"]) {
        uniform token elementType = "face"
        uniform token familyName = "materialBind"
        int[] indices = [1, 77]
        rel material:binding = </Red>
    }
}"#);
    let mesh = &doc.meshes[0];
    let parts: Vec<(u32, u32, bool)> = mesh
        .parts
        .iter()
        .map(|p| (p.first_index, p.index_count, p.material.is_some()))
        .collect();
    assert_eq!(parts, [(0, 3, false), (3, 3, true)]);
    assert_eq!(mesh.source_fan_triangles, 3);
    assert_eq!(codes(&doc), ["mesh.subset-out-of-range"]);
}

#[test]
fn damaged_meshes_lose_what_is_damaged() {
    let cases = [
        (
            "[0, 1, 9]",
            "[3]",
            "(0,0,0), (1,0,0), (0,1,0)",
            "mesh.index-out-of-range",
            0,
        ),
        (
            "[0, 1, -1, 0, 1, 2]",
            "[3, 3]",
            "(0,0,0), (1,0,0), (0,1,0)",
            "mesh.index-out-of-range",
            3,
        ),
        (
            "[0, 1, 2]",
            "[3, 3]",
            "(0,0,0), (1,0,0), (0,1,0)",
            "mesh.wrong-count",
            3,
        ),
        (
            "[0, 1, 2]",
            "[-3, 3]",
            "(0,0,0), (1,0,0), (0,1,0)",
            "mesh.wrong-count",
            3,
        ),
        (
            "[0, 1, 2]",
            "[2000000000]",
            "(0,0,0), (1,0,0), (0,1,0)",
            "mesh.wrong-count",
            0,
        ),
        (
            "[0, 1, 2, 1, 2, 3]",
            "[3, 3]",
            "(0,0,0), (1,0,0), (0,1,0), (nan,inf,0)",
            "mesh.not-finite",
            3,
        ),
    ];
    for (indices, counts, points, code, left) in cases {
        let doc = doc(&format!(
            "def Mesh \"M\" {{ point3f[] points = [{points}]\n int[] faceVertexCounts = {counts}\n int[] faceVertexIndices = {indices} }}"
        ));
        assert_eq!(codes(&doc), [code], "{indices} {counts}");
        assert_eq!(doc.meshes[0].indices.len(), left, "{indices} {counts}");
        assert!(doc.meshes[0].positions.iter().flatten().all(|c| c.is_finite()));
    }
}

#[test]
fn instances_share_their_meshes_and_keep_their_paths() {
    let doc = doc(&format!(
        r#"def Xform "Proto" {{ def Mesh "M" {{ {TRIANGLE} rel material:binding = </Proto/Mat> }}  def Material "Mat" {{}}
    def Xform "Inner" (instanceable = true  references = </Small>) {{}} }}
def Xform "Small" {{ def Cube "C" {{}} }}
def Xform "I1" (instanceable = true  references = </Proto>) {{ double3 xformOp:translate = (1,0,0)  uniform token[] xformOpOrder = ["xformOp:translate"] }}
def Xform "I2" (instanceable = true  references = </Proto>) {{ token visibility = "invisible" }}"#
    ));
    let (a, b) = (prim(&doc, "/I1/M"), prim(&doc, "/I2/M"));
    assert!(a.is_instance_proxy && b.is_instance_proxy && !prim(&doc, "/I1").is_instance_proxy);
    assert_eq!(a.mesh, b.mesh);
    assert!(a.visible && !b.visible);
    assert!(a.material.is_some());
    assert_eq!(prim(&doc, "/I1/Inner/C").mesh, prim(&doc, "/I2/Inner/C").mesh);
    let cube = doc
        .prims
        .iter()
        .position(|p| p.path.as_str() == "/I2/Inner/C")
        .expect("a row");
    assert_eq!(
        doc.prims[cube]
            .parent
            .map(|parent| doc.prims[parent.index()].path.to_string())
            .as_deref(),
        Some("/I2/Inner")
    );
    let instance = prim(&doc, "/I1");
    assert_eq!(
        instance.subtree_len as usize,
        1 + prim(&doc, "/Proto").subtree_len as usize - 1
    );
}

#[test]
fn point_instancers_place_their_prototypes() {
    let doc = doc(r#"def PointInstancer "P" {
    rel prototypes = [</P/Protos/A>, </P/Protos/Gone>, </P/Protos/B>]
    int[] protoIndices = [0, 2, 1, 0, 7, 0]
    point3f[] positions = [(1,0,0), (2,0,0), (3,0,0), (4,0,0), (5,0,0), (6,0,0)]
    float3[] scales = [(2,2,2), (1,1,1), (1,1,1), (1,1,1), (1,1,1), (1,1,1)]
    quath[] orientations = [(0.7071, 0, 0, 0.7071), (1,0,0,0), (1,0,0,0), (1,0,0,0), (1,0,0,0), (1,0,0,0)]
    int64[] invisibleIds = [3]
    def "Protos" {
        def Cube "A" { double3 xformOp:translate = (1,0,0)  uniform token[] xformOpOrder = ["xformOp:translate"] }
        def Cube "B" {}
    }
}"#);
    let instancer = &doc.point_instancers[0];
    let names: Vec<&str> = instancer
        .prototypes
        .iter()
        .map(|p| doc.prims[p.index()].path.name())
        .collect();
    assert_eq!(names, ["A", "B"]);
    let placed: Vec<(u32, DVec3)> = instancer
        .instances
        .iter()
        .map(|i| {
            (
                i.prototype,
                i.instancer_from_prototype.transform_point3(DVec3::ZERO),
            )
        })
        .collect();
    assert_eq!(placed.len(), 3);
    // Scaled by two, turned a quarter about Z, then moved.
    assert!(
        (placed[0].1 - DVec3::new(1.0, 2.0, 0.0)).length() < 1e-3,
        "{placed:?}"
    );
    assert_eq!(placed[1], (1, DVec3::new(2.0, 0.0, 0.0)));
    assert!(prim(&doc, "/P/Protos/A").is_point_prototype && !prim(&doc, "/P").is_point_prototype);
    assert_eq!(
        codes(&doc),
        ["instancer.bad-instance", "instancer.missing-prototype"]
    );
}

const MATERIALS: &str = r#"
def Material "Near" {} def Material "Far" {} def Material "Preview" {} def Xform "NoMaterial" {}
def Material "Off" (active = false) {}
"#;

#[test]
fn bindings_resolve_as_usd_says() {
    let cases = [
        (
            "rel material:binding = </Far>",
            "rel material:binding = </Near>",
            Some("/Near"),
        ),
        (
            "rel material:binding = </Far> (bindMaterialAs = \"strongerThanDescendants\")",
            "rel material:binding = </Near>",
            Some("/Far"),
        ),
        ("rel material:binding = </Far>", "", Some("/Far")),
        (
            "rel material:binding:preview = </Preview>",
            "rel material:binding = </Near>",
            Some("/Preview"),
        ),
        ("", "rel material:binding:full = </Near>", None),
        (
            "rel material:binding = </Far>",
            "rel material:binding = </NoMaterial>",
            Some("/Far"),
        ),
        ("", "rel material:binding = </Off>", None),
        (
            "rel material:binding = </Far>\n uniform token collection:some:expansionRule = \"expandPrims\"\n rel collection:some:includes = </A/M>\n rel material:binding:collection:some = [</A.collection:some>, </Near>]",
            "",
            Some("/Near"),
        ),
    ];
    for (above, own, expected) in cases {
        let doc = doc(&format!(
            "{MATERIALS}\ndef Xform \"A\" (prepend apiSchemas = [\"MaterialBindingAPI\", \"CollectionAPI:some\"]) {{ {above}\n def Mesh \"M\" (prepend apiSchemas = [\"MaterialBindingAPI\"]) {{ {own}\n {TRIANGLE} }} }}"
        ));
        let bound = prim(&doc, "/A/M")
            .material
            .map(|material| doc.materials[material.index()].path.to_string());
        assert_eq!(bound.as_deref(), expected, "above: {above}; own: {own}");
    }
}

#[test]
fn a_preview_surface_is_read_through_its_graph() {
    let doc = doc_of(&[
        (
            "scene.usda",
            r#"#usda 1.0
def Xform "A" (prepend apiSchemas = ["MaterialBindingAPI"]) {
    rel material:binding = </Mat>
def Mesh "M" {
    point3f[] points = [(0,0,0), (1,0,0), (0,1,0)]
    int[] faceVertexCounts = [3]
    int[] faceVertexIndices = [0, 1, 2]
    texCoord2f[] primvars:st = [(0,0), (0,0), (0,0)] (interpolation = "vertex")
    texCoord2f[] primvars:second = [(1,0), (2,0), (3,0)] (interpolation = "vertex")
} }
def Material "Mat" {
    float inputs:shine = 0.25
    token outputs:surface.connect = </Mat/G.outputs:out>
    def NodeGraph "G" {
        float inputs:rough.connect = </Mat.inputs:shine>
        token outputs:out.connect = </Mat/G/S.outputs:surface>
        def Shader "S" {
            uniform token info:id = "UsdPreviewSurface"
            float inputs:roughness.connect = </Mat/G.inputs:rough>
            color3f inputs:diffuseColor.connect = </Mat/G/T.outputs:rgb>
            float inputs:metallic.connect = </Mat/G/T.outputs:g>
            float inputs:opacity = 0.5
            color3f inputs:emissiveColor = (1, 2, 3)
            token outputs:surface
        }
        def Shader "T" {
            uniform token info:id = "UsdUVTexture"
            asset inputs:file = @images/a.png@
            float4 inputs:scale = (2, 2, 2, 1)
            token inputs:wrapS = "mirror"
            token inputs:sourceColorSpace = "sRGB"
            float2 inputs:st.connect = </Mat/G/X.outputs:result>
            float3 outputs:rgb
            float outputs:g
        }
        def Shader "X" {
            uniform token info:id = "UsdTransform2d"
            float inputs:rotation = 30
            float2 inputs:in.connect = </Mat/G/R.outputs:result>
            float2 outputs:result
        }
        def Shader "R" {
            uniform token info:id = "UsdPrimvarReader_float2"
            string inputs:varname = "second"
            float2 outputs:result
        }
    }
}"#,
        ),
        ("images/a.png", "not decoded here"),
    ]);
    let material = &doc.materials[0];
    assert_eq!(material.roughness, ScalarSource::Constant(0.25));
    assert_eq!(material.emissive, ColorSource::Constant([1.0, 2.0, 3.0]));
    assert_eq!(material.alpha, AlphaMode::Blend);
    let ColorSource::Texture(read) = &material.base_color else {
        panic!("{:?}", material.base_color)
    };
    assert_eq!(read.scale, [2.0, 2.0, 2.0, 1.0]);
    assert_eq!(read.wrap, [Wrap::Mirror, Wrap::Repeat]);
    assert_eq!(read.uv_rotation_deg, 30.0);
    assert!(matches!(
        material.metallic,
        ScalarSource::Texture { channel: 1, .. }
    ));
    assert_eq!(doc.textures.len(), 1);
    assert!(
        matches!(doc.textures[0].source, crate::doc::TextureSource::File(_)),
        "{:?}",
        doc.textures
    );
    assert_eq!(doc.meshes[0].uvs[2], [3.0, 0.0], "the texture's own coordinates");
    assert_eq!(codes(&doc), [""; 0]);
}

#[test]
fn lights_and_cameras() {
    let doc = doc(
        r#"def SphereLight "L" { float inputs:intensity = 3  float inputs:exposure = 2  float inputs:radius = 0.25  color3f inputs:color = (1, 0, 0) }
def DistantLight "Sun" {}
def Camera "Cam" { float focalLength = 20  float verticalAperture = 40  float2 clippingRange = (0.1, 100) }
def Camera "Plan" { token projection = "orthographic"  float verticalAperture = 100 }"#,
    );
    assert_eq!(doc.lights[0].intensity, 12.0);
    assert_eq!(doc.lights[0].color, [1.0, 0.0, 0.0]);
    assert_eq!(doc.lights[0].kind, LightKind::Sphere { radius: 0.25 });
    assert_eq!(doc.lights[1].intensity, 50_000.0);
    assert_eq!(doc.prims[doc.lights[1].prim.index()].path.as_str(), "/Sun");
    let Projection::Perspective { vertical_fov_rad } = doc.cameras[0].projection else {
        panic!("{:?}", doc.cameras)
    };
    assert!((vertical_fov_rad - std::f32::consts::FRAC_PI_2).abs() < 1e-6);
    assert_eq!(
        doc.cameras[1].projection,
        Projection::Orthographic { height: 10.0 }
    );
}

#[test]
fn twin_opinions_come_through_classes_with_their_lines() {
    let doc = doc_of(&[
        (
            "twin.usda",
            r#"#usda 1.0
(
    subLayers = [@plant.usda@]
)
class "_Pump" (prepend apiSchemas = ["GembaTwinAPI", "GembaPointAPI:speed"])
{
    uniform token gemba:twin:class = "Pump"
    double2 gemba:domain = (20, 100)
    double gemba:limit = 80
    rel gemba:target = <Impeller>
    token[] gemba:texts = ["a", "b"]
}
over "Plant" { over "P_1" (inherits = </_Pump>) {
    uniform token gemba:twin:id = "P-1"
    double gemba:limit = 90
} }
"#,
        ),
        (
            "plant.usda",
            "#usda 1.0\ndef Xform \"Plant\" { def Xform \"P_1\" { def Xform \"Impeller\" {} } }",
        ),
    ]);
    assert_eq!(doc.twins.len(), 1);
    let twin = &doc.twins[0];
    assert_eq!(doc.prims[twin.prim.index()].path.as_str(), "/Plant/P_1");
    assert_eq!(twin.api_schemas, ["GembaTwinAPI", "GembaPointAPI:speed"]);
    let line = |name: &str| (twin.attributes[name].value.clone(), twin.attributes[name].line);
    assert_eq!(
        line("gemba:twin:class"),
        (TwinValue::Text("Pump".into()), Some(7))
    );
    assert_eq!(line("gemba:twin:id"), (TwinValue::Text("P-1".into()), Some(14)));
    assert_eq!(line("gemba:limit"), (TwinValue::Number(90.0), Some(15)));
    assert_eq!(
        line("gemba:domain"),
        (TwinValue::Numbers(vec![20.0, 100.0]), Some(8))
    );
    assert_eq!(
        line("gemba:texts"),
        (TwinValue::Texts(vec!["a".into(), "b".into()]), Some(11))
    );
    let target = &twin.relationships["gemba:target"];
    assert_eq!(target.targets[0].as_str(), "/Plant/P_1/Impeller");
    assert_eq!(target.line, Some(10));
    assert!(
        twin.file
            .as_deref()
            .is_some_and(|file| file.ends_with("twin.usda"))
    );
    assert_eq!(twin.line, Some(13));
}

#[test]
fn sublayers_that_are_lost_are_named_with_file_and_line() {
    let root = r#"#usda 1.0
( subLayers = [@./gone.usda@, @./twin.usda@, @./ring.usda@] )
def "A" {}
"#;
    let twin = "#usda 1.0\nover \"A\"\n{\n    double size = = 3\n}\n";
    let ring = "#usda 1.0\n( subLayers = [@./root.usda@] )\ndef \"B\" {}\n";
    let doc = doc_of(&[("root.usda", root), ("twin.usda", twin), ("ring.usda", ring)]);
    assert_eq!(
        codes(&doc),
        [
            "usd.damaged-sublayer",
            "usd.missing-sublayer",
            "usd.sublayer-cycle"
        ],
        "{:?}",
        doc.issues
    );
    let damaged = doc
        .issues
        .iter()
        .find(|issue| issue.code == "usd.damaged-sublayer")
        .expect("the issue");
    assert!(
        damaged
            .file
            .as_deref()
            .is_some_and(|file| file.ends_with("twin.usda"))
    );
    assert_eq!(damaged.line, Some(4));
    assert!(damaged.message.contains("`double size = = 3`"), "{damaged}");
    assert_eq!(prim(&doc, "/B").path.as_str(), "/B", "what can be read is shown");
}

#[test]
fn missing_files_are_one_issue_each_with_a_count() {
    let doc = doc(
        r#"def "A" (references = @gone.usda@) {} def "B" (references = @gone.usda@) {} def "C" (payload = @lost.usda@) {}
def "D" (references = </Nowhere>) {} def "Ring" (references = </Ring/X>) { def "X" (references = </Ring>) {} }"#,
    );
    let found = codes(&doc);
    assert_eq!(
        found
            .iter()
            .filter(|code| **code == "usd.missing-reference")
            .count(),
        2,
        "{:?}",
        doc.issues
    );
    assert!(
        found.contains(&"usd.missing-target-prim") && found.contains(&"usd.reference-cycle"),
        "{found:?}"
    );
    let gone = doc
        .issues
        .iter()
        .find(|issue| issue.message.contains("gone.usda"))
        .expect("an issue");
    assert!(gone.message.contains("1 more"), "{gone}");
    assert!(
        gone.file
            .as_deref()
            .is_some_and(|file| file.ends_with("scene.usda")),
        "{gone}"
    );
    assert!(gone.prim.is_some());
    assert!(gone.remedy.contains("folder of the file that names it"), "{gone}");
    assert!(
        !gone.remedy.contains("search path"),
        "no command takes one: {gone}"
    );
}

/// The one issue with `code`.
fn issue<'a>(doc: &'a SceneDoc, code: &str) -> &'a Issue {
    let mut of_code = doc.issues.iter().filter(|issue| issue.code == code);
    let issue = of_code
        .next()
        .unwrap_or_else(|| panic!("{code}: {:?}", doc.issues));
    assert!(of_code.next().is_none(), "{code} twice");
    issue
}

#[test]
fn a_file_that_defines_nothing_says_so() {
    for nothing in [
        "over \"Plant\" { over \"P_101\" { token visibility = \"invisible\" } }",
        "class \"_Pump\" {}\nover \"Plant\" (inherits = </_Pump>) {}",
    ] {
        let doc = doc(nothing);
        let issue = issue(&doc, "usd.nothing-defined");
        assert_eq!(issue.severity, Severity::Warning);
        assert!(
            issue
                .file
                .as_deref()
                .is_some_and(|file| file.ends_with("scene.usda")),
            "{issue}"
        );
        assert!(issue.remedy.contains("`subLayers = [@./scene.usda@]`"), "{issue}");
    }
    for something in [
        "def \"A\" {} over \"B\" {}",
        // It is there, and switched off.
        "def \"A\" (active = false) {} over \"B\" {}",
    ] {
        assert_eq!(codes(&doc(something)), [""; 0], "{something}");
    }
    assert_eq!(codes(&doc("")), ["usd.empty"]);
    // What is missing is named by itself.
    assert_eq!(
        codes(&doc("(subLayers = [@gone.usda@])\nover \"A\" {}")),
        ["usd.missing-sublayer"]
    );
}

#[test]
fn units_that_only_a_sublayer_says_are_reported_with_the_lines_to_add() {
    let issue_of = |root: &str, sub: &str| {
        let root = format!("#usda 1.0\n(\n{root}\nsubLayers = [@./scene.usda@]\n)\n");
        let scene = format!("#usda 1.0\n(\n{sub}\n)\ndef \"A\" {{}}\n");
        let doc = doc_of(&[("twin.usda", &root), ("scene.usda", &scene)]);
        assert!(doc.issues.len() <= 1, "{:?}", doc.issues);
        doc.issues.first().cloned()
    };
    let both = "upAxis = \"Z\"\nmetersPerUnit = 0.001";
    for (root, sub, message, lines) in [
        (
            "",
            both,
            "`upAxis` and `metersPerUnit`, and USD",
            "add `upAxis = \"Z\"` and `metersPerUnit = 0.001`, as",
        ),
        (
            "upAxis = \"Y\"",
            both,
            "say `metersPerUnit`, and",
            "add `metersPerUnit = 0.001`, as",
        ),
        (
            "metersPerUnit = 1",
            both,
            "say `upAxis`, and",
            "add `upAxis = \"Z\"`, as",
        ),
        ("", "upAxis = \"Z\"", "with Y up", "add `upAxis = \"Z\"`, as"),
    ] {
        let issue = issue_of(root, sub).unwrap_or_else(|| panic!("{root} over {sub}"));
        assert_eq!(
            (&*issue.code, issue.severity),
            ("usd.metrics-in-sublayer-only", Severity::Warning)
        );
        assert!(
            issue
                .file
                .as_deref()
                .is_some_and(|file| file.ends_with("twin.usda")),
            "{issue}"
        );
        assert!(
            issue.message.contains(message) && issue.message.contains("scene.usda"),
            "{issue}"
        );
        assert!(issue.remedy.contains(lines), "{issue}");
    }
    for (root, sub) in [
        (both, both),
        ("upAxis = \"Y\"\nmetersPerUnit = 1", both),
        // What the fallback is anyway.
        ("", "upAxis = \"Y\"\nmetersPerUnit = 0.01"),
        ("", ""),
    ] {
        assert_eq!(issue_of(root, sub), None, "{root} over {sub}");
    }
}

#[test]
fn a_point_instancer_draws_prototypes_that_are_no_part_of_the_scene() {
    let doc = doc(&format!(
        r#"over "Library" {{ def Xform "Bolt" {{ double3 xformOp:translate = (0, 0, 7)
            uniform token[] xformOpOrder = ["xformOp:translate"]
            def Mesh "Shape" {{ {TRIANGLE} }} }} }}
def PointInstancer "Bolts" {{
    rel prototypes = </Library/Bolt>
    int[] protoIndices = [0, 0]
    point3f[] positions = [(1, 0, 0), (2, 0, 0)]
}}"#
    ));
    let instancer = &doc.point_instancers[0];
    let root = &doc.prims[instancer.prototypes[0].index()];
    assert_eq!(
        (root.path.as_str(), root.is_undefined, root.is_point_prototype),
        ("/Library/Bolt", true, true)
    );
    assert!(doc.prims[instancer.prototypes[0].index() + 1].mesh.is_some());
    let place = instancer.instances[1]
        .instancer_from_prototype
        .transform_point3(DVec3::ZERO);
    assert_eq!(place, DVec3::new(2.0, 0.0, 7.0));
    assert_eq!(doc.scene_prims().len(), 1);
    assert_eq!(codes(&doc), [""; 0]);
}
