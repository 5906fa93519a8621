"""What must not be seen: programs that are never shown, masks, blanking. Knows no platform."""
