"""The schema's history: one plain-SQL revision per file of `versions/`, up and down, portable by `portable.run`."""
