import { Resampler } from './resampler.js';

/** @import { SpeechFrame } from './speech-frame.js' */
/** @typedef {{ turn: number, sample: number, done: boolean }} Played how many samples of the turn have been played; done: nothing more of it is to come */
/**
 * Samples of one turn, without a gap and at one rate.
 * @typedef {object} Stretch
 * @property {number} turn
 * @property {number} rate of the frames
 * @property {number} first how many samples of the turn came before it
 * @property {number} samples that came so far, at the frames' rate
 * @property {number} left in the ring, at the context's rate
 * @property {number} given to the loudspeaker, at the context's rate
 * @property {boolean} closed nothing is added to it
 * @property {boolean} ended it is the end of its turn
 * @property {Resampler} resampler
 */

const Seconds = 60; // the server stays 0.4 s ahead; a context that stands still for longer loses what comes then
const PrebufferSeconds = 0.06; // as measured, this covers a jitter of 40 ms
const PatienceSeconds = 0.2; // after that, what is there is played though it is little
const FadeSeconds = 0.005; // a cut without it clicks
const ReportSeconds = 0.1;

/**
 * What is to be heard, in the order in which it came: a ring of samples at the rate of the context. It counts what was played of each turn, and only
 * `render`, which the audio thread calls, moves these counts and hands out reports: a context that stands still says nothing.
 */
export class PlaybackQueue {
  #rate;
  #ring;
  #read = 0; // both only grow; their remainders are places in the ring
  #write = 0;
  /** @type {Stretch[]} */
  #stretches = [];
  #playing = false;
  #held = false;
  #gain = 1;
  /** The fading end of what was dropped. */
  #tail = new Float32Array(0);
  #waited = 0;
  #sinceReport = 0;
  /** @type {Played[]} */
  #reports = [];
  /** @type {number[]} */
  #started = [];
  #dry = false;
  /** Where the stretch before ended. @type {Played | null} */
  #last = null;
  /** All that the turn has. @type {{ turn: number, samples: number } | null} */
  #total = null;

  /** @param {number} rate of the context, samples a second @param {number} [seconds] that it holds */
  constructor(rate, seconds = Seconds) {
    this.#rate = Math.round(rate);
    this.#ring = new Float32Array(Math.ceil(rate * seconds));
  }

