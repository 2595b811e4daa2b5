"""Updates that no journey thinks of: any that the table allows, damaged ones, and people who press anything."""
