"""Pictures as values, and arithmetic on their pixels: what changed, what moved. Knows no source and no thread."""
