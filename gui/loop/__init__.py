"""Qt's loop as asyncio's: signals, garbage, faults, a watch over what holds it. Knows nothing of what runs on it."""
