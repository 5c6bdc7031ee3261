"""Measurements of Playhead, and of what it is compared with."""

import os

# Benchmarks sign their own tokens; without this setting a service assumes production.
os.environ.setdefault("PLAYHEAD_ENVIRONMENT", "development")
