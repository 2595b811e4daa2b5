"""What officers write into reports is kept between drafts."""

from storage.migrations.portable import run

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """A table of texts; their reports are frozen as snapshots."""
    run("""
        CREATE TABLE report_texts (
            id TEXT PRIMARY KEY,
            ward TEXT NOT NULL,
            kind TEXT NOT NULL,
            period TEXT NOT NULL,
            part TEXT NOT NULL,
            body BYTES NOT NULL,
            written_by TEXT,
            written_at BIGINT NOT NULL
        ){unordered};
        CREATE INDEX report_texts_of ON report_texts (ward, kind, period);
    """)


def downgrade() -> None:
    """Without texts."""
    run("""
        DROP INDEX report_texts_of;
        DROP TABLE report_texts;
    """)
