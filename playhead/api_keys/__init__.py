"""API keys in PostgreSQL: `statements` create, list and revoke them, `store` looks them up for the services.

What a key is and how one is verified is in `playhead.identity`.
"""
