import { timeTitle } from '../local-time.js';
import { html, icon, Icons } from './elements.js';
import { importance } from './fields.js';

/** @import { DueReminder } from '../due-state.js' */

/** Reminders that are due: each stays in sight until it is put away. */
export class DueCards {
  #region;
  #onDismiss;
  /** @type {Map<string, HTMLElement>} */
  #cards = new Map();

  /** @param {HTMLElement} region @param {(key: string) => void} onDismiss */
  constructor(region, onDismiss) {
    this.#region = region;
    this.#onDismiss = onDismiss;
  }

  /** @param {DueReminder[]} due */
  update(due) {
    for (const [key, card] of this.#cards) {
      if (due.some(reminder => reminder.key === key)) continue;
      card.remove();
      this.#cards.delete(key);
    }
    for (const reminder of due) {
      if (this.#cards.has(reminder.key)) continue;
      const card = this.#card(reminder);
      this.#cards.set(reminder.key, card);
      this.#region.append(card);
    }
  }

  /** @param {DueReminder} reminder */
  #card({ key, text, importance: how, remind_at }) {
    const dismiss = html('button', { type: 'button', class: 'button' }, 'Got it');
    dismiss.addEventListener('click', () => this.#onDismiss(key));
    return html('div', { class: 'due-card', role: 'alert', 'data-importance': how },
      html('span', { class: 'due-mark' }, icon(Icons.bell)),
      html('div', { class: 'due-words' },
        html('p', { class: 'due-title' }, html('span', { class: 'visually-hidden' }, 'Reminder: '), text),
        html('p', { class: 'row-about' }, importance(/** @type {any} */ (how)), html('span', {}, timeTitle(remind_at)))),
      dismiss);
  }
}
