"""The parts that Windows offers: its session's lock and its keys. Knows no other platform."""
