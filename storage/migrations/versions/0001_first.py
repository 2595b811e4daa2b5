"""The first tables."""

from storage.migrations.portable import run

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make them."""
    # Rows of people and tips have no order of their own ({unordered}): when somebody wrote must not show in a file.
    run("""
        CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);
        CREATE TABLE inbox (
            update_id BIGINT NOT NULL PRIMARY KEY,
            lane BYTES,
            body BYTES,
            received_at BIGINT,
            attempts BIGINT NOT NULL,
            state TEXT NOT NULL,
            day TEXT NOT NULL
        );
        CREATE INDEX inbox_open ON inbox (lane, update_id) WHERE state = 'open';
        CREATE TABLE outbox (
            id BIGINT NOT NULL PRIMARY KEY,
            lane BIGINT NOT NULL,
            body BYTES NOT NULL,
            expires_at BIGINT,
            state TEXT NOT NULL
        );
        CREATE TABLE contacts (
            id TEXT NOT NULL PRIMARY KEY,
            chat_key BYTES NOT NULL UNIQUE,
            ward TEXT,
            body BYTES NOT NULL
        ){unordered};
        CREATE TABLE memberships (
            id TEXT NOT NULL PRIMARY KEY,
            contact TEXT NOT NULL,
            role TEXT NOT NULL,
            unit TEXT NOT NULL,
            ward TEXT,
            since BIGINT NOT NULL,
            on_duty BIGINT NOT NULL
        );
        CREATE INDEX memberships_contact ON memberships (contact);
        CREATE INDEX memberships_unit ON memberships (unit);
        CREATE INDEX memberships_ward ON memberships (ward);
        CREATE TABLE invitations (
            hash BYTES NOT NULL PRIMARY KEY,
            role TEXT NOT NULL,
            unit TEXT NOT NULL,
            expires_at BIGINT NOT NULL
        ){unordered};
        CREATE TABLE talks (
            key BYTES NOT NULL PRIMARY KEY,
            body BYTES NOT NULL,
            touched_at BIGINT NOT NULL,
            remind_at BIGINT
        ){unordered};
        CREATE INDEX talks_remind ON talks (remind_at) WHERE remind_at IS NOT NULL;
        CREATE TABLE tips (
            id TEXT NOT NULL PRIMARY KEY,
            code TEXT NOT NULL UNIQUE,
            ward TEXT NOT NULL,
            category TEXT NOT NULL,
            urgent BIGINT NOT NULL,
            identity TEXT NOT NULL,
            status TEXT NOT NULL,
            outcome TEXT,
            valuable BIGINT NOT NULL,
            opened_at BIGINT NOT NULL,
            due_at BIGINT NOT NULL,
            seen_at BIGINT,
            received_at BIGINT,
            received_by TEXT,
            assigned_to TEXT,
            asked_at BIGINT,
            closed_at BIGINT,
            before_close TEXT,
            receipt_hash BYTES NOT NULL UNIQUE,
            return_address BYTES,
            informant_key BYTES
        ){unordered};
        CREATE INDEX tips_informant ON tips (informant_key) WHERE informant_key IS NOT NULL;
        CREATE INDEX tips_open ON tips (ward, urgent, due_at) WHERE status <> 'closed';
        CREATE INDEX tips_opened ON tips (ward, opened_at);
        CREATE TABLE tip_keys (tip TEXT NOT NULL PRIMARY KEY, wrapped BYTES NOT NULL){unordered};
        CREATE TABLE watches (tip TEXT NOT NULL PRIMARY KEY, due_at BIGINT NOT NULL, address BYTES NOT NULL){unordered};
        CREATE TABLE tip_parts (
            id TEXT NOT NULL PRIMARY KEY,
            tip TEXT NOT NULL,
            seq BIGINT NOT NULL,
            kind TEXT NOT NULL,
            at BIGINT NOT NULL,
            body BYTES NOT NULL
        ){unordered};
        CREATE INDEX tip_parts_tip ON tip_parts (tip, seq);
        CREATE TABLE return_keys (
            week TEXT NOT NULL PRIMARY KEY,
            public BYTES NOT NULL,
            private BYTES NOT NULL,
            made_at BIGINT NOT NULL
        );
        CREATE TABLE places (
            code TEXT NOT NULL PRIMARY KEY,
            name TEXT NOT NULL,
            kind TEXT NOT NULL,
            parent TEXT,
            ward TEXT,
            aliases TEXT NOT NULL,
            valid_from TEXT NOT NULL,
            source TEXT NOT NULL,
            phone TEXT,
            placeholder BIGINT NOT NULL
        );
        CREATE INDEX places_kind ON places (kind, ward);
        CREATE TABLE duties (
            id TEXT NOT NULL PRIMARY KEY,
            unit TEXT NOT NULL,
            ward TEXT NOT NULL,
            period TEXT NOT NULL,
            due_at BIGINT NOT NULL,
            state TEXT NOT NULL,
            submitted_at BIGINT,
            submitted_by TEXT,
            observed_on TEXT,
            items TEXT NOT NULL,
            away TEXT NOT NULL,
            warned_on TEXT,
            handed_on TEXT,
            UNIQUE (unit, period)
        );
        CREATE INDEX duties_ward ON duties (ward, period);
        CREATE INDEX duties_due ON duties (due_at) WHERE state = 'due';
        CREATE TABLE findings (
            id TEXT NOT NULL PRIMARY KEY,
            duty TEXT NOT NULL,
            unit TEXT NOT NULL,
            ward TEXT NOT NULL,
            item TEXT NOT NULL,
            problem TEXT,
            houses TEXT NOT NULL,
            whole BIGINT NOT NULL,
            found_at BIGINT NOT NULL,
            found_by TEXT NOT NULL,
            mend_by TEXT NOT NULL,
            owner TEXT,
            mended_at BIGINT,
            mended_by TEXT,
            photo BYTES
        );
        CREATE INDEX findings_duty ON findings (duty);
        CREATE INDEX findings_open ON findings (ward, mend_by) WHERE mended_at IS NULL;
        CREATE TABLE reminders (
            id TEXT NOT NULL PRIMARY KEY,
            contact TEXT NOT NULL,
            unit TEXT NOT NULL,
            period TEXT NOT NULL,
            at BIGINT NOT NULL
        );
        CREATE INDEX reminders_at ON reminders (at);
        CREATE TABLE events (
            id TEXT NOT NULL PRIMARY KEY,
            ward TEXT NOT NULL,
            at BIGINT NOT NULL,
            day TEXT NOT NULL,
            kind TEXT NOT NULL,
            subject TEXT NOT NULL,
            by_whom TEXT,
            detail TEXT NOT NULL,
            seq BIGINT NOT NULL
        ){unordered};
        CREATE INDEX events_day ON events (ward, day, at);
        CREATE INDEX events_at ON events (ward, at, kind);
        CREATE INDEX events_subject ON events (subject, at);
        CREATE TABLE slots (
            job TEXT NOT NULL,
            unit TEXT NOT NULL,
            period TEXT NOT NULL,
            done_at BIGINT NOT NULL,
            PRIMARY KEY (job, unit, period)
        );
        CREATE TABLE day_figures (
            ward TEXT NOT NULL,
            day TEXT NOT NULL,
            name TEXT NOT NULL,
            value BIGINT NOT NULL,
            PRIMARY KEY (ward, day, name)
        ){unordered};
        CREATE TABLE snapshots (
            ward TEXT NOT NULL,
            kind TEXT NOT NULL,
            period TEXT NOT NULL,
            body TEXT NOT NULL,
            made_at BIGINT NOT NULL,
            PRIMARY KEY (ward, kind, period)
        );
        CREATE TABLE reported_figures (
            id TEXT NOT NULL PRIMARY KEY,
            unit TEXT NOT NULL,
            name TEXT NOT NULL,
            value BIGINT,
            numerator BIGINT,
            denominator BIGINT,
            as_of TEXT NOT NULL,
            source TEXT NOT NULL,
            status TEXT NOT NULL
        );
        CREATE INDEX reported_unit ON reported_figures (unit);
    """)


def downgrade() -> None:
    """Drop them."""
    run("""
        DROP TABLE reported_figures;
        DROP TABLE snapshots;
        DROP TABLE day_figures;
        DROP TABLE slots;
        DROP TABLE events;
        DROP TABLE reminders;
        DROP TABLE findings;
        DROP TABLE duties;
        DROP TABLE places;
        DROP TABLE return_keys;
        DROP TABLE tip_parts;
        DROP TABLE watches;
        DROP TABLE tip_keys;
        DROP TABLE tips;
        DROP TABLE talks;
        DROP TABLE invitations;
        DROP TABLE memberships;
        DROP TABLE contacts;
        DROP TABLE outbox;
        DROP TABLE inbox;
        DROP TABLE meta;
    """)
