"""The parts of Linux that no display is needed for: D-Bus, processes, memory, the session's lock. Knows no X11."""
