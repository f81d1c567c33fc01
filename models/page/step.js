// ---- step: one image, forward, cost, backward, update: what trace_step recorded -------------------------------

const PHASES = ["Forward", "Cost", "Backward", "Update"];
const told = { step: 0, phase: 0 };

function startStep() {
  data.steps.forEach((step, at) => {
    const button = element("button", { type: "button" }, step.name);
    button.addEventListener("click", () => { told.step = at; showStep(); });
    byId("step-choice").append(button);
  });
  PHASES.forEach((name, at) => {
    const tab = element("button", { type: "button", role: "tab", id: `phase-${at}`, "aria-controls": "phase" },
      `${at + 1}  ${name}`);
    tab.addEventListener("click", () => { told.phase = at; showStep(); });
    tab.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!by) return;
      told.phase = (told.phase + by + PHASES.length) % PHASES.length;
      showStep();
      byId(`phase-${told.phase}`).focus();
    });
    byId("phases").append(tab);
  });
  on("theme", showStep);
}

function showStep() {
  const step = data.steps[told.step];
  [...byId("step-choice").children].forEach((button, at) => button.setAttribute("aria-pressed", at === told.step));
  [...byId("phases").children].forEach((tab, at) => {
    tab.setAttribute("aria-selected", at === told.phase);
    tab.setAttribute("tabindex", at === told.phase ? 0 : -1);
  });
  byId("phase").setAttribute("aria-labelledby", `phase-${told.phase}`);
  const canvas = tile(`A ${step.label}`);
  paintInk(canvas, unpacked(step.image), 255);
  const picture = element("figure", {}, canvas, element("figcaption", { class: "note" }, `It is a ${step.label}.`));
  const phase = [forwardPhase, costPhase, backwardPhase, updatePhase][told.phase];
  byId("phase").replaceChildren(picture, element("div", {}, ...phase(step)));
}

const paragraph = (text, name = "") => element("p", { class: name }, text);

function forwardPhase(step) {
  const layers = element("div", { class: "cells" });
  const paper = colour("raised"), accent = colour("accent"), against = colour("against");
  for (const { kind, values } of step.layers) {
    const largest = Math.max(...values.map(Math.abs)), isSum = kind === "Linear";
    const cellOf = (value) => {
      const ground = mixed(paper, value < 0 ? against : accent, isSum ? Math.abs(value) / largest : value);
      return element("i", { title: shown(value, 3), style: `background: ${css(ground)}` });
    };
    layers.append(element("span", {}, isSum ? `${values.length} sums` : "squeezed"),
      element("span", { role: "img", class: values.length > 32 ? "many" : null,
        "aria-label": values.map((value) => shown(value)).join(", ") }, ...values.map(cellOf)));
  }
  const bars = element("div", { class: "bars" });
  tenBars(bars)(step.outputs);
  const truth = step.tallest === step.label ? "" : `, and it is a ${step.label}`;
  return [paragraph(`The pixels flow through the layers: weighted sums, each squeezed between 0 and 1 by the sigmoid. ` +
    `The tallest of the ten outputs is the ${step.tallest}${truth}.`), layers, bars];
}

function costPhase(step) {
  const most = Math.max(...step.terms.map((each) => each.term));
  return [paragraph("Each output is held against what was wanted: a one at the digit, zeros elsewhere. The differences " +
    "are squared, and summed: that is the height at which we stand."),
  table(["digit", "output", "wanted", "(output − wanted)²", ""], step.terms.map(({ name, output, wanted, term }) => (
    [name, shown(output, 3), shown(wanted, 0), shown(term, 3), barOf(term / most)])), [1, 2, 3],
  ["cost", "", "", shown(step.cost, 3), ""])];
}

function backwardPhase(step) {
  const most = Math.max(...step.wants.map((each) => Math.abs(each.by)));
  const parts = [paragraph("Now the other way. Each output has a desire: up if it is too low, down if it is too high, and " +
    "the more the farther off it is."),
  table(["digit", "its desire", ""], step.wants.map(({ name, by }) => (
    [name, `${by < 0 ? "down" : "up"} by ${shown(Math.abs(by), 3)}`, barOf(by / most)])), [1]),
  element("h3", {}, "Handed back from op to op, each by its own small rule"),
  table(["op", "to its", "rule", "its largest number"], step.ways.map(({ op, argument, rule, text }) => (
    [op, argument, element("code", {}, rule), text.replaceAll("-", "−")])), [], null, "The rules"),
  element("h3", {}, "Where it ends: the largest nudges asked for"),
  table(["dial", "slope"], step.nudges.map((each) => [nameOfDial(each), shown(each.gradient, 4)]), [1])];
  if (step.pictured) {
    const canvas = tile("Nudges by pixel"), nudges = unpacked(step.pictured.nudges);
    paintSigned(canvas, nudges, Math.max(...nudges.map(Math.abs)));
    parts.push(element("figure", { style: "max-width: 14rem" }, canvas, element("figcaption", { class: "note" },
      `Neuron ${step.pictured.neuron + 1} of the first layer is nudged most. Only weights from inked pixels are touched: ` +
      "the others did nothing.")));
  }
  return parts;
}

function updatePhase(step) {
  return [paragraph(`Every dial takes a small step against its slope: learning rate ${step.rate}, which is this image’s ` +
    `share in a step of the training. Of the ${grouped(countOfOne)} dials, these moved most.`),
  table(["dial", "old", "new"], step.moves.map((each) => (
    [nameOfDial(each), shown(each.old, 4), shown(each.new, 4)])), [1, 2]),
  paragraph(`The whole step is ${shown(step.length, 4)} long, ${percent(step.ratio, 2)} of the length of all dials taken ` +
    `together. By the slope alone the cost would change by ${shown(step.promised, 4)}.`),
  paragraph(`And the same image again: ${step.again.text}.`, "lead")];
}

/** A number of a parameter, as the page counts layers and neurons. The linear layers are the network's modules 0, 2, 4. */
function nameOfDial({ parameter, index: [neuron, from] }) {
  const layer = Number(parameter.split(".")[0]) / 2 + 1, name = nameOf(layer, neuron);
  if (from === undefined) return `${name}, bias`;
  return `${name}, from ${layer === 1 ? "pixel" : "neuron"} ${sourceOf(layer, from).replace(/^neuron |:$/g, "")}`;
}

// ---- tables ----

/** numbers: the columns that are aligned to the right. named: a table too wide for a phone, which then scrolls. */
function table(head, rows, numbers = [], foot = null, named = null) {
  const cellOf = (tag) => (cell, at) => (
    element(tag, { class: numbers.includes(at) ? "number" : null, scope: tag === "th" ? "col" : null }, cell));
  const row = (cells, tag) => element("tr", {}, ...cells.map(cellOf(tag)));
  const titles = head.map((each) => each || element("span", { class: "unseen" }, "as a bar"));
  const made = element("table", { class: "plain" }, element("thead", {}, row(titles, "th")),
    element("tbody", {}, ...rows.map((cells) => row(cells, "td"))));
  if (foot) made.append(element("tfoot", {}, row(foot, "td")));
  return named ? element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": named }, made) : made;
}

const barOf = (share) => element("span", { class: "sums" }, trackOf(share));
