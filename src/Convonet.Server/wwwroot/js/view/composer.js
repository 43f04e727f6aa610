import { setText } from './elements.js';

/** @typedef {{ onSend(text: string, how: { interrupts: boolean }): void, onStop(): void, onCount(words: string): void }} ComposerActions */

const CountFrom = 0.9; // the counter appears when this much of the limit is used

/** The box in which a message is written, with its send and stop buttons. */
export class Composer {
  #form;
  #box;
  #counter;
  #send;
  #stop;
  #interrupt;
  #running = false;
  #actions;
  #limit = 8000;

  /** @param {HTMLFormElement} form @param {ComposerActions} actions */
  constructor(form, actions) {
    this.#form = form;
    this.#actions = actions;
    this.#box = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem('message'));
    this.#counter = /** @type {HTMLElement} */ (form.querySelector('.counter'));
    this.#send = /** @type {HTMLButtonElement} */ (form.querySelector('.send'));
    this.#stop = /** @type {HTMLButtonElement} */ (form.querySelector('.stop'));
    this.#interrupt = /** @type {HTMLButtonElement} */ (form.querySelector('.interrupt'));
    this.#box.addEventListener('input', () => this.#changed());
    this.#box.addEventListener('keydown', event => this.#onKey(event));
    this.#stop.addEventListener('click', () => { actions.onStop(); this.focus(); });
    this.#interrupt.addEventListener('click', () => this.#submit({ interrupts: true }));
    addEventListener('resize', () => this.#changed());
    form.addEventListener('submit', event => { event.preventDefault(); this.#submit({ interrupts: false }); });
    this.#changed();
  }

  /** What was being written is nothing of the next user's. */
  clear() {
    this.#box.value = '';
    this.#changed();
  }

  focus() {
    this.#box.focus({ preventScroll: true });
  }

  /** Puts words back that were not sent, before what is being written. @param {string} text */
  restore(text) {
    this.#box.value = [text, this.#box.value].filter(Boolean).join('\n\n');
    this.#changed();
  }

  /** @param {{ running: boolean, limit: number }} state */
  update({ running, limit }) {
    this.#stop.hidden = !running;
    if (this.#limit === limit && this.#running === running) return;
    [this.#limit, this.#running] = [limit, running];
    this.#changed();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    // While an input method is composing, Enter chooses a word. Safari reports the closing Enter with the key code 229 only.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    if (this.#running && (event.ctrlKey || event.metaKey)) this.#submit({ interrupts: true });
    else this.#form.requestSubmit();
  }

  /** @param {{ interrupts: boolean }} how */
  #submit(how) {
    const text = this.#box.value.trim();
    if (text === '' || this.#box.value.length > this.#limit) return;
    this.#box.value = '';
    this.#changed();
    this.#actions.onSend(text, how);
  }

  #changed() {
    this.#box.style.height = 'auto';
    this.#box.style.height = `${this.#box.scrollHeight}px`;
    const used = this.#box.value.length;
    const over = used > this.#limit;
    this.#send.disabled = this.#box.value.trim() === '' || over;
    this.#interrupt.hidden = !this.#running || this.#send.disabled;
    const words = over ? `${characters(used - this.#limit)} too long` : `${characters(this.#limit - used)} left`;
    const quiet = used < this.#limit * CountFrom;
    if (!quiet && (this.#counter.hidden || over !== this.#counter.classList.contains('over'))) this.#actions.onCount(words); // not at every key
    this.#counter.hidden = quiet;
    this.#counter.classList.toggle('over', over);
    setText(this.#counter, words);
    this.#box.setAttribute('aria-invalid', String(over));
  }
}

/** @param {number} count */
function characters(count) {
  return count === 1 ? '1 character' : `${count.toLocaleString('en')} characters`;
}
