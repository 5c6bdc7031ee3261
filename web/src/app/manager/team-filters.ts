/** The search, filters and order of a team's table, and the rule of who needs support. */
import { fromAddress, oneOf, orderBy, text, wholeNumber, type Chosen } from '../ui/filters'

const COLUMNS = [
  'name',
  'progress',
  'requiredCompleted',
  'overdue',
  'lastActive',
  'watchTimeSeconds',
  'needsSupport',
]

/** The values that the API takes. */
export const TEAM_CHOICES = {
  q: text,
  sort: orderBy('name', COLUMNS),
  needsSupport: oneOf('', 'true', 'false'),
  inactiveDays: wholeNumber('14', 1, 3650),
  behindPoints: wholeNumber('25', 1, 100),
}
export type TeamFilters = Chosen<keyof typeof TEAM_CHOICES>
export const TEAM_DEFAULTS: TeamFilters = fromAddress(TEAM_CHOICES, '')

/** The rule alone, as the API's figures of a team and its stream take it. */
export function ruleOf({ inactiveDays, behindPoints }: TeamFilters): {
  inactiveDays: string
  behindPoints: string
} {
  return { inactiveDays, behindPoints }
}
