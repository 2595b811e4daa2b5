"""Files of tips: fetched, cleaned, sealed, and nothing of the original anywhere."""
