"""``panecast doctor --try``: windows of a process of its own, on which each technique of this system is tried.

Knows neither panel nor settings.
"""
