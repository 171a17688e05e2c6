"""Learning platforms: one folder each, with its download, gradebook, results, hook and upload package."""
