"""A tiny transformer learns from nothing but the topic `reinforce`, beside a control whose advantages are zeroed.

train.py PROGRAM [--rounds N] [--seed N] [--headless] [--assert]

PROGRAM is dash-reinforce; its `run --embedded` is the broker and the processor. `scripts/demo --train` finds a Python with
PyTorch and starts this.
"""

from __future__ import annotations

import argparse
import copy
import os
import sys
import time

from curves import problem
from learner import Learner
from policy import TASKS, begun, chance
from processor import Processor
from screen import Screen

NEXT = """What to try next
  scripts/demo                      all in one process, no Python
  python/demo/learner.py            the trainer: 90 lines to begin
                                    your own from
  dash-reinforce run --embedded --examples YOURS.jsonl
                                    broker and processor for an
                                    agent of yours
  docs/tracing.md, docs/trainers.md trace it; TRL, verl and others
"""


def train(program, rounds, seed, screen, show):
    """Runs it all; returns both curves."""
    began = time.monotonic()
    curves, learners, policy = ([], []), [], begun(seed)
    with Processor(program, TASKS, groups_per_batch=8) as processor:
        try:
            for name, zeroed in (("learner", False), ("control", True)):
                learners.append(Learner(name, processor.brokers, copy.deepcopy(policy), seed, zeroed))
            for _ in range(rounds):
                for one in learners:
                    one.act()
                for one, curve in zip(learners, curves):
                    curve.append(one.learn(processor.check))
                show(screen.round(*curves))
            chances = [(task, *(chance(one.policy, task) for one in learners)) for task in TASKS[::3]]
        finally:
            for one in learners:
                one.close()
    show(screen.summary(*curves, chances, time.monotonic() - began))
    return curves


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--headless", action="store_true", help="no live screen: one line a round")
    parser.add_argument("--assert", dest="asserts", action="store_true", help="end with 1 unless it learned")
    options = parser.parse_args()
    if not 1 <= options.rounds <= 100_000:
        parser.error(f"--rounds is {options.rounds}: give 1 to 100000")
    live = not options.headless and sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    screen = Screen(live, options.rounds, colours=live and not os.environ.get("NO_COLOR"))

    def show(text):
        sys.stdout.write(text)
        sys.stdout.flush()

    show(screen.opening())
    try:
        curves = train(options.program, options.rounds, options.seed, screen, show)
    except KeyboardInterrupt:
        return 130
    except (RuntimeError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 75
    show("\n" + NEXT)
    found = problem(*curves) if options.asserts else None
    if found:
        print(f"FAIL: {found}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
