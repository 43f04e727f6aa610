/**
 * A list of rows that follows a list of items: each item keeps its row, and with it what the user is doing there, however the order changes.
 * @template Item
 * @template {{ element: HTMLElement, update(item: Item, context: any): void }} Row
 */
export class KeyedList {
  #container;
  #keyOf;
  #create;
  /** @type {Map<string, Row>} */
  #rows = new Map();

  /** @param {HTMLElement} container @param {(item: Item) => string} keyOf @param {(item: Item) => Row} create */
  constructor(container, keyOf, create) {
    this.#container = container;
    this.#keyOf = keyOf;
    this.#create = create;
  }

  /** @param {Item[]} items @param {any} [context] handed on to each row */
  update(items, context) {
    const focused = this.#container.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement) : null;
    const keys = new Set(items.map(this.#keyOf));
    const left = [...this.#rows].filter(([key]) => !keys.has(key));
    const heir = focused ? this.#heirOf(focused, left.map(([, row]) => row)) : null;
    for (const [key, row] of left) {
      row.element.remove();
      this.#rows.delete(key);
    }
    items.forEach((item, index) => this.#place(item, index, context));
    // A row that moves loses the focus; one that goes leaves it to its neighbour, so that the keyboard stays in the list.
    if (focused && document.activeElement !== focused) (focused.isConnected ? focused : heir)?.focus();
  }

  /** @param {Item} item @param {number} index @param {any} context */
  #place(item, index, context) {
    const key = this.#keyOf(item);
    const row = this.#rows.get(key) ?? this.#create(item);
    this.#rows.set(key, row);
    const place = this.#container.children[index] ?? null;
    if (place !== row.element) this.#container.insertBefore(row.element, place);
    row.update(item, context);
  }

  /** What gets the focus when the row that has it goes: the first control of the next row that stays, or of the one before. @param {HTMLElement} focused @param {Row[]} leaving */
  #heirOf(focused, leaving) {
    const rows = /** @type {HTMLElement[]} */ ([...this.#container.children]);
    const at = rows.findIndex(row => row.contains(focused));
    if (!leaving.some(({ element }) => element === rows[at])) return null;
    const stays = (/** @type {HTMLElement} */ row) => !leaving.some(({ element }) => element === row);
    const next = rows.slice(at + 1).find(stays) ?? rows.slice(0, at).findLast(stays);
    return /** @type {HTMLElement | null} */ (next?.querySelector('button, input, select') ?? null);
  }
}

const FreshMs = 2500;

/** Shows for a moment that something in a row is new. */
export class Freshness {
  #element;
  #seenAt = 0;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.#element = element;
  }

  /** @param {number | undefined} changedAt @param {number} now */
  update(changedAt, now) {
    if (changedAt === undefined || changedAt === this.#seenAt || now - changedAt > FreshMs) return;
    this.#seenAt = changedAt;
    this.#element.classList.remove('fresh');
    void this.#element.offsetWidth; // begins the animation anew
    this.#element.classList.add('fresh');
    setTimeout(() => { if (this.#seenAt === changedAt) this.#element.classList.remove('fresh'); }, FreshMs);
  }
}
