//! Bad bindings: each is an issue that says what, where and what to do, and the rest is bound.

use gemba_model::Issue;
use gemba_model::Severity::{Error, Note, Warning};
use gemba_twin::{plan, plan_checked};

use crate::fixture::{check, planned, pump, scene};

#[test]
fn a_sound_pump_has_none() {
    check(&pump(""), &[]);
}

#[test]
fn ids() {
    check(
        "/P_101\n= GembaTwinAPI GembaPointAPI:v\ngemba:point:v:source \"plant:a\"",
        &[(Warning, "twin.no-id", 2, "name of its prim", "gemba:twin:id")],
    );
    let twice = "/A\n= GembaTwinAPI GembaPointAPI:v\ngemba:twin:id \"P\"\ngemba:point:v:source \"plant:a\"\n\
                 /B\n= GembaTwinAPI GembaPointAPI:v\ngemba:twin:id \"P\"\ngemba:point:v:source \"plant:b\"";
    check(
        twice,
        &[(
            Error,
            "twin.duplicate-id",
            7,
            "`P` belongs to </A> already",
            "an id of its own",
        )],
    );
    let (plan, _) = planned(twice);
    assert_eq!((plan.twins.len(), plan.points.len(), plan.tags.len()), (1, 1, 1));
}

#[test]
fn schemas_and_properties() {
    check(
        "/A\n= GembaTwinAPI\ngemba:twin:id \"A\"",
        &[(Note, "twin.no-points", 2, "no points", "GembaPointAPI:NAME")],
    );
    check(
        "/A\n= GembaPointAPI:v\ngemba:point:v:source \"plant:a\"",
        &[
            (Warning, "twin.no-twin-schema", 2, "taken for one", "GembaTwinAPI"),
            (Warning, "twin.no-id", 2, "", ""),
        ],
    );
    check(
        &pump("= GembaPointAPI GembaPiontAPI:temp"),
        &[
            (
                Warning,
                "twin.unknown-schema",
                3,
                "`GembaPointAPI` is no schema",
                "`GembaPointAPI:NAME`",
            ),
            (
                Warning,
                "twin.unknown-schema",
                3,
                "`GembaPiontAPI:temp`",
                "did you mean `GembaPointAPI`?",
            ),
        ],
    );
    check(
        &pump("gemba:point:temp:high 80"),
        &[(
            Warning,
            "twin.schema-not-applied",
            7,
            "does not apply `GembaPointAPI:temp`",
            "add `GembaPointAPI:temp`",
        )],
    );
    check(
        &pump(
            "gemba:point:temp:high 80\ngemba:point:temp:source \"plant:a\"\ngemba:point:temp:unit \"Cel\"\n\
             gemba:effect:heat:kind \"color\"\ngemba:effect:heat:point \"temp\"",
        ),
        &[
            (
                Warning,
                "twin.schema-not-applied",
                7,
                "`gemba:point:temp:high` and 2 more are left out: the prim does not apply `GembaPointAPI:temp`",
                "add `GembaPointAPI:temp`",
            ),
            (
                Warning,
                "twin.schema-not-applied",
                10,
                "`gemba:effect:heat:kind` and 1 more are left out",
                "inherit a class without it",
            ),
        ],
    );
    check(
        &pump("gemba:point:speed:hihg 80"),
        &[(
            Warning,
            "twin.unknown-property",
            7,
            "`hihg`",
            "did you mean `high`?",
        )],
    );
    check(
        &pump("gemba:speed 80"),
        &[(Warning, "twin.unknown-property", 7, "", "`gemba:point:NAME:`")],
    );
}

#[test]
fn levels() {
    for (level, remedy) in [
        (
            "Area",
            "did you mean `area`? Write one of `enterprise`, `site`, `area`",
        ),
        ("process_cell", "did you mean `processCell`?"),
        ("hall", "write one of `enterprise`"),
    ] {
        let text = pump(&format!("gemba:twin:level \"{level}\""));
        let message = format!("`{level}` is no level of ISA-95");
        check(&text, &[(Warning, "twin.unknown-level", 7, &message, remedy)]);
        assert_eq!(planned(&text).0.twins[0].level, None);
    }
    check(&pump("gemba:twin:level \"workCell\""), &[]);
}

