/** What an item is, in a word and a picture. */
import type { IconName } from '../ui/icon'
import type { LearnerStrings } from './card-view'

export function typeName(type: string, t: LearnerStrings): string {
  if (type === 'document') return t.document
  return type === 'course' ? t.course : t.video
}

export function typeIcon(type: string): IconName {
  if (type === 'document') return 'document'
  return type === 'course' ? 'library' : 'play'
}
