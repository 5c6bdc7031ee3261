"""The page of the OpenAPI document works under the pages' policy, and loads nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from playhead.settings import QuerySettings
from tests.query_api.serving import serving


def test_the_documentation_shows_both_services_with_scripts_of_its_own(
    browser: Browser, tmp_path: Path
) -> None:
    with serving(QuerySettings(environment="development"), tmp_path) as service:  # it needs no store
        page = browser.new_page()
        asked: list[str] = []
        complaints: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on(
            "console", lambda message: complaints.append(message.text) if message.type == "error" else None
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        response = page.goto(f"{service.url}/docs")

        expect(page.get_by_text("Save one heartbeat")).to_be_visible(timeout=60_000)
        expect(page.get_by_text("All of a person's progress")).to_be_visible()
        page.get_by_text("Save one heartbeat").click()
        expect(page.get_by_text("progressPercentage").first).to_be_visible(timeout=60_000)

        assert response is not None
        assert "script-src 'self';" in response.headers["content-security-policy"]
        assert complaints == []
        assert [url for url in asked if not url.startswith((service.url, "data:"))] == []
        page.close()
