/** @import { Played } from './audio/playback-queue.js' */
/** @import { ClientFrame } from './events.js' */
/** @import { RecordingMode } from './protocol.js' */
/** @import { Wire } from './wire.js' */
import type { Played } from './audio/playback-queue.js';
import type { RecordingMode } from './protocol.js';
import type { Wire } from './wire.js';
/** What a client that speaks sends: the microphone, and how much it has heard. Nothing of it is kept: without a connection, words are lost. */
export declare class VoiceLink {
    #private;
    /** @param {Wire} wire @param {() => boolean} isOnline */
    constructor(wire: Wire, isOnline: () => boolean);
    /** Sound follows. After a cut the recording goes on by itself. @param {RecordingMode} [mode] */
    startRecording(mode?: RecordingMode): void;
    stopRecording(): void;
    /** Sends what the microphone heard: 16 kHz, mono, best 320 samples at a time. @param {Int16Array<ArrayBuffer>} pcm */
    sendAudio(pcm: Int16Array<ArrayBuffer>): void;
    /** Tells how much of a turn's speech was heard. @param {Played} played */
    played(played: Played): void;
    /** There is a new connection, which knows of no recording. */
    goOn(): void;
    /** The server takes no sound. */
    refused(): void;
}
