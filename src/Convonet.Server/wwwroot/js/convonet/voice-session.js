import { Microphone, MicrophoneError } from './audio/microphone.js';
import { Player } from './audio/player.js';

/** @import { SpeechFrame } from './audio/speech-frame.js' */
/** @import { MicrophoneProblem } from './audio/microphone.js' */
/** @import { Played } from './audio/playback-queue.js' */
/** @import { ConvonetClient } from './client.js' */
/** @import { RecordingMode } from './protocol.js' */
/**
 * @typedef {'off' | 'asking' | 'on' | MicrophoneProblem} MicrophoneState
 *
 * What comes of it:
 * @typedef {object} VoiceEventMap
 * @property {{ state: MicrophoneState, mode?: RecordingMode, engine?: 'server' }} microphone
 * @property {SpeechFrame} speech_queued sound of the server is about to be played
 * @property {Played} speech_played
 * @property {{ turn: number, latencyMs: number }} speech_started the first sound of a turn was given to the loudspeaker, which lets it out so much later
 * @property {{}} speech_dry there is nothing more to be played just now
 * @property {{}} speech_stopped the user wants to hear no more
 * @property {{ message: string }} voice_failed the answer cannot be played here; why, for people
 *
 * @typedef {{ [Name in keyof VoiceEventMap]: { event: Name, data: VoiceEventMap[Name] } }[keyof VoiceEventMap]} VoiceEvent
 */

const MostKept = 50; // frames: what was said in the second before it was clear that something is said

/**
 * Speaks with the server: the microphone goes to it while the user wants that, its speech comes out of the loudspeaker, and what was heard is told back.
 * What comes of it is told as events.
 */
export class VoiceSession {
  #client;
  #dispatch;
  #onLevel;
  #openMicrophone;
  #makePlayer;
  /** @type {Player | null} */
  #player = null;
  /** @type {Microphone | null} */
  #microphone = null;
  /** The attempt to open it that counts. @type {object | null} */
  #attempt = null;
  /** @type {RecordingMode | null} */
  #mode = null;
  #recording = false;
  /** How many answers to a `stop_recording` are still to come. */
  #stopping = 0;
  /** @type {Int16Array<ArrayBuffer>[]} */
  #early = [];
  /** The turn of which nothing more is to be heard, though it may still be on its way. @type {number | null} */
  #silenced = null;
  /** The turn that the user talks over. @type {number | null} */
  #held = null;

  /**
   * @param {ConvonetClient} client
   * @param {{ dispatch?(event: VoiceEvent): void, onLevel?(level: number): void, openMicrophone?: typeof Microphone.open, makePlayer?: (...args: ConstructorParameters<typeof Player>) => Player }} [options]
   *   `dispatch` hears what comes of it; `onLevel` is called 50 times a second, 0 to 1
   */
  constructor(client, { dispatch = () => {}, onLevel = () => {}, openMicrophone = Microphone.open, makePlayer = actions => new Player(actions) } = {}) {
    this.#client = client;
    this.#dispatch = dispatch;
    this.#onLevel = onLevel;
    this.#openMicrophone = openMicrophone;
    this.#makePlayer = makePlayer;
    this.#listen();
  }

