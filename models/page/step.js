// ---- step ----
function startStep() {}
