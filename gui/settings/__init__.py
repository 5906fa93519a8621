"""The form of the settings: what each may be, files of other versions, what an administrator has fixed.

Knows no Qt, and no setting that is in use.
"""
