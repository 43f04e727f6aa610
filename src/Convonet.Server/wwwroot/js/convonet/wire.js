import { askStatus, lastingRefusal, statusOf } from './refusal.js';
import { readSpeechFrame } from './audio/speech-frame.js';

/** @import { SpeechFrame } from './audio/speech-frame.js' */
/** @import { ClientFrame } from './events.js' */
/** @import { ErrorData } from './protocol.js' */

const MostBacklog = 65_536; // bytes: 2 s of the microphone

/** The socket of a connection: one at a time. Of one that was left, nothing is heard any more. */
export class Wire {
  #url;
  #WebSocket;
  #handlers;
  /** @type {WebSocket | null} */
  #socket = null;
  /** Counts what becomes of sockets. */
  #step = 0;
  #wasThere;
  #ask;

  /**
   * @param {{ url: string | URL, WebSocket: typeof globalThis.WebSocket, ask?: (url: string | URL) => Promise<number>, wasThere?: boolean }} options `ask` tells HTTP's status of an address, 0 where it is not known; `wasThere`: the server was reached before, perhaps by the page before a refresh
   * @param {{ onText(text: string): void, onSpeech(frame: SpeechFrame): void, onCut(): void, onRefused(why: ErrorData): void }} handlers `onRefused` comes behind `onCut` where another try is of no use
   */
  constructor({ url, WebSocket, ask = WebSocket === globalThis.WebSocket ? askStatus : async () => 0, wasThere = false }, handlers) {
    this.#ask = ask;
    this.#wasThere = wasThere;
    this.#url = url;
    this.#WebSocket = WebSocket;
    this.#handlers = handlers;
  }

  open() {
    this.#step += 1;
    const socket = new this.#WebSocket(this.#url);
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    let wasHeard = false;
    const end = (/** @type {number} */ status) => {
      if (this.#socket !== socket) return;
      this.#handlers.onCut();
      if (!wasHeard) this.#explain(status);
    };
    socket.onmessage = ({ data }) => {
      wasHeard = this.#wasThere = true;
      if (this.#socket === socket) this.#receive(data);
    };
    socket.onerror = event => end(statusOf(event)); // the package `ws` throws what nobody takes, and behind the error of a connection that fails Node's own says no more
    socket.onclose = () => end(0);
  }

  /** The server opened no WebSocket, and perhaps never will. @param {number} status */
  async #explain(status) {
    const step = this.#step;
    const known = status || (this.#wasThere ? 0 : await this.#ask(this.#url)); // where it was once, no answer of an address can be the last
    const why = lastingRefusal(known, this.#url, this.#wasThere);
    if (why && step === this.#step) this.#handlers.onRefused(why);
  }

  drop() {
    this.#step += 1;
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
