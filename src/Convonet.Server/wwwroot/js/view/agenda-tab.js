import { agenda } from '../agenda.js';
import { dayOf, dayTitle, timeRange, timeTitle } from '../local-time.js';
import { html, setText } from './elements.js';
import { Freshness, KeyedList } from './keyed-list.js';

/** @import { AgendaDay, AgendaItem } from '../agenda.js' */
/** @import { Things } from '../things-state.js' */
/** @typedef {{ clock: string, now: number, changedAt: Record<string, number> }} Context */

const KindWords = { event: 'Appointment', todo: 'Todo', reminder: 'Reminder' };

/** What is on today and on the next days. */
export class AgendaTab {
  #days;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#days = new KeyedList(/** @type {HTMLElement} */ (root.querySelector('.days')), (/** @type {AgendaDay} */ { day }) => day, () => new DayView());
  }

  /** @param {Things} things @param {string} clock @param {number} now */
  update(things, clock, now) {
    const known = things.events !== undefined || things.todos !== undefined;
    this.#days.update(known ? agenda(things, clock) : [], { clock, now, changedAt: things.changedAt });
  }
}

class DayView {
  #title = html('h3');
  #rows = html('ul', { class: 'rows', role: 'list' });
  #empty = html('p', { class: 'empty' }, 'Nothing on.');
  element = html('section', { class: 'day' }, this.#title, this.#rows, this.#empty);
  #list = new KeyedList(this.#rows, (/** @type {AgendaItem} */ { key }) => key, () => new ItemRow());

  /** @param {AgendaDay} day @param {Context} context */
  update({ day, items }, context) {
    setText(this.#title, dayTitle(day, dayOf(context.clock)));
    this.#list.update(items, context);
    this.#empty.hidden = items.length > 0;
  }
}

class ItemRow {
  #time = html('span', { class: 'agenda-time' });
  #kind = html('span', { class: 'agenda-kind' });
  #title = html('span', { class: 'row-title' });
  element = html('li', { class: 'row agenda-row' }, this.#time, html('span', { class: 'agenda-words' }, this.#title, this.#kind));
  #freshness = new Freshness(this.element);

  /** @param {AgendaItem} item @param {Context} context */
  update({ kind, title, from, to, overdue, thingKey }, { now, changedAt }) {
    this.#freshness.update(changedAt[thingKey], now);
    this.element.dataset.kind = kind;
    setText(this.#time, from && to ? timeRange(from, to) : from ? timeTitle(from) : kind === 'event' ? 'All day' : '');
    setText(this.#title, title);
    setText(this.#kind, overdue ? 'Overdue' : KindWords[kind]);
    this.#kind.classList.toggle('overdue', overdue);
  }
}
