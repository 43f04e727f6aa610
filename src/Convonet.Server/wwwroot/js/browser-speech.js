import { speakable, wholeSentences } from './speakable.js';

/** @import { PageEvent } from './page-events.js' */
/** @import { ConvonetClient, EventMap, Frame, RecordingMode } from './convonet-client.js' */
/** @typedef {{ turn: number, text: string, said: number, ended: boolean, waiting: number }} Answer what came of it, how many characters were given to the voice, and how many sentences wait there */

const MostFailures = 3; // in a row, each within a second
const SoonMs = 1_000;

/**
 * The browser's own ears and voice, for a server that has none. It tells the same events as the server would, and sends what it understood as messages. It does
 * not listen while it speaks: a browser's recogniser hears its own voice.
 */
export class BrowserSpeech {
  #client;
  #dispatch;
  /** @type {any} */
  #recognition = null;
  /** @type {RecordingMode | null} */
  #mode = null;
  #utterance = 0;
  #begunAt = 0;
  #failures = 0;
  /** Ids of spoken messages of which the answer is to be spoken. @type {Set<string>} */
  #asked = new Set();
  /** The turn that is spoken. @type {Answer | null} */
  #answer = null;

  /** @param {ConvonetClient} client @param {(event: PageEvent | Frame) => void} dispatch */
  constructor(client, dispatch) {
    this.#client = client;
    this.#dispatch = dispatch;
    client.on('accepted', ({ client_msg_id, turn }) => { if (client_msg_id && this.#asked.delete(client_msg_id)) this.#answer = { turn, text: '', said: 0, ended: false, waiting: 0 }; });
    client.on('agent_stream_chunk', chunk => { if (chunk.type === 'text') this.#grow(chunk.turn, chunk.text, false); });
    client.on('agent_response', ({ turn, outcome }) => { if (outcome === 'cancelled') this.silence(turn); else this.#grow(turn, '', true); });
    client.on('connection', ({ state }) => { if (state === 'closed') this.stop(); });
  }

  /** Whether this browser has both. */
  static get isThere() {
    return typeof recogniser() === 'function' && typeof globalThis.speechSynthesis === 'object';
  }

  get isOn() { return this.#mode !== null; }

  /** @param {RecordingMode} mode */
  record(mode) {
    if (this.isOn) return;
    this.#mode = mode;
    this.#failures = 0;
    this.#dispatch({ event: 'microphone', data: { state: 'on', mode, engine: 'browser' } });
    this.#listen();
  }

  stop() {
    if (!this.isOn) return;
    this.#mode = null;
    this.#recognition?.stop(); // what was being said still becomes a message
    this.#recording('off');
    this.#dispatch({ event: 'microphone', data: { state: 'off' } });
  }

  /** Falls silent. @param {number | null} turn that is spoken */
  silence(turn) {
    if (turn === null || this.#answer?.turn !== turn) return;
    this.#answer = null;
    speechSynthesis.cancel();
    this.#dispatch({ event: 'speech_stopped', data: {} });
    this.#listen();
  }

  #listen() {
    if (!this.isOn || this.#recognition || this.#answer) return;
    const recognition = new (recogniser())();
    Object.assign(recognition, { lang: document.documentElement.lang, interimResults: true, continuous: false });
    recognition.onspeechstart = () => this.#recording('hearing');
    recognition.onresult = (/** @type {any} */ event) => this.#understood(event.results);
    recognition.onerror = (/** @type {any} */ event) => this.#failed(event.error);
    recognition.onend = () => { this.#recognition = null; this.#pause(); };
    this.#recognition = recognition;
    this.#begunAt = performance.now();
    this.#utterance += 1;
    recognition.start();
    this.#recording('on');
  }

  /** It ends by itself after each utterance, and after silence. */
  #pause() {
    const soon = performance.now() - this.#begunAt < SoonMs;
    this.#failures = soon ? this.#failures + 1 : 0;
    if (this.#failures >= MostFailures) this.#giveUp('busy');
    else this.#listen();
  }

  /** @param {string} error */
  #failed(error) {
    if (error === 'not-allowed' || error === 'service-not-allowed') this.#giveUp('refused');
    else if (error === 'audio-capture') this.#giveUp('missing');
    else if (error === 'language-not-supported') this.#giveUp('unsupported');
  }

  /** @param {'refused' | 'missing' | 'busy' | 'unsupported'} problem */
  #giveUp(problem) {
    if (!this.isOn) return;
    this.stop();
    this.#dispatch({ event: 'microphone', data: { state: problem } });
  }

  /** @param {any} results */
  #understood(results) {
    const text = [...results].map(([{ transcript }]) => transcript).join('').trim();
    const final = results[results.length - 1].isFinal;
    this.#dispatch({ event: 'transcription', data: { success: text !== '' || !final, text, final, utterance: this.#utterance } });
    if (!final || text === '') return;
    this.#failures = 0;
    this.#begunAt = -Infinity;
    this.#asked.add(this.#client.send(text, { voice: true }));
  }

  /** @param {number} turn @param {string} text @param {boolean} ended */
  #grow(turn, text, ended) {
    const answer = this.#answer;
    if (answer?.turn !== turn) return;
    answer.text += text;
    answer.ended = ended;
    for (const { start, length } of wholeSentences(answer.text, answer.said, ended)) {
      answer.said = start + length;
      const words = speakable(answer.text.slice(start, start + length));
      if (words !== '') this.#say(answer, words, start, length);
    }
    this.#finish(answer);
  }

  /** @param {Answer} answer @param {string} words @param {number} start @param {number} length */
  #say(answer, words, start, length) {
    const utterance = new SpeechSynthesisUtterance(words);
    const reached = (/** @type {number} */ share) => {
      if (this.#answer === answer) this.#dispatch({ event: 'speech_reached', data: { turn: answer.turn, characters: start + Math.round(length * share) } });
    };
    utterance.onstart = () => { this.#recognition?.abort(); reached(0); };
    utterance.onboundary = ({ charIndex }) => reached(charIndex / words.length);
    utterance.onend = () => { reached(1); this.#said(answer); };
    utterance.onerror = () => this.#said(answer);
    answer.waiting += 1;
    speechSynthesis.speak(utterance);
  }

  /** @param {Answer} answer */
  #said(answer) {
    answer.waiting -= 1;
    this.#finish(answer);
  }

  /** @param {Answer} answer */
  #finish(answer) {
    if (this.#answer !== answer || !answer.ended || answer.waiting > 0) return;
    this.#answer = null;
    this.#dispatch({ event: 'speech_played', data: { turn: answer.turn, sample: 0, done: true } });
    this.#listen();
  }

  /** @param {EventMap['recording']['state']} state */
  #recording(state) {
    this.#dispatch({ event: 'recording', data: { state, mode: 'hands_free' } });
  }
}

/** @returns {any} */
function recogniser() {
  const { SpeechRecognition, webkitSpeechRecognition } = /** @type {any} */ (globalThis);
  return SpeechRecognition ?? webkitSpeechRecognition;
}
