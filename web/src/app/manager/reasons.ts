import { html, type TemplateResult } from 'lit'
import type { Words } from './strings'

/** Overdue is the most pressing, and comes first. */
const KNOWN = ['overdue', 'inactive', 'behind'] as const
type Reason = (typeof KNOWN)[number]

/** Why a person needs support, in words, the most pressing first; unknown reasons are shown as they are. */
export function reasonsInWords(
  reasons: readonly string[],
  t: Words,
): readonly { readonly reason: string; readonly words: string }[] {
  const known = KNOWN.filter((each) => reasons.includes(each))
  const others = reasons.filter((each) => !KNOWN.includes(each as Reason))
  return [
    ...known.map((reason) => ({ reason, words: t[reason] })),
    ...others.map((reason) => ({ reason, words: reason })),
  ]
}

/** The reasons as badges; without any, the person is on track. */
export function reasonBadges(reasons: readonly string[], t: Words): TemplateResult {
  if (reasons.length === 0) return html`<span class="muted">${t.onTrack}</span>`
  return html`<span class="reasons"
    >${reasonsInWords(reasons, t).map(
      ({ reason, words }) =>
        html`<span class="badge ${reason === 'overdue' ? 'danger' : 'warning'}">${words}</span>`,
    )}</span
  >`
}
