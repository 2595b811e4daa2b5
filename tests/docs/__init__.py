"""Documents: what they say stands, and what stands is said."""
