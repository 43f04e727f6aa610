import { exportPath } from '../library.js';
import { clockIn, dayOf, whenTitle } from '../local-time.js';
import { html, icon, Icons, setText } from './elements.js';

/** @import { ConversationItem } from '../things.js' */
/** @typedef {(item: ConversationItem) => void} OnItem */
/** @typedef {{ onOpen: OnItem, onRename(item: ConversationItem, title: string): Promise<string | null>, onDelete(item: ConversationItem): Promise<string | null> }} RowActions the promises tell why it could not be done */
/** @typedef {{ conversation: string | null, clock: string, zone: string | undefined }} RowContext `conversation`: the one that is open */
/** @typedef {'closed' | 'actions' | 'renaming' | 'deleting'} Mode */

const LongestTitle = 120;

/** A conversation in the list: its title, and below it, when it is asked for, what can be done with it. */
export class LibraryRow {
  #title = html('span', { class: 'library-title' });
  #when = html('span', { class: 'library-when' });
  #open = html('button', { type: 'button', class: 'library-open' }, this.#title, this.#when);
  #more = html('button', { type: 'button', class: 'button quiet square library-more', 'aria-expanded': 'false' }, icon(Icons.more));
  #below = html('div', { class: 'library-below', hidden: true });
  #failure = html('p', { class: 'library-failure', role: 'alert', hidden: true });
  element = html('li', { class: 'library-row' }, this.#open, this.#more, this.#below);
  #item;
  #isOpen = false;
  /** @type {Mode} */
  #mode = 'closed';
  #busy = false;
  #actions;

  /** @param {ConversationItem} item @param {RowActions} actions */
  constructor(item, actions) {
    this.#item = item;
    this.#actions = actions;
    this.#open.addEventListener('click', () => actions.onOpen(this.#item));
    this.#more.addEventListener('click', () => this.#turnTo(this.#mode === 'closed' ? 'actions' : 'closed'));
    this.element.addEventListener('keydown', event => {
      if (event.key !== 'Escape' || event.defaultPrevented || this.#mode === 'closed') return;
      event.preventDefault(); // one step back, and no answer is stopped
      this.#turnTo(this.#mode === 'actions' ? 'closed' : 'actions');
    });
  }

  /** @param {ConversationItem} item @param {RowContext} context */
  update(item, { conversation, clock, zone }) {
    this.#item = item;
    this.#isOpen = item.id === conversation;
    setText(this.#title, item.title);
    setText(this.#when, whenTitle(clockIn(zone, new Date(item.used_at)), dayOf(clock)));
    this.#open.title = item.title;
    this.#more.setAttribute('aria-label', `More about “${item.title}”`);
    if (this.#isOpen) this.#open.setAttribute('aria-current', 'true');
    else this.#open.removeAttribute('aria-current');
  }

  /** @param {Mode} mode */
  #turnTo(mode) {
    const from = this.#mode;
    this.#mode = mode;
    this.#more.setAttribute('aria-expanded', String(mode !== 'closed'));
    this.#failure.hidden = true;
    this.#below.hidden = mode === 'closed';
    if (mode === 'closed') this.#below.replaceChildren();
    else if (mode === 'actions') this.#showActions(from);
    else if (mode === 'renaming') this.#showTitleForm();
    else this.#showQuestion();
    if (mode === 'closed') this.#more.focus();
  }

  /** @param {Mode} from */
  #showActions(from) {
    const rename = button('Rename', () => this.#turnTo('renaming'));
    const remove = button('Delete…', () => this.#turnTo('deleting'), 'danger');
    const { id } = this.#item;
    const link = (/** @type {'markdown' | 'json'} */ format, /** @type {string} */ words) =>
      html('a', { class: 'button', href: exportPath(id, format), download: true, 'aria-label': `Export as ${words}` }, icon(Icons.download), words);
    this.#below.replaceChildren(html('div', { class: 'library-actions', role: 'group', 'aria-label': `What to do with “${this.#item.title}”` },
      rename, remove, link('markdown', 'Markdown'), link('json', 'JSON')));
    if (from !== 'closed') (from === 'deleting' ? remove : rename).focus();
  }

  #showTitleForm() {
    const input = html('input', { type: 'text', 'aria-label': 'New title', maxlength: LongestTitle, autocomplete: 'off', enterkeyhint: 'done', required: true });
    input.value = this.#item.title;
    const form = html('form', { class: 'library-form' }, input,
      html('div', { class: 'library-buttons' }, html('button', { type: 'submit', class: 'button primary' }, 'Save'), button('Cancel', () => this.#turnTo('actions'))), this.#failure);
    form.addEventListener('submit', event => {
      event.preventDefault();
      const title = input.value.trim();
      if (title === '' || title === this.#item.title) this.#turnTo('actions');
      else void this.#attempt(() => this.#actions.onRename(this.#item, title), () => this.#turnTo('closed'));
    });
    this.#below.replaceChildren(form);
    input.select();
    input.focus();
  }

  #showQuestion() {
    const words = this.#isOpen ? 'Delete this conversation for good? It is the one you are in: a new one begins.' : 'Delete this conversation for good?';
    const keep = button('Keep', () => this.#turnTo('actions'));
    const remove = button('Delete', () => void this.#attempt(() => this.#actions.onDelete(this.#item), () => { /* the row goes with the next reading */ }), 'danger');
    this.#below.replaceChildren(html('div', { class: 'library-form', role: 'group', 'aria-label': `Delete “${this.#item.title}”?` },
      html('p', {}, words, html('span', { class: 'library-stays' }, ' Todos and other things that came of it stay.')), html('div', { class: 'library-buttons' }, remove, keep), this.#failure));
    keep.focus();
  }

  /** @param {() => Promise<string | null>} act @param {() => void} then */
  async #attempt(act, then) {
    if (this.#busy) return;
    this.#busy = true;
    const failure = await act().finally(() => { this.#busy = false; });
    setText(this.#failure, failure ?? '');
    this.#failure.hidden = failure === null;
    if (failure === null) then();
  }
}

/** @param {string} words @param {() => void} act @param {string} [kind] */
function button(words, act, kind = '') {
  const it = html('button', { type: 'button', class: `button ${kind}`.trim() }, words);
  it.addEventListener('click', act);
  return it;
}
