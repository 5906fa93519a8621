"""A consumer of PipeWire's video streams over libpipewire-0.3. Knows no portal."""
