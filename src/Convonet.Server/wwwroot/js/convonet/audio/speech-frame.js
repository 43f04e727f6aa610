/**
 * A binary frame of the server: speech, after a small header (docs/protocol.md, little-endian).
 * @typedef {object} SpeechFrame
 * @property {number} turn 0 is speech that belongs to no turn
 * @property {number} sentence
 * @property {number} rate samples a second
 * @property {number} sample how many samples of the turn came before this frame
 * @property {Int16Array<ArrayBuffer>} pcm
 */

const Version = 1;
const Pcm16Mono = 1;
const HeaderBytes = 20;
const [LeastRate, MostRate] = [8_000, 96_000];

/** Null for what is no frame of speech, or none of a kind that is known here. @param {ArrayBuffer} bytes @returns {SpeechFrame | null} */
export function readSpeechFrame(bytes) {
  if (bytes.byteLength < HeaderBytes) return null;
  const view = new DataView(bytes);
  const [length, rate] = [view.getUint16(2, true), view.getInt32(4, true)];
  const known = view.getUint8(0) === Version && view.getUint8(1) === Pcm16Mono && rate >= LeastRate && rate <= MostRate;
  // A longer header is one to which something was added; samples are whole.
  if (!known || length < HeaderBytes || length > bytes.byteLength || (bytes.byteLength - length) % 2 !== 0) return null;
  return {
    turn: view.getInt32(8, true), sentence: view.getInt32(12, true), rate, sample: view.getUint32(16, true),
    pcm: new Int16Array(bytes.slice(length)), // every platform that runs a browser is little-endian
  };
}
