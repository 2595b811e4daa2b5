"""A ward's events of a day lie together."""

from storage.migrations.portable import run

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Events are kept by ward and day, in the order in which they happened, as their rows say in the clear.

    The table is its own index by day, so an event writes one index less, and a night reads a ward's day from a page or
    two, in order, instead of a page for each event. Ends that were undone are few, and asked for every night by their
    tips. Rows are copied in the order of the old index: to sort them all would take as much room again.
    """
    run("""
        DROP INDEX events_subject;
        ALTER TABLE events RENAME TO events_before;
        CREATE TABLE events (
            id TEXT NOT NULL,
            ward TEXT NOT NULL,
            at BIGINT NOT NULL,
            day TEXT NOT NULL,
            kind TEXT NOT NULL,
            subject TEXT NOT NULL,
            by_whom TEXT,
            detail TEXT NOT NULL,
            seq BIGINT NOT NULL,
            PRIMARY KEY (ward, day, seq, id)
        ){unordered};
        INSERT INTO events (id, ward, at, day, kind, subject, by_whom, detail, seq)
            SELECT id, ward, at, day, kind, subject, by_whom, detail, seq FROM events_before ORDER BY ward, day, at;
        DROP TABLE events_before;
        CREATE INDEX events_subject ON events (subject, at);
        CREATE INDEX events_undone ON events (subject) WHERE kind = 'tip_reopened';
    """)


def downgrade() -> None:
    """As they were."""
    run("""
        DROP INDEX events_undone;
        DROP INDEX events_subject;
        ALTER TABLE events RENAME TO events_after;
        CREATE TABLE events (
            id TEXT NOT NULL PRIMARY KEY,
            ward TEXT NOT NULL,
            at BIGINT NOT NULL,
            day TEXT NOT NULL,
            kind TEXT NOT NULL,
            subject TEXT NOT NULL,
            by_whom TEXT,
            detail TEXT NOT NULL,
            seq BIGINT NOT NULL
        ){unordered};
        INSERT INTO events (id, ward, at, day, kind, subject, by_whom, detail, seq)
            SELECT id, ward, at, day, kind, subject, by_whom, detail, seq FROM events_after;
        DROP TABLE events_after;
        CREATE INDEX events_day ON events (ward, day, at);
        CREATE INDEX events_subject ON events (subject, at);
    """)
