import { html, type TemplateResult } from 'lit'
import { icon, type IconName } from '../ui/icon'
import type { Note } from './evidence-words'

const ICONS: Readonly<Record<Note['tone'], IconName>> = { good: 'check', bad: 'alert', plain: 'clock' }

/** One line of what there is to say, with the mark of its tone; the styles are `noteStyles`. */
export function note({ tone, words }: Note): TemplateResult {
  return html`<p class="note ${tone}">${icon(ICONS[tone])}<span>${words}</span></p>`
}
