import { keepIn, keptIn } from '../kept.js';
import { sameClock } from '../local-time.js';
import { ApiError } from '../api.js';
import { html, icon, Icons } from './elements.js';

/** @import { Session } from '../session.js' */
/** @import { Account } from '../things.js' */

const Key = 'convonet.zone-dismissed';

/** A line that says so when this device is in another time zone than the user's clock: "at five" would be another five. */
export class ZoneLine {
  #element;
  #session;
  #shows = '';

  /** @param {HTMLElement} element @param {Session} session */
  constructor(element, session) {
    this.#element = element;
    this.#session = session;
  }

  /** @param {Account | null | undefined} account */
  update(account) {
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const zones = account ? `${account.time_zone} ${here}` : '';
    if (zones === this.#shows) return;
    this.#shows = zones;
    this.#element.hidden = !account || keptIn(localStorage, Key) === zones || sameClock(account.time_zone, here);
    if (account && !this.#element.hidden) this.#show(account.time_zone, here, zones);
  }

  /** @param {string} zone @param {string} here @param {string} zones */
  #show(zone, here, zones) {
    const words = html('span', {}, `Your times are in ${zone}; this device is in ${here}.`);
    const use = html('button', { type: 'button', class: 'button' }, `Use ${here}`);
    const close = html('button', { type: 'button', class: 'button quiet square', 'aria-label': 'Close this hint' }, icon(Icons.cross));
    use.addEventListener('click', async () => {
      use.disabled = true;
      try {
        await this.#session.change({ time_zone: here });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        words.textContent = error.message;
        use.disabled = false;
      }
    });
    close.addEventListener('click', () => { keepIn(localStorage, Key, zones); this.#element.hidden = true; });
    this.#element.replaceChildren(words, use, close);
  }
}
