/** Waiting times between attempts to connect: doubling from `first` to `most`, each shortened by up to half so that clients do not return in step. */
export class BackOff {
  #attempt = 0;
  #first;
  #most;
  #random;

  /** @param {{ firstMs?: number, mostMs?: number, random?: () => number }} [options] */
  constructor({ firstMs = 500, mostMs = 10_000, random = Math.random } = {}) {
    this.#first = firstMs;
    this.#most = mostMs;
    this.#random = random;
  }

  /** The time to wait before the next attempt, in milliseconds. */
  next() {
    const full = Math.min(this.#most, this.#first * 2 ** this.#attempt);
    this.#attempt += 1;
    return Math.round(full * (1 - this.#random() / 2));
  }

  /** Begins again with the shortest wait, after a connection that has held. */
  reset() {
    this.#attempt = 0;
  }
}
