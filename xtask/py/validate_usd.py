"""Runs every validator of pxr.UsdValidation over scenes.

    python3 xtask/py/validate_usd.py SCENE ...     prints `ok` lines, or `FAIL` lines and exits 1

It needs the package usd-core (pxr) and nothing else; `cargo xtask test` runs it. Before any scene it validates a stage that is
wrong on purpose: validators that find nothing there would find nothing anywhere.
"""

import os
import sys
from pathlib import Path

SCHEMAS = Path(__file__).resolve().parents[2] / "assets" / "usd" / "gemba"
# The plug-in registry reads this once, when pxr is first imported.
os.environ["PXR_PLUGINPATH_NAME"] = os.pathsep.join(
    [str(SCHEMAS)] + [path for path in [os.environ.get("PXR_PLUGINPATH_NAME")] if path]
)

from pxr import Sdf, Usd, UsdGeom, UsdShade, UsdValidation  # noqa: E402


def wrong_stage():
    """No default prim, no metrics, a material binding without its schema."""
    stage = Usd.Stage.CreateInMemory()
    mesh = UsdGeom.Mesh.Define(stage, "/Mesh").GetPrim()
    UsdShade.Material.Define(stage, "/Material")
    mesh.CreateRelationship("material:binding").SetTargets([Sdf.Path("/Material")])
    return stage


def complaints(validators, stage):
    """What the validators say, one line each, the same line once."""
    lines = {}
    for error in UsdValidation.ValidationContext(validators).Validate(stage):
        sites = [str(site.GetPrim().GetPath()) for site in error.GetSites() if site.IsPrim()]
        line = f"{error.GetName()}: {error.GetMessage()} {' '.join(sites)}".strip()
        lines[line] = None
    return list(lines)


def main(scenes):
    validators = UsdValidation.ValidationRegistry().GetOrLoadAllValidators()
    if not complaints(validators, wrong_stage()):
        print(f"FAIL {len(validators)} validators find nothing wrong in a stage without a default prim")
        return 1
    failed = not scenes
    for scene in scenes:
        found = complaints(validators, Usd.Stage.Open(scene))
        for line in found:
            print(f"FAIL {scene}: {line}")
        if not found:
            print(f"ok   {scene}: {len(validators)} validators")
        failed |= bool(found)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
