/** @typedef {{ setTimeout(run: () => void, ms: number): any, clearTimeout(timer: any): void, now(): number }} Clock */
export type Clock = {
    setTimeout(run: () => void, ms: number): any;
    clearTimeout(timer: any): void;
    now(): number;
};
/** The real clock; tests pass their own. @type {Clock} */
export declare const systemClock: Clock;
