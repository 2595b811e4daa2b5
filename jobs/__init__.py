"""What happens by the clock: a table of jobs; the server wakes them, the database decides."""
