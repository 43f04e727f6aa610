/**
 * The types of the wire events, as the server's records define them (docs/protocol.md says what they mean). Made by `npm run types` in tests/page; do not
 * change it by hand. Types only: it holds no code.
 *
 * @typedef {object} Accepted
 * @property {string} client_msg_id
 * @property {number} turn
 * @property {string} text
 * @property {string} provider
 * @property {string} conversation
 * @typedef {object} AgentResponse
 * @property {boolean} success
 * @property {string} text
 * @property {number} turn
 * @property {'completed' | 'truncated' | 'blocked' | 'stalled' | 'timed_out' | 'cancelled' | 'failed'} outcome
 * @property {ErrorView} [error]
 * @property {string} provider
 * @property {string} model
 * @property {boolean} emulated
 * @property {TimingView} timing
 * @property {UsageView} [usage]
 * @property {string | null} audio
 * @typedef {object} ErrorView
 * @property {string} code
 * @property {string} message
 * @property {boolean} retryable
 * @typedef {object} TimingView
 * @property {number} [first_text_ms]
 * @property {number} total_ms
 * @typedef {object} UsageView
 * @property {number} input_tokens
 * @property {number} output_tokens
 * @property {number} cached_input_tokens
 * @property {number} [cost]
 * @property {string} [currency]
 * @property {boolean} [cached]
 * @property {number} [characters]
 * @property {number} [audio_ms]
 * @typedef {object} AudioPause
 * @property {number} turn
 * @typedef {object} AudioResume
 * @property {number} turn
 * @typedef {object} Authenticated
 * @property {boolean} success
 * @property {string} [user_name]
 * @property {string} message
 * @typedef {object} Connected
 * @property {string} session_id
 * @property {string} conversation
 * @property {boolean} signed_in
 * @property {number} epoch
 * @property {string} provider
 * @property {ProviderView[]} providers
 * @property {LimitsView} limits
 * @property {SpeechView} [speech]
 * @typedef {object} ProviderView
 * @property {string} name
 * @property {string} model
 * @property {boolean} configured
 * @property {boolean} emulated
 * @typedef {object} LimitsView
 * @property {number} message_chars
 * @property {number} frame_bytes
 * @typedef {object} SpeechInputView
 * @property {string} engine
 * @typedef {object} SpeechOutputView
 * @property {string} engine
 * @property {string} voice
 * @typedef {object} SpeechView
 * @property {SpeechInputView} [input]
 * @property {SpeechOutputView} [output]
 * @property {string} [message]
 * @typedef {object} DataChanged
 * @property {string[]} kinds
 * @property {ChangeView} [change]
 * @typedef {object} ChangeView
 * @property {string} id
 * @property {string} summary
 * @property {string} [tool]
 * @property {string} [call_id]
 * @typedef {object} GoingAway
 * @property {number} after_ms
 * @property {string} message
 * @typedef {object} Interrupted
 * @property {number} turn
 * @property {number} heard
 * @typedef {object} Recording
 * @property {'on' | 'hearing' | 'finishing' | 'off'} state
 * @property {'hands_free' | 'push_to_talk'} mode
 * @typedef {object} RecordingStarted
 * @property {boolean} success
 * @typedef {object} Refused
 * @property {string} code
 * @property {string} message
 * @property {string} [client_msg_id]
 * @property {number} [retry_after_ms]
 * @typedef {object} ReminderDue
 * @property {string} id
 * @property {string} text
 * @property {'low' | 'medium' | 'high' | 'urgent'} importance
 * @property {string} remind_at
 * @typedef {object} Snapshot
 * @property {string} conversation
 * @property {number} epoch
 * @property {number} seq
 * @property {string} provider
 * @property {TurnView[]} turns
 * @typedef {object} ToolView
 * @property {string} id
 * @property {string} name
 * @property {unknown} args
 * @property {'ok' | 'error' | 'timeout' | 'cancelled' | 'unknown'} [outcome]
 * @property {unknown} [result]
 * @property {number} [elapsed_ms]
 * @property {boolean} [awaits_confirmation]
 * @property {number} [at]
 * @property {number} [at_ms]
 * @property {number} [limit_ms]
 * @property {number} [expires_ms]
 * @typedef {object} TurnView
 * @property {number} turn
 * @property {string} client_msg_id
 * @property {string} user
 * @property {string} text
 * @property {ToolView[]} tools
 * @property {'completed' | 'truncated' | 'blocked' | 'stalled' | 'timed_out' | 'cancelled' | 'failed'} [outcome]
 * @property {ErrorView} [error]
 * @property {number} [heard]
 * @property {string} [provider]
 * @property {string} [model]
 * @property {boolean} [emulated]
 * @property {TimingView} [timing]
 * @property {UsageView} [usage]
 * @property {number} [superseded]
 * @typedef {object} SpeechEnd
 * @property {number} turn
 * @property {number} samples
 * @typedef {object} Spoken
 * @property {number} turn
 * @property {number} sentence
 * @property {number} start
 * @property {number} length
 * @typedef {object} Status
 * @property {string} code
 * @property {string} message
 * @property {number} [turn]
 * @property {string} [provider]
 * @typedef {object} Superseded
 * @property {string} conversation
 * @property {number} turn
 * @property {number} keep
 * @property {number} epoch
 * @typedef {object} TextChunk
 * @property {string} text
 * @property {number} turn
 * @property {'text'} type
 * @typedef {object} ToolChunk
 * @property {ToolCallView} tool_call
 * @property {number} turn
 * @property {number} at_ms
 * @property {'tool'} type
 * @typedef {object} ToolCallView
 * @property {string} name
 * @property {string} id
 * @property {unknown} args
 * @typedef {object} ToolConfirmation
 * @property {ToolCallView} tool_call
 * @property {number} expires_ms
 * @property {number} turn
 * @typedef {object} ToolEnded
 * @property {ToolCallReference} tool_call
 * @property {'ok' | 'error' | 'timeout' | 'cancelled' | 'unknown'} outcome
 * @property {unknown} result
 * @property {number} elapsed_ms
 * @property {number} [limit_ms]
 * @property {number} turn
 * @property {number} at_ms
 * @typedef {object} ToolCallReference
 * @property {string} id
 * @property {string} name
 * @typedef {object} ToolProgress
 * @property {ToolCallReference} tool_call
 * @property {'asked' | 'running'} state
 * @property {string} [message]
 * @property {number} turn
 * @typedef {object} Transcription
 * @property {boolean} success
 * @property {string} text
 * @property {boolean} final
 * @property {number} utterance
 * @property {string} [client_msg_id]
 * @property {string} [message]
 * @typedef {object} TurnTiming
 * @property {number} turn
 * @property {number} [transcript]
 * @property {number} [first_token]
 * @property {number} [first_clause]
 * @property {number} [first_audio]
 * @typedef {object} TurnUsage
 * @property {number} turn
 * @property {UsageView} usage
 * @typedef {object} WelcomeGreeting
 * @property {string} text
 * @property {string | null} audio
 * @typedef {object} ClientAudioData
 * @property {string} audio
 * @typedef {object} ClientAuthenticate
 * @property {string} pin
 * @property {string} [user]
 * @typedef {object} ClientCancel
 * @property {number} [turn]
 * @typedef {object} ClientConfirm
 * @property {string} id
 * @property {boolean} yes
 * @typedef {object} ClientPlayed
 * @property {number} turn
 * @property {number} sample
 * @property {boolean} [done]
 * @typedef {object} ClientRecording
 * @property {string} [client_msg_id]
 * @typedef {object} ClientResumeConversation
 * @property {string} conversation
 * @property {number} after
 * @property {number} epoch
 * @property {boolean} [begins]
 * @typedef {object} ClientSetProvider
 * @property {string} provider
 * @typedef {object} ClientSetSpeech
 * @property {'frames' | 'whole' | 'none'} speech
 * @typedef {object} ClientStartRecording
 * @property {'hands_free' | 'push_to_talk' | 'whole'} [mode]
 * @typedef {object} ClientStopRecording
 * @property {string} [audio]
 * @property {string} [client_msg_id]
 * @typedef {object} ClientUserMessage
 * @property {string} text
 * @property {string} [client_msg_id]
 * @property {boolean} [voice]
 * @property {'queue' | 'interrupt' | 'reject'} [when_busy]
 *
 * What the server sends, by name:
 * @typedef {object} ServerEvents
 * @property {Accepted} accepted
 * @property {AgentResponse} agent_response
 * @property {AudioPause} audio_pause
 * @property {AudioResume} audio_resume
 * @property {Authenticated} authenticated
 * @property {Connected} connected
 * @property {DataChanged} data_changed
 * @property {GoingAway} going_away
 * @property {Interrupted} interrupted
 * @property {Recording} recording
 * @property {RecordingStarted} recording_started
 * @property {Refused} error
 * @property {ReminderDue} reminder_due
 * @property {Snapshot} snapshot
 * @property {SpeechEnd} speech_end
 * @property {Spoken} speech
 * @property {Status} status
 * @property {Superseded} superseded
 * @property {TextChunk | ToolChunk} agent_stream_chunk
 * @property {ToolConfirmation} tool_confirmation
 * @property {ToolEnded} agent_tool_result
 * @property {ToolProgress} agent_tool_progress
 * @property {Transcription} transcription
 * @property {TurnTiming} turn_timing
 * @property {TurnUsage} turn_usage
 * @property {WelcomeGreeting} welcome_greeting
 *
 * What a client sends:
 * @typedef {{ event: 'audio_data', data: ClientAudioData } | { event: 'authenticate', data: ClientAuthenticate } | { event: 'cancel', data: ClientCancel } | { event: 'confirm', data: ClientConfirm } | { event: 'played', data: ClientPlayed } | { event: 'recording', data: ClientRecording } | { event: 'resume', data: ClientResumeConversation } | { event: 'set_provider', data: ClientSetProvider } | { event: 'set_speech', data: ClientSetSpeech } | { event: 'start_recording', data: ClientStartRecording } | { event: 'stop_recording', data: ClientStopRecording } | { event: 'user_message', data: ClientUserMessage }} ClientFrame
 */
