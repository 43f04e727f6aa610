/**
 * Changes the rate of mono samples that come in pieces. The ratio is kept as a fraction of whole numbers, so that nothing drifts however long it runs:
 * n samples become ⌈n · to / from⌉, and the k-th of them belongs to the moment of sample k · from / to.
 */
export declare class Resampler {
    #private;
    /** @param {number} from samples a second, a whole number @param {number} to samples a second, a whole number */
    constructor(from: number, to: number);
    /** What the samples so far allow for. @param {Float32Array} samples @returns {Float32Array} */
    push(samples: Float32Array): Float32Array;
    /** The rest, up to the last sample. What comes after it begins anew. @returns {Float32Array} */
    flush(): Float32Array;
}
