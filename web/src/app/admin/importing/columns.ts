/** The columns of a directory file, as the page explains them; a test compares them with the OpenAPI document. */
import type { components } from '../../../api/schema'

export type KindName = components['schemas']['KindUpdate']['kind']

interface KindColumns {
  /** The cell of the column `kind`. */
  readonly word: string
  readonly required: readonly string[]
  readonly optional: readonly string[]
}

/** In the order in which kinds refer to one another. */
export const kinds: Readonly<Record<KindName, KindColumns>> = {
  content: {
    word: 'content',
    required: ['contentId', 'title', 'type'],
    optional: [
      'durationSeconds',
      'pageCount',
      'startSeconds',
      'endSeconds',
      'thumbnailUrl',
      'mediaUrl',
      'completionThreshold',
      'evidence',
      'countHidden',
      'archived',
      'remove',
    ],
  },
  parts: {
    word: 'part',
    required: ['courseId', 'contentId', 'position'],
    optional: ['weight', 'optional', 'remove'],
  },
  people: { word: 'person', required: ['userId', 'displayName'], optional: ['email', 'remove'] },
  teams: { word: 'team', required: ['teamId', 'name'], optional: ['remove'] },
  members: { word: 'member', required: ['teamId', 'userId', 'role'], optional: ['remove'] },
  assignments: {
    word: 'assignment',
    required: ['contentId', 'target'],
    optional: ['targetId', 'dueAt', 'dueAfterDays', 'validForDays', 'remove'],
  },
}

export const kindNames = Object.keys(kinds) as readonly KindName[]
