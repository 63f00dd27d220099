//! Faults as people write them, and what they are told when they do not.

use super::*;
use crate::simulator::{
    faults::{FaultError, Kind, read_faults},
    parse_duration,
};

#[test]
fn a_fault_is_read_with_all_its_options() {
    let fault: Fault = "bearing-wear@TG-101:at=30s,grow=2m,for=1h,every=3h,bearing=3"
        .parse()
        .unwrap();
    assert_eq!(
        (fault.kind, fault.twin.id, fault.bearing),
        (Kind::BearingWear, "TG-101", 3)
    );
    let times = [
        fault.after,
        fault.grow,
        fault.lasts.unwrap(),
        fault.every.unwrap(),
    ];
    assert_eq!(times.map(|time| time.as_secs()), [30, 120, 3_600, 10_800]);
    let fault: Fault = "drifting-sensor@B-101/steam_bar:by=-1.5".parse().unwrap();
    assert_eq!((fault.key, fault.by), (Some("steam_bar"), Some(-1.5)));
    assert_eq!("bearing-wear@TG-101".parse::<Fault>().unwrap().bearing, 2);
    assert_eq!("bearing-wear@P-121".parse::<Fault>().unwrap().bearing, 1);
}

#[test]
fn mistakes_are_told_with_what_to_write() {
    for (text, told) in [
        ("P-121", "KIND@TARGET"),
        ("bearing-waer@P-121", "did you mean `bearing-wear`?"),
        ("bearing-wear@P-12l", "did you mean `P-12"),
        ("jam@P-121", "cannot have the fault `jam`"),
        ("frozen-sensor@B-101", "frozen-sensor@B-101/KEY"),
        ("frozen-sensor@B-101/steam_bra", "did you mean `steam_bar`?"),
        ("leak@TK-221/level_pct", "write `leak@TK-221` only"),
        ("jam@CP-301:grows=3s", "did you mean `grow`?"),
        ("jam@CP-301:every=0s", "from one onset to the next"),
        ("jam@CP-301:at=soon", "a time such as `30s`"),
        ("bearing-wear@P-121:bearing=3", "a number from 1 to 2"),
        ("drifting-sensor@B-101/steam_bar:by=NaN", "in the unit of the key"),
    ] {
        let error = text.parse::<Fault>().unwrap_err().to_string();
        assert!(error.contains(told), "{text}: {error}");
    }
}

#[test]
fn a_schedule_is_toml_or_json_and_its_mistakes_have_a_number() {
    let json = r#"{"fault": [{"kind": "leak", "target": "TK-221", "at": "5s"}, {"kind": "jam", "target": "CP-301", "grow": 3}]}"#;
    let faults = read_faults(json).unwrap();
    assert_eq!(faults.len(), 2);
    assert_eq!(faults[1].grow, Duration::from_secs(3));
    let error = read_faults("[[fault]]\nkind = \"leak\"\ntarget = \"P-121\"\n").unwrap_err();
    assert!(error.to_string().contains("fault 1"), "{error}");
    assert!(read_faults("[[fault]]\nkind = \"leak\"\ntarget = \"TK-221\"\ngrows = \"3s\"\n").is_err());
    assert!(read_faults("").unwrap().is_empty());
}

#[test]
fn commands_inject_and_clear() {
    let mut plant = plant();
    let mut send = |json: &str| Command::from_json(json.as_bytes()).map(|command| plant.command(command));
    assert_eq!(
        send(r#"{"inject": "bearing-wear", "at": "P-121", "grow": 60, "after": "5s"}"#),
        Ok(0)
    );
    assert_eq!(send(r#"{"inject": "jam", "at": "CP-301"}"#), Ok(0));
    assert_eq!(send(r#"{"clear": "jam", "at": "P-121"}"#), Ok(0));
    assert_eq!(send(r#"{"clear": "all", "at": "P-121"}"#), Ok(1));
    assert_eq!(send(r#"{"clear": "all"}"#), Ok(1));
    for wrong in [
        "{",
        r#"{"inject": "jam"}"#,
        r#"{"inject": "jam", "clear": "jam"}"#,
        r#"{"injekt": "jam"}"#,
    ] {
        assert!(matches!(send(wrong), Err(FaultError::Command { .. })), "{wrong}");
    }
    assert!(matches!(
        send(r#"{"clear": "jma"}"#),
        Err(FaultError::UnknownKind { .. })
    ));
}

#[test]
fn times_are_read_with_their_unit() {
    for (text, millis) in [
        ("30s", 30_000),
        ("2m", 120_000),
        ("1.5h", 5_400_000),
        ("250ms", 250),
        ("7", 7_000),
    ] {
        assert_eq!(
            parse_duration(text),
            Some(Duration::from_millis(millis)),
            "{text}"
        );
    }
    for text in ["", "s", "-1s", "inf", "1e300h", "3 days"] {
        assert_eq!(parse_duration(text), None, "{text}");
    }
}
