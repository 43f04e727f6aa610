/** @import { PageEvent } from './page-events.js' */
/** @import { Frame, ReminderDue } from './convonet-client.js' */
/**
 * Reminders that are due and were not put away yet.
 * @typedef {ReminderDue & { key: string }} DueReminder
 * @typedef {{ cards: DueReminder[], seen: string[] }} Due `seen`: the keys of all that were shown, so that none comes twice
 */

const MostSeen = 200;

/** @type {Due} */
export const NothingDue = { cards: [], seen: [] };

/** @param {Due} due @param {Frame | PageEvent} event @returns {Due} */
export function reduceDue(due, { event, data }) {
  switch (event) {
    case 'reminder_due': return rung(due, data);
    case 'reminder_dismissed': return { ...due, cards: due.cards.filter(({ key }) => key !== data.key) };
    case 'account_known': return data.account ? due : NothingDue;
    default: return due;
  }
}

/** The same reminder, moved to another time, rings again. @param {ReminderDue} reminder */
export function dueKey({ id, remind_at }) {
  return `${id} ${remind_at}`;
}

/** @param {Due} due @param {ReminderDue} reminder @returns {Due} */
function rung({ cards, seen }, reminder) {
  const key = dueKey(reminder);
  if (seen.includes(key)) return { cards, seen };
  return { cards: [...cards.filter(({ id }) => id !== reminder.id), { ...reminder, key }], seen: [...seen, key].slice(-MostSeen) };
}

/** Whether it is what was kept over a reload. @param {any} value @returns {value is Due} */
export function isDue(value) {
  return Array.isArray(value?.cards) && Array.isArray(value.seen) && value.cards.every((/** @type {any} */ card) => typeof card?.key === 'string' && typeof card.text === 'string');
}
