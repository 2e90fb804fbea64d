"""Runs a user's reward function for dash-reinforce: `python -m dash_reinforce.reward MODULE:FUNCTION`.

One JSON object a line each way: a rollout comes in, its reward goes out. The function stays as it is; its signature says
how it is called:

* TRL's: `f(prompts, completions, **columns) -> list[float | None]`: what is waiting is given as one list;
* verl's: `compute_score(data_source, solution_str, ground_truth, extra_info) -> float | dict`;
* plain: `f(rollout) -> float | None`, or a dictionary with `reward`, `status`, `explanation`.

`async` functions are awaited side by side.
"""

from __future__ import annotations

from .signatures import Reward, signature_of

__all__ = ["Reward", "signature_of"]
