"""What is stuck is counted every few seconds: it is found without looking through what is well."""

from storage.migrations.portable import run

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Two small indexes, empty on a good day."""
    run("""
        CREATE INDEX inbox_bad ON inbox (update_id) WHERE state = 'bad';
        CREATE INDEX outbox_dead ON outbox (id) WHERE state = 'dead';
    """)


def downgrade() -> None:
    """Drop them."""
    run("""
        DROP INDEX inbox_bad;
        DROP INDEX outbox_dead;
    """)
