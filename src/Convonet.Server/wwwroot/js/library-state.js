/** @import { PageEvent } from './page-events.js' */
/** @import { Frame } from './convonet-client.js' */
/** @import { ConversationItem } from './things.js' */
/**
 * The list of the user's conversations, as far as it was read.
 * @typedef {object} LibraryState
 * @property {boolean} open
 * @property {string} search what is searched for
 * @property {string} found what was searched for when `items` were read
 * @property {ConversationItem[]} [items] the newest first; undefined while they were not read
 * @property {boolean} more whether there are older ones
 * @property {'list' | 'older' | null} reading
 * @property {string | null} failure why it could not be read
 */

/** @param {boolean} open @returns {LibraryState} */
export function emptyLibrary(open) {
  return { open, search: '', found: '', items: undefined, more: false, reading: null, failure: null };
}

/** What was read stays until what replaces it is there, so that nothing jumps. @param {LibraryState} library @param {Frame | PageEvent} event @returns {LibraryState} */
export function reduceLibrary(library, { event, data }) {
  switch (event) {
    case 'library_opened': return { ...library, open: data.open };
    case 'library_searched': return { ...library, search: data.search };
    case 'library_asked': return { ...library, reading: data.older ? 'older' : 'list' };
    case 'library_read': return { ...library, found: data.search, items: merged(library.items, data.items), more: data.more, reading: null, failure: null };
    case 'library_failed': return { ...library, reading: null, failure: data.message };
    case 'library_forgotten': return emptyLibrary(library.open);
    case 'account_known': return data.account ? library : emptyLibrary(library.open);
    default: return library;
  }
}

/** What did not change keeps its identity. @param {ConversationItem[] | undefined} before @param {ConversationItem[]} items */
function merged(before = [], items) {
  const known = new Map(before.map(item => [item.id, item]));
  return items.map(item => {
    const it = known.get(item.id);
    return it && JSON.stringify(it) === JSON.stringify(item) ? it : item;
  });
}
