// ---- network: neurons as circles, weights as lines, lit by the digit; and one neuron's weighted sum ---------

const MOST_DRAWN = 16;                  // neurons of a layer
const view = { chosen: null, lit: Infinity, neurons: [], lines: [], image: null, wide: null };
const depth = data.sizes.length - 1;
const drawnOf = (layer) => Math.min(data.sizes[layer], MOST_DRAWN);
const nameOf = (layer, neuron) => (layer === depth ? `Output ${neuron}` : `Layer ${layer}, neuron ${neuron + 1}`);

/** Lay the network out: from left to right where there is room, else from top to bottom. */
function layOut() {
  const box = byId("network"), wide = box.clientWidth >= 640;
  if (view.wide === wide) return;
  Object.assign(view, { wide, neurons: [], lines: [] });
  const along = wide ? 1000 : 640, across = wide ? 480 : 360, side = wide ? 200 : 130, radius = wide ? 10 : 8;
  const first = side + (wide ? 150 : 75), last = along - (wide ? 90 : 45);
  const point = (layer, neuron) => {
    const far = depth === 1 ? last : first + (last - first) * (layer - 1) / (depth - 1);
    const count = drawnOf(layer), gap = Math.min(across / count, wide ? 46 : 36);
    const aside = across / 2 + (neuron - (count - 1) / 2) * gap;
    return wide ? [far, aside] : [aside, far];
  };
  const svg = drawn("svg", { viewBox: wide ? `0 0 ${along} ${across}` : `0 0 ${across} ${along}`, role: "group",
    "aria-label": "The network. Arrow keys step through its neurons." });
  const [left, top] = wide ? [0, (across - side) / 2] : [(across - side) / 2, 0];
  view.image = drawn("image", { x: left, y: top, width: side, height: side, style: "image-rendering: pixelated" });
  const lines = drawn("g", { "aria-hidden": "true" });
  svg.append(lines, view.image);
  for (let neuron = 0; neuron < drawnOf(1); neuron++) {
    const [x, y] = point(1, neuron), edge = side * (neuron + 0.5) / drawnOf(1);
    const [x0, y0] = wide ? [left + side, top + edge] : [left + edge, top + side];
    const line = drawn("line", { x1: x0, y1: y0, x2: x, y2: y, class: "positive", "stroke-width": 1 });
    view.lines.push({ line, layer: 1, to: neuron, from: null, share: 0.5 });
    lines.append(line);
  }
  for (let layer = 2; layer <= depth; layer++) addLines(lines, layer, point);
  for (let layer = 1; layer <= depth; layer++) {
    for (let neuron = 0; neuron < drawnOf(layer); neuron++) addNeuron(svg, layer, neuron, point(layer, neuron), radius);
    if (data.sizes[layer] > drawnOf(layer)) {
      const [x, y] = point(layer, drawnOf(layer) - 1);
      const left = `+ ${data.sizes[layer] - drawnOf(layer)}`;
      svg.append(drawn("text", { x, y: y + 26, "text-anchor": "middle", class: "soft" }, left));
    }
  }
  box.replaceChildren(svg);
  light();
}

function addLines(group, layer, point) {
  const { inputs, weights } = finalLayers[layer - 1];
  const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
  for (let to = 0; to < drawnOf(layer); to++) {
    for (let from = 0; from < drawnOf(layer - 1); from++) {
      const weight = weights[to * inputs + from], share = Math.abs(weight) / largest;
      const [x1, y1] = point(layer - 1, from), [x2, y2] = point(layer, to);
      const line = drawn("line", { x1, y1, x2, y2, class: weight > 0 ? "positive" : "negative",
        "stroke-width": (0.3 + 4 * share).toFixed(2) });
      view.lines.push({ line, layer, to, from, share });
      group.append(line);
    }
  }
}

function addNeuron(svg, layer, neuron, [x, y], radius) {
  const circle = drawn("circle", { cx: x, cy: y, r: radius });
  const group = drawn("g", { class: "neuron", role: "button", tabindex: -1 },
    drawn("circle", { cx: x, cy: y, r: radius + 5, class: "ring" }), circle);
  const beside = view.wide ? { x: x + 24, y: y + 5 } : { x, y: y + 26, "text-anchor": "middle" };
  const label = layer === depth ? drawn("text", beside) : null;
  if (label) group.append(label);
  const choose = () => { view.chosen = { layer, neuron }; light(); };
  group.addEventListener("pointerenter", choose);
  group.addEventListener("click", choose);
  group.addEventListener("focus", choose);
  group.addEventListener("keydown", stepThrough);
  view.neurons.push({ group, circle, label, layer, neuron });
  svg.append(group);
}

function stepThrough(event) {
  const [forth, down] = ARROWS[event.key] ?? [0, 0];
  if (!forth && !down) return;
  event.preventDefault();
  const [layers, neurons] = view.wide ? [forth, down] : [down, forth];
  const layer = Math.min(depth, Math.max(1, view.chosen.layer + layers));
  const neuron = Math.min(drawnOf(layer) - 1, Math.max(0, view.chosen.neuron + neurons));
  view.neurons.find((each) => each.layer === layer && each.neuron === neuron).group.focus();
}

