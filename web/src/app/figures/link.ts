/** The link to the page that explains the figures, at the foot of the pages that show some. */
import { html, nothing } from 'lit'
import type { sections } from './sections'
import { strings } from './strings'

type Section = keyof typeof sections

const SHOWN: readonly (readonly [pattern: RegExp, about: Section])[] = [
  [/^\/watch\//u, 'one'],
  [/^\/history$/u, 'time'],
  [/^\/people\/[^/]+\/items\//u, 'one'],
  [/^\/organisation\/items/u, 'items'],
  [/^\/(dashboard|teams|people|organisation(\/teams)?)(\/[^/]+)?(\/matrix)?$/u, 'people'],
]
/** Pages of the organisation without a figure. */
const NONE = /^\/organisation\/(exports|import|settings)$/u

/** The part of the explanation that the page of this path asks for first; null where it shows no figures. */
export function explainedAt(path: string): Section | null {
  return NONE.test(path) ? null : (SHOWN.find(([pattern]) => pattern.test(path))?.[1] ?? null)
}

/** The link, on a page that shows figures. */
export function figuresLink(path: string, lang: string): unknown {
  const about = explainedAt(path)
  return about === null
    ? nothing
    : html`<p class="figures-link"><a href="/figures#${about}">${strings(lang).link}</a></p>`
}
