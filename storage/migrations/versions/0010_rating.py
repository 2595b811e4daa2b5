"""How satisfied the informant of a closed tip is: said once, kept with the tip."""

from storage.migrations.portable import run

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """One column of tips; no time of its own and nothing of a person."""
    run("ALTER TABLE tips ADD COLUMN rating TEXT;")


def downgrade() -> None:
    """Without it."""
    run("ALTER TABLE tips DROP COLUMN rating;")
