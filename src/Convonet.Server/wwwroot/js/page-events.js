/**
 * What happens in the page itself, beside the events of the wire protocol: answers of the HTTP API, and what the user does. Types only: nothing loads this file
 * at run time.
 *
 * @import { MicrophoneState, RecordingMode, VoiceEventMap } from './convonet-client.js'
 * @import { Account, ConversationItem, Kind } from './things.js'
 * @import { SpeechEngine } from './voice-state.js'
 *
 * @typedef {'done' | 'undoing' | 'undone' | 'refused'} UndoState
 * @typedef {{ id: string, state: UndoState, message?: string }} Undo how it stands with a change that is taken back; the message says why it was refused
 * @typedef {'todos' | 'agenda' | 'reminders' | 'teams'} Tab
 * @typedef {{ kind: Kind, items: any[] }} Loaded what the API said of a kind of things
 *
 * @typedef {object} OwnEventMap
 * @property {Undo} undo
 * @property {Loaded} loaded
 * @property {{ kind: Kind, message: string }} load_failed
 * @property {{ message: string | null }} action_ended what the user did in the panel was done, or was refused with these words
 * @property {{}} deleting the user deletes something by hand
 * @property {{ id: string }} change_dismissed
 * @property {{ key: string }} reminder_dismissed
 * @property {{ tab: Tab }} tab_chosen
 * @property {{ open: boolean }} panel_opened
 * @property {{ account: Account | null, registrationOpen: boolean }} account_known null: nobody is signed in
 * @property {{}} user_left the user signed out, or another one is here: nothing of theirs may stay
 * @property {{ state: MicrophoneState, mode?: RecordingMode, engine?: SpeechEngine }} microphone
 * @property {{ wanted: boolean }} voice_wanted the user wants to speak to a server that cannot hear, or wants it no more
 * @property {{ turn: number, characters: number }} speech_reached the browser's own voice is there in the turn's text
 * @property {{ turn: number }} stop_waits the user stopped an answer while there was no connection: the client says so when there is one
 * @property {{ message: string }} noted a line about the conversation, which stands until something is said
 * @property {{ open: boolean }} library_opened
 * @property {{ search: string }} library_searched only conversations that hold this are wanted; they are to come
 * @property {{ older: boolean }} library_asked the list is being read, or what comes after its end is
 * @property {{ search: string, items: ConversationItem[], more: boolean }} library_read the list from its beginning; `more`: it goes on
 * @property {{ message: string }} library_failed
 * @property {{}} library_forgotten the list was somebody else's
 * @property {{ wanted: boolean }} sign_in_wanted the local owner, who needs no form, asks for it, or goes back
 *
 * @typedef {Omit<VoiceEventMap, 'microphone'> & OwnEventMap} PageEventMap
 * @typedef {{ [Name in keyof PageEventMap]: { event: Name, data: PageEventMap[Name] } }[keyof PageEventMap]} PageEvent
 */

export {};
