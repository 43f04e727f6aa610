/** @typedef {{ setTimeout(run: () => void, ms: number): any, clearTimeout(timer: any): void, now(): number }} Clock */

/** The real clock; tests pass their own. @type {Clock} */
export const systemClock = {
  setTimeout: (run, ms) => globalThis.setTimeout(run, ms),
  clearTimeout: timer => globalThis.clearTimeout(timer),
  now: () => globalThis.performance.now(),
};
