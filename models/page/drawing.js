// ---- drawing: strokes on the pad, and what the network sees of them ----------------------------------------

const NIB = 34, STEP = 16;              // pixels of the pad: how wide the pen draws, how far an arrow key moves it
const pad = byId("pad"), sheet = pad.getContext("2d", { willReadFrequently: true });
const digit = { strokes: [], example: null, bytes: new Uint8Array(784), blank: true, reading: null };
const pen = { x: pad.width / 2, y: pad.height / 4, down: false };

/** Draw what there is anew. Its opacity is the ink, whatever colour the theme gives it. */
function redraw() {
  sheet.clearRect(0, 0, pad.width, pad.height);
  if (digit.example) return drawExample(digit.example);
  sheet.lineCap = sheet.lineJoin = "round";
  sheet.lineWidth = NIB;
  sheet.strokeStyle = css(colour("ink"));
  for (const stroke of digit.strokes) {
    sheet.beginPath();
    sheet.moveTo(...stroke[0]);
    for (const point of stroke.slice(1)) sheet.lineTo(...point);
    if (stroke.length === 1) sheet.lineTo(stroke[0][0] + 0.1, stroke[0][1]);        // of no length it would leave no dot
    sheet.stroke();
  }
}

function drawExample(bytes) {
  const ink = css(colour("ink")), side = pad.width / SIDE;
  sheet.fillStyle = ink;
  bytes.forEach((level, at) => {
    sheet.globalAlpha = level / 255;
    sheet.fillRect(at % SIDE * side, Math.floor(at / SIDE) * side, side, side);
  });
  sheet.globalAlpha = 1;
}

/** The ink of the pad, one byte a pixel. */
function inkOfPad() {
  const { data } = sheet.getImageData(0, 0, pad.width, pad.height), ink = new Uint8Array(data.length / 4);
  for (let at = 0; at < ink.length; at++) ink[at] = data[4 * at + 3];
  return ink;
}

/** Read what is on the pad, and let the page show it. */
function read() {
  const seen = digit.example ?? (digit.strokes.length ? centredDigit(inkOfPad(), pad.width, pad.height) : null);
  digit.blank = !seen;
  digit.bytes = seen ?? new Uint8Array(784);
  digit.reading = forward(finalLayers, pixelsOf(digit.bytes));
  tell("digit");
}

let waiting = false;
function changed() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; redraw(); read(); });
}

/** Say the answer once a stroke is done; while it is drawn, a screen reader would hear nothing else. */
function announce() {
  requestAnimationFrame(() => requestAnimationFrame(() => {
    const answer = largestAt(digit.reading.outputs);
    byId("status").textContent = digit.blank ? "An empty sheet gets ten outputs, too: it cannot decline to answer."
      : `It reads a ${answer}, with an output of ${shown(digit.reading.outputs[answer])}.`;
  }));
}

const placeOf = (event) => {
  const box = pad.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width * pad.width, (event.clientY - box.top) / box.height * pad.height];
};

function begin(point) {
  digit.example = null;
  digit.strokes.push([point]);
  changed();
}

function clear() {
  Object.assign(digit, { strokes: [], example: null });
  pen.down = false;
  showPen();
  changed();
  announce();
}

function showPen() {
  const mark = byId("pen");
  mark.hidden = document.activeElement !== pad || !pad.matches(":focus-visible");
  mark.classList.toggle("down", pen.down);
  mark.style.left = `${100 * pen.x / pad.width}%`;
  mark.style.top = `${100 * pen.y / pad.height}%`;
}

function penKey(event) {
  const [right, down] = ARROWS[event.key] ?? [0, 0];
  if (right || down) {
    pen.x = Math.min(pad.width - NIB, Math.max(NIB, pen.x + STEP * right));
    pen.y = Math.min(pad.height - NIB, Math.max(NIB, pen.y + STEP * down));
    if (pen.down) { digit.strokes.at(-1).push([pen.x, pen.y]); changed(); }
  } else if (event.key === " ") {
    pen.down = !pen.down;
    if (pen.down) begin([pen.x, pen.y]); else announce();
  } else if (event.key === "Delete" || event.key === "Backspace") {
    clear();
  } else {
    return;
  }
  event.preventDefault();
  showPen();
}

function startDrawing() {
  let drawing = false;
  pad.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    pad.setPointerCapture(event.pointerId);
    drawing = true;
    pen.down = false;
    begin(placeOf(event));
  });
  pad.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) digit.strokes.at(-1).push(placeOf(each));
    changed();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    pad.addEventListener(end, () => { if (drawing) { drawing = false; announce(); } });
  }
  pad.addEventListener("keydown", penKey);
  pad.addEventListener("focus", showPen);
  pad.addEventListener("blur", () => { pen.down = false; showPen(); });
  byId("clear").addEventListener("click", clear);
  byId("undo").addEventListener("click", () => {
    digit.example = null;
    digit.strokes.pop();
    changed();
    announce();
  });
  on("theme", redraw);
  startExamples();
}

/** Ten buttons; each press takes the next test image of that digit. */
function startExamples() {
  const { labels } = data.examples, images = unpacked(data.examples.images), next = Array(10).fill(0);
  const take = (label) => {
    const places = labels.flatMap((each, at) => (each === label ? [at] : []));
    const at = places[next[label]++ % places.length];
    Object.assign(digit, { strokes: [], example: images.slice(784 * at, 784 * (at + 1)) });
    redraw();
    read();
  };
  for (let label = 0; label < 10; label++) {
    const button = element("button", { type: "button", "aria-label": `Take a ${label}` }, `${label}`);
    button.disabled = !labels.includes(label);
    button.addEventListener("click", () => { take(label); announce(); });
    byId("examples").append(button);
  }
  take(labels.includes(3) ? 3 : labels[0]);
}

// ---- what is shown of the reading beside the pad ----

function startReading() {
  const bars = tenBars(byId("outputs"));
  const show = () => {
    const { outputs } = digit.reading, best = largestAt(outputs);
    paintInk(byId("seen"), digit.bytes, 255);
    bars(outputs);
    byId("answer").textContent = digit.blank ? "–" : `${best}`;
    byId("sure").textContent = digit.blank ? "an empty sheet" : `output ${shown(outputs[best])}`;
  };
  on("digit", show);
  on("theme", show);
}
