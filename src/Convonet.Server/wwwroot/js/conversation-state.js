/**
 * The view model of a conversation, as a pure function of its events: `state = reduce(state, frame, now)`. It gives the same result for events that come live,
 * for the same events replayed after a cut, and (as far as it tells) for a snapshot. Nothing is changed in place, so a view can compare by reference.
 */

import { RefusedForNow } from './convonet-client.js';
import { changesOf, noteChange, noteKept, noteUndo, noteUndone, withChanges } from './tool-changes.js';

/** @import { Accepted, AgentResponse, Connected, ErrorData, Frame, Provider, Snapshot, SnapshotTurn, Status, TextChunk, Timing, ToolChunk, ToolConfirmation, ToolOutcome, ToolProgress, ToolResult, TurnError, TurnOutcome, UsageView } from './convonet-client.js' */
/** @import { PageEvent } from './page-events.js' */
/** @import { Change, ToolChanges } from './tool-changes.js' */
/**
 * @typedef {object} Tool
 * @property {string} id
 * @property {string} name
 * @property {unknown} args
 * @property {'asked' | 'running' | ToolOutcome} state
 * @property {string} [message] what the tool said about its progress
 * @property {unknown} [result]
 * @property {number} [startMs] from the turn's start
 * @property {number} [startedAt] on the clock of `now`
 * @property {number} [elapsedMs]
 * @property {number} [limitMs]
 * @property {Question} [question] while the call waits for the user's yes
 * @property {Change} [change] what the call changed, which can be taken back
 *
 * @typedef {{ expiresAt: number, answer: boolean | null }} Question `expiresAt` is on the clock of `now`; infinite where that is not known
 *
 * @typedef {{ kind: 'text', text: string } | { kind: 'tools', ids: string[] }} Part text and tool calls in the order in which they came
 *
 * @typedef {object} Turn
 * @property {string} key unique also among turns of an earlier conversation that the server forgot
 * @property {string} conversation
 * @property {number} turn
 * @property {string} user
 * @property {Part[]} parts
 * @property {Tool[]} tools
 * @property {string} text what the answer says so far
 * @property {string | null} status a quiet line that holds until content comes
 * @property {TurnOutcome | null} outcome null while the turn runs or waits
 * @property {number} [heard] characters of the text, where the user interrupted its speech
 * @property {string} [provider]
 * @property {string} [model]
 * @property {boolean} [emulated]
 * @property {TurnError} [error]
 * @property {Timing} [timing]
 * @property {UsageView} [usage]
 * @property {number} startedAt the best estimate of the turn's start, on the clock of `now`
 *
 * @typedef {{ id: string, text: string, error: string | null, waits?: string }} Pending a message that the server has not accepted; `waits`: the code with which it refused it for now, so that it is sent again
 *
 * @typedef {object} ConversationState
 * @property {string | null} conversation
 * @property {number} epoch
 * @property {number} seq
 * @property {string | null} provider
 * @property {Provider[]} providers
 * @property {number} messageChars
 * @property {Turn[]} turns
 * @property {Pending[]} pending
 * @property {ToolChanges} changes
 * @property {string | null} notice
 */

/** Shown until the answer goes on, when another process took it up. */
const GoesOn = 'The server changed while this was answered. The answer goes on.';

/** Shown under an answer that went on and ended while nobody was connected, with other words than were on show. */
const SaidAnew = 'The server changed while this was answered, and the last words were said anew.';

const StopsLater = 'Stops as soon as the connection is back.';

/** The client and the page deal with them; of `unknown_call`, an answer that came too late, the call's result tells. */
const QuietErrors = ['unknown_conversation', 'rate_limited', 'unauthenticated', 'unknown_call', 'speech_unavailable', 'not_recording'];

/**
 * @param {{ conversation?: string | null, epoch?: number, pending?: { id: string, text: string }[], changes?: ToolChanges }} [kept] what was kept over a reload
 * @returns {ConversationState}
 */
export function initialState({ conversation = null, epoch = 0, pending = [], changes = {} } = {}) {
  return {
    conversation, epoch, seq: 0, provider: null, providers: [], messageChars: 8000, turns: [], changes,
    pending: pending.map(({ id, text }) => ({ id, text, error: null })), notice: null,
  };
}

/** The turn that is being answered; those after it wait in line. @param {ConversationState} state */
export function runningTurn(state) {
  return state.turns.find(turn => turn.outcome === null) ?? null;
}

