"""The ward's book: titles, certificates, founding documents, commendations, pledges; rows that are only added."""

from storage.migrations.portable import run

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """One table. `body` is sealed; who wrote is a random id, as in events."""
    run("""
        CREATE TABLE book (
            id TEXT NOT NULL PRIMARY KEY,
            seq BIGINT NOT NULL,
            at BIGINT NOT NULL,
            day TEXT NOT NULL,
            ward TEXT NOT NULL,
            topic TEXT NOT NULL,
            subject TEXT NOT NULL,
            by_whom TEXT,
            role TEXT,
            body BYTES NOT NULL
        ){unordered};
        CREATE INDEX book_of ON book (ward, topic, subject, seq);
    """)


def downgrade() -> None:
    """Without it."""
    run("""
        DROP INDEX book_of;
        DROP TABLE book;
    """)
