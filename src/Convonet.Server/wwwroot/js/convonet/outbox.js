/** @import { ClientFrame, ClientUserMessage } from './events.js' */
/** @import { Frame, SnapshotTurn } from './protocol.js' */
/** @typedef {{ id: string, text: string, voice?: boolean, interrupts?: boolean }} OutgoingMessage voice: it was spoken; interrupts: what runs and waits is to make way for it */

/** Refusals of a message that hold for now only: it is kept, and sent again later. */
export const RefusedForNow = ['busy', 'overloaded', 'storage_unavailable', 'rate_limited'];

const Kept = [...RefusedForNow, 'unauthenticated'];

/** What the server has not confirmed yet, and what is therefore sent again on the next connection: messages in the order in which they were typed, the choice of a provider, turns to be stopped, answers to questions. */
export class Outbox {
  /** @type {OutgoingMessage[]} */
  #messages;
  /** @type {string | null} */
  #chosenProvider = null;
  /** @type {string | null} */
  #provider = null;
  /** Turns to be stopped. @type {Set<number>} */
  #cancels;
  /** Messages that were withdrawn while nobody knew whether the server had them. @type {Set<string>} */
  #withdrawn = new Set();
  /** @type {Map<string, boolean>} */
  #answers = new Map();
  #changed;

  /**
   * @param {{ messages?: OutgoingMessage[], cancels?: number[] }} kept
   * @param {() => void} changed called when the messages or the turns to be stopped have changed, so that the owner can keep them
   */
  constructor({ messages = [], cancels = [] }, changed) {
    this.#messages = [...messages];
    this.#cancels = new Set(cancels);
    this.#changed = changed;
  }

  get messages() { return [...this.#messages]; }

  get cancels() { return [...this.#cancels]; }

  /** The frames to send again, what is to be stopped first and messages last. @returns {ClientFrame[]} */
  get frames() {
    return [...this.urgentFrames, ...this.#messages.map(messageFrame)];
  }

  /** The same without the messages. */
  get urgentFrames() {
    /** @type {ClientFrame[]} */
    const frames = this.cancels.map(cancelFrame);
    if (this.#provider !== null) frames.push({ event: 'set_provider', data: { provider: this.#provider } });
    return [...frames, ...[...this.#answers].map(answerFrame)];
  }

  /** @param {string} text @param {{ voice?: boolean, interrupts?: boolean }} [how] */
  addMessage(text, { voice = false, interrupts = false } = {}) {
    const message = { id: newId(), text, ...voice && { voice }, ...interrupts && { interrupts } };
    this.#messages.push(message);
    this.#changed();
    return messageFrame(message);
  }

  /** Takes a message back. Should the server have taken it all the same, `note` says which turn it is. @param {string} id */
  withdraw(id) {
    if (this.#messages.some(message => message.id === id)) this.#withdrawn.add(id);
    this.#remove([id]);
  }

  /** @param {string} provider @returns {ClientFrame} */
  chooseProvider(provider) {
    this.#chosenProvider = this.#provider = provider;
    return { event: 'set_provider', data: { provider } };
  }

  /** @param {number} [turn] @returns {ClientFrame} */
  cancelTurn(turn) {
    if (turn === undefined) return { event: 'cancel', data: {} };
    this.#cancels.add(turn);
    this.#changed();
    return cancelFrame(turn);
  }

  /** @param {string} id of the call @param {boolean} yes */
  answer(id, yes) {
    this.#answers.set(id, yes);
    return answerFrame([id, yes]);
  }

  /** In a new conversation no turn of the old one is to be stopped, and the user's choice of a provider is to be made again. @param {string} [providerInUse] */
  beginConversation(providerInUse) {
    this.#cancels.clear();
    this.#answers.clear();
    this.#provider = this.#chosenProvider === providerInUse ? null : this.#chosenProvider;
  }

  clearMessages() {
    this.#messages = [];
    this.#changed();
  }

  /** Strikes out what the event confirms or refuses. Returns the turn of a message that was withdrawn too late. @param {Frame} frame @returns {number | null} */
  note({ event, data }) {
    if (event === 'accepted') {
      this.#remove([data.client_msg_id]);
      return this.#withdrawn.delete(data.client_msg_id ?? '') ? data.turn : null;
    }
    this.#noteRest(/** @type {Frame} */ ({ event, data }));
    return null;
  }

  /** @param {Frame} frame */
  #noteRest({ event, data }) {
    if (event === 'snapshot') this.#noteSnapshot(data.turns);
    else if (event === 'agent_tool_result') this.#answers.delete(data.tool_call.id);
    else if (event === 'agent_response') this.#noteEnd(data.turn);
    else if (event === 'interrupted') this.#stopped(data.turn); // only its speech was left to stop
    else if (event === 'status' && data.code === 'provider' && data.provider === this.#provider) this.#provider = null;
    else if (event === 'error' && data.code === 'unknown_provider') this.#chosenProvider = this.#provider = null;
    else if (event === 'error' && !Kept.includes(data.code)) this.#remove([data.client_msg_id]);
  }

  /** One turn runs at a time, so whatever waits for an answer belongs to the one that ends. @param {number} turn */
  #noteEnd(turn) {
    this.#answers.clear();
    this.#stopped(turn);
  }

  /** @param {number} turn */
  #stopped(turn) {
    if (this.#cancels.delete(turn)) this.#changed();
  }

  /** A snapshot stands for the events that it replaces, also for the end of the turn that was to be stopped. @param {SnapshotTurn[]} turns */
  #noteSnapshot(turns) {
    this.#remove(turns.map(turn => turn.client_msg_id));
    for (const cancel of this.cancels) if (!turns.some(({ turn, outcome }) => turn === cancel && !outcome)) this.#stopped(cancel);
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

/** @param {OutgoingMessage} message @returns {{ event: 'user_message', data: ClientUserMessage & { client_msg_id: string } }} */
function messageFrame({ id, text, voice, interrupts }) {
  return { event: 'user_message', data: { text, client_msg_id: id, ...voice && { voice }, ...interrupts && { when_busy: 'interrupt' } } };
}

/** @param {number} turn @returns {ClientFrame} */
function cancelFrame(turn) {
  return { event: 'cancel', data: { turn } };
}

/** @param {[string, boolean]} answer @returns {ClientFrame} */
function answerFrame([id, yes]) {
  return { event: 'confirm', data: { id, yes } };
}

/** 96 random bits. Not `crypto.randomUUID`, which is missing on pages served over plain HTTP from another machine. */
function newId() {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(12));
  return 'm_' + Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}
