/** @import { Played } from './playback-queue.js' */
/** @import { PlayerCommand } from './player-worklet.js' */
/** @import { SpeechFrame } from './speech-frame.js' */
import type { Played } from './playback-queue.js';
import type { SpeechFrame } from './speech-frame.js';
/** Plays speech, and tells how much of it was heard. While its context stands still, it tells nothing. */
export declare class Player {
    #private;
    /**
     * To be made while the user presses something: else browsers let no sound out.
     * @param {{ onPlayed(played: Played): void, onStarted(turn: number, latencyMs: number): void, onDry(): void, onFailed(): void }} actions
     */
    constructor(actions: {
        onPlayed(played: Played): void;
        onStarted(turn: number, latencyMs: number): void;
        onDry(): void;
        onFailed(): void;
    });
    /** Sound is let out while, or after, the user presses something. */
    wake(): void;
    /** @param {SpeechFrame} frame */
    play(frame: SpeechFrame): void;
    /** The turn has so many samples in all. @param {number} turn @param {number} samples */
    end(turn: number, samples: number): void;
    /** Falls silent within a few milliseconds and keeps what is queued. */
    pause(): void;
    resume(): void;
    /** Drops what is left of a turn, or of everything. @param {number} [turn] */
    drop(turn?: number): void;
}
