import { html, icon, Icons } from './elements.js';
import { modelTitle, providerTitle } from './words.js';

/** @import { Provider } from '../protocol.js' */

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
    this.#menu = menu;
    this.#onChoose = onChoose;
    button.addEventListener('click', () => { if (menu.hidden) this.#open(); else this.#close(); });
    menu.addEventListener('keydown', event => this.#onKey(event));
    document.addEventListener('keydown', event => {
      if (event.key !== 'Escape' || menu.hidden) return;
      event.preventDefault(); // tells the page that this Escape is not meant to stop an answer, wherever the focus is
      this.#close();
    }, { capture: true });
    document.addEventListener('pointerdown', ({ target }) => {
      if (!menu.hidden && target instanceof Node && !menu.contains(target) && !button.contains(target)) this.#close();
    });
    menu.addEventListener('focusout', ({ relatedTarget }) => {
      if (relatedTarget instanceof Node && !menu.contains(relatedTarget) && relatedTarget !== button) this.#close();
    });
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
    const focused = this.#items().find(item => item === document.activeElement)?.dataset.provider;
    this.#menu.replaceChildren(html('p', { class: 'menu-title', id: 'provider-menu-title', role: 'none' }, 'Who should answer?'), ...providers.map(it => this.#item(it)));
    if (focused !== undefined) (this.#items().find(item => item.dataset.provider === focused) ?? this.#button).focus();
  }

  /** @param {Provider} provider */
  #item(provider) {
    const { name, configured, emulated } = provider;
    const usable = configured || emulated;
    const item = html('button', { type: 'button', role: 'menuitemradio', tabindex: -1, 'data-provider': name, 'aria-checked': String(name === this.#current), disabled: !usable },
      html('span', { class: 'item-mark' }, icon(Icons.check)),
      html('span', { class: 'provider-name' }, providerTitle(name)),
      html('span', { class: emulated ? 'provider-model demo' : 'provider-model' }, usable ? modelTitle(provider) : 'no key on this server'));
    item.addEventListener('click', () => {
      this.#close();
      if (name !== this.#current) this.#onChoose(name);
    });
    return item;
  }

  #open() {
    this.#menu.hidden = false;
    this.#button.setAttribute('aria-expanded', 'true');
    const items = this.#items();
    (items.find(item => item.getAttribute('aria-checked') === 'true') ?? items[0])?.focus();
  }

  #close() {
    const hadFocus = this.#menu.contains(document.activeElement);
    this.#menu.hidden = true;
    this.#button.setAttribute('aria-expanded', 'false');
    if (hadFocus) this.#button.focus();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const items = this.#items();
    const at = items.findIndex(item => item === document.activeElement);
    /** @type {Record<string, () => void>} */
    const actions = {
      ArrowDown: () => items[(at + 1) % items.length]?.focus(),
      ArrowUp: () => items[(at - 1 + items.length) % items.length]?.focus(),
      Home: () => items[0]?.focus(),
      End: () => items.at(-1)?.focus(),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  #items() {
    return [...this.#menu.querySelectorAll('button')].filter(item => !item.disabled);
  }
}
