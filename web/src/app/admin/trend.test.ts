import { expect, it } from 'vitest'
import { formats } from '../../strings'
import { NONE, percentOf, spanOf } from './figures'
import { dropOffPoints } from './drop-off'
import { firstDay, pointsOf, tableOf } from './trend'

const days = [
  { day: '2026-11-21', people: 3, sessions: 4, watchTimeSeconds: 5_400, started: 2, completed: 1 },
  { day: '2026-11-22', people: 5, sessions: 6, watchTimeSeconds: 1_800, started: 0, completed: 4 },
]

it('days are points by measure, hours for watching', () => {
  expect(pointsOf(days, 'people', 'en').map(({ value }) => value)).toEqual([3, 5])
  expect(pointsOf(days, 'watchHours', 'en').map(({ value }) => value)).toEqual([1.5, 0.5])
})

it('a day keeps its date in every time zone of the reader, in British words', () => {
  expect(pointsOf(days, 'people', 'en').map(({ tick }) => tick)).toEqual(['21 Nov', '22 Nov'])
  expect(pointsOf(days, 'people', 'de')[1]?.tick).toContain('22')
})

it('the table has all measures, the latest day first', () => {
  const { rows } = tableOf(days, ['Day', 'People', 'Completed', 'Hours'], formats('en'), 'en')
  expect(rows.map(([, ...cells]) => cells)).toEqual([
    ['5', '4', '0.5'],
    ['3', '1', '1.5'],
  ])
})

it('a first day lies before so many days in every time zone', () => {
  expect(firstDay(1, new Date('2026-11-22T00:30:00+14:00'))).toBe('2026-11-19')
  expect(firstDay(30, new Date('2026-11-22T12:00:00Z'))).toBe('2026-10-22')
})

it('a drop-off has ticks at its quarters', () => {
  const slices = Array.from({ length: 20 }, (_, place) => ({
    fromPercent: place * 5,
    toPercent: place * 5 + 5,
    viewers: 20 - place,
    share: place === 19 ? null : 100 - place * 5,
  }))
  const points = dropOffPoints(
    slices,
    (value) => `${value} %`,
    (from, to) => `${from} to ${to}`,
  )
  expect(points.map(({ tick }) => tick).filter((tick) => tick !== '')).toEqual([
    '0 %',
    '25 %',
    '50 %',
    '75 %',
  ])
  expect(points[19]).toEqual({ tick: '', name: '95 % to 100 %', value: null })
})

it('figures that there are not are a dash, and long times are days', () => {
  const format = formats('en')
  expect(percentOf(format, null)).toBe(NONE)
  expect(percentOf(format, 99.99)).toBe(format.percent(99))
  expect(spanOf(format, null)).toBe(NONE)
  expect(spanOf(format, 86_400 * 3.5)).toBe('3.5 days')
  expect(spanOf(format, 90)).toContain('2')
})
