import { setText } from './elements.js';

/** @import { Connection } from '../convonet-client.js' */

const Words = { closed: 'Not connected', connecting: 'Connecting…', resuming: 'Catching up…', online: 'Connected', waiting: 'Connection lost' };
const PatienceMs = 600; // a change that is over sooner is not worth a flicker

/** The state of the connection, in the header: a dot and a word, with a way to try at once while it is lost. */
export class ConnectionLine {
  #element;
  #words;
  #retry;
  /** @type {Connection} */
  #connection = { state: 'closed' };
  /** @type {number | undefined} */
  #timer;

  /** @param {HTMLElement} element @param {() => void} onRetry */
  constructor(element, onRetry) {
    this.#element = element;
    this.#words = /** @type {HTMLElement} */ (element.querySelector('.connection-words'));
    this.#retry = /** @type {HTMLButtonElement} */ (element.querySelector('button'));
    this.#retry.addEventListener('click', onRetry);
  }

  /** @param {Connection} connection */
  update(connection) {
    this.#connection = connection;
    clearTimeout(this.#timer);
    const brief = connection.state === 'connecting' || connection.state === 'resuming';
    if (brief) this.#timer = setTimeout(() => this.#show(), PatienceMs);
    else this.#show();
  }

  #show() {
    const { state } = this.#connection;
    this.#element.dataset.state = state;
    setText(this.#words, Words[state]);
    this.#retry.hidden = state !== 'waiting';
  }
}
