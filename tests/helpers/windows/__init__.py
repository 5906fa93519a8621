"""What tests that run on Windows, or under wine, need. Knows nothing of other systems."""
