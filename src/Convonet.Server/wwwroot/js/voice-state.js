/** How it stands with the voice: the microphone, what is being said, and how far the answers are spoken. A pure function of events, like the rest of the state. */
import { Unspoken, withPlayed, withSentence, withSound } from './spoken-turn.js';

/** @import { PageEvent } from './page-events.js' */
/** @import { ErrorData, Frame, MicrophoneProblem, MicrophoneState, Recording, RecordingMode, Speech, Transcription } from './convonet-client.js' */
/** @import { SpokenTurn } from './spoken-turn.js' */
/**
 * @typedef {'server' | 'browser'} SpeechEngine whose ears and voice these are
 * @typedef {{ utterance: number, text: string, final: boolean }} Partial what is being said
 * @typedef {object} Voice
 * @property {Speech} speech what the server can do
 * @property {boolean} known whether it has said so
 * @property {MicrophoneState} microphone
 * @property {RecordingMode} mode
 * @property {SpeechEngine} engine
 * @property {Recording['state']} recording what the server does with it
 * @property {Partial | null} partial
 * @property {boolean} misheard what was said last was not understood
 * @property {number | null} speaking the turn that is heard; 0 is speech of none
 * @property {boolean} paused the user talks over it
 * @property {boolean} explained the user asked for a voice that the server does not have
 * @property {string | null} notice
 * @property {Record<number, SpokenTurn>} spoken by turn
 */

const MostTurns = 100;

/** @type {Voice} */
export const SilentVoice = {
  speech: {}, known: false, microphone: 'off', mode: 'hands_free', engine: 'server', recording: 'off', partial: null, misheard: false,
  speaking: null, paused: false, explained: false, notice: null, spoken: {},
};

/** @param {Voice} voice @param {Frame | PageEvent} event @param {number} now on a steady clock @returns {Voice} */
export function reduceVoice(voice, { event, data }, now) {
  switch (event) {
    case 'connected': return { ...voice, speech: data.speech ?? {}, known: true };
    case 'connection': return data.state === 'online' ? voice : cut(voice);
    case 'reset': case 'conversation_lost': case 'snapshot': return { ...voice, ...Quiet, partial: null, spoken: {} };
    case 'microphone': return opened(voice, data);
    case 'voice_wanted': return { ...voice, explained: data.wanted, microphone: data.wanted ? 'off' : voice.microphone };
    case 'recording': return { ...voice, recording: data.state, misheard: data.state !== 'hearing' && voice.misheard };
    case 'transcription': return transcribed(voice, data);
    case 'accepted': case 'queued': return voice.partial?.final ? { ...voice, partial: null, notice: null } : voice;
    case 'speech': return ofTurn(voice, data.turn, it => withSentence(it, data));
    case 'speech_queued': return ofTurn({ ...voice, speaking: data.turn, paused: voice.paused && voice.speaking === data.turn && data.sample !== 0 }, data.turn, it => withSound(it, data, now));
    case 'speech_end': return ofTurn(voice, data.turn, it => ({ ...it, samples: data.samples }));
    case 'speech_started': return ofTurn(voice, data.turn, it => ({ ...it, audibleAt: it.audibleAt ?? now + data.latencyMs }));
    case 'speech_played': return played(voice, data);
    case 'speech_dry': return { ...voice, speaking: null };
    case 'speech_reached': return ofTurn({ ...voice, speaking: data.turn }, data.turn, it => ({ ...it, shown: Math.max(it.shown, data.characters) }));
    case 'speech_stopped': return voice.speaking === null ? voice : ofTurn({ ...voice, ...Quiet }, voice.speaking, it => ({ ...it, over: true }));
    case 'audio_pause': return { ...voice, paused: true };
    case 'audio_resume': return { ...voice, paused: false };
    case 'interrupted': return ofTurn({ ...voice, paused: false, speaking: voice.speaking === data.turn ? null : voice.speaking }, data.turn, it => ({ ...it, over: true }));
    case 'turn_timing': return ofTurn(voice, data.turn, it => ({ ...it, timing: data }));
    case 'voice_failed': return { ...voice, notice: data.message };
    case 'status': return data.code === 'speech_failed' ? { ...voice, notice: data.message } : voice;
    case 'error': return refused(voice, data);
    default: return voice;
  }
}

const Quiet = { speaking: null, paused: false };

/** @param {Voice} voice @param {{ state: MicrophoneState, mode?: RecordingMode, engine?: SpeechEngine }} data @returns {Voice} */
function opened(voice, { state, mode = voice.mode, engine = voice.engine }) {
  return { ...voice, microphone: state, mode, engine, explained: voice.explained && state === 'off', notice: null, misheard: false };
}

/** The speech that was on its way does not come any more, and nobody hears what is said. @param {Voice} voice @returns {Voice} */
function cut(voice) {
  const stopped = voice.speaking === null ? voice : ofTurn(voice, voice.speaking, it => ({ ...it, over: true }));
  return { ...stopped, ...Quiet, recording: voice.engine === 'server' ? 'off' : voice.recording, partial: null };
}

/** @param {Voice} voice @param {Transcription} data @returns {Voice} */
function transcribed(voice, { success, text, final, utterance }) {
  if (voice.partial && utterance < voice.partial.utterance) return voice;
  if (!success) return { ...voice, partial: null, misheard: true };
  return { ...voice, misheard: false, partial: text === '' ? null : { utterance, text, final } };
}

/** @param {Voice} voice @param {{ turn: number, sample: number, done: boolean }} data @returns {Voice} */
function played(voice, { turn, sample, done }) {
  const speaking = done && voice.speaking === turn ? null : voice.speaking;
  return ofTurn({ ...voice, speaking, paused: voice.paused && speaking !== null }, turn, it => ({ ...withPlayed(it, sample), over: it.over || done }));
}

/** @param {Voice} voice @param {ErrorData} data @returns {Voice} */
function refused(voice, { code, message }) {
  if (code !== 'speech_unavailable') return voice;
  return { ...voice, speech: { ...voice.speech, input: undefined, message: voice.speech.message ?? message }, explained: true };
}

/** Speech of turn 0 belongs to no text, and is not kept. @param {Voice} voice @param {number} turn @param {(it: SpokenTurn) => SpokenTurn} to @returns {Voice} */
function ofTurn(voice, turn, to) {
  if (turn === 0) return voice;
  const spoken = { ...voice.spoken, [turn]: to(voice.spoken[turn] ?? Unspoken) };
  const [oldest] = Object.keys(spoken); // numbers come in their order
  if (Object.keys(spoken).length > MostTurns) delete spoken[Number(oldest)];
  return { ...voice, spoken };
}

/** @typedef {'off' | 'unavailable' | 'asking' | MicrophoneProblem | 'connecting' | 'listening' | 'hearing' | 'finishing' | 'thinking' | 'speaking' | 'paused'} VoicePhase */

/** The one word for all of it. @param {Voice} voice @param {boolean} thinking whether a turn is being answered @returns {VoicePhase} */
export function phaseOf({ microphone, recording, speaking, paused, explained }, thinking) {
  if (explained) return 'unavailable';
  if (microphone !== 'on' && microphone !== 'off') return microphone;
  if (speaking !== null) return paused ? 'paused' : recording === 'hearing' ? 'hearing' : 'speaking';
  if (recording === 'hearing' || recording === 'finishing') return recording;
  if (microphone === 'off') return 'off';
  if (thinking) return 'thinking';
  return recording === 'on' ? 'listening' : 'connecting';
}
