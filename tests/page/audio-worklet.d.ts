// What the scope of an audio worklet has; TypeScript's libraries do not tell.
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}

declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

/** Of the context, samples a second. */
declare const sampleRate: number;
