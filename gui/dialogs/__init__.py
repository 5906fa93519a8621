"""Windows of their own: links, PIN, privacy, encryption, names, about. Knows nothing that the core does not say."""
