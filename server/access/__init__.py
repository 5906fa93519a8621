"""Who is asking, and what they may see: links, devices, PIN, consent, lockout. Knows neither HTTP nor sockets."""
