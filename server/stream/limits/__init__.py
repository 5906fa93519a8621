"""How much one device may have, and say. Knows neither sockets nor the pictures themselves."""
