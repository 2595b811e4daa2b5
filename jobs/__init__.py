"""What happens by the clock: a table of jobs; APScheduler wakes, the database decides."""
