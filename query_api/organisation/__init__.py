"""What an organisation sets for itself: its time zone, its policy, and the numbers of its reports.

`settings` has the values and their defaults (pure), `body` what an administrator sends, `answers` what they
are answered. `store` reads and writes PostgreSQL. Begin with `settings`.
"""
