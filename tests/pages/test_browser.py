"""The pages as Chromium shows them: nothing is asked for, nothing overflows, everybody can read them."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from builders_figures import a_figure
from builders_notebooks import code, error, notebook, picture, read_notebook, stream
from builders_pages import YARDSTICK, drawable, measured, the_index
from builders_reports import ALL, FAILED, HOSTILE, LIKE, PASSED

from grader.evidence import Declaration
from grader.grading.deciding import write_class_pages
from grader.measure.figure.read import read
from grader.reports import html
from grader.reports.charts import draw
from grader.reports.html_class import Entry
from grader.rubric import Plan
from grader.submissions.roster import Student

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed.")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed.")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed.")

NAMES = ("failed", "passed", "hostile", "teacher", "class", "korean", "spanish")
PHONE, SCREEN = 360, 1100
CLASS = (*ALL, LIKE) * 5
Opened = Callable[..., "tuple[sync_api.Page, list[str]]"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the pages."""
    place = tmp_path_factory.mktemp("pages")
    figure = read("norms", a_figure(), Declaration(), Plan())
    cells = code("train()", stream("step: 1, loss: 2.3\n" + "x" * 900), error(), picture(a_figure()))
    drawing = draw(drawable(700, figure=figure, notebook=read_notebook(notebook(cells))), YARDSTICK)
    absent = (Student(id="<b>9", name="Nobody <script>"),)
    everybody = [Entry(measured(report), f"place {number}") for number, report in enumerate(CLASS)]
    in_spanish = [report.model_copy(update={"language": "es"}) for report in (*ALL, LIKE)]
    pages = {
        "failed": html.page(FAILED.model_copy(update={"contact": "ta@example.edu"}), drawing),
        "passed": html.page(PASSED),
        "hostile": html.page(HOSTILE, drawing),
        "teacher": html.teacher_page(LIKE, drawing),
        "class": the_index(everybody, absent),
        "korean": html.teacher_page(LIKE.model_copy(update={"language": "ko"}), drawing),
        "spanish": the_index([Entry(measured(one), "place") for one in in_spanish], absent),
    }
    for name, text in pages.items():
        (place / f"{name}.html").write_text(text, encoding="utf-8", errors="backslashreplace")
    return place


@pytest.fixture(scope="module")
def large(folder: Path) -> Path:
    """The folder of a class of three pages, the last with a few rows; one name is hostile."""
    place = folder / "large"
    every = [FAILED.model_copy(update={"id": f"s{at:04}", "name": f"Zoë {at}"}) for at in range(1010)]
    every[7] = every[7].model_copy(update={"name": "</script><img src=x onerror=alert(1)> \u202e`b`"})
    write_class_pages(place, (Entry(measured(one), f"{one.id} #") for one in every), ())
    (place / "s0400 #").mkdir()
    (place / "s0400 #" / "teacher.html").write_text(html.teacher_page(every[400]), "utf-8")
    return place


@pytest.fixture(scope="module")
def window() -> "Iterator[tuple[sync_api.Page, list[str]]]":
    """One window of one Chromium for all tests, with what its pages ask for and complain about."""
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=False)
        page = started.new_page()
        heard: list[str] = []
        page.on("console", lambda message: heard.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: heard.append(f"error: {error}"))
        page.on("dialog", lambda dialog: heard.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: heard.append(f"request: {request.url}"))
        yield page, heard
        started.close()


@pytest.fixture
def opened(window, folder: Path) -> "Opened":
    """Shows a page, and tells what it has asked for and complained about."""
    page, heard = window

    def show(name: str, width: int = SCREEN, scheme: str = "light") -> "tuple[sync_api.Page, list[str]]":
        address = (folder / f"{name}.html").as_uri()
        heard.clear()
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(media="null", color_scheme=scheme)
        page.goto(address)
        told = [one for one in heard if one != f"request: {address}" and "request: data:" not in one]
        return page, told

    return show


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (SCREEN, "dark")])
def test_a_page_is_whole_and_fits(opened: "Opened", name: str, width: int, scheme: str) -> None:
    """It asks for nothing, has no error, and is no wider than a phone."""
    page, heard = opened(name, width, scheme)
    asked = page.evaluate("document.documentElement.scrollWidth")

    assert [] == heard
    assert width == asked


# The page of a class is looked at in Spanish, where it is shorter.
@pytest.mark.parametrize("name", [name for name in NAMES if name != "class"])
@pytest.mark.parametrize(
    ("scheme", "rules"),
    # In the dark only the colours differ.
    [("light", {}), ("dark", {"runOnly": ["cat.color"]})],
    ids=["light", "dark"],
)
def test_everybody_can_use_a_page(opened: "Opened", name: str, scheme: str, rules: dict[str, object]) -> None:
    """axe-core, which looks for contrast, labels, headings and landmarks, finds nothing to say."""
    page, _ = opened(name, SCREEN, scheme)
    looked_for = axe.Axe().run(page, options={"resultTypes": ["violations"], **rules}).response

    found = [
        (violation["id"], node["html"], node["failureSummary"])
        for violation in looked_for["violations"]
        for node in violation["nodes"]
    ]
    assert [] == found
    assert "color-contrast" in {one["id"] for one in looked_for["passes"]}


@pytest.mark.parametrize("name", ["class", "spanish"])
def test_a_class_on_a_phone_has_its_reasons_in_full_width(opened: "Opened", name: str) -> None:
    """The verdict and the points stand below the name and the reason, not beside them."""
    page, _ = opened(name, PHONE)
    table = page.locator(".order:visible")
    widths = table.locator("tbody th[scope=row]").evaluate_all("all => all.map(one => one.clientWidth)")

    assert len(widths) in {len(CLASS), len(ALL) + 1}
    assert min(widths) > 0.8 * PHONE


