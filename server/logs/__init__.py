"""The app's own log: where it lies, what is never written into it, and how the last run ended. Knows no Qt."""
