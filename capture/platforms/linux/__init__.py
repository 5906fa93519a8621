"""What Linux offers whatever its display is: D-Bus, processes, memory, the session's lock. Knows no X11."""
