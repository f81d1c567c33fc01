"""The page in a real browser: what is drawn on it, read by it, and done with keys alone.

Needs Chromium (`apt-get install chromium`) and Playwright (`pip install "tinygrad-edu[page]"`), and is skipped without.
"""

import base64
import io
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

import tinygrad_edu as torch
from models import digit
from models.datasets import Digits
from models.picture import read_digit

sync_api = pytest.importorskip("playwright.sync_api",
                               reason='Playwright is not installed: pip install "tinygrad-edu[page]"')
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium here: apt-get install chromium")

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
THREE = [(0.3, 0.25), (0.5, 0.15), (0.68, 0.25), (0.6, 0.42), (0.45, 0.48), (0.65, 0.55), (0.72, 0.7), (0.55, 0.85),
         (0.3, 0.78)]


# ---- a run, its page, and a browser ----------------------------------------------------------------------

@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run and its page."""
    folder = tmp_path_factory.mktemp("page")
    before = torch.get_rng_state()
    run, page, figures = (str(folder / name) for name in ("run", "page.html", "page.json"))
    assert digit.main(["--images", "4000", "--test-images", "300", "--epochs", "4", "--out", run, "--quiet"]) == 0
    assert digit.main(["report", "--run", run, "--out", page, "--json", figures, "--quiet"]) == 0
    torch.set_rng_state(before)
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []         # which root cannot have
        browser = playwright.chromium.launch(executable_path=BROWSER, args=sandbox)
        yield browser
        browser.close()


Opened = Callable[..., Any]


@pytest.fixture(scope="module")
def pages(browser: Any) -> dict[Any, Any]:
    """Pages that are open already, by what they were opened with: opening one takes longer than most tests."""
    return {}


@pytest.fixture
def opened(browser: Any, made: Path, pages: dict[Any, Any]) -> Iterator[Opened]:
    """Opens the page. Whatever the browser complains about, or asks of anyone, fails the test at its end."""
    address, complaints = (made / "page.html").as_uri(), []
    used = []

    def asked(request: Any) -> None:
        if request.url.split("#")[0] != address and not request.url.startswith("data:"):
            complaints.append(request.url)

    heard = {"console": lambda message: complaints.append(message.text),
             "pageerror": lambda error: complaints.append(str(error)), "request": asked}

    def open_page(size: dict[str, int] = WIDE, scheme: str = "light", new: bool = False, **options: Any) -> Any:
        key = (size["width"], scheme, *options)
        known = None if new else pages.get(key)
        page = known or browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce",
                                            **options).new_page()
        used.append(page)
        for event, hear in heard.items():
            page.on(event, hear)
        page.set_default_timeout(10_000)
        if known is None:
            page.goto(address)
            if not new:
                pages[key] = page
        else:
            page.locator("#clear").click()
        return page

    yield open_page
    for page in used:
        for event, hear in heard.items():
            page.remove_listener(event, hear)
    assert not complaints


@pytest.fixture(scope="module")
def network(made: Path) -> Any:
    return digit.load_network(made / "run" / "weights.safetensors")


def draw(page: Any, points: list[tuple[float, float]]) -> None:
    """A stroke on the pad; points in shares of its sides."""
    page.locator("#pad").scroll_into_view_if_needed()
    box = page.locator("#pad").bounding_box()
    places = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place)
    page.mouse.up()
    settle(page)


def settle(page: Any) -> None:
    """Until what was done is drawn, and said."""
    for _ in range(3):
        page.evaluate("() => new Promise(requestAnimationFrame)")


def until(page: Any, expression: str) -> None:
    """Wait until it is true: without `wait_for_function`, which the page's own policy forbids."""
    for _ in range(100):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never true: {expression}")


def bytes_read(page: Any) -> np.ndarray:
    """(28, 28) what the page's network sees."""
    return np.array(page.evaluate("Array.from(page.digit.bytes)"), np.uint8).reshape(28, 28)


def outputs_read(page: Any) -> np.ndarray:
    return np.array(page.evaluate("page.digit.reading.outputs"))


def outputs_of(network: Any, image: np.ndarray) -> np.ndarray:
    """What the engine says to an image."""
    return digit.outputs_of(network, Digits(image[None], np.zeros(1, np.int64), ""))[0]


