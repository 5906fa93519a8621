"""How the cost grows: with the number of sources, of viewers, of pixels; as figures and as curves."""
