"""The SDK's library on a page of another origin, against the real query API."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.web.conftest import Devices
from tests.web.house import House, an_id
from tests.web.player import host_page


def call(page: Page, expression: str, argument: Any = None) -> Any:
    """What a call of the library resolves with, or the failure it rejects with."""
    return page.evaluate(
        f"""async (argument) => {{
            try {{ return await ({expression}) }}
            catch ({{ name, kind, message, problem }}) {{ return {{ name, kind, message, problem }} }}
        }}""",
        argument,
    )


def contents(answer: Any) -> list[str]:
    return [each["contentId"] for each in answer["items"]]


def test_a_page_of_another_site_reads_dismisses_and_is_told_of_changes(
    house: House, host: str, device: Devices
) -> None:
    ada = house.person("Ada")
    first, second = house.item(), house.item("The second")
    house.save(ada, first, (0, 5))
    house.save(ada, second, (0, 9))
    # The first token is refused, so what is read is read with the second.
    page = device("401", "422", "404").page()
    page.goto(host_page(host, house, ada, first, "library", token=[ada.token(-600), ada.token()]))
    page.wait_for_function("window.host?.connections.at(-1) === 'connected' && host.items.size === 2")

    one = call(page, "host.library.list({ limit: 1 })")
    assert contents(one) == [second]
    assert one["items"][0]["lastPositionSeconds"] == 9
    rest = call(page, "host.library.list({ limit: 1, cursor: argument })", one["nextCursor"])
    assert contents(rest) == [first]
    assert rest["nextCursor"] is None
    assert call(page, "host.library.summary()") == one["summary"]
    assert call(page, "host.library.list({ userId: argument })", ada.user_id)["summary"] == one["summary"]
    assert contents(call(page, "host.library.continueWatching()")) == [second, first]

    assert call(page, "host.library.dismiss(argument)", second)["dismissed"] is True
    assert contents(call(page, "host.library.continueWatching()")) == [first]
    assert call(page, "host.library.restore(argument)", second)["dismissedAt"] is None
    assert contents(call(page, "host.library.continueWatching({ limit: 5 })")) == [second, first]

    house.stored(ada, second, lambda row: bool(row["position"] == 9), "the row")
    house.until(
        lambda: contents(call(page, "host.library.history({ contentId: argument })", second)) == [second],
        "the history",
    )
    assert call(page, "host.library.history({ to: new Date(0) })")["items"] == []

    house.save(ada, first, (0, 12))
    page.wait_for_function("argument => host.items.get(argument).lastPositionSeconds === 12", arg=first)
    assert page.evaluate("host.tokensAsked") == 2

    refused = call(page, "host.library.dismiss(argument)", an_id())
    assert (refused["name"], refused["kind"], refused["problem"]["status"]) == (
        "PlayheadError",
        "refused",
        404,
    )
    wrong = call(page, "host.library.list({ cursor: 'no such' })")
    assert (wrong["kind"], wrong["problem"]["errors"][0]["field"]) == ("refused", "cursor")
    aborted = call(page, "host.library.list({ signal: AbortSignal.abort() })")
    assert aborted["name"] == "AbortError"
    page.evaluate("host.stop()")
