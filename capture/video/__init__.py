"""H.264: which encoders there are, one of them for each source, and how coarse it may be. Knows no viewer."""