#[test]
fn a_tag_is_stale_by_the_shortest_time_and_by_none_where_no_point_has_one() {
    for (of_speed, of_other, shortest_secs) in [("0", "0", 0), ("0", "7", 7), ("7", "0", 7), ("7", "3", 3)] {
        let text = pump(&format!(
            "gemba:point:speed:staleAfter {of_speed}\n= GembaPointAPI:o\n\
             gemba:point:o:source \"plant:acme/P-101#/speed_rpm\"\ngemba:point:o:staleAfter {of_other}"
        ));
        let (plan, _) = planned(&text);
        assert_eq!(plan.tags.len(), 1);
        assert_eq!(
            plan.tags[0].stale_after.as_secs(),
            shortest_secs,
            "{of_speed} and {of_other}"
        );
    }
}

#[test]
fn sources() {
    check(
        "/A\n= GembaTwinAPI GembaPointAPI:v\ngemba:twin:id \"A\"",
        &[(
            Warning,
            "twin.no-source",
            2,
            "`v` has no source",
            "gemba:point:v:source",
        )],
    );
    for (source, code, message, remedy) in [
        (
            "acme/speed",
            "twin.bad-source",
            "names no connection",
            "connection:address#selector",
        ),
        (
            "plant:acme#speed",
            "twin.bad-source",
            "no JSON Pointer",
            "`#/speed`",
        ),
        (
            "plant:{ident}/speed",
            "twin.bad-placeholder",
            "`{ident}` is no placeholder",
            "`id`",
        ),
        (
            "plant:{class}/speed",
            "twin.bad-placeholder",
            "the twin has no class",
            "gemba:twin:class",
        ),
    ] {
        check(
            &pump(&format!("gemba:point:speed:source \"{source}\"")),
            &[(Error, code, 7, message, remedy)],
        );
    }
    let (plan, _) = planned(&pump("gemba:point:speed:source \"acme/speed\""));
    assert_eq!((plan.points[0].tag, plan.tags.len()), (None, 0));
}

#[test]
fn connections() {
    let text = pump(
        "= GembaPointAPI:a GembaPointAPI:b\ngemba:point:a:source \"plnt:a\"\ngemba:point:b:source \"plnt:b\"",
    );
    check(
        &text,
        &[(
            Error,
            "twin.unknown-connection",
            8,
            "`plnt`, which `gemba.toml` does not name (nor for 1 more point)",
            "did you mean `plant`? Write one of `line2`, `plant`",
        )],
    );
    let (_, issues) = plan(&scene(&pump("")), &[]);
    assert_eq!(issues.len(), 1);
    assert!(issues[0].remedy.contains("[connection.plant]"), "{}", issues[0]);
    assert!(
        issues[0].remedy.contains("names no connection now"),
        "{}",
        issues[0]
    );
}

#[test]
fn what_a_protocol_refuses_is_said_where_it_is_written() {
    let text = pump(
        "= GembaPointAPI:a GembaPointAPI:b\ngemba:point:a:source \"plant:a b/{id}\"\n\
         gemba:point:b:source \"line2:a b\"",
    );
    let no_blanks = |source: &gemba_twin::Source| {
        let is_refused = &*source.connection == "plant" && source.address.contains(' ');
        is_refused.then(|| Issue::error("test.blank", "there is a blank in it", "leave it out"))
    };
    let names = ["plant".to_owned(), "line2".to_owned()];
    let (plan, issues) = plan_checked(&scene(&text), &names, &no_blanks);
    assert_eq!(
        issues.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "error[test.blank] twin.usda:8 </Plant/P_101>: the point `a` has no usable source: there is a blank in it. leave it out."
        ]
    );
    let tags: Vec<bool> = plan.points.iter().map(|point| point.tag.is_some()).collect();
    assert_eq!((tags, plan.tags.len()), (vec![true, false, true], 2));
}

