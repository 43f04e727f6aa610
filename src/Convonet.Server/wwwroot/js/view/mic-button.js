/** @typedef {{ onPress(): void, onClick(): void, onHold(): void, onRelease(): void, onCancel(): void }} MicActions a press is followed by a click, or by hold and release, or by a cancel */

const HoldMs = 250;

/** The microphone button: a click turns listening on or off; who presses and holds it talks until they let go. The space bar on it does the same. */
export class MicButton {
  #button;
  #actions;
  /** @type {number | undefined} */
  #timer;
  /** @type {'up' | 'down' | 'held'} */
  #state = 'up';
  #byKey = false;

  /** @param {HTMLButtonElement} button @param {MicActions} actions */
  constructor(button, actions) {
    this.#button = button;
    this.#actions = actions;
    button.addEventListener('pointerdown', event => { if (event.button === 0) this.#down(event.pointerId); });
    button.addEventListener('pointerup', () => this.#up());
    button.addEventListener('pointercancel', () => this.#leave());
    button.addEventListener('keydown', event => this.#onKey(event));
    button.addEventListener('keyup', event => { if (event.key === ' ') { event.preventDefault(); this.#up(); } });
    button.addEventListener('blur', () => { if (this.#byKey) this.#up(); }); // the question for the microphone took the keyboard away
    button.addEventListener('contextmenu', event => event.preventDefault()); // a long press on a touch screen
    button.addEventListener('click', event => { if (event.detail === 0) this.#press(); }); // by Enter, or by a screen reader
  }

  /** @param {{ on: boolean, phase: string, known: boolean }} state known: whether the server has said what it can do */
  update({ on, phase, known }) {
    this.#button.disabled = !known;
    this.#button.setAttribute('aria-pressed', String(on));
    this.#button.dataset.phase = phase;
  }

  /** @param {number} level of the microphone, 0 to 1 */
  showLevel(level) {
    this.#button.style.setProperty('--level', levelShown(level).toFixed(2));
  }

  /** @param {number} [pointer] */
  #down(pointer) {
    if (this.#state !== 'up') return;
    this.#byKey = pointer === undefined;
    if (pointer !== undefined) this.#button.setPointerCapture(pointer);
    this.#state = 'down';
    this.#timer = setTimeout(() => { this.#state = 'held'; this.#actions.onHold(); }, HoldMs);
    this.#actions.onPress();
  }

  #up() {
    const state = this.#settle();
    if (state === 'down') this.#actions.onClick();
    else if (state === 'held') this.#actions.onRelease();
  }

  /** The finger was taken for scrolling: nothing was meant. */
  #leave() {
    const state = this.#settle();
    if (state === 'down') this.#actions.onCancel();
    else if (state === 'held') this.#actions.onRelease();
  }

  #settle() {
    const state = this.#state;
    this.#state = 'up';
    clearTimeout(this.#timer);
    return state;
  }

  #press() {
    this.#actions.onPress();
    this.#actions.onClick();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.key !== ' ') return;
    event.preventDefault(); // else the browser clicks when it is let go
    if (!event.repeat) this.#down();
  }
}

/** Ears work in decibels: −50 dB is nothing, −10 dB is full. @param {number} level 0 to 1 */
export function levelShown(level) {
  return Math.max(0, Math.min(1, (20 * Math.log10(level + 1e-9) + 50) / 40));
}
