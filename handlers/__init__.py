"""What a person says, which case it runs, and what is answered; no SQL and no rules here."""
