import { html, icon, Icons, setText } from './elements.js';
import { KeyedList } from './keyed-list.js';

/** @import { Line } from '../changes-state.js' */
/** @typedef {{ onUndo(id: string): void, onDismiss(id: string): void }} LineActions */

/** What was just done and can be taken back. */
export class UndoLines {
  #element;
  #list;

  /** @param {HTMLElement} element @param {LineActions} actions */
  constructor(element, actions) {
    this.#element = element;
    this.#list = new KeyedList(/** @type {HTMLElement} */ (element.querySelector('ul')), (/** @type {Line} */ { id }) => id, () => new LineView(actions));
  }

  /** @param {Line[]} lines */
  update(lines) {
    this.#list.update(lines);
    this.#element.hidden = lines.length === 0;
  }
}

class LineView {
  #words = html('p', { class: 'undo-words' });
  #undo = html('button', { type: 'button', class: 'button' }, icon(Icons.undo), 'Undo');
  #dismiss = html('button', { type: 'button', class: 'button quiet square' }, icon(Icons.cross));
  element = html('li', { class: 'undo-line' }, this.#words, this.#undo, this.#dismiss);
  #id = '';

  /** @param {LineActions} actions */
  constructor({ onUndo, onDismiss }) {
    this.#undo.addEventListener('click', () => onUndo(this.#id));
    this.#dismiss.addEventListener('click', () => onDismiss(this.#id));
  }

  /** @param {Line} line */
  update({ id, summary, state, message }) {
    this.#id = id;
    const hadFocus = document.activeElement === this.#undo;
    this.element.dataset.state = state;
    setText(this.#words, state === 'undone' ? `Taken back: ${summary}` : state === 'refused' ? message ?? 'This cannot be taken back.' : summary);
    this.#undo.hidden = state === 'undone' || state === 'refused';
    this.#undo.disabled = state === 'undoing';
    this.#undo.setAttribute('aria-label', `Undo: ${summary}`);
    this.#dismiss.setAttribute('aria-label', `Put away: ${summary}`);
    if (hadFocus && this.#undo.hidden) this.#dismiss.focus();
  }
}
