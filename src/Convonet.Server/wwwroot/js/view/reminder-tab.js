import { dayOf, whenTitle } from '../local-time.js';
import { EditableRow } from './editable-row.js';
import { html, setText } from './elements.js';
import { importance, importanceOptions, onSend, whenFields, whenOf } from './fields.js';
import { Freshness, KeyedList } from './keyed-list.js';

/** @import { UserActions } from '../actions.js' */
/** @import { Reminder } from '../things.js' */
/** @import { Things } from '../things-state.js' */
/** @import { Editing } from './editable-row.js' */

const MostRung = 30;

/** The reminders: a form to add one, those to come, and those that have rung. */
export class ReminderTab {
  #form;
  #list;
  #rung;
  #rungList;
  #empty;
  #today = '';

  /** @param {HTMLElement} root @param {UserActions} actions */
  constructor(root, actions) {
    const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
    this.#form = /** @type {HTMLFormElement} */ (root.querySelector('form'));
    this.#empty = find('.empty');
    this.#rung = find('.done');
    const create = () => new ReminderRow(actions);
    this.#list = new KeyedList(find('.rows'), (/** @type {Reminder} */ { id }) => id, create);
    this.#rungList = new KeyedList(find('.done .rows'), (/** @type {Reminder} */ { id }) => id, create);
    onSend(this.#form, ({ text, day, time }) => text === '' ? Promise.resolve(false) : actions.addReminder({ text, remind_at: whenOf(day, time) }));
  }

  /** @param {Things} things @param {string} clock @param {number} now */
  update({ reminders, changedAt }, clock, now) {
    const context = { clock, now, changedAt };
    const sorted = [...reminders ?? []].sort((a, b) => (a.remind_at ?? '~').localeCompare(b.remind_at ?? '~'));
    const toCome = sorted.filter(({ delivered }) => !delivered);
    const rung = sorted.filter(({ delivered }) => delivered).reverse();
    this.#list.update(toCome, context);
    this.#rungList.update(rung.slice(0, MostRung), context);
    this.#rung.hidden = rung.length === 0;
    setText(/** @type {HTMLElement} */ (this.#rung.querySelector('summary')), `Over (${rung.length})`);
    this.#empty.hidden = reminders === undefined || toCome.length > 0;
    this.#showToday(dayOf(clock));
  }

  /** The day that a new reminder is for, unless the user says another. @param {string} today */
  #showToday(today) {
    const day = /** @type {HTMLInputElement} */ (this.#form.elements.namedItem('day'));
    if (this.#today === today) return;
    this.#today = today;
    day.defaultValue = today;
    day.min = today;
  }
}

/** A reminder: what it says, and when. */
class ReminderRow {
  #row = new EditableRow(() => this.#editing());
  element = this.#row.element;
  #freshness = new Freshness(this.element);
  /** @type {Reminder | null} */
  #reminder = null;
  #actions;

  /** @param {UserActions} actions */
  constructor(actions) {
    this.#actions = actions;
  }

  /** @param {Reminder} reminder @param {{ clock: string, now: number, changedAt: Record<string, number> }} context */
  update(reminder, { clock, now, changedAt }) {
    this.#reminder = reminder;
    this.#freshness.update(changedAt[reminder.id], now);
    setText(this.#row.title, reminder.text);
    this.#row.tell(
      !reminder.delivered && importance(reminder.importance),
      html('span', {}, reminder.remind_at ? whenTitle(reminder.remind_at, dayOf(clock)) : 'No time'));
    this.element.classList.toggle('is-done', Boolean(reminder.delivered));
  }

  /** @returns {Editing} */
  #editing() {
    const { id, text, remind_at, importance: value } = /** @type {Reminder} */ (this.#reminder);
    return {
      fields: [
        { name: 'text', label: 'Reminder', value: text, required: true, wide: true, most: 1000 },
        ...whenFields('On', remind_at),
        { name: 'importance', label: 'Importance', value, options: importanceOptions },
      ],
      onSave: ({ day, time, ...values }) => this.#actions.changeReminder(id, { text: values.text, importance: values.importance, remind_at: whenOf(day, time) }),
      onDelete: () => this.#actions.deleteReminder(id),
    };
  }
}
