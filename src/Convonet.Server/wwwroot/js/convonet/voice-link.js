/** @import { Played } from './audio/playback-queue.js' */
/** @import { ClientFrame } from './events.js' */
/** @import { RecordingMode } from './protocol.js' */
/** @import { Wire } from './wire.js' */

/** What a client that speaks sends: the microphone, and how much it has heard. Nothing of it is kept: without a connection, words are lost. */
export class VoiceLink {
  #wire;
  #isOnline;
  /** @type {RecordingMode | null} */
  #mode = null;

  /** @param {Wire} wire @param {() => boolean} isOnline */
  constructor(wire, isOnline) {
    this.#wire = wire;
    this.#isOnline = isOnline;
  }

  /** Sound follows. After a cut the recording goes on by itself. @param {RecordingMode} [mode] */
  startRecording(mode = 'hands_free') {
    this.#mode = mode;
    this.#send({ event: 'start_recording', data: { mode } });
  }

  stopRecording() {
    if (this.#mode !== null) this.#send({ event: 'stop_recording', data: {} });
    this.#mode = null;
  }

  /** Sends what the microphone heard: 16 kHz, mono, best 320 samples at a time. @param {Int16Array<ArrayBuffer>} pcm */
  sendAudio(pcm) {
    if (this.#mode !== null && this.#isOnline()) this.#wire.sendAudio(pcm);
  }

  /** Tells how much of a turn's speech was heard. @param {Played} played */
  played(played) {
    this.#send({ event: 'played', data: played });
  }

  /** There is a new connection, which knows of no recording. */
  goOn() {
    if (this.#mode !== null) this.startRecording(this.#mode);
  }

  /** The server takes no sound. */
  refused() {
    this.#mode = null;
  }

  /** @param {ClientFrame} frame */
  #send(frame) {
    if (this.#isOnline()) this.#wire.send(frame);
  }
}
