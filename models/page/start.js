// ---- start: the theme, the sentences with numbers in them, and each section --------------------------------

function startTheme() {
  const button = byId("theme"), system = matchMedia("(prefers-color-scheme: dark)"), root = document.documentElement;
  const isDark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const show = () => { button.textContent = isDark() ? "Light" : "Dark"; tell("theme"); };
  button.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; show(); });
  system.addEventListener("change", show);
  show();
}

function fill() {
  const { run, settings, noise, versions } = data, first = run.epochs[0], last = run.epochs.at(-1);
  const most = largestAt(noise.answers);
  const sure = Math.round(noise.share_sure * noise.count);
  const sentences = {
    dials: grouped(countOfOne),
    inputs: `${data.sizes[0]}`,
    training: `
      It began with dials turned at random, and read ${percent(first.accuracy)} of the test images. Then it saw
      ${grouped(data.trained_on.count)} ${data.trained_on.name}, ${settings.batch_size} at a time, and after each handful
      nudged every dial a little downhill; ${last.epoch} times through all of them. It now reads ${percent(last.accuracy)}
      of ${grouped(run.tests.count)} ${run.tests.name} that it has never seen. Move the slider to see it learn. (The dashed
      line is the cost of the images it learned from, each when its turn came.)`,
    landscape: `
      Imagine the ${grouped(countOfOne)} dials as directions to walk in, and the cost, here of ${data.landscape.data}, as
      the height of the ground. Nobody can see that many directions; the map shows two of them, with the whole walk of the
      training seen from straight above. The stronger the colour, the lower.`,
    steps: `
      All of learning is this, many thousand times: flow forward, measure how wrong, ask every dial which way it should
      turn, and turn it a little. Here it is once, with the engine’s own numbers.`,
    noise: `
      Here is television snow: every pixel drawn by chance, no digit anywhere. Of ${grouped(noise.count)} such images the
      network was sure of ${grouped(sure)}, with an output above ${noise.sure}; ${grouped(noise.answers[most])} of them all
      were taken for a ${most}. These are the ones it was surest of.`,
    made: `
      Written by tinygrad_edu ${versions.tinygrad_edu} with NumPy ${versions.numpy}. Seed ${settings.seed}, learning rate
      ${settings.lr}, ${settings.epochs} epochs in batches of ${settings.batch_size}: the same settings give the same page.
      Every number was computed by the engine, or by the page’s own forward pass, which tests hold to the engine’s.`,
  };
  for (const node of document.querySelectorAll("[data-fill]")) node.textContent = sentences[node.dataset.fill];
}

fill();
startReading();
startDrawing();
startNetwork();
startTraining();
startLandscape();
startStep();
startNoise();
startTheme();
read();

// for tests, and the curious
window.page = { digit, now, view, inkOfPad, centredDigit, forward, layersAt, finalLayers, pixelsOf };
