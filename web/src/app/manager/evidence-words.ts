/** What a person's progress with an item rests on, in words. Pure: formats and words come in. */
import type { ItemEvidence } from '../../api/types'
import type { Formats } from '../../strings'
import { percent } from './percent'
import type { Words } from './strings'
import type { NotCredited, SessionEvidence } from './types'

export interface Language {
  readonly t: Words
  readonly format: Formats
}

/** Whether and by what it is completed. */
export function completionInWords(evidence: ItemEvidence, { t, format }: Language): string {
  const { completion, marks, summary } = evidence
  const attained = exact(completion.attainedPercent, format)
  const needed = exact(completion.neededPercent, format)
  const isCourse = summary.parts !== undefined && summary.parts.length > 0
  if (!completion.completed && isCourse) return t.notCompletedParts(attained)
  if (!completion.completed) {
    const reopened = marks.find(({ mark, stands }) => mark === 'reopen' && stands)
    if (reopened !== undefined) return t.notCompletedSince(format.dateTime(reopened.at), attained, needed)
    return summary.totalSessions === 0 && completion.attainedPercent === 0
      ? t.notOpened
      : t.notCompleted(attained, needed)
  }
  const date = completion.notedAt === null ? '–' : format.dateTime(completion.notedAt)
  switch (completion.because) {
    case 'marked':
      return t.completedMarked(date)
    case 'imported':
      return t.completedImported(date)
    case 'reported':
      return t.completedReported(date)
    case 'parts':
      return t.completedParts(date)
    case 'rule':
      return t.completedByRule(date)
    case 'noted':
      return t.completedNoted(date, needed)
    default:
      return t.completedWatched(date, attained, needed)
  }
}

/** `good` speaks for the watcher, `bad` against; `plain` only informs. */
export interface Note {
  readonly tone: 'good' | 'bad' | 'plain'
  readonly words: string
}

/** What distinguishes watching from skipping: what could not be credited, and what was never played. */
export function judgement(evidence: ItemEvidence, { t, format }: Language): readonly Note[] {
  const { sessions, coverage, duration, reported } = evidence
  const said: Note[] = []
  if (reported?.believed === true && reported.percentage > coverage.percent) {
    const words = t.shownByWord(exact(reported.percentage, format), exact(coverage.percent, format))
    said.push({ tone: 'bad', words })
  }
  const refused = sessions
    .flatMap(({ notCredited }) => notCredited)
    .reduce((sum, { seconds }) => sum + seconds, 0)
  if (refused >= 1) said.push({ tone: 'bad', words: t.someRefused(format.duration(refused)) })
  else if (coverage.seconds > 0) said.push({ tone: 'good', words: t.allCredited })
  const left = duration.seconds === null ? 0 : duration.seconds - coverage.seconds
  if (left >= 1 && coverage.seconds > 0) said.push({ tone: 'plain', words: t.skipped(format.duration(left)) })
  return said
}

/** Why a part of a session does not count. */
export function notCreditedInWords(
  { reason, seconds }: NotCredited,
  { budget }: Pick<SessionEvidence, 'budget'>,
  { t, format }: Language,
): string {
  const time = format.duration(seconds)
  if (reason === 'beyondDuration') return t.beyondDuration(time)
  return t.exceedsBudget(time, format.duration(budget.lastedSeconds), format.duration(budget.seconds))
}

/** All that is to be said of one session besides its map. */
export function sessionNotes(session: SessionEvidence, language: Language): readonly Note[] {
  const { t, format } = language
  const said: Note[] = session.notCredited.map((part) => ({
    tone: 'bad',
    words: notCreditedInWords(part, session, language),
  }))
  if (session.pagesBeyondEnd > 0) said.push({ tone: 'bad', words: t.pagesBeyond(session.pagesBeyondEnd) })
  if (session.lastGapSeconds > 0) {
    said.push({ tone: 'plain', words: t.lastGap(seconds(session.lastGapSeconds, format)) })
  }
  if (session.adjustedSeconds >= 1) {
    said.push({ tone: 'plain', words: t.clockAdjusted(format.duration(session.adjustedSeconds)) })
  }
  if (session.reportedPercentage !== null) {
    said.push({ tone: 'plain', words: t.sessionReported(exact(session.reportedPercentage, format)) })
  }
  if (!session.countsTowardsCompletion) said.push({ tone: 'plain', words: t.beforeReopening })
  return said
}

/** Spans of pages, `1 to 4` and `7`. */
export function pagesInWords(spans: readonly (readonly [number, number])[], { t, format }: Language): string {
  const words = spans.map(([from, to]) =>
    from === to ? format.number(from) : t.pageSpan(format.number(from), format.number(to)),
  )
  return t.pagesViewed(format.list(words))
}

/** To one decimal, rounded down: below the threshold of 90, 89.96 must not be shown as 90, nor as 89. */
export function exact(percentage: number, format: Formats): string {
  // 90.3 times ten is a hair less than 903
  return percent(Math.floor(percentage * 10 + 1e-6) / 10, 1, format)
}

function seconds(value: number, format: Formats): string {
  return format.number(value, {
    style: 'unit',
    unit: 'second',
    unitDisplay: 'long',
    maximumFractionDigits: 1,
  })
}
