"""What each command does, one file each: from paths to an exit code."""
