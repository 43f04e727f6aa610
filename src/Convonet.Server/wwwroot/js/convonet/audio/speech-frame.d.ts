/**
 * A binary frame of the server: speech, after a small header (docs/protocol.md, little-endian).
 * @typedef {object} SpeechFrame
 * @property {number} turn 0 is speech that belongs to no turn
 * @property {number} sentence
 * @property {number} rate samples a second
 * @property {number} sample how many samples of the turn came before this frame
 * @property {Int16Array<ArrayBuffer>} pcm
 */
export type SpeechFrame = {
    /**
     * 0 is speech that belongs to no turn
     */
    turn: number;
    sentence: number;
    /**
     * samples a second
     */
    rate: number;
    /**
     * how many samples of the turn came before this frame
     */
    sample: number;
    pcm: Int16Array<ArrayBuffer>;
};
/** Null for what is no frame of speech, or none of a kind that is known here. @param {ArrayBuffer} bytes @returns {SpeechFrame | null} */
export declare function readSpeechFrame(bytes: ArrayBuffer): SpeechFrame | null;
