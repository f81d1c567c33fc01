// ---- training: the run by epoch, with a slider over the epochs at which the network was kept ----------------

const now = { kept: lastKept };
const epochNow = () => data.run.kept[now.kept];

function startTraining() {
  const slider = byId("epoch"), { epochs, kept } = data.run;
  const column = (name) => epochs.map((each) => each[name]), xs = column("epoch");
  const charts = [
    lineChart(byId("cost"), { name: "Cost by epoch", xs, ys: column("cost"), second: column("training_cost"), low: 0,
      text: (value) => shown(value, 1) }),
    lineChart(byId("accuracy"), { name: "Accuracy by epoch", xs, ys: column("accuracy"), low: 0, high: 1,
      text: (value) => percent(value, 0) }),
  ];
  const showers = [weightPictures(), confusionTable(), worstImages()];
  slider.max = lastKept;
  slider.value = lastKept;
  const show = () => {
    const epoch = epochNow(), look = epochs[epoch];
    slider.setAttribute("aria-valuetext", nameOfEpoch(epoch));
    byId("epoch-name").textContent = nameOfEpoch(epoch);
    byId("cost-now").textContent = shown(look.cost, 3);
    byId("accuracy-now").textContent = percent(look.accuracy);
    charts.forEach((chart) => chart(epoch));
    showers.forEach((each) => each());
  };
  slider.addEventListener("input", () => { now.kept = Number(slider.value); tell("epoch"); });
  on("epoch", show);
  on("theme", show);
  startPlaying(byId("run-play"), slider, lastKept);
  showers.push(readingThen());
  show();
}

const nameOfEpoch = (epoch) => (epoch ? `after epoch ${epoch}` : "before");

/** A button that moves a slider on, from the start where it stands at the end. */
function startPlaying(button, slider, last, pause = 550) {
  let timer = 0;
  const stop = () => { clearInterval(timer); timer = 0; button.textContent = "Play"; };
  const go = (to) => { slider.value = to; slider.dispatchEvent(new Event("input")); };
  button.addEventListener("click", () => {
    if (timer) return stop();
    button.textContent = "Pause";
    if (Number(slider.value) >= last) go(0);
    timer = setInterval(() => {
      if (Number(slider.value) >= last) return stop();
      go(Number(slider.value) + 1);
    }, pause);
  });
  for (const event of ["pointerdown", "keydown"]) slider.addEventListener(event, stop);
}

/** A curve with its grid; returns the function that moves the cursor to an x. */
function lineChart(box, { name, xs, ys, second = [], low, high, text, textOfX = plainNumber, height = 210 }) {
  const width = 440;
  const all = [...ys, ...second].filter((value) => value !== null && value !== undefined);
  const ticks = ticksOf(low ?? Math.min(...all), high ?? Math.max(...all));
  const [bottom, top] = [ticks[0], ticks.at(-1)], [first, last] = [xs[0], xs.at(-1)];
  const left = 44, right = width - 8, up = 10, down = height - 28;
  const x = (value) => left + (right - left) * (value - first) / (last - first || 1);
  const y = (value) => down - (down - up) * (value - bottom) / (top - bottom || 1);
  const point = (value, at) => (value === null ? [] : [`${x(xs[at]).toFixed(1)},${y(value).toFixed(1)}`]);
  const path = (values) => values.flatMap(point).join(" ");
  const svg = drawn("svg", { viewBox: `0 0 ${width} ${height}`, class: "chart", role: "img",
    "aria-label": `${name}: from ${text(ys[0])} to ${text(ys.at(-1))}` });
  for (const tick of ticks) {
    svg.append(drawn("line", { x1: left, x2: right, y1: y(tick), y2: y(tick), class: "grid" }),
      drawn("text", { x: left - 8, y: y(tick) + 4, "text-anchor": "end" }, text(tick)));
  }
  for (const tick of ticksOf(first, last).filter((each) => each >= first && each <= last)) {
    svg.append(drawn("text", { x: x(tick), y: height - 8, "text-anchor": "middle" }, textOfX(tick)));
  }
  const cursor = drawn("line", { y1: up, y2: down, class: "cursor" }), dot = drawn("circle", { r: 5.5, class: "dot" });
  svg.append(drawn("polyline", { points: path(second), class: "second" }),
    drawn("polyline", { points: path(ys), class: "curve" }), cursor, dot);
  box.replaceChildren(svg);
  return (at) => {
    cursor.setAttribute("x1", x(at));
    cursor.setAttribute("x2", x(at));
    dot.setAttribute("cx", x(at));
    dot.setAttribute("cy", y(ys[xs.indexOf(at)]));
  };
}

