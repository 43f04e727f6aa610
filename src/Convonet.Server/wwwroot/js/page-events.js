/**
 * What happens in the page itself, beside the events of the wire protocol: answers of the HTTP API, and what the user does. Types only: nothing loads this file
 * at run time.
 *
 * @import { Account, Kind } from './things.js'
 *
 * @typedef {'done' | 'undoing' | 'undone' | 'refused'} UndoState
 * @typedef {{ id: string, state: UndoState, message?: string }} Undo how it stands with a change that is taken back; the message says why it was refused
 * @typedef {'todos' | 'agenda' | 'reminders' | 'teams'} Tab
 * @typedef {{ kind: Kind, items: any[] }} Loaded what the API said of a kind of things
 *
 * @typedef {object} PageEventMap
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
 * @property {{ wanted: boolean }} sign_in_wanted the local owner, who needs no form, asks for it, or goes back
 *
 * @typedef {{ [Name in keyof PageEventMap]: { event: Name, data: PageEventMap[Name] } }[keyof PageEventMap]} PageEvent
 */

export {};