#[test]
fn units_limits_and_times() {
    check(
        &pump("gemba:point:speed:unit \"rpm\""),
        &[(
            Error,
            "twin.unknown-unit",
            7,
            "`rpm` of the point `speed` is not a UCUM code",
            "write `r/min`",
        )],
    );
    check(
        &pump("gemba:point:speed:unit \"furlongs\""),
        &[(Error, "twin.unknown-unit", 7, "`furlongs`", "ucum.org")],
    );
    check(
        &pump("gemba:point:speed:high 95\ngemba:point:speed:highHigh 80"),
        &[(
            Warning,
            "twin.limits-out-of-order",
            8,
            "`high` is 95 and `highHigh` is 80",
            "lowLow < low < high",
        )],
    );
    check(
        &pump("gemba:point:speed:high 80\ngemba:point:speed:lowLow 1"),
        &[],
    );
    let on_change = pump("gemba:point:speed:staleAfter 0");
    check(&on_change, &[]);
    assert!(planned(&on_change).0.points[0].stale_after.is_zero());
    for stale_after in ["-1", "1e300"] {
        let text = pump(&format!("gemba:point:speed:staleAfter {stale_after}"));
        check(
            &text,
            &[(
                Warning,
                "twin.bad-duration",
                7,
                "so 10 s is used",
                "write 0 or more seconds",
            )],
        );
        assert_eq!(
            planned(&text).0.points[0].stale_after,
            gemba_twin::DEFAULT_STALE_AFTER
        );
    }
    check(
        &pump("gemba:point:speed:onDelay -5\ngemba:point:speed:deadband -1"),
        &[
            (
                Warning,
                "twin.bad-duration",
                7,
                "`onDelay` is -5 s, so 0 s is used",
                "0 or more",
            ),
            (Warning, "twin.bad-deadband", 8, "-1", "0 or more"),
        ],
    );
}

#[test]
fn types() {
    for (attribute, message) in [
        (
            "gemba:point:speed:high \"80\"",
            "`high` is the text `80` where a finite number is expected",
        ),
        (
            "gemba:point:speed:high NaN",
            "`high` is the number NaN where a finite number",
        ),
        ("gemba:point:speed:high inf", "`high` is the number inf"),
        (
            "gemba:point:speed:displayName 3",
            "`displayName` is the number 3 where a text",
        ),
        (
            "gemba:point:speed:displayName true",
            "`displayName` is the switch `true`",
        ),
    ] {
        check(
            &pump(attribute),
            &[(Warning, "twin.wrong-type", 7, message, "schema.usda")],
        );
    }
    check(
        &pump("gemba:point:speed:source 7"),
        &[(
            Warning,
            "twin.wrong-type",
            7,
            "`source` is the number 7 where a text",
            "",
        )],
    );
}

/// The pump with one more effect, whose first attribute stands in line 8.
fn with_effect(attributes: &str) -> String {
    pump(&format!(
        "= GembaEffectAPI:e\n{}",
        attributes.replace("e:", "gemba:effect:e:")
    ))
}

#[test]
fn kinds_and_points_of_effects() {
    check(
        &with_effect(""),
        &[(Warning, "twin.no-kind", 3, "has no kind", "`color`, `rotate`")],
    );
    check(
        &with_effect("e:kind \"rotat\""),
        &[(
            Warning,
            "twin.unknown-kind",
            8,
            "`rotat`",
            "did you mean `rotate`?",
        )],
    );
    for kind in ["scale", "flow", "gauge", "joint"] {
        check(
            &with_effect(&format!("e:kind \"{kind}\"\ne:point \"speed\"")),
            &[(Note, "twin.kind-not-drawn", 8, kind, "kinds drawn now")],
        );
    }
    check(
        &with_effect("e:kind \"rotate\""),
        &[(
            Error,
            "twin.no-effect-point",
            3,
            "names no point",
            "`gemba:effect:e:point`: write one of `speed`",
        )],
    );
    check(
        &with_effect("e:kind \"rotate\"\ne:point \"spede\""),
        &[(Error, "twin.unknown-point", 9, "`spede`", "did you mean `speed`?")],
    );
}

