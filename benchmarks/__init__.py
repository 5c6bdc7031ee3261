"""Measurements of Playhead, and of what it is compared with."""

import os

# Benchmarks sign their own tokens; a service that is not told so is in production.
os.environ.setdefault("PLAYHEAD_ENVIRONMENT", "development")
