/** What a team's table is searched, filtered and ordered by, and the rule of who needs support. */
import { oneOf, orderOf, wholeNumber } from './address'

export const TEAM_DEFAULTS = {
  q: '',
  sort: 'name',
  needsSupport: '',
  inactiveDays: '14',
  behindPoints: '25',
}
export type TeamFilters = typeof TEAM_DEFAULTS

const COLUMNS = [
  'name',
  'progress',
  'requiredCompleted',
  'overdue',
  'lastActive',
  'watchTimeSeconds',
  'needsSupport',
]

/** What an address may say of them and the API takes; the rest is as in the defaults. */
export function cleanTeamFilters(given: TeamFilters): TeamFilters {
  return {
    q: given.q.slice(0, 200),
    sort: orderOf(given.sort, COLUMNS, TEAM_DEFAULTS.sort),
    needsSupport: oneOf(given.needsSupport, ['', 'true', 'false']),
    inactiveDays: wholeNumber(given.inactiveDays, 1, 3650, TEAM_DEFAULTS.inactiveDays),
    behindPoints: wholeNumber(given.behindPoints, 1, 100, TEAM_DEFAULTS.behindPoints),
  }
}

/** The rule alone, as the API's figures of a team and its stream take it. */
export function ruleOf({ inactiveDays, behindPoints }: TeamFilters): {
  inactiveDays: string
  behindPoints: string
} {
  return { inactiveDays, behindPoints }
}
