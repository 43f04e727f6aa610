/** The whole page as one state: the conversation, the user's things beside it, and who the user is. */
import { initialState, reduce } from './conversation-state.js';
import { NoChanges, reduceChanges } from './changes-state.js';
import { NothingDue, reduceDue } from './due-state.js';
import { emptyLibrary, reduceLibrary } from './library-state.js';
import { noThings, reduceThings } from './things-state.js';
import { reduceVoice, SilentVoice } from './voice-state.js';

/** @import { Changes } from './changes-state.js' */
/** @import { ConversationState } from './conversation-state.js' */
/** @import { Due } from './due-state.js' */
/** @import { LibraryState } from './library-state.js' */
/** @import { PageEvent, Tab } from './page-events.js' */
/** @import { DataChanged, Frame } from './convonet-client.js' */
/** @import { Account, Kind } from './things.js' */
/** @import { Things } from './things-state.js' */
/** @import { Voice } from './voice-state.js' */
/**
 * @typedef {{ open: boolean, tab: Tab, news: Tab[], error: string | null }} Panel `news`: tabs in which something changed that nobody has looked at
 * @typedef {{ account: Account | null | undefined, registrationOpen: boolean, signInWanted: boolean }} Session account: null when nobody is signed in, undefined while that is not known
 * @typedef {{ conversation: ConversationState, things: Things, changes: Changes, due: Due, library: LibraryState, voice: Voice, panel: Panel, session: Session }} PageState
 */

/** @type {Record<string, Tab>} */
const TabOfKind = { todo: 'todos', reminder: 'reminders', event: 'agenda', team: 'teams', member: 'teams' };

/** @type {Record<string, Kind[]>} */
const KindsToRead = {
  todo: ['todos'], reminder: ['reminders'], event: ['events'], team: ['teams', 'todos'], member: ['teams', 'todos'],
};

/** @param {{ conversation?: ConversationState, due?: Due, panelOpen?: boolean, libraryOpen?: boolean }} [kept] @returns {PageState} */
export function initialPage({ conversation = initialState(), due = NothingDue, panelOpen = false, libraryOpen = false } = {}) {
  return {
    conversation, due, library: emptyLibrary(libraryOpen), things: noThings(), changes: NoChanges, voice: SilentVoice,
    panel: { open: panelOpen, tab: 'todos', news: [], error: null },
    session: { account: undefined, registrationOpen: false, signInWanted: false },
  };
}

/** @param {PageState} page @param {Frame | PageEvent} event @param {number} now on a steady clock @param {number} wallClock milliseconds since 1970 @returns {PageState} */
export function reducePage(page, event, now, wallClock) {
  return {
    conversation: reduce(page.conversation, event, now),
    things: reduceThings(page.things, event, now),
    changes: reduceChanges(page.changes, event, wallClock),
    due: reduceDue(page.due, event),
    library: reduceLibrary(page.library, event),
    voice: reduceVoice(page.voice, event, now),
    panel: reducePanel(page.panel, event),
    session: reduceSession(page.session, event),
  };
}

/** The tab that shows what changed. @param {DataChanged} data @returns {Tab | null} */
export function tabOf({ kinds }) {
  return kinds.map(kind => TabOfKind[kind]).find(Boolean) ?? null;
}

/** What is to be read anew after a change, teams that are looked at included. @param {DataChanged} data @param {Things} things @returns {Kind[]} */
export function kindsToRead({ kinds }, things) {
  const members = kinds.some(kind => kind === 'team' || kind === 'member') ? Object.keys(things.members).map(id => /** @type {Kind} */ (`members/${id}`)) : [];
  return [...new Set([...kinds.flatMap(kind => KindsToRead[kind] ?? []), ...members])];
}

/** @param {Panel} panel @param {Frame | PageEvent} event @returns {Panel} */
function reducePanel(panel, { event, data }) {
  switch (event) {
    case 'tab_chosen': return { ...panel, tab: data.tab, news: panel.news.filter(tab => tab !== data.tab), error: null };
    case 'panel_opened': return { ...panel, open: data.open, news: data.open ? panel.news.filter(tab => tab !== panel.tab) : panel.news };
    case 'action_ended': return { ...panel, error: data.message };
    case 'data_changed': return withNews(panel, tabOf(data));
    case 'account_known': return data.account ? panel : { ...panel, news: [], error: null };
    default: return panel;
  }
}

/** @param {Panel} panel @param {Tab | null} tab @returns {Panel} */
function withNews(panel, tab) {
  const seen = tab === null || (panel.open && panel.tab === tab) || panel.news.includes(tab);
  return seen ? panel : { ...panel, news: [...panel.news, tab] };
}

/** @param {Session} session @param {Frame | PageEvent} event @returns {Session} */
function reduceSession(session, { event, data }) {
  switch (event) {
    // Who asked for the form keeps it until somebody else has signed in.
    case 'account_known': return { ...data, signInWanted: session.signInWanted && data.account?.id === session.account?.id };
    case 'sign_in_wanted': return { ...session, signInWanted: data.wanted };
    default: return session;
  }
}
