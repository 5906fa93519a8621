"""Listening, connections and their limits, TLS, addresses. Knows neither people nor what is shown."""
