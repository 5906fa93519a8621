"""Tests that run on Windows, or under wine, alone: tests/install/test_windows_capture.py starts them there."""
