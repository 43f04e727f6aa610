import { ApiError } from './api.js';
import { systemClock } from './convonet-client.js';

/** @import { Api } from './api.js' */
/** @import { Clock } from './convonet-client.js' */
/** @import { LibraryState } from './library-state.js' */
/** @import { PageEvent } from './page-events.js' */
/** @import { ConversationItem } from './things.js' */

export const PageSize = 40;
const PauseMs = 250; // in typing, before it is searched for

/** Reads the list of the user's conversations, page by page, and changes what is in it. What comes of it is told as events. */
export class Library {
  #api;
  #dispatch;
  #stateNow;
  #clock;
  /** @type {any} */
  #timer = null;
  /** Counts the readings: the answer of one that another has overtaken is dropped. */
  #reading = 0;
  #underway = false;
  #again = false;

  /** @param {{ api: Api, dispatch: (event: PageEvent) => void, stateNow: () => LibraryState, clock?: Clock }} page */
  constructor({ api, dispatch, stateNow, clock = systemClock }) {
    this.#api = api;
    this.#dispatch = dispatch;
    this.#stateNow = stateNow;
    this.#clock = clock;
  }

  /** Reads anew as many as there are. What changes meanwhile is one more reading, after this one. */
  refresh() {
    if (this.#underway) this.#again = true;
    else void this.#read(false);
  }

  /** Looks for what the user types, when they pause. @param {string} search */
  search(search) {
    this.#dispatch({ event: 'library_searched', data: { search } });
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(() => void this.#read(false), PauseMs);
  }

  /** Reads what comes after the end of the list. */
  older() {
    const { search, found } = this.#stateNow();
    if (!this.#underway && search === found) void this.#read(true);
  }

  /** Nobody waits any more for what is under way; it may be somebody else's. */
  forget() {
    this.#clock.clearTimeout(this.#timer);
    this.#reading += 1;
    this.#underway = this.#again = false;
    this.#dispatch({ event: 'library_forgotten', data: {} });
  }

  /** @param {string} id @param {string} title @returns {Promise<string | null>} why it could not be done */
  rename(id, title) {
    return this.#attempt(() => this.#api.patch(pathOf(id), { title }));
  }

  /** @param {string} id @returns {Promise<string | null>} why it could not be done */
  remove(id) {
    return this.#attempt(async () => {
      try {
        await this.#api.delete(pathOf(id));
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 404)) throw error; // another tab was quicker
      }
    });
  }

  /** @param {() => Promise<any>} act */
  async #attempt(act) {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return error.message;
    }
    this.refresh();
    return null;
  }

  /** @param {boolean} older */
  async #read(older) {
    const reading = this.#reading += 1;
    [this.#underway, this.#again] = [true, false];
    const { search, found, items: shown = [] } = this.#stateNow();
    const items = search === found ? shown : [];
    this.#dispatch({ event: 'library_asked', data: { older } });
    /** @type {PageEvent} */
    let answer;
    try {
      answer = { event: 'library_read', data: { search, ...await this.#pages(search, older ? items : [], older ? items.length + 1 : items.length) } };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      answer = { event: 'library_failed', data: { message: error.message } };
    }
    if (reading !== this.#reading) return;
    this.#underway = false;
    this.#dispatch(answer);
    if (this.#again) this.refresh();
  }

  /**
   * Reads on until there are so many, or there are no more.
   * @param {string} search @param {ConversationItem[]} known @param {number} wanted
   */
  async #pages(search, known, wanted) {
    const items = [...known];
    let more = true;
    do {
      const last = items[items.length - 1];
      const query = new URLSearchParams({ limit: String(PageSize), ...search.trim() && { search: search.trim() }, ...last && { before: last.used_at, before_id: last.id } });
      /** @type {ConversationItem[]} */
      const page = await this.#api.get(`api/conversations?${query}`);
      const ids = new Set(items.map(({ id }) => id));
      items.push(...page.filter(({ id }) => !ids.has(id)));
      more = page.length === PageSize;
    } while (more && items.length < wanted);
    return { items, more };
  }
}

/** @param {string} id */
function pathOf(id) {
  return `api/conversations/${encodeURIComponent(id)}`;
}

/** Where all of a conversation can be had as a file. @param {string} id @param {'markdown' | 'json'} format */
export function exportPath(id, format) {
  return `${pathOf(id)}/export?format=${format}`;
}
