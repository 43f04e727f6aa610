/**
 * The user's clock. Times of day are kept as the API writes them, `2026-11-26T15:00` without a zone, so they compare as text and no clock change can move them.
 */

const DayMs = 86_400_000;

/** What the clock shows in that zone, to the minute. @param {string | undefined} timeZone the browser's own without one @param {Date} [at] */
export function clockIn(timeZone, at = new Date()) {
  const { year, month, day, hour, minute } = Object.fromEntries(clockFormat(timeZone).formatToParts(at).map(({ type, value }) => [type, value]));
  return `${year}-${month}-${day}T${hour}:${minute}`;
}

/** Whether clocks of two zones show the same, in winter and in summer. @param {string} one @param {string} other @param {Date} [at] */
export function sameClock(one, other, at = new Date()) {
  const halfAYearOn = new Date(at.getTime() + 182 * DayMs);
  return one === other || (clockIn(one, at) === clockIn(other, at) && clockIn(one, halfAYearOn) === clockIn(other, halfAYearOn));
}

/** Whether nobody has said yet in which zone the local owner is: what is said is never `Etc/UTC`, the server keeps that as `UTC`. @param {{ is_local_owner: boolean, time_zone: string }} account */
export function isZoneUnsaid({ is_local_owner, time_zone }) {
  return is_local_owner && time_zone === 'Etc/UTC';
}

/** @param {string} text */
export function dayOf(text) {
  return text.slice(0, 10);
}

/** 15:00, or nothing where there is only a day. @param {string} text */
export function timeOf(text) {
  return text.slice(11, 16);
}

/** A todo's date at midnight means the day, not the minute after midnight. @param {string} text */
export function isWholeDay(text) {
  return timeOf(text) === '' || timeOf(text) === '00:00';
}

/** @param {string} day @param {number} days */
export function plusDays(day, days) {
  return new Date(asUtc(day).getTime() + days * DayMs).toISOString().slice(0, 10);
}

/** Today, Tomorrow, or the day by its name. @param {string} day @param {string} today @param {string} [locale] the reader's own without it */
export function dayTitle(day, today, locale) {
  if (day === today) return 'Today';
  if (day === plusDays(today, 1)) return 'Tomorrow';
  if (day === plusDays(today, -1)) return 'Yesterday';
  /** @type {Intl.DateTimeFormatOptions} */
  const format = { timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short' };
  return asUtc(day).toLocaleDateString(locale, day.slice(0, 4) === today.slice(0, 4) ? format : { ...format, weekday: undefined, year: 'numeric' });
}

/** @param {string} text @param {string} [locale] */
export function timeTitle(text, locale) {
  return asUtc(text).toLocaleTimeString(locale, { timeZone: 'UTC', hour: 'numeric', minute: '2-digit' });
}

/** From one time of day to another, as short as the reader's language has it. @param {string} from @param {string} to @param {string} [locale] */
export function timeRange(from, to, locale) {
  return new Intl.DateTimeFormat(locale, { timeZone: 'UTC', hour: 'numeric', minute: '2-digit' }).formatRange(asUtc(from), asUtc(to));
}

/** A day, with its time when it has one. @param {string} text @param {string} today @param {string} [locale] */
export function whenTitle(text, today, locale) {
  const day = dayTitle(dayOf(text), today, locale);
  return isWholeDay(text) ? day : `${day}, ${timeTitle(text, locale)}`;
}

/** @param {string} text */
function asUtc(text) {
  return new Date(`${dayOf(text)}T${timeOf(text) || '00:00'}Z`);
}

/** A zone that this browser does not know costs no more than being right about the hour. @param {string | undefined} timeZone */
function clockFormat(timeZone) {
  /** @type {Intl.DateTimeFormatOptions} */
  const format = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  try {
    return new Intl.DateTimeFormat('en', { ...format, timeZone });
  } catch {
    return new Intl.DateTimeFormat('en', format);
  }
}
