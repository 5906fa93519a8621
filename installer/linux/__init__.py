"""Makes the packages for Linux from the frozen program. Knows nothing of other systems."""
