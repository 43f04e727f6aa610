/**
 * A client for the Convonet wire protocol (docs/protocol.md). No DOM: it runs in a page, in a worker, and in Node from version 22 on, or with `ws`.
 *
 * The way of a connection:
 *
 *   closed ─connect()─► connecting ─connected─► resuming ─status resumed | snapshot─► online
 *                           ▲  (a new conversation needs no resume)                     │
 *                           └──────────── waiting (back-off, wake()) ◄───── cut ────────┘
 *
 * An answer that would be the same the next time (a path without a server, no sign-in) ends it: `error`, then nothing until `connect`. `voice` sends what a microphone hears; `speech_audio` brings what is to be heard.
 * A conversation outlives its connections: after a cut the client resumes after the last event that it has, drops what it has already seen, and repeats
 * what the server has not confirmed: messages (under the same id), the choice of a provider, a cancel, answers to questions. A recording goes on too.
 */
import { BackOff } from './back-off.js';
import { systemClock } from './clock.js';
import { Emitter } from './emitter.js';
import { parseFrame } from './frame.js';
import { Outbox, RefusedForNow } from './outbox.js';
import { Position } from './position.js';
import { asksWho } from './refusal.js';
import { Resend } from './resend.js';
import { Signals } from './signals.js';
import { Unfinished } from './unfinished.js';
import { VoiceLink } from './voice-link.js';
import { Wire } from './wire.js';

/** @import { ClientFrame, Connected } from './events.js' */
/** @import { ConnectionName, ErrorData, Frame } from './protocol.js' */
/** @import { Clock } from './clock.js' */
/** @import { Store } from './session-store.js' */

const [AnswerMs, ProbeMs] = [10_000, 3_000]; // for the handshake, for the answer to a resume, and for a message to be accepted; for the look whether a connection lives
const [SteadyMs, RateLimitMs] = [5_000, 1_000]; // a connection that lasted this long makes the next wait short again; for a server that does not say how long

export class ConvonetClient extends Emitter {
  /** @type {ConnectionName} */ #state = 'closed';
  /** @type {Connected | null} */ #connected = null;
  #connectedAt = 0;
  #earliestReconnect = 0;
  #asking = false; // whether the answer to a `resume` is still to come
  /** @type {any} */ #timer = null;
  #resend; #position; #outbox; #wire; #store; #clock; #backOff; #signals; #unfinished;

