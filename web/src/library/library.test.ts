// @vitest-environment node
/** The library against a service that really listens: what it asks, what it gives back, and what it throws. */

import { describe, expect, it, vi } from 'vitest'

import { tokenOf } from '../sdk/testing/service'
import { EXPIRED, ITEM, until, useWorld } from '../sdk/testing/world'
import { createLibrary } from '.'

const world = useWorld()
const PAGE = { summary: { totalItems: 3 }, items: [{ contentId: ITEM }], nextCursor: 'more' }

/** What was asked of the service, besides of progress by the SDK itself. */
function asked(): string[] {
  return world.service.received.map(({ method, path }) => `${method} ${path}`)
}

describe('a call of the library', () => {
  it('asks for what was named, with the token, and leaves out what was not', async () => {
    world.service.answer = () => ({ status: 200, body: PAGE })
    const library = createLibrary(world.visit())
    await expect(library.list({ limit: 5, cursor: null })).resolves.toEqual(PAGE)
    await expect(library.list({ cursor: 'a+b', userId: ITEM })).resolves.toEqual(PAGE)
    await expect(library.summary()).resolves.toEqual(PAGE.summary)
    await library.continueWatching()
    await library.history({ contentId: ITEM, from: new Date(0), to: new Date(1_000), limit: 2 })
    await library.dismiss(ITEM)
    await library.restore(ITEM)
    expect(asked()).toEqual([
      'GET /api/progress?limit=5',
      `GET /api/progress?cursor=a%2Bb&userId=${ITEM}`,
      'GET /api/progress?limit=1',
      'GET /api/progress/continue-watching',
      `GET /api/progress/history?contentId=${ITEM}&from=1970-01-01T00%3A00%3A00.000Z&to=1970-01-01T00%3A00%3A01.000Z&limit=2`,
      `PUT /api/progress/${ITEM}/dismissal`,
      `PUT /api/progress/${ITEM}/dismissal`,
    ])
    const bodies = world.service.received.slice(-2).map(({ text }) => JSON.parse(text) as unknown)
    expect(bodies).toEqual([{ dismissed: true }, { dismissed: false }])
    const tokens = new Set(world.service.received.map(({ headers }) => headers.authorization))
    expect([...tokens]).toEqual([`Bearer ${tokenOf('ann')}`])
  })

  it('renews the token once', async () => {
    const token = vi
      .fn()
      .mockResolvedValueOnce(`${tokenOf('ann')}-old`)
      .mockResolvedValue(tokenOf('ann'))
    world.service.answer = ({ headers }) =>
      headers.authorization?.endsWith('-old') ? { status: 401, body: EXPIRED } : { status: 200, body: PAGE }
    const library = createLibrary(world.visit({ token }))
    await expect(library.list()).resolves.toEqual(PAGE)
    expect(asked()).toHaveLength(2)
  })

  it.each([
    [401, 'unauthorised'],
    [404, 'refused'],
    [422, 'refused'],
    [429, 'network'],
    [503, 'network'],
  ])('rejects with the problem of a %i', async (status, kind) => {
    const problem = {
      type: 'urn:p',
      title: 'No',
      detail: 'because',
      errors: [{ field: 'cursor', reason: 'bad' }],
    }
    world.service.answer = () => ({ status, body: problem })
    const failure = createLibrary(world.visit()).dismiss(ITEM)
    await expect(failure).rejects.toMatchObject({
      name: 'PlayheadError',
      kind,
      message: 'because',
      problem: { ...problem, status },
    })
  })

  it('rejects where something else answers, and where nothing does', async () => {
    world.service.answer = () => ({ status: 200, body: '<html>' })
    const library = createLibrary(world.visit())
    await expect(library.list()).rejects.toMatchObject({ kind: 'network' })
    const elsewhere = createLibrary(world.visit({ endpoint: 'http://127.0.0.1:9' }))
    await expect(elsewhere.list()).rejects.toMatchObject({ kind: 'network' })
  })

  it('ends with the reason of its signal, before and during the request', async () => {
    const library = createLibrary(world.visit())
    const reason = new Error('left the page')
    await expect(library.list({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const leaving = new AbortController()
    world.service.answer = () => {
      leaving.abort(reason)
      return { status: 200, body: PAGE }
    }
    await expect(library.history({ signal: leaving.signal })).rejects.toBe(reason)
  })
})

describe('a subscription', () => {
  const change = { contentId: ITEM, progress: 40 }
  const stream = (...events: [string, unknown][]): string =>
    events.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join('')
  const live = (body: string) => ({ status: 200, headers: { 'Content-Type': 'text/event-stream' }, body })

  it('gives the snapshot and every change, and opens again what ends', async () => {
    const body = stream(['snapshot', { items: [] }], ['change', change], ['interruption', { reason: 'x' }])
    world.service.answer = () => live(`: hello\n\n${body}`)
    const received: unknown[] = []
    const stop = createLibrary(world.visit()).subscribe({
      snapshot: (items) => received.push(['snapshot', items]),
      change: (item) => received.push(['change', item]),
      connection: (state, why) => received.push([state, why?.reason]),
    })
    const once = [
      ['connecting', undefined],
      ['connected', undefined],
      ['snapshot', []],
      ['change', change],
      ['connecting', 'x'],
    ]
    await until(() => received.length >= 10)
    expect(received.slice(0, 10)).toEqual([...once, ...once])
    stop()
    const asked = world.service.received.length
    world.page.back() // stopped: a page that comes back opens nothing
    await Promise.resolve()
    expect(world.service.received).toHaveLength(asked)
  })

  it('goes on after an outage, and ends where it is refused', async () => {
    let answers = 0
    world.service.answer = () => {
      answers += 1
      return answers === 1
        ? { status: 503, body: { title: 'Away', detail: 'away' } }
        : { status: 403, body: { title: 'No', detail: 'not yours' } }
    }
    const refused = vi.fn()
    createLibrary(world.visit()).subscribe({ refused })
    await until(() => refused.mock.calls.length > 0)
    expect(refused.mock.calls[0]?.[0]).toMatchObject({ kind: 'refused', message: 'not yours' })
    expect(answers).toBe(2)
  })

  it('ends with its signal, and rests while the page is kept in the cache', async () => {
    world.service.answer = () => live(stream(['snapshot', { items: [] }]))
    const snapshot = vi.fn()
    const signal = new AbortController()
    createLibrary(world.visit()).subscribe({ snapshot, signal: signal.signal })
    await until(() => snapshot.mock.calls.length === 1)
    world.page.leave()
    world.page.back()
    await until(() => snapshot.mock.calls.length === 2)
    signal.abort()
    world.page.back()
    createLibrary(world.visit()).subscribe({ snapshot, signal: signal.signal })
    expect(snapshot).toHaveBeenCalledTimes(2)
  })
})
