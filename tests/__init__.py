import os

# What the tests start is a developer's; a service that is not told so is in production.
os.environ.setdefault("PLAYHEAD_ENVIRONMENT", "development")
