/** @import { ClientFrame, ClientUserMessage } from './events.js' */
/** @import { Frame, SnapshotTurn } from './protocol.js' */
/** @typedef {{ id: string, text: string, voice?: boolean, interrupts?: boolean }} OutgoingMessage voice: it was spoken; interrupts: what runs and waits is to make way for it */
import type { ClientFrame, ClientUserMessage } from './events.js';
import type { Frame } from './protocol.js';
export type OutgoingMessage = {
    id: string;
    text: string;
    voice?: boolean;
    interrupts?: boolean;
};
/** Refusals of a message that hold for now only: it is kept, and sent again later. */
export declare const RefusedForNow: string[];
/** What the server has not confirmed yet, and what is therefore sent again on the next connection: messages in the order in which they were typed, the choice of a provider, turns to be stopped, answers to questions. */
export declare class Outbox {
    #private;
    /**
     * @param {{ messages?: OutgoingMessage[], cancels?: number[] }} kept
     * @param {() => void} changed called when the messages or the turns to be stopped have changed, so that the owner can keep them
     */
    constructor({ messages, cancels }: {
        messages?: OutgoingMessage[];
        cancels?: number[];
    }, changed: () => void);
    get messages(): OutgoingMessage[];
    get cancels(): number[];
    /** The frames to send again, what is to be stopped first and messages last. @returns {ClientFrame[]} */
    get frames(): ClientFrame[];
    /** The same without the messages. */
    get urgentFrames(): ClientFrame[];
    /** @param {string} text @param {{ voice?: boolean, interrupts?: boolean }} [how] */
    addMessage(text: string, { voice, interrupts }?: {
        voice?: boolean;
        interrupts?: boolean;
    }): {
        event: 'user_message';
        data: ClientUserMessage & {
            client_msg_id: string;
        };
    };
    /** Takes a message back. Should the server have taken it all the same, `note` says which turn it is. @param {string} id */
    withdraw(id: string): void;
    /** @param {string} provider @returns {ClientFrame} */
    chooseProvider(provider: string): ClientFrame;
    /** @param {number} [turn] @returns {ClientFrame} */
    cancelTurn(turn?: number): ClientFrame;
    /** @param {string} id of the call @param {boolean} yes */
    answer(id: string, yes: boolean): ClientFrame;
    /** In a new conversation no turn of the old one is to be stopped, and the user's choice of a provider is to be made again. @param {string} [providerInUse] */
    beginConversation(providerInUse?: string): void;
    clearMessages(): void;
    /** Strikes out what the event confirms or refuses. Returns the turn of a message that was withdrawn too late. @param {Frame} frame @returns {number | null} */
    note({ event, data }: Frame): number | null;
}
