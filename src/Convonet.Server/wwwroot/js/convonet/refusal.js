/** Whether a server that does not open a WebSocket would open it the next time. */

/** @import { ErrorData } from './protocol.js' */

const ForNow = [408, 425, 429]; // as all from 500 on
const AsToAnybody = [401, 403, 404, 410];
const AskMs = 5_000;

/**
 * Why trying again is of no use; null where it may be.
 * @param {number} status of HTTP; 0 where it is not known @param {string | URL} url @param {boolean} wasThere whether the server was reached before: what stands in front of it answers meanwhile
 * @returns {ErrorData | null}
 */
export function lastingRefusal(status, url, wasThere) {
  if (status === 401 || status === 403) return { code: 'refused', message: `The server does not let this client in (HTTP ${status}): sign in first.` };
  if (wasThere || status < 200 || status >= 500 || ForNow.includes(status)) return null;
  const { origin, pathname } = new URL(url);
  return { code: 'refused', message: `There is no Convonet server at ${origin}${pathname}: HTTP ${status} was the answer, and no WebSocket. The path is usually /voice.` };
}

/** To one who shows no sign-in where people have to. @type {ErrorData} */
export const asksWho = {
  code: 'unauthenticated',
  message: 'The server asks who this is: sign in first. A page shows its cookie by itself, anything else an access token: pass a WebSocket class that sends it as `Authorization: Bearer …`.',
};

/** The status that the error event of the package `ws` names; others name none. @param {any} event */
export function statusOf(event) {
  return Number(/\bserver response: (\d{3})\b/.exec(event?.message ?? '')?.[1] ?? 0);
}

/**
 * Asks the address by HTTP: a browser tells nobody with what it was refused. Only an answer that a WebSocket would have got as well is told: a server that is there answers 400 to this, others 426
 * or 405, and a proxy that knows a WebSocket by its headers answers with a page of its own, while behind it the server may only be full. A 404 is taken at its word: mostly the path is wrong. From such a proxy it may be its own, too;
 * a page that was connected before tries again all the same.
 * @param {string | URL} url @returns {Promise<number>} 0 where it is not known
 */
export async function askStatus(url) {
  try {
    const address = new URL(url);
    address.protocol = address.protocol.replace('ws', 'http');
    const { status } = await fetch(address, { cache: 'no-store', redirect: 'manual', signal: AbortSignal.timeout(AskMs) });
    return AsToAnybody.includes(status) ? status : 0;
  } catch {
    return 0;
  }
}
