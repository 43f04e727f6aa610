import { html, setText } from './elements.js';

/** @import { Partial } from '../voice-state.js' */

/** The words that are being said, where the message will stand. */
export class GhostBubble {
  #list;
  #words = html('p', { class: 'bubble' });
  #item = html('li', { class: 'turn' }, html('div', { class: 'question ghost' }, html('h2', { class: 'visually-hidden' }, 'You are saying'), this.#words));

  /** @param {HTMLElement} list */
  constructor(list) {
    this.#list = list;
  }

  /** @param {Partial | null} partial */
  update(partial) {
    if (partial === null) return this.#item.remove();
    setText(this.#words, partial.final ? partial.text : `${partial.text} …`);
    if (!this.#item.isConnected) this.#list.append(this.#item);
  }
}
