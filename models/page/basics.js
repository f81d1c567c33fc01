// ---- basics: the data, elements, numbers, colours, small pictures ------------------------------------------

const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** The typed array that packing.py wrote. */
function unpacked({ dtype, base64 }) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return new { uint8: Uint8Array, uint16: Uint16Array, float32: Float32Array }[dtype](bytes.buffer);
}

function element(tag, attributes = {}, ...children) {
  return furnished(document.createElement(tag), attributes, children);
}

function drawn(tag, attributes = {}, ...children) {
  return furnished(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function furnished(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "style") node.style.cssText = value;
    else if (value !== null) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** A number in plain characters, with a true minus. */
function shown(value, digits = 2) {
  return value === null ? "–" : value.toFixed(digits).replace("-", "−");
}
const percent = (share, digits = 1) => `${shown(100 * share, digits)} %`;
const grouped = (count) => count.toLocaleString("en");
/** Where an arrow key leads: columns, rows. */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const largestAt = (values) => values.indexOf(Math.max(...values));

// ---- colours: those of the style, as three numbers ----

function colour(name) {
  const hex = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}
const mixed = (from, to, share) => from.map((start, at) => Math.round(start + (to[at] - start) * share));
const css = (rgb) => `rgb(${rgb.join(" ")})`;

/** Paint 28×28 numbers: colourOf(value) gives three numbers. */
function paint(canvas, values, colourOf) {
  const image = new ImageData(28, 28);
  for (let at = 0; at < 784; at++) image.data.set([...colourOf(values[at]), 255], 4 * at);
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/** Pixels from 0 to `full`: ink on paper. */
function paintInk(canvas, pixels, full = 1) {
  const paper = colour("raised"), ink = colour("ink");
  paint(canvas, pixels, (value) => mixed(paper, ink, value / full));
}

/** Numbers of both signs: the accent for positive ones, the other hue for negative ones. */
function paintSigned(canvas, values, largest, zero = "raised") {
  const paper = colour(zero), accent = colour("accent"), against = colour("against");
  const scale = 1 / (largest || 1);
  paint(canvas, values, (value) => mixed(paper, value > 0 ? accent : against, Math.min(1, Math.abs(value) * scale)));
}

const tile = (label) => element("canvas", { class: "tile", width: 28, height: 28, role: "img", "aria-label": label });

/** Ten bars in `box`; returns the function that shows ten outputs. */
function tenBars(box) {
  const bars = Array.from({ length: 10 }, (_, digit) => {
    const bar = element("i"), value = element("span");
    box.append(element("div", {}, bar, element("b", {}, `${digit}`), value));
    return { bar, value };
  });
  box.setAttribute("role", "img");
  return (outputs) => {
    const best = largestAt(outputs);
    bars.forEach(({ bar, value }, digit) => {
      bar.style.height = `${100 * outputs[digit]}%`;
      bar.parentNode.classList.toggle("tallest", digit === best);
      value.textContent = shown(outputs[digit]);
    });
    const said = outputs.map((output, digit) => `${digit}: ${shown(output)}`);
    box.setAttribute("aria-label", `Outputs: ${said.join(", ")}`);
  };
}

// ---- what changes, and who wants to know ----

const listeners = { digit: [], epoch: [], theme: [] };
const on = (what, listener) => listeners[what].push(listener);
const tell = (what) => listeners[what].forEach((listener) => listener());
