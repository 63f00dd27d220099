//! Single literals of text USD, in the spelling that `openusd` reads.

/// Whether `openusd` reads this header line as it is.
pub(super) fn is_plain_header(line: &str) -> bool {
    let Some(version) = line.strip_prefix("#usda ") else {
        return false;
    };
    let version = version.trim_start_matches(' ').trim_end_matches([' ', '\t']);
    let mut parts = version.split('.');
    let digits = |part: Option<&str>| {
        part.is_some_and(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()))
    };
    let (major, minor, patch) = (parts.next(), parts.next(), parts.next());
    version.starts_with("1.0")
        && digits(major)
        && digits(minor)
        && (patch.is_none() || digits(patch))
        && parts.next().is_none()
}

/// `7.` as `7.0`, `.5` as `0.5`; nothing where both sides of the point have digits.
pub(super) fn completed_number(word: &str) -> Option<String> {
    let point = word.find('.')?;
    let (before, after) = (&word[..point], &word[point + 1..]);
    let whole_missing = before.is_empty();
    let fraction_missing = !after.starts_with(|it: char| it.is_ascii_digit());
    if !whole_missing && !fraction_missing {
        return None;
    }
    let zero = |missing| if missing { "0" } else { "" };
    Some(format!(
        "{}{before}.{}{after}",
        zero(whole_missing),
        zero(fraction_missing)
    ))
}

/// A float literal for an integer, its fraction dropped as the reference reader does.
pub(super) fn whole_number(word: &str) -> Option<String> {
    let value: f64 = word.parse().ok()?;
    // Beyond this, f64 no longer holds every integer and no integer type does.
    (value.abs() < 1.9e19).then(|| format!("{:.0}", value.trunc() + 0.0))
}

/// A quoted name or path without its delimiters.
pub(super) fn unquoted(literal: &str) -> &str {
    for delimiters in ["\"\"\"", "'''", "@@@"] {
        if let Some(inside) = literal
            .strip_prefix(delimiters)
            .and_then(|rest| rest.strip_suffix(delimiters))
        {
            return inside;
        }
    }
    literal
        .get(1..literal.len().saturating_sub(1))
        .unwrap_or_default()
}

pub(super) fn is_triple_quoted(literal: &str) -> bool {
    literal.len() >= 6 && (literal.starts_with("\"\"\"") || literal.starts_with("'''"))
}

/// A quoted string as an asset path; nothing where it holds what no asset path can.
pub(super) fn asset_literal(literal: &str) -> Option<String> {
    let quotes = if is_triple_quoted(literal) { 3 } else { 1 };
    let inside = literal.get(quotes..literal.len().checked_sub(quotes)?)?;
    let plain = inside.replace("\\\\", "\\").replace("\\\"", "\"");
    if plain.contains("@@@") || plain.contains('\n') || plain.ends_with('@') {
        return None;
    }
    Some(if plain.contains('@') {
        format!("@@@{plain}@@@")
    } else {
        format!("@{plain}@")
    })
}
