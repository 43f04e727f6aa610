import { FramePacker, MicrophoneRate } from './frame-packer.js';
import { Resampler } from './resampler.js';

/** Runs in the audio thread: turns what the microphone gives, at the context's rate, into frames for the wire. Posts `{ frame, level }`. */
class MicrophoneProcessor extends AudioWorkletProcessor {
  #resampler = new Resampler(sampleRate, MicrophoneRate);
  #packer = new FramePacker((frame, level) => this.port.postMessage({ frame, level }, [frame.buffer]));

  /** @param {Float32Array[][]} inputs */
  process([channels]) {
    if (channels.length > 0) this.#packer.push(this.#resampler.push(channels[0]));
    return true;
  }
}

registerProcessor('microphone', MicrophoneProcessor);
