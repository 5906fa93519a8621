"""What the desktop sees of Panecast: tray, notices, border, one copy at a time, demo.

Knows neither panel nor dialogs.
"""
