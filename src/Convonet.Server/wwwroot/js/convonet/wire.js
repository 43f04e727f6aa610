import { readSpeechFrame } from './audio/speech-frame.js';

/** @import { SpeechFrame } from './audio/speech-frame.js' */
/** @import { ClientFrame } from './events.js' */

const MostBacklog = 65_536; // bytes: 2 s of the microphone

/** The socket of a connection: one at a time. Of one that was left, nothing is heard any more. */
export class Wire {
  #url;
  #WebSocket;
  #handlers;
  /** @type {WebSocket | null} */
  #socket = null;

  /**
   * @param {{ url: string | URL, WebSocket: typeof globalThis.WebSocket }} options
   * @param {{ onText(text: string): void, onSpeech(frame: SpeechFrame): void, onCut(): void }} handlers
   */
  constructor({ url, WebSocket }, handlers) {
    this.#url = url;
    this.#WebSocket = WebSocket;
    this.#handlers = handlers;
  }

  open() {
    const socket = new this.#WebSocket(this.#url);
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onmessage = ({ data }) => { if (this.#socket === socket) this.#receive(data); };
    socket.onclose = () => { if (this.#socket === socket) this.#handlers.onCut(); };
  }

  drop() {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  /** @param {ClientFrame} frame */
  send(frame) {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(frame));
  }

  /** Sound that the network cannot keep up with is lost: it would only come later and later. @param {Int16Array<ArrayBuffer>} pcm */
  sendAudio(pcm) {
    if (this.#socket?.readyState === 1 && this.#socket.bufferedAmount <= MostBacklog) this.#socket.send(pcm);
  }

  /** @param {string | ArrayBuffer} data */
  #receive(data) {
    if (typeof data === 'string') return this.#handlers.onText(data);
    const frame = readSpeechFrame(data);
    if (frame) this.#handlers.onSpeech(frame);
  }
}
