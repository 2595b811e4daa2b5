"""One-time links by which somebody without a role signs a pledge for a department, union or team."""

from storage.migrations.portable import run

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """One row a party, so that a new link replaces the old. Of the link only a keyed hash; nothing of a person."""
    run("""
        CREATE TABLE signing_links (
            id TEXT NOT NULL PRIMARY KEY,
            hash BYTES NOT NULL,
            ward TEXT NOT NULL,
            campaign TEXT NOT NULL,
            party TEXT NOT NULL,
            expires_at BIGINT NOT NULL,
            used BIGINT NOT NULL
        ){unordered};
        CREATE UNIQUE INDEX signing_links_hash ON signing_links (hash);
    """)


def downgrade() -> None:
    """Without it: links that are out can't be used any more."""
    run("""
        DROP INDEX signing_links_hash;
        DROP TABLE signing_links;
    """)
