"""Whether Panecast starts with the system, as the system itself keeps it. Knows neither panel nor settings of ours."""
