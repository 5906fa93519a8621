"""How much a viewer is sent at once, and of what, so that it keeps up. Knows neither sockets nor pictures."""
