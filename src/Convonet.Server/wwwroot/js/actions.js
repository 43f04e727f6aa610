import { ApiError } from './api.js';

/** @import { Api } from './api.js' */
/** @import { PageEvent } from './page-events.js' */
/** @import { Kind, Role } from './things.js' */

/**
 * What the user does with their things in the panel. Each says whether it was done; why it was not is told as `action_ended`.
 * @param {{ api: Api, dispatch: (event: PageEvent) => void, refresh: (...kinds: Kind[]) => void }} page
 */
export function userActions({ api, dispatch, refresh }) {
  /** @param {() => Promise<any>} act @param {...Kind} kinds to be read anew, also when it was refused: then what is shown is out of date */
  async function attempt(act, ...kinds) {
    let message = null;
    try {
      await act();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      message = error.message;
    }
    dispatch({ event: 'action_ended', data: { message } });
    refresh(...kinds);
    return message === null;
  }

  /** @param {string} path @param {...Kind} kinds */
  function remove(path, ...kinds) {
    dispatch({ event: 'deleting', data: {} });
    return attempt(() => api.delete(path), ...kinds);
  }

  return {
    /** @param {object} todo */
    addTodo: todo => attempt(() => api.post('api/todos', todo), 'todos'),
    /** @param {string} id @param {object} changes */
    changeTodo: (id, changes) => attempt(() => api.patch(`api/todos/${id}`, changes), 'todos'),
    /** @param {string} id */
    deleteTodo: id => remove(`api/todos/${id}`, 'todos'),

    /** @param {object} reminder */
    addReminder: reminder => attempt(() => api.post('api/reminders', reminder), 'reminders'),
    /** @param {string} id @param {object} changes */
    changeReminder: (id, changes) => attempt(() => api.patch(`api/reminders/${id}`, changes), 'reminders'),
    /** @param {string} id */
    deleteReminder: id => remove(`api/reminders/${id}`, 'reminders'),

    /** @param {string} name */
    addTeam: name => attempt(() => api.post('api/teams', { name }), 'teams'),
    /** @param {string} team */
    lookAtTeam: team => refresh(`members/${team}`),
    /** @param {string} team @param {string} email @param {Role} role */
    addMember: (team, email, role) => attempt(() => api.post(`api/teams/${team}/members`, { email, role }), `members/${team}`, 'teams'),
    /** @param {string} team @param {string} user @param {Role} role */
    changeRole: (team, user, role) => attempt(() => api.patch(`api/teams/${team}/members/${user}`, { role }), `members/${team}`, 'teams'),
    /** @param {string} team @param {string} user */
    removeMember: (team, user) => remove(`api/teams/${team}/members/${user}`, `members/${team}`, 'teams', 'todos'),
    /** @param {string} team @param {string} user */
    leaveTeam: (team, user) => remove(`api/teams/${team}/members/${user}`, 'teams', 'todos'),

    /** Takes a change back; how that goes is told as `undo`. @param {string} id */
    async undo(id) {
      dispatch({ event: 'undo', data: { id, state: 'undoing' } });
      try {
        await api.post(`api/changes/${id}/undo`);
        dispatch({ event: 'undo', data: { id, state: 'undone' } });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        dispatch({ event: 'undo', data: { id, state: 'refused', message: error.message } });
      }
    },
  };
}

/** @typedef {ReturnType<typeof userActions>} UserActions */
