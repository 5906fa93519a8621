"""Qt's loop as asyncio's: signals, garbage, a watch over what holds it. Knows nothing of what runs on it."""