/**
 * @param {ConversationState} state
 * @param {Frame | PageEvent} frame
 * @param {number} [now] milliseconds on any steady clock
 * @returns {ConversationState}
 */
export function reduce(state, frame, now = 0) {
  if (!('seq' in frame) || frame.seq === undefined) return apply(state, frame, now);
  if (frame.epoch !== undefined && frame.epoch !== state.epoch) {
    // Numbers that were shown could not be kept, so what they brought is told anew.
    const turns = state.turns.filter(turn => turn.conversation !== state.conversation);
    state = { ...state, epoch: frame.epoch, seq: 0, turns };
  }
  return frame.seq <= state.seq ? state : { ...apply(state, frame, now), seq: frame.seq };
}

/** @param {ConversationState} state @param {Frame | PageEvent} frame @param {number} now @returns {ConversationState} */
function apply(state, { event, data }, now) {
  switch (event) {
    case 'connected': return connected(state, data);
    case 'queued': return { ...state, notice: null, pending: [...state.pending, { id: data.client_msg_id, text: data.text, error: null }] };
    case 'accepted': return accepted(state, data, now);
    case 'withdrawn': return { ...state, pending: state.pending.filter(message => message.id !== data.client_msg_id) };
    case 'agent_stream_chunk': return change(state, data.turn, now, turn => data.type === 'tool' ? toolStarted(turn, data, now) : appendText(turn, data));
    case 'agent_tool_progress': return change(state, data.turn, now, turn => toolProgress(turn, data));
    case 'agent_tool_result': return change(state, data.turn, now, turn => toolEnded(turn, data, now));
    case 'tool_confirmation': return change(state, data.turn, now, turn => asked(turn, data, now));
    case 'tool_answered': return { ...state, turns: state.turns.map(turn => answered(turn, data)) };
    case 'data_changed': return noteChange(state, runningTurn(state), data);
    case 'undo': return noteUndo(state, data);
    case 'loaded': return data.kind === 'changes' ? noteUndone(state, data.items) : data.kind === changesOf(state.conversation) ? noteKept(state, data.items) : state;
    case 'agent_response': return change(state, data.turn, now, turn => ended(turn, data));
    case 'interrupted': return spoken(state, data.turn, { heard: data.heard });
    case 'turn_usage': return spoken(state, data.turn, { usage: data.usage });
    case 'status': return told(state, data, now);
    case 'snapshot': return replaced(state, data, now);
    case 'error': return refused(state, data);
    case 'conversation_lost': return lost(state, data);
    case 'stop_waits': return change(state, data.turn, now, turn => ({ ...turn, status: StopsLater }));
    case 'noted': return { ...state, notice: data.message };
    case 'reset': return left(state, data);
    default: return state;
  }
}

/** @param {ConversationState} state @param {Connected} data */
function connected(state, { conversation, signed_in, epoch, provider, providers, limits }) {
  const known = { ...state, providers, messageChars: limits?.message_chars ?? state.messageChars };
  if (signed_in === false) return known;
  // With a conversation of ours, the client resumes that one, and this connection's own stays unused.
  return state.conversation === null ? { ...known, conversation, epoch, provider } : { ...known, provider: state.provider ?? provider };
}

/** @param {ConversationState} state @param {Accepted} data @param {number} now */
function accepted(state, { client_msg_id, turn, text, provider }, now) {
  const pending = state.pending.filter(message => message.id !== client_msg_id);
  const known = { ...state, pending, provider: provider ?? state.provider };
  return change(known, turn, now, it => ({ ...it, user: text, provider: provider ?? it.provider }));
}

/** @param {Turn} turn @param {TextChunk} data @returns {Turn} */
function appendText(turn, { text }) {
  const last = turn.parts.at(-1);
  /** @type {Part[]} */
  const parts = last?.kind === 'text'
    ? [...turn.parts.slice(0, -1), { kind: 'text', text: last.text + text }]
    : [...turn.parts, { kind: 'text', text }];
  return { ...turn, parts, text: turn.text + text, status: null };
}

/** @param {Turn} turn @param {ToolChunk} data @param {number} now */
function toolStarted(turn, { tool_call, at_ms }, now) {
  const startedAt = at_ms === undefined ? now : startOf(turn, at_ms, now) + at_ms;
  return withTool({ ...turn, startedAt: startOf(turn, at_ms, now), status: null }, tool_call,
    { args: tool_call.args, state: 'running', startMs: at_ms, startedAt });
}

