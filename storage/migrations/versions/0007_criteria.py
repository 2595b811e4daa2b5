"""Criteria sets of wards and provinces, and what was said about criteria: rows that are only added."""

from storage.migrations.portable import run

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Two tables. `body` of an act is sealed; who did it is a random id, as in events."""
    run("""
        CREATE TABLE criteria_sets (
            code TEXT NOT NULL PRIMARY KEY,
            unit TEXT NOT NULL,
            body TEXT NOT NULL,
            at BIGINT NOT NULL
        );
        CREATE INDEX criteria_sets_unit ON criteria_sets (unit);
        CREATE TABLE criteria_acts (
            id TEXT NOT NULL PRIMARY KEY,
            seq BIGINT NOT NULL,
            at BIGINT NOT NULL,
            day TEXT NOT NULL,
            unit TEXT NOT NULL,
            criteria TEXT NOT NULL,
            number BIGINT NOT NULL,
            by_whom TEXT,
            role TEXT,
            body BYTES NOT NULL
        ){unordered};
        CREATE INDEX criteria_acts_of ON criteria_acts (unit, criteria, seq);
    """)


def downgrade() -> None:
    """Drop them."""
    run("""
        DROP TABLE criteria_acts;
        DROP TABLE criteria_sets;
    """)
