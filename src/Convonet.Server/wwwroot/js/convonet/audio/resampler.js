const ZeroCrossings = 16; // on each side of the filter's middle: stops about 70 dB of what would fold back
const Passband = 0.92; // of the narrower band; the rest is the slope of the filter

/**
 * Changes the rate of mono samples that come in pieces. The ratio is kept as a fraction of whole numbers, so that nothing drifts however long it runs:
 * n samples become ⌈n · to / from⌉, and the k-th of them belongs to the moment of sample k · from / to.
 */
export class Resampler {
  #step; // the fraction in lowest terms: after `phases` outputs, `step` inputs are used up
  #phases;
  #taps;
  /** One filter for each place that an output can have between two inputs. @type {Float32Array[]} */
  #filters;
  #input = new Float32Array(4096);
  #length = 0;
  #at = 0; // of the next output: the first sample under its filter …
  #phase = 0; // … and how far past it, in `phases`

  /** @param {number} from samples a second, a whole number @param {number} to samples a second, a whole number */
  constructor(from, to) {
    const common = greatestCommonDivisor(from, to);
    this.#step = from / common;
    this.#phases = to / common;
    const half = from === to ? 1 : Math.ceil(ZeroCrossings * Math.max(1, from / to));
    this.#taps = 2 * half;
    this.#filters = from === to ? [] : filters(half, this.#phases, Passband * Math.min(1, to / from));
    this.#length = from === to ? 0 : half - 1; // silence before the first sample
  }

  /** What the samples so far allow for. @param {Float32Array} samples @returns {Float32Array} */
  push(samples) {
    if (this.#filters.length === 0) return samples;
    this.#append(samples);
    const output = new Float32Array(this.#ready());
    for (let k = 0; k < output.length; k++) output[k] = this.#next();
    return output;
  }

  /** The rest, up to the last sample. What comes after it begins anew. @returns {Float32Array} */
  flush() {
    if (this.#filters.length === 0) return new Float32Array(0);
    const rest = this.push(new Float32Array(this.#taps / 2));
    this.#at = this.#phase = 0;
    this.#input.fill(0);
    this.#length = this.#taps / 2 - 1;
    return rest;
  }

  /** How many outputs have all their inputs. */
  #ready() {
    const usable = (this.#length - this.#taps - this.#at + 1) * this.#phases - 1 - this.#phase;
    return usable < 0 ? 0 : Math.floor(usable / this.#step) + 1;
  }

  #next() {
    const filter = this.#filters[this.#phase];
    let sum = 0;
    for (let tap = 0; tap < filter.length; tap++) sum += filter[tap] * this.#input[this.#at + tap];
    this.#phase += this.#step;
    this.#at += Math.floor(this.#phase / this.#phases);
    this.#phase %= this.#phases;
    return sum;
  }

  /** @param {Float32Array} samples */
  #append(samples) {
    const used = Math.min(this.#at, this.#length);
    this.#input.copyWithin(0, used, this.#length);
    this.#length -= used;
    this.#at -= used;
    if (this.#length + samples.length > this.#input.length) {
      const larger = new Float32Array(2 * (this.#length + samples.length));
      larger.set(this.#input.subarray(0, this.#length));
      this.#input = larger;
    }
    this.#input.set(samples, this.#length);
    this.#length += samples.length;
  }
}

/**
 * Windowed sinc filters (Blackman), each for an output that lies `phase / phases` of a sample after the tap before the middle.
 * @param {number} half @param {number} phases @param {number} band of the input's, at most 1
 */
function filters(half, phases, band) {
  return Array.from({ length: phases }, (_, phase) => {
    const filter = Float32Array.from({ length: 2 * half }, (_, tap) => {
      const x = tap - (half - 1) - phase / phases;
      const window = Math.abs(x) >= half ? 0 : 0.42 + 0.5 * Math.cos(Math.PI * x / half) + 0.08 * Math.cos(2 * Math.PI * x / half);
      return window * (x === 0 ? band : Math.sin(Math.PI * band * x) / (Math.PI * x));
    });
    const gain = filter.reduce((sum, it) => sum + it, 0);
    return filter.map(it => it / gain);
  });
}

/** @param {number} a @param {number} b @returns {number} */
function greatestCommonDivisor(a, b) {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
