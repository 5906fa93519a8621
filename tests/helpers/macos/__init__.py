"""Stand-ins for Apple's frameworks. Knows no code of ours but values."""
