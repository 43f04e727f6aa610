/**
 * The types of the wire protocol (docs/protocol.md). Types only: nothing loads this file at run time.
 *
 * @import { SpeechFrame } from './audio/speech-frame.js'
 *
 * @typedef {{ name: string, model: string, configured: boolean, emulated: boolean }} Provider
 * @typedef {{ message_chars: number, frame_bytes: number }} Limits
 * @typedef {{ session_id: string, conversation: string, signed_in?: boolean, epoch: number, provider: string, providers: Provider[], limits?: Limits, speech?: Speech }} Connected
 * @typedef {{ input?: { engine: string } | null, output?: { engine: string, voice?: string } | null, message?: string | null }} Speech what the server hears and speaks with; the message says what to install
 * @typedef {{ client_msg_id?: string, turn: number, text: string, provider?: string, conversation?: string }} Accepted
 * @typedef {{ id: string, name: string, args?: unknown }} ToolCallData
 * @typedef {{ type: 'text', text: string, turn: number }} TextChunk
 * @typedef {{ type: 'tool', tool_call: ToolCallData, turn: number, at_ms?: number }} ToolChunk
 * @typedef {{ tool_call: ToolCallData, turn: number, state: 'asked' | 'running', message?: string }} ToolProgress
 * @typedef {'ok' | 'error' | 'timeout' | 'cancelled' | 'unknown'} ToolOutcome unknown: it was started, and nobody knows whether it took effect
 * @typedef {{ tool_call: ToolCallData, turn: number, outcome: ToolOutcome, result?: unknown, elapsed_ms?: number, limit_ms?: number, at_ms?: number }} ToolResult
 * @typedef {{ tool_call: ToolCallData, turn: number, expires_ms: number }} ToolConfirmation
 * @typedef {'completed' | 'truncated' | 'blocked' | 'stalled' | 'timed_out' | 'cancelled' | 'failed'} TurnOutcome
 * @typedef {{ code: string, message: string, retryable?: boolean }} TurnError
 * @typedef {{ first_text_ms?: number, total_ms?: number }} Timing
 * @typedef {{ input_tokens: number, output_tokens: number, cached_input_tokens?: number, cost?: number, currency?: string, cached?: boolean, characters?: number, audio_ms?: number }} Usage without `cost`: it is not known; `cached`: the answer was given before, and no model was asked
 * @typedef {object} AgentResponse
 * @property {boolean} success
 * @property {string} text
 * @property {null | string} audio
 * @property {number} turn
 * @property {TurnOutcome} outcome
 * @property {TurnError} [error]
 * @property {string} [provider]
 * @property {string} [model]
 * @property {boolean} [emulated]
 * @property {Timing} [timing]
 * @property {Usage} [usage]
 * @typedef {{ code: string, message: string, turn?: number, provider?: string }} Status
 * @typedef {{ code: string, message: string, client_msg_id?: string, retry_after_ms?: number }} ErrorData
 * @typedef {{ id: string, name: string, args?: unknown, outcome?: ToolOutcome, result?: unknown, elapsed_ms?: number, limit_ms?: number, at?: number, at_ms?: number, awaits_confirmation?: boolean, expires_ms?: number }} SnapshotTool `at`: characters of the turn’s text before the call
 * @typedef {{ turn: number, client_msg_id?: string, user: string, text: string, tools?: SnapshotTool[], outcome?: TurnOutcome, heard?: number, error?: TurnError, provider?: string, model?: string, emulated?: boolean, timing?: Timing, usage?: Usage, superseded?: number }} SnapshotTurn `superseded`: characters of its text that an earlier process had kept when this one took it up
 * @typedef {{ conversation: string, epoch: number, seq: number, provider?: string, turns: SnapshotTurn[] }} Snapshot
 * @typedef {{ after_ms?: number, message?: string }} GoingAway
 * @typedef {{ conversation: string, turn: number, keep: number, epoch: number }} Superseded what was shown of the turn behind `keep` characters is replaced; a snapshot follows
 * @typedef {{ id: string, summary: string, tool?: string | null, call_id?: string | null }} ChangeNotice something that was done and can be taken back; without a tool the user did it by hand
 * @typedef {{ kinds: string[], change?: ChangeNotice | null }} DataChanged
 * @typedef {{ id: string, text: string, importance: string, remind_at: string }} ReminderDue
 *
 * Of spoken turns:
 * @typedef {'hands_free' | 'push_to_talk'} RecordingMode
 * @typedef {{ state: 'on' | 'hearing' | 'finishing' | 'off', mode?: RecordingMode }} Recording
 * @typedef {{ success: boolean, text: string, final: boolean, utterance: number }} Transcription
 * @typedef {{ turn: number, sentence: number, start?: number, length?: number }} SpokenSentence the sentence speaks these characters of the turn's text; none: a filler
 * @typedef {{ turn: number, samples: number }} SpeechEnd
 * @typedef {{ turn: number }} OfTurn
 * @typedef {{ turn: number, heard: number }} Interrupted `heard`: characters of the turn's text
 * @typedef {{ turn: number, transcript?: number | null, first_token?: number | null, first_clause?: number | null, first_audio?: number | null }} TurnTiming milliseconds since the user stopped speaking
 *
 * What the client adds to the server's events:
 * @typedef {{ client_msg_id: string, text: string }} Queued a message waits to be sent or accepted
 * @typedef {'closed' | 'connecting' | 'resuming' | 'online' | 'waiting'} ConnectionName
 * @typedef {{ state: ConnectionName, retryInMs?: number }} Connection
 * @typedef {{ conversation: string, epoch: number, provider: string }} ConversationLost the server forgot ours; this is the new one
 *
 * @typedef {object} EventMap
 * @property {Connected} connected
 * @property {Accepted} accepted
 * @property {TextChunk | ToolChunk} agent_stream_chunk
 * @property {ToolProgress} agent_tool_progress
 * @property {ToolResult} agent_tool_result
 * @property {ToolConfirmation} tool_confirmation
 * @property {AgentResponse} agent_response
 * @property {Status} status
 * @property {ErrorData} error
 * @property {Snapshot} snapshot
 * @property {GoingAway} going_away
 * @property {Superseded} superseded
 * @property {DataChanged} data_changed
 * @property {ReminderDue} reminder_due
 * @property {Queued} queued
 * @property {Connection} connection
 * @property {ConversationLost} conversation_lost
 * @property {Recording} recording
 * @property {Transcription} transcription
 * @property {SpokenSentence} speech
 * @property {SpeechFrame} speech_audio a binary frame
 * @property {SpeechEnd} speech_end
 * @property {OfTurn} audio_pause
 * @property {OfTurn} audio_resume
 * @property {Interrupted} interrupted
 * @property {TurnTiming} turn_timing
 * @property {{ conversation: string | null }} reset this conversation is followed from now on; null: a new one, which has no id yet
 * @property {{ client_msg_id: string }} withdrawn the user took a message back
 * @property {{ id: string, yes: boolean }} tool_answered the user answered the question of this call
 *
 * @typedef {{ [Name in keyof EventMap]: { event: Name, data: EventMap[Name], seq?: number, epoch?: number } }[keyof EventMap]} Frame
 */

export {};
