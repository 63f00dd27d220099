//! Twin layer to binding plan: twins, points, effects, validation.
