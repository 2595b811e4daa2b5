"""What people read: summaries as text, pictures and data."""
