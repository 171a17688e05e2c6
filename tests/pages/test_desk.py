"""The desk in Chromium: a class is decided with the keyboard alone, exported, and regraded."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from builders_command_line import invoked
from builders_desk import a_waiting_class, at_the_desk
from builders_folders import make_file
from builders_grading import keep, rows_in
from builders_pages import drawable

from grader.datasets import load_dataset
from grader.grading.keys import circumstances, evidence_key
from grader.measure.request import pack
from grader.rubric.loading import load_rubric
from grader.submissions.submission import Submission

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed.")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed.")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed."),
    pytest.mark.usefixtures("workers"),
]

NAMES = [f"s{number}" for number in range(10)]
# The optimizer of this evidence has made no step, so there is nothing to compare, and a teacher is asked.
RUBRIC = """
version: 1
title: Homework
pass_at: 0.6
likeness: "off"
phrases: [Well argued., Say where you clip.]
items:
  - {title: Accuracy, points: 3, logged_accuracy: {at_least: LEAST}}
  - {title: Log and model, points: 7, log_fits_optimizer: {}, not_checked: review}
"""
CANVAS = "Student,ID,SIS Login ID,Section,Homework (7)\nPoints Possible,,,,10\n" + "".join(
    f'"Last, {name}",{number},{name},A,\n' for number, name in enumerate(NAMES)
)
MOODLE = "Identifier,Full name,Email address,Grade,Maximum Grade\n" + "".join(
    f"Participant {number},{name} Last,{name}@uni.example,,10\n" for number, name in enumerate(NAMES)
)


@pytest.fixture(scope="module")
def browser() -> "Iterator[sync_api.Browser]":
    """One Chromium for all tests."""
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=False)
        yield started
        started.close()


def opened(browser: "sync_api.Browser", address: str, **options: object) -> "tuple[sync_api.Page, list[str]]":
    """The desk in a window, and what it has asked of others or complained about."""
    page = browser.new_page(viewport={"width": 1280, "height": 900}, **options)
    heard: list[str] = []
    origin = address.split("/open/", maxsplit=1)[0]
    page.on("console", lambda message: heard.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: heard.append(f"error: {error}"))
    page.on("request", lambda request: request.url.startswith((origin, "data:")) or heard.append(request.url))
    page.goto(address)
    page.wait_for_url("**/")
    origin = address.split("/open/", maxsplit=1)[0]
    page.on(
        "close",
        lambda _: heard.__setitem__(
            slice(None), [one for one in heard if not one.startswith((origin, "data:"))]
        ),
    )
    return page, heard


def a_class_in_review(tmp_path: Path) -> Path:
    """A class of ten that was graded with pages, in which everyone waits."""
    rubric, folder, out = tmp_path / "homework.yaml", tmp_path / "class", tmp_path / "graded"
    rubric.write_text(RUBRIC.replace("LEAST", "0.87"), "utf-8")
    loaded = load_rubric(rubric)
    run = circumstances(loaded.plan, load_dataset(loaded.plan.data).sha256)
    for name in NAMES:
        make_file(folder, f"{name}/model.keras", name.encode())
        key = evidence_key(pack(Submission(name, folder / name), run.plan), run)
        keep(out, **{key: drawable()})
    assert 3 == invoked("grade", folder, "--rubric", rubric, "--out", out).exit_code
    return out


def press(page: "sync_api.Page", *keys: str, last: str) -> None:
    """Press keys, of which the last one leads to another page."""
    for key in keys:
        page.keyboard.press(key) if len(key) == 1 or key == "Escape" else page.keyboard.type(key)
    with page.expect_navigation():
        page.keyboard.press(last)


def test_a_class_is_decided_with_the_keyboard_alone(browser, tmp_path: Path) -> None:
    """From ten who wait to none; then exported, and regraded by a stricter rubric: the decisions stay."""
    out = a_class_in_review(tmp_path)
    with at_the_desk(out) as desk:
        page, heard = opened(browser, desk.desk.door.address)
        told = [page.locator(".progress").inner_text()]
        press(page, last="j")
        for number in range(10):
            if number == 3:
                press(page, "c", "Say where you clip.", "Escape", last="f")
                press(page, last="u")
                assert "3 of 10 decided" == page.locator(".progress").inner_text()
            if number == 4:
                # Enter within the field gives the points.
                press(page, "n", "2.5", last="Enter")
            else:
                comment = ("c", "Well done.", "Escape") if number == 0 else ()
                press(page, *comment, last="p")
        told.append(page.locator(".progress").inner_text())
        nobody = page.get_by_role("heading", name="Nobody waits for you.").is_visible()
        page.close()

    assert (["0 of 10 decided", "10 of 10 decided"], True, []) == (told, nobody, heard)
    rows = rows_in(out)
    assert ["passed"] * 4 + ["failed"] + ["passed"] * 5 == [row["verdict"] for row in rows]
    assert "Well done." in (out / "s0" / "report.html").read_text("utf-8")
    assert "9 passed, 1 failed" in (out / "index.html").read_text("utf-8")

    scores = [row["score"] for row in rows]
    grades = exported(out, tmp_path)
    assert [scores, scores] == grades

    stricter = tmp_path / "stricter.yaml"
    stricter.write_text(RUBRIC.replace("LEAST", "0.99"), "utf-8")
    assert "stays" in invoked("regrade", out, "--rubric", stricter).stdout
    assert ["passed"] * 4 + ["failed"] + ["passed"] * 5 == [row["verdict"] for row in rows_in(out)]
    history = invoked("history", out, "s4").stdout
    words = [
        "found: review",
        "Dr. Kim decided",
        "exported to canvas: ",
        "exported to moodle-worksheet: ",
        "found: ",
    ]
    places = [history.index(words[0]), *(history.rindex(word) for word in words[1:])]
    assert sorted(places) == places


def exported(out: Path, place: Path) -> list[list[str]]:
    """The grades in a gradebook of Canvas and in a worksheet of Moodle."""
    found = []
    for command, option, text, column in (
        ("canvas", "--gradebook", CANVAS, "Homework"),
        ("moodle-worksheet", "--worksheet", MOODLE, "Grade"),
    ):
        (place / "source.csv").write_text(text, "utf-8")
        options = (option, place / "source.csv", "--column", column, "--out", place / "filled.csv")
        assert 0 == invoked("export", command, out, *options).exit_code
        lines = (place / "filled.csv").read_text("utf-8").splitlines()
        at = -1 if command == "canvas" else 3
        found.append([line.split(",")[at] for line in lines if "Last" in line])
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_the_desk(browser, tmp_path: Path, scheme: str) -> None:
    """axe-core finds nothing to say of the queue, a submission, and a form that was refused."""
    with at_the_desk(a_waiting_class(tmp_path, "ana", "ben")) as desk:
        page, heard = opened(browser, desk.desk.door.address, color_scheme=scheme)
        found = [looked_at(page)]
        press(page, last="j")
        found.append(looked_at(page))
        press(page, "n", "many", last="Enter")
        found.append(looked_at(page))
        page.close()

    assert ([[], [], []], []) == (found, [one for one in heard if "422" not in one])


def looked_at(page: "sync_api.Page") -> list[tuple[str, str, str]]:
    """What shuts somebody out of a page."""
    response = axe.Axe().run(page, options={"resultTypes": ["violations"]}).response
    return [
        (violation["id"], node["html"], node["failureSummary"])
        for violation in response["violations"]
        for node in violation["nodes"]
    ]


def test_it_works_without_a_script_and_on_a_phone(browser, tmp_path: Path) -> None:
    """Links and forms do everything; nothing is wider than the screen."""
    with at_the_desk(a_waiting_class(tmp_path, "ana")) as desk:
        page, _ = opened(browser, desk.desk.door.address, java_script_enabled=False)
        page.set_viewport_size({"width": 360, "height": 800})
        page.get_by_role("link", name="Ana (ana)").click()
        width = page.locator("main").bounding_box()["width"]
        page.get_by_label("Comment for the student").fill("Seen.")
        page.get_by_role("button", name="Pass").click()
        page.get_by_role("button", name="Undo").click()
        page.get_by_role("button", name="Fail").click()
        said = page.locator(".last").inner_text()
        page.close()

    assert width <= 360
    assert "Failed" in said
    assert ["failed", "passed"] == [row["verdict"] for row in rows_in(tmp_path)]
