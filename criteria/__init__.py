"""Criteria sets as versioned data, one file each; `storage/criteria.py` reads them."""
