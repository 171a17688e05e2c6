"""What the hooks of all platforms share."""
