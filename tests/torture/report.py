"""What a campaign has seen."""

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.torture.audit import Findings


@dataclass(frozen=True)
class Kill:
    """One kill: how it came, when (monotonic seconds), and what was going on."""

    how: str
    at: float
    unconfirmed: int
    unhandled: int
    owed: int
    slots: int
    files: int

    @property
    def coming_in(self) -> bool:
        """Whether updates were on their way in."""
        return self.unconfirmed + self.unhandled > 0

    @property
    def mid_load(self) -> bool:
        """Whether anything was on its way."""
        return self.coming_in or self.owed + self.slots + self.files > 0


@dataclass
class Report:
    """The kills that counted, and what the audit found."""

    title: str
    points: Sequence[str]  # that were to be reached
    kills: list[Kill] = field(default_factory=list)
    idle: int = 0  # kills that hit an idle process and don't count
    up_again: list[float] = field(default_factory=list)  # seconds from a start after a kill to serving
    tips: int = 0
    messages: int = 0
    repeats: int = 0  # messages that were said again
    latest: float = 0.0  # seconds between the first of them and the kill, at most
    repeated_updates: int = 0
    days: int = 0  # midnights passed
    seconds: float = 0.0
    findings: Findings = field(default_factory=Findings)

    @property
    def reached(self) -> Counter[str]:
        """How often each way to die was met."""
        return Counter(kill.how for kill in self.kills)

    @property
    def unreached(self) -> list[str]:
        """Points that no life has reached."""
        return [point for point in self.points if not self.reached[point]]

    @property
    def well(self) -> bool:
        """Whether nothing is wrong, and everything was tried."""
        return self.findings.well and not self.unreached

    def __str__(self) -> str:
        ways = ", ".join(f"{how} {number}" for how, number in sorted(self.reached.items()))
        return "\n".join(
            (
                f"{self.title}: {len(self.kills)} kills mid-load ({self.idle} more hit nothing), {self.tips} tips, "
                f"{self.messages} messages, {self.days} midnights, in {self.seconds:.0f} s",
                f"  {ways}" + (f"; NEVER REACHED: {', '.join(self.unreached)}" if self.unreached else ""),
                f"  {sum(kill.coming_in for kill in self.kills)} with updates on their way in, "
                f"{sum(kill.owed > 0 for kill in self.kills)} with messages owed, "
                f"{sum(kill.slots > 0 for kill in self.kills)} with a job's slot open, "
                f"{sum(kill.files > 0 for kill in self.kills)} with files to fetch",
                f"  up again after {statistics.median(self.up_again or [0]):.2f} s, "
                f"at most {max(self.up_again, default=0):.2f} s; {self.repeats} messages repeated, said at most "
                f"{self.latest:.2f} s before a kill; {self.repeated_updates} updates repeated by us",
                f"  {self.findings}",
            )
        )