  /** @param {SpeechFrame} frame */
  push({ turn, rate, sample, pcm }) {
    let stretch = this.#stretches.at(-1);
    if (!stretch || stretch.closed || stretch.turn !== turn || stretch.rate !== rate || stretch.first + stretch.samples !== sample) {
      if (stretch) this.#close(stretch);
      stretch = { turn, rate, first: sample, samples: 0, left: 0, given: 0, closed: false, ended: false, resampler: new Resampler(rate, this.#rate) };
      this.#stretches.push(stretch);
    }
    stretch.samples += pcm.length;
    this.#store(stretch, stretch.resampler.push(Float32Array.from(pcm, it => it / 32_768)));
    this.#endIfWhole(stretch);
  }

  /** The turn has so many samples in all; some of them may still be on their way. @param {number} turn @param {number} samples */
  end(turn, samples) {
    const stretch = this.#stretches.findLast(it => it.turn === turn);
    const played = this.#last?.turn === turn ? this.#last.sample : 0;
    this.#total = { turn, samples };
    if (stretch) this.#endIfWhole(stretch);
    else if (played >= samples) this.#note({ turn, sample: played, done: true });
  }

  /** Falls silent and keeps what is queued. */
  pause() {
    this.#held = true;
    this.#noteWhereItIs();
  }

  resume() {
    this.#held = false;
  }

  /** Drops what is left of a turn, or of everything; what plays of it fades out. @param {number} [turn] */
  drop(turn) {
    const gone = this.#stretches.filter(stretch => turn === undefined || stretch.turn === turn);
    for (const id of new Set(gone.map(it => it.turn))) {
      const stretch = gone.find(it => it.turn === id);
      if (stretch) this.#note({ turn: id, sample: this.#playedOf(stretch), done: true });
    }
    if (gone.length === 0 && turn !== undefined && this.#last?.turn === turn) this.#note({ ...this.#last, done: true });
    if (this.#playing && gone.includes(this.#stretches[0])) this.#fadeOut(this.#stretches[0].left);
    this.#keep(this.#stretches.filter(stretch => !gone.includes(stretch)));
    this.#held = false;
    if (turn === undefined || this.#total?.turn === turn) this.#total = null;
  }

  /** Writes the next samples. @param {Float32Array} output */
  render(output) {
    output.fill(0);
    output.set(this.#tail.subarray(0, output.length));
    this.#tail = this.#tail.subarray(output.length);
    if (!this.#playing && !this.#begins(output.length)) return;
    const change = 1 / (FadeSeconds * this.#rate);
    for (let place = 0; place < output.length; place++) {
      this.#gain = this.#held ? Math.max(0, this.#gain - change) : Math.min(1, this.#gain + change);
      if (this.#held && this.#gain === 0) return;
      const stretch = this.#front();
      if (!stretch) return this.#ranDry();
      if (stretch.given === 0) this.#started.push(stretch.turn);
      output[place] += this.#gain * this.#ring[this.#read++ % this.#ring.length];
      stretch.given += 1;
      stretch.left -= 1;
    }
    this.#sinceReport += output.length;
    if (this.#sinceReport >= ReportSeconds * this.#rate) this.#noteWhereItIs();
  }

  /** What is to be told, after `render`. `started`: turns of which the first sample was just played; `dry`: there is nothing more to play just now. */
  take() {
    const taken = { played: this.#reports, started: this.#started, dry: this.#dry };
    if (this.#reports.length > 0) this.#reports = [];
    if (this.#started.length > 0) this.#started = [];
    this.#dry = false;
    return taken;
  }

  /** Whether there is enough to begin with. @param {number} samples that pass meanwhile */
  #begins(samples) {
    if (!this.#front()) return false;
    this.#waited += samples;
    const enough = this.#write - this.#read >= PrebufferSeconds * this.#rate || this.#stretches.at(-1)?.closed || this.#waited >= PatienceSeconds * this.#rate;
    if (!enough) return false;
    this.#waited = 0;
    return this.#playing = true;
  }

  #ranDry() {
    this.#playing = false;
    this.#dry = true;
    this.#noteWhereItIs();
  }

  /** The stretch whose samples come next; those that are used up go. */
  #front() {
    for (let stretch = this.#stretches[0]; stretch; stretch = this.#stretches[0]) {
      if (stretch.left > 0) return stretch;
      if (!stretch.ended && this.#stretches.length === 1) return null; // more may come
      this.#stretches.shift();
      this.#last = { turn: stretch.turn, sample: this.#playedOf(stretch), done: stretch.ended };
      if (stretch.ended) this.#note(this.#last);
    }
    return null;
  }

  #noteWhereItIs() {
    this.#sinceReport = 0;
    const [front] = this.#stretches;
    if (front) this.#note({ turn: front.turn, sample: this.#playedOf(front), done: false });
  }

  /** @param {Played} played */
  #note(played) {
    this.#reports.push(played);
  }

  /** @param {Stretch} stretch */
  #endIfWhole(stretch) {
    if (this.#total?.turn !== stretch.turn || stretch.first + stretch.samples < this.#total.samples) return;
    this.#close(stretch);
    stretch.ended = true;
  }

  /** @param {Stretch} stretch */
  #playedOf({ first, samples, given, rate }) {
    return first + Math.min(samples, Math.floor(given * rate / this.#rate));
  }

  /** @param {Stretch} stretch */
  #close(stretch) {
    if (stretch.closed) return;
    this.#store(stretch, stretch.resampler.flush());
    stretch.closed = true;
  }

  /** What has no room is lost; the next frame then begins a stretch of its own, so that the count stays right. @param {Stretch} stretch @param {Float32Array} samples */
  #store(stretch, samples) {
    const room = this.#ring.length - (this.#write - this.#read);
    const kept = samples.subarray(0, room);
    const place = this.#write % this.#ring.length;
    const untilTheEnd = kept.subarray(0, this.#ring.length - place);
    this.#ring.set(untilTheEnd, place);
    this.#ring.set(kept.subarray(untilTheEnd.length), 0);
    this.#write += kept.length;
    stretch.left += kept.length;
    if (kept.length < samples.length) stretch.closed = true;
  }

  /** @param {number} left samples that play next */
  #fadeOut(left) {
    const length = Math.min(left, Math.ceil(FadeSeconds * this.#rate));
    this.#tail = Float32Array.from({ length }, (_, k) => this.#gain * (1 - (k + 1) / length) * this.#ring[(this.#read + k) % this.#ring.length]);
  }

  /** Closes the gaps that the others leave. @param {Stretch[]} stretches */
  #keep(stretches) {
    let [from, to] = [this.#read, this.#read];
    for (const stretch of this.#stretches) {
      if (!stretches.includes(stretch)) { from += stretch.left; continue; }
      for (let k = 0; k < stretch.left; k++) this.#ring[to++ % this.#ring.length] = this.#ring[from++ % this.#ring.length];
    }
    this.#write = to;
    this.#stretches = stretches;
    if (stretches.length === 0) this.#playing = false;
  }
}
