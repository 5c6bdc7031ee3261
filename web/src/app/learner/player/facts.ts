/** What is known of one's progress with the item that is being watched. */
import { css, html, nothing, type TemplateResult } from 'lit'
import type { ItemProgress } from '../../../api/types'
import type { LearnerLocal } from '../card-view'

export const factsStyles = css`
  .tight {
    --gap: 8px;
  }
  .tighter {
    --gap: 4px;
  }
  .facts-card {
    --gap: 16px;
  }
  .facts-card .share {
    font-size: 1.5rem;
    line-height: 1.2;
    font-weight: 660;
    letter-spacing: -0.02em;
    font-variant-numeric: tabular-nums;
  }
  .facts-card dl {
    display: grid;
    grid-template-columns: auto 1fr;
    gap: 8px 16px;
    padding-block-start: 16px;
    border-block-start: 1px solid var(--playhead-border);
    font-size: 0.875rem;
  }
  .facts-card dt {
    color: var(--playhead-muted);
  }
  .facts-card dd {
    text-align: end;
    font-variant-numeric: tabular-nums;
  }
`

export interface Facts {
  readonly progress: ItemProgress
  /** 0–100, this session included. */
  readonly percentage: number
  readonly completed: boolean
  readonly reading: boolean
  /** A course with parts, which has no threshold of its own. */
  readonly course: boolean
  /** 0–1. */
  readonly threshold: number | null
  readonly title: string
}

/** The card beside the player: how much, what it takes, and what it rests on. */
export function factsView(facts: Facts, local: LearnerLocal, now: Date): TemplateResult {
  const { t, format } = local
  const { progress, percentage, completed, reading, course } = facts
  const share = format.percent(percentage)
  const status = completed ? 'completed' : percentage > 0 ? 'in_progress' : progress.status
  return html`<section class="card stack facts-card" aria-labelledby="facts">
    <h2 id="facts">${t.yourProgress}</h2>
    <div class="stack tight">
      <p class="share">
        ${course ? t.courseShare(share) : reading ? t.readShare(share) : t.watchedShare(share)}
      </p>
      <playhead-progress .value=${percentage} .status=${status} .label=${facts.title}></playhead-progress>
      ${needed(facts, local)} ${before(facts, local)}
    </div>
    ${evidence(facts, local)}
    <p class="muted small">${whatCounts(facts, local)}</p>
    <dl>
      <dt>${reading ? t.readingTime : t.watchTime}</dt>
      <dd>${format.shortDuration(progress.metadata.watchTimeSeconds)}</dd>
      <dt>${t.viewings}</dt>
      <dd>${format.number(progress.totalSessions)}</dd>
      <dt>${t.lastViewed}</dt>
      <dd>${progress.lastViewed === null ? t.never : format.relative(progress.lastViewed, now)}</dd>
    </dl>
  </section>`
}

function needed({ completed, progress, threshold, course }: Facts, { t, format }: LearnerLocal): unknown {
  if (completed) {
    const { completedAt } = progress
    return completedAt === null
      ? nothing
      : html`<p class="muted small">${t.completedOn(format.date(completedAt))}</p>`
  }
  return threshold === null || course
    ? nothing
    : html`<p class="muted small">${t.completedAt(format.percent(threshold * 100))}</p>`
}

/** The completions of earlier attempts, which stay when the item is taken again. */
function before({ completed, progress }: Facts, { t, format }: LearnerLocal): unknown {
  const earlier = progress.completions.filter(
    (each) => !completed || each.completedAt !== progress.completedAt,
  )
  if (earlier.length === 0) return nothing
  const dates = earlier.map((each) => format.date(each.completedAt)).join(' · ')
  return html`<p class="muted small earlier">${t.completedBefore(dates)}</p>`
}

/** What was measured needs no note; a client's word and a mark by hand do. */
function evidence({ progress, completed }: Facts, { t }: LearnerLocal): unknown {
  if (progress.evidence === 'watched' || progress.evidence === 'rule') return nothing
  if (progress.status === 'not_started') return nothing
  const manual = progress.evidence === 'manual'
  if (manual && !completed) return nothing
  const [badge, text] = {
    manual: [t.evidenceManual, t.evidenceManualText],
    imported: [t.evidenceImported, t.evidenceImportedText],
    reported: [t.evidenceReported, t.evidenceReportedText],
  }[progress.evidence]
  return html`<div class="stack tighter">
    <p><span class="badge warning">${badge}</span></p>
    <p class="muted small">${text}</p>
  </div>`
}

/** Enough and yet not completed: it was reopened, and what was watched before then no longer completes it. */
function whatCounts(facts: Facts, { t }: LearnerLocal): string {
  const { completed, percentage, reading, threshold } = facts
  if (facts.course) return t.whatCountsCourse
  if (!completed && threshold !== null && percentage >= threshold * 100) return t.reopened
  return reading ? t.whatCountsReading : t.whatCounts
}
