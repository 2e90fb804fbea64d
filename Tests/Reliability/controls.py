"""Negative controls: each protection switched off in turn. A suite that does not notice proves nothing."""

from dataclasses import dataclass, field

import faults


@dataclass(frozen=True)
class Control:
    """What is switched off, what is done, and how often it may be tried."""

    what: str
    plan: faults.Plan
    delivery: str = "exactly_once"
    unprotect: str = ""
    tries: int = 1
    extra: dict = field(default_factory=dict)
    proofs: frozenset = frozenset({"V1", "V2", "V3", "V4", "V5", "V6", "V7"})  # one of these must fail


def _plan(**counts) -> faults.Plan:
    return faults.Plan(
        **{
            **dict(
                kills=0,
                failpoints=(),
                pauses=(),
                broker_kills=0,
                broker_stops=0,
                cuts=0,
                holds=(),
                drops=0,
                delays=0,
                scalings=0,
                rolling=0,
                stands=(),
            ),
            **counts,
        }
    )


PAUSES = _plan(pauses=(8, 9, 12, 20, 8, 9), scalings=2)
CONTROLS = {
    "N1": Control("at least once", _plan(kills=14), delivery="at_least_once", extra={"commit.interval": "2s"}),
    "N2": Control("no offsets with a timer's output", PAUSES, unprotect="timer-offsets"),
    "N3": Control("state kept when an assignment is lost", PAUSES, unprotect="keep-on-lost"),
    "N4": Control("offsets sent without a generation", PAUSES, unprotect="generation"),
    "N5": Control("offsets without a checkpoint", _plan(kills=10, scalings=1), unprotect="checkpoint"),
    "N6": Control("a producer that erred is used again", _plan(delays=6, drops=2), unprotect="recycle", tries=20),
    "N7": Control("records taken again after a rewind", _plan(kills=4, cuts=3, scalings=2), unprotect="monotone"),
    "N8": Control("all processes stand still, untold", _plan(kills=2, stands=(30,)), proofs=frozenset({"V11"})),
}
