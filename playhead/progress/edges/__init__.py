"""Edges: where a player that reports no intervals began to play, and where it stopped.

"It plays from 12 s" and "it played until 40 s" say what was played only as a pair, and in between may lie a
seek that arrives later. So a session keeps its edges, a set that only grows, and what was played is derived
from all of them (`derive`): the same whatever the order in which they arrive, and however often.

In reading order: `pairs` (what was played between edges), `derived` (what that makes of the
quarters of an hour).
"""

from playhead.progress.edges.derived import derive, underived
from playhead.progress.edges.pairs import PlaybackEdge, edges_of, join_edges

__all__ = ["PlaybackEdge", "derive", "edges_of", "join_edges", "underived"]