/** @param {Turn} turn @param {ToolProgress} data */
function toolProgress(turn, { tool_call, state, message }) {
  const known = turn.tools.find(tool => tool.id === tool_call.id);
  if (known && known.state !== 'asked' && known.state !== 'running') return turn;
  // 'asked' may not take a running call back to before its start.
  return withTool({ ...turn, status: null }, tool_call, { state: known?.state === 'running' ? 'running' : state, message: message ?? known?.message, ...(state === 'running' && { question: undefined }) });
}

/** @param {Turn} turn @param {ToolResult} data @param {number} now */
function toolEnded(turn, { tool_call, outcome, result, elapsed_ms, limit_ms, at_ms }, now) {
  return withTool({ ...turn, startedAt: startOf(turn, at_ms, now), status: null }, tool_call,
    { state: outcome, result, elapsedMs: elapsed_ms, limitMs: limit_ms, question: undefined });
}

/** @param {Turn} turn @param {ToolConfirmation} data @param {number} now */
function asked(turn, { tool_call, expires_ms }, now) {
  return withTool({ ...turn, status: null }, tool_call, { args: tool_call.args, question: { expiresAt: now + expires_ms, answer: null } });
}

/** The user's answer, which counts as given before the server has taken it. @param {Turn} turn @param {{ id: string, yes: boolean }} data @returns {Turn} */
function answered(turn, { id, yes }) {
  const open = turn.outcome === null && turn.tools.some(tool => tool.id === id && tool.question);
  return open ? { ...turn, tools: turn.tools.map(tool => tool.id === id && tool.question ? { ...tool, question: { ...tool.question, answer: yes } } : tool) } : turn;
}

/** A replayed event comes late, never early: the earliest start that any event speaks for is the closest. @param {Turn} turn @param {number | undefined} atMs @param {number} now */
function startOf(turn, atMs, now) {
  return atMs === undefined ? turn.startedAt : Math.min(turn.startedAt, now - atMs);
}

/** @param {Turn} turn @param {{ id: string, name: string }} call @param {Partial<Tool>} changes @returns {Turn} */
function withTool(turn, { id, name }, changes) {
  if (turn.tools.some(tool => tool.id === id)) {
    return { ...turn, tools: turn.tools.map(tool => tool.id === id ? { ...tool, ...changes } : tool) };
  }
  const last = turn.parts.at(-1);
  /** @type {Part[]} */
  const parts = last?.kind === 'tools'
    ? [...turn.parts.slice(0, -1), { kind: 'tools', ids: [...last.ids, id] }]
    : [...turn.parts, { kind: 'tools', ids: [id] }];
  return { ...turn, parts, tools: [...turn.tools, { id, name, args: undefined, state: 'asked', ...changes }] };
}

/** @param {Turn} turn @param {AgentResponse} data @returns {Turn} */
function ended(turn, { text, outcome, error, provider, model, emulated, timing, usage }) {
  const tools = turn.tools.map(tool => tool.state === 'asked' || tool.state === 'running' ? { ...tool, state: /** @type {const} */ ('cancelled'), question: undefined } : tool);
  const whole = turn.text === text ? turn : withText(turn, text);
  return { ...whole, tools, outcome, error, provider: provider ?? turn.provider, model, emulated, timing, usage, status: null };
}

/** The response is the last word on what was said. @param {Turn} turn @param {string} text */
function withText(turn, text) {
  if (text.startsWith(turn.text)) return appendText(turn, { type: 'text', turn: turn.turn, text: text.slice(turn.text.length) });
  return appendText({ ...turn, text: '', parts: turn.parts.filter(part => part.kind !== 'text') }, { type: 'text', turn: turn.turn, text });
}

/** A turn may long have ended while it was still being spoken. @param {ConversationState} state @param {number} turn @param {Partial<Turn>} changes */
function spoken(state, turn, changes) {
  const key = turnKey(state.conversation, turn);
  return { ...state, turns: state.turns.map(it => it.key === key ? { ...it, ...changes } : it) };
}

/** @param {ConversationState} state @param {Status} data @param {number} now */
function told(state, { code, message, turn, provider }, now) {
  if (code === 'speech_failed' || code === 'speech_overloaded') return state; // the text is there
  if (code === 'provider' || code === 'resumed') return { ...state, provider: provider ?? state.provider };
  const number = turn ?? runningTurn(state)?.turn;
  return number === undefined ? state : change(state, number, now, it => ({ ...it, status: message, provider: provider ?? it.provider }));
}

