"""Tables, migrations, stores (SQL and row to model), sealing, and the lock on the data folder."""
