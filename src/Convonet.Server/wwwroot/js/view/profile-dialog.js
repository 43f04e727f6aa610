import { sameClock } from '../local-time.js';
import { html, icon, Icons } from './elements.js';
import { field, onSend } from './fields.js';
import { CalendarLink } from './calendar-link.js';
import { McpServers } from './mcp-servers.js';
import { ProfileSection } from './profile-section.js';
import { SignInFields } from './sign-in-fields.js';
import { UsageSection } from './usage-section.js';

/** @import { Api } from '../api.js' */
/** @import { Session } from '../session.js' */
/** @import { Account } from '../things.js' */

/** The user's profile: name and time zone, ways to sign in, the calendar's link. */
export class ProfileDialog {
  #dialog;
  #session;
  #api;
  /** @type {Account | null} */
  #account = null;

  /** @param {HTMLDialogElement} dialog @param {Session} session @param {Api} api */
  constructor(dialog, session, api) {
    this.#dialog = dialog;
    this.#session = session;
    this.#api = api;
    dialog.addEventListener('keydown', event => { if (event.key === 'Escape') event.stopPropagation(); }); // it closes the dialog, and stops no answer
    dialog.addEventListener('click', event => { if (event.target === dialog) dialog.close(); }); // beside the dialog
    dialog.addEventListener('close', () => dialog.replaceChildren());
  }

  /** @param {Account | null | undefined} account */
  update(account) {
    this.#account = account ?? null;
    if (!account && this.#dialog.open) this.#dialog.close();
  }

  open() {
    if (!this.#account) return;
    const close = html('button', { type: 'button', class: 'button quiet square', 'aria-label': 'Close' }, icon(Icons.cross));
    close.addEventListener('click', () => this.#dialog.close());
    this.#dialog.replaceChildren(
      html('div', { class: 'profile-head' }, html('h2', { id: 'profile-title' }, 'Profile'), close),
      html('div', { class: 'profile-body' },
        this.#person(this.#account), new SignInFields(this.#account, this.#session).element, new UsageSection(this.#account, this.#session, this.#api).element, new CalendarLink(this.#api).element, new McpServers(this.#api).element));
    this.#dialog.showModal();
  }

  /** @param {Account} account */
  #person({ name, time_zone }) {
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const zones = [...new Set([...Intl.supportedValuesOf('timeZone'), time_zone, here])].sort();
    const zone = field({ name: 'time_zone', label: 'Time zone', value: time_zone, required: true });
    const input = /** @type {HTMLInputElement} */ (zone.querySelector('input'));
    input.setAttribute('list', 'time-zones');
    input.addEventListener('input', () => input.setCustomValidity(zones.includes(input.value.trim()) ? '' : 'Choose a time zone of the list, for example Europe/Zurich.'));
    const form = html('form', { class: 'profile-form' },
      field({ name: 'name', label: 'Name', value: name, required: true, most: 100 }), zone,
      html('datalist', { id: 'time-zones' }, ...zones.map(value => html('option', { value }))));
    const section = new ProfileSection('You', form);
    if (!sameClock(time_zone, here)) form.append(this.#offerZone(section, here, input));
    form.append(html('button', { type: 'submit', class: 'button primary' }, 'Save'));
    onSend(form, async values => {
      await section.attempt(async () => { await this.#session.change(values); return 'Saved.'; });
      return false; // what was written stays
    });
    return section.element;
  }

  /** @param {ProfileSection} section @param {string} here @param {HTMLInputElement} input */
  #offerZone(section, here, input) {
    const offer = html('p', { class: 'profile-offer' }, `This device is in ${here}.`, section.button('Use it', '', async () => {
      await this.#session.change({ time_zone: here });
      input.value = here;
      input.setCustomValidity('');
      offer.remove();
      return `Your clock is that of ${here} now.`;
    }));
    return offer;
  }
}
