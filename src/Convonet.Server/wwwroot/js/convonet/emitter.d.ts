/** @import { EventMap, Frame } from './protocol.js' */
import type { EventMap, Frame } from './protocol.js';
/** Hands events to handlers by name, and as one stream. */
export declare class Emitter {
    #private;
    /**
     * Calls `handler` for each event of that name, or for every event with the name '*'. Returns the way to stop that.
     * @template {keyof EventMap} Name
     * @overload
     * @param {Name} name
     * @param {(data: EventMap[Name], frame: Frame) => void} handler
     * @returns {() => void}
     */
    /**
     * @overload
     * @param {'*'} name
     * @param {(frame: Frame) => void} handler
     * @returns {() => void}
     */
    /** @param {string} name @param {(data: any, frame: any) => void} handler */
    on<Name extends keyof EventMap>(name: Name, handler: (data: EventMap[Name], frame: Frame) => void): () => void;
    /**
     * Calls `handler` for each event of that name, or for every event with the name '*'. Returns the way to stop that.
     * @template {keyof EventMap} Name
     * @overload
     * @param {Name} name
     * @param {(data: EventMap[Name], frame: Frame) => void} handler
     * @returns {() => void}
     */
    /**
     * @overload
     * @param {'*'} name
     * @param {(frame: Frame) => void} handler
     * @returns {() => void}
     */
    /** @param {string} name @param {(data: any, frame: any) => void} handler */
    on(name: '*', handler: (frame: Frame) => void): () => void;
    /** Every event from now on, in order. Ends after `connection` has said 'closed'; throws when it is not read while 10,000 come. @returns {AsyncGenerator<Frame, void, void>} */
    [Symbol.asyncIterator](): AsyncGenerator<Frame, void, void>;
    /** @protected @param {string} event @param {object} data @param {object} [frame] */
    protected emit(event: string, data: object, frame?: object): void;
}
