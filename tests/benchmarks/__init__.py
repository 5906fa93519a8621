"""How fast, how lean: each figure against a floor measured in the same run. Run: ``python -m tests.benchmarks``."""
