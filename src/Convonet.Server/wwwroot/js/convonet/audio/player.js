/** @import { Played } from './playback-queue.js' */
/** @import { PlayerCommand } from './player-worklet.js' */
/** @import { SpeechFrame } from './speech-frame.js' */

const MostWaiting = 500; // commands, while the worklet is still being loaded: 10 s of frames

/** Plays speech, and tells how much of it was heard. While its context stands still, it tells nothing. */
export class Player {
  #context;
  /** @type {AudioWorkletNode | null} */
  #node = null;
  /** @type {PlayerCommand[]} */
  #waiting = [];
  #actions;
  /** Rates of the turns' frames. @type {Map<number, number>} */
  #rates = new Map();

  /**
   * To be made while the user presses something: else browsers let no sound out.
   * @param {{ onPlayed(played: Played): void, onStarted(turn: number, latencyMs: number): void, onDry(): void, onFailed(): void }} actions
   */
  constructor(actions) {
    this.#actions = actions;
    this.#context = new AudioContext({ latencyHint: 'interactive' });
    void this.#load();
  }

  /** Sound is let out while, or after, the user presses something. */
  wake() {
    if (this.#context.state !== 'running') void this.#context.resume();
  }

  /** @param {SpeechFrame} frame */
  play(frame) {
    this.#rates.set(frame.turn, frame.rate);
    this.#command({ to: 'push', frame });
  }

  /** The turn has so many samples in all. @param {number} turn @param {number} samples */
  end(turn, samples) { this.#command({ to: 'end', turn, samples }); }

  /** Falls silent within a few milliseconds and keeps what is queued. */
  pause() { this.#command({ to: 'pause' }); }

  resume() { this.#command({ to: 'resume' }); }

  /** Drops what is left of a turn, or of everything. @param {number} [turn] */
  drop(turn) { this.#command({ to: 'drop', turn }); }

  async #load() {
    try {
      await this.#context.audioWorklet.addModule(new URL('./player-worklet.js', import.meta.url));
    } catch {
      return this.#actions.onFailed();
    }
    this.#node = new AudioWorkletNode(this.#context, 'player', { numberOfInputs: 0, outputChannelCount: [1] });
    this.#node.port.onmessage = ({ data }) => this.#tell(data);
    this.#node.connect(this.#context.destination);
    for (const command of this.#waiting.splice(0)) this.#command(command);
  }

  /** @param {PlayerCommand} command */
  #command(command) {
    if (this.#node) this.#node.port.postMessage(command);
    else if (this.#waiting.length < MostWaiting) this.#waiting.push(command);
  }

  /** @param {{ played: Played[], started: number[], dry: boolean }} told */
  #tell({ played, started, dry }) {
    for (const turn of started) this.#actions.onStarted(turn, this.#latency * 1000);
    for (const it of played) this.#actions.onPlayed({ ...it, sample: it.done || dry ? it.sample : Math.max(0, it.sample - this.#underway(it.turn)) });
    if (dry) this.#actions.onDry();
  }

  /** Seconds until the loudspeaker lets out what it was given. */
  get #latency() {
    return this.#context.outputLatency || 0; // not every browser tells
  }

  /** Samples that were given to the loudspeaker and are not heard yet. @param {number} turn */
  #underway(turn) {
    return Math.round(this.#latency * (this.#rates.get(turn) ?? 0));
  }
}
