"""The commands that concern the log as a whole: more partitions, and the beginning of a new one."""
