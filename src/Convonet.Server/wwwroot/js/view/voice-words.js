/** @import { Voice, VoicePhase } from '../voice-state.js' */

/**
 * What the voice line says: the state in a word or two, and what one can do about it.
 * @typedef {{ state: string, hint: string }} VoiceWords
 */

/** @type {Record<VoicePhase, VoiceWords>} */
const Words = {
  off: { state: '', hint: '' },
  unavailable: { state: 'This server cannot hear.', hint: '' },
  asking: { state: 'Asking for the microphone', hint: 'Your browser asks you whether this page may use it.' },
  connecting: { state: 'Microphone on', hint: 'Waiting for the server…' },
  listening: { state: 'Listening', hint: 'Just speak.' },
  hearing: { state: 'Hearing you', hint: '' },
  finishing: { state: 'Understanding', hint: '' },
  thinking: { state: 'Thinking', hint: '' },
  speaking: { state: 'Speaking', hint: 'Talk over it, or press Escape to stop it.' },
  paused: { state: 'Paused', hint: 'Go on, I am listening.' },
  refused: { state: 'The microphone is blocked.', hint: 'Allow it for this page in the site settings, beside the address, and press the microphone again.' },
  missing: { state: 'No microphone found.', hint: 'Connect one and press the microphone again.' },
  busy: { state: 'The microphone could not be opened.', hint: 'Another program may be using it. Close that one and press the microphone again.' },
  insecure: { state: 'No microphone on this address.', hint: 'Browsers allow it on https pages and on localhost only.' },
  unsupported: { state: 'This browser cannot record.', hint: 'It lacks what that takes (AudioWorklet). Use a current one, or type.' },
};

/** @param {Voice} voice @param {VoicePhase} phase @returns {VoiceWords} */
export function voiceWords(voice, phase) {
  if (voice.notice !== null) return { state: Words[phase].state || 'Speech', hint: voice.notice };
  if (phase === 'unavailable') return { ...Words.unavailable, hint: voice.speech.message ?? 'No speech engine is set up on it. Type instead.' };
  if (phase === 'listening' && voice.misheard) return { ...Words.listening, hint: 'I did not catch that. Say it again?' };
  if ((phase === 'listening' || phase === 'hearing') && voice.mode === 'push_to_talk') return { ...Words[phase], hint: 'Let go when you have said it.' };
  if (phase === 'speaking' && voice.microphone !== 'on') return { ...Words.speaking, hint: 'Press Escape to stop it.' };
  return Words[phase];
}

/** What is said where the browser's own speech is offered. */
export const BrowserOffer = 'Or use browser speech; what you say may then go to the maker of your browser.';

/** Whether something stands in the way, which the user can put right. @param {VoicePhase} phase */
export function isProblem(phase) {
  return phase === 'unavailable' || phase === 'refused' || phase === 'missing' || phase === 'busy' || phase === 'insecure' || phase === 'unsupported';
}
