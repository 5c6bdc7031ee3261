"""deploy/helm/playhead without a cluster: rendered by Helm's library, compared with schemas and the code."""
