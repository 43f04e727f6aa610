import type { SpeechFrame } from './audio/speech-frame.js';
import type { ClientFrame } from './events.js';
import type { ErrorData } from './protocol.js';
/** The socket of a connection: one at a time. Of one that was left, nothing is heard any more. */
export declare class Wire {
    #private;
    /**
     * @param {{ url: string | URL, WebSocket: typeof globalThis.WebSocket, ask?: (url: string | URL) => Promise<number>, wasThere?: boolean }} options `ask` tells HTTP's status of an address, 0 where it is not known; `wasThere`: the server was reached before, perhaps by the page before a refresh
     * @param {{ onText(text: string): void, onSpeech(frame: SpeechFrame): void, onCut(): void, onRefused(why: ErrorData): void }} handlers `onRefused` comes behind `onCut` where another try is of no use
     */
    constructor({ url, WebSocket, ask, wasThere }: {
        url: string | URL;
        WebSocket: typeof globalThis.WebSocket;
        ask?: (url: string | URL) => Promise<number>;
        wasThere?: boolean;
    }, handlers: {
        onText(text: string): void;
        onSpeech(frame: SpeechFrame): void;
        onCut(): void;
        onRefused(why: ErrorData): void;
    });
    open(): void;
    drop(): void;
    /** @param {ClientFrame} frame */
    send(frame: ClientFrame): void;
    /** Sound that the network cannot keep up with is lost: it would only come later and later. @param {Int16Array<ArrayBuffer>} pcm */
    sendAudio(pcm: Int16Array<ArrayBuffer>): void;
}
