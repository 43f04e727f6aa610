/** @import { OutgoingMessage } from './outbox.js' */
/** @typedef {{ conversation: string | null, epoch: number, outbox: OutgoingMessage[], cancels?: number[], begins?: boolean }} Kept what a store keeps of a client; `cancels`: turns to be stopped; `begins`: nothing was ever told of the conversation */
/** @typedef {{ load(): Kept | null, save(kept: Kept): void }} Store */
import type { OutgoingMessage } from './outbox.js';
export type Kept = {
    conversation: string | null;
    epoch: number;
    outbox: OutgoingMessage[];
    cancels?: number[];
    begins?: boolean;
};
export type Store = {
    load(): Kept | null;
    save(kept: Kept): void;
};
/** Keeps the conversation of a tab over a reload. A blocked or full storage costs only that. @returns {Store} */
export declare function sessionStore(): Store;
