"""Whether there is a newer version. Knows one address, and no widget."""
