"""`python -m dash_reinforce.reward MODULE:FUNCTION`."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from typing import Any, Callable

from .loop import Loop


def function_of(name: str) -> Callable[..., Any]:
    """The function that `module:function` names; modules of the working directory are found."""
    module, colon, path = name.partition(":")
    if not (module and colon and path):
        raise SystemExit(f"reward: {name!r}: give MODULE:FUNCTION, as my_rewards:accuracy")
    if os.getcwd() not in sys.path and "" not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        found: Any = importlib.import_module(module)
    except ImportError as error:
        raise SystemExit(f"reward: the module {module!r} cannot be imported: {error}") from None
    for part in path.split("."):
        found = getattr(found, part, None)
    if not callable(found):
        raise SystemExit(f"reward: {name}: there is no such function")
    return found  # type: ignore[no-any-return]


def main() -> None:
    """Reads the arguments, and runs the loop."""
    parser = argparse.ArgumentParser(
        prog="python -m dash_reinforce.reward",
        description="Runs a reward function for dash-reinforce: a rollout a line in, its reward a line out (JSON).",
        epilog="example: rewards.components: [{name: accuracy, type: command, command: "
        "[python3, -m, dash_reinforce.reward, 'my_rewards:accuracy']}]",
    )
    parser.add_argument("function", metavar="MODULE:FUNCTION", help="with the signature of TRL or verl, or f(rollout)")
    parser.add_argument("--signature", choices=("trl", "verl", "plain"), help="default: by the names of its parameters")
    parser.add_argument("--batch", type=int, default=64, help="rollouts that TRL's form is given at once (default: 64)")
    arguments = parser.parse_args()

    # Lines belong to the parent: whatever else writes to standard output, in Python or C, goes to standard error.
    sys.stdout.flush()
    read, write = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdin, sys.stdout = open(0, closefd=False), sys.stderr  # noqa: SIM115  # open as long as the program

    try:
        Loop(function_of(arguments.function), read, write, arguments.signature, arguments.batch).run()
    except BrokenPipeError:
        os._exit(0)  # the parent has gone
    except KeyboardInterrupt:
        os._exit(130)


if __name__ == "__main__":
    main()