  /** Whether the microphone is open, or is being opened. */
  get isOn() { return this.#attempt !== null; }

  /** Opens the microphone and keeps what it hears, until `record` says what it is for. To be called while the user presses something. */
  prepare() {
    if (this.isOn) return;
    this.#playerNow().wake();
    const attempt = this.#attempt = {};
    this.#dispatch({ event: 'microphone', data: { state: 'asking', engine: 'server' } });
    void this.#open(attempt);
  }

  /** @param {RecordingMode} mode */
  record(mode) {
    this.prepare();
    this.#mode = mode;
    this.#begin();
  }

  /** Closes the microphone; what was being said becomes a turn. */
  stop() {
    if (!this.isOn) return;
    this.#close();
    this.#dispatch({ event: 'microphone', data: { state: 'off' } });
  }

  /** Falls silent. The server is to be told by a `cancel`. @param {number | null} turn that is spoken */
  silence(turn) {
    if (turn === null) return;
    this.#silenced = turn;
    this.#drop();
    this.#dispatch({ event: 'speech_stopped', data: {} });
  }

  /** @param {object} attempt */
  async #open(attempt) {
    const actions = {
      onFrame: (/** @type {Int16Array<ArrayBuffer>} */ frame, /** @type {number} */ level) => { if (this.#attempt === attempt) this.#heard(frame, level); },
      onEnded: () => { if (this.#attempt === attempt) this.stop(); },
    };
    try {
      const microphone = await this.#openMicrophone(actions);
      if (this.#attempt !== attempt) return microphone.close();
      this.#microphone = microphone;
      this.#begin();
    } catch (error) {
      if (!(error instanceof MicrophoneError)) throw error;
      if (this.#attempt !== attempt) return;
      this.#close();
      this.#dispatch({ event: 'microphone', data: { state: error.problem } });
    }
  }

  #begin() {
    if (!this.#microphone || !this.#mode || this.#recording) return;
    this.#recording = true;
    this.#dispatch({ event: 'microphone', data: { state: 'on', mode: this.#mode } });
    this.#client.voice.startRecording(this.#mode);
    for (const frame of this.#early.splice(0)) this.#client.voice.sendAudio(frame);
  }

  #close() {
    this.#attempt = null;
    this.#microphone?.close();
    this.#microphone = null;
    this.#mode = null;
    this.#early = [];
    if (this.#recording) {
      if (this.#client.state === 'online') this.#stopping += 1;
      this.#client.voice.stopRecording();
    }
    this.#recording = false;
    this.#onLevel(0);
  }

  /** @param {Int16Array<ArrayBuffer>} frame @param {number} level */
  #heard(frame, level) {
    this.#onLevel(level);
    if (this.#recording) this.#client.voice.sendAudio(frame);
    else this.#early = [...this.#early, frame].slice(-MostKept);
  }

  #listen() {
    const client = this.#client;
    client.on('speech_audio', frame => this.#play(frame));
    client.on('speech_end', ({ turn, samples }) => { if (turn !== this.#silenced) this.#playerNow().end(turn, samples); });
    client.on('audio_pause', ({ turn }) => { this.#held = turn; this.#player?.pause(); });
    client.on('audio_resume', () => { this.#held = null; this.#player?.resume(); });
    client.on('interrupted', ({ turn }) => { this.#silenced = turn; this.#drop(turn); });
    client.on('recording', ({ state }) => { if (state === 'off') this.#ended(); });
    client.on('error', ({ code }) => { if (code === 'speech_unavailable' || (code === 'not_recording' && this.#recording)) this.stop(); });
    client.on('reset', () => this.#forget());
    client.on('connection', ({ state }) => {
      if (state !== 'online') this.#forget();
      if (state === 'closed') this.stop(); // nobody is signed in, or the page left
    });
  }

  /** @param {SpeechFrame} frame */
  #play(frame) {
    const begins = frame.sample === 0;
    if (frame.turn === this.#silenced && !begins) return;
    if (frame.turn === this.#silenced) this.#silenced = null; // another reminder
    if (this.#held !== null && (begins || frame.turn !== this.#held)) this.#drop(this.#held); // nobody said that it is over, but something else is said now
    this.#dispatch({ event: 'speech_queued', data: frame });
    this.#playerNow().play(frame);
  }

  /** The server takes no sound any more: because it was asked to, or by itself. */
  #ended() {
    if (this.#stopping > 0) this.#stopping -= 1;
    else this.stop();
  }

  /** What was on its way from the server does not come any more. */
  #forget() {
    this.#stopping = 0;
    this.#silenced = null;
    this.#drop();
  }

  /** @param {number} [turn] all without it */
  #drop(turn) {
    this.#held = null;
    this.#player?.drop(turn);
  }

  #playerNow() {
    return this.#player ??= this.#makePlayer({
      onPlayed: played => { this.#client.voice.played(played); this.#dispatch({ event: 'speech_played', data: played }); },
      onStarted: (turn, latencyMs) => this.#dispatch({ event: 'speech_started', data: { turn, latencyMs } }),
      onDry: () => this.#dispatch({ event: 'speech_dry', data: {} }),
      onFailed: () => this.#dispatch({ event: 'voice_failed', data: { message: 'This browser could not play the answer. The text is there.' } }),
    });
  }
}