export type Accepted = {
    client_msg_id: string;
    turn: number;
    text: string;
    provider: string;
    conversation: string;
};
export type AgentResponse = {
    success: boolean;
    text: string;
    turn: number;
    outcome: 'completed' | 'truncated' | 'blocked' | 'stalled' | 'timed_out' | 'cancelled' | 'failed';
    error?: ErrorView;
    provider: string;
    model: string;
    emulated: boolean;
    timing: TimingView;
    usage?: UsageView;
    audio: string | null;
};
export type ErrorView = {
    code: string;
    message: string;
    retryable: boolean;
};
export type TimingView = {
    first_text_ms?: number;
    total_ms: number;
};
export type UsageView = {
    input_tokens: number;
    output_tokens: number;
    cached_input_tokens: number;
    cost?: number;
    currency?: string;
    cached?: boolean;
    characters?: number;
    audio_ms?: number;
};
export type AudioPause = {
    turn: number;
};
export type AudioResume = {
    turn: number;
};
export type Authenticated = {
    success: boolean;
    user_name?: string;
    message: string;
};
export type Connected = {
    session_id: string;
    conversation: string;
    signed_in: boolean;
    epoch: number;
    provider: string;
    providers: ProviderView[];
    limits: LimitsView;
    speech?: SpeechView;
};
export type ProviderView = {
    name: string;
    model: string;
    configured: boolean;
    emulated: boolean;
};
export type LimitsView = {
    message_chars: number;
    frame_bytes: number;
};
export type SpeechInputView = {
    engine: string;
};
export type SpeechOutputView = {
    engine: string;
    voice: string;
};
export type SpeechView = {
    input?: SpeechInputView;
    output?: SpeechOutputView;
    message?: string;
};
export type DataChanged = {
    kinds: string[];
    change?: ChangeView;
};
export type ChangeView = {
    id: string;
    summary: string;
    tool?: string;
    call_id?: string;
};
export type GoingAway = {
    after_ms: number;
    message: string;
};
export type Interrupted = {
    turn: number;
    heard: number;
};
export type Recording = {
    state: 'on' | 'hearing' | 'finishing' | 'off';
    mode: 'hands_free' | 'push_to_talk';
};
export type RecordingStarted = {
    success: boolean;
};
export type Refused = {
    code: string;
    message: string;
    client_msg_id?: string;
    retry_after_ms?: number;
};
export type ReminderDue = {
    id: string;
    text: string;
    importance: 'low' | 'medium' | 'high' | 'urgent';
    remind_at: string;
};
export type Snapshot = {
    conversation: string;
    epoch: number;
    seq: number;
    provider: string;
    turns: TurnView[];
};
export type ToolView = {
    id: string;
    name: string;
    args: unknown;
    outcome?: 'ok' | 'error' | 'timeout' | 'cancelled' | 'unknown';
    result?: unknown;
    elapsed_ms?: number;
    awaits_confirmation?: boolean;
    at?: number;
    at_ms?: number;
    limit_ms?: number;
    expires_ms?: number;
};
export type TurnView = {
    turn: number;
    client_msg_id: string;
    user: string;
    text: string;
    tools: ToolView[];
    outcome?: 'completed' | 'truncated' | 'blocked' | 'stalled' | 'timed_out' | 'cancelled' | 'failed';
    error?: ErrorView;
    heard?: number;
    provider?: string;
    model?: string;
    emulated?: boolean;
    timing?: TimingView;
    usage?: UsageView;
    superseded?: number;
};
export type SpeechEnd = {
    turn: number;
    samples: number;
};
export type Spoken = {
    turn: number;
    sentence: number;
    start: number;
    length: number;
};
export type Status = {
    code: string;
    message: string;
    turn?: number;
    provider?: string;
};
export type Superseded = {
    conversation: string;
    turn: number;
    keep: number;
    epoch: number;
};
export type TextChunk = {
    text: string;
    turn: number;
    type: 'text';
};
export type ToolChunk = {
    tool_call: ToolCallView;
    turn: number;
    at_ms: number;
    type: 'tool';
};
export type ToolCallView = {
    name: string;
    id: string;
    args: unknown;
};
export type ToolConfirmation = {
    tool_call: ToolCallView;
    expires_ms: number;
    turn: number;
};
export type ToolEnded = {
    tool_call: ToolCallReference;
    outcome: 'ok' | 'error' | 'timeout' | 'cancelled' | 'unknown';
    result: unknown;
    elapsed_ms: number;
    limit_ms?: number;
    turn: number;
    at_ms: number;
};
export type ToolCallReference = {
    id: string;
    name: string;
};
export type ToolProgress = {
    tool_call: ToolCallReference;
    state: 'asked' | 'running';
    message?: string;
    turn: number;
};
export type Transcription = {
    success: boolean;
    text: string;
    final: boolean;
    utterance: number;
    client_msg_id?: string;
    message?: string;
};
export type TurnTiming = {
    turn: number;
    transcript?: number;
    first_token?: number;
    first_clause?: number;
    first_audio?: number;
};
export type TurnUsage = {
    turn: number;
    usage: UsageView;
};
export type WelcomeGreeting = {
    text: string;
    audio: string | null;
};
export type ClientAudioData = {
    audio: string;
};
export type ClientAuthenticate = {
    pin: string;
    user?: string;
};
export type ClientCancel = {
    turn?: number;
};
export type ClientConfirm = {
    id: string;
    yes: boolean;
};
export type ClientPlayed = {
    turn: number;
    sample: number;
    done?: boolean;
};
export type ClientRecording = {
    client_msg_id?: string;
};
export type ClientResumeConversation = {
    conversation: string;
    after: number;
    epoch: number;
    begins?: boolean;
};
export type ClientSetProvider = {
    provider: string;
};
export type ClientSetSpeech = {
    speech: 'frames' | 'whole' | 'none';
};
export type ClientStartRecording = {
    mode?: 'hands_free' | 'push_to_talk' | 'whole';
};
export type ClientStopRecording = {
    audio?: string;
    client_msg_id?: string;
};
export type ClientUserMessage = {
    text: string;
    client_msg_id?: string;
    voice?: boolean;
    /**
     * What the server sends, by name:
     */
    when_busy?: 'queue' | 'interrupt' | 'reject';
};
export type ServerEvents = {
    accepted: Accepted;
    agent_response: AgentResponse;
    audio_pause: AudioPause;
    audio_resume: AudioResume;
    authenticated: Authenticated;
    connected: Connected;
    data_changed: DataChanged;
    going_away: GoingAway;
    interrupted: Interrupted;
    recording: Recording;
    recording_started: RecordingStarted;
    error: Refused;
    reminder_due: ReminderDue;
    snapshot: Snapshot;
    speech_end: SpeechEnd;
    speech: Spoken;
    status: Status;
    superseded: Superseded;
    agent_stream_chunk: TextChunk | ToolChunk;
    tool_confirmation: ToolConfirmation;
    agent_tool_result: ToolEnded;
    agent_tool_progress: ToolProgress;
    transcription: Transcription;
    turn_timing: TurnTiming;
    turn_usage: TurnUsage;
    /**
     * What a client sends:
     */
    welcome_greeting: WelcomeGreeting;
};
export type ClientFrame = {
    event: 'audio_data';
    data: ClientAudioData;
} | {
    event: 'authenticate';
    data: ClientAuthenticate;
} | {
    event: 'cancel';
    data: ClientCancel;
} | {
    event: 'confirm';
    data: ClientConfirm;
} | {
    event: 'played';
    data: ClientPlayed;
} | {
    event: 'recording';
    data: ClientRecording;
} | {
    event: 'resume';
    data: ClientResumeConversation;
} | {
    event: 'set_provider';
    data: ClientSetProvider;
} | {
    event: 'set_speech';
    data: ClientSetSpeech;
} | {
    event: 'start_recording';
    data: ClientStartRecording;
} | {
    event: 'stop_recording';
    data: ClientStopRecording;
} | {
    event: 'user_message';
    data: ClientUserMessage;
};
export {};
