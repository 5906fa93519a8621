"""Viewers: HTTP, WebSocket, sessions, access. Knows no Qt and no platform; pictures come from ``capture``."""

__version__ = "0.1.0"
DEFAULT_PORT = 8080
