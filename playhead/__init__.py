"""Playhead keeps track of how far every person has got in every video, document and course."""
