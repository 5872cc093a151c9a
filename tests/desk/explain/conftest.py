"""A ticket whose clocks are explained at ten on a Monday."""

from tests.desk.tickets.conftest import ticket
from tests.desk.work import browser, desk, now

__all__ = ["browser", "desk", "now", "ticket"]
