"""How good pictures are that were caught while they moved: their originals, and how like them they are."""
