// ---- reader: what Python's models/picture.py and the network's forward pass do, in the same order of arithmetic ----

const BOX = 20, SIDE = 28, CENTRE = 14, FINE = 8, FAINT = 0.15, LEAST_CONTRAST = 16, THIN = 1.9;
const single = Math.fround;             // float32, as NumPy computes

/** To the nearest whole number; halves to the even one, as Python rounds. */
function rint(value) {
  const floor = Math.floor(value), rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2) ? floor + 1 : floor;
}

/** 784 bytes: the drawing (one byte a pixel, light or dark ink) cut out, scaled and centred; null for an empty one. */
function centredDigit(grey, width, height) {
  const paper = paperOf(grey, width, height);
  const ink = new Float32Array(grey.length);          // plain loops: this runs at each move of the pen
  let darkest = 0;
  for (let at = 0; at < ink.length; at++) {
    ink[at] = Math.abs(grey[at] - paper);
    if (ink[at] > darkest) darkest = ink[at];
  }
  if (darkest < LEAST_CONTRAST) return null;
  const faint = single(single(FAINT) * darkest);
  for (let at = 0; at < ink.length; at++) ink[at] = ink[at] < faint ? 0 : ink[at] / darkest;
  return centred(boxed({ ink, width, height }));
}

/** The grey of the background: what most of the border shows. */
function paperOf(grey, width, height) {
  const border = [];
  for (let x = 0; x < width; x++) border.push(grey[x], grey[(height - 1) * width + x]);
  for (let y = 0; y < height; y++) border.push(grey[y * width], grey[y * width + width - 1]);
  border.sort((a, b) => a - b);
  return (border[border.length / 2 - 1] + border[border.length / 2]) / 2;
}

/** The ink cut out and scaled so that its longer side fills the box: 400 bytes. */
function boxed(image) {
  const small = scaled(cutOut(thickened(scaled(cutOut(image), FINE * BOX))), BOX);
  const box = new Float32Array(BOX * BOX);
  const top = (BOX - small.height) >> 1, left = (BOX - small.width) >> 1;
  for (let y = 0; y < small.height; y++) {
    for (let x = 0; x < small.width; x++) box[(top + y) * BOX + left + x] = small.ink[y * small.width + x];
  }
  const most = Math.max(...box);
  return Uint8Array.from(box, (value) => rint(single(255 * single(value / most))));
}

const blank = (width, height) => ({ ink: new Float32Array(width * height), width, height });

function cutOut({ ink, width, height }) {
  let top = height, bottom = -1, left = width, right = -1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!ink[y * width + x]) continue;
      if (y < top) top = y;
      if (x < left) left = x;
      if (x > right) right = x;
      bottom = y;
    }
  }
  const cut = blank(right - left + 1, bottom - top + 1);
  for (let y = 0; y < cut.height; y++) {
    cut.ink.set(ink.subarray((top + y) * width + left, (top + y) * width + right + 1), y * cut.width);
  }
  return cut;
}

/** The image with its longer side `longest` pixels long: means of boxes to shrink it, straight lines to enlarge it. */
function scaled(image, longest) {
  const scale = longest / Math.max(image.width, image.height);
  const filter = scale < 1 ? { reach: 0.5, at: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) }
                           : { reach: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) };
  const width = Math.max(1, rint(scale * image.width)), height = Math.max(1, rint(scale * image.height));
  return turned(resizedRows(turned(resizedRows(image, width, filter)), height, filter));
}

/** Each row resized to `width`, as Pillow does it. */
function resizedRows({ ink, width: from, height }, width, filter) {
  const out = new Float32Array(width * height), scale = from / width;
  const stretch = Math.max(scale, 1), reach = filter.reach * stretch;
  for (let x = 0; x < width; x++) {
    const middle = (x + 0.5) * scale;
    const first = Math.max(0, Math.trunc(middle - reach + 0.5)), end = Math.min(from, Math.trunc(middle + reach + 0.5));
    const weights = [];
    for (let at = first; at < end; at++) weights.push(filter.at((at - middle + 0.5) * (1 / stretch)));
    const inverse = 1 / weights.reduce((sum, weight) => sum + weight, 0);
    for (let y = 0; y < height; y++) {
      let sum = 0;
      for (let at = first; at < end; at++) sum += ink[y * from + at] * (weights[at - first] * inverse);
      out[y * width + x] = sum;
    }
  }
  return { ink: out, width, height };
}

