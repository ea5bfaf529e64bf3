/**
 * The terminal sends Ctrl-C to the whole process group, and npm passes it on to us as well: two signals this close are one
 * key press.
 */
const ONE_PRESS_MS = 1_000;

/**
 * Hears Ctrl-C, SIGTERM and SIGHUP. The first asks to stop, the next forces it.
 * @param {() => void} force
 * @returns {AbortSignal} aborted by the first
 */
export function hearStopSignals(force) {
  const stop = new AbortController();
  let firstAtMs = 0;
  const heard = () => {
    if (!stop.signal.aborted) {
      firstAtMs = performance.now();
      stop.abort();
    } else if (performance.now() - firstAtMs > ONE_PRESS_MS) force();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, heard);
  return stop.signal;
}
