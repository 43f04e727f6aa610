import { ApiError } from '../api.js';
import { html, setText } from './elements.js';

/** @import { Child } from './elements.js' */

/** A part of the profile: a heading, what belongs to it, and a line that says how the last thing that was done there went. */
export class ProfileSection {
  #message = html('p', { class: 'profile-message', role: 'status', hidden: true });
  element;

  /** @param {string} title @param {...Child} content */
  constructor(title, ...content) {
    this.element = html('section', { class: 'profile-section' }, html('h3', {}, title), ...content, this.#message);
  }

  /** @param {string} words @param {boolean} [failed] */
  say(words, failed = false) {
    setText(this.#message, words);
    this.#message.hidden = words === '';
    this.#message.classList.toggle('failed', failed);
  }

  /** Does something and says how it went, in the server's words when it was refused. @param {() => Promise<string>} act */
  async attempt(act) {
    this.say('');
    try {
      this.say(await act());
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.say(error.message, true);
      return false;
    }
  }

  /** @param {string} words @param {string} look @param {() => Promise<string>} act */
  button(words, look, act) {
    const button = html('button', { type: 'button', class: `button ${look}` }, words);
    button.addEventListener('click', async () => {
      button.disabled = true;
      await this.attempt(act);
      button.disabled = false;
    });
    return button;
  }
}
