"""Shares of right answers over the rounds, as numbers and as a plot."""

from __future__ import annotations

_HEIGHT, _WIDTH = 10, 50
CLIMB, DRIFT = 0.25, 0.15
"""How far the learner's share must rise, and how far the control's may move."""


def first_of(shares):
    """The mean of the first sixth of the rounds, of one at least."""
    part = max(1, len(shares) // 6)
    return sum(shares[:part]) / part


def last_of(shares):
    """The mean of the last sixth."""
    part = max(1, len(shares) // 6)
    return sum(shares[-part:]) / part


def problem(learner, control):
    """What is wrong with two curves; None: the learner climbed, and the control did not."""
    climbed, drifted = last_of(learner) - first_of(learner), last_of(control) - first_of(control)
    if climbed <= CLIMB:
        return f"the learner went up by {climbed:.2f}, not by more than {CLIMB}"
    if abs(drifted) >= DRIFT:
        return f"the control moved by {drifted:.2f}, and has nothing to learn from"
    return None


def bar(share, width=20):
    return ("█" * round(max(0.0, min(1.0, share)) * width)).ljust(width, "·")


def plot(learner, control, rounds):
    """Lines of a plot: shares from 0 to 1 over the rounds; neighbouring rounds share a column where there are many."""
    width = min(rounds, _WIDTH)
    rows = [[" "] * width for _ in range(_HEIGHT + 1)]
    for shares, sign in ((control, "○"), (learner, "●")):
        for column in range(width):
            part = shares[column * rounds // width : max(column * rounds // width + 1, (column + 1) * rounds // width)]
            if part:
                share = max(0.0, min(1.0, sum(part) / len(part)))
                rows[_HEIGHT - round(share * _HEIGHT)][column] = sign
    labels = {0: "1.0", _HEIGHT // 2: "0.5", _HEIGHT: "0.0"}
    return [f"  {labels.get(n, '   ')} ┤{''.join(row).rstrip()}" for n, row in enumerate(rows)]
