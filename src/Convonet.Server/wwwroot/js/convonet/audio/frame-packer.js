/** Samples in a frame of the microphone: 20 ms at 16 kHz. */
export const FrameSamples = 320;
export const MicrophoneRate = 16_000;

/** Packs samples into frames of 16-bit PCM, as they go over the wire (640 bytes). */
export class FramePacker {
  #frame = new Int16Array(FrameSamples);
  #filled = 0;
  #squares = 0;
  #onFrame;

  /** @param {(frame: Int16Array<ArrayBuffer>, level: number) => void} onFrame called with each full frame, which is the receiver's to keep, and its level: root mean square, 0 to 1 */
  constructor(onFrame) {
    this.#onFrame = onFrame;
  }

  /** @param {Float32Array} samples −1 to 1; what is beyond is cut, what is no number is silence */
  push(samples) {
    for (const sample of samples) {
      const value = Math.max(-1, Math.min(1, sample)) || 0;
      this.#squares += value * value;
      this.#frame[this.#filled++] = Math.round(value * 32_767);
      if (this.#filled === FrameSamples) this.#hand();
    }
  }

  #hand() {
    const [frame, level] = [this.#frame, Math.sqrt(this.#squares / FrameSamples)];
    this.#frame = new Int16Array(FrameSamples);
    this.#filled = this.#squares = 0;
    this.#onFrame(frame, level);
  }
}