/** Colour neurons and lines as the digit lights them, as far as layer `view.lit`. */
function light() {
  if (!digit.reading || view.wide === null) return;
  const { activations } = digit.reading, paper = colour("paper"), accent = colour("accent");
  view.chosen ??= { layer: depth, neuron: largestAt(digit.reading.outputs) };
  const { chosen } = view;
  const of = (layer, neuron) => (layer <= view.lit ? activations[layer][neuron] : 0);
  for (const { group, circle, label, layer, neuron } of view.neurons) {
    const value = of(layer, neuron), isChosen = layer === chosen.layer && neuron === chosen.neuron;
    circle.style.fill = css(mixed(paper, accent, value));
    group.classList.toggle("chosen", isChosen);
    group.setAttribute("tabindex", isChosen ? 0 : -1);
    group.setAttribute("aria-pressed", isChosen);
    group.setAttribute("aria-label", `${nameOf(layer, neuron)}: ${shown(activations[layer][neuron])}`);
    if (label) label.textContent = view.wide ? `${neuron}\u2002${shown(value)}` : `${neuron}`;
  }
  for (const { line, layer, to, from, share } of view.lines) {
    const source = from === null ? of(1, to) : of(layer - 1, from);
    const leads = layer === chosen.layer && to === chosen.neuron;
    const strength = layer > view.lit ? 0 : source * (0.15 + 0.85 * share);
    line.style.opacity = (leads ? 0.25 + 0.75 * strength : 0.03 + 0.55 * strength).toFixed(3);
  }
  showImage();
  showNeuron();
}

/** The digit; for a neuron of the first layer, what each pixel adds to its sum. */
function showImage() {
  const canvas = tile("");
  if (view.chosen.layer === 1) {
    const { weights } = finalLayers[0], pixels = digit.reading.activations[0];
    const products = pixels.map((pixel, at) => pixel * weights[784 * view.chosen.neuron + at]);
    paintSigned(canvas, products, Math.max(...products.map(Math.abs)));
  } else {
    paintInk(canvas, digit.bytes, 255);
  }
  view.image.setAttribute("href", canvas.toDataURL());
}

// ---- the panel: one neuron's weighted sum, with its numbers ----

function showNeuron() {
  const { layer, neuron } = view.chosen, { inputs, weights, biases } = finalLayers[layer - 1];
  const before = digit.reading.activations[layer - 1], sum = digit.reading.sums[layer - 1][neuron];
  const row = weights.subarray(neuron * inputs, (neuron + 1) * inputs);
  const products = Array.from(row, (weight, at) => weight * before[at]);
  const order = products.map((_, at) => at).sort((a, b) => Math.abs(products[b]) - Math.abs(products[a]));
  const largest = Math.abs(products[order[0]]) || 1;
  const head = element("p", {}, element("strong", {}, nameOf(layer, neuron)),
    `  Σ weight × ${layer === 1 ? "pixel" : "activation"} = ${shown(sum - biases[neuron], 3)}; with its bias ` +
    `${shown(biases[neuron], 3)} that is ${shown(sum, 3)}; the sigmoid makes it `,
    element("strong", {}, shown(digit.reading.activations[layer][neuron], 3)), ".");
  const list = element("ul", { class: "sums" });
  for (const at of order.slice(0, layer === 1 ? 8 : MOST_DRAWN)) {
    const product = `${sourceOf(layer, at)}  ${shown(row[at])} × ${shown(before[at])}`;
    list.append(element("li", {}, element("span", {}, product),
      trackOf(products[at] / largest), element("span", {}, shown(products[at], 3))));
  }
  const panel = byId("neuron");
  if (layer > 1) return panel.replaceChildren(head, list);
  const picture = (name, values) => {
    const canvas = tile(name);
    paintSigned(canvas, values, Math.max(...values.map(Math.abs)), "paper");
    return element("figure", {}, canvas, element("figcaption", {}, name));
  };
  panel.replaceChildren(head, element("div", { class: "pair" }, picture("its weights", Array.from(row)),
    picture("weight × pixel", products),
    element("div", {}, element("h3", {}, "The pixels that count most (row, column)"), list)));
}

/** Where a number comes from: a neuron of the layer before, or a pixel by row and column. */
function sourceOf(layer, at) {
  return layer > 1 ? `neuron ${at + 1}:` : `(${Math.floor(at / SIDE)}, ${at % SIDE}):`;
}

/** A bar to the right for what adds, to the left for what takes away. */
function trackOf(share) {
  const width = 50 * Math.abs(share);
  return element("span", { class: "track" }, element("i", { class: share < 0 ? "negative" : "positive",
    style: `left: ${share < 0 ? 50 - width : 50}%; width: ${width}%` }));
}

function startNetwork() {
  new ResizeObserver(layOut).observe(byId("network"));
  layOut();
  let timer = 0;
  const stop = () => { clearInterval(timer); view.lit = Infinity; };
  on("digit", () => { stop(); light(); });
  on("theme", light);
  byId("play").addEventListener("click", () => {
    stop();
    if (byId("network").getBoundingClientRect().top > innerHeight * 0.6) {
      byId("network").scrollIntoView({ behavior: calm() ? "auto" : "smooth", block: "center" });
    }
    view.lit = 0;
    light();
    timer = setInterval(() => {
      view.lit++;
      if (view.lit >= depth) stop();
      light();
    }, 650);
  });
}