def as_python_sees(grey: np.ndarray, folder: Path) -> np.ndarray:
    """(28, 28) the image as `models.picture` cuts it out and centres it."""
    Image.fromarray(grey).save(folder / "drawn.png")
    return read_digit(folder / "drawn.png")


# ---- drawing, and reading what is drawn ------------------------------------------------------------------

@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (PHONE, "dark")])
def test_a_drawn_digit_is_read_as_python_reads_it(opened, network, tmp_path, size, scheme):
    page = opened(size, scheme)
    draw(page, THREE)
    ink = np.array(page.evaluate("Array.from(page.inkOfPad())"), np.uint8).reshape(448, 448)
    assert ink.max() == 255 and 0.02 < (ink > 0).mean() < 0.3
    seen, outputs = bytes_read(page), outputs_read(page)
    assert np.array_equal(seen, as_python_sees(ink, tmp_path))
    assert np.allclose(outputs, outputs_of(network, seen), rtol=0, atol=1e-5)
    answer = int(outputs.argmax())
    assert page.locator("#answer").inner_text() == str(answer)
    assert f"reads a {answer}" in page.locator("#status").inner_text()
    assert page.locator("#outputs .tallest b").inner_text() == str(answer)


def test_any_picture_is_centred_as_python_centres_it(opened, tmp_path):
    """Thin lines and thick ones, small pictures that are enlarged, dark ink on light, noise."""
    page, random = opened(), np.random.default_rng(0)

    def centred(grey: np.ndarray) -> np.ndarray:
        found = page.evaluate("([grey, w, h]) => Array.from(page.centredDigit(Uint8Array.from(grey), w, h))",
                              [grey.ravel().tolist(), grey.shape[1], grey.shape[0]])
        return np.reshape(found, (28, 28))

    for width, height, line in ((224, 224, 17), (224, 224, 3), (60, 90, 2), (40, 25, 5), (133, 200, 12), (21, 22, 1)):
        for paper, ink in ((0, 255), (240, 20)):
            image = Image.new("L", (width, height), paper)
            points = [(x * width, y * height) for x, y in random.uniform(0.15, 0.85, (4, 2))]
            ImageDraw.Draw(image).line(points, fill=ink, width=line, joint="curve")
            grey = np.asarray(image)
            assert np.array_equal(centred(grey), as_python_sees(grey, tmp_path)), (width, height, line, paper)
    noise = random.integers(0, 256, (50, 40), dtype=np.uint8)
    assert np.array_equal(centred(noise), as_python_sees(noise, tmp_path))
    assert page.evaluate("page.centredDigit(new Uint8Array(400), 20, 20)") is None


def test_the_forward_pass_is_the_engines_at_every_kept_epoch(opened, made):
    page, figures = opened(), json.loads((made / "page.json").read_text("utf-8"))
    images = np.random.default_rng(1).integers(0, 256, (5, 28, 28), dtype=np.uint8)
    packed = figures["run"]["weights"]
    weights = np.frombuffer(base64.b64decode(packed["base64"]), np.float32).reshape(packed["shape"]).copy()
    for kept in range(len(figures["run"]["kept"])):
        engine = digit.digit_network()
        torch.nn.utils.vector_to_parameters(torch.from_numpy(weights[kept]), engine.parameters())
        for image in images:
            found = page.evaluate("([kept, bytes]) => page.forward(page.layersAt(kept), page.pixelsOf(bytes)).outputs",
                                  [kept, image.ravel().tolist()])
            assert np.allclose(found, outputs_of(engine, image), rtol=0, atol=1e-5)


def test_the_examples_are_the_engines(opened, made):
    page, figures = opened(), json.loads((made / "page.json").read_text("utf-8"))
    labels = figures["examples"]["labels"]
    for label in sorted(set(labels)):
        page.get_by_role("button", name=f"Take a {label}").click()
        known = [figures["examples"]["outputs"][at] for at, each in enumerate(labels) if each == label]
        assert min(np.abs(outputs_read(page) - outputs).max() for outputs in known) < 1e-5
        assert page.locator("#answer").inner_text() == str(label)


def test_undo_and_clear(opened):
    page = opened()
    draw(page, THREE)
    three = bytes_read(page)
    draw(page, [(0.1, 0.9), (0.9, 0.9)])
    assert not np.array_equal(bytes_read(page), three)
    page.locator("#undo").click()
    settle(page)
    assert np.array_equal(bytes_read(page), three)
    page.locator("#clear").click()
    settle(page)
    assert not bytes_read(page).any() and page.locator("#answer").inner_text() == "–"
    assert "empty sheet" in page.locator("#status").inner_text()


