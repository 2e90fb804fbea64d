"""How the training looks in a terminal: two curves that are drawn again after each round, 60 columns wide."""

from __future__ import annotations

from curves import bar, first_of, last_of, plot

_CLEAR = "\033[H\033[2J"


class Screen:
    """
    Args:
        live: the terminal can be drawn over; otherwise there is a line for each round.
        rounds: how many there will be.
    """

    def __init__(self, live, rounds, colours=False):
        self.live, self.rounds, self.colours = live, rounds, colours

    def opening(self):
        text = (
            "Two equal transformers of 75,000 parameters answer sums, and\n"
            "are right about every third time. Their traces go to the\n"
            "topic dashstream-events, `run` makes batches of them, and each\n"
            "learns from its batches; the control's advantages are zeroed.\n\n"
        )
        return (_CLEAR if self.live else "") + self._bold("dash-reinforce demo --train") + "\n\n" + text

    def round(self, learner, control):
        """What is printed after a round; both are the shares of right answers so far."""
        if not self.live:
            return (
                f"round {len(learner):3}/{self.rounds}  learner {learner[-1]:.2f} {bar(learner[-1])}  "
                f"control {control[-1]:.2f}\n"
            )
        text = _CLEAR + self._bold("dash-reinforce demo --train") + f"   round {len(learner)} of {self.rounds}\n\n"
        text += "right answers:  ● learner   ○ control, advantages zeroed\n\n"
        return text + self._curves(learner, control)

    def summary(self, learner, control, chances, seconds):
        """What is left on the screen in the end; `chances`: tasks, and how likely either gives the right answer."""
        text = self.round(learner, control) if self.live else "\n" + self._curves(learner, control)
        text += "\n" + self._bold("How likely they give the right answer now") + "\n"
        for task, ours, theirs in chances:
            text += f"  {task.question}{task.answer}   learner {ours:.2f}   control {theirs:.2f}\n"
        return text + f"\n{len(learner)} rounds in {seconds:.0f} s\n"

    def _curves(self, learner, control):
        text = "\n".join(plot(learner, control, self.rounds)) + "\n\n"
        for name, shares in (("learner", learner), ("control", control)):
            text += f"{name}  right {first_of(shares):.2f} at first, {last_of(shares):.2f} at last\n"
        return text

    def _bold(self, text):
        return f"\033[1m{text}\033[0m" if self.colours else text