  /**
   * `fillsIn`: what a snapshot shows of an answer and no event told comes as events behind it, its end too; false for who shows snapshots.
   * @param {{ url: string | URL, WebSocket?: typeof globalThis.WebSocket, store?: Store, fillsIn?: boolean, clock?: Clock, random?: () => number, ask?: (url: string | URL) => Promise<number>, host?: any }} options
   */
  constructor({ url, WebSocket = globalThis.WebSocket, store, fillsIn = true, clock = systemClock, random = Math.random, ask, host = globalThis }) {
    super();
    if (!WebSocket) throw new TypeError('There is no WebSocket here: pass a WebSocket class.');
    this.#signals = new Signals(host, () => this.wake());
    const kept = store?.load();
    this.#wire = new Wire({ url, WebSocket, ask, wasThere: Boolean(kept?.conversation) }, { onText: text => this.#receive(text), onSpeech: frame => this.emit('speech_audio', frame), onCut: () => this.#cut(), onRefused: why => this.#end(why) });
    this.voice = new VoiceLink(this.#wire, () => this.#state === 'online');
    this.#store = store;
    this.#unfinished = fillsIn ? new Unfinished() : null;
    this.#clock = clock;
    this.#backOff = new BackOff({ random });
    this.#position = new Position(kept?.conversation ?? null, kept?.epoch ?? 0, 0, Boolean(kept?.conversation && !kept.begins));
    this.#resend = new Resend({ clock, random });
    this.#outbox = new Outbox({ messages: kept?.outbox, cancels: kept?.cancels }, () => this.#save());
  }

  /** The conversation that is followed; a secret: who has it can read it and write in it. */
  get conversation() { return this.#position.conversation; }
  get epoch() { return this.#position.epoch; }
  get state() { return this.#state; }

  /** Messages that the server has not accepted yet. */
  get unaccepted() { return this.#outbox.messages; }

  connect() { if (this.#state === 'closed') this.#open(); }

  /** Ends the connection and stays away. The conversation goes on at the server. */
  close() {
    this.#dropSocket();
    this.#enter('closed');
  }

  /**
   * Sends a message now or, while there is no connection, as soon as there is one. Returns its id, which `accepted` repeats.
   * @param {string} text @param {{ voice?: boolean, interrupts?: boolean }} [how] voice: it was spoken; interrupts: what runs and waits makes way for it
   */
  send(text, how = {}) {
    const frame = this.#outbox.addMessage(text, how);
    this.emit('queued', { client_msg_id: frame.data.client_msg_id, text });
    this.connect();
    if (this.#state === 'online' && (!this.#resend.holds || how.interrupts)) {
      this.#wire.send(frame);
      this.#expectTaken();
    }
    return frame.data.client_msg_id;
  }

  /** Takes back a message that the server has not accepted. Should it be accepted all the same, its turn is stopped. @param {string} id */
  withdraw(id) {
    this.#outbox.withdraw(id);
    if (!this.unaccepted.length) this.#resend.release();
    this.emit('withdrawn', { client_msg_id: id });
  }

  /** Stops the running turn, or the one that is named, which may still wait in line. While there is no connection, that one is stopped as soon as there is one. @param {number} [turn] */
  cancel(turn) { this.#say(this.#outbox.cancelTurn(turn)); }

  /** Answers a `tool_confirmation`. After a cut it is said again, unless the call has ended. @param {string} id of the call @param {boolean} yes whether it may run */
  confirm(id, yes) {
    this.#say(this.#outbox.answer(id, yes));
    this.emit('tool_answered', { id, yes });
  }

  /** Chooses the provider for the turns that begin from now on, also in later conversations of this client. @param {string} provider */
  setProvider(provider) { this.#say(this.#outbox.chooseProvider(provider)); }

  /** Leaves this conversation for a new one. */
  newConversation() { this.open(null); }

  /** Leaves this conversation for another one of the user's, or for a new one. @param {string | null} conversation */
  open(conversation) {
    this.#forget(conversation);
    this.#open();
  }

  /** Leaves this conversation and stays away: `connect` begins a new one. */
  leave() {
    this.#forget(null);
    this.#enter('closed');
  }

  /**
   * Call it when something suggests that the network came or went; browsers' own signs (`online`, the page is shown again) do. It connects at once when it
   * was waiting, and checks an open connection, which may be dead without anybody having said so.
   */
  wake() {
    if (this.#state === 'waiting') this.#backOff.reset(); // should this try come too early
    if (this.#state === 'waiting' && this.#clock.now() >= this.#earliestReconnect) this.#open();
    else if (this.#state === 'online' && !this.#asking) this.#resume(ProbeMs);
  }

  /** @param {ClientFrame} frame */
  #say(frame) { if (this.#state === 'online') this.#wire.send(frame); }

  #open() {
    this.#clock.clearTimeout(this.#timer);
    this.#wire.open();
    this.#expectWithin(AnswerMs);
    this.#enter('connecting');
  }

  /** A new socket, so that nothing of the conversation that is left can be taken for one of the next. @param {string | null} next */
  #forget(next) {
    this.#unfinished?.leave();
    this.#outbox.clearMessages();
    this.#outbox.beginConversation();
    this.#moveTo(new Position(next, 0, 0, next !== null));
    this.#dropSocket();
    this.emit('reset', { conversation: next });
  }

  /** @param {ErrorData} why */
  #end(why) { this.emit('error', why); this.close(); }

  #dropSocket() {
    this.#asking = false;
    this.#clock.clearTimeout(this.#timer);
    this.#resend.clear();
    this.#wire.drop();
  }

  #cut() {
    const now = this.#clock.now();
    if (this.#state === 'online' && now - this.#connectedAt >= SteadyMs) this.#backOff.reset();
    this.#dropSocket();
    const retryInMs = this.#backOff.next() + Math.max(0, this.#earliestReconnect - now); // clients that are sent away together do not come back together
    this.#timer = this.#clock.setTimeout(() => this.#open(), retryInMs);
    this.#enter('waiting', retryInMs);
  }

  /** @param {number} limitMs */
  #expectWithin(limitMs) {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(() => this.#cut(), limitMs);
  }

  #expectTaken() { this.#resend.after(AnswerMs, () => { if (this.unaccepted.length) this.wake(); }); }

  /** @param {string} text */
  #receive(text) {
    const frame = parseFrame(text);
    if (!frame || (frame.seq !== undefined && !this.#isNext(frame))) return;
    const missing = this.#unfinished?.note(frame, this.unaccepted.map(({ id }) => id)) ?? [];
    this.#note(frame);
    for (const it of [frame, ...missing]) this.emit(it.event, it.data, it);
    this.#follow(frame);
  }

  /** @param {any} frame */
  #isNext(frame) {
    const { epoch, begun } = this.#position;
    const step = this.#position.advance(frame, this.#asking);
    if (epoch !== this.epoch || begun !== this.#position.begun) this.#save();
    if (step === 'missing' && !this.#asking) this.#resume(AnswerMs);
    return step === 'next';
  }

  /** What has to be up to date before handlers see the event. @param {Frame} frame */
  #note(frame) {
    const { event, data } = frame;
    const unwanted = this.#outbox.note(frame);
    if (unwanted !== null) this.cancel(unwanted);
    if (event === 'accepted') this.#resend.succeeded(this.unaccepted.length > 0);
    if (event === 'connected') {
      this.#connected = data;
      this.#connectedAt = this.#clock.now();
      if (this.conversation === null && data.signed_in !== false) this.#adopt(data);
    } else if (event === 'snapshot') {
      this.#moveTo(new Position(data.conversation, data.epoch, data.seq, data.seq > 0 || data.turns.length > 0));
    }
  }

  /** What the event asks for, after handlers have seen it. @param {Frame} frame */
  #follow({ event, data }) {
    if (event === 'connected') {
      if (data.signed_in === false) this.#end(asksWho); // nothing that it would say is heard
      else if (this.conversation === data.conversation) this.#ready();
      else this.#resume(AnswerMs);
    } else if (event === 'snapshot' || (event === 'status' && data.code === 'resumed')) {
      if (this.#asking) this.#ready();
    } else if (event === 'going_away') {
      this.#earliestReconnect = this.#clock.now() + (data.after_ms ?? 0);
      this.#backOff.reset();
      this.#expectWithin(data.after_ms ?? 0);
    } else if (event === 'error') {
      this.#refused(data);
    }
  }

  /** @param {ErrorData} error */
  #refused({ code, client_msg_id, retry_after_ms }) {
    const tooFast = code === 'rate_limited';
    const again = retry_after_ms ?? (tooFast ? RateLimitMs : undefined);
    if (RefusedForNow.includes(code) && this.unaccepted.some(({ id }) => id === client_msg_id)) {
      this.#resend.hold(again, () => { this.#repeatUnconfirmed(); this.#expectTaken(); });
    } else if (tooFast) {
      this.#resend.after(again ?? RateLimitMs, () => this.#repeatUnconfirmed());
    } else if (code === 'speech_unavailable') {
      this.voice.refused();
    } else if (code === 'unknown_conversation' && this.#asking && this.#connected) {
      const [{ conversation, epoch, provider }, { begun }] = [this.#connected, this.#position];
      this.#adopt(this.#connected);
      if (begun) this.emit('conversation_lost', { conversation, epoch, provider });
      this.#ready();
    }
  }

  /** Makes the new conversation of this connection ours. @param {Connected} connected */
  #adopt({ conversation, epoch, provider }) {
    this.#outbox.beginConversation(provider);
    this.#moveTo(new Position(conversation, epoch));
  }

  /** @param {number} limitMs */
  #resume(limitMs) {
    this.#asking = true;
    this.#expectWithin(limitMs);
    if (this.#state === 'connecting') this.#enter('resuming');
    this.#wire.send({ event: 'resume', data: { conversation: this.conversation ?? '', after: this.#position.seq, epoch: this.epoch, ...!this.#position.begun && { begins: true } } });
  }

  #ready() {
    this.#clock.clearTimeout(this.#timer);
    this.#asking = false;
    if (this.#state !== 'online') {
      this.#enter('online');
      this.voice.goOn();
    }
    this.#repeatUnconfirmed();
  }

  #repeatUnconfirmed() {
    for (const frame of this.#resend.holds ? this.#outbox.urgentFrames : this.#outbox.frames) this.#wire.send(frame);
  }

  /** @param {Position} position */
  #moveTo(position) {
    this.#position = position;
    this.#save();
  }

  #save() {
    const [{ messages, cancels }, { begun }] = [this.#outbox, this.#position];
    this.#store?.save({ conversation: begun || messages.length > 0 ? this.conversation : null, epoch: this.epoch, outbox: messages, ...cancels.length && { cancels }, ...!begun && { begins: true } });
  }

  /** @param {ConnectionName} state @param {number} [retryInMs] */
  #enter(state, retryInMs) {
    this.#state = state;
    this.#signals.listen(state !== 'closed');
    this.emit('connection', retryInMs === undefined ? { state } : { state, retryInMs });
  }
}
