import { BackOff } from './back-off.js';

/** @import { Clock } from './clock.js' */

const [LeastMs, MostMs] = [100, 60_000]; // between them a server may name the time

/** When what the server has not taken is sent again: one timer, for whatever comes first. */
export class Resend {
  #clock;
  #backOff;
  /** @type {any} */
  #timer = null;
  #holds = false;

  /** @param {{ clock: Clock, random?: () => number }} options */
  constructor({ clock, random }) {
    this.#clock = clock;
    this.#backOff = new BackOff({ firstMs: 1000, mostMs: 30_000, random });
  }

  /** Whether messages are held back because the server refused one for now: those behind it wait with it, so that they keep their order. */
  get holds() { return this.#holds; }

  /** Runs it after that time, in place of what was planned; what is held back stays so. @param {number} ms @param {() => void} run */
  after(ms, run) {
    if (this.#holds) return;
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(run, Math.min(MostMs, Math.max(0, ms)));
  }

  /**
   * Holds messages back until the time that the server named, or else for longer each time. Refusals that come together are one.
   * @param {number | undefined} retryAfterMs @param {() => void} run
   */
  hold(retryAfterMs, run) {
    if (this.#holds) return;
    const ms = retryAfterMs === undefined ? this.#backOff.next() : Math.min(MostMs, Math.max(LeastMs, retryAfterMs));
    this.after(ms, () => {
      this.#holds = false;
      run();
    });
    this.#holds = true;
  }

  /** A message was taken: the next refusal is a first one again. @param {boolean} isMoreToSend */
  succeeded(isMoreToSend) {
    this.#backOff.reset();
    if (!isMoreToSend) this.release();
  }

  /** Nothing is left to be held back. */
  release() {
    if (this.#holds) this.clear();
  }

  /** Nothing is planned any more. */
  clear() {
    this.#clock.clearTimeout(this.#timer);
    this.#holds = false;
  }
}