function turned({ ink, width, height }) {
  const out = new Float32Array(ink.length);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) out[x * height + y] = ink[y * width + x];
  return { ink: out, width: height, height: width };
}

/** Lines too thin for MNIST's box made as thick as its are: of a line, the pixels of the edge are twice its length. */
function thickened(image) {
  const { ink, width, height } = image;
  const inked = (x, y) => x >= 0 && y >= 0 && x < width && y < height && ink[y * width + x] > 0.5;
  let all = 0, edge = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!inked(x, y)) continue;
      all++;
      if (!(inked(x - 1, y) && inked(x + 1, y) && inked(x, y - 1) && inked(x, y + 1))) edge++;
    }
  }
  const lacking = edge ? FINE * THIN - 2 * all / edge : 0;
  if (lacking <= 0) return image;
  let wide = padded(image, 2 * FINE);
  for (let pass = 0; pass < rint(lacking / 2); pass++) wide = spread(wide);
  return { ...wide, ink: wide.ink.map((level) => level / 255) };
}

function padded({ ink, width, height }, by) {
  const out = blank(width + 2 * by, height + 2 * by);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) out.ink[(y + by) * out.width + x + by] = rint(single(255 * ink[y * width + x]));
  }
  return out;
}

/** Each pixel the largest of the nine around it: one pixel more on either side of a line. */
function spread(image) {
  const rows = ({ ink, width, height }) => ({ width, height, ink: ink.map((value, at) => {
    const x = at % width;
    return Math.max(value, x > 0 ? ink[at - 1] : 0, x < width - 1 ? ink[at + 1] : 0);
  }) });
  return turned(rows(turned(rows(image))));
}

/** The box placed so that its centre of mass comes within half a pixel of CENTRE: 784 bytes. */
function centred(box) {
  let mass = 0, down = 0, across = 0;
  box.forEach((value, at) => { mass += value; down += value * Math.floor(at / BOX); across += value * (at % BOX); });
  const corner = (moment) => Math.min(SIDE - BOX, Math.max(0, rint(single(CENTRE - single(moment / mass)))));
  const top = corner(down), left = corner(across), picture = new Uint8Array(SIDE * SIDE);
  for (let y = 0; y < BOX; y++) picture.set(box.subarray(y * BOX, (y + 1) * BOX), (top + y) * SIDE + left);
  return picture;
}

// ---- the network: the one that was kept at each recorded epoch ---------------------------------------------

const keptWeights = unpacked(data.run.weights), countOfOne = data.run.weights.shape[1];
const lastKept = data.run.kept.length - 1;

/** The layers of the network kept at that place: weights (outputs × inputs) and biases. */
function layersAt(kept) {
  let at = kept * countOfOne;
  return data.sizes.slice(1).map((outputs, index) => {
    const inputs = data.sizes[index];
    const weights = keptWeights.subarray(at, at += inputs * outputs), biases = keptWeights.subarray(at, at += outputs);
    return { inputs, outputs, weights, biases };
  });
}

/** The forward pass: sums Σ w·a + b of each layer, and activations σ(sum), the pixels first. */
function forward(layers, pixels) {
  const activations = [pixels], sums = [];
  for (const { inputs, outputs, weights, biases } of layers) {
    const before = activations.at(-1);
    const sum = Array.from({ length: outputs }, (_, neuron) => {
      let total = biases[neuron];
      for (let input = 0; input < inputs; input++) total += weights[neuron * inputs + input] * before[input];
      return total;
    });
    sums.push(sum);
    activations.push(sum.map((z) => 1 / (1 + Math.exp(-z))));
  }
  return { activations, sums, outputs: activations.at(-1) };
}

const finalLayers = layersAt(lastKept);
const pixelsOf = (bytes) => Float32Array.from(bytes, (level) => level / 255);
