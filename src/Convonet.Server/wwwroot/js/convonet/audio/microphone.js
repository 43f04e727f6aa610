/** @typedef {'refused' | 'missing' | 'busy' | 'insecure' | 'unsupported'} MicrophoneProblem */
/** @typedef {{ onFrame(frame: Int16Array<ArrayBuffer>, level: number): void, onEnded(): void }} MicrophoneActions */

/** The user said no, or there is no microphone that could be had. */
export class MicrophoneError extends Error {
  /** @param {MicrophoneProblem} problem */
  constructor(problem) {
    super(`No microphone: ${problem}.`);
    this.problem = problem;
  }
}

/** @type {Record<string, MicrophoneProblem>} */
const Problems = { NotAllowedError: 'refused', SecurityError: 'refused', NotFoundError: 'missing', OverconstrainedError: 'missing', NotReadableError: 'busy', AbortError: 'busy' };

/** What stands in the way on this page, before anybody is asked; null when nothing does. @returns {MicrophoneProblem | null} */
export function obstacle() {
  if (!globalThis.isSecureContext) return 'insecure';
  return typeof navigator.mediaDevices?.getUserMedia === 'function' && typeof AudioWorkletNode === 'function' ? null : 'unsupported';
}

/** An open microphone, which gives frames for the wire until it is closed. */
export class Microphone {
  #stream;
  #context;

  /** @param {MediaStream} stream @param {AudioContext} context */
  constructor(stream, context) {
    this.#stream = stream;
    this.#context = context;
  }

  /** Asks for the microphone. @param {MicrophoneActions} actions @returns {Promise<Microphone>} @throws {MicrophoneError} */
  static async open({ onFrame, onEnded }) {
    const problem = obstacle();
    if (problem) throw new MicrophoneError(problem);
    const stream = await askForStream();
    const context = new AudioContext({ latencyHint: 'interactive' });
    const microphone = new Microphone(stream, context);
    try {
      await context.audioWorklet.addModule(new URL('./mic-worklet.js', import.meta.url));
      const node = new AudioWorkletNode(context, 'microphone', { numberOfOutputs: 0, channelCount: 1, channelCountMode: 'explicit' });
      node.port.onmessage = ({ data }) => onFrame(data.frame, data.level);
      context.createMediaStreamSource(stream).connect(node);
      stream.getAudioTracks()[0].addEventListener('ended', onEnded); // it was unplugged, or the permission was taken back
      await context.resume();
    } catch {
      microphone.close();
      throw new MicrophoneError('unsupported');
    }
    return microphone;
  }

  close() {
    for (const track of this.#stream.getTracks()) track.stop();
    void this.#context.close();
  }
}

/** The echo of the page's own loudspeaker is taken out. */
async function askForStream() {
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
  } catch (error) {
    throw new MicrophoneError(Problems[error instanceof DOMException ? error.name : ''] ?? 'unsupported');
  }
}
