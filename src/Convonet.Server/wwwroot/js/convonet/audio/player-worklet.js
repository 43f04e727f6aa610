import { PlaybackQueue } from './playback-queue.js';

/** @import { SpeechFrame } from './speech-frame.js' */
/** @typedef {{ to: 'push', frame: SpeechFrame } | { to: 'end', turn: number, samples: number } | { to: 'pause' | 'resume' } | { to: 'drop', turn?: number }} PlayerCommand */

/** Runs in the audio thread: plays what it is given. Posts what the queue has to tell, where there is something. */
class PlayerProcessor extends AudioWorkletProcessor {
  #queue = new PlaybackQueue(sampleRate);

  constructor() {
    super();
    this.port.onmessage = ({ data }) => this.#follow(data);
  }

  /** @param {Float32Array[][]} _inputs @param {Float32Array[][]} outputs */
  process(_inputs, [[output]]) {
    this.#queue.render(output);
    const told = this.#queue.take();
    if (told.played.length + told.started.length > 0) this.port.postMessage(told);
    return true;
  }

  /** @param {PlayerCommand} command */
  #follow(command) {
    switch (command.to) {
      case 'push': return this.#queue.push(command.frame);
      case 'end': return this.#queue.end(command.turn, command.samples);
      case 'pause': return this.#queue.pause();
      case 'resume': return this.#queue.resume();
      case 'drop': return this.#queue.drop(command.turn);
    }
  }
}

registerProcessor('player', PlayerProcessor);
