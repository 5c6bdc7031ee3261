/** What rows of a directory file may hold; the same as `playhead import directory` takes, which a test compares. */

/** The kinds in the order in which they refer to one another. */
export const names = ['content', 'people', 'teams', 'members', 'assignments'] as const
export type Name = (typeof names)[number]

export interface Kind {
  /** In the column `kind`. */
  readonly word: string
  readonly fields: readonly string[]
  /** Tell one of them from others. */
  readonly key: readonly string[]
  /** Fields without which a row says nothing, and those without which it cannot remove. */
  readonly required: readonly string[]
  readonly requiredToRemove: readonly string[]
}

export const KIND = 'kind'

export const kinds: Readonly<Record<Name, Kind>> = {
  content: {
    word: 'content',
    fields: [
      'contentId',
      'title',
      'type',
      'durationSeconds',
      'thumbnailUrl',
      'mediaUrl',
      'completionThreshold',
      'evidence',
      'archived',
      'remove',
    ],
    key: ['contentId'],
    required: ['contentId', 'title', 'type'],
    requiredToRemove: ['contentId'],
  },
  people: {
    word: 'person',
    fields: ['userId', 'displayName', 'email', 'remove'],
    key: ['userId'],
    required: ['userId', 'displayName'],
    requiredToRemove: ['userId'],
  },
  teams: {
    word: 'team',
    fields: ['teamId', 'name', 'remove'],
    key: ['teamId'],
    required: ['teamId', 'name'],
    requiredToRemove: ['teamId'],
  },
  members: {
    word: 'member',
    fields: ['teamId', 'userId', 'role', 'remove'],
    key: ['teamId', 'userId'],
    required: ['teamId', 'userId', 'role'],
    requiredToRemove: ['teamId', 'userId'],
  },
  assignments: {
    word: 'assignment',
    fields: ['contentId', 'target', 'targetId', 'dueAt', 'remove'],
    key: ['contentId', 'target', 'targetId'],
    required: ['contentId', 'target'],
    requiredToRemove: ['contentId', 'target'],
  },
}

export const words: readonly string[] = names.map((name) => kinds[name].word)
export const allFields: readonly string[] = [...new Set(names.flatMap((name) => kinds[name].fields))]

const NUMBERS: ReadonlySet<string> = new Set(['durationSeconds', 'completionThreshold'])
const TRUTHS: ReadonlySet<string> = new Set(['archived', 'remove'])
const TRUTH: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  '1': true,
  false: false,
  no: false,
  '0': false,
}
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/iu

export type Value = string | number | boolean

/** What a cell says, as the API takes it; else what it should be. */
export function valueOf(
  field: string,
  cell: string,
  decimalComma: boolean,
): { readonly value: Value } | { readonly wrong: 'number' | 'truth' } {
  if (NUMBERS.has(field)) {
    const written = decimalComma ? cell.replaceAll(',', '.') : cell
    const value = Number(written)
    return NUMBER.test(written) && Number.isFinite(value) ? { value } : { wrong: 'number' }
  }
  if (TRUTHS.has(field)) {
    const value = TRUTH[cell.toLowerCase()]
    return value === undefined ? { wrong: 'truth' } : { value }
  }
  return { value: cell }
}

/** The same for all spellings of a column's name: `userId`, `user_id`, `User ID`. */
export function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[ _\-\t\r]/gu, '')
}

/** The same for all spellings of a UUID. */
export function spelt(identifier: string): string {
  return identifier.replaceAll('-', '').toLowerCase()
}
