/** The small pure parts: waiting, answers, owners, readings. */

import { describe, expect, expectTypeOf, it } from 'vitest'

import type { components } from '../api/schema'
import { backoffMs, retryAfter } from './backoff'
import { identified } from './identity'
import { savingOf } from './outbox'
import { judge } from './outcome'
import { beginReading, countPages, isWorthSaving, savedReading, scrollTo, seePage } from './reading'
import { tokenOf } from './testing/service'
import type { MediaLike, Problem, Progress } from './types'
import { uuid } from './uuid'

describe('waiting', () => {
  it('doubles up to half a minute, by chance down to half of that', () => {
    expect([1, 2, 3, 4, 5, 6, 60].map((failures) => backoffMs(failures, 1, null))).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
    ])
    expect(backoffMs(3, 0, null)).toBe(2_000)
  })

  it('is never shorter than asked for, nor longer than ten minutes', () => {
    expect(backoffMs(1, 0, 45)).toBe(45_000)
    expect(backoffMs(1, 0, 86_400)).toBe(600_000)
  })

  it('reads seconds and dates', () => {
    const now = Date.parse('2026-11-22T10:00:00Z')
    expect(retryAfter('7', now)).toBe(7)
    expect(retryAfter('Sun, 22 Nov 2026 10:00:30 GMT', now)).toBe(30)
    expect(retryAfter('Sun, 22 Nov 2026 09:00:00 GMT', now)).toBe(0)
    expect([retryAfter('soon', now), retryAfter('', now), retryAfter(null, now)]).toEqual([null, null, null])
  })
})

describe('an answer', () => {
  it.each([400, 413, 415, 422])('%i is final', (status) => {
    expect(judge(status, null, '{"title":"No","detail":"never"}', 0)).toMatchObject({
      kind: 'refused',
      problem: { status, detail: 'never' },
    })
  })

  it.each([403, 404, 408, 429, 500, 502, 503])('%i is waited for', (status) => {
    expect(judge(status, '3', '<html>', 0)).toMatchObject({ kind: 'wait', seconds: 3, problem: { status } })
  })

  it('of acceptance must be the service’s own', () => {
    expect(judge(202, null, '{"accepted":1}', 0)).toEqual({ kind: 'accepted', rejected: [] })
    expect(judge(200, null, 'null', 0)).toMatchObject({ kind: 'wait' })
  })
})

describe('an owner', () => {
  it('is one person of one tenant of one service', () => {
    const owners = [
      identified(tokenOf('ann', 'acme'), ''),
      identified(tokenOf('ann', 'other'), ''),
      identified(tokenOf('bob', 'acme'), ''),
      identified(tokenOf('ann', 'acme'), 'https://staging.example'),
    ].map(({ owner }) => owner)
    expect(new Set(owners).size).toBe(4)
    expect(identified(`${tokenOf('ann', 'acme')}-renewed`, '').owner).toBe(owners[0])
  })

  it.each([{ tid: 'a' }, { org_id: 'a' }, { organization: ['a'] }, {}])(
    'is of the organisation in %j',
    (claims) => {
      const owner = (more: object): string =>
        identified(`e30.${btoa(JSON.stringify({ sub: 'ann', ...claims, ...more }))}.c`, '').owner
      expect(owner({})).not.toBe(owner({ tenant: 'b' }))
      expect(owner({ exp: 1 })).toBe(owner({ exp: 2 }))
    },
  )

  it.each(['', 'opaque', 'a.b.c', 'a.bnVsbA.c', `a.${btoa('{"sub":1,"tenant":"t"}')}.c`])(
    'is not in %j',
    (token) => {
      expect(() => identified(token, '')).toThrow('the claim "sub"')
    },
  )
})

describe('a reading', () => {
  const begun = beginReading('id', 0, null)

  it('sees each page once, in order, and counts no fewer than it has seen', () => {
    const read = [3, 1, 3, 0, -1, 1.5].reduce(
      (reading, page) => seePage(reading, page, 5),
      countPages(begun, 2),
    )
    expect(read).toMatchObject({ pages: [1, 3], pageCount: 3, lastAt: 5 })
  })

  it('is worth saving once there is something to say, and not twice', () => {
    expect(isWorthSaving(scrollTo(countPages(begun, 3), { position: 0.5, bottom: 0.7 }, 1))).toBe(false)
    const read = seePage(countPages(begun, 3), 1, 1)
    expect(isWorthSaving(read)).toBe(true)
    expect(isWorthSaving(savedReading(read))).toBe(false)
    expect(isWorthSaving(scrollTo(savedReading(read), { position: 0.5, bottom: 0.7 }, 1))).toBe(true)
  })

  it('of a document without pages goes by how far down it came', () => {
    const down = scrollTo(begun, { position: 0.5, bottom: 0.75 }, 1)
    expect(scrollTo(down, { position: 0, bottom: 0.25 }, 2)).toMatchObject({
      percentage: 75,
      scrollPosition: 0,
    })
  })
})

describe('the rest', () => {
  it('is reported to the person after three failures', () => {
    expect([savingOf(0, 9), savingOf(1, 0), savingOf(1, 2), savingOf(1, 3)]).toEqual([
      'saved',
      'saving',
      'waiting',
      'failing',
    ])
  })

  it('makes ids that the service takes', () => {
    expect(uuid()).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/u)
    expect(new Set(Array.from({ length: 1_000 }, uuid)).size).toBe(1_000)
  })

  it('has the types of the API, and takes media elements as they are', () => {
    expectTypeOf<components['schemas']['ItemProgress']>().toExtend<Progress>()
    expectTypeOf<HTMLVideoElement>().toExtend<MediaLike>()
    expectTypeOf<HTMLAudioElement>().toExtend<MediaLike>()
    expectTypeOf<components['schemas']['ProblemDetails']['status']>().toEqualTypeOf<Problem['status']>()
  })
})
