// ---- landscape: the cost as a map with contours, and the walk of the training on it --------------------------

const BANDS = 16;
const land = { plane: null, svg: null, at: 0, chart: null };

function startLandscape() {
  const { planes, line } = data.landscape, slider = byId("walk");
  const names = { main: "The walk’s own two directions", random: "Two random directions" };
  for (const name of Object.keys(planes)) {
    const button = element("button", { type: "button", "aria-pressed": "false" }, names[name]);
    button.addEventListener("click", () => choosePlane(name));
    byId("planes").append(button);
  }
  land.svg = drawn("svg", { viewBox: "0 0 492 492", "aria-hidden": "true" });
  byId("map").after(land.svg);
  const whole = lineChart(byId("line-cost"), { name: "Cost along the line", xs: line.x, ys: line.cost, low: 0,
    text: (value) => shown(value, 1), textOfX: (value) => ({ 0: "start", 1: "end" })[value] ?? "", height: 150 });
  whole(line.x.reduce((best, x) => (Math.abs(x - 1) < Math.abs(best - 1) ? x : best)));
  slider.addEventListener("input", () => { land.at = Number(slider.value); showWalker(); });
  on("theme", showPlane);
  choosePlane(Object.keys(planes)[0]);
  startPlaying(byId("walk-play"), slider, slider.max, 70);
}

function choosePlane(name) {
  land.plane = data.landscape.planes[name];
  const { walk } = land.plane, slider = byId("walk");
  [...byId("planes").children].forEach((button, at) => (
    button.setAttribute("aria-pressed", Object.keys(data.landscape.planes)[at] === name)));
  land.at = slider.max = slider.value = walk.steps.length - 1;
  land.chart = lineChart(byId("walk-cost"), { name: "Cost along the walk", xs: walk.steps, ys: walk.cost, low: 0,
    text: (value) => (value < 10 ? shown(value, 1) : grouped(value)), height: 150 });
  byId("misleads").textContent = land.plane.says.join(" ");
  showPlane();
}

function showPlane() {
  paintMap(byId("map"), land.plane);
  const { x, y, walk } = land.plane, side = 492;
  const share = (value, axis) => (value - axis[0]) / (axis.at(-1) - axis[0]);
  const place = (at) => [side * share(walk.x[at], x), side * (1 - share(walk.y[at], y))];
  land.points = walk.steps.map((_, at) => place(at));
  const [cx, cy] = land.points[0];
  land.svg.replaceChildren(drawn("polyline", { class: "ahead", points: listed(land.points) }),
    drawn("polyline", { class: "walked" }), drawn("circle", { r: 4, class: "start", cx, cy }),
    drawn("circle", { r: 8, class: "walker" }));
  showWalker();
}

const listed = (points) => points.map((point) => point.join()).join(" ");

function showWalker() {
  const { walk } = land.plane, { at } = land, [cx, cy] = land.points[at];
  land.svg.querySelector(".walked").setAttribute("points", listed(land.points.slice(0, at + 1)));
  furnished(land.svg.querySelector(".walker"), { cx, cy }, []);
  land.chart(walk.steps[at]);
  const steps = grouped(walk.steps[at]), cost = shown(walk.cost[at], 3);
  byId("walk").setAttribute("aria-valuetext", `after ${steps} steps, cost ${cost}`);
  byId("walk-now").textContent = `After ${steps} steps the cost is ${cost}. The map, straight below, says ` +
    `${shown(walk.height[at], 3)}.`;
}

/** Bands of equal ratios of the cost, the valley in the accent; a line where one band meets the next. */
function paintMap(canvas, { cost }) {
  const side = canvas.width, rows = cost.length, columns = cost[0].length, image = new ImageData(side, side);
  const known = cost.flat().filter((value) => value !== null);
  const low = Math.log(Math.min(...known)), high = Math.log(Math.max(...known));
  const bands = new Int8Array(side * side);
  for (let py = 0; py < side; py++) {
    const v = (rows - 1) * (1 - py / (side - 1)), row = Math.min(rows - 2, Math.floor(v));
    for (let px = 0; px < side; px++) {
      const u = (columns - 1) * px / (side - 1), column = Math.min(columns - 2, Math.floor(u));
      const [a, b, c, d] = [cost[row][column], cost[row][column + 1], cost[row + 1][column], cost[row + 1][column + 1]];
      if (a === null || b === null || c === null || d === null) { bands[py * side + px] = -1; continue; }
      const [s, t] = [u - column, v - row], height = (a * (1 - s) + b * s) * (1 - t) + (c * (1 - s) + d * s) * t;
      bands[py * side + px] = Math.min(BANDS - 1, Math.floor(BANDS * (Math.log(height) - low) / (high - low || 1)));
    }
  }
  const paper = colour("paper"), accent = colour("accent"), soft = colour("soft");
  const colours = Array.from({ length: BANDS },
    (_, band) => mixed(accent, paper, 0.25 + 0.75 * (band / (BANDS - 1)) ** 0.8));
  const contours = colours.map((each) => mixed(each, soft, 0.35));
  bands.forEach((band, at) => {
    const edge = band !== bands[at + 1] && (at + 1) % side || band !== bands[at + side] && at + side < bands.length;
    image.data.set([...(band < 0 ? soft : edge ? contours[band] : colours[band]), 255], 4 * at);
  });
  canvas.getContext("2d").putImageData(image, 0, 0);
}
