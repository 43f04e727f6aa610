/** @import { SpeechFrame, SpokenSentence, TurnTiming } from './convonet-client.js' */
/**
 * How far the speech of a turn is: of its sound, and of its text.
 * @typedef {{ sentence: number, start: number, length: number, from: number | null, to: number }} Sentence speaks `length` characters with the samples `from` … `to` (so far); `from` is null before its first sound
 * @typedef {object} SpokenTurn
 * @property {Sentence[]} sentences
 * @property {number} rate of its samples
 * @property {number} played samples
 * @property {number | null} samples all, as soon as that is known
 * @property {number} shown characters of the turn's text that were heard; never fewer than before
 * @property {boolean} over nothing more of it is to be heard
 * @property {number | null} arrivedAt when its first sound came, on the clock of `now`
 * @property {number | null} audibleAt when that was heard
 * @property {TurnTiming | null} timing
 */

const CharactersPerSecond = 15; // of English speech, before a sentence was measured

/** @type {SpokenTurn} */
export const Unspoken = { sentences: [], rate: 16_000, played: 0, samples: null, shown: 0, over: false, arrivedAt: null, audibleAt: null, timing: null };

/** @param {SpokenTurn} turn @param {SpokenSentence} sentence @returns {SpokenTurn} */
export function withSentence(turn, { sentence, start = 0, length = 0 }) {
  return { ...turn, over: false, sentences: [...turn.sentences.filter(it => it.sentence !== sentence), { sentence, start, length, from: null, to: 0 }] };
}

/** @param {SpokenTurn} turn @param {SpeechFrame} frame @param {number} now @returns {SpokenTurn} */
export function withSound(turn, { sentence, rate, sample, pcm }, now) {
  const sentences = turn.sentences.map(it => it.sentence === sentence ? { ...it, from: it.from ?? sample, to: sample + pcm.length } : it);
  return { ...turn, rate, sentences, over: false, arrivedAt: turn.arrivedAt ?? now };
}

/** @param {SpokenTurn} turn @param {number} played samples @returns {SpokenTurn} */
export function withPlayed(turn, played) {
  const it = { ...turn, played: Math.max(turn.played, played) };
  return { ...it, shown: Math.max(it.shown, charactersHeard(it)) };
}

/** How many characters of the text were heard: within a sentence, as many of it as of its sound. @param {SpokenTurn} turn */
function charactersHeard({ sentences, rate, played, samples }) {
  const begun = sentences.filter(({ from }) => from !== null && from < played);
  const current = begun.at(-1);
  if (!current) return 0;
  const from = current.from ?? 0;
  const next = sentences.slice(sentences.indexOf(current) + 1).find(it => it.from !== null);
  const end = next?.from ?? samples ?? Math.max(current.to, from + current.length * samplesPerCharacter(begun.slice(0, -1), rate));
  return current.start + Math.round(current.length * Math.min(1, (played - from) / Math.max(1, end - from)));
}

/** Of a sentence that is still coming, one does not know how long it will be; those before it tell how fast this voice is. @param {Sentence[]} whole @param {number} rate */
function samplesPerCharacter(whole, rate) {
  const characters = whole.reduce((sum, { length }) => sum + length, 0);
  return characters === 0 ? rate / CharactersPerSecond : whole.reduce((sum, { from, to }) => sum + to - (from ?? 0), 0) / characters;
}

/**
 * @typedef {{ name: string, ms: number }} Stage when, after the user had stopped speaking
 * The stages of the answer, in order, as far as they are known; the last is this page's: when the answer was heard.
 * @param {SpokenTurn | undefined} turn @returns {Stage[]}
 */
export function stagesOf(turn) {
  const { transcript, first_token, first_clause, first_audio } = turn?.timing ?? {};
  const audible = first_audio !== undefined && first_audio !== null && turn && turn.arrivedAt !== null && turn.audibleAt !== null
    ? first_audio + turn.audibleAt - turn.arrivedAt : null;
  const stages = [['transcript', transcript], ['first word', first_token], ['first clause', first_clause], ['first sound', first_audio], ['heard', audible]];
  return stages.flatMap(([name, ms]) => typeof ms === 'number' ? [{ name: String(name), ms }] : []);
}
