import { html, type TemplateResult } from 'lit'
import type { Formats } from '../../strings'

/** When something was: how long ago to read, the date and time to point at. `never` is said of null. */
export function moment(format: Formats, at: string | null, now: Date, never: string): TemplateResult {
  if (at === null) return html`<span class="muted">${never}</span>`
  return html`<time datetime=${at} title=${format.dateTime(at)}>${format.relative(at, now)}</time>`
}
