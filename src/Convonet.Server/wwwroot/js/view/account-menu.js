import { html } from './elements.js';
import { Menu } from './menu.js';

/** @import { Account } from '../things.js' */
/** @typedef {{ onProfile(): void, onSignIn(): void, onSignOut(): void }} AccountActions */

/** Who is signed in, and what they can do about it. */
export class AccountMenu {
  #element;
  #button;
  #menu;
  #actions;
  /** @type {Account | null | undefined} */
  #account;

  /** @param {HTMLElement} element @param {AccountActions} actions */
  constructor(element, actions) {
    this.#element = element;
    this.#actions = actions;
    this.#button = /** @type {HTMLButtonElement} */ (element.querySelector('button'));
    this.#menu = new Menu(this.#button, /** @type {HTMLElement} */ (element.querySelector('.menu')));
  }

  /** @param {Account | null | undefined} account */
  update(account) {
    if (this.#account === account) return;
    this.#account = account;
    this.#element.hidden = !account;
    if (!account) {
      this.#menu.close();
      this.#button.replaceChildren();
      return this.#menu.fill([]);
    }
    this.#button.replaceChildren(html('span', { class: 'initials', 'aria-hidden': 'true' }, initials(account.name)), html('span', { class: 'visually-hidden' }, `Account of ${account.name}`));
    this.#menu.fill([
      html('div', { class: 'menu-title', role: 'none' },
        html('p', { class: 'menu-name' }, account.name), html('p', {}, account.is_local_owner ? 'This machine’s own account' : account.email ?? '')),
      this.#item('Profile…', this.#actions.onProfile),
      account.is_local_owner ? this.#item('Sign in with another account…', this.#actions.onSignIn) : this.#item('Sign out', this.#actions.onSignOut),
    ]);
  }

  /** @param {string} words @param {() => void} act */
  #item(words, act) {
    const item = html('button', { type: 'button', role: 'menuitem', tabindex: -1, class: 'menu-item', 'data-key': words }, words);
    item.addEventListener('click', () => { this.#menu.close(); act(); });
    return item;
  }
}

/** At most two letters. @param {string} name */
export function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : ''].map(word => [...word ?? ''][0] ?? '').join('').toUpperCase();
}
