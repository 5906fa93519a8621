"""What is said on the wire: options, messages, bytes. Knows no socket."""
