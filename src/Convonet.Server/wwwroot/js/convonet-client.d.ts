/**
 * The client library: this module and the folder `convonet` beside it, with no dependency. What it exports is all that there is to use; its types are in
 * `convonet-client.d.ts`, those of the wire events come from the server's own records (docs/protocol.md, `/schema/events.json`).
 *
 *   const convonet = new ConvonetClient({ url: 'ws://localhost:5080/voice' });
 *   convonet.on('agent_stream_chunk', chunk => { if (chunk.type === 'text') process.stdout.write(chunk.text); });
 *   convonet.on('agent_response', () => convonet.close());
 *   convonet.send('What is on my calendar tomorrow?');
 *
 *   ConvonetClient   connects, resumes, sends, and hands out events; runs in pages, workers and Node
 *   VoiceSession     a microphone and a loudspeaker for it, in a page
 *   sessionStore     keeps the conversation, and what was not accepted, over a reload of the page
 */
export { ConvonetClient } from './convonet/client.js';
export { VoiceSession } from './convonet/voice-session.js';
export { MicrophoneError } from './convonet/audio/microphone.js';
export { sessionStore } from './convonet/session-store.js';
export { RefusedForNow } from './convonet/outbox.js';
export { systemClock } from './convonet/clock.js';
export * from './convonet/events.js';
export * from './convonet/protocol.js';
export type MicrophoneProblem = import('./convonet/audio/microphone.js').MicrophoneProblem;
export type Played = import('./convonet/audio/playback-queue.js').Played;
export type SpeechFrame = import('./convonet/audio/speech-frame.js').SpeechFrame;
export type Clock = import('./convonet/clock.js').Clock;
export type Store = import('./convonet/session-store.js').Store;
export type MicrophoneState = import('./convonet/voice-session.js').MicrophoneState;
export type VoiceEventMap = import('./convonet/voice-session.js').VoiceEventMap;
/** @typedef {import('./convonet/audio/microphone.js').MicrophoneProblem} MicrophoneProblem */
/** @typedef {import('./convonet/audio/playback-queue.js').Played} Played */
/** @typedef {import('./convonet/audio/speech-frame.js').SpeechFrame} SpeechFrame */
/** @typedef {import('./convonet/clock.js').Clock} Clock */
/** @typedef {import('./convonet/session-store.js').Store} Store */
/** @typedef {import('./convonet/voice-session.js').MicrophoneState} MicrophoneState */
/** @typedef {import('./convonet/voice-session.js').VoiceEventMap} VoiceEventMap */