#[test]
fn targets_of_effects() {
    let text = with_effect("e:kind \"rotate\"\ne:point \"speed\"\ne:target </Plant/P_101/Impeler>");
    check(
        &text,
        &[(
            Error,
            "twin.missing-target",
            10,
            "</Plant/P_101/Impeler>",
            "did you mean </Plant/P_101/Impeller>?",
        )],
    );
    assert!(planned(&text).0.effects.is_empty());
    let text =
        with_effect("e:kind \"rotate\"\ne:point \"speed\"\ne:target </Nowhere> </Plant/P_101/Impeller>");
    check(
        &text,
        &[(Error, "twin.missing-target", 10, "</Nowhere>", "name a prim")],
    );
    assert_eq!(planned(&text).0.effects[0].targets.len(), 1);
    check(
        &pump("gemba:connects </Plant/P_102>"),
        &[(
            Warning,
            "twin.missing-connected",
            7,
            "</Plant/P_102>",
            "name a prim",
        )],
    );
}

#[test]
fn what_is_connected_is_a_twin() {
    let text = pump("gemba:connects </Plant/P_101/Impeller>");
    check(
        &text,
        &[(
            Warning,
            "twin.connected-no-twin",
            7,
            "</Plant/P_101/Impeller>, which is no twin",
            "GembaTwinAPI",
        )],
    );
    assert_eq!(planned(&text).0.flows, []);
}

#[test]
fn what_conveyors_need() {
    let convey = "e:kind \"convey\"\ne:point \"speed\"\n";
    check(
        &with_effect(&format!("{convey}e:pitch 0.1")),
        &[(
            Error,
            "twin.no-speed",
            8,
            "the unit `r/min`, which is no speed along a way",
            "`m/s`",
        )],
    );
    for (pitch, line, message) in [
        ("", 3, "has no pitch"),
        ("e:pitch 0", 10, "is 0 m"),
        ("e:pitch -1", 10, "is -1 m"),
    ] {
        let text = with_effect(&format!("{convey}{pitch}")).replace("\"r/min\"", "\"m/s\"");
        check(
            &text,
            &[(
                Error,
                "twin.bad-pitch",
                line,
                message,
                "gemba:effect:e:pitch = METRES",
            )],
        );
        assert!(planned(&text).0.effects.is_empty());
    }
}

#[test]
fn a_plume_of_no_length_has_the_usual_one() {
    let text = with_effect("e:kind \"plume\"\ne:point \"speed\"\ne:domain (0, 9)\ne:length 0");
    check(
        &text,
        &[(
            Warning,
            "twin.bad-length",
            11,
            "is 0 m, so 2 m is used",
            "more than 0",
        )],
    );
    assert_eq!(planned(&text).0.effects.len(), 1);
}

#[test]
fn what_windows_need() {
    let visibility = "e:kind \"visibility\"\ne:point \"speed\"\n";
    check(
        &with_effect(visibility),
        &[(
            Error,
            "twin.no-domain",
            3,
            "the point `speed` is no switch",
            "gemba:effect:e:domain = (LOWEST, HIGHEST)",
        )],
    );
    for kind in ["visibility", "emissive"] {
        for (windows, message) in [("()", "are 0 numbers"), ("(1, 2, 3)", "are 3 numbers")] {
            let text = with_effect(&format!(
                "e:kind \"{kind}\"\ne:point \"speed\"\ne:windows {windows}"
            ));
            check(
                &text,
                &[(Error, "twin.bad-windows", 10, message, "one pair at least")],
            );
            assert!(planned(&text).0.effects.is_empty(), "{kind}");
        }
    }
}

