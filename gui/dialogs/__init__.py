"""Windows of their own, for links, PIN, privacy, encryption and names. Knows nothing that the core does not say."""
