import { html, nothing, type TemplateResult } from 'lit'
import type { ItemEvidence } from '../../api/types'
import { exact, type Language } from './evidence-words'
import type { Mark } from './types'

/** What counts besides playing: the player's word, and marks by hand. And the rules. */
export function besides(
  evidence: ItemEvidence,
  language: Language,
  nameOf: (userId: string) => string,
): TemplateResult {
  return html`<div class="besides">
    ${parts(evidence, language)} ${reported(evidence, language)} ${marks(evidence, nameOf, language)}
    ${imports(evidence, language)} ${merged(evidence, language)} ${rules(evidence, language)}
  </div>`
}

function card(heading: string, lines: readonly (string | TemplateResult)[]): TemplateResult {
  return html`<section class="card stack" style="--gap: 8px">
    <h2>${heading}</h2>
    ${lines.map((line) => html`<p class="small">${line}</p>`)}
  </section>`
}

/** The parts of a course, each with a link to its own evidence. */
function parts({ summary, userId }: ItemEvidence, { t, format }: Language): TemplateResult | typeof nothing {
  if (summary.parts === undefined || summary.parts.length === 0) return nothing
  const lines = summary.parts.map(
    ({ contentId, progressPercentage, optional }, place) =>
      html`<a href="/people/${userId}/items/${contentId}"
        >${t.partOf(format.number(place + 1), exact(progressPercentage, format), optional)}</a
      >`,
  )
  return card(t.parts, lines)
}

function reported({ reported }: ItemEvidence, { t, format }: Language): TemplateResult | typeof nothing {
  if (reported === null) return nothing
  const percentage = exact(reported.percentage, format)
  return card(t.reported, [
    reported.believed ? t.reportedBelieved(percentage) : t.reportedNotBelieved(percentage),
  ])
}

function marks(
  { marks: made }: ItemEvidence,
  nameOf: (userId: string) => string,
  language: Language,
): TemplateResult | typeof nothing {
  if (made.length === 0) return nothing
  const { t } = language
  return card(
    t.marks,
    made.map((mark) => markInWords(mark, mark.by === null ? t.someoneElse : nameOf(mark.by), language)),
  )
}

/** What was taken over from another system. */
function imports({ imports: rows }: ItemEvidence, { t, format }: Language): TemplateResult | typeof nothing {
  if (rows.length === 0) return nothing
  const lines = rows.map(({ at, importedAt, percentage, completed }) => {
    const [date, on] = [format.dateTime(at), format.dateTime(importedAt)]
    return completed ? t.importedCompletion(date, on) : t.importedShare(exact(percentage, format), date, on)
  })
  return card(t.imports, lines)
}

/** Other accounts of the person, whose evidence is among what is shown. */
function merged(
  { merged: accounts }: ItemEvidence,
  { t, format }: Language,
): TemplateResult | typeof nothing {
  if (accounts.length === 0) return nothing
  return card(t.mergedAccounts, [
    t.mergedText(format.number(accounts.length)),
    ...accounts.map((id) => html`<code class="muted">${id}</code>`),
  ])
}

/** Who set or undid a mark, when, and whether it still stands. */
export function markInWords(
  { mark, at, stands, adjustedSeconds }: Mark,
  by: string,
  { t, format }: Language,
): string {
  const date = format.dateTime(at)
  const made = {
    complete: t.markedComplete(date, by),
    reopen: t.markedReopened(date, by),
    attempt: t.attemptBegun(date, by),
    expire: t.expired(date),
    rule: t.completedByRule(date),
  }[mark]
  const moved = Math.abs(adjustedSeconds)
  const clock = moved >= 1 ? [t.clockAdjusted(format.duration(moved))] : []
  return [made, ...clock, ...(stands ? [] : [t.markUndone])].join(' ')
}

function rules({ policy }: ItemEvidence, { t, format }: Language): TemplateResult {
  const from = policy.thresholdFrom === 'catalogue' ? t.fromCatalogue : t.fromInstallation
  return card(t.rules, [
    `${t.ruleThreshold(exact(100 * policy.threshold, format))} ${from}`,
    policy.evidence === 'any' ? t.ruleAny : t.ruleWatched,
    html`<span class="muted"
      >${t.ruleBudget(format.number(policy.maxRate), format.duration(policy.graceSeconds))}</span
    >`,
  ])
}
