"""The words of the wire: options, messages, bytes. Knows no socket."""
