"""The desk that the tests of tickets work at."""

import pytest

from tests.factories.desk import Desk, a_desk


@pytest.fixture
def desk(db: None) -> Desk:
    """One customer under contract: response 4 h, resolution 8 h, Monday to Friday 9 to 18 in Paris."""
    return a_desk()
