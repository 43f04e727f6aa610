import { Resampler } from './resampler.js';
import type { SpeechFrame } from './speech-frame.js';
export type Played = {
    turn: number;
    sample: number;
    done: boolean;
};
export type Stretch = {
    turn: number;
    /**
     * of the frames
     */
    rate: number;
    /**
     * how many samples of the turn came before it
     */
    first: number;
    /**
     * that came so far, at the frames' rate
     */
    samples: number;
    /**
     * in the ring, at the context's rate
     */
    left: number;
    /**
     * to the loudspeaker, at the context's rate
     */
    given: number;
    /**
     * nothing is added to it
     */
    closed: boolean;
    /**
     * it is the end of its turn
     */
    ended: boolean;
    resampler: Resampler;
};
/**
 * What is to be heard, in the order in which it came: a ring of samples at the rate of the context. It counts what was played of each turn, and only
 * `render`, which the audio thread calls, moves these counts and hands out reports: a context that stands still says nothing.
 */
export declare class PlaybackQueue {
    #private;
    /** @param {number} rate of the context, samples a second @param {number} [seconds] that it holds */
    constructor(rate: number, seconds?: number);
    /** @param {SpeechFrame} frame */
    push({ turn, rate, sample, pcm }: SpeechFrame): void;
    /** The turn has so many samples in all; some of them may still be on their way. @param {number} turn @param {number} samples */
    end(turn: number, samples: number): void;
    /** Falls silent and keeps what is queued. */
    pause(): void;
    resume(): void;
    /** Drops what is left of a turn, or of everything; what plays of it fades out. @param {number} [turn] */
    drop(turn?: number): void;
    /** Writes the next samples. @param {Float32Array} output */
    render(output: Float32Array): void;
    /** What is to be told, after `render`. `started`: turns of which the first sample was just played; `dry`: there is nothing more to play just now. */
    take(): {
        played: Played[];
        started: number[];
        dry: boolean;
    };
}
