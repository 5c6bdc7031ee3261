import { describe, expect, it } from 'vitest'
import type { ItemEvidence } from '../../api/types'
import { formats } from '../../strings'
import { markInWords } from './evidence-besides'
import { completionInWords, exact, judgement, pagesInWords, sessionNotes } from './evidence-words'
import { reasonsInWords } from './reasons'
import { strings } from './strings'
import type { SessionEvidence } from './types'

const en = { t: strings('en'), format: formats('en') }
/** Text as a reader sees it: Intl's no-break spaces count for nothing. */
const seen = (text: string) => text.replace(/[\u00A0\u202F]/gu, ' ')

const session: SessionEvidence = {
  sessionId: null,
  startedAt: '2026-11-22T10:00:00.000Z',
  lastAt: '2026-11-22T10:00:10.000Z',
  adjustedSeconds: 0,
  claimedSegments: [[0, 600]],
  claimedSeconds: 600,
  lastGapSeconds: 0,
  creditedSegments: [[0, 60]],
  creditedSeconds: 60,
  notCredited: [{ reason: 'exceedsBudget', seconds: 540, segments: [[60, 600]] }],
  budget: { seconds: 60, lastedSeconds: 10, rate: 4, graceSeconds: 20 },
  wallClaimedSeconds: 10,
  wallCreditedSeconds: 10,
  pages: [],
  pagesBeyondEnd: 0,
  reportedPercentage: null,
  countsTowardsCompletion: true,
}
type Parts = Pick<ItemEvidence, 'completion' | 'coverage' | 'duration' | 'sessions' | 'reported' | 'marks'>
const evidence = (parts: Partial<Parts> = {}, totalSessions = 1): ItemEvidence =>
  ({
    completion: { completed: false, notedAt: null, attainedPercent: 89.9, neededPercent: 90, because: null },
    coverage: { segments: [[0, 60]], seconds: 60, together: [], pages: [], percent: 10 },
    duration: { seconds: 600, source: 'catalogue', claimedSeconds: 600, pageCount: 0 },
    sessions: [],
    reported: null,
    marks: [],
    summary: { totalSessions },
    ...parts,
  }) as unknown as ItemEvidence

describe('a skipper and an honest watcher', () => {
  it('shows the size of a claim that the time did not allow, and the reason at its session', () => {
    const said = judgement(evidence({ sessions: [session] }), en)
    expect(said[0]?.tone).toBe('bad')
    expect(seen(said[0]?.words ?? '')).toContain('9 minutes')
    const [why] = sessionNotes(session, en)
    expect(why?.tone).toBe('bad')
    expect(seen(why?.words ?? '')).toMatch(/lasted 10 seconds.*no more than 1 minute/u)
  })

  it('says of honest evidence that all of it counts', () => {
    const honest = { ...session, claimedSeconds: 60, notCredited: [] }
    const said = judgement(evidence({ sessions: [honest] }), en)
    expect(said.map(({ tone }) => tone)).toEqual(['good', 'plain'])
    expect(seen(said[1]?.words ?? '')).toContain('Never played: 9 minutes')
    expect(sessionNotes(honest, en)).toEqual([])
  })

  it('of an item that was never played nothing is judged', () => {
    const none = { segments: [], seconds: 0, together: [], pages: [], percent: 0 }
    expect(judgement(evidence({ coverage: none }, 0), en)).toEqual([])
  })

  it('distinguishes a percentage that the player claims from what was watched', () => {
    const reported = { percentage: 99, believed: true }
    const [first] = judgement(evidence({ reported }), en)
    expect(first?.tone).toBe('bad')
    expect(seen(first?.words ?? '')).toMatch(/99 % is the word of the player.* 10 %/u)
    const doubted = judgement(evidence({ reported: { ...reported, believed: false } }), en)
    expect(doubted.map(({ tone }) => tone)).not.toContain('bad')
  })

  it('says that times of a wrong clock were moved', () => {
    const [, moved] = sessionNotes({ ...session, adjustedSeconds: 600 }, en)
    expect(seen(moved?.words ?? '')).toBe('The device’s clock was wrong: its times were moved by 10 minutes.')
  })

  it('names what lies behind the end', () => {
    const beyond = { reason: 'beyondDuration', seconds: 5, segments: [] } as const
    const [why] = sessionNotes({ ...session, notCredited: [{ ...beyond, segments: [[600, 605]] }] }, en)
    expect(seen(why?.words ?? '')).toBe('Does not count: 5 seconds. That lies behind the end of the item.')
  })
})

describe('completion', () => {
  const completed = (because: ItemEvidence['completion']['because']) =>
    evidence({
      completion: {
        completed: true,
        notedAt: '2026-11-22T10:00:00.000Z',
        attainedPercent: 91.2,
        neededPercent: 90,
        because,
      },
    })

  it('is not rounded over its threshold', () => {
    expect(seen(completionInWords(evidence(), en))).toContain('89.9 % counts so far, 90 % is needed')
  })

  it('says by what', () => {
    expect(seen(completionInWords(completed('watched'), en))).toContain('91.2 % was watched')
    expect(completionInWords(completed('marked'), en)).toContain('marked by hand')
    expect(completionInWords(completed('imported'), en)).toContain('imported file')
    expect(completionInWords(completed('reported'), en)).toContain('word of the player')
    expect(completionInWords(completed('noted'), en)).toContain('rules of that time')
  })

  it('mentions a reopening, before which nothing counts', () => {
    const reopen = {
      mark: 'reopen',
      at: '2026-11-22T10:00:00.000Z',
      by: 'x',
      adjustedSeconds: 0,
      stands: true,
    } as const
    expect(completionInWords(evidence({ marks: [reopen] }), en)).toMatch(/^Reopened on 22 Nov 2026/u)
    expect(completionInWords(evidence({ marks: [{ ...reopen, stands: false }] }), en)).toMatch(
      /^Not completed/u,
    )
  })

  it('of what was never opened says only that', () => {
    const completion = { ...evidence().completion, attainedPercent: 0 }
    expect(completionInWords(evidence({ completion }, 0), en)).toBe('Not opened yet.')
  })
})

describe('words', () => {
  it('name pages as spans', () => {
    const spans = [
      [1, 4],
      [7, 7],
    ] as const
    expect(pagesInWords(spans, en)).toBe('Pages viewed: 1 to 4 and 7')
  })

  it('say of a mark who, when, and whether it stands', () => {
    const mark = {
      mark: 'complete',
      at: '2026-11-22T10:00:00.000Z',
      by: 'x',
      adjustedSeconds: 0,
      stands: false,
    } as const
    expect(markInWords(mark, 'Ada', en)).toMatch(
      /^Marked as complete on 22 Nov 2026.* by Ada\. Undone since\.$/u,
    )
  })

  it('keep one decimal of a percentage', () => {
    expect(seen(exact(89.96, en.format))).toBe('89.9 %')
    expect(seen(exact(90, en.format))).toBe('90 %')
    expect(seen(exact(90.3, en.format))).toBe('90.3 %')
  })

  it('give the most pressing reason first, and keep one that they do not know', () => {
    const words = reasonsInWords(['behind', 'sleepy', 'overdue'], en.t).map((each) => each.words)
    expect(words).toEqual(['Overdue', 'Behind', 'sleepy'])
  })
})
