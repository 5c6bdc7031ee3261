"""The migrations, in order; each runs the SQL file of its name. A released one is never edited."""
