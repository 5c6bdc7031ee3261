// @vitest-environment node
/** Saving from a device whose clock is wrong: what is sent, corrected as the server does, is when it happened. */

import { describe, expect, it } from 'vitest'

import { heartbeatsIn, type Received } from './testing/service'
import { until, useWorld } from './testing/world'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const world = useWorld()

/** True time. */
function truth(): number {
  return Date.now() - world.ahead
}

/** When the heartbeats of a request occurred, in the server's time. `receivedAt` is when they came, by its clock. */
function corrected({ text }: Received, receivedAt: number): number[] {
  const { clockOffsetSeconds, sentAt } = JSON.parse(text) as { clockOffsetSeconds?: number; sentAt: string }
  const late = receivedAt - Date.parse(sentAt)
  const shift =
    clockOffsetSeconds === undefined ? (late < 0 || late > DAY ? late : 0) : -1000 * clockOffsetSeconds
  return heartbeatsIn(text).map(({ occurredAt }) => Date.parse(occurredAt) + shift)
}

/** What each request said of the clock. */
function offsets(): (number | undefined)[] {
  return world.service.saves.map(
    ({ text }) => (JSON.parse(text) as { clockOffsetSeconds?: number }).clockOffsetSeconds,
  )
}

describe.each([
  ['ten minutes fast', 10 * MINUTE],
  ['three days fast', 3 * DAY],
  ['in 1970', -Date.now() + DAY],
])('a clock %s', (_, ms) => {
  it('is corrected in a single flush of what was played offline, by a page that knows nothing of it', async () => {
    world.ahead = ms
    const began = truth()
    expect(await world.playedInVain(45)).toBe(5)
    world.past += 3 * HOUR
    const received = truth()
    world.visit()
    await until(() => world.service.heartbeats.length === 5)
    const [flush] = world.service.saves
    const times = corrected(flush ?? expect.fail(), received)
    times.forEach((time, index) => {
      expect(Math.abs(time - began - (index < 4 ? index + 1 : 4.5) * 10_000)).toBeLessThan(2_500)
    })
  })
})

it('a slow clock is measured by the first answer, and by the next page from the first request on', async () => {
  world.ahead = -10 * MINUTE
  const playhead = world.visit()
  const { play } = world.watch(playhead)
  play(11)
  await until(() => playhead.queue.waiting === 0 && world.service.saves.length === 1)
  play(11)
  await until(() => playhead.queue.waiting === 0 && world.service.saves.length === 2)
  expect(offsets()).toEqual([undefined, -600])
  await playhead.close()
  world.service.received.length = 0
  const next = world.visit()
  world.watch(next).play(11)
  await until(() => next.queue.waiting === 0 && world.service.saves.length === 1)
  expect(offsets()).toEqual([-600])
})

it('a clock set forward in the middle of a session shifts none of its later heartbeats', async () => {
  const began = truth()
  const playhead = world.visit()
  const { play } = world.watch(playhead)
  const savedAfter = async (requests: number): Promise<void> => {
    await until(() => playhead.queue.waiting === 0 && world.service.saves.length === requests)
  }
  play(11)
  await savedAfter(1)
  world.ahead = 3 * DAY
  play(10)
  await savedAfter(2)
  play(10)
  await savedAfter(3)
  const last = world.service.saves[2] ?? expect.fail()
  expect(Math.abs((corrected(last, truth())[0] ?? 0) - began - 31_000)).toBeLessThan(2_500)
  const [body] = heartbeatsIn(last.text)
  expect(Math.abs(Date.parse(body?.startedAt ?? '') - began)).toBeLessThan(1_500)
})

it('what was kept before the clock was put right is sent with its own offset', async () => {
  world.ahead = 3 * DAY
  const first = world.visit()
  const { play, tracker } = world.watch(first)
  play(11)
  await until(() => first.queue.waiting === 0)
  const began = truth()
  world.service.answer = () => ({ status: 503, body: { title: 'Not saved', detail: 'away' } })
  play(10)
  tracker.detach()
  await until(() => first.queue.waiting === 2)
  await first.close()
  world.service.answer = () => undefined
  world.service.received.length = 0
  world.ahead = 0
  const second = world.visit()
  await until(() => world.service.heartbeats.length === 2)
  await until(() => second.queue.waiting === 0)
  for (const request of world.service.saves)
    for (const time of corrected(request, truth()))
      expect(Math.abs(time - began - 10_000)).toBeLessThan(2_500)
})

it('a closing page says what it knows of its clock in its beacon', async () => {
  world.ahead = HOUR
  const playhead = world.visit({ endpoint: `http://localhost:${world.service.port}` })
  const { play } = world.watch(playhead)
  play(11)
  await until(() => playhead.queue.waiting === 0)
  play(3)
  world.page.leave()
  const beacon = JSON.parse(world.page.beacons[0]?.body ?? '{}') as object
  expect(beacon).toMatchObject({ clockOffsetSeconds: 3_600 })
  expect(beacon).toHaveProperty('sentAt')
})
