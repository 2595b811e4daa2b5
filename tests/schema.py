"""Tables without rows, for one test after the other."""

import psycopg
from psycopg import sql


def empty(url: str) -> None:
    """Deletes every row. A database for each test would cost a fifth of a second; this costs a fiftieth."""
    with psycopg.connect(url) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()").fetchall()
        for (name,) in names:
            if name != "alembic_version":
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
