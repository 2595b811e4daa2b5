"""Words, numbers and dates."""
