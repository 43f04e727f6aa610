// A conversation of the fake server: a numbered log, turns in a line, any number of followers.
import { setTimeout as delay } from 'node:timers/promises';
import { scriptFor } from './scripts.mjs';

export const Providers = [
  { name: 'gemini', model: 'gemini-2.5-flash', configured: false, emulated: true },
  { name: 'claude', model: 'claude-haiku-4-5', configured: true, emulated: false },
  { name: 'openai', model: 'gpt-5-mini', configured: false, emulated: false },
];

export class Conversation {
  epoch = 1;
  provider = 'gemini';
  log = [];
  followers = new Set();
  #seen = new Map();
  #line = [];
  #turns = 0;
  #running = null;

  #answers = new Map();

  /** @param {string} id @param {import('./api.mjs').FakeApi} api */
  constructor(id, api) {
    this.id = id;
    this.api = api;
  }

  /** The user's answer to a question. */
  confirm({ id, yes }) {
    this.#answers.get(id)?.(yes);
  }

  say({ text, client_msg_id, when_busy, onAnswer }) {
    if (client_msg_id && this.#seen.has(client_msg_id)) return;
    if (when_busy === 'interrupt') this.#running?.stop.abort();
    const turn = ++this.#turns;
    if (client_msg_id) this.#seen.set(client_msg_id, turn);
    this.api.said(this.id, text);
    this.emit('accepted', { client_msg_id, turn, text, provider: this.provider, conversation: this.id });
    this.#line.push({ turn, text, onAnswer });
    if (!this.#running) this.#work();
  }

  cancel(turn) {
    if (this.#running && (turn === undefined || turn === this.#running.turn)) this.#running.stop.abort();
  }

  choose(provider) {
    this.provider = provider;
    this.emit('status', { code: 'provider', message: `${provider} answers from now on.`, provider });
  }

  async #work() {
    for (let next = this.#line.shift(); next; next = this.#line.shift()) {
      this.#running = { turn: next.turn, stop: new AbortController() };
      const text = await this.#answer(next, this.#running.stop.signal);
      next.onAnswer?.(next.turn, text);
    }
    this.#running = null;
  }

  async #answer({ turn, text }, signal) {
    const it = { turn, provider: Providers.find(({ name }) => name === this.provider), began: Date.now(), text: '', first: undefined, tools: new Map() };
    let outcome = 'completed', error;
    try {
      for (const [wait, what] of scriptFor(text)) {
        await delay(wait, undefined, { signal });
        if (what.confirm) await this.#ask(it, what.confirm, signal);
        if (what.fail) [outcome, error] = ['failed', what.fail];
        this.#step(it, what);
      }
    } catch {
      outcome = 'cancelled';
      for (const id of it.tools.keys()) this.#step(it, { end: { id, outcome: 'cancelled', result: 'Cancelled.' } });
    }
    this.emit('agent_response', {
      success: outcome === 'completed', text: it.text, audio: null, turn, outcome, error, provider: it.provider.name, model: it.provider.model,
      emulated: it.provider.emulated, timing: { first_text_ms: it.first, total_ms: Date.now() - it.began }, usage: { input_tokens: 512, output_tokens: 48, cached_input_tokens: 0, cost: 0.0002736, currency: 'USD' },
    });
    return it.text;
  }

  /** Asks before a tool runs; without a yes the call ends there. */
  async #ask(it, { id, name, args }, signal) {
    const call = `call_${it.turn}_${id}`;
    this.emit('tool_confirmation', { tool_call: { name, id: call, args }, expires_ms: 30_000, turn: it.turn });
    const yes = await new Promise((resolve, reject) => {
      this.#answers.set(call, resolve);
      signal.addEventListener('abort', reject);
      setTimeout(() => resolve(false), 30_000).unref();
    });
    this.#step(it, { end: { id, outcome: yes ? 'ok' : 'cancelled', result: yes ? 'Deleted.' : 'Not run: the user said no.' } });
  }

  #step(it, { text, ask, start, end, status, add, due }) {
    const at_ms = Date.now() - it.began;
    const { turn } = it;
    const callId = id => `call_${turn}_${id}`;
    if (text) {
      it.first ??= at_ms;
      it.text += text;
      this.emit('agent_stream_chunk', { text, type: 'text', turn });
    }
    if (ask) this.emit('agent_tool_progress', { tool_call: { id: callId(ask.id), name: ask.name }, state: 'asked', turn });
    if (start) {
      it.tools.set(start.id, { name: start.name, at_ms });
      this.emit('agent_stream_chunk', { tool_call: { name: start.name, id: callId(start.id), args: start.args }, type: 'tool', turn, at_ms });
    }
    if (end) {
      const { id, result, outcome, ...more } = end;
      const tool = it.tools.get(id);
      it.tools.delete(id);
      this.emit('agent_tool_result', { tool_call: { id: callId(id), name: tool.name }, outcome, result, elapsed_ms: at_ms - tool.at_ms, ...more, turn, at_ms });
    }
    if (status) this.emit('status', { ...status, turn });
    if (add) this.api.addByTool(add.title, callId(add.id));
    if (due) this.api.tell({ event: 'reminder_due', data: due });
  }

  emit(event, data) {
    const frame = { event, data, seq: this.log.length + 1, epoch: this.epoch };
    this.log.push(frame);
    for (const follower of this.followers) follower(frame);
  }
}
