/**
 * What happens in the page itself, beside the events of the wire protocol: answers of the HTTP API, and what the user does. Types only: nothing loads this file
 * at run time.
 *
 * @typedef {'done' | 'undoing' | 'undone' | 'refused'} UndoState
 * @typedef {{ id: string, state: UndoState, message?: string }} Undo how it stands with a change that is taken back; the message says why it was refused
 *
 * @typedef {{ event: 'undo', data: Undo }} PageEvent
 */

export {};
