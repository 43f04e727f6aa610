/** @import { Frame, SnapshotTurn } from './protocol.js' */
/** @typedef {{ id: string, text: string, voice?: boolean }} OutgoingMessage voice: it was spoken */

/** What the server has not confirmed yet, and what is therefore sent again on the next connection: messages in the order in which they were typed, the choice of a provider, a cancel, answers to questions. */
export class Outbox {
  /** @type {OutgoingMessage[]} */
  #messages;
  /** @type {string | null} */
  #chosenProvider = null;
  /** @type {string | null} */
  #provider = null;
  /** @type {number | null} */
  #cancel = null;
  /** @type {Map<string, boolean>} */
  #answers = new Map();
  #changed;

  /**
   * @param {OutgoingMessage[]} messages
   * @param {() => void} changed called when the messages have changed, so that the owner can keep them
   */
  constructor(messages, changed) {
    this.#messages = [...messages];
    this.#changed = changed;
  }

  get messages() { return [...this.#messages]; }

  /** The frames to send again, a cancel first and messages last. */
  get frames() {
    const frames = [];
    if (this.#cancel !== null) frames.push({ event: 'cancel', data: { turn: this.#cancel } });
    if (this.#provider !== null) frames.push({ event: 'set_provider', data: { provider: this.#provider } });
    return [...frames, ...[...this.#answers].map(answerFrame), ...this.#messages.map(messageFrame)];
  }

  /** @param {string} text @param {boolean} [voice] */
  addMessage(text, voice = false) {
    const message = { id: newId(), text, ...voice && { voice } };
    this.#messages.push(message);
    this.#changed();
    return messageFrame(message);
  }

  /** @param {string} provider */
  chooseProvider(provider) {
    this.#chosenProvider = this.#provider = provider;
    return { event: 'set_provider', data: { provider } };
  }

  /** @param {number} [turn] */
  cancelTurn(turn) {
    this.#cancel = turn ?? null;
    return { event: 'cancel', data: turn === undefined ? {} : { turn } };
  }

  /** @param {string} id of the call @param {boolean} yes */
  answer(id, yes) {
    this.#answers.set(id, yes);
    return answerFrame([id, yes]);
  }

  /** In a new conversation no turn of the old one is to be stopped, and the user's choice of a provider is to be made again. @param {string} [providerInUse] */
  beginConversation(providerInUse) {
    this.#cancel = null;
    this.#answers.clear();
    this.#provider = this.#chosenProvider === providerInUse ? null : this.#chosenProvider;
  }

  clearMessages() {
    this.#messages = [];
    this.#changed();
  }

  /** Strikes out what the event confirms or refuses. @param {Frame} frame */
  note({ event, data }) {
    if (event === 'accepted') this.#remove([data.client_msg_id]);
    else if (event === 'snapshot') this.#noteSnapshot(data.turns);
    else if (event === 'agent_tool_result') this.#answers.delete(data.tool_call.id);
    else if (event === 'agent_response') this.#noteEnd(data.turn);
    else if (event === 'interrupted' && data.turn === this.#cancel) this.#cancel = null; // only its speech was left to stop
    else if (event === 'status' && data.code === 'provider' && data.provider === this.#provider) this.#provider = null;
    else if (event === 'error' && data.code === 'unknown_provider') this.#chosenProvider = this.#provider = null;
    else if (event === 'error' && data.code !== 'rate_limited' && data.code !== 'unauthenticated') this.#remove([data.client_msg_id]);
  }

  /** One turn runs at a time, so whatever waits for an answer belongs to the one that ends. @param {number} turn */
  #noteEnd(turn) {
    this.#answers.clear();
    if (turn === this.#cancel) this.#cancel = null;
  }

  /** A snapshot stands for the events that it replaces, also for the end of the turn that was to be stopped. @param {SnapshotTurn[]} turns */
  #noteSnapshot(turns) {
    this.#remove(turns.map(turn => turn.client_msg_id));
    if (!turns.some(({ turn, outcome }) => turn === this.#cancel && !outcome)) this.#cancel = null;
    const open = turns.filter(({ outcome }) => !outcome).flatMap(({ tools = [] }) => tools.filter(({ outcome }) => !outcome).map(({ id }) => id));
    for (const id of this.#answers.keys()) if (!open.includes(id)) this.#answers.delete(id);
  }

  /** @param {(string | undefined)[]} ids */
  #remove(ids) {
    const left = this.#messages.filter(message => !ids.includes(message.id));
    if (left.length === this.#messages.length) return;
    this.#messages = left;
    this.#changed();
  }
}

/** @param {OutgoingMessage} message */
function messageFrame({ id, text, voice }) {
  return { event: 'user_message', data: { text, client_msg_id: id, ...voice && { voice } } };
}

/** @param {[string, boolean]} answer */
function answerFrame([id, yes]) {
  return { event: 'confirm', data: { id, yes } };
}

/** 96 random bits. Not `crypto.randomUUID`, which is missing on pages served over plain HTTP from another machine. */
function newId() {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(12));
  return 'm_' + Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}
