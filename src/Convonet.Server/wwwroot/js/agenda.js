import { dayOf, isWholeDay, plusDays, timeOf } from './local-time.js';
import { keyOf } from './things-state.js';
import { isOverdue } from './todos.js';

/** @import { CalendarEvent, Reminder, Todo } from './things.js' */
/**
 * @typedef {object} AgendaItem
 * @property {string} key
 * @property {string} thingKey of what it is, in the lists of things
 * @property {'event' | 'todo' | 'reminder'} kind
 * @property {string} id
 * @property {string} title
 * @property {string | null} from when it is, on this day; null for some time on it
 * @property {string | null} to
 * @property {boolean} overdue
 *
 * @typedef {{ day: string, items: AgendaItem[] }} AgendaDay
 */

/** How many days the agenda looks ahead, today included. */
export const AgendaDays = 7;

/**
 * What is on, day by day from today: appointments, todos that are due, reminders that are still to come. What is overdue stands under today. Days with nothing are
 * left out, but for today.
 * @param {{ events?: CalendarEvent[], todos?: Todo[], reminders?: Reminder[] }} things
 * @param {string} clock what the user's clock shows
 * @returns {AgendaDay[]}
 */
export function agenda({ events = [], todos = [], reminders = [] }, clock) {
  const today = dayOf(clock);
  const days = Array.from({ length: AgendaDays }, (_, index) => plusDays(today, index));
  const due = todos.filter(({ completed, due_date }) => !completed && due_date).map(todo => todoItem(todo, clock, today));
  const toCome = reminders.filter(({ delivered, remind_at }) => !delivered && remind_at).map(reminderItem);
  return days.map(day => ({
    day,
    items: [...events.filter(event => isOn(event, day)).map(event => eventItem(event, day)), ...[...due, ...toCome].filter(it => it.day === day).map(({ item }) => item)]
      .sort((a, b) => (a.from ?? '').localeCompare(b.from ?? '')),
  })).filter(({ day, items }) => day === today || items.length > 0);
}

/** An appointment that ends at midnight is not on the day that begins there. @param {CalendarEvent} event @param {string} day */
function isOn({ event_from, event_to }, day) {
  const endsBefore = timeOf(event_to) === '00:00' && event_to.slice(0, 16) !== event_from.slice(0, 16) ? dayOf(event_to) <= day : dayOf(event_to) < day;
  return dayOf(event_from) <= day && !endsBefore;
}

/** @param {CalendarEvent} event @param {string} day @returns {AgendaItem} */
function eventItem(event, day) {
  const { id, title, event_from, event_to } = event;
  const begins = dayOf(event_from) === day && !(timeOf(event_from) === '00:00' && timeOf(event_to) === '00:00');
  const ends = dayOf(event_to) === day;
  return {
    key: `event ${id} ${event_from} ${day}`, thingKey: keyOf(event), kind: 'event', id, title, overdue: false,
    from: begins ? event_from.slice(0, 16) : ends ? `${day}T00:00` : null, to: ends ? event_to.slice(0, 16) : null,
  };
}

/** @param {Todo} todo @param {string} clock @param {string} today @returns {{ day: string, item: AgendaItem }} */
function todoItem(todo, clock, today) {
  const { id, title, due_date } = todo;
  const overdue = isOverdue(todo, clock);
  const due = due_date ?? '';
  const from = isWholeDay(due) || dayOf(due) < today ? null : due.slice(0, 16);
  return { day: overdue ? today : dayOf(due), item: { key: `todo ${id}`, thingKey: id, kind: 'todo', id, title, from, to: null, overdue } };
}

/** @param {Reminder} reminder @returns {{ day: string, item: AgendaItem }} */
function reminderItem({ id, text, remind_at }) {
  const at = remind_at ?? '';
  return { day: dayOf(at), item: { key: `reminder ${id}`, thingKey: id, kind: 'reminder', id, title: text, from: at.slice(0, 16), to: null, overdue: false } };
}
