"""Privacy: programs that are never shown, masks, blanking. Knows no platform."""
