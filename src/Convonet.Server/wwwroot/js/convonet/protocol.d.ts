/**
 * What the client adds to the wire events of the server, and other names for them. Types only: it holds no code.
 *
 * @import { AgentResponse, AudioPause, ChangeView, ErrorView, LimitsView, ProviderView, Recording, Refused, ServerEvents, SpeechView, Spoken, TimingView, ToolCallView, ToolEnded, ToolView, TurnView } from './events.js'
 * @import { SpeechFrame } from './audio/speech-frame.js'
 *
 * @typedef {ProviderView} Provider
 * @typedef {LimitsView} Limits
 * @typedef {Partial<SpeechView>} Speech
 * @typedef {ToolCallView} ToolCallData
 * @typedef {ToolEnded} ToolResult
 * @typedef {ToolEnded['outcome']} ToolOutcome
 * @typedef {AgentResponse['outcome']} TurnOutcome
 * @typedef {ErrorView} TurnError
 * @typedef {TimingView} Timing
 * @typedef {Refused} ErrorData
 * @typedef {ToolView} SnapshotTool
 * @typedef {TurnView} SnapshotTurn
 * @typedef {ChangeView} ChangeNotice
 * @typedef {Recording['mode']} RecordingMode
 * @typedef {Spoken} SpokenSentence
 * @typedef {AudioPause} OfTurn
 *
 * What the client adds to the server's events:
 * @typedef {'closed' | 'connecting' | 'resuming' | 'online' | 'waiting'} ConnectionName
 * @typedef {{ state: ConnectionName, retryInMs?: number }} Connection
 * @typedef {object} ClientSideEvents
 * @property {{ client_msg_id: string, text: string }} queued a message waits to be sent or accepted
 * @property {Connection} connection
 * @property {{ conversation: string, epoch: number, provider: string }} conversation_lost the server forgot ours; this is the new one
 * @property {SpeechFrame} speech_audio a binary frame
 * @property {{ conversation: string | null }} reset this conversation is followed from now on; null: a new one, which has no id yet
 * @property {{ client_msg_id: string }} withdrawn the user took a message back
 * @property {{ id: string, yes: boolean }} tool_answered the user answered the question of this call
 *
 * @typedef {ServerEvents & ClientSideEvents} EventMap
 * @typedef {{ [Name in keyof EventMap]: { event: Name, data: EventMap[Name], seq?: number, epoch?: number } }[keyof EventMap]} Frame
 */
import type { AgentResponse, AudioPause, ChangeView, ErrorView, LimitsView, ProviderView, Recording, Refused, ServerEvents, SpeechView, Spoken, TimingView, ToolCallView, ToolEnded, ToolView, TurnView } from './events.js';
import type { SpeechFrame } from './audio/speech-frame.js';
export type Provider = ProviderView;
export type Limits = LimitsView;
export type Speech = Partial<SpeechView>;
export type ToolCallData = ToolCallView;
export type ToolResult = ToolEnded;
export type ToolOutcome = ToolEnded['outcome'];
export type TurnOutcome = AgentResponse['outcome'];
export type TurnError = ErrorView;
export type Timing = TimingView;
export type ErrorData = Refused;
export type SnapshotTool = ToolView;
export type SnapshotTurn = TurnView;
export type ChangeNotice = ChangeView;
export type RecordingMode = Recording['mode'];
export type SpokenSentence = Spoken;
export type OfTurn = AudioPause;
export type ConnectionName = 'closed' | 'connecting' | 'resuming' | 'online' | 'waiting';
export type Connection = {
    state: ConnectionName;
    retryInMs?: number;
};
export type ClientSideEvents = {
    /**
     * a message waits to be sent or accepted
     */
    queued: {
        client_msg_id: string;
        text: string;
    };
    connection: Connection;
    /**
     * the server forgot ours; this is the new one
     */
    conversation_lost: {
        conversation: string;
        epoch: number;
        provider: string;
    };
    /**
     * a binary frame
     */
    speech_audio: SpeechFrame;
    /**
     * this conversation is followed from now on; null: a new one, which has no id yet
     */
    reset: {
        conversation: string | null;
    };
    /**
     * the user took a message back
     */
    withdrawn: {
        client_msg_id: string;
    };
    /**
     * the user answered the question of this call
     */
    tool_answered: {
        id: string;
        yes: boolean;
    };
};
export type EventMap = ServerEvents & ClientSideEvents;
export type Frame = {
    [Name in keyof EventMap]: {
        event: Name;
        data: EventMap[Name];
        seq?: number;
        epoch?: number;
    };
}[keyof EventMap];
export {};
