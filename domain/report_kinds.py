"""The kinds of reports by themselves: the command line names them in its options, and has no use for models."""

from enum import StrEnum


class ReportKind(StrEnum):
    """Kinds of reports (`contract.md`)."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"
    INTERIM_REVIEW = "interim_review"
    FINAL_REVIEW = "final_review"
