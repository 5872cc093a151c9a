"""Cadran: a support desk for companies that owe service under contract."""

__version__ = "0.1.0.dev0"
