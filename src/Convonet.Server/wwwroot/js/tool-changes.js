/**
 * What the calls of this tab's conversations changed, so that a call's card can offer to take it back. It is told once, beside the conversation's events, and so it
 * is kept over a reload; what this tab was not told the server is asked for.
 */

/** @import { ConversationState, Turn } from './conversation-state.js' */
/** @import { Undo, UndoState } from './page-events.js' */
/** @import { DataChanged } from './convonet-client.js' */
/** @import { Kind, PastChange } from './things.js' */
/** @typedef {{ id: string, state: UndoState, message?: string }} Change */
/** @typedef {Record<string, Change>} ToolChanges by turn and call */

const MostKept = 100;

/**
 * Notes what a call changed. Ids of calls are unique in a conversation only, and this event comes for all conversations of the user, so it counts for a
 * call of the running turn alone.
 * @param {ConversationState} state @param {Turn | null} running @param {DataChanged} data @returns {ConversationState}
 */
export function noteChange(state, running, { change: made }) {
  if (!made?.call_id || !running?.tools.some(tool => tool.id === made.call_id && tool.name === made.tool)) return state;
  const entries = [...Object.entries(state.changes), [keyOf(running, made.call_id), { id: made.id, state: 'done' }]];
  return related(state, Object.fromEntries(entries.slice(-MostKept)));
}

/** @param {ConversationState} state @param {Undo} undo @returns {ConversationState} */
export function noteUndo(state, undo) {
  const entries = Object.entries(state.changes);
  if (!entries.some(([, { id }]) => id === undo.id)) return state;
  return related(state, Object.fromEntries(entries.map(([key, change]) => [key, change.id === undo.id ? undo : change])));
}

/** What another tab took back. @param {ConversationState} state @param {PastChange[]} items the server's list */
export function noteUndone(state, items) {
  return items.filter(({ undone }) => undone).reduce((it, { id }) => noteUndo(it, { id, state: 'undone' }), state);
}

/** What the calls of a conversation changed, as the API names it. @param {string | null} conversation @returns {Kind} */
export function changesOf(conversation) {
  return `changes?conversation=${encodeURIComponent(conversation ?? '')}`;
}

/** What this tab was not told. Ids of calls are unique in their conversation. @param {ConversationState} state @param {PastChange[]} items the server's list for this conversation, the newest first */
export function noteKept(state, items) {
  const missed = items.flatMap(({ id, call_id, undone, can_undo }) => {
    const turn = state.turns.find(({ conversation, tools }) => conversation === state.conversation && tools.some(tool => tool.id === call_id));
    const key = turn && call_id ? keyOf(turn, call_id) : null;
    return key === null || key in state.changes || !(undone || can_undo) ? [] : [/** @type {const} */ ([key, { id, state: undone ? 'undone' : 'done' }])];
  });
  if (missed.length === 0) return noteUndone(state, items);
  return noteUndone(related(state, Object.fromEntries([...missed.reverse(), ...Object.entries(state.changes)].slice(-MostKept))), items);
}

/** Gives each call its change. @param {Turn} turn @param {ToolChanges} changes @returns {Turn} */
export function withChanges(turn, changes) {
  if (turn.tools.every(tool => tool.change === changes[keyOf(turn, tool.id)])) return turn;
  return { ...turn, tools: turn.tools.map(tool => ({ ...tool, change: changes[keyOf(turn, tool.id)] })) };
}

/** Changes as they were kept: a request that was under way then is not any more. @param {any} kept @returns {ToolChanges} */
export function keptChanges(kept) {
  const entries = Object.entries(kept ?? {}).filter(([, change]) => typeof change?.id === 'string' && typeof change.state === 'string');
  return Object.fromEntries(entries.map(([key, change]) => [key, change.state === 'undoing' ? { ...change, state: 'done' } : change]));
}

/** @param {ConversationState} state @param {ToolChanges} changes @returns {ConversationState} */
function related(state, changes) {
  return { ...state, changes, turns: state.turns.map(turn => withChanges(turn, changes)) };
}

/** @param {Turn} turn @param {string} call */
function keyOf({ key }, call) {
  return `${key}/${call}`;
}