def test_a_neuron_shows_its_weighted_sum(opened, network):
    page = opened()
    draw(page, THREE)
    pixels = torch.from_numpy(bytes_read(page).reshape(1, 784) / np.float32(255))
    with torch.no_grad():
        for layer, (neurons, linear) in enumerate([(16, network[0]), (16, network[2]), (10, network[4])]):
            sums = linear(pixels)
            pixels = torch.sigmoid(sums)
            place = sum([16, 16, 10][:layer]) + neurons - 2
            page.locator("#network .neuron").nth(place).hover()
            text = page.locator("#neuron").inner_text().replace("−", "-")
            assert f"that is {sums[0, neurons - 2].item():.3f}" in text
            assert f"sigmoid makes it {pixels[0, neurons - 2].item():.3f}" in text
            assert page.locator("#neuron li").count() == (8 if layer == 0 else 16)


def test_layer_by_layer_lights_one_layer_after_the_other(opened):
    page = opened()
    page.locator("#play").click()
    assert page.evaluate("page.view.lit") == 0
    until(page, "page.view.lit === 1")
    until(page, "page.view.lit === Infinity")


# ---- the other sections ----------------------------------------------------------------------------------

def test_scrubbing_through_the_training(opened, made):
    page, figures = opened(), json.loads((made / "page.json").read_text("utf-8"))
    slider, counts = page.locator("#epoch"), figures["run"]["tests"]["count"]
    slider.focus()
    pictures = set()
    for key, kept in (("Home", 0), ("ArrowRight", 1), ("End", 4), ("ArrowLeft", 3)):
        page.keyboard.press(key)
        look = figures["run"]["epochs"][kept]
        assert page.locator("#epoch-name").inner_text() == (f"after epoch {kept}" if kept else "before")
        assert slider.get_attribute("aria-valuetext") == page.locator("#epoch-name").inner_text()
        assert page.locator("#accuracy-now").inner_text() == f"{100 * look['accuracy']:.1f} %"
        cells = [int(text or 0) for text in page.locator("#confusion tbody td").all_inner_texts()]
        cells = np.reshape(cells, (10, 10))
        assert np.sum(cells) == counts and np.trace(cells) == round(look["accuracy"] * counts)
        worst = figures["run"]["worst"][kept]
        shown = page.locator("#worst figcaption").all_inner_texts()
        assert shown == [f"a {each['label']}, read as {each['answer']} ({each['output']:.2f})" for each in worst]
        pictures.add(page.evaluate("document.querySelector('#weights canvas').toDataURL()"))
    assert len(pictures) == 4
    page.locator("#run-play").click()
    until(page, "page.now.kept === 4")


def test_walking_on_the_landscape(opened, made):
    page, land = opened(), json.loads((made / "page.json").read_text("utf-8"))["landscape"]
    for name, plane in zip(("own two", "random"), land["planes"].values(), strict=True):
        page.get_by_role("button", name=name).click()
        page.locator("#walk").focus()
        page.keyboard.press("Home")
        assert f"After 0 steps the cost is {plane['walk']['cost'][0]:.3f}" in page.locator("#walk-now").inner_text()
        page.keyboard.press("End")
        assert f"the cost is {plane['walk']['cost'][-1]:.3f}" in page.locator("#walk-now").inner_text()
        x = float(page.locator(".walker").get_attribute("cx")) / 492
        assert x == pytest.approx((plane["walk"]["x"][-1] - plane["x"][0]) / (plane["x"][-1] - plane["x"][0]))
        assert plane["says"][-1][:60] in page.locator("#misleads").inner_text()


def test_a_step_phase_by_phase(opened, made):
    page, steps = opened(), json.loads((made / "page.json").read_text("utf-8"))["steps"]
    for number, step in enumerate(steps):
        page.locator("#step-choice button").nth(number).click()
        page.get_by_role("tab", name="Forward").click()
        assert f"is the {step['tallest']}" in page.locator("#phase").inner_text()
        page.keyboard.press("ArrowRight")
        assert f"{step['cost']:.3f}" in page.locator("#phase tfoot").inner_text()
        page.keyboard.press("ArrowRight")
        wants = page.locator("#phase table").first.inner_text()
        assert all(f"by {abs(each['by']):.3f}" in wants for each in step["wants"])
        page.keyboard.press("ArrowRight")
        assert step["again"]["text"] in page.locator("#phase").inner_text()
        assert page.get_by_role("tab", name="Update").get_attribute("aria-selected") == "true"


