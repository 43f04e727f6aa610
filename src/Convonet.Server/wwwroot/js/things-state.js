/** @import { PageEvent } from './page-events.js' */
/** @import { CalendarEvent, Kind, Member, Reminder, Team, Todo } from './things.js' */
/** @import { Frame } from './convonet-client.js' */
/**
 * The user's things as far as they were read; undefined while they were not. What did not change between two readings keeps its identity.
 * @typedef {object} Things
 * @property {Todo[]} [todos]
 * @property {Reminder[]} [reminders]
 * @property {CalendarEvent[]} [events]
 * @property {Team[]} [teams]
 * @property {Record<string, Member[]>} members by team
 * @property {Partial<Record<Kind, string>>} failures why a kind could not be read
 * @property {Record<string, number>} changedAt when something was found to be new or different, by its key
 */

const FreshMs = 4000;

/** @returns {Things} */
export function noThings() {
  return { members: {}, failures: {}, changedAt: {} };
}

/** @param {Things} things @param {Frame | PageEvent} event @param {number} now @returns {Things} */
export function reduceThings(things, { event, data }, now) {
  switch (event) {
    case 'loaded': return loaded(things, data, now);
    case 'load_failed': return { ...things, failures: { ...things.failures, [data.kind]: data.message } };
    case 'account_known': return data.account ? things : noThings();
    default: return things;
  }
}

/** What tells one thing from the others of its kind. @param {any} item */
export function keyOf({ id, user_id, event_from }) {
  return event_from ? `${id} ${event_from}` : id ?? user_id;
}

/** The title that an id stands for, among what is known. @param {Things} things @param {string} id @returns {string | null} */
export function titleOf({ todos = [], reminders = [], events = [], teams = [] }, id) {
  const found = [...todos, ...events].find(it => it.id === id)?.title ?? reminders.find(it => it.id === id)?.text ?? teams.find(it => it.id === id)?.name;
  return found ?? null;
}

/** @param {Things} things @param {{ kind: Kind, items: any[] }} data @param {number} now @returns {Things} */
function loaded(things, { kind, items }, now) {
  const { [kind]: _, ...failures } = things.failures;
  if (kind.startsWith('changes')) return { ...things, failures };
  const team = kind.startsWith('members/') ? kind.slice('members/'.length) : null;
  const before = team === null ? /** @type {any} */ (things)[kind] : things.members[team];
  const known = new Map((before ?? []).map((/** @type {any} */ item) => [keyOf(item), item]));
  const merged = items.map(item => same(known.get(keyOf(item)), item) ?? item);
  const news = before ? merged.filter(item => known.get(keyOf(item)) !== item).map(item => [keyOf(item), now]) : []; // what is seen for the first time is no news
  const recent = Object.entries(things.changedAt).filter(([, at]) => now - at < FreshMs);
  const changed = { ...things, failures, changedAt: Object.fromEntries([...recent, ...news]) };
  return team === null ? { ...changed, [kind]: merged } : { ...changed, members: { ...things.members, [team]: merged } };
}

/** @param {any} known @param {any} item */
function same(known, item) {
  return known && JSON.stringify(known) === JSON.stringify(item) ? known : null;
}
