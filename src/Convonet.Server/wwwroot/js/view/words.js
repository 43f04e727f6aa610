import { clockIn } from '../local-time.js';

/** @import { Provider } from '../convonet-client.js' */
/** @import { Tool, Turn } from '../conversation-state.js' */
/** @typedef {{ state: 'closed' | 'open' | 'half_open', since: string, probe_at: string | null, first_content_p90_ms: number | null }} ProviderHealth of `GET /api/providers` */

/** @type {Record<string, string>} */
const ProviderNames = { gemini: 'Gemini', claude: 'Claude', openai: 'OpenAI' };

/** @param {string | null | undefined} name */
export function providerTitle(name) {
  return ProviderNames[name ?? ''] ?? capital(spaced(name ?? 'assistant'));
}

/** "offline demo model" where the emulator answers, else the model's name. @param {Provider} provider */
export function modelTitle({ model, emulated }) {
  return emulated ? 'offline demo model' : model;
}

/** How a provider is, in a line; null where there is nothing to tell. @param {ProviderHealth | undefined} health @param {string} [timeZone] the browser's own without it */
export function healthText(health, timeZone) {
  if (!health) return null;
  const at = (/** @type {string} */ instant) => clockIn(timeZone, new Date(instant)).slice(11);
  switch (health.state) {
    case 'open': return `Not answering since ${at(health.since)}; others answer until ${at(health.probe_at ?? health.since)}`;
    case 'half_open': return `Not answering since ${at(health.since)}; it is tried again when it is next asked`;
    default: return health.first_content_p90_ms === null ? null : `9 of 10 answers begin within ${duration(health.first_content_p90_ms)}`;
  }
}

/** create_todo → Create todo. @param {string} name */
export function toolTitle(name) {
  return capital(spaced(name));
}

/** @type {Record<Tool['state'], string>} */
export const ToolStateWords = {
  asked: 'getting ready', running: 'running', ok: 'done', error: 'failed', timeout: 'timed out', cancelled: 'cancelled', unknown: 'not known',
};

/** 38 ms, 0.62 s, 6.0 s, 1 min 5 s. @param {number} ms */
export function duration(ms) {
  if (ms < 100) return `${Math.round(ms)} ms`;
  if (ms < 1000) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A running clock in tenths, which does not change its width at every step. @param {number} ms */
export function stopwatch(ms) {
  return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
}

/** What to say under an answer that did not simply complete. @param {Turn} turn */
export function outcomeText({ outcome, error, heard, text }) {
  if (heard !== undefined && (outcome === 'completed' || outcome === 'cancelled')) return text.slice(heard).trim() !== '' ? 'You interrupted here; you did not hear the rest.' : null;
  switch (outcome) {
    case null: case 'completed': return null;
    case 'cancelled': return text === '' ? 'Stopped before there was an answer.' : 'You stopped this answer.';
    case 'truncated': return 'The answer reached its limit and was cut here.';
    default: return error?.message ?? 'Something went wrong with this answer.';
  }
}

/** Why a message is not sent yet. @param {string} code */
export function waitingText(code) {
  switch (code) {
    case 'busy': return 'Too many messages are in line. This one is sent by itself when there is room.';
    case 'storage_unavailable': return 'The server cannot keep messages right now. This one is sent by itself when it can.';
    default: return 'The server is at its limit. This message is sent by itself in a moment.';
  }
}

/** One line that tells a call apart from others: its arguments' plain values. @param {unknown} args @param {string} [locale] the reader's own without it */
export function argumentSummary(args, locale) {
  if (typeof args !== 'object' || args === null) return typeof args === 'string' ? args : '';
  const values = Object.entries(args).filter(([, value]) => ['string', 'number'].includes(typeof value)).map(([name, value]) => plain(String(value), locale) + unitOf(name, value));
  return [...new Set(values)].filter(value => value !== '').join(' · ');
}

/** Names tell the unit of a bare number: duration_minutes. @type {Record<string, string>} */
const Units = { ms: 'ms', milliseconds: 'ms', seconds: 's', minutes: 'min', hours: 'h', days: 'd', percent: '%' };

/** @param {string} name @param {unknown} value */
function unitOf(name, value) {
  const unit = typeof value === 'number' ? Units[spaced(name).split(' ').at(-1) ?? ''] : undefined;
  return unit === undefined ? '' : ` ${unit}`;
}

/** The same for reading with care: each argument by its name, the long ones in full. @param {object} args */
export function argumentLines(args) {
  return Object.entries(args).filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([name, value]) => ({ label: capital(spaced(name)), value: readable(value) }));
}

/** Ids say nothing to people, and dates should read like dates. @param {string} value @param {string} [locale] */
function plain(value, locale) {
  if (/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value)) return '';
  const [date, year, month, day, hour, minute] = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::\d\d)?)?$/.exec(value) ?? [];
  if (!date) return value;
  const when = new Date(Number(year), Number(month) - 1, Number(day), Number(hour ?? 0), Number(minute ?? 0));
  const dayText = when.toLocaleDateString(locale, { weekday: 'short', day: 'numeric', month: 'short' });
  const wholeDay = hour === undefined || `${hour}:${minute}` === '00:00' || `${hour}:${minute}` === '23:59';
  return wholeDay ? dayText : `${dayText}, ${when.toLocaleTimeString(locale, { hour: 'numeric', minute: '2-digit' })}`;
}

/** Arguments or results for reading: text as it is, the rest as indented JSON. @param {unknown} value */
export function readable(value) {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2) ?? '';
}

/** @param {string} name */
function spaced(name) {
  return name.replace(/([a-z\d])([A-Z])/g, '$1 $2').replaceAll(/[_\-.]+/g, ' ').trim().toLowerCase();
}

/** @param {string} text */
export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
