"""Where Alembic starts: `storage.migrate` hands it an open connection; all revisions share its one transaction."""

from alembic import context

connection = context.config.attributes["connection"]
# Alembic thinks that SQLite can't roll back a schema; with an explicit BEGIN it can.
context.configure(connection=connection, transactional_ddl=True)
context.run_migrations()
