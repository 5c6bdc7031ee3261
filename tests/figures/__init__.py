"""What the figures are in ordinary lives: over HTTP, through the whole running pipeline."""
