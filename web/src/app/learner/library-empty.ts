import { html, nothing, type TemplateResult } from 'lit'
import type { IconName } from '../ui/icon'
import type { LearnerStrings } from './card-view'
import type { Filter } from './cards'

type Words = Exclude<
  { [Key in keyof LearnerStrings]: LearnerStrings[Key] extends string ? Key : never }[keyof LearnerStrings],
  never
>
type Empty = readonly [icon: IconName, heading: Words, text: Words]

const SHOWN: Readonly<Record<'catalogue' | 'search' | Filter, Empty>> = {
  catalogue: ['library', 'nothingHere', 'nothingHereText'],
  all: ['library', 'nothingHere', 'nothingHereText'],
  search: ['search', 'nothingFound', 'nothingFoundText'],
  required: ['check', 'nothingRequired', 'nothingRequiredText'],
  in_progress: ['play', 'nothingInProgress', 'nothingInProgressText'],
  completed: ['check', 'nothingCompleted', 'nothingCompletedText'],
  not_started: ['check', 'nothingNotStarted', 'nothingNotStartedText'],
}

/** Why there is no card, and the way back to all of them where there are any. */
export function emptyLibrary(
  why: keyof typeof SHOWN,
  t: LearnerStrings,
  showAll: (() => void) | null,
): TemplateResult {
  const [icon, heading, text] = SHOWN[why]
  return html`<ui-state .icon=${icon} .heading=${t[heading]} .text=${t[text]}>
    ${showAll === null ? nothing : html`<button class="button" @click=${showAll}>${t.showAll}</button>`}
  </ui-state>`
}