@pytest.mark.parametrize("name", ["failed", "class"])
def test_the_first_key_leads_to_the_content(opened: "Opened", name: str) -> None:
    """The first stop of the tabulator key is a link, which is seen then, past everything that repeats."""
    page, _ = opened(name)
    page.keyboard.press("Tab")
    link = page.evaluate("[document.activeElement.textContent, document.activeElement.offsetLeft >= 0]")
    page.keyboard.press("Enter")
    target = page.evaluate("location.hash")

    assert ["Skip to the content", True] == link
    assert "#main" == target


def test_a_class_is_sorted_without_a_script(opened: "Opened") -> None:
    """Another order shows another table, and only that."""
    page, _ = opened("class")
    links = page.locator(".order:visible tbody th a")
    by_need = links.all_inner_texts()
    page.get_by_label("name", exact=True).check()
    by_name = links.all_inner_texts()
    shown = page.locator(".order:visible").count()

    assert ["Okafor (okafor)"] * 5 + ["mori"] * 5 + ["smith"] * 5 == by_need[:15]
    assert sorted(by_name, key=str.casefold) == by_name
    assert sorted(by_need) == sorted(by_name)
    assert 1 == shown


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (SCREEN, "dark")])
def test_a_page_of_a_large_class_is_for_everybody(opened: "Opened", width: int, scheme: str) -> None:
    """It is as wide as the screen, and axe-core finds nothing, when something was found, either."""
    page, heard = opened("large/index-3", width, scheme)
    page.get_by_label("Find a submission").press_sequentially("zoe 99")
    page.get_by_text("Found: 19").wait_for()
    asked = page.evaluate("document.documentElement.scrollWidth")
    violations = axe.Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]

    assert [] == heard
    assert width == asked
    assert [] == [(one["id"], [node["html"] for node in one["nodes"]]) for one in violations]


@pytest.mark.usefixtures("large")
def test_a_submission_is_found_by_keys_alone(opened: "Opened") -> None:
    """By any part of name and id, in any case and without accents; a link leads to its page."""
    page, _ = opened("large/index-2")
    field, found = page.get_by_label("Find a submission"), page.locator("#found a")
    field.press_sequentially("ZOE 40")
    page.get_by_text("Found: 20").wait_for()
    some = found.all_inner_texts()
    field.fill("s")
    many = (found.count(), page.get_by_role("status").inner_text())
    field.fill("nobody")
    none = (found.count(), page.get_by_role("status").inner_text())
    field.fill("400 s04")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/teacher.html")

    assert {"Zoë 40 (s0040)", "Zoë 400 (s0400)", "Zoë 409 (s0409)"} <= set(some)
    assert (50, "Found: 1010. These are the first; type more of the name.") == many
    assert (0, "Found: 0") == none
    assert "Zoë 400" in page.title() + page.inner_text("body")


@pytest.mark.usefixtures("large")
def test_a_hostile_name_is_found_as_text(opened: "Opened") -> None:
    """Nothing of it acts, in the list as in the table."""
    page, heard = opened("large/index-2")
    page.get_by_label("Find a submission").press_sequentially("</script><img")
    page.get_by_text("Found: 1").wait_for()
    text = page.locator("#found a").inner_text()
    pictures = page.locator("img").count()

    assert r"</script><img src=x onerror=alert(1)> \u202e`b` (s0007)" == text
    assert 0 == pictures
    assert [] == [one for one in heard if "index-search.js" not in one]


def test_a_list_that_is_missing_is_said(opened: "Opened", large: Path) -> None:
    """Where somebody has copied a page alone."""
    (large / "alone").mkdir()
    (large / "alone" / "index.html").write_bytes((large / "index-3.html").read_bytes())
    page, _ = opened("large/alone/index")
    page.get_by_label("Find a submission").focus()
    told = page.get_by_text("The list of submissions is missing")
    told.wait_for()

    assert "index-search.js" in told.inner_text()


def test_a_large_class_can_be_read_without_scripts(window, large: Path) -> None:
    """There is no search then, and the pages lead to one another."""
    page, _ = window
    context = page.context.browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto((large / "index.html").as_uri())
    searches = plain.get_by_label("Find a submission").is_visible()
    plain.get_by_role("link", name="Next").first.click()
    address = plain.url
    context.close()

    assert not searches
    assert address.endswith("/index-2.html")


def test_a_printed_page_is_dark_on_white(opened: "Opened") -> None:
    """Whatever the screen's colours are, and without what only a screen needs."""
    page, _ = opened("failed", SCREEN, "dark")
    page.emulate_media(media="print", color_scheme="dark")
    style = "(({backgroundColor, color}) => [backgroundColor, color])(getComputedStyle(document.body))"
    colours = page.evaluate(style)
    skip = page.locator(".skip").is_visible()

    assert ["rgb(255, 255, 255)", "rgb(0, 0, 0)"] == colours
    assert not skip


@pytest.mark.parametrize(("name", "most"), [("failed", 2), ("teacher", 2), ("class", 4)])
def test_a_page_prints_on_few_sheets(opened: "Opened", name: str, most: int) -> None:
    """A report on two, a class of 35 on four."""
    page, _ = opened(name)
    printed = page.pdf(format="A4")

    assert len(re.findall(rb"/Type\s*/Page\b", printed)) <= most
