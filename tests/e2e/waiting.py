"""When a page has done what it was asked: a browser test that goes by the clock fails on a busy machine."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Route

#: What htmx marks while it asks, puts an answer in place and wires it up.
AT_WORK = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"


def settle(page: Page) -> None:
    """Wait until no part of the page is asked for or being put in place."""
    page.wait_for_load_state("load")
    page.wait_for_function("(at_work) => !document.querySelector(at_work)", arg=AT_WORK)


@contextmanager
def answered(page: Page, address: str) -> Iterator[None]:
    """Act within; go on when the server has answered at the address (a glob) and the page shows the answer."""
    with page.expect_response(address) as response:
        yield
    response.value.finished()
    settle(page)


def until(page: Page, is_so: Callable[[], object], otherwise: str) -> None:
    """Go on once ``is_so``; fails with ``otherwise`` after half a minute."""
    for _turn in range(600):
        if is_so():
            return
        page.wait_for_timeout(50)
    raise AssertionError(otherwise)


class Held:
    """Requests to an address that are kept back until they are let go: all of them, or the first few."""

    def __init__(self, page: Page, address: str, *, at_most: int | None = None) -> None:
        self.page, self.routes = page, list[Route]()
        page.route(address, lambda route: self.routes.append(route), times=at_most)

    def wait(self) -> None:
        """Until a request is kept back; fails after half a minute."""
        until(self.page, lambda: self.routes, "nothing was asked")

    def let_go(self) -> None:
        with self.page.expect_response(self.routes[0].request.url):
            self.routes.pop(0).continue_()
