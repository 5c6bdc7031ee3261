"""What every service has around it: problems, logs, and a probe for health and metrics."""
