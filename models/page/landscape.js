// ---- landscape ----
function startLandscape() {}
