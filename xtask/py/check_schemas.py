"""Checks the codeless schemas of assets/usd/gemba with usd-core, and that scenes which use them name only what exists.

    python3 xtask/py/check_schemas.py [SCENE ...]     checks; prints `ok` lines, or `FAIL` lines and exits 1
    python3 xtask/py/check_schemas.py --generate      writes generatedSchema.usda from schema.usda

It needs the package usd-core (pxr) and nothing else; `cargo xtask test` runs it.
"""

import os
import sys
from pathlib import Path

SCHEMAS = Path(__file__).resolve().parents[2] / "assets" / "usd" / "gemba"
# The plug-in registry reads this once, when pxr is first imported.
os.environ["PXR_PLUGINPATH_NAME"] = os.pathsep.join(
    [str(SCHEMAS)] + [path for path in [os.environ.get("PXR_PLUGINPATH_NAME")] if path]
)

from pxr import Sdf, Usd  # noqa: E402

# Schema -> (kind, prefix of its properties). An instance name takes the place of `*`.
EXPECTED = {
    "GembaTwinAPI": ("SingleApplyAPI", "gemba:"),
    "GembaPointAPI": ("MultipleApplyAPI", "gemba:point:*:"),
    "GembaEffectAPI": ("MultipleApplyAPI", "gemba:effect:*:"),
}

HEADER = '#usda 1.0\n(\n    "WARNING: made from schema.usda by `python3 xtask/py/check_schemas.py --generate`. DO NOT EDIT."\n)\n'


def generated():
    """The text of generatedSchema.usda: what usdGenSchema makes of schema.usda, without its need of jinja2."""
    source = Sdf.Layer.CreateAnonymous(".usda")
    # Without the sublayer, which only usdGenSchema could resolve.
    source.ImportFromString((SCHEMAS / "schema.usda").read_text())
    out = Sdf.Layer.CreateAnonymous(".usda")
    for spec in source.rootPrims:
        if spec.specifier != Sdf.SpecifierClass:
            continue
        Sdf.CopySpec(source, spec.path, out, spec.path)
        prim = out.GetPrimAtPath(spec.path)
        prim.inheritPathList.ClearEdits()
        prefix = prim.customData.get("propertyNamespacePrefix")
        for prop in list(prim.properties) if prefix else []:
            prop.name = f"{prefix}:__INSTANCE_NAME__:{prop.name}"
    body = out.ExportToString()
    return HEADER + body[body.index("\nclass"):]


def schema_failures():
    """What usd-core does not see as it should."""
    if (SCHEMAS / "generatedSchema.usda").read_text() != generated():
        yield "generatedSchema.usda is not what schema.usda says; run with --generate"
    registry = Usd.SchemaRegistry()
    stage = Usd.Stage.CreateInMemory()
    prim = stage.DefinePrim("/Pump")
    for name, (kind, prefix) in EXPECTED.items():
        info = Usd.SchemaRegistry.FindSchemaInfo(name)
        if not info:
            yield f"{name} is not registered"
            continue
        if str(info.kind).rsplit(".", 1)[-1] != kind:
            yield f"{name} is {info.kind}, not {kind}"
        definition = registry.FindAppliedAPIPrimDefinition(name)
        if not definition or not definition.GetPropertyNames():
            yield f"{name} has no properties"
            continue
        instance = () if kind == "SingleApplyAPI" else ("speed",)
        if not prim.ApplyAPI(name, *instance) or not prim.HasAPI(name, *instance):
            yield f"{name} cannot be applied"
        for template in definition.GetPropertyNames():
            expanded = template.replace("__INSTANCE_NAME__", "speed")
            if not expanded.startswith(prefix.replace("*", "speed")):
                yield f"{name} has a property {template} outside of its namespace"
            if not prim.HasProperty(expanded):
                yield f"{name} does not give a prim its property {expanded}"
            if not prim.GetProperty(expanded).GetDocumentation():
                yield f"{expanded} has no documentation"
    stale_after = prim.GetAttribute("gemba:point:speed:staleAfter")
    if stale_after and stale_after.Get() != 10.0:
        yield f"the fallback of staleAfter is {stale_after.Get()}, not 10"


def applied(name):
    """The definition and instance name of an applied schema such as `GembaPointAPI:speed`."""
    base, _, instance = name.partition(":")
    return Usd.SchemaRegistry().FindAppliedAPIPrimDefinition(base), instance


def prim_failures(prim):
    """What a prim of a scene says in Gemba's namespace that no applied schema knows, or says with another type."""
    declared = {}
    for schema in prim.GetAppliedSchemas():
        if not schema.startswith("Gemba"):
            continue
        definition, instance = applied(schema)
        if not definition:
            yield f"<{prim.GetPath()}> applies {schema}, which is no schema"
            continue
        for template in definition.GetPropertyNames():
            attribute = definition.GetAttributeDefinition(template)
            declared[template.replace("__INSTANCE_NAME__", instance)] = (
                attribute.GetTypeName() if attribute else None,
                definition.GetPropertyMetadata(template, "allowedTokens"),
            )
    for prop in prim.GetAuthoredProperties():
        if not prop.GetName().startswith("gemba:"):
            continue
        if prop.GetName() not in declared:
            yield f"<{prop.GetPath()}> is in no applied schema of its prim"
            continue
        type_name, allowed = declared[prop.GetName()]
        if type_name is None:
            continue
        if prop.GetTypeName() != type_name:
            yield f"<{prop.GetPath()}> is a {prop.GetTypeName()}, and its schema says {type_name}"
        elif allowed and prop.Get() not in allowed:
            yield f"<{prop.GetPath()}> is {prop.Get()!r}, which is not among {', '.join(allowed)}"


def scene_failures(path):
    """What is wrong with the twins of one scene; a scene without any twin is wrong too."""
    try:
        stage = Usd.Stage.Open(path)
    except Exception as error:  # pxr raises Tf.ErrorException with the reason
        yield f"{path}: {error}"
        return
    twins = 0
    for prim in stage.Traverse(Usd.TraverseInstanceProxies()):
        twins += prim.HasAPI("GembaTwinAPI")
        for failure in prim_failures(prim):
            yield f"{path}: {failure}"
    if twins == 0:
        yield f"{path}: no prim has GembaTwinAPI"


def main(arguments):
    if arguments == ["--generate"]:
        (SCHEMAS / "generatedSchema.usda").write_text(generated())
        return 0
    failed = False
    checks = [("schemas", schema_failures())] + [(path, scene_failures(path)) for path in arguments]
    for label, failures in checks:
        found = list(failures)
        for failure in found:
            print(f"FAIL {failure}")
        if not found:
            print(f"ok   {label}")
        failed |= bool(found)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
