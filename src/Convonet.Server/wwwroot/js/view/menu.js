/** A button and the menu that it opens, for the pointer and the keyboard. */
export class Menu {
  #button;
  #menu;
  #onOpen;

  /** @param {HTMLButtonElement} button @param {HTMLElement} menu @param {() => void} [onOpen] */
  constructor(button, menu, onOpen = () => {}) {
    this.#button = button;
    this.#menu = menu;
    this.#onOpen = onOpen;
    button.addEventListener('click', () => { if (menu.hidden) this.#open(); else this.close(); });
    menu.addEventListener('keydown', event => this.#onKey(event));
    document.addEventListener('keydown', event => {
      if (event.key !== 'Escape' || menu.hidden) return;
      event.preventDefault(); // tells the page that this Escape is not meant to stop an answer, wherever the focus is
      this.close();
    }, { capture: true });
    document.addEventListener('pointerdown', ({ target }) => {
      if (!menu.hidden && target instanceof Node && !menu.contains(target) && !button.contains(target)) this.close();
    });
    menu.addEventListener('focusout', ({ relatedTarget }) => {
      if (relatedTarget instanceof Node && !menu.contains(relatedTarget) && relatedTarget !== button) this.close();
    });
  }

  get isOpen() { return !this.#menu.hidden; }

  /** The entries that can be chosen. */
  get items() {
    return [...this.#menu.querySelectorAll('button')].filter(item => !item.disabled);
  }

  /** Puts other entries into the menu; one that has the focus keeps it, as long as there is one of the same `data-key`. @param {Node[]} nodes */
  fill(nodes) {
    const focused = this.items.find(item => item === document.activeElement)?.dataset.key;
    this.#menu.replaceChildren(...nodes);
    if (focused !== undefined) (this.items.find(item => item.dataset.key === focused) ?? this.#button).focus();
  }

  close() {
    const hadFocus = this.#menu.contains(document.activeElement);
    this.#menu.hidden = true;
    this.#button.setAttribute('aria-expanded', 'false');
    if (hadFocus) this.#button.focus();
  }

  #open() {
    this.#menu.hidden = false;
    this.#button.setAttribute('aria-expanded', 'true');
    const items = this.items;
    (items.find(item => item.getAttribute('aria-checked') === 'true') ?? items[0])?.focus();
    this.#onOpen();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const items = this.items;
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
}
