"""The reference of the benchmark `open`: Pixar's library composes a stage, reads every mesh once and triangulates it.

Prints one JSON line: seconds by this process's clock after the library is imported, prims, triangles, and the peak
resident memory in bytes. Usage: open_reference.py FILE
"""

import json
import resource
import sys
import time

import numpy
from pxr import Usd, UsdGeom, UsdShade


def fan_triangles(counts, indices):
    """Triangle indices of all faces, as a fan from each face's first vertex."""
    counts = numpy.asarray(counts)
    indices = numpy.asarray(indices)
    starts = numpy.concatenate(([0], numpy.cumsum(counts)[:-1]))
    triangles = numpy.maximum(counts - 2, 0)
    first = numpy.repeat(starts, triangles)
    nth = numpy.arange(triangles.sum()) - numpy.repeat(numpy.cumsum(triangles) - triangles, triangles)
    return indices[numpy.stack((first, first + nth + 1, first + nth + 2), axis=1)]


def read_mesh(mesh):
    """Reads what a renderer needs, and returns how many triangles there are."""
    points = numpy.asarray(mesh.GetPointsAttr().Get(Usd.TimeCode.EarliestTime()))
    mesh.GetNormalsAttr().Get(Usd.TimeCode.EarliestTime())
    primvars = UsdGeom.PrimvarsAPI(mesh)
    if primvars.HasPrimvar("st"):
        primvars.GetPrimvar("st").ComputeFlattened(Usd.TimeCode.EarliestTime())
    counts, indices = mesh.GetFaceVertexCountsAttr().Get(), mesh.GetFaceVertexIndicesAttr().Get()
    if counts is None or indices is None or points is None or not len(counts):
        return 0
    return len(fan_triangles(counts, indices))


def main(file):
    started = time.perf_counter()
    stage = Usd.Stage.Open(file)
    cache = UsdGeom.XformCache(Usd.TimeCode.EarliestTime())
    prims = triangles = 0
    meshes = {}
    for prim in stage.Traverse(Usd.TraverseInstanceProxies()):
        prims += 1
        if not prim.IsA(UsdGeom.Imageable):
            continue
        imageable = UsdGeom.Imageable(prim)
        imageable.ComputeVisibility(Usd.TimeCode.EarliestTime())
        if prim.IsA(UsdGeom.Xformable):
            cache.GetLocalToWorldTransform(prim)
        if prim.IsA(UsdGeom.Mesh):
            source = prim.GetPrimInPrototype() if prim.IsInstanceProxy() else prim
            if source.GetPath() not in meshes:
                meshes[source.GetPath()] = read_mesh(UsdGeom.Mesh(source))
                UsdShade.MaterialBindingAPI(source).ComputeBoundMaterial()
            triangles += meshes[source.GetPath()]
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": seconds, "prims": prims, "triangles": triangles, "peak_bytes": peak}))


main(sys.argv[1])