/** @param {ConversationState} state @param {ErrorData} data */
function refused(state, { code, message, client_msg_id }) {
  if (QuietErrors.includes(code)) return state;
  const pending = state.pending.map(it => it.id !== client_msg_id ? it : RefusedForNow.includes(code) ? { ...it, waits: code } : { ...it, error: message });
  return { ...state, pending, notice: client_msg_id ? state.notice : message };
}

/** Of what was deleted nothing stays on show; what was not accepted yet is said in the new conversation. @param {ConversationState} state @param {{ conversation: string, epoch: number, provider: string }} data @returns {ConversationState} */
function lost(state, { conversation, epoch, provider }) {
  const notice = 'The earlier conversation was deleted, or the server no longer has it. A new one begins here.';
  return { ...state, conversation, epoch, provider, seq: 0, turns: [], notice };
}

/** What calls have changed is remembered by conversation: the one that is opened may be one of before. @param {ConversationState} state @param {{ conversation: string | null }} data @returns {ConversationState} */
function left({ provider, providers, messageChars, changes }, { conversation }) {
  return { ...initialState({ conversation, changes }), provider, providers, messageChars };
}

/** @param {ConversationState} state @param {Snapshot} data @param {number} now @returns {ConversationState} */
function replaced(state, { conversation, epoch, seq, provider, turns }, now) {
  const ids = new Set(turns.map(turn => turn.client_msg_id));
  const kept = state.turns.filter(turn => turn.conversation !== conversation && turn.conversation !== state.conversation);
  return {
    ...state, conversation, epoch, seq, provider: provider ?? state.provider,
    turns: [...kept, ...turns.map(turn => withChanges(fromSnapshot(conversation, turn, now, state.turns.find(shown => shown.key === turnKey(conversation, turn.turn))), state.changes))],
    pending: state.pending.filter(message => !ids.has(message.id)),
  };
}

/** @param {string} conversation @param {SnapshotTurn} data @param {number} now @param {Turn} [shown] what was on show of it @returns {Turn} */
function fromSnapshot(conversation, { turn, user, text, tools = [], outcome, heard, error, provider, model, emulated, timing, usage, superseded }, now, shown) {
  let it = { ...newTurn(conversation, turn, now), user };
  const say = (/** @type {number} */ to) => { if (to > it.text.length) it = appendText(it, { type: 'text', turn, text: text.slice(it.text.length, to) }); };
  for (const { id, name, args, result, elapsed_ms, limit_ms, at = 0, at_ms, outcome: state = 'running', awaits_confirmation, expires_ms = Infinity } of tools) {
    say(at);
    const question = awaits_confirmation ? { expiresAt: now + expires_ms, answer: null } : undefined;
    it = withTool(it, { id, name }, { args, state, result, elapsedMs: elapsed_ms, limitMs: limit_ms, startMs: at_ms, startedAt: now, question });
  }
  say(text.length);
  const jumped = shown !== undefined && !text.startsWith(shown.text);
  const status = outcome === undefined ? (superseded === undefined ? null : GoesOn) : jumped ? SaidAnew : null;
  return { ...it, status, outcome: outcome ?? null, heard: heard ?? undefined, error, provider, model, emulated, timing, usage };
}

/** @param {ConversationState} state @param {number} number @param {number} now @param {(turn: Turn) => Turn} to */
function change(state, number, now, to) {
  const key = turnKey(state.conversation, number);
  const known = state.turns.some(turn => turn.key === key);
  const turns = known ? state.turns : [...state.turns, newTurn(state.conversation, number, now)];
  return { ...state, turns: turns.map(turn => turn.key === key && turn.outcome === null ? withChanges(to(turn), state.changes) : turn) };
}

/** @param {string | null} conversation @param {number} turn @param {number} now @returns {Turn} */
function newTurn(conversation, turn, now) {
  return { key: turnKey(conversation, turn), conversation: conversation ?? '', turn, user: '', parts: [], tools: [], text: '', status: null, outcome: null, startedAt: now };
}

/** @param {string | null} conversation @param {number} turn */
function turnKey(conversation, turn) {
  return `${conversation ?? ''}/${turn}`;
}
