"""Background work of contracts."""

import pytest

from cadran.contracts.tasks import extend_holidays
from cadran.jobs.periodic import registry
from tests.factories.trade import a_calendar, a_schedule


@pytest.mark.django_db
def test_holidays_are_extended_again_and_again() -> None:
    """Clock: the years ahead are always stored; run twice, the second finds nothing to do."""
    calendar = a_calendar()
    a_schedule(calendar=calendar)
    calendar.holidays.all().delete()
    assert extend_holidays.module_path in registry
    extend_holidays.func()
    stored = calendar.holidays.filter(is_generated=True).count()
    assert stored > 60
    assert extend_holidays.func() == 0
    assert calendar.holidays.count() == stored
