import { html, icon, Icons } from './elements.js';
import { Menu } from './menu.js';
import { healthText, modelTitle, providerTitle } from './words.js';

/**
 * @import { Provider } from '../convonet-client.js'
 * @import { ProviderHealth } from './words.js'
 */

/** How often an open menu looks how the providers are. */
const LookMs = 5_000;

/** The provider switch: a button that says who answers, and a menu of those who could, and how they are. */
export class ProviderMenu {
  #button;
  #menu;
  #onChoose;
  #loadHealth;
  /** @type {Map<string, ProviderHealth>} */
  #health = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #next;
  /** @type {Provider[] | null} */
  #providers = null;
  /** @type {string | null} */
  #current = null;

  /**
   * @param {HTMLButtonElement} button
   * @param {HTMLElement} menu
   * @param {(name: string) => void} onChoose
   * @param {() => Promise<{ providers: { name: string, health: ProviderHealth }[] }>} loadHealth
   */
  constructor(button, menu, onChoose, loadHealth) {
    this.#button = button;
    this.#menu = new Menu(button, menu, () => this.#look());
    this.#onChoose = onChoose;
    this.#loadHealth = loadHealth;
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
    this.#fill();
  }

  #fill() {
    this.#menu.fill([html('p', { class: 'menu-title', id: 'provider-menu-title', role: 'none' }, 'Who should answer?'), ...(this.#providers ?? []).map(it => this.#item(it))]);
  }

  /** Shows how the providers are, for as long as the menu is open. */
  async #look() {
    clearTimeout(this.#next);
    try {
      const { providers } = await this.#loadHealth();
      this.#health = new Map(providers.map(({ name, health }) => [name, health]));
      this.#fill();
    } catch {
      // They can be chosen without it.
    }
    clearTimeout(this.#next);
    if (this.#menu.isOpen) this.#next = setTimeout(() => { if (this.#menu.isOpen) this.#look(); }, LookMs);
  }

  /** @param {Provider} provider */
  #item(provider) {
    const { name, configured, emulated } = provider;
    const usable = configured || emulated;
    const health = this.#health.get(name);
    const how = usable ? healthText(health) : null;
    const item = html('button', { type: 'button', role: 'menuitemradio', tabindex: -1, 'data-key': name, 'aria-checked': String(name === this.#current), disabled: !usable },
      html('span', { class: 'item-mark' }, icon(Icons.check)),
      html('span', { class: 'provider-name' }, providerTitle(name)),
      html('span', { class: emulated ? 'provider-model demo' : 'provider-model' }, usable ? modelTitle(provider) : 'no key on this server'),
      ...(how === null ? [] : [html('span', { class: health?.state === 'closed' ? 'provider-health' : 'provider-health down' }, how)]));
    item.addEventListener('click', () => {
      this.#menu.close();
      if (name !== this.#current) this.#onChoose(name);
    });
    return item;
  }
}
