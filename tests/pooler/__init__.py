"""Everything that uses PostgreSQL, through PgBouncer in transaction mode."""
