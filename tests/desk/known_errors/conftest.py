"""The desk that these screens are looked at on."""

from tests.desk.work import browser, desk, now

__all__ = ["browser", "desk", "now"]