#[test]
fn what_effects_need() {
    let color = "e:kind \"color\"\ne:point \"speed\"\n";
    check(
        &with_effect(color),
        &[(
            Error,
            "twin.no-domain",
            3,
            "`speed` implies none",
            "gemba:effect:e:domain",
        )],
    );
    check(
        &with_effect(&format!("{color}e:domain (5, 5)")),
        &[(
            Error,
            "twin.bad-domain",
            10,
            "begins and ends at 5",
            "two different values",
        )],
    );
    check(
        &with_effect(&format!("{color}e:domain (1, 2, 3)")),
        &[
            (
                Warning,
                "twin.wrong-type",
                10,
                "a list of 3 numbers where 2 finite numbers",
                "",
            ),
            (Error, "twin.no-domain", 10, "", ""),
        ],
    );
    check(
        &with_effect(&format!("{color}e:domain (0, 1)\ne:rampColors (0, 0, 1)")),
        &[(
            Warning,
            "twin.bad-ramp",
            11,
            "default ramp: the ramp needs two colours",
            "rampPositions",
        )],
    );
    let rotate = "e:kind \"rotate\"\ne:point \"speed\"\n";
    check(
        &with_effect(&format!("{rotate}gemba:point:speed:unit \"Cel\"")),
        &[(
            Error,
            "twin.no-rotation",
            8,
            "the unit `Cel`, which is no rotation",
            "`r/min`",
        )],
    );
    check(
        &with_effect(&format!("{rotate}e:axis \"W\"")),
        &[(Error, "twin.bad-axis", 10, "the axis `W`", "`axisVector`")],
    );
    check(
        &with_effect(&format!("{rotate}e:axisVector (0, 0, 0)")),
        &[(Error, "twin.bad-axis", 10, "no direction", "not all 0")],
    );
    check(
        &with_effect(&format!("{rotate}e:domain (0, 100)\ne:range (10, 90)")),
        &[(
            Error,
            "twin.bad-range",
            11,
            "10 degrees for the value 0",
            "0 degrees",
        )],
    );
    let level = "e:kind \"level\"\ne:point \"speed\"\n";
    check(
        &with_effect(&format!(
            "{level}gemba:point:speed:low 1\ngemba:point:speed:high 9"
        )),
        &[(Error, "twin.no-domain", 3, "implies none", "domain")],
    );
    check(
        &with_effect(&format!("{level}e:domain (0, 1)\ne:color (-1, 0, 0)")),
        &[(Warning, "twin.bad-color", 11, "negative", "0 or more")],
    );
    check(
        &with_effect("e:kind \"translate\"\ne:point \"speed\"\ne:domain (0, 1)"),
        &[(Error, "twin.bad-range", 8, "no range", "stage units")],
    );
    let label = "e:kind \"label\"\ne:point \"speed\"\n";
    check(
        &with_effect(&format!("{label}e:format \"{{vlaue}} {{unit}}\"\ne:decimals 12")),
        &[
            (
                Warning,
                "twin.bad-format",
                10,
                "`{vlaue}` is no placeholder",
                "did you mean `value`?",
            ),
            (Warning, "twin.bad-decimals", 11, "12 decimals", "0 to 9"),
        ],
    );
    check(
        &with_effect("e:kind \"emissive\"\ne:point \"speed\"\ne:strength -2"),
        &[(Warning, "twin.bad-strength", 10, "-2", "0 or more")],
    );
}

#[test]
fn one_line_of_a_template_is_one_issue_on_every_prim_that_inherits_it() {
    let mut doc = scene(
        "/A\n= GembaTwinAPI\ngemba:twin:id \"A\"\n/B\n= GembaTwinAPI\ngemba:twin:id \"B\"\n/C\n= GembaTwinAPI\ngemba:twin:id \"C\"",
    );
    for opinions in &mut doc.twins {
        opinions.line = Some(7);
    }
    let (_, issues) = plan(&doc, &[]);
    assert_eq!(issues.len(), 1);
    assert_eq!(
        issues[0].message,
        "the twin has no points, so it shows no values (and so on 2 more prims)"
    );
}
