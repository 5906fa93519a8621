"""What a Wayland desktop has, for tests: PipeWire with a session manager, a producer of pictures, a portal."""
