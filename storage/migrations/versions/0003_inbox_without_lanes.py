"""The inbox no longer says which rows belong to one chat: that is known in memory only."""

from storage.migrations.portable import run

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Drop the lane; find what waits by its number."""
    run("""
        DROP INDEX inbox_open;
        ALTER TABLE inbox DROP COLUMN lane;
        CREATE INDEX inbox_open ON inbox (update_id) WHERE state = 'open';
    """)


def downgrade() -> None:
    """Bring the column back, empty: an older program names the lanes anew when it starts."""
    run("""
        DROP INDEX inbox_open;
        ALTER TABLE inbox ADD COLUMN lane BYTES;
        CREATE INDEX inbox_open ON inbox (lane, update_id) WHERE state = 'open';
    """)
