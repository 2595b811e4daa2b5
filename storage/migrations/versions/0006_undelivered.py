"""What Telegram refuses for good has a table of its own: the outbox holds only what waits."""

from storage.migrations.portable import run

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Move the refused ones; how and why they were refused was not kept of them. A message's number is its time."""
    run("""
        CREATE TABLE undelivered (
            id BIGINT NOT NULL PRIMARY KEY,
            at BIGINT NOT NULL,
            lane BIGINT NOT NULL,
            method TEXT NOT NULL,
            reason TEXT NOT NULL,
            told_at BIGINT
        );
        CREATE INDEX undelivered_at ON undelivered (at);
        INSERT INTO undelivered (id, at, lane, method, reason)
            SELECT id, id / 1048576, lane, '', '' FROM outbox WHERE state = 'dead';
        DELETE FROM outbox WHERE state = 'dead';
        DROP INDEX outbox_dead;
        ALTER TABLE outbox DROP COLUMN state;
        ALTER TABLE outbox DROP COLUMN expires_at;
    """)


def downgrade() -> None:
    """Back into the outbox, without their words, as they were there."""
    run("""
        CREATE TABLE waiting (id BIGINT NOT NULL PRIMARY KEY, lane BIGINT NOT NULL, body BYTES NOT NULL);
        INSERT INTO waiting (id, lane, body) SELECT id, lane, body FROM outbox;
        DROP TABLE outbox;
        CREATE TABLE outbox (
            id BIGINT NOT NULL PRIMARY KEY,
            lane BIGINT NOT NULL,
            body BYTES NOT NULL,
            expires_at BIGINT,
            state TEXT NOT NULL
        );
        INSERT INTO outbox (id, lane, body, expires_at, state) SELECT id, lane, body, NULL, 'waiting' FROM waiting;
        DROP TABLE waiting;
        INSERT INTO outbox (id, lane, body, expires_at, state)
            SELECT id, lane, CAST('' AS BYTES), NULL, 'dead' FROM undelivered
            WHERE id NOT IN (SELECT id FROM outbox);
        CREATE INDEX outbox_dead ON outbox (id) WHERE state = 'dead';
        DROP TABLE undelivered;
    """)
