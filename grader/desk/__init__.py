"""The teacher's desk: pages on this machine alone, on which a person decides who waits."""
