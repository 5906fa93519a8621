"""Access: who is asking and what they may see, by links, devices, PIN, consent, lockout. Knows no HTTP, no sockets."""
