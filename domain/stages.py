"""The stages of a roadmap by themselves: the command line names them in an option, and has no use for models."""

from enum import StrEnum


class Stage(StrEnum):
    """How far a ward is (`domain.md`, Nghệ An: pilots, then registered wards, then recognised ones)."""

    PILOT = "pilot"
    REGISTERED = "registered"
    RECOGNISED = "recognised"

    @property
    def number(self) -> int:
        """Its place on the roadmap, from 1."""
        return list(Stage).index(self) + 1

    @property
    def reported_as(self) -> str:
        """The name under which a source's word about it is kept."""
        return f"roadmap.{self.value}"
