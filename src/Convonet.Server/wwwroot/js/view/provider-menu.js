import { html, icon, Icons } from './elements.js';
import { Menu } from './menu.js';
import { modelTitle, providerTitle } from './words.js';

/** @import { Provider } from '../convonet-client.js' */

/** The provider switch: a button that says who answers, and a menu of those who could. */
export class ProviderMenu {
  #button;
  #menu;
  #onChoose;
  /** @type {Provider[] | null} */
  #providers = null;
  /** @type {string | null} */
  #current = null;

  /**
   * @param {HTMLButtonElement} button
   * @param {HTMLElement} menu
   * @param {(name: string) => void} onChoose
   */
  constructor(button, menu, onChoose) {
    this.#button = button;
    this.#menu = new Menu(button, menu);
    this.#onChoose = onChoose;
  }

  /** @param {Provider[]} providers @param {string | null} current */
  update(providers, current) {
    if (this.#providers === providers && this.#current === current) return;
    this.#providers = providers;
    this.#current = current;
    const provider = providers.find(({ name }) => name === current);
    this.#button.disabled = providers.length === 0;
    this.#button.replaceChildren(
      html('span', { class: 'visually-hidden' }, 'Answered by '),
      html('span', { class: 'provider-name' }, current ? providerTitle(current) : 'Connecting…'),
      html('span', { class: provider?.emulated ? 'provider-model demo' : 'provider-model' }, provider ? modelTitle(provider) : ''),
      icon('M6 8l4 4 4-4'));
    this.#menu.fill([html('p', { class: 'menu-title', id: 'provider-menu-title', role: 'none' }, 'Who should answer?'), ...providers.map(it => this.#item(it))]);
  }

  /** @param {Provider} provider */
  #item(provider) {
    const { name, configured, emulated } = provider;
    const usable = configured || emulated;
    const item = html('button', { type: 'button', role: 'menuitemradio', tabindex: -1, 'data-key': name, 'aria-checked': String(name === this.#current), disabled: !usable },
      html('span', { class: 'item-mark' }, icon(Icons.check)),
      html('span', { class: 'provider-name' }, providerTitle(name)),
      html('span', { class: emulated ? 'provider-model demo' : 'provider-model' }, usable ? modelTitle(provider) : 'no key on this server'));
    item.addEventListener('click', () => {
      this.#menu.close();
      if (name !== this.#current) this.#onChoose(name);
    });
    return item;
  }
}
