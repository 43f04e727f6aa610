import { Emitter } from './emitter.js';
import { VoiceLink } from './voice-link.js';
import type { ConnectionName } from './protocol.js';
import type { Clock } from './clock.js';
import type { Store } from './session-store.js';
export declare class ConvonetClient extends Emitter {
    #private;
    voice: VoiceLink;
    /**
     * `fillsIn`: what a snapshot shows of an answer and no event told comes as events behind it, its end too; false for who shows snapshots.
     * @param {{ url: string | URL, WebSocket?: typeof globalThis.WebSocket, store?: Store, fillsIn?: boolean, clock?: Clock, random?: () => number, ask?: (url: string | URL) => Promise<number>, host?: any }} options
     */
    constructor({ url, WebSocket, store, fillsIn, clock, random, ask, host }: {
        url: string | URL;
        WebSocket?: typeof globalThis.WebSocket;
        store?: Store;
        fillsIn?: boolean;
        clock?: Clock;
        random?: () => number;
        ask?: (url: string | URL) => Promise<number>;
        host?: any;
    });
    /** The conversation that is followed; a secret: who has it can read it and write in it. */
    get conversation(): string | null;
    get epoch(): number;
    get state(): ConnectionName;
    /** Messages that the server has not accepted yet. */
    get unaccepted(): import("./outbox.js").OutgoingMessage[];
    connect(): void;
    /** Ends the connection and stays away. The conversation goes on at the server. */
    close(): void;
    /**
     * Sends a message now or, while there is no connection, as soon as there is one. Returns its id, which `accepted` repeats.
     * @param {string} text @param {{ voice?: boolean, interrupts?: boolean }} [how] voice: it was spoken; interrupts: what runs and waits makes way for it
     */
    send(text: string, how?: {
        voice?: boolean;
        interrupts?: boolean;
    }): string;
    /** Takes back a message that the server has not accepted. Should it be accepted all the same, its turn is stopped. @param {string} id */
    withdraw(id: string): void;
    /** Stops the running turn, or the one that is named, which may still wait in line. While there is no connection, that one is stopped as soon as there is one. @param {number} [turn] */
    cancel(turn?: number): void;
    /** Answers a `tool_confirmation`. After a cut it is said again, unless the call has ended. @param {string} id of the call @param {boolean} yes whether it may run */
    confirm(id: string, yes: boolean): void;
    /** Chooses the provider for the turns that begin from now on, also in later conversations of this client. @param {string} provider */
    setProvider(provider: string): void;
    /** Leaves this conversation for a new one. */
    newConversation(): void;
    /** Leaves this conversation for another one of the user's, or for a new one. @param {string | null} conversation */
    open(conversation: string | null): void;
    /** Leaves this conversation and stays away: `connect` begins a new one. */
    leave(): void;
    /**
     * Call it when something suggests that the network came or went; browsers' own signs (`online`, the page is shown again) do. It connects at once when it
     * was waiting, and checks an open connection, which may be dead without anybody having said so.
     */
    wake(): void;
}
