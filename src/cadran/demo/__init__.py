"""The demo company: a French IT service firm with three months of work behind it, the same on every machine."""

from .load import load

__all__ = ["load"]
