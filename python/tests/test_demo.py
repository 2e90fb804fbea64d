"""The demo that trains: what it draws, how it ends, and that it learns while its control does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

DEMO = Path(__file__).resolve().parents[1] / "demo"
sys.path.insert(0, str(DEMO))

from curves import first_of, last_of, plot, problem  # noqa: E402
from screen import Screen  # noqa: E402


def test_a_curve_is_drawn_from_left_to_right_and_from_zero_to_one():
    lines = plot([0.0, 0.5, 1.0], [0.2, 0.2, 0.2], 3)
    assert len(lines) == 11
    assert lines[0] == "  1.0 ┤  ●" and lines[5] == "  0.5 ┤ ●" and lines[10] == "  0.0 ┤●"
    assert lines[8] == "      ┤○○○"


def test_what_is_not_there_yet_is_not_drawn_and_many_rounds_share_columns():
    assert max(len(line) for line in plot([0.5] * 10, [0.1] * 10, 20)) == len("  0.0 ┤") + 10
    lines = plot([number / 1000 for number in range(1000)], [0.0] * 1000, 1000)
    assert lines[0].endswith("●") and all(len(line) <= 60 for line in lines)


def test_the_first_and_the_last_are_means_of_a_sixth_of_the_rounds():
    shares = [0.0] * 2 + [9.0] * 8 + [1.0] * 2
    assert (first_of(shares), last_of(shares)) == (0.0, 1.0)
    assert (first_of([0.25]), last_of([0.25])) == (0.25, 0.25)


def test_a_learner_that_stays_and_a_control_that_moves_are_problems():
    climbs, stays = [0.3] * 6 + [0.9] * 6, [0.3, 0.2, 0.35] * 4
    assert problem(climbs, stays) is None
    assert "the learner went up by 0.0" in problem([0.3] * 12, stays)
    assert "the control moved by 0.60" in problem(climbs, climbs)
    assert "the control moved by -0.60" in problem(climbs, climbs[::-1])


@pytest.mark.parametrize("live", [True, False])
def test_the_screen_is_sixty_columns_wide_and_has_no_escapes_where_it_is_not_live(live):
    screen = Screen(live, 30)
    learner, control = [0.3, 0.9], [0.3, 0.2]
    chances = [(SimpleNamespace(question="1+1=", answer="2"), 0.934, 0.31)]
    text = screen.opening() + screen.round(learner, control) + screen.summary(learner, control, chances, 61.4)
    assert all(len(line) <= 62 for line in text.replace("\033[H\033[2J", "").splitlines())
    assert ("\033" in text) == live
    assert "1+1=2   learner 0.93   control 0.31" in text and "2 rounds in 61 s" in text


def started(program, *arguments, timeout=900):
    """The demo, as scripts/demo --train starts it."""
    pytest.importorskip("torch", reason="PyTorch is not installed")
    pytest.importorskip("confluent_kafka", reason="confluent-kafka is not installed")
    command = [sys.executable, str(DEMO / "train.py"), program, "--headless", *arguments]
    environment = {"PYTHONPATH": str(DEMO.parent), "PYTHONWARNINGS": "ignore", "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, env=environment)


def test_a_transformer_learns_from_nothing_but_the_topic_and_its_control_does_not(program):
    out = started(program, "--rounds", "24", "--assert")
    assert out.returncode == 0, out.stdout[-2000:] + out.stderr[-4000:]
    assert out.stdout.count("\nround ") == 24 and "What to try next" in out.stdout


def test_a_processor_that_does_not_start_is_told_with_what_it_said(tmp_path):
    broken = tmp_path / "program"
    broken.write_text("#!/bin/sh\necho 'no such thing' >&2\nexit 64\n")
    broken.chmod(0o755)
    out = started(str(broken), "--rounds", "1", timeout=300)
    assert out.returncode == 75
    assert "the processor did not start:\nno such thing" in out.stderr and "Traceback" not in out.stderr
