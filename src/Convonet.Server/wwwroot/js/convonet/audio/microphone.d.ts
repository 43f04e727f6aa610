/** @typedef {'refused' | 'missing' | 'busy' | 'insecure' | 'unsupported'} MicrophoneProblem */
/** @typedef {{ onFrame(frame: Int16Array<ArrayBuffer>, level: number): void, onEnded(): void }} MicrophoneActions */
export type MicrophoneProblem = 'refused' | 'missing' | 'busy' | 'insecure' | 'unsupported';
export type MicrophoneActions = {
    onFrame(frame: Int16Array<ArrayBuffer>, level: number): void;
    onEnded(): void;
};
/** The user said no, or there is no microphone that could be had. */
export declare class MicrophoneError extends Error {
    problem: MicrophoneProblem;
    /** @param {MicrophoneProblem} problem */
    constructor(problem: MicrophoneProblem);
}
/** What stands in the way on this page, before anybody is asked; null when nothing does. @returns {MicrophoneProblem | null} */
export declare function obstacle(): MicrophoneProblem | null;
/** An open microphone, which gives frames for the wire until it is closed. */
export declare class Microphone {
    #private;
    /** @param {MediaStream} stream @param {AudioContext} context */
    constructor(stream: MediaStream, context: AudioContext);
    /** Asks for the microphone. @param {MicrophoneActions} actions @returns {Promise<Microphone>} @throws {MicrophoneError} */
    static open({ onFrame, onEnded }: MicrophoneActions): Promise<Microphone>;
    close(): void;
}
