// Everything that a client needs from outside, under the control of a test: sockets, a clock, a store.
import { readFileSync } from 'node:fs';
import { ConvonetClient } from '../../../src/Convonet.Server/wwwroot/js/convonet-client.js';

/** A golden sample of the wire protocol. */
export function sample(name) {
  return JSON.parse(readFileSync(new URL(`../../wire/${name}.json`, import.meta.url), 'utf8'));
}

/** A client on fake sockets. `random` 0 makes each back-off its full length. */
export function clientBench({ kept = null, ask, host, fillsIn } = {}) {
  const clock = new FakeClock();
  const sockets = [];
  class FakeWebSocket {
    readyState = 0;
    bufferedAmount = 0;
    sent = [];
    constructor(url) { this.url = url; sockets.push(this); }
    send(data) { this.sent.push(typeof data === 'string' ? JSON.parse(data) : data); }
    close() { this.readyState = 3; }
    /** From here on what the network does. */
    open() { this.readyState = 1; return this; }
    deliver(...frames) { for (const frame of frames) this.onmessage({ data: typeof frame === 'string' ? frame : JSON.stringify(frame) }); return this; }
    deliverBytes(bytes) { this.onmessage({ data: bytes }); return this; }
    cut() { this.readyState = 3; this.onclose(); }
    /** As the package `ws` tells of a server that opens no WebSocket. */
    refuse(status) { this.onerror({ message: `Unexpected server response: ${status}` }); this.cut(); }
  }
  const store = { value: kept, load() { return this.value; }, save(value) { this.value = structuredClone(value); } };
  const client = new ConvonetClient({ url: 'ws://test/voice', WebSocket: FakeWebSocket, store, clock, random: () => 0, ask, host, fillsIn });
  const events = [];
  client.on('*', frame => events.push(frame));
  return { client, clock, sockets, store, events, last: () => sockets.at(-1) };
}

export class FakeClock {
  #now = 0;
  #timers = new Map();
  #next = 1;
  now() { return this.#now; }
  setTimeout(run, ms) { this.#timers.set(this.#next, { run, at: this.#now + ms }); return this.#next++; }
  clearTimeout(timer) { this.#timers.delete(timer); }
  get pending() { return this.#timers.size; }
  advance(ms) {
    const until = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at)[0];
      if (!due) break;
      this.#timers.delete(due[0]);
      this.#now = due[1].at;
      due[1].run();
    }
    this.#now = until;
  }
}

export const connected = sample('connected');
export const other = { ...connected, data: { ...connected.data, conversation: 'c_fresh' } };
export const resumed = { event: 'status', data: { code: 'resumed', message: 'Welcome back.' } };
export const text = (seq, words = `w${seq} `, epoch = 1) => ({ event: 'agent_stream_chunk', data: { type: 'text', text: words, turn: 1 }, seq, epoch });
export const seqsOf = events => events.filter(({ event }) => event === 'agent_stream_chunk').map(({ seq }) => seq);
export const statesOf = events => events.filter(({ event }) => event === 'connection').map(({ data }) => data.state);

/** A bench whose client is online in conversation c_8d2b41 and has seen events 1 to `seq`. */
export function onlineBench(seq = 0) {
  const bench = clientBench();
  bench.client.connect();
  bench.last().open().deliver(connected, ...Array.from({ length: seq }, (_, index) => text(index + 1)));
  return bench;
}
