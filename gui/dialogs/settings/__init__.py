"""The dialog of all settings: its rows, made from the declarations, and what is done with a whole file of them.

Knows no server: what is wished for is carried out elsewhere.
"""
