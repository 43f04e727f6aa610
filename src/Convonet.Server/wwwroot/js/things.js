/**
 * The user's things as the HTTP API tells them. Dates and times without a zone are on the user's clock: `2026-11-26T15:00`, seconds may follow. Types only.
 *
 * @typedef {'low' | 'medium' | 'high' | 'urgent'} Importance
 * @typedef {'owner' | 'admin' | 'member' | 'viewer'} Role
 *
 * @typedef {object} Todo
 * @property {string} id
 * @property {string} title
 * @property {string | null} [description]
 * @property {Importance} priority
 * @property {string | null} [due_date] at midnight: some time on that day
 * @property {boolean} completed
 * @property {string | null} [team_id]
 * @property {string | null} [team]
 * @property {string | null} [assignee_id]
 * @property {string | null} [assignee]
 * @property {string | null} [created_at]
 *
 * @typedef {{ id: string, text: string, importance: Importance, remind_at?: string | null, delivered?: boolean }} Reminder
 * @typedef {{ id: string, title: string, description?: string | null, event_from: string, event_to: string, recurrence?: string | null, time_zone?: string }} CalendarEvent
 * @typedef {{ id: string, name: string, description?: string, role: Role, members: number }} Team
 * @typedef {{ user_id: string, name: string, email?: string | null, role: Role }} Member
 * @typedef {{ id: string, summary: string, tool?: string | null, call_id?: string | null, made_at: string, undone: boolean, can_undo: boolean }} PastChange
 *
 * @typedef {{ id: string, title: string, created_at: string, used_at: string, turns: number }} ConversationItem a conversation in the list; both times are instants in UTC
 *
 * @typedef {object} Account
 * @property {string} id
 * @property {string} name
 * @property {string | null} [email]
 * @property {string} time_zone
 * @property {boolean} has_password
 * @property {boolean} has_pin
 * @property {boolean} [answers_anew] a model is asked each time, also when the answer was given before
 * @property {boolean} is_local_owner
 *
 * What is read from the API, each by a request of its own. The members of a team are read when somebody looks at them.
 * Those of a conversation are what its calls changed.
 * @typedef {'todos' | 'reminders' | 'events' | 'teams' | 'changes' | `members/${string}` | `changes?conversation=${string}`} Kind
 */

export {};
