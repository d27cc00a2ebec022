"""The evaluation report in a real browser: no script, no request, nothing beyond the edge."""

import pytest
from tests.evaluation.study_outputs import EVERY

from stoa.evaluation.report import make_report, report_html

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1000])
def test_the_report_fits_and_asks_for_nothing(browser, tmp_path, theme, width):
    path = tmp_path / "report.html"
    hostile = {"<script>document.title='x'</script>": 1}
    path.write_text(report_html(make_report([*EVERY.items(), ("odd", hostile)])), "utf-8")
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=theme, reduced_motion="reduce"
    )
    page = context.new_page()
    asked, problems = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text))
    page.goto(path.as_uri())
    assert page.title() == "What was measured - Stoa"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    narrow = page.locator(".track svg").evaluate_all(
        "all => all.filter(one => one.getBoundingClientRect().width < 120).length"
    )
    assert narrow == 0
    ink, paper = page.evaluate(
        "(s => [s.color, s.backgroundColor])(getComputedStyle(document.body))"
    )
    assert (sum(_rgb(ink)) > sum(_rgb(paper))) == (theme == "dark")
    context.close()
    assert asked == [path.as_uri()]
    assert problems == []


def _rgb(colour: str) -> list[float]:
    return [float(part) for part in colour.strip("rgba()").split(",")[:3]]
