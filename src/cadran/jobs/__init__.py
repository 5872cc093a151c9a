"""Background work on the database: lease, retry, periodic; knows nothing of the trade."""
