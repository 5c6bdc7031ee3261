import { expect, it } from 'vitest'
import { everyDay, named, topOf } from './days'

it('days without watch time are there too, over the end of a month', () => {
  const days = [{ day: '2026-03-01', watchTimeSeconds: 60 }]
  expect(everyDay(days, '2026-02-27', '2026-03-02')).toEqual([
    { day: '2026-02-27', watchTimeSeconds: 0 },
    { day: '2026-02-28', watchTimeSeconds: 0 },
    { day: '2026-03-01', watchTimeSeconds: 60 },
    { day: '2026-03-02', watchTimeSeconds: 0 },
  ])
})

it('the axis ends at a round length of time', () => {
  const top = (seconds: number) => topOf([{ day: '2026-03-01', watchTimeSeconds: seconds }])
  expect([top(0), top(600), top(601), top(3_000), top(5_000), top(90_000)]).toEqual([
    600, 600, 1_200, 3_600, 7_200, 93_600,
  ])
})

it('the last day is named, and each a week before', () => {
  expect(named(30)).toEqual([1, 8, 15, 22, 29])
  expect(named(1)).toEqual([0])
})