const plainNumber = (value) => (Number.isInteger(value) ? grouped(value) : shown(value, 1));

/** Round numbers from at or below `low` to at or above `high`, about four steps. */
function ticksOf(low, high) {
  const rough = (high - low || 1) / 4, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((each) => each * power).find((each) => each >= rough * 0.999);
  const from = Math.floor(low / step + 1e-9), to = Math.ceil(high / step - 1e-9);
  return Array.from({ length: to - from + 1 }, (_, at) => (from + at) * step);
}

// ---- what is shown of the epoch that the slider stands at ----

function weightPictures() {
  const count = Math.min(16, data.sizes[1]), box = byId("weights");
  const tiles = Array.from({ length: count }, (_, neuron) => tile(`Weights of neuron ${neuron + 1}`));
  box.append(...tiles);
  return () => {
    const { weights } = layersAt(now.kept)[0], sorted = Float32Array.from(weights, Math.abs).sort();
    const largest = sorted[Math.floor(0.99 * sorted.length)];
    tiles.forEach((canvas, neuron) => paintSigned(canvas, weights.subarray(784 * neuron, 784 * (neuron + 1)), largest));
  };
}

function confusionTable() {
  const counts = unpacked(data.run.confusion), table = byId("confusion"), cells = [];
  const digits = Array.from({ length: 10 }, (_, each) => each);
  table.append(element("caption", { class: "unseen" }, "How many test images of each digit were read as each digit"),
    element("thead", {}, element("tr", {}, element("td"),
      ...digits.map((each) => element("th", { scope: "col" }, `${each}`)))));
  const body = element("tbody");
  for (const label of digits) {
    const row = element("tr", {}, element("th", { scope: "row" }, `${label}`));
    for (const answer of digits) {
      const cell = element("td");
      cells.push({ cell, label, answer });
      row.append(cell);
    }
    body.append(row);
  }
  table.append(body);
  return () => cells.forEach(({ cell, label, answer }) => {
    const at = 100 * now.kept + 10 * label, count = counts[at + answer];
    const share = count / (counts.subarray(at, at + 10).reduce((sum, each) => sum + each, 0) || 1);
    cell.textContent = count || "";
    cell.style.background = count ? `color-mix(in srgb, var(${label === answer ? "--accent" : "--against"}) ` +
      `${(label === answer ? 8 + 32 * share : 6 + 44 * Math.min(1, 3 * share)).toFixed(0)}%, var(--paper))` : "";
  });
}

function worstImages() {
  const images = unpacked(data.run.images), box = byId("worst");
  return () => box.replaceChildren(...data.run.worst[now.kept].map(({ image, label, answer, output }) => {
    const canvas = tile(`A ${label}`);
    paintInk(canvas, images.subarray(784 * image, 784 * (image + 1)), 255);
    return element("figure", {}, canvas, element("figcaption", {}, `a ${label}, read as `,
      element("strong", { class: "negative-text" }, `${answer}`), ` (${shown(output)})`));
  }));
}

/** The digit of the pad, as the network of this epoch reads it. */
function readingThen() {
  const bars = tenBars(byId("outputs-then"));
  const show = () => {
    paintInk(byId("seen-then"), digit.bytes, 255);
    bars(forward(layersAt(now.kept), pixelsOf(digit.bytes)).outputs);
  };
  on("digit", show);
  return show;
}
