import type { SpeechFrame } from './audio/speech-frame.js';
import type { ClientFrame } from './events.js';
/** The socket of a connection: one at a time. Of one that was left, nothing is heard any more. */
export declare class Wire {
    #private;
    /**
     * @param {{ url: string | URL, WebSocket: typeof globalThis.WebSocket }} options
     * @param {{ onText(text: string): void, onSpeech(frame: SpeechFrame): void, onCut(): void }} handlers
     */
    constructor({ url, WebSocket }: {
        url: string | URL;
        WebSocket: typeof globalThis.WebSocket;
    }, handlers: {
        onText(text: string): void;
        onSpeech(frame: SpeechFrame): void;
        onCut(): void;
    });
    open(): void;
    drop(): void;
    /** @param {ClientFrame} frame */
    send(frame: ClientFrame): void;
    /** Sound that the network cannot keep up with is lost: it would only come later and later. @param {Int16Array<ArrayBuffer>} pcm */
    sendAudio(pcm: Int16Array<ArrayBuffer>): void;
}