def test_new_noise_is_read_again(opened, made):
    page = opened()
    before = page.locator("#noise-kept").inner_text()
    page.locator("#noise-new").click()
    assert page.locator("#noise-kept").inner_text() != before
    assert page.locator("#noise-status").inner_text().startswith("It reads ")


# ---- for everyone ----------------------------------------------------------------------------------------

def test_drawing_with_keys_alone(opened):
    page = opened()
    page.locator("#pad").focus()
    for key in ["Delete", *["ArrowLeft"] * 4, " ", *["ArrowRight"] * 8, *["ArrowDown"] * 10, " "]:
        page.keyboard.press(key)
    settle(page)
    seen = bytes_read(page)
    assert (seen[:9].sum() > 0) and (seen[20:].sum() > 0) and seen[15:, :12].sum() == 0        # a seven of two lines
    assert "It reads a" in page.locator("#status").inner_text()


def test_every_control_is_reached_by_tab_and_is_seen_to_be(opened):
    page, reached = opened(new=True), []
    for _ in range(80):
        page.keyboard.press("Tab")
        where = page.evaluate("""() => {
            const node = document.activeElement, style = getComputedStyle(node);
            const ring = node.querySelector?.(".ring");
            const seen = style.outlineStyle !== "none" || ring && getComputedStyle(ring).stroke !== "rgba(0, 0, 0, 0)";
            const name = node.id || node.getAttribute("class") || node.textContent;
            return node === document.body ? null : [name, Boolean(seen)];
        }""")
        if where is None:
            break
        reached.append(where)
    assert all(seen for _, seen in reached), reached
    names = [name for name, _ in reached]
    assert {"theme", "pad", "clear", "undo", "play", "epoch", "run-play", "walk", "walk-play", "phase-0",
            "noise-new"} <= set(names)
    assert sum("neuron" in name for name in names) == 1         # one stop for all 42; the arrow keys go on from there


def test_arrow_keys_step_through_the_neurons(opened):
    page = opened()
    page.locator("#network .neuron").last.focus()
    for _ in range(6):
        page.keyboard.press("ArrowUp")          # to output 3
    for key in ("ArrowLeft", "ArrowLeft", "ArrowUp"):
        page.keyboard.press(key)
    assert page.evaluate("page.view.chosen") == {"layer": 1, "neuron": 2}
    assert "Layer 1, neuron 3" in page.locator("#neuron").inner_text()


@pytest.mark.parametrize("size", [WIDE, PHONE, {"width": 320, "height": 600}])
def test_nothing_is_wider_than_the_screen(opened, size):
    page = opened(size)
    for phase in range(4):
        page.locator(f"#phase-{phase}").click()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_switch_and_the_system_choose_the_colours(opened):
    page = opened(scheme="dark", new=True)
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.locator("#theme").click()
    light = page.evaluate(ground)
    assert dark == "rgb(20, 23, 26)" and light == "rgb(251, 250, 247)"
    page.emulate_media(color_scheme="light")
    page.locator("#theme").click()
    assert page.evaluate(ground) == dark
    draw(page, THREE)           # and it is still read: ink is ink in any colour
    assert bytes_read(page).max() == 255


def test_a_finger_draws_too(opened):
    page = opened(PHONE, has_touch=True)
    page.locator("#pad").scroll_into_view_if_needed()
    box = page.locator("#pad").bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    settle(page)
    assert page.evaluate("page.digit.strokes.length") == 1 and bytes_read(page).max() == 255


@pytest.mark.parametrize(("size", "scheme", "phase"), [(WIDE, "light", 0), (PHONE, "dark", 2)])
def test_axe_finds_nothing(opened, size, scheme, phase):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright",
                              reason="axe is not installed: pip install axe-playwright-python")
    page = opened(size, scheme)
    draw(page, THREE)
    page.locator(f"#phase-{phase}").click()
    found = axe.Axe().run(page).response["violations"]
    assert not found, [(each["id"], [node["html"][:120] for node in each["nodes"][:4]]) for each in found]


def test_a_screenshot_is_no_empty_page(opened):
    page = opened()
    grey = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("L"))
    assert grey.std() > 15
