import type { SpeechFrame } from './speech-frame.js';
export type PlayerCommand = {
    to: 'push';
    frame: SpeechFrame;
} | {
    to: 'end';
    turn: number;
    samples: number;
} | {
    to: 'pause' | 'resume';
} | {
    to: 'drop';
    turn?: number;
};
