"""Measurements of speed, memory and choices; each module prints a table when run with ``python -m``."""
