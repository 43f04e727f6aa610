import { Microphone } from './audio/microphone.js';
import { Player } from './audio/player.js';
import type { SpeechFrame } from './audio/speech-frame.js';
import type { MicrophoneProblem } from './audio/microphone.js';
import type { Played } from './audio/playback-queue.js';
import type { ConvonetClient } from './client.js';
import type { RecordingMode } from './protocol.js';
export type MicrophoneState = 'off' | 'asking' | 'on' | MicrophoneProblem;
export type VoiceEventMap = {
    microphone: {
        state: MicrophoneState;
        mode?: RecordingMode;
        engine?: 'server';
    };
    /**
     * sound of the server is about to be played
     */
    speech_queued: SpeechFrame;
    speech_played: Played;
    /**
     * the first sound of a turn was given to the loudspeaker, which lets it out so much later
     */
    speech_started: {
        turn: number;
        latencyMs: number;
    };
    /**
     * there is nothing more to be played just now
     */
    speech_dry: {};
    /**
     * the user wants to hear no more
     */
    speech_stopped: {};
    /**
     * the answer cannot be played here; why, for people
     */
    voice_failed: {
        message: string;
    };
};
export type VoiceEvent = {
    [Name in keyof VoiceEventMap]: {
        event: Name;
        data: VoiceEventMap[Name];
    };
}[keyof VoiceEventMap];
/**
 * Speaks with the server: the microphone goes to it while the user wants that, its speech comes out of the loudspeaker, and what was heard is told back.
 * What comes of it is told as events.
 */
export declare class VoiceSession {
    #private;
    /**
     * @param {ConvonetClient} client
     * @param {{ dispatch?(event: VoiceEvent): void, onLevel?(level: number): void, openMicrophone?: typeof Microphone.open, makePlayer?: (...args: ConstructorParameters<typeof Player>) => Player }} [options]
     *   `dispatch` hears what comes of it; `onLevel` is called 50 times a second, 0 to 1
     */
    constructor(client: ConvonetClient, { dispatch, onLevel, openMicrophone, makePlayer }?: {
        dispatch?(event: VoiceEvent): void;
        onLevel?(level: number): void;
        openMicrophone?: typeof Microphone.open;
        makePlayer?: (...args: ConstructorParameters<typeof Player>) => Player;
    });
    /** Whether the microphone is open, or is being opened. */
    get isOn(): boolean;
    /** Opens the microphone and keeps what it hears, until `record` says what it is for. To be called while the user presses something. */
    prepare(): void;
    /** @param {RecordingMode} mode */
    record(mode: RecordingMode): void;
    /** Closes the microphone; what was being said becomes a turn. */
    stop(): void;
    /** Falls silent. The server is to be told by a `cancel`. @param {number | null} turn that is spoken */
    silence(turn: number | null): void;
}
