"""Reads what dash-reinforce writes on `reinforce`, hands it to trainers, and traces the agents it comes from.

Nothing but Python itself is needed; what an adapter needs is an extra of its own (`pip install 'dash-reinforce[kafka]'`).
"""

from __future__ import annotations

from .batch import Batch, BatchError, parse, read
from .sequences import Sequence, by_rollout, merge_turns, normalized, sequences
from .steps import steps

__all__ = [
    "Batch",
    "BatchError",
    "Sequence",
    "by_rollout",
    "merge_turns",
    "normalized",
    "parse",
    "read",
    "sequences",
    "steps",
]
__version__ = "0.1.0"
