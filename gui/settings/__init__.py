"""The form of the settings: what each may be, files of other versions, what an administrator has fixed.

Knows neither Qt nor what a setting does.
"""
