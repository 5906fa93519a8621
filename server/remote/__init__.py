"""Requests of later starts of the program to the copy that runs, and its answers.

Knows no Qt. A caller imports hardly anything: `message`, `place`, `client`, `claim` and `command_line` need Python
alone.
"""
