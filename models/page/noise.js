// ---- noise: images that show nothing, and what the network says to them -------------------------------------

function startNoise() {
  const { images, outputs } = data.noise;
  const kept = unpacked(images), said = unpacked(outputs);
  let figures = Array.from({ length: kept.length / 784 }, (_, at) => (
    { bytes: kept.slice(784 * at, 784 * (at + 1)), outputs: Array.from(said.slice(10 * at, 10 * (at + 1))) }));
  const show = () => byId("noise-kept").replaceChildren(...figures.map(({ bytes, outputs }) => {
    const canvas = tile("Noise"), answer = largestAt(outputs);
    paintInk(canvas, bytes, 255);
    return element("figure", {}, canvas, element("figcaption", {}, "read as ",
      element("strong", { class: "negative-text" }, `${answer}`), ` (${shown(outputs[answer])})`));
  }));
  byId("noise-new").addEventListener("click", () => {
    figures = figures.map(() => {
      const bytes = Uint8Array.from({ length: 784 }, () => Math.random() * 256);
      return { bytes, outputs: forward(finalLayers, pixelsOf(bytes)).outputs };
    });
    show();
    byId("noise-status").textContent = "It reads " + figures.map((each) => largestAt(each.outputs)).join(", ") + ".";
  });
  on("theme", show);
  show();
}
