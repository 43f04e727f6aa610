import { html } from './elements.js';
import { ProfileSection } from './profile-section.js';

/** @import { Api } from '../api.js' */

/** The secret address under which other calendars can read the user's appointments. It is told once, when it is made. */
export class CalendarLink {
  #link = html('input', { type: 'text', readonly: true, 'aria-label': 'The calendar’s address' });
  #shown;
  #section;

  /** @param {Api} api */
  constructor(api) {
    const section = this.#section = new ProfileSection('Calendar elsewhere',
      html('p', { class: 'profile-about' }, 'A secret address under which another calendar can read your appointments. Who has it can read them. A new one ends the one before.'));
    this.#link.addEventListener('focus', () => this.#link.select());
    this.#shown = html('div', { class: 'calendar-link', hidden: true }, this.#link,
      ...(navigator.clipboard ? [section.button('Copy', '', async () => {
        const copied = await navigator.clipboard.writeText(this.#link.value).then(() => true, () => false);
        return copied ? 'Copied.' : 'The browser does not allow it: mark the address and copy it.';
      })] : []));
    section.element.append(this.#shown, html('div', { class: 'profile-buttons' },
      section.button('Make an address', '', async () => this.#show((await api.post('api/calendar-link')).url)),
      section.button('End it', 'quiet danger', async () => {
        await api.delete('api/calendar-link');
        this.#shown.hidden = true;
        return 'The address leads nowhere any more.';
      })));
  }

  get element() { return this.#section.element; }

  /** @param {string} url */
  #show(url) {
    this.#link.value = new URL(url, document.baseURI).href;
    this.#shown.hidden = false;
    return 'Here it is. It is shown only now.';
  }
}
