/** @import { AgentResponse, TurnView } from './events.js' */
/** @import { Frame } from './protocol.js' */

/**
 * The turns whose end was not told yet, and what was told of their text. A snapshot stands for the events that it replaces; what of them is missing here is made of it, so
 * that who waits for the end of an answer need not read snapshots. Of a conversation that was deleted nothing comes any more, so what is not ended then ends here.
 */
export class Unfinished {
  /** @type {string | null} */
  #conversation = null;
  /** The text of each turn. @type {Map<number, string>} */
  #told = new Map();

  /** Notes what comes. Returns the events that a snapshot leaves out. @param {Frame} frame @param {string[]} unaccepted ids of messages that the server has not accepted so far @returns {Frame[]} */
  note({ event, data, seq }, unaccepted) {
    if (event === 'accepted' && seq !== undefined) { // without a number it repeats what was told, perhaps of a turn that has ended
      this.#follow(data.conversation);
      this.#told.set(data.turn, '');
    } else if (event === 'agent_stream_chunk' && data.type === 'text') {
      const told = this.#told.get(data.turn);
      if (told !== undefined) this.#told.set(data.turn, told + data.text);
    } else if (event === 'agent_response') {
      this.#told.delete(data.turn);
    } else if (event === 'snapshot') {
      this.#follow(data.conversation);
      return data.turns.flatMap(turn => this.#missing(turn, data, unaccepted.includes(turn.client_msg_id)));
    } else if (event === 'error' && data.code === 'unknown_conversation' && !data.client_msg_id) { // the answer to a resume: it was deleted
      const lost = [...this.#told].map(([turn, text]) => ({ turn, text, error: { code: data.code, message: data.message, retryable: true } }));
      this.#told.clear();
      return lost.map(view => ({ event: 'agent_response', data: endOf(view, 'cancelled', '') }));
    }
    return [];
  }

  /** The conversation was left: what becomes of its turns is not told here any more. */
  leave() { this.#told.clear(); }

  /** @param {string} conversation */
  #follow(conversation) {
    if (conversation !== this.#conversation) this.#told.clear();
    this.#conversation = conversation;
  }

  /** @param {TurnView} view @param {{ conversation: string, provider: string }} snapshot @param {boolean} isNew whether it is not known yet that it was accepted @returns {Frame[]} */
  #missing(view, { conversation, provider: usual }, isNew) {
    const { turn, client_msg_id, user, text, outcome, provider = usual } = view;
    const told = this.#told.get(turn) ?? (isNew ? '' : undefined);
    if (told === undefined) return [];
    /** @type {Frame[]} */
    const missing = [];
    if (isNew) missing.push({ event: 'accepted', data: { client_msg_id, turn, text: user, provider, conversation } });
    if (text.length > told.length && text.startsWith(told)) missing.push({ event: 'agent_stream_chunk', data: { type: 'text', text: text.slice(told.length), turn } });
    if (outcome) missing.push({ event: 'agent_response', data: endOf(view, outcome, provider) });
    if (outcome) this.#told.delete(turn);
    else this.#told.set(turn, text); // what follows is appended to this
    return missing;
  }
}

/** What is not known of a turn of an earlier process is empty. @param {Pick<TurnView, 'turn' | 'text'> & Partial<TurnView>} view @param {AgentResponse['outcome']} outcome @param {string} provider @returns {AgentResponse} */
function endOf({ turn, text, error, model = '', emulated = false, timing = { total_ms: 0 }, usage }, outcome, provider) {
  const success = outcome === 'completed' || (outcome === 'truncated' && text !== '');
  return { success, text, turn, outcome, ...error && { error }, provider, model, emulated, timing, ...usage && { usage }, audio: null };
}
