// The voice of the fake server: whoever is loud for a while has said the next of a few sentences, and answers are spoken as tones.
import { setTimeout as delay } from 'node:timers/promises';
import { rms, speechBytes, toPcm, tone } from './sound.mjs';

const Said = ['what is on my calendar tomorrow', 'please tell me a story', 'hello there'];
const Rate = 22_050;
const CharacterMs = 60;
const FrameMs = 50;
const [Loud, EndFrames, AheadMs] = [0.02, 30, 400];

export class Voice {
  #conversation;
  #tell;
  #tellBytes;
  #mode = null;
  #loud = 0;
  #quiet = 0;
  #utterances = 0;
  #endedAt = 0;
  /** @type {{ turn: number, text: string, sample: number, heard: number, stop: AbortController, sentences: object[] } | null} */
  #speech = null;

  /** @param {import('./conversation.mjs').Conversation} conversation @param {(frame: object) => void} tell @param {(bytes: ArrayBuffer) => void} tellBytes */
  constructor(conversation, tell, tellBytes) {
    this.#conversation = conversation;
    this.#tell = tell;
    this.#tellBytes = tellBytes;
  }

  start({ mode }) {
    this.#mode = mode;
    this.#recording('on');
  }

  stop() {
    if (this.#loud > 0) this.#understood();
    this.#mode = null;
    this.#recording('off');
  }

  hear(bytes) {
    if (!this.#mode) return this.#tell({ event: 'error', data: { code: 'not_recording', message: 'Send start_recording first.' } });
    const level = rms(Float32Array.from(new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2), it => it / 32_768));
    if (level > Loud) {
      if (this.#loud++ === 0) this.#begun();
      this.#quiet = 0;
      if (this.#loud % 10 === 0) this.#transcribed(false);
    } else if (this.#loud > 0 && ++this.#quiet === EndFrames && this.#mode === 'hands_free') this.#understood();
  }

  played({ turn, sample }) {
    if (this.#speech?.turn === turn) this.#speech.heard = sample;
  }

  /** Stops the speech: the user said so, or talked over it. */
  interrupt() {
    const speech = this.#speech;
    if (!speech) return;
    this.#speech = null;
    speech.stop.abort();
    const current = speech.sentences.findLast(({ from }) => from <= speech.heard);
    const heard = current ? current.start + Math.min(current.length, Math.round((speech.heard - current.from) / Rate * 1000 / CharacterMs)) : 0;
    this.#conversation.emit('interrupted', { turn: speech.turn, heard });
  }

  /** Speaks the answer of a spoken turn. */
  async answered(turn, text) {
    const speech = this.#speech = { turn, text, sample: 0, heard: 0, stop: new AbortController(), sentences: [] };
    const began = Date.now();
    const first = began - this.#endedAt;
    try {
      for (const [sentence, { index, segment }] of [...new Intl.Segmenter('en', { granularity: 'sentence' }).segment(text)].entries()) {
        speech.sentences.push({ start: index, length: segment.length, from: speech.sample });
        this.#tell({ event: 'speech', data: { turn, sentence, start: index, length: segment.length } });
        await this.#speak(speech, sentence, segment.length, began);
        if (sentence === 0) this.#tell({ event: 'turn_timing', data: { turn, transcript: 40, first_token: Math.round(first * 0.4), first_clause: Math.round(first * 0.7), first_audio: first } });
      }
      this.#tell({ event: 'speech_end', data: { turn, samples: speech.sample } });
      await delay(AheadMs + 200, undefined, { signal: speech.stop.signal });
      if (this.#speech === speech) this.#speech = null;
    } catch { /* it was stopped */ }
  }

  async #speak(speech, sentence, characters, began) {
    const frame = Math.round(Rate * FrameMs / 1000);
    for (let left = Math.round(Rate * CharacterMs * characters / 1000); left > 0; left -= frame) {
      const hertz = 180 + 60 * Math.sin(speech.sample / 3_000);
      this.#tellBytes(speechBytes({ turn: speech.turn, sentence, rate: Rate, sample: speech.sample, pcm: toPcm(tone(hertz, Rate, Math.min(left, frame), 0.2)) }));
      speech.sample += Math.min(left, frame);
      await delay(Math.max(0, began + speech.sample / Rate * 1000 - AheadMs - Date.now()), undefined, { signal: speech.stop.signal });
    }
  }

  #begun() {
    this.#recording('hearing');
    if (this.#speech) this.#tell({ event: 'audio_pause', data: { turn: this.#speech.turn } });
  }

  #understood() {
    this.#recording('finishing');
    this.interrupt();
    this.#endedAt = Date.now();
    this.#transcribed(true);
    this.#loud = this.#quiet = 0;
    const text = Said[this.#utterances++ % Said.length];
    this.#conversation.say({ text, client_msg_id: `v_${this.#utterances}`, onAnswer: (turn, answer) => this.answered(turn, answer) });
    this.#recording('on');
  }

  #transcribed(final) {
    const words = Said[this.#utterances % Said.length].split(' ');
    const text = final ? words.join(' ') : words.slice(0, Math.ceil(this.#loud / 10)).join(' ');
    this.#tell({ event: 'transcription', data: { success: true, text, final, utterance: this.#utterances + 1 } });
  }

  #recording(state) {
    this.#tell({ event: 'recording', data: { state, mode: this.#mode } });
  }
}
