"""Files of tips: what is still to be fetched, and what of the rest is known outside its sealed bytes."""

from storage.migrations.portable import run

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    # Neither tip nor person nor time stands here: which tip has which file is told inside the tip's sealed parts.
    run("""
        CREATE TABLE files (
            id TEXT NOT NULL PRIMARY KEY,
            state TEXT NOT NULL,
            kind TEXT NOT NULL,
            task BYTES,
            media TEXT,
            size BIGINT,
            reason TEXT,
            tries BIGINT NOT NULL
        ){unordered};
        CREATE INDEX files_waiting ON files (id) WHERE state = 'waiting';
        CREATE INDEX files_gone ON files (id) WHERE state = 'gone';
    """)


def downgrade() -> None:
    """Drop it."""
    run("DROP TABLE files")
