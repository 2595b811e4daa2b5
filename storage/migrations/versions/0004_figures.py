"""Figures by day and by month; closing a day looks only at tips that were open."""

from storage.migrations.portable import run

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Figures are derived: days are closed again from their events instead of being translated."""
    run("""
        DROP TABLE day_figures;
        CREATE TABLE day_figures (
            day TEXT NOT NULL,
            ward TEXT NOT NULL,
            edition BIGINT NOT NULL,
            events BIGINT NOT NULL,
            facts TEXT NOT NULL,
            PRIMARY KEY (day, ward)
        ){unordered};
        CREATE TABLE year_figures (
            cut BIGINT NOT NULL,
            year BIGINT NOT NULL,
            ward TEXT NOT NULL,
            months TEXT NOT NULL,
            PRIMARY KEY (cut, year, ward)
        ){unordered};
        DELETE FROM slots WHERE job = 'close_day';
        DROP INDEX tips_opened;
        CREATE INDEX tips_closed ON tips (ward, closed_at) WHERE closed_at IS NOT NULL;
        DROP INDEX events_at;
        CREATE INDEX findings_found ON findings (ward, found_at);
    """)


def downgrade() -> None:
    """The tables as they were, without figures: they are derived again."""
    run("""
        DROP INDEX findings_found;
        CREATE INDEX events_at ON events (ward, at, kind);
        DROP INDEX tips_closed;
        CREATE INDEX tips_opened ON tips (ward, opened_at);
        DELETE FROM slots WHERE job = 'close_day';
        DROP TABLE year_figures;
        DROP TABLE day_figures;
        CREATE TABLE day_figures (
            ward TEXT NOT NULL,
            day TEXT NOT NULL,
            name TEXT NOT NULL,
            value BIGINT NOT NULL,
            PRIMARY KEY (ward, day, name)
        ){unordered};
    """)
