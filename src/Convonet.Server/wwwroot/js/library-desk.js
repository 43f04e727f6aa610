import { keepIn, keptIn } from './kept.js';
import { Library } from './library.js';
import { clockIn } from './local-time.js';
import { byId } from './view/elements.js';
import { LibraryDrawer, WideLibrary } from './view/library-drawer.js';

/** @import { Api } from './api.js' */
/** @import { ConvonetClient } from './convonet-client.js' */
/** @import { PageEvent } from './page-events.js' */
/** @import { PageState } from './page-state.js' */
/** @import { ConversationItem } from './things.js' */

const OpenKey = 'convonet.library';

/** The list of the user's conversations: when it is read, and what the user does with it. */
export class LibraryDesk {
  #library;
  #drawer;
  #client;
  #dispatch;
  #pageNow;
  #page;
  /** @type {string | undefined} */
  #account;
  #wasOpen = false;

  /**
   * @param {Api} api @param {ConvonetClient} client
   * @param {{ dispatch(event: PageEvent): void, pageNow(): PageState, onLeave(next: string | null): void, onTold(words: string): void }} page `onLeave`: another conversation is wanted, null for a new one
   */
  constructor(api, client, page) {
    this.#client = client;
    this.#dispatch = page.dispatch;
    this.#pageNow = page.pageNow;
    this.#page = page;
    this.#library = new Library({ api, dispatch: page.dispatch, stateNow: () => page.pageNow().library });
    const others = ['skip', 'top', 'scroller', 'bottom', 'panel'].map(id => byId(id, HTMLElement));
    this.#drawer = new LibraryDrawer(byId('library', HTMLElement), byId('library-button', HTMLButtonElement), others, {
      onToggle: open => page.dispatch({ event: 'library_opened', data: { open } }),
      onNew: () => page.onLeave(null),
      onSearch: search => this.#library.search(search),
      onOlder: () => this.#library.older(),
      onAgain: () => this.#library.refresh(),
      onOpen: item => this.#open(item),
      onRename: (item, title) => this.#rename(item, title),
      onDelete: item => this.#delete(item),
    });
    client.on('data_changed', ({ kinds }) => { if (kinds.includes('conversation')) this.#changed(); });
    client.on('accepted', () => this.#changed());
    client.on('connection', ({ state }) => { if (state === 'online') this.#changed(); }); // what changed while there was no connection was told to nobody
  }

  /** Whether the list is to be there when the page comes. */
  static get keptOpen() {
    return (keptIn(localStorage, OpenKey) ?? true) && matchMedia(WideLibrary).matches;
  }

  /** @param {PageState} page */
  update({ library, session, conversation }) {
    const account = session.account ?? undefined;
    const isOpen = library.open && account !== undefined;
    if (account && this.#account !== undefined && this.#account !== account.id) this.#library.forget();
    if (isOpen && (!this.#wasOpen || this.#account !== account.id)) this.#library.refresh();
    [this.#wasOpen, this.#account] = [isOpen, account?.id ?? this.#account];
    this.#drawer.update({ library, isOpen, canOpen: account !== undefined, conversation: conversation.conversation, zone: account?.time_zone, clock: clockIn(account?.time_zone) });
  }

  /** Writes down what is to outlive a reload. @param {PageState} page @param {PageState} before */
  static keep({ library }, before) {
    if (library.open !== before.library.open && matchMedia(WideLibrary).matches) keepIn(localStorage, OpenKey, library.open);
  }

  /** While nobody looks, nothing is read: it is when somebody does. */
  #changed() {
    if (this.#wasOpen) this.#library.refresh();
  }

  /** @param {ConversationItem} item */
  #open({ id, title }) {
    if (id === this.#client.conversation) return;
    this.#page.onLeave(id);
    this.#page.onTold(`Opened “${title}”.`);
  }

  /** @param {ConversationItem} item @param {string} title */
  async #rename({ id }, title) {
    const failure = await this.#library.rename(id, title);
    if (failure === null) this.#page.onTold(`Renamed to “${title}”.`);
    return failure;
  }

  /** @param {ConversationItem} item */
  async #delete({ id, title }) {
    const wasOpen = id === this.#pageNow().conversation.conversation;
    const failure = await this.#library.remove(id);
    if (failure !== null) return failure;
    if (wasOpen) {
      this.#page.onLeave(null);
      this.#dispatch({ event: 'noted', data: { message: `“${title}” was deleted. A new conversation begins here.` } });
    } else {
      this.#page.onTold(`Deleted “${title}”.`);
    }
    return null;
  }
}
