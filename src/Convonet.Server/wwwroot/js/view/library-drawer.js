import { cover } from './cover.js';
import { setText } from './elements.js';
import { KeyedList } from './keyed-list.js';
import { LibraryRow } from './library-row.js';

/** @import { LibraryState } from '../library-state.js' */
/** @import { ConversationItem } from '../things.js' */
/** @import { RowActions } from './library-row.js' */
/**
 * @typedef {object} DrawerActions
 * @property {(open: boolean) => void} onToggle
 * @property {() => void} onNew
 * @property {(search: string) => void} onSearch
 * @property {() => void} onOlder
 * @property {() => void} onAgain after it could not be read
 *
 * @typedef {{ library: LibraryState, isOpen: boolean, canOpen: boolean, conversation: string | null, zone: string | undefined, clock: string }} Shown `conversation`: the one that is open; `clock`: what the user's clock shows
 */

/** From this width on it is a column beside the conversation. */
export const WideLibrary = '(min-width: 80rem)';

/**
 * The list of the user's conversations: a column where there is room, else a sheet over the page, which has the page for itself: the focus goes into it, cannot leave
 * it, and returns to the button that opened it.
 */
export class LibraryDrawer {
  #element;
  #button;
  #others;
  #actions;
  #search;
  #close;
  #list;
  #status;
  #more;
  #rows;
  #wide = matchMedia(WideLibrary);
  #isOpen = false;
  /** @type {Shown | null} */
  #shown = null;

  /** @param {HTMLElement} element @param {HTMLButtonElement} button opens and closes it @param {HTMLElement[]} others what the sheet lies over @param {DrawerActions & RowActions} actions */
  constructor(element, button, others, actions) {
    const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (element.querySelector(selector));
    this.#element = element;
    this.#button = button;
    this.#others = others;
    this.#actions = actions;
    this.#search = /** @type {HTMLInputElement} */ (find('input[type=search]'));
    this.#close = find('.library-close');
    this.#list = find('ul');
    this.#status = find('.library-status');
    this.#more = /** @type {HTMLButtonElement} */ (find('.library-older'));
    const row = { ...actions, onOpen: (/** @type {ConversationItem} */ item) => { actions.onOpen(item); this.#leave(); } };
    this.#rows = new KeyedList(this.#list, (/** @type {ConversationItem} */ { id }) => id, item => new LibraryRow(item, row));
    button.addEventListener('click', () => actions.onToggle(!this.#isOpen));
    this.#close.addEventListener('click', () => actions.onToggle(false));
    find('.library-new').addEventListener('click', () => { actions.onNew(); this.#leave(); });
    this.#search.addEventListener('input', () => actions.onSearch(this.#search.value));
    this.#more.addEventListener('click', () => { if (this.#shown?.library.failure) actions.onAgain(); else actions.onOlder(); });
    element.addEventListener('keydown', event => this.#onKey(event));
    document.addEventListener('pointerdown', ({ target }) => { if (this.#isSheet && target instanceof Node && !element.contains(target)) actions.onToggle(false); });
    new IntersectionObserver(([{ isIntersecting }]) => { if (isIntersecting && this.#shown?.library.failure === null) actions.onOlder(); }, { root: find('.library-scroller'), rootMargin: '0px 0px 300px' }).observe(this.#more);
    this.#wide.addEventListener('change', () => { if (this.#isOpen && !this.#wide.matches) actions.onToggle(false); else this.#becomeSheetOrColumn(); });
  }

  /** @param {Shown} shown */
  update(shown) {
    const before = this.#shown;
    if (before && Object.entries(shown).every(([key, value]) => before[/** @type {keyof Shown} */ (key)] === value)) return;
    this.#shown = shown;
    const { library, isOpen, canOpen } = shown;
    this.#button.hidden = !canOpen;
    this.#show(isOpen);
    if (this.#search.value !== library.search && document.activeElement !== this.#search) this.#search.value = library.search;
    const hadFocus = this.#list.contains(document.activeElement);
    this.#rows.update(library.items ?? [], shown);
    if (hadFocus && !this.#list.contains(document.activeElement)) this.#search.focus();
    this.#tell(library);
  }

  /** @param {LibraryState} library */
  #tell({ items, found, more, failure }) {
    const words = failure ?? (items === undefined ? '' : items.length === 0 ? found ? `Nothing found for “${found}”.` : 'What you talk about is kept, and listed here.'
      : found ? `${items.length}${more ? ' or more' : ''} found` : '');
    setText(this.#status, words);
    this.#status.hidden = words === '';
    this.#status.classList.toggle('failed', failure !== null);
    const hadFocus = document.activeElement === this.#more;
    setText(this.#more, failure === null ? 'Show older ones' : 'Try again');
    this.#more.hidden = !more && failure === null;
    if (hadFocus && this.#more.hidden) /** @type {HTMLElement | null} */ (this.#list.lastElementChild?.querySelector('button') ?? null)?.focus();
  }

  get #isSheet() {
    return this.#isOpen && !this.#wide.matches;
  }

  /** The sheet has done what it was opened for. */
  #leave() {
    if (this.#isSheet) this.#actions.onToggle(false);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    if (event.target === this.#search && this.#search.value !== '') {
      this.#search.value = '';
      this.#actions.onSearch('');
    } else if (this.#isSheet) {
      this.#actions.onToggle(false);
    } else {
      return;
    }
    event.preventDefault(); // this Escape is not meant to stop an answer
  }

  /** @param {boolean} open */
  #show(open) {
    if (this.#isOpen === open) return;
    this.#isOpen = open;
    const returnsFocus = this.#element.contains(document.activeElement) || this.#element.ariaModal !== null; // a column that closes by itself leaves it where it is
    this.#element.hidden = !open;
    this.#button.setAttribute('aria-expanded', String(open));
    this.#becomeSheetOrColumn();
    if (open && !this.#wide.matches) (matchMedia('(hover: hover)').matches ? this.#search : this.#close).focus();
    if (!open && returnsFocus) this.#button.focus();
  }

  #becomeSheetOrColumn() {
    const sheet = this.#isSheet;
    cover(this, this.#others, sheet);
    for (const [name, value] of [['role', 'dialog'], ['aria-modal', 'true']]) {
      if (sheet) this.#element.setAttribute(name, value);
      else this.#element.removeAttribute(name);
    }
  }
}
